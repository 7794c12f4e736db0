//! A folder with files in it, and `gos` run there: plain text, a cache of its own.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// A program that says hello.
pub const HELLO: &str = "fn main() {\n    println(\"hello\")\n}\n";

/// A folder with these files.
pub fn scratch(files: &[(&str, &str)]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = dir.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    dir
}

/// Runs `gos` in the folder.
pub fn gos(dir: &Path, args: &[&str]) -> Output {
    gos_with_input(dir, args, b"")
}

/// Runs `gos` in the folder, with something on its standard input.
pub fn gos_with_input(dir: &Path, args: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_gos"))
        .args(args)
        .current_dir(dir)
        .env("GOS_CACHE_DIR", dir.join("cache"))
        .env("NO_COLOR", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that does not read its input may have ended.
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap()
}

/// What a command said.
pub fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
