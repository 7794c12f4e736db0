//! `--race`: what `gos run` and `gos test` make of a race.

use crate::setup::{gos, scratch};
use std::process::Command;

const MANIFEST: &str = "[project]\nid = \"example.com/shop\"\nversion = \"0.1.0\"\n";

const MAIN: &str = r#"use std::sync::WaitGroup

fn count_twice() -> i64 {
    let mut n = 0
    let wg = WaitGroup::new()
    wg.run(|| n += 1)
    wg.run(|| n += 1)
    wg.wait()
    n
}

fn main() { println!("{}", count_twice() <= 2) }

#[test]
fn races() { assert!(count_twice() <= 2) }

#[test]
#[should_panic = "on purpose"]
fn races_and_panics() {
    let _ = count_twice()
    panic!("on purpose")
}

#[test]
fn is_alone() { assert_eq!(1 + 1, 2) }
"#;

#[test]
fn a_race_is_an_exit_code_of_its_own() {
    let dir = scratch(&[("project.toml", MANIFEST), ("src/main.gos", MAIN)]);
    let plain = gos(dir.path(), &["run", "src/main.gos"]);
    assert_eq!(plain.status.code(), Some(0));
    let raced = gos(dir.path(), &["run", "--race", "src/main.gos"]);
    let errors = String::from_utf8_lossy(&raced.stderr);
    assert_eq!(raced.status.code(), Some(66), "{errors}");
    assert_eq!(raced.stdout, b"true\n");
    assert!(errors.contains("by goroutine 2 at"), "{errors}");
    assert!(errors.contains("src/main.gos:6:15"), "{errors}");
    assert!(
        errors.contains("goroutine 3 was started by main::count_twice at"),
        "{errors}"
    );
}

#[test]
fn the_exit_code_can_be_set() {
    let dir = scratch(&[("main.gos", MAIN)]);
    let built = gos(dir.path(), &["build", "--race", "main.gos", "-o", "shop"]);
    assert!(built.status.success());
    let run = |value: &str| {
        let mut program = Command::new(dir.path().join("shop"));
        program.env("GOSSAMER_RACE_EXIT", value).output().unwrap()
    };
    assert_eq!(run("3").status.code(), Some(3));
    assert_eq!(run("0").status.code(), Some(0));
    let wrong = run("many");
    assert_eq!(wrong.status.code(), Some(66));
    let errors = String::from_utf8_lossy(&wrong.stderr);
    assert!(
        errors.contains("warning: GOSSAMER_RACE_EXIT=many is not"),
        "{errors}"
    );
}

#[test]
fn a_test_that_races_fails() {
    let dir = scratch(&[("project.toml", MANIFEST), ("src/main.gos", MAIN)]);
    assert!(gos(dir.path(), &["test"]).status.success());
    let output = gos(dir.path(), &["test", "--race"]);
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("1 passed, 2 failed"), "{text}");
    assert_eq!(
        text.matches("a data race was found while it ran").count(),
        2,
        "{text}"
    );
    assert!(text.contains("write of 8 bytes, variable `n`,"), "{text}");
}
