//! The command line as users meet it: wrong usage and a hostile outside world give one clear
//! sentence, the right exit code, and leave nothing behind.

use crate::setup::{HELLO, gos, scratch};
use std::fs;
use std::path::Path;
use std::process::Command;

/// Runs `gos`, expects it to fail with `code` and one sentence that holds all `words`, and checks
/// that no file was made.
fn check_fails(dir: &Path, args: &[&str], code: i32, words: &[&str]) {
    let files = || {
        let names = fs::read_dir(dir)
            .unwrap()
            .map(|entry| entry.unwrap().file_name());
        let mut names: Vec<_> = names.filter(|name| name != "cache").collect();
        names.sort();
        names
    };
    let before = files();
    let output = gos(dir, args);
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "{args:?}: {text}");
    for word in words {
        assert!(
            text.contains(word),
            "{args:?}: `{word}` is missing in: {text}"
        );
    }
    assert!(text.starts_with("error: "), "{args:?}: {text}");
    assert_eq!(files(), before, "{args:?} left files behind");
}

#[test]
fn a_new_project_checks_cleanly() {
    let dir = scratch(&[]);
    let made = gos(
        dir.path(),
        &["new", "shop", "--id", "example.org/team/shop"],
    );
    assert_eq!(made.status.code(), Some(0));
    let project = dir.path().join("shop");
    let text = fs::read_to_string(project.join("project.toml")).unwrap();
    assert!(text.contains("id = \"example.org/team/shop\""), "{text}");
    assert!(project.join(".gitignore").is_file());
    let checked = gos(&project, &["check"]);
    assert_eq!(String::from_utf8_lossy(&checked.stderr), "");
    assert_eq!(checked.status.code(), Some(0));
    check_fails(dir.path(), &["new", "shop"], 2, &["shop", "gos init"]);
    check_fails(&project, &["init"], 2, &["project already"]);
    check_fails(dir.path(), &["new", "a b"], 2, &["`a b`"]);
    check_fails(dir.path(), &["new", "x", "--id", "a//b"], 2, &["a//b"]);
}

#[test]
fn a_folder_with_files_becomes_a_project() {
    let dir = scratch(&[("stall/src/main.gos", HELLO)]);
    let project = dir.path().join("stall");
    let made = gos(&project, &["init"]);
    assert_eq!(made.status.code(), Some(0));
    assert_eq!(
        fs::read_to_string(project.join("src/main.gos")).unwrap(),
        HELLO
    );
    assert!(project.join("project.toml").is_file());
}

#[test]
fn a_missing_file_is_named() {
    let dir = scratch(&[]);
    check_fails(
        dir.path(),
        &["build", "absent.gos"],
        2,
        &["absent.gos", "no such file"],
    );
    check_fails(dir.path(), &["check", "absent.gos"], 2, &["absent.gos"]);
    check_fails(dir.path(), &["run", "absent.gos"], 2, &["absent.gos"]);
}

#[test]
fn a_folder_without_a_program_says_what_is_looked_for() {
    let dir = scratch(&[("empty/notes.txt", "")]);
    check_fails(
        dir.path(),
        &["build", "empty"],
        2,
        &["src/main.gos", "main.gos"],
    );
    check_fails(dir.path(), &["build"], 2, &["no project here"]);
    check_fails(dir.path(), &["build", "empty/notes.txt"], 2, &[".gos"]);
}

#[test]
fn an_unknown_target_gets_a_suggestion() {
    let dir = scratch(&[("main.gos", HELLO)]);
    let args = ["build", "main.gos", "--target", "x86_64-linux-musl"];
    check_fails(
        dir.path(),
        &args,
        2,
        &["did you mean `x86_64-unknown-linux-musl`"],
    );
}

#[test]
fn a_linker_that_is_not_there_is_named() {
    let dir = scratch(&[("main.gos", HELLO)]);
    let musl = ["--target", "x86_64-unknown-linux-musl"];
    let args = [
        &["build", "main.gos", "--linker", "no-such-linker"],
        &musl[..],
    ]
    .concat();
    if gos_toolchains::Kit::find(&gos_toolchains::Target::all()[0]).is_ok() {
        check_fails(dir.path(), &args, 2, &["no-such-linker", "--linker"]);
    }
}

#[test]
fn an_output_that_is_a_folder_is_refused() {
    let dir = scratch(&[("main.gos", HELLO), ("out/keep", "")]);
    if gos_toolchains::Kit::find(&gos_toolchains::Target::all()[0]).is_ok() {
        let args = [
            "build",
            "main.gos",
            "--target",
            "x86_64-unknown-linux-musl",
            "-o",
            "out",
        ];
        check_fails(dir.path(), &args, 2, &["`out`", "folder", "-o"]);
    }
}

#[test]
fn an_output_that_cannot_be_written_is_named() {
    let dir = scratch(&[("main.gos", HELLO), ("file", "")]);
    if gos_toolchains::Kit::find(&gos_toolchains::Target::all()[0]).is_err() {
        return;
    }
    let musl = ["--target", "x86_64-unknown-linux-musl"];
    for (output, word) in [
        ("/proc/x", "`/proc`"),
        ("/proc/absent/x", "/proc/absent"),
        ("file/x", "`file`"),
    ] {
        for emit in [&[][..], &["--emit", "obj"], &["--emit", "asm"]] {
            let args = [&["build", "main.gos", "-o", output], &musl[..], emit].concat();
            check_fails(dir.path(), &args, 1, &["cannot", word]);
        }
    }
}

#[test]
fn sources_are_not_overwritten() {
    let dir = scratch(&[("main.gos", HELLO)]);
    let args = ["build", "main.gos", "-o", "main.gos"];
    check_fails(dir.path(), &args, 2, &["main.gos", "-o"]);
    let text = fs::read_to_string(dir.path().join("main.gos")).unwrap();
    assert_eq!(text, HELLO);
}

#[cfg(target_os = "linux")]
#[test]
fn a_host_without_a_linker_says_what_to_install() {
    let dir = scratch(&[("main.gos", HELLO)]);
    let triple = "x86_64-unknown-linux-gnu";
    let output = Command::new(env!("CARGO_BIN_EXE_gos"))
        .args(["build", "main.gos", "--target", triple, "-o", "out"])
        .current_dir(dir.path())
        .env("GOS_CACHE_DIR", dir.path().join("cache"))
        .env("PATH", "")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stderr);
    let target = gos_toolchains::Target::find(triple).unwrap();
    if gos_toolchains::Kit::find(target).is_ok() {
        assert!(text.starts_with("error: no linker for"), "{text}");
        assert!(text.contains("install"), "{text}");
    }
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(!dir.path().join("out").exists());
}

#[test]
fn a_file_that_is_no_text_names_the_line() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("main.gos"), b"fn main() {\n\xff}\n").unwrap();
    let output = gos(dir.path(), &["check", "main.gos"]);
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("line 2 is not UTF-8"), "{text}");
}

#[cfg(unix)]
#[test]
fn a_pipe_is_not_waited_for() {
    let dir = tempfile::tempdir().unwrap();
    let made = Command::new("mkfifo")
        .arg(dir.path().join("main.gos"))
        .status();
    if made.is_ok_and(|status| status.success()) {
        check_fails(
            dir.path(),
            &["check", "main.gos"],
            2,
            &["not a regular file"],
        );
    }
}

#[test]
fn wrong_words_are_wrong_usage() {
    let dir = scratch(&[]);
    check_fails(dir.path(), &["bulid"], 2, &["build"]);
    check_fails(dir.path(), &["build", "--emit", "wasm"], 2, &["llvm-ir"]);
    check_fails(dir.path(), &["check", "--nonsense"], 2, &["--nonsense"]);
    check_fails(dir.path(), &["explain", "E9999"], 2, &["E9999"]);
}

#[test]
fn what_follows_the_file_belongs_to_the_program() {
    let program = "use std::os\nfn main() {\n    println!(\"{:?}\", os::args())\n}\n";
    let dir = scratch(&[("show.gos", program)]);
    if gos_toolchains::Kit::find(&gos_toolchains::Target::all()[0]).is_ok() {
        let output = gos(dir.path(), &["run", "show.gos", "--release", "-x", "a b"]);
        let text = String::from_utf8_lossy(&output.stdout);
        assert_eq!(text, "[\"--release\", \"-x\", \"a b\"]\n");
    }
}

#[test]
fn builds_do_not_depend_on_the_place() {
    if gos_toolchains::Kit::find(&gos_toolchains::Target::all()[0]).is_err() {
        return;
    }
    let panics = "fn main() {\n    let n = [1]\n    println(n[n.len()])\n}\n";
    let places = [
        scratch(&[("src/main.gos", panics)]),
        scratch(&[("src/main.gos", panics)]),
    ];
    let target = ["--target", "x86_64-unknown-linux-musl"];
    for release in [&[][..], &["--release"]] {
        let from_inside = [
            &["build", "src/main.gos", "-o", "out"],
            &target[..],
            release,
        ]
        .concat();
        assert!(gos(places[0].path(), &from_inside).status.success());
        let path = places[1].path().join("src/main.gos");
        let from_outside = [
            &["build", path.to_str().unwrap(), "-o", "out"],
            &target[..],
            release,
        ]
        .concat();
        assert!(gos(places[1].path(), &from_outside).status.success());
        let read = |place: &tempfile::TempDir| fs::read(place.path().join("out")).unwrap();
        assert!(
            read(&places[0]) == read(&places[1]),
            "{release:?}: the bytes differ"
        );
    }
}

#[test]
fn the_printed_link_command_can_be_run() {
    if gos_toolchains::Kit::find(&gos_toolchains::Target::all()[0]).is_err() {
        return;
    }
    // The second time the compiler's answer about linking comes out of the cache.
    let dir = scratch(&[("hello.gos", HELLO)]);
    let host = gos_toolchains::Target::host().triple.as_str();
    for target in ["x86_64-unknown-linux-musl", host, host] {
        let output = gos(
            dir.path(),
            &["build", "hello.gos", "--verbose", "--target", target],
        );
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        let command = text.lines().next_back().expect(&text);
        assert!(command.contains(" ld -flavor gnu "), "{text}");
        fs::remove_file(dir.path().join("hello")).unwrap();
        let relinked = Command::new("sh")
            .args(["-c", command])
            .current_dir(dir.path())
            .status();
        assert!(relinked.unwrap().success(), "{command}");
        let run = Command::new(dir.path().join("hello")).output().unwrap();
        assert_eq!(run.stdout, b"hello\n");
    }
}

/// Whoever names a compiler, or wraps one in a script, wants it run.
#[test]
fn a_compiler_that_is_named_or_a_script_is_run() {
    let host = gos_toolchains::Target::host();
    if gos_toolchains::Kit::find(host).is_err() {
        return;
    }
    let script = "#!/bin/sh\necho \"$@\" >> \"$NOTES\"\nexec /usr/bin/cc \"$@\"\n";
    let dir = scratch(&[("hello.gos", HELLO), ("bin/cc", script)]);
    let (wrapper, notes) = (dir.path().join("bin/cc"), dir.path().join("notes"));
    let executable = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs::set_permissions(&wrapper, executable).unwrap();
    std::os::unix::fs::symlink("/usr/bin/ld", dir.path().join("bin/ld")).unwrap();
    let build = |args: &[&str], path: &Path| {
        let output = Command::new(env!("CARGO_BIN_EXE_gos"))
            .args(["build", "hello.gos"])
            .args(args)
            .current_dir(dir.path())
            .env("GOS_CACHE_DIR", dir.path().join("cache"))
            .env("PATH", path)
            .env("NOTES", &notes)
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{text}");
        fs::read_to_string(&notes)
            .unwrap_or_default()
            .lines()
            .count()
    };
    assert_eq!(build(&["--linker", "bin/cc"], Path::new("/usr/bin")), 1);
    assert_eq!(build(&[], wrapper.parent().unwrap()), 2);
}

#[test]
fn asking_for_help_is_fine() {
    let dir = scratch(&[]);
    for args in [
        &["--help"][..],
        &["build", "--help"],
        &["--version"],
        &["targets"],
        &["env"],
    ] {
        let output = gos(dir.path(), args);
        assert!(output.status.success(), "{args:?}");
        assert!(
            !output.stdout.is_empty() && output.stderr.is_empty(),
            "{args:?}"
        );
    }
}

/// `gos build -o /dev/null` by root must not make a file of it.
#[cfg(unix)]
#[test]
fn a_device_is_written_to_and_not_replaced() {
    let dir = scratch(&[("hello.gos", HELLO)]);
    let link = dir.path().join("nowhere");
    std::os::unix::fs::symlink("/dev/null", &link).unwrap();
    for more in [&[][..], &["--emit", "asm"]] {
        let args = [&["build", "hello.gos", "-o", "nowhere"], more].concat();
        let output = gos(dir.path(), &args);
        let text = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{text}");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert!(!fs::metadata("/dev/null").unwrap().is_file());
    }
}
