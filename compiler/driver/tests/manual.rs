//! What shells and readers of manuals get: of every command and option that there is, and the same each
//! time.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::process::{Command, Output, Stdio};

const SHELLS: [&str; 5] = ["bash", "zsh", "fish", "powershell", "elvish"];

fn gos(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_gos"))
        .args(args)
        .output()
        .unwrap()
}

fn stdout(args: &[&str]) -> String {
    let output = gos(args);
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{args:?}: {text}");
    String::from_utf8(output.stdout).unwrap()
}

/// The commands that `gos --help` lists.
fn commands() -> Vec<String> {
    let help = stdout(&["--help"]);
    let (_, list) = help.split_once("Commands:\n").unwrap();
    let lines = list.lines().take_while(|line| !line.is_empty());
    let names: Vec<String> = lines
        .filter_map(|line| line.split_whitespace().next().map(str::to_owned))
        .collect();
    assert!(names.len() > 10, "{names:?}");
    names
}

#[test]
fn every_shell_completes_every_command() {
    for shell in SHELLS {
        let script = stdout(&["completions", shell]);
        for name in commands() {
            assert!(script.contains(&name), "{shell}: {name} is missing");
        }
        assert!(script.contains("check-reproducible"), "{shell}");
        assert_eq!(script, stdout(&["completions", shell]));
    }
    let unknown = gos(&["completions", "tcsh"]);
    assert_eq!(unknown.status.code(), Some(2));
}

/// bash understands its script, and completes by it.
#[test]
fn bash_completes() {
    let script = stdout(&["completions", "bash"]);
    let ask = "\nCOMP_WORDS=(gos bui)\nCOMP_CWORD=1\n_gos gos bui gos\nprintf '%s\\n' \"${COMPREPLY[@]}\"\n";
    let mut bash = Command::new("bash")
        .args(["--norc", "-s"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = bash.stdin.take().unwrap();
    input.write_all((script + ask).as_bytes()).unwrap();
    drop(input);
    let output = bash.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "build\n");
}

#[test]
fn there_is_a_page_for_every_command() {
    let pages = || {
        let scratch = tempfile::tempdir().unwrap();
        let folder = scratch.path().join("share/man");
        stdout(&["man", folder.to_str().unwrap()]);
        let read = |entry: fs::DirEntry| {
            let name = entry.file_name().into_string().unwrap();
            (name, fs::read_to_string(entry.path()).unwrap())
        };
        let entries = fs::read_dir(&folder).unwrap();
        let pages: BTreeMap<String, String> = entries.map(|entry| read(entry.unwrap())).collect();
        pages
    };
    let first = pages();
    for name in commands() {
        let page = &first[&format!("gos-{name}.1")];
        assert!(page.contains(".SH NAME"), "{name}");
        assert!(first["gos.1"].contains(&name), "{name}");
    }
    assert!(first["gos-build.1"].contains("image"));
    assert_eq!(first, pages());
}
