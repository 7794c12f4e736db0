//! A program that stands on standard input.

use crate::setup::{HELLO, gos_with_input, scratch, stderr};
use std::fs;
use std::process::Command;

#[test]
fn run_takes_it() {
    let dir = scratch(&[]);
    let program = b"use std::os\nfn main() { println!(\"{:?}\", os::args()) }\n";
    for _ in 0..2 {
        // The second time from the cache.
        let ran = gos_with_input(dir.path(), &["run", "-", "a", "-b"], program);
        assert_eq!(String::from_utf8_lossy(&ran.stdout), "[\"a\", \"-b\"]\n");
        assert!(ran.status.success(), "{}", stderr(&ran));
    }
    let other = gos_with_input(dir.path(), &["run", "-"], HELLO.as_bytes());
    assert_eq!(other.stdout, b"hello\n");
}

#[test]
fn messages_and_traces_name_it() {
    let dir = scratch(&[]);
    let wrong = b"fn main() {\n    let n: i64 = \"x\"\n}\n";
    let checked = gos_with_input(dir.path(), &["check", "-"], wrong);
    assert_eq!(checked.status.code(), Some(1));
    let said = stderr(&checked);
    assert!(
        said.contains("E0301") && said.contains("<stdin>:2:"),
        "{said}"
    );
    let panics = b"fn main() {\n    panic(\"on purpose\")\n}\n";
    let ran = gos_with_input(dir.path(), &["run", "-"], panics);
    let said = stderr(&ran);
    assert_eq!(ran.status.code(), Some(101), "{said}");
    assert!(said.contains("panicked at <stdin>:2:"), "{said}");
}

#[test]
fn modules_lie_in_the_current_folder() {
    let dir = scratch(&[("greeting.gos", "pub fn text() -> String { \"hi\" }\n")]);
    let program = b"fn main() { println(greeting::text()) }\n";
    let ran = gos_with_input(dir.path(), &["run", "-"], program);
    assert_eq!(ran.stdout, b"hi\n", "{}", stderr(&ran));
}

#[test]
fn build_wants_a_name_for_what_it_writes() {
    let dir = scratch(&[]);
    let unnamed = gos_with_input(dir.path(), &["build", "-"], HELLO.as_bytes());
    assert_eq!(unnamed.status.code(), Some(2));
    assert!(stderr(&unnamed).contains("-o"), "{}", stderr(&unnamed));
    let built = gos_with_input(dir.path(), &["build", "-", "-o", "x"], HELLO.as_bytes());
    assert!(built.status.success(), "{}", stderr(&built));
    let ran = Command::new(dir.path().join("x")).output().unwrap();
    assert_eq!(ran.stdout, b"hello\n");
}

#[test]
fn what_cannot_be_is_told() {
    let dir = scratch(&[]);
    let fixed = gos_with_input(dir.path(), &["check", "--fix", "-"], HELLO.as_bytes());
    assert_eq!(fixed.status.code(), Some(2));
    assert!(stderr(&fixed).contains("--fix"), "{}", stderr(&fixed));
    let binary = gos_with_input(dir.path(), &["check", "-"], b"fn main() {\n\xff}");
    assert_eq!(binary.status.code(), Some(1));
    let said = stderr(&binary);
    assert!(said.contains("line 2 is not UTF-8"), "{said}");
    let made = fs::read_dir(dir.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name());
    assert!(made.into_iter().all(|name| name == "cache"));
}
