//! `--opt`, `--cpu` and `--link-arg`: what they change, what they must not, and how a slip is told.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const MUSL: &str = "x86_64-unknown-linux-musl";

/// Prints the same at every level, over a sum that panics unless integers wrap.
const PROGRAM: &str = "\
use std::os

fn total(xs: &[i32]) -> i32 {
    let mut sum = 0
    for x in xs {
        sum += x
    }
    sum
}

fn main() {
    let mut xs: [i32] = vec![1, 2, 3, 4, 5, 6, 7, 8]
    println!(\"{}\", total(&xs))
    if os::args().len() > 0 {
        xs.push(i32::MAX)
        println!(\"{}\", total(&xs))
    }
}
";

struct Scratch(tempfile::TempDir);

impl Scratch {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("main.gos"), PROGRAM).unwrap();
        Self(dir)
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn gos(&self, args: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_gos"))
            .args(args)
            .current_dir(self.path())
            .env("GOS_CACHE_DIR", self.path().join("cache"))
            .env("NO_COLOR", "1")
            .output()
            .unwrap()
    }

    fn build(&self, options: &[&str], output: &str) -> Vec<u8> {
        let args = [
            &["build", "main.gos", "--target", MUSL, "-o", output],
            options,
        ];
        let built = self.gos(&args.concat());
        assert!(built.status.success(), "{options:?}: {}", stderr(&built));
        fs::read(self.path().join(output)).unwrap()
    }

    fn fails(&self, options: &[&str]) -> String {
        let failed = self.gos(&[&["build", "main.gos", "-o", "none"], options].concat());
        assert!(!self.path().join("none").exists(), "{options:?}");
        assert!(!failed.status.success(), "{options:?}");
        stderr(&failed)
    }
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_program_does_the_same_at_every_level() {
    let scratch = Scratch::new();
    for release in [false, true] {
        let built = ["0", "1", "2", "3", "s"].map(|level| {
            let options: &[&str] = match release {
                true => &["--release", "--opt", level],
                false => &["--opt", level],
            };
            let bytes = scratch.build(options, "program");
            let program = scratch.path().join("program");
            let plain = Command::new(&program).output().unwrap();
            assert_eq!(plain.stdout, b"36\n", "{options:?}");
            // What integers do on overflow is not a matter of optimization.
            let over = Command::new(&program).arg("over").output().unwrap();
            let code = if release { 0 } else { 101 };
            assert_eq!(
                over.status.code(),
                Some(code),
                "{options:?}: {}",
                stderr(&over)
            );
            bytes
        });
        let [none, some, more, all, size] = &built;
        assert!(none != some && some != more, "each level does more");
        assert!(size.len() <= all.len() && all.len() < none.len());
        let (default, options): (_, &[&str]) = match release {
            true => (all, &["--release"]),
            false => (none, &[]),
        };
        assert!(scratch.build(options, "program") == *default, "{options:?}");
    }
}

#[test]
fn a_level_that_is_none_lists_those_that_are() {
    let text = Scratch::new().fails(&["--opt", "4"]);
    assert!(text.contains("0, 1, 2, 3, s"), "{text}");
}

#[test]
fn a_processor_is_used_only_when_named() {
    let scratch = Scratch::new();
    let assembly = |options: &[&str]| {
        let args = ["build", "main.gos", "--release", "--emit", "asm", "-o", "-"];
        let args = [&args[..], &["--target", MUSL], options].concat();
        let output = scratch.gos(&args);
        assert!(output.status.success(), "{}", stderr(&output));
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    assert!(!assembly(&[]).contains("%ymm"));
    assert!(assembly(&["--cpu", "x86-64-v3"]).contains("%ymm"));
    let native = scratch.build(&["--cpu", "native"], "program");
    assert!(!native.is_empty());
    let run = Command::new(scratch.path().join("program"))
        .output()
        .unwrap();
    assert_eq!(run.stdout, b"36\n");
}

#[test]
fn a_processor_that_is_not_there_gets_suggestions() {
    let scratch = Scratch::new();
    let text = scratch.fails(&["--target", MUSL, "--cpu", "skylark"]);
    assert!(text.contains("`skylake`"), "{text}");
    let text = scratch.fails(&["--target", MUSL, "--cpu", "znver"]);
    assert!(text.contains("`znver3`"), "{text}");
    let text = scratch.fails(&["--target", MUSL, "--cpu", "toaster"]);
    assert!(
        text.contains("`x86-64-v3`") && text.contains("`native`"),
        "{text}"
    );
    let arm = ["--target", "aarch64-unknown-linux-musl"];
    let text = scratch.fails(&[&arm[..], &["--cpu", "neoverse_n1"]].concat());
    assert!(text.contains("`neoverse-n1`"), "{text}");
    if cfg!(target_arch = "x86_64") {
        let text = scratch.fails(&[&arm[..], &["--cpu", "native"]].concat());
        assert!(text.contains("this machine"), "{text}");
    }
}

#[test]
fn a_link_argument_reaches_the_linker() {
    let scratch = Scratch::new();
    scratch.build(
        &["--link-arg", "-Map=map", "--link-arg=--print-gc-sections"],
        "program",
    );
    let map = fs::read_to_string(scratch.path().join("map")).unwrap();
    assert!(map.contains("libgos_rt.a"), "{map}");
    let text = scratch.fails(&["--target", MUSL, "--link-arg", "--no-such-option"]);
    assert!(text.contains("--no-such-option"), "{text}");
    // The system's compiler understands its own language.
    let built = scratch.gos(&[
        "build",
        "main.gos",
        "-o",
        "own",
        "--link-arg=-Wl,-Map=own.map",
    ]);
    assert!(built.status.success(), "{}", stderr(&built));
    assert!(scratch.path().join("own.map").is_file());
}

#[test]
fn what_was_run_is_found_again_only_by_the_same_choices() {
    let scratch = Scratch::new();
    let run = |options: &[&str]| {
        let args = [&["run"], options, &["main.gos"]].concat();
        let output = scratch.gos(&args);
        assert_eq!(output.stdout, b"36\n", "{options:?}: {}", stderr(&output));
    };
    let programs = || {
        fs::read_dir(scratch.path().join("cache/programs"))
            .unwrap()
            .count()
    };
    run(&[]);
    run(&[]);
    assert_eq!(programs(), 1);
    run(&["--opt", "2"]);
    run(&["--cpu", "x86-64-v2", "--opt", "2"]);
    run(&["--link-arg=-Map=map"]);
    assert!(scratch.path().join("map").is_file());
    assert!(programs() >= 2);
}
