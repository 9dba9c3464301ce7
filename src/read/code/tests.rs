use proptest::prelude::*;

use super::*;
use Act::{DefinesModel, Encodes, Evaluates, Prepares, Runs, SetsTraining, Trains};

#[test]
fn code_is_told_by_what_it_does() {
    check("a.py", "loss.backward()\noptimizer.step()", &[Trains]);
    check("a.py", "scaler.scale(loss).backward()", &[Trains]);
    check("a.py", "trainer = SFTTrainer(\n model=m)\ntrainer.train()", &[Trains]);
    check("a.py", "from trl import DPOTrainer as T\nx = trl.DPOTrainer(m)", &[Trains]);
    check("a.py", "class MyTrainer(Trainer):\n    pass", &[]);
    check("a.py", "params = optax.apply_updates(params, updates)", &[Trains]);
    check("a.py", "import keras\nmodel.fit(x, y)", &[Trains]);
    check("a.py", "scaler.fit(x)", &[]);
    check("a.py", "out = model.generate(**x)", &[Runs]);
    check("a.py", "from transformers import pipeline\npipe = pipeline('x')", &[Runs]);
    check("a.py", "pipe = pipeline('x')", &[]);
    check("a.py", "class EndpointHandler():\n    def __call__(self, x): pass", &[Runs]);
    check(
        "a.py",
        "class A(nn.Module):\n    def __init__(self): pass\n    def forward(self, x):\n        return x",
        &[DefinesModel],
    );
    check(
        "a.py",
        "class A(nn.Module):\n    @nn.compact\n    def __call__(self, x): pass",
        &[DefinesModel],
    );
    check("a.py", "class A:\n    def __call__(self, x): pass", &[]);
    check("a.py", "class FocalLoss(nn.Module):\n    def forward(self, x): pass", &[]);
    check(
        "a.py",
        "class F(torch.autograd.Function):\n    @staticmethod\n    def forward(ctx): pass",
        &[],
    );
    check("a.py", "class A:\n    pass\ndef forward(x): pass", &[]);
    check("a.py", "class A:\n    def f(self):\n        def forward(x): pass", &[]);
    check("a.py", "import turtle\nturtle.backward(3)", &[]);
    check("a.py", "import xgboost as xgb\nb = xgb.train(p, d)", &[Trains]);
    check(
        "a.py",
        "import pytorch_lightning as pl\nclass M(pl.L):\n    def training_step(s): pass",
        &[Trains],
    );
    check("a.py", "def training_step(s): pass", &[]);
    check("a.py", "import sentencepiece\nsentencepiece.SentencePieceTrainer.train(a)", &[Prepares]);
    check("a.py", "df.drop_duplicates().to_parquet('x')", &[Prepares]);
    check("a.py", "m = torch.jit.load('m.pt')\nwith torch.no_grad():\n    m(x)", &[Runs]);
    check("a.py", "import spacy\nnlp = spacy.load('x')\nnlp('y')", &[Runs]);
    check("a.py", "torch.load('m.pt')", &[]);
    check("a.py", "import random\nloss.backward()\noptim.step()", &[Trains]);
    check("a.py", "import functools\nclass A:\n    def forward(self): pass", &[]);
    check("a.py", "def filter_a(x): pass\ndef filter_b(x): pass", &[]);
    check("a.py", "for line in generate(labels): pass", &[]);
    check("Makefile", "all:\n\tpython generate_tokens.py", &[]);
    check("a.py", "class B(PreTrainedTokenizer):\n    def tokenize(self): pass", &[Encodes]);
    check(
        "a.py",
        "from datasets import load_dataset\nd = load_dataset('x')\nd.save_to_disk('y')",
        &[Prepares],
    );
    check("a.py", "def deduplicate(docs):\n    pass", &[Prepares]);
    check("a.py", "d = load_dataset('x')", &[]);
    check("a.py", "import lm_eval\nr = lm_eval.run()", &[Evaluates]);
    check("a.py", "m = evaluate.load('accuracy')", &[Evaluates]);
    check(
        "run.sh",
        "torchrun --nproc_per_node 8 train.py \\\n  --learning_rate 1e-5 --num-train-epochs=3",
        &[Trains, SetsTraining],
    );
    check("run.sh", "python scripts/generate.py --lr 3", &[Runs]);
    check("a.sh", "lm_eval --model hf --tasks mmlu", &[Evaluates]);
    check("a.c", "void f() { gpt2_backward(&m); }", &[Trains]);
    check("a.rs", "impl M { fn forward(&self, x: T) -> T { x } }", &[DefinesModel]);
    check("a.cpp", "// llama_decode(ctx)\nint main() { llama_decode(ctx, b); }", &[Runs]);
}

#[test]
fn comments_and_strings_do_nothing() {
    check(
        "a.py",
        "# loss.backward()\nx = 'loss.backward()'\n\"\"\"\noptimizer.step()\n\"\"\"",
        &[],
    );
    check("a.py", "print('model.generate(')", &[]);
    check("a.sh", "# torchrun train.py\necho 'python train.py --lr 1 --max_steps 2'", &[]);
    check("a.c", "/* x_backward( */ char *s = \"x_backward(\";", &[]);
}

#[track_caller]
fn check(path: &str, text: &str, acts: &[Act]) {
    let code = read(path, &Text { text: text.to_owned(), cut: false });
    let mut done: Vec<Act> = code.deeds.iter().map(|deed| deed.act).collect();
    done.dedup();
    assert_eq!(done, acts, "{:?}", code.deeds);
}

#[test]
fn stubs_name_their_module() {
    stub("from hf_olmo import *", Some("hf_olmo"));
    stub("from hf_olmo.modeling_olmo import OLMoForCausalLM\n", Some("hf_olmo.modeling_olmo"));
    stub("\"\"\"Doc.\"\"\"\n# c\nfrom a import (\n  b,\n  c,\n)\n__all__ = ['b']\n", Some("a"));
    stub("from .a import b", None);
    stub("import a\na.run()", None);
    stub("from a import b\nclass C(b): pass", None);
    stub("", None);
}

#[track_caller]
fn stub(text: &str, module: Option<&str>) {
    let code = read("modeling_x.py", &Text { text: text.to_owned(), cut: false });
    assert_eq!(code.stub_of.as_deref(), module);
}

#[test]
fn lines_imports_and_licenses_are_told() {
    let text = "# SPDX-License-Identifier: Apache-2.0\nimport torch, numpy as np\nfrom transformers.models import x\n\n\nloss.backward()";
    let code = read("a.py", &Text { text: text.to_owned(), cut: false });
    assert_eq!(code.licenses, [(1, "Apache-2.0".to_owned())]);
    let modules: Vec<&str> = code.imports.iter().map(|it| it.module.as_str()).collect();
    assert_eq!(modules, ["torch", "numpy", "transformers.models"]);
    assert_eq!((code.deeds[0].line, code.deeds[0].words.as_str()), (6, "loss.backward("));
    assert_eq!(code.statements, 3);
}

#[test]
fn a_long_line_and_many_calls_take_little() {
    let long = format!("x = [{}]\nloss.backward()", "a.b(1), ".repeat(600_000));
    assert!(read("a.py", &Text { text: long, cut: false }).cut);
    let deep = "(".repeat(500_000);
    assert_eq!(read("a.py", &Text { text: deep, cut: false }).deeds, []);
    let many: String = (0..20_000)
        .map(|n| format!("loss{n}.backward()\nclass A{n}:\n"))
        .collect::<Vec<_>>()
        .concat();
    assert!(read("a.py", &Text { text: many, cut: false }).deeds.len() <= 256);
}

proptest! {
    #[test]
    fn any_text_is_survived(
        text in "(class |def |forward|import |from |\\(|\\)|\"|'|#|\n|    |\\.|:|x|--lr |;|é){0,80}",
    ) {
        for path in ["a.py", "a.sh", "a.c"] {
            let _ = read(path, &Text { text: text.clone(), cut: false });
        }
    }
}
