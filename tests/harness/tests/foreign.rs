//! Structs cross to C and back by value, held against what a C compiler makes of the same
//! declarations: `tests/foreign`, on this machine and, where a compiler for it is there, on 64-bit ARM.

use gos_tests::{checkout, gos, run_limited};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(60);

struct Side {
    triple: &'static str,
    compiler: &'static str,
    /// What runs programs for it.
    runner: &'static [&'static str],
}

const HERE: Side = Side {
    triple: "x86_64-unknown-linux-gnu",
    compiler: "cc",
    runner: &[],
};

const ARM: Side = Side {
    triple: "aarch64-unknown-linux-gnu",
    compiler: "aarch64-linux-gnu-gcc",
    runner: &["qemu-aarch64-static", "-L", "/usr/aarch64-linux-gnu"],
};

#[test]
fn structs_cross_by_value() {
    both_levels(&HERE);
}

#[test]
fn structs_cross_by_value_on_arm() {
    let found = Command::new(ARM.compiler).arg("--version").output();
    match found {
        Ok(_) => both_levels(&ARM),
        Err(error) => eprintln!("not run, as {} is not here: {error}", ARM.compiler),
    }
}

fn both_levels(side: &Side) {
    let folder = tempfile::tempdir().unwrap();
    let sources = checkout().join("tests/foreign");
    let library = folder.path().join("structs.so");
    let mut compile = Command::new(side.compiler);
    compile.args(["-O1", "-shared", "-fPIC"]);
    compile
        .arg(sources.join("structs.c"))
        .arg("-o")
        .arg(&library);
    succeed(&mut compile);
    for level in [None, Some("--release")] {
        let program = folder.path().join("program");
        let mut build = Command::new(gos());
        build.args(["build", "--target", side.triple]).args(level);
        build
            .arg(sources.join("structs.gos"))
            .arg("-o")
            .arg(&program);
        succeed(&mut build);
        let mut words = side.runner.iter().map(Path::new).chain([program.as_path()]);
        let mut run = Command::new(words.next().unwrap());
        run.args(words).arg(&library);
        let (stdout, stderr) = succeed(&mut run);
        same(&sources.join("structs.stdout"), &stdout);
        same(&sources.join("structs.stderr"), &stderr);
    }
}

fn succeed(command: &mut Command) -> (String, String) {
    let finished = run_limited(command, "", LIMIT).unwrap();
    assert_eq!(finished.code, 0, "{command:?}\n{}", finished.stderr);
    (finished.stdout, finished.stderr)
}

fn same(expected: &Path, found: &str) {
    if std::env::var_os("GOS_BLESS").is_some() {
        std::fs::write(expected, found).unwrap();
    }
    assert_eq!(std::fs::read_to_string(expected).unwrap(), found);
}
