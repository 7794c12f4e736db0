//! `gos build` of an unchanged program copies the executable that it made before.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output};

fn build(folder: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gos"));
    command
        .args(["build", "--timings", "main.gos"])
        .args(args)
        .current_dir(folder)
        .env("GOS_CACHE_DIR", folder.join("cache"))
        .env_remove("GOS_LIBRARY_DIR")
        .env_remove("GOS_KIT_DIR");
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    output
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn compiled(output: &Output) -> bool {
    stderr(output).contains("codegen")
}

const WITH_WARNING: &str = "fn main() {\n    let unused = 1\n    println(\"hello\")\n}\n";

#[test]
fn an_unchanged_program_is_copied_with_what_was_said() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path();
    fs::write(folder.join("main.gos"), WITH_WARNING).unwrap();
    let first = build(folder, &["-o", "one"]);
    let second = build(folder, &["-o", "deep/two"]);
    assert!(compiled(&first) && !compiled(&second));
    let (one, two) = (folder.join("one"), folder.join("deep/two"));
    assert!(fs::read(&one).unwrap() == fs::read(&two).unwrap());
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode();
    assert_eq!(mode(&one), mode(&two));
    for output in [&first, &second] {
        assert_eq!(
            stderr(output).matches("warning").count(),
            1,
            "{}",
            stderr(output)
        );
    }
    let ran = Command::new(two).output().unwrap();
    assert_eq!(ran.stdout, b"hello\n");
}

#[test]
fn what_changes_the_executable_is_compiled() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path();
    fs::write(folder.join("main.gos"), WITH_WARNING).unwrap();
    assert!(compiled(&build(folder, &["-o", "out"])));
    assert!(compiled(&build(folder, &["-o", "out", "--strip"])));
    assert!(compiled(&build(folder, &["-o", "out", "--release"])));
    assert!(compiled(&build(folder, &["-o", "out.o", "--emit", "obj"])));
    fs::write(
        folder.join("main.gos"),
        "fn main() {\n    println(\"changed\")\n}\n",
    )
    .unwrap();
    assert!(compiled(&build(folder, &["-o", "out"])));
    let ran = Command::new(folder.join("out")).output().unwrap();
    assert_eq!(ran.stdout, b"changed\n");
    fs::remove_dir_all(folder.join("cache/programs")).unwrap();
    assert!(
        compiled(&build(folder, &["-o", "out"])),
        "a lost program is made anew"
    );
}
