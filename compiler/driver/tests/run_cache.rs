//! `gos run` of an unchanged program does not compile it again, and anything that changes what
//! compiling would give does compile it again.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

struct Folder(tempfile::TempDir);

impl Folder {
    fn with(files: &[(&str, &str)]) -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        files
            .iter()
            .for_each(|(name, text)| folder.write(name, text));
        folder
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.0.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gos"));
        command
            .args(["run", "--timings"])
            .args(args)
            .current_dir(self.0.path())
            .env("GOS_CACHE_DIR", self.0.path().join("cache"))
            .env("NO_COLOR", "1")
            .env_remove("GOS_LIBRARY_DIR")
            .env_remove("GOS_KIT_DIR")
            .stdin(Stdio::null());
        command
    }

    /// Runs, expects that output, and whether compiling was needed.
    fn check(&self, args: &[&str], expected: &str, compiles: bool) {
        check(&self.command(args).output().unwrap(), expected, compiles);
    }

    /// The files below a folder of the cache.
    fn cached(&self, name: &str) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let mut open = vec![self.0.path().join("cache").join(name)];
        while let Some(path) = open.pop() {
            if path.is_dir() {
                open.extend(
                    fs::read_dir(path)
                        .unwrap()
                        .map(|entry| entry.unwrap().path()),
                );
            } else {
                found.push(path);
            }
        }
        found.retain(|path| !path.file_name().unwrap().to_string_lossy().starts_with('.'));
        found
    }
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn check(output: &Output, expected: &str, compiles: bool) {
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        expected,
        "{}",
        stderr(output)
    );
    let compiled = stderr(output).contains("codegen");
    assert_eq!(compiled, compiles, "{}", stderr(output));
}

const HELLO: (&str, &str) = ("hello.gos", "fn main() {\n    println(\"hello\")\n}\n");

#[test]
fn an_unchanged_program_is_not_compiled_again() {
    let folder = Folder::with(&[HELLO]);
    folder.check(&["hello.gos"], "hello\n", true);
    folder.check(&["hello.gos"], "hello\n", false);
    folder.write(HELLO.0, "fn main() {\n    println(\"goodbye\")\n}\n");
    folder.check(&["hello.gos"], "goodbye\n", true);
    folder.write(HELLO.0, HELLO.1);
    folder.check(&["hello.gos"], "hello\n", true);
    folder.check(&["--release", "hello.gos"], "hello\n", true);
    folder.check(&["--release", "hello.gos"], "hello\n", false);
    folder.check(&["hello.gos"], "hello\n", false);
}

#[test]
fn exit_codes_and_warnings_are_as_ever() {
    let text = "fn two() -> i64 {\n    return 2\n    println(\"never\")\n    3\n}\n\n\
                fn main() -> Result<(), String> {\n    println(two())\n    Err(\"no\")\n}\n";
    let folder = Folder::with(&[("main.gos", text)]);
    let fresh = folder.command(&["main.gos", "--b"]).output().unwrap();
    let again = folder.command(&["main.gos", "--b"]).output().unwrap();
    for (output, compiles) in [(&fresh, true), (&again, false)] {
        check(output, "2\n", compiles);
        assert_eq!(output.status.code(), Some(1));
        assert!(stderr(output).contains("[W0306]"), "{}", stderr(output));
    }
}

#[test]
fn every_input_counts() {
    let main = "fn main() {\n    println(shop::price(), cmp::max(2, 1), env!(\"COLOR\"), \
                include_str!(\"note.txt\"))\n}\n";
    let folder = Folder::with(&[
        ("main.gos", main),
        ("shop.gos", "pub fn price() -> i64 {\n    3\n}\n"),
        ("note.txt", "one"),
    ]);
    let run = |color: &str, expected: &str, compiles: bool| {
        let output = folder
            .command(&["main.gos"])
            .env("COLOR", color)
            .output()
            .unwrap();
        check(&output, expected, compiles);
    };
    run("red", "3 2 red one\n", true);
    run("red", "3 2 red one\n", false);
    run("blue", "3 2 blue one\n", true);
    folder.write("note.txt", "two");
    run("blue", "3 2 blue two\n", true);
    folder.write("shop.gos", "pub fn price() -> i64 {\n    4\n}\n");
    run("blue", "4 2 blue two\n", true);
    run("blue", "4 2 blue two\n", false);
    // A module of the program stands before the library's.
    folder.write(
        "cmp.gos",
        "pub fn max(a: i64, b: i64) -> i64 {\n    a + b + 6\n}\n",
    );
    run("blue", "4 9 blue two\n", true);
    run("blue", "4 9 blue two\n", false);
}

#[test]
fn damaged_entries_are_made_anew() {
    let folder = Folder::with(&[HELLO]);
    folder.check(&["hello.gos"], "hello\n", true);
    for kind in ["answers", "programs"] {
        for damage in [false, true] {
            let [file] = &folder.cached(kind)[..] else {
                panic!("one file is there: {:?}", folder.cached(kind));
            };
            let mut bytes = fs::read(file).unwrap();
            let middle = bytes.len() / 2;
            if damage {
                bytes[middle] ^= 0x10;
            } else {
                bytes.truncate(middle);
            }
            fs::write(file, bytes).unwrap();
            folder.check(&["hello.gos"], "hello\n", true);
            folder.check(&["hello.gos"], "hello\n", false);
        }
    }
    fs::remove_file(&folder.cached("programs")[0]).unwrap();
    folder.check(&["hello.gos"], "hello\n", true);
}

#[test]
fn several_at_once_share_the_cache() {
    let folder = Folder::with(&[HELLO]);
    let running: Vec<_> = (0..4)
        .map(|_| {
            let mut command = folder.command(&["hello.gos"]);
            command
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap()
        })
        .collect();
    for program in running {
        let output = program.wait_with_output().unwrap();
        assert_eq!(
            String::from_utf8_lossy(&output.stdout),
            "hello\n",
            "{}",
            stderr(&output)
        );
    }
    folder.check(&["hello.gos"], "hello\n", false);
    assert_eq!(
        folder.cached("programs").len(),
        1,
        "the same bytes from each"
    );
}

/// Nobody may write to the folder that is named: a private one among the temporary files serves.
#[test]
fn a_cache_that_cannot_be_written_does_not_stand_in_the_way() {
    let folder = Folder::with(&[HELLO, ("locked", "")]);
    let locked = folder.0.path().join("locked");
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o400)).unwrap();
    let temporary = folder.0.path().join("tmp");
    fs::create_dir(&temporary).unwrap();
    let run = |compiles: bool| {
        let mut command = folder.command(&["hello.gos"]);
        command
            .env("GOS_CACHE_DIR", &locked)
            .env("TMPDIR", &temporary);
        command.env("XDG_CACHE_HOME", &locked).env("HOME", &locked);
        check(&command.output().unwrap(), "hello\n", compiles);
    };
    run(true);
    run(false);
}

#[test]
fn clean_removes_it() {
    let folder = Folder::with(&[HELLO]);
    folder.check(&["hello.gos"], "hello\n", true);
    let mut clean = Command::new(env!("CARGO_BIN_EXE_gos"));
    let cache: &Path = &folder.0.path().join("cache");
    assert!(
        clean
            .arg("clean")
            .env("GOS_CACHE_DIR", cache)
            .status()
            .unwrap()
            .success()
    );
    assert_eq!(fs::read_dir(cache).unwrap().count(), 0);
    folder.check(&["hello.gos"], "hello\n", true);
}
