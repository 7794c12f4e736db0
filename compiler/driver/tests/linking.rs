//! Links can be understood and done again: the printed command gives the same bytes, and failures
//! name their cause.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const PROGRAM: &str = "\
struct Item { name: String, price: f64 }

fn total(items: &[Item]) -> f64 {
    items.iter().map(|item| item.price).sum()
}

fn main() {
    let items = vec![Item { name: \"tea\", price: 2.5 }, Item { name: \"milk\", price: 1.25 }]
    for item in items {
        println!(\"{} {}\", item.name, item.price)
    }
    println!(\"{}\", total(&items))
}
";

const TARGETS: [&str; 7] = [
    "x86_64-unknown-linux-musl",
    "aarch64-unknown-linux-musl",
    "x86_64-unknown-linux-gnu",
    "aarch64-unknown-linux-gnu",
    "aarch64-apple-darwin",
    "x86_64-apple-darwin",
    "x86_64-pc-windows-msvc",
];

fn gos(folder: &Path, cache: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gos"));
    command
        .args(args)
        .current_dir(folder)
        .env("GOS_CACHE_DIR", cache)
        .env("NO_COLOR", "1");
    command
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn project(folder: &Path) -> PathBuf {
    fs::create_dir_all(folder).unwrap();
    fs::write(folder.join("main.gos"), PROGRAM).unwrap();
    folder.to_owned()
}

#[test]
fn the_printed_command_gives_the_same_bytes() {
    let scratch = tempfile::tempdir().unwrap();
    // A folder that a shell would split.
    let folder = project(&scratch.path().join("it's a shop"));
    let cache = scratch.path().join("cache");
    for target in TARGETS {
        for further in [&[][..], &["--release", "--strip"]] {
            let args = [
                "build",
                "main.gos",
                "--verbose",
                "-o",
                "shop",
                "--target",
                target,
            ];
            let mut command = gos(&folder, &cache, &[&args[..], further].concat());
            let output = command.output().unwrap();
            assert!(output.status.success(), "{target}: {}", stderr(&output));
            let built = fs::read(folder.join("shop")).unwrap();
            fs::remove_file(folder.join("shop")).unwrap();
            let text = stderr(&output);
            let names_output = |line: &&str| line.contains(" -o ") || line.contains(" -out:");
            let line = text.lines().rfind(names_output).unwrap();
            let mut shell = Command::new("sh");
            let again = shell.args(["-c", line]).current_dir(&folder);
            let again = again.output().unwrap();
            assert!(again.status.success(), "{line}\n{}", stderr(&again));
            let by_hand = fs::read(folder.join("shop")).unwrap();
            assert!(
                by_hand == built,
                "{target} {further:?}: other bytes by {line}"
            );
        }
    }
}

/// Linked as the program's own objects are, the object of `--emit obj` gives a program that does the same and
/// knows as well where it is.
#[test]
fn the_one_object_is_the_whole_program() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path();
    let divides = "fn part(of: i64, by: i64) -> i64 {\n    of / by\n}\n\n\
                   fn main() {\n    println!(\"{}\", part(6, 0))\n}\n";
    fs::write(folder.join("main.gos"), divides).unwrap();
    for target in &TARGETS[..4] {
        for level in [&[][..], &["--release", "--strip"]] {
            let build = |output: &str, further: &[&str]| {
                let args = ["build", "main.gos", "--target", target, "-o", output];
                let args = [&args[..], level, further].concat();
                let output = gos(folder, &folder.join("cache"), &args).output().unwrap();
                assert!(output.status.success(), "{target}: {}", stderr(&output));
                stderr(&output)
            };
            let told = build("parts", &["--verbose"]);
            build("whole.o", &["--emit", "obj"]);
            let line = told.lines().next_back().unwrap();
            let is_part = |word: &str| word.contains("/objects/");
            let mut words: Vec<&str> = line.split(' ').collect();
            let at = words.iter().position(|word| is_part(word)).unwrap();
            words.retain(|word| !is_part(word));
            words.insert(at, "whole.o");
            *words.last_mut().unwrap() = "whole";
            let mut linker = Command::new(words[0]);
            let linked = linker
                .args(&words[1..])
                .current_dir(folder)
                .output()
                .unwrap();
            assert!(linked.status.success(), "{words:?}: {}", stderr(&linked));
            if target.starts_with("x86_64") {
                let [parts, whole] = ["parts", "whole"]
                    .map(|name| Command::new(folder.join(name)).output().unwrap());
                assert!(stderr(&parts).contains("main.gos:2"), "{}", stderr(&parts));
                assert_eq!(stderr(&whole), stderr(&parts), "{target} {level:?}");
            }
        }
    }
}

/// A linker that the project brings along, found from wherever the build runs.
#[test]
fn a_project_names_its_linker() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = project(&scratch.path().join("shop"));
    let manifest = "[project]\nid = \"example.com/shop\"\n\n[target.x86_64-unknown-linux-musl]\n\
                    linker = \"tools/link\"\n";
    fs::write(folder.join("project.toml"), manifest).unwrap();
    let build = |further: &[&str]| {
        let args = ["build", "shop", "-o", "out", "--target", TARGETS[0]];
        let cache = scratch.path().join("cache");
        let mut command = gos(scratch.path(), &cache, &[&args[..], further].concat());
        command.output().unwrap()
    };
    let missing = build(&[]);
    assert_eq!(missing.status.code(), Some(2));
    let text = stderr(&missing);
    assert!(
        text.contains("shop/tools/link` named by project.toml"),
        "{text}"
    );
    fs::create_dir(folder.join("tools")).unwrap();
    let linker = folder.join("tools/link");
    fs::write(
        &linker,
        "#!/bin/sh\necho linked > \"$0.log\"\nexec cc \"$@\"\n",
    )
    .unwrap();
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs::set_permissions(&linker, mode).unwrap();
    let output = build(&[]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(folder.join("tools/link.log").is_file());
    assert!(
        Command::new(scratch.path().join("out"))
            .status()
            .unwrap()
            .success()
    );
    // What the command line names goes before.
    fs::remove_file(folder.join("tools/link.log")).unwrap();
    let output = build(&["--linker", "cc"]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(!folder.join("tools/link.log").exists());
}

#[test]
fn a_failed_link_names_its_cause() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = project(&scratch.path().join("here"));
    let declared = "extern \"C\" {\n    fn nowhere(x: i32) -> i32\n}\n\nfn main() {\n    \
                    println!(\"{}\", unsafe { nowhere(1) })\n}\n";
    fs::write(folder.join("undefined.gos"), declared).unwrap();
    for target in [TARGETS[0], TARGETS[2]] {
        let fails = |file: &str, further: &[&str], words: &[&str]| {
            let args = ["build", file, "-o", "none", "--target", target];
            let cache = scratch.path().join("cache");
            let mut command = gos(&folder, &cache, &[&args[..], further].concat());
            let output = command.output().unwrap();
            let text = stderr(&output);
            assert_eq!(output.status.code(), Some(1), "{target}: {text}");
            let first = text
                .lines()
                .find(|line| line.starts_with("error: "))
                .unwrap();
            for word in words {
                assert!(
                    first.contains(word),
                    "{target}: `{word}` is missing in: {text}"
                );
            }
            assert!(!folder.join("none").exists());
        };
        fails("undefined.gos", &[], &["`nowhere`", "--link-arg"]);
        fails("main.gos", &["--link-arg=-lnothing"], &["`nothing`", "-L"]);
    }
}

#[test]
fn targets_say_what_links_them_and_what_is_missing() {
    let scratch = tempfile::tempdir().unwrap();
    let list = |settings: &[(&str, &str)]| {
        let mut command = gos(scratch.path(), &scratch.path().join("cache"), &["targets"]);
        let output = command.envs(settings.iter().copied()).output().unwrap();
        assert!(output.status.success(), "{}", stderr(&output));
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let bare = list(&[("PATH", "")]);
    assert_eq!(
        bare.matches("with the built-in linker: ").count(),
        5,
        "{bare}"
    );
    assert_eq!(bare.matches("no linker found").count(), 2, "{bare}");
    for system in [
        "Debian, Ubuntu: apt install gcc-aarch64",
        "Fedora: dnf",
        "Alpine:",
        "macOS:",
    ] {
        assert!(bare.contains(system), "{bare}");
    }
    let named = list(&[("GOS_LINKER_X86_64_UNKNOWN_LINUX_MUSL", "sh")]);
    assert!(
        named.contains("sh, which GOS_LINKER_X86_64_UNKNOWN_LINUX_MUSL names"),
        "{named}"
    );
    let project = "[project]\nid = \"a\"\n[target.aarch64-unknown-linux-musl]\nlinker = \"sh\"\n";
    fs::write(scratch.path().join("project.toml"), project).unwrap();
    let by_project = list(&[]);
    assert!(
        by_project.contains("sh, which project.toml names"),
        "{by_project}"
    );
}
