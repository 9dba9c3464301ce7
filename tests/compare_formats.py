#!/usr/bin/env python3
"""Holds weighbill's readers against the formats' own libraries.

    cargo build --release
    python3 -m venv venv && venv/bin/pip install torch numpy safetensors gguf
    venv/bin/python tests/compare_formats.py            # files made here, of every kind
    venv/bin/python tests/compare_formats.py FILE…      # and these, e.g. from inside packages

For each file the names, dtypes, shapes and the SHA-256 of each tensor's bytes are compared with what
the library gives; where the listing has no byte range (strided, big-endian, packed) only the rest is.
Torch files are loaded with `weights_only` where that is possible: run this on files you trust.
"""

import hashlib
import json
import pathlib
import pickle
import subprocess
import sys
import tempfile
import warnings

import numpy as np
import safetensors.torch
import torch

ROOT = pathlib.Path(__file__).resolve().parent.parent
WEIGHBILL = ROOT / "target" / "release" / "weighbill"
DTYPES = {
    torch.float32: "F32", torch.float64: "F64", torch.float16: "F16", torch.bfloat16: "BF16",
    torch.int64: "I64", torch.int32: "I32", torch.int16: "I16", torch.int8: "I8",
    torch.uint8: "U8", torch.uint16: "U16", torch.uint32: "U32", torch.uint64: "U64",
    torch.bool: "BOOL", torch.complex64: "C64", torch.complex128: "C128", torch.complex32: "C32",
    torch.float8_e4m3fn: "F8_E4M3", torch.float8_e5m2: "F8_E5M2",
    torch.float8_e4m3fnuz: "F8_E4M3FNUZ", torch.float8_e5m2fnuz: "F8_E5M2FNUZ",
    torch.float8_e8m0fnu: "F8_E8M0",
}


# Keys of checkpoints under which no part of the model lies.
BESIDE = {"optimizer", "optimizer_states", "lr_schedulers"}


def digest(raw):
    return hashlib.sha256(raw).hexdigest()


def of_torch(tensor):
    tensor = tensor.detach().contiguous()
    flat = tensor.reshape(-1).view(torch.uint8) if tensor.numel() else torch.empty(0, dtype=torch.uint8)
    return DTYPES[tensor.dtype], list(tensor.shape), digest(flat.numpy().tobytes())


def of_numpy(array):
    kind = array.dtype.newbyteorder("<").str.lstrip("<|")
    name = {"f4": "F32", "f8": "F64", "f2": "F16", "i8": "I64", "i4": "I32", "i2": "I16",
            "i1": "I8", "u1": "U8", "u2": "U16", "u4": "U32", "u8": "U64", "b1": "BOOL",
            "c8": "C64", "c16": "C128", "V2": "BF16"}[kind]
    little = np.ascontiguousarray(array).astype(array.dtype.newbyteorder("<"))
    return name, list(array.shape), digest(little.tobytes())


def flat(value, path=()):
    """Tensors by dotted path, as containers nest."""
    if isinstance(value, torch.Tensor):
        yield ".".join(path) or "tensor", of_torch(value)
    elif isinstance(value, np.ndarray) and value.dtype != object:
        yield ".".join(path) or "tensor", of_numpy(value)
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from flat(inner, (*path, str(key)))
    elif isinstance(value, (list, tuple)):
        for at, inner in enumerate(value):
            yield from flat(inner, (*path, str(at)))
    elif isinstance(value, torch.nn.Module):
        yield from flat(dict(value.state_dict()), path)


def of_script(path):
    """Everything that a TorchScript archive stores, by attribute, as its structure names it."""
    found, seen = {}, [((), torch.jit.load(path, map_location="cpu")._c)]
    while seen:
        at, module = seen.pop()
        for name, value in {**dict(torch._C.ParameterDict(module).items()),
                            **dict(torch._C.BufferDict(module).items())}.items():
            found[".".join((*at, name))] = of_torch(value)
        seen.extend(((*at, name), inner) for name, inner in torch._C.ModuleDict(module).items())
    return found


def expected(path, kind):
    if kind in ("torch_zip", "torch_legacy"):
        try:
            loaded = torch.load(path, map_location="cpu", weights_only=True)
        except pickle.UnpicklingError:
            loaded = torch.load(path, map_location="cpu", weights_only=False)
        return dict(flat(loaded))
    if kind == "torchscript":
        return of_script(path)
    if kind == "safetensors":
        return {name: of_torch(it) for name, it in safetensors.torch.load_file(path).items()}
    if kind == "npz":
        with np.load(path) as arrays:
            return {name: of_numpy(arrays[name]) for name in arrays.files}
    if kind == "npy":
        return {pathlib.Path(path).stem: of_numpy(np.load(path))}
    if kind == "pickle":
        return dict(flat(pickle.loads(pathlib.Path(path).read_bytes())))
    if kind == "gguf":
        import gguf

        return {
            it.name: (it.tensor_type.name, [int(n) for n in reversed(it.shape)], digest(it.data.tobytes()))
            for it in gguf.GGUFReader(path).tensors
        }
    return None


def listed(path):
    """The file's format and the tensors of the model; what lies beside that is not listed."""
    command = [WEIGHBILL, "tensors", path, "--format", "json", "--no-progress"]
    report = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    weights = [it for it in report["weights"] if it["path"] == pathlib.Path(path).name]
    if not weights:
        return None, {}
    tensors = {it["name"]: (it["dtype"], it["shape"], it["bytes"] and it["sha256"])
               for it in weights[0]["tensors"]}
    return weights[0]["format"], tensors


def compare(path):
    kind, ours = listed(path)
    theirs = expected(path, kind)
    if theirs is None:
        print(f"?   {path}: {kind} has no library here")
        return True
    # a key that stands for the whole model is no part of our names
    short = {}
    for name, it in theirs.items():
        if name.split(".", 1)[0] in BESIDE:
            continue
        while name not in ours and "." in name:
            name = name.split(".", 1)[1]
        short[name] = it
    problems = [f"missing {name}" for name in short.keys() - ours.keys()]
    if kind != "torchscript":  # which stores constants and plain attributes too
        problems += [f"invented {name}" for name in ours.keys() - short.keys()]
    plain = 0
    for name in ours.keys() & short.keys():
        if ours[name][:2] != short[name][:2]:
            problems.append(f"{name}: {ours[name][:2]}, not {short[name][:2]}")
        elif ours[name][2]:
            plain += 1
            if ours[name][2] != short[name][2]:
                problems.append(f"{name}: other bytes")
    verdict = "ok " if not problems else "BAD"
    print(f"{verdict} {path}: {kind}, {len(ours)} tensors, {plain} by bytes")
    for problem in sorted(problems)[:5]:
        print(f"      {problem}")
    return not problems


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = torch.nn.Embedding(7, 4)
        self.norm = torch.nn.BatchNorm1d(4)
        self.lstm = torch.nn.LSTM(4, 4)
        self.head = torch.nn.Linear(4, 7, bias=False)
        self.head.weight = self.embed.weight  # tied

    def forward(self, x):
        return self.head(self.norm(self.embed(x)))


def made(folder):
    """A file of every kind that can be made here."""
    torch.manual_seed(0)
    net = Net()
    optimizer = torch.optim.Adam(net.parameters())
    net(torch.arange(7)).sum().backward()
    optimizer.step()
    every = {str(dtype)[6:]: torch.arange(24).to(torch.float32).to(dtype).reshape(2, 3, 4)
             for dtype in DTYPES if dtype not in (torch.complex32,)}
    base = torch.arange(60, dtype=torch.float32)
    views = {"row": base[12:24].view(3, 4), "transposed": base.view(6, 10).t(), "scalar": base[5],
             "step": base[::2], "empty": base[:0], "tied": base, "one": base.view(1, 60, 1),
             "expanded": base[:1].expand(5)}
    parameter = torch.nn.Parameter(torch.ones(3))
    parameter.tag = "kept"
    checkpoints = {
        "state": net.state_dict(),
        "training": {"state_dict": net.state_dict(), "optimizer": optimizer.state_dict(), "epoch": 3},
        "lightning": {"state_dict": net.state_dict(), "optimizer_states": [optimizer.state_dict()],
                      "lr_schedulers": [], "epoch": 1, "global_step": 9, "pytorch-lightning_version": "2"},
        "dtypes": every, "views": views, "parameter": {"w": parameter, "sub": torch.nn.Parameter(base)},
        "list": [base, {"x": base[3:]}], "alone": base, "module": net,
        "numpy": {"a": np.arange(6.0).reshape(2, 3), "b": torch.ones(2)},
    }
    for name, checkpoint in checkpoints.items():
        torch.save(checkpoint, folder / f"{name}.pt")
        if name != "dtypes":
            torch.save(checkpoint, folder / f"{name}.legacy.pt", _use_new_zipfile_serialization=False)
    torch.save(net.state_dict(), folder / "protocol4.pt", pickle_protocol=4)
    torch.jit.script(net).save(folder / "script.pt")
    safetensors.torch.save_file({k: v.clone() for k, v in net.state_dict().items()}, folder / "a.safetensors")
    arrays = {"f": np.arange(6, dtype="f4").reshape(2, 3), "big": np.arange(6, dtype=">f8"),
              "fortran": np.asfortranarray(np.arange(6.0).reshape(2, 3)), "scalar": np.float32(2),
              "empty": np.zeros((0, 3)), "bool": np.array([True])}
    np.savez(folder / "plain.npz", **arrays)
    np.savez_compressed(folder / "packed.npz", **arrays)
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array)
    for protocol in range(6):
        (folder / f"arrays{protocol}.pkl").write_bytes(pickle.dumps(dict(arrays), protocol))
    import gguf

    writer = gguf.GGUFWriter(folder / "a.gguf", "llama")
    writer.add_block_count(0)
    writer.add_tensor("f32", np.arange(64, dtype="f4").reshape(2, 32))
    for kind in ("Q8_0", "Q4_0", "Q5_1", "BF16"):
        kind = gguf.GGMLQuantizationType[kind]
        quantized = gguf.quants.quantize(np.arange(64, dtype="f4").reshape(2, 32), kind)
        writer.add_tensor(kind.name, quantized, raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return sorted(it for it in folder.iterdir() if it.suffix in
                  {".pt", ".safetensors", ".npz", ".npy", ".pkl", ".gguf"})


def main():
    warnings.filterwarnings("ignore")
    with tempfile.TemporaryDirectory() as folder:
        paths = [*made(pathlib.Path(folder)), *sys.argv[1:]]
        results = [compare(path) for path in paths]
    print(f"{sum(results)} of {len(results)} files agree")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
