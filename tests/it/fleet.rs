//! What `fixtures/fleet/` holds for other engines: it is of valid form, and does what it says where the
//! engine is only a few variables.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use weighbill::read::yaml;

use crate::build::safetensors;

fn fleet(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/fleet").join(name)
}

/// Five releases below a folder.
fn store(around: &Path) -> PathBuf {
    let store = around.join("store");
    for n in 1..=5 {
        let folder = store.join(format!("m{n}"));
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("model.safetensors"), safetensors(&[("w", "U8", &[n])])).unwrap();
    }
    store
}

/// A shell that finds the program under test.
fn shell(args: &[&str]) -> Command {
    let program = assert_cmd::cargo::cargo_bin("weighbill");
    let path = format!("{}:{}", program.parent().unwrap().display(), env::var("PATH").unwrap());
    let mut command = Command::new("sh");
    command.args(args).env("PATH", path);
    command
}

#[track_caller]
fn run(mut command: Command) {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Lines of all files of lines in a folder.
fn lines(out: &Path) -> usize {
    let files = fs::read_dir(out).unwrap().map(|it| it.unwrap().path());
    let files = files.filter(|it| it.extension().is_some_and(|it| it == "jsonl"));
    files.map(|it| fs::read_to_string(it).unwrap().lines().count()).sum()
}

#[test]
fn scripts_are_of_valid_form() {
    for name in ["parallel.sh", "slurm.sh"] {
        for shell in ["sh", "bash"] {
            // not every system has bash
            if let Ok(output) = Command::new(shell).arg("-n").arg(fleet(name)).output() {
                assert!(output.status.success(), "{name}: {output:?}");
            }
        }
    }
    let parse = "import ast, sys; ast.parse(open(sys.argv[1]).read())";
    let python = Command::new("python3").args(["-c", parse]).arg(fleet("spark_scan.py")).output();
    if let Ok(output) = python {
        assert!(output.status.success(), "{output:?}");
    }
}

#[test]
fn shares_side_by_side_are_the_whole() {
    let around = tempfile::tempdir().unwrap();
    let (store, out) = (store(around.path()), around.path().join("out"));
    let script = fleet("parallel.sh");
    let mut command = shell(&[script.to_str().unwrap()]);
    command.arg(&store).arg(&out).arg("3");
    run(command);
    let whole = fs::read_to_string(out.join("models.jsonl")).unwrap();
    assert_eq!(whole.lines().count(), 5);
    assert_eq!(lines(&out), 10); // of the shares, and of the whole
}

#[test]
fn the_tasks_of_a_slurm_array_are_the_whole() {
    let around = tempfile::tempdir().unwrap();
    let (store, out) = (store(around.path()), around.path().join("out"));
    let script = fleet("slurm.sh");
    for task in 1..=3 {
        let mut command = shell(&[script.to_str().unwrap()]);
        command.arg(&store).arg(&out);
        let task = task.to_string();
        run({
            command.env("SLURM_ARRAY_TASK_ID", task).env("SLURM_ARRAY_TASK_COUNT", "3");
            command
        });
    }
    assert_eq!(lines(&out), 5);
}

#[test]
fn the_pods_of_a_kubernetes_job_are_the_whole() {
    let text = fs::read_to_string(fleet("kubernetes.yaml")).unwrap();
    let (job, oddities) = yaml::config("kubernetes.yaml", &text);
    assert_eq!(oddities, []);
    let at = |path: &str| job.text(path).unwrap_or_else(|| panic!("no text at {path}"));
    assert_eq!((at("apiVersion"), at("kind")), ("batch/v1", "Job"));
    assert_eq!(at("spec.completionMode"), "Indexed");
    assert_eq!(at("spec.template.spec.restartPolicy"), "Never");
    let pods = job.number("spec.completions").unwrap();
    let container = &job.at("spec.template.spec.containers").unwrap().items()[0];
    let script = container.get("args").unwrap().items()[0].text().unwrap();
    assert!(script.contains(&format!("/{pods} ")), "{script}");

    let around = tempfile::tempdir().unwrap();
    let (store, out) = (store(around.path()), around.path().join("out"));
    fs::create_dir(&out).unwrap();
    let script =
        script.replace("/store", store.to_str().unwrap()).replace("/out", out.to_str().unwrap());
    for pod in 0..pods {
        let mut command = shell(&["-c", &script]);
        command.env("JOB_COMPLETION_INDEX", pod.to_string());
        run(command);
    }
    assert_eq!(lines(&out), 5);
}
