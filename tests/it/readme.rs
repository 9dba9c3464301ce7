//! The README's examples, run: every block that begins with `$ weighbill` prints what stands there.

use std::{fs, path::Path};

use assert_cmd::Command;

#[test]
fn the_readme_prints_what_it_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = fs::read_to_string(root.join("README.md")).unwrap();
    let mut run = 0;
    for block in readme.split("```").skip(1).step_by(2) {
        let block = block.trim_start_matches("console\n").trim_start_matches("text\n");
        let Some((command, printed)) = block.split_once('\n') else {
            continue;
        };
        let Some(args) = command.strip_prefix("$ weighbill ") else {
            continue;
        };
        let mut program = Command::cargo_bin("weighbill").unwrap();
        program.current_dir(root).env_clear().args(args.split_whitespace());
        let output = program.output().unwrap();
        let (said, text) = (printed.trim_end(), String::from_utf8(output.stdout).unwrap());
        assert_eq!(text.trim_end(), said, "`{command}` prints something else");
        run += 1;
    }
    assert!(run >= 3, "only {run} examples were run");
}
