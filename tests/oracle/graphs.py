"""Holds what weighbill lists of a file against what the format's own library reads from it.

ONNX, HDF5, Flax and TFLite; names, types, shapes, and the SHA-256 of each tensor that is stored
plainly. Without files it makes some of its own: one set of tensors in every format it can write.

    python -m venv v && v/bin/pip install onnx h5py msgpack tflite numpy ml_dtypes
    v/bin/python tests/oracle/graphs.py target/debug/weighbill [FILE...]

Files worth trying, inside packages (`pip download --no-deps`): silero-vad (six ONNX, one with all
weights in subgraphs), basic-pitch (ONNX, TFLite), magika (ONNX). Nothing of theirs is kept.
"""

import hashlib
import json
import pathlib
import subprocess
import sys
import tempfile

import ml_dtypes
import numpy as np

NAMES = {"bool": "BOOL", "int8": "I8", "uint8": "U8", "int16": "I16", "uint16": "U16", "int32": "I32",
         "uint32": "U32", "int64": "I64", "uint64": "U64", "float16": "F16", "bfloat16": "BF16",
         "float32": "F32", "float64": "F64", "complex64": "C64", "complex128": "C128",
         "float8_e4m3fn": "F8_E4M3", "float8_e5m2": "F8_E5M2"}


def told(array):
    """Type, shape and digest of an array, as weighbill would say it."""
    dtype = NAMES.get(array.dtype.name, "STRING" if array.dtype.kind in "OSU" else array.dtype.name)
    little = array.astype(array.dtype.newbyteorder("<")) if array.dtype.kind in "iufc" else array
    return dtype, list(array.shape), hashlib.sha256(np.ascontiguousarray(little).tobytes()).hexdigest()


def onnx_file(path):
    import onnx
    from onnx import numpy_helper

    found = {}

    def tensor(proto, name):
        try:
            array = numpy_helper.to_array(proto, str(path.parent))
        except Exception:  # strings, packed types: names and shapes only
            found[name] = (None, list(proto.dims), None)
        else:
            found[name] = told(array)

    def graph(it, scope):
        for proto in it.initializer:
            tensor(proto, scope + proto.name)
        nodes(it.node, scope)

    def nodes(held, scope):
        for node in held:
            for attribute in node.attribute:
                own = node.output[0] if node.op_type == "Constant" else f"{node.name or node.output[0]}.{attribute.name}"
                if attribute.HasField("t"):
                    tensor(attribute.t, scope + own)
                for proto in attribute.tensors:
                    tensor(proto, scope + own)
                if attribute.HasField("g"):
                    graph(attribute.g, f"{scope}{own}/")
                for inner in attribute.graphs:
                    graph(inner, f"{scope}{own}/")

    model = onnx.load(path, load_external_data=False)
    graph(model.graph, "")
    for function in model.functions:
        domain = "" if function.domain in ("", "ai.onnx") else function.domain + "::"
        nodes(function.node, f"{domain}{function.name}/")
    return found


def hdf5_file(path):
    import h5py

    found = {}

    def visit(group, scope, seen):
        for name in group:
            if group.get(name, getlink=True).__class__ is not h5py.HardLink:
                continue
            held = group[name]
            if isinstance(held, h5py.Dataset):
                found[scope + name] = told(np.asarray(held))
            elif isinstance(held, h5py.Group) and held.id not in seen:
                visit(held, f"{scope}{name}/", seen | {held.id})

    with h5py.File(path) as file:
        visit(file, "", set())
    return found


def flax_file(path):
    import msgpack

    found = {}

    def array(kind, data):
        shape, name, held = msgpack.unpackb(data)
        dtype = ml_dtypes.bfloat16 if name == "bfloat16" else np.dtype(name)
        return np.frombuffer(held, dtype).reshape(shape) if kind in (1, 3) else None

    def visit(held, path):
        if isinstance(held, dict):
            for key, value in held.items():
                visit(value, path + [key])
        elif isinstance(held, np.ndarray):
            found["/".join(path)] = told(held)

    visit(msgpack.unpackb(path.read_bytes(), ext_hook=array, max_ext_len=1 << 31), [])
    return found


def tflite_file(path):
    import tflite

    types = {value: name.lower() for name, value in vars(tflite.TensorType).items() if name.isupper()}
    found = {}
    data = path.read_bytes()
    model = tflite.Model.GetRootAs(data, 0)
    for n in range(model.SubgraphsLength()):
        graph = model.Subgraphs(n)
        for m in range(graph.TensorsLength()):
            tensor = graph.Tensors(m)
            held = model.Buffers(tensor.Buffer()).DataAsNumpy()
            if tensor.Buffer() == 0 or isinstance(held, int) or len(held) == 0:
                continue
            name = (f"subgraph{n}/" if n else "") + tensor.Name().decode()
            shape = [tensor.Shape(i) for i in range(tensor.ShapeLength())]
            dtype = NAMES.get(types[tensor.Type()])
            found[name] = (dtype, shape, hashlib.sha256(held.tobytes()).hexdigest())
    return found


ORACLES = {".onnx": onnx_file, ".h5": hdf5_file, ".hdf5": hdf5_file, ".msgpack": flax_file, ".tflite": tflite_file}


def listed(program, path):
    """What weighbill lists of a file, those tensors that lie in other files among it."""
    run = [program, "tensors", str(path), "--all", "-f", "json"]
    report = json.loads(subprocess.run(run, check=False, capture_output=True, text=True).stdout)
    tensors = [tensor for file in report["weights"] for tensor in file["tensors"]]
    return {tensor["name"]: (tensor["dtype"], tensor["shape"], tensor["sha256"]) for tensor in tensors}


def compare(program, path):
    """Prints where the two differ; whether they do not."""
    ours, theirs = listed(program, path), ORACLES[path.suffix](path)
    wrong = [f"missing: {name}" for name in sorted(set(theirs) - set(ours))]
    wrong += [f"extra: {name}" for name in sorted(set(ours) - set(theirs))]
    hashed = 0
    for name in sorted(set(ours) & set(theirs)):
        for what, mine, other in zip(("dtype", "shape", "digest"), ours[name], theirs[name]):
            if what == "digest" and mine and other:
                hashed += 1
            if mine is not None and other is not None and mine != other:
                wrong.append(f"{what} of {name}: {mine} is {other}")
    print(f"{path.name}: {len(theirs)} tensors, {hashed} digests held against each other, {len(wrong)} wrong")
    for line in wrong[:20]:
        print("   ", line)
    return not wrong


def make(folder):
    """One set of tensors in every format."""
    import h5py
    import msgpack
    import onnx
    from onnx import numpy_helper

    random = np.random.default_rng(0)
    tensors = {"a": random.random((3, 4), np.float32), "b": random.random(5).astype(np.float16),
               "c": np.arange(6, dtype=np.int64).reshape(2, 3), "d": np.array([True, False]),
               "e": np.float64(0.5).reshape(()), "f": np.zeros((0, 2), np.uint8)}
    initializers = [numpy_helper.from_array(array, name) for name, array in tensors.items()]
    graph = onnx.helper.make_graph([], "g", [], [], initializers)
    onnx.save(onnx.helper.make_model(graph), folder / "model.onnx")
    external = onnx.load(folder / "model.onnx")
    onnx.save(external, folder / "outside.onnx", save_as_external_data=True, location="outside.onnx_data", size_threshold=0)
    packed = {name: msgpack.ExtType(1, msgpack.packb((it.shape, it.dtype.name, it.tobytes()))) for name, it in tensors.items()}
    (folder / "model.msgpack").write_bytes(msgpack.packb(packed))
    layouts = {"early": {}, "late": {"libver": "latest"}, "order": {"track_order": True}, "user": {"userblock_size": 1024}}
    for name, how in layouts.items():
        with h5py.File(folder / f"{name}.h5", "w", **how) as file:
            for key, array in tensors.items():
                file[key] = array
            for n in range(40):
                file[f"layer{n}/kernel"] = random.random((2, 2))
            file.create_dataset("packed", data=np.zeros((64, 64)), compression="gzip")
            file.create_dataset("big", data=np.arange(4, dtype=">i4"))
    return sorted(path for path in folder.iterdir() if path.suffix in ORACLES)


def main(program, *paths):
    with tempfile.TemporaryDirectory() as folder:
        paths = [pathlib.Path(path) for path in paths] or make(pathlib.Path(folder))
        right = [compare(program, path) for path in paths]
    return 0 if all(right) else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
