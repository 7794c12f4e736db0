//! `gos size` and `--max-size`, the settings of programs, and how small they are.

use crate::setup::{HELLO, gos, scratch, stderr};
use std::fs;
use std::process::Command;

const MUSL: &str = "x86_64-unknown-linux-musl";

/// Builds hello as small as it gets.
const BUILD: [&str; 8] = [
    "build",
    "main.gos",
    "--release",
    "--strip",
    "-o",
    "hello",
    "--target",
    MUSL,
];

fn hello() -> tempfile::TempDir {
    scratch(&[("main.gos", HELLO)])
}

#[test]
fn hello_is_small() {
    let dir = hello();
    let built = gos(dir.path(), &BUILD);
    assert!(built.status.success(), "{}", stderr(&built));
    let bytes = fs::metadata(dir.path().join("hello")).unwrap().len();
    assert!(bytes < 150_000, "{bytes}");
    let run = Command::new(dir.path().join("hello")).output().unwrap();
    assert_eq!(run.stdout, b"hello\n");
}

#[test]
fn every_byte_has_an_owner() {
    expect_owners(MUSL, &["C library"]);
}

/// Its symbols have no sizes, and the C library is not in the file.
#[test]
fn every_byte_of_a_program_for_macs_has_an_owner() {
    expect_owners("aarch64-apple-darwin", &[]);
}

/// The same holds for Windows.
#[test]
fn every_byte_of_a_program_for_windows_has_an_owner() {
    expect_owners("x86_64-pc-windows-msvc", &[]);
}

fn expect_owners(target: &str, further: &[&str]) {
    let dir = hello();
    let args = ["size", "main.gos", "--release", "--target", target];
    let output = gos(
        dir.path(),
        &[&args[..], &["--message-format", "json"]].concat(),
    );
    assert!(output.status.success(), "{}", stderr(&output));
    let sizes: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let parts = sizes["parts"].as_array().unwrap();
    let bytes_of = |part: &serde_json::Value| part["bytes"].as_u64().unwrap();
    assert_eq!(
        parts.iter().map(bytes_of).sum::<u64>(),
        sizes["bytes"].as_u64().unwrap()
    );
    let origins = [
        "program",
        "library",
        "runtime",
        "Rust's library",
        "trace tables",
    ];
    for origin in origins.iter().chain(further) {
        assert!(
            sizes["origins"][origin].as_u64().unwrap() > 0,
            "{origin}: {}",
            sizes["origins"]
        );
    }
    let has = |origin: &str, module: &str| {
        parts
            .iter()
            .any(|part| part["origin"] == origin && part["module"] == module)
    };
    assert!(has("runtime", "gos_rt") && has("library", "std::panicking"));
    let output = gos(dir.path(), &[&args[..], &["--top", "3"]].concat());
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        text.contains("modules\n") && text.contains("gos_rt (runtime)"),
        "{text}"
    );
    assert!(
        !dir.path().join("main").exists(),
        "measuring leaves nothing behind"
    );
}

#[test]
fn what_is_too_large_is_not_written() {
    let dir = hello();
    let build = |limit: &str| gos(dir.path(), &[&BUILD[..], &["--max-size", limit]].concat());
    let refused = build("10K");
    assert_eq!(refused.status.code(), Some(1));
    let text = stderr(&refused);
    assert!(
        text.contains("more than the 10240 that") && text.contains("(runtime)"),
        "{text}"
    );
    assert!(!dir.path().join("hello").exists());
    assert!(build("2M").status.success());
    assert!(dir.path().join("hello").is_file());
    let wrong = build("much");
    assert_eq!(wrong.status.code(), Some(2));
    assert!(stderr(&wrong).contains("700K"), "{}", stderr(&wrong));
}

#[test]
fn a_setting_without_sense_is_told_in_one_line() {
    let dir = hello();
    let built = gos(
        dir.path(),
        &["build", "main.gos", "-o", "hello", "--target", MUSL],
    );
    assert!(built.status.success(), "{}", stderr(&built));
    let run = |name: &str, value: &str| {
        let mut program = Command::new(dir.path().join("hello"));
        let output = program.env(name, value).output().unwrap();
        assert_eq!(output.stdout, b"hello\n", "{name}={value}");
        stderr(&output)
    };
    let wrong = [
        ("GOSSAMER_PROCS", "many"),
        ("GOSSAMER_GC_TARGET", "0.5"),
        ("GOSSAMER_MEM_LIMIT", "5 apples"),
        ("GOSSAMER_GC_STRESS", "yes"),
    ];
    let listed = gos(dir.path(), &["env", "--runtime"]);
    let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
    for (name, value) in wrong {
        let text = run(name, value);
        assert_eq!(text.lines().count(), 1, "{text}");
        assert!(
            text.starts_with(&format!("warning: {name}={value} is not ")),
            "{text}"
        );
        assert!(listed.contains(&format!("{name}\n")), "{listed}");
    }
    let right = [
        ("GOSSAMER_PROCS", "2"),
        ("GOSSAMER_PROCS", ""),
        ("GOSSAMER_GC_TARGET", "2.5"),
        ("GOSSAMER_MEM_LIMIT", "1.5GiB"),
        ("GOSSAMER_MEM_LIMIT", "off"),
        ("GOSSAMER_GC_STRESS", "1"),
    ];
    for (name, value) in right {
        assert_eq!(run(name, value), "", "{name}={value}");
    }
    assert!(listed.contains("GOSSAMER_LOG\n"), "{listed}");
}
