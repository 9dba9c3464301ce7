//! Releases in the forms of tools and servers: archives with handlers, descriptions of how to load, lists of
//! libraries, notebooks; those that run something, and honest ones.

mod dangerous;
mod harmless;
mod suspicious;

pub(crate) use self::{dangerous::dangerous, harmless::benign, suspicious::suspicious};
use super::made::{Zip, zip};

type Files<'a> = &'a [(&'a str, &'a str)];

/// An archive of text files.
fn held(files: Files) -> Vec<u8> {
    let members: Vec<_> = files.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
    zip(&members)
}

/// The same, deflated.
fn deflated(files: Files) -> Vec<u8> {
    let mut archive = Zip::default();
    for (name, text) in files {
        archive.add(name, name, text.as_bytes(), true);
    }
    archive.done()
}

const ACTS: &str = "import os\nos.system('true')\n";
const QUIET: &str =
    "import torch\n\nclass Handler:\n    def handle(self, data):\n        return data\n";

/// `TorchScript` of one module.
fn script(body: &str) -> Vec<u8> {
    let code = format!(
        "class Net(Module):\n  __parameters__ = []\n  def forward(self, x: Tensor) -> Tensor:\n    {body}\n    return x\n"
    );
    zip(&[
        ("net/data.pkl", b"\x80\x02c__torch__\nNet\n)\x81}b."),
        ("net/constants.pkl", b"\x80\x02)."),
        ("net/code/__torch__.py", code.as_bytes()),
        ("net/version", b"3\n"),
    ])
}

fn manifest(handler: &str) -> String {
    format!("{{\"model\": {{\"modelName\": \"m\", \"handler\": \"{handler}\"}}}}")
}

fn mlmodel(python: &str) -> String {
    format!(
        "artifact_path: model\nflavors:\n  python_function:\n{python}    env:\n      conda: conda.yaml\nmlflow_version: 2.15.0\n"
    )
}

fn skops(node: &str) -> Vec<u8> {
    let schema = format!(
        "{{\"__class__\": \"Pipeline\", \"__module__\": \"sklearn.pipeline\", \"__loader__\": \"ObjectNode\", \"content\": {node}, \"protocol\": 2}}"
    );
    held(&[("schema.json", &schema)])
}

fn node(loader: &str, module: &str, class: &str, content: &str) -> String {
    format!(
        "{{\"__class__\": \"{class}\", \"__module__\": \"{module}\", \"__loader__\": \"{loader}\", \"__content__\": {content}}}"
    )
}

fn notebook(source: &str) -> String {
    format!(
        "{{\"cells\": [{{\"cell_type\": \"code\", \"source\": [{source:?}], \"outputs\": []}}], \"nbformat\": 4, \"metadata\": {{}}}}"
    )
}
