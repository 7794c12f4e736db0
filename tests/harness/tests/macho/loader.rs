//! Programs for Macs that run here, by `loader.c`: on this processor, and under emulation on ARM's.

use crate::{LIMIT, Place};
use gos_tests::{Finished, checkout, gos, run_limited};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What runs, and what makes and starts its loader.
struct Runner {
    target: &'static str,
    compiler: &'static str,
    emulator: &'static [&'static str],
}

const INTEL: Runner = Runner {
    target: "x86_64-apple-darwin",
    compiler: "cc",
    emulator: &[],
};
const ARM: Runner = Runner {
    target: "aarch64-apple-darwin",
    compiler: "aarch64-linux-gnu-gcc",
    emulator: &["qemu-aarch64-static", "-L", "/usr/aarch64-linux-gnu"],
};

/// Panics through three functions, a goroutine's among them.
const PANICS: &str = include_str!("../../../programs/panics.gos");

/// Connections that send more than a socket holds, and take it back meanwhile.
const ECHO: &str = include_str!("../../../programs/echo.gos");

impl Runner {
    fn make_loader(&self, place: &Place) -> PathBuf {
        let loader = place.path(self.compiler);
        let mut command = Command::new(self.compiler);
        command.args(["-O1", "-o"]).arg(&loader);
        command.arg(checkout().join("tests/harness/tests/macho/loader.c"));
        let made = run_limited(command.args(["-lm", "-lpthread", "-ldl"]), "", LIMIT).unwrap();
        assert_eq!(made.code, 0, "{}", made.stderr);
        loader
    }

    fn run(&self, place: &Place, loader: &Path, source: &Path, further: &[&str]) -> Finished {
        place.build(source, self.target, further);
        self.run_built(place, loader)
    }

    fn run_built(&self, place: &Place, loader: &Path) -> Finished {
        let words = self.emulator.iter().map(Path::new).chain([loader]);
        let words: Vec<&Path> = words.collect();
        let mut command = Command::new(words[0]);
        command.args(&words[1..]).arg(place.path("program"));
        run_limited(&mut command, "", LIMIT).unwrap()
    }

    /// Runs the programs of these folders that need nothing but their code.
    fn expect_output(&self, folders: &[&str]) {
        let place = Place::new();
        let loader = self.make_loader(&place);
        let mut ran = 0;
        for source in folders.iter().flat_map(|folder| programs(folder)) {
            let expected = fs::read_to_string(source.with_extension("stdout")).unwrap();
            for further in [&["--release"][..], &[]] {
                let found = self.run(&place, &loader, &source, further);
                let name = format!("{} {} {further:?}", self.target, source.display());
                assert_eq!(found.stdout, expected, "{name}: {}", found.stderr);
                ran += 1;
            }
        }
        assert!(ran > 0, "{}: {folders:?} has no programs", self.target);
    }
}

/// Programs that are run without arguments, and print what a file beside them says.
fn programs(folder: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(checkout().join("tests").join(folder)).unwrap();
    let mut found: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    found.retain(|path| {
        let is_source = path.extension().is_some_and(|extension| extension == "gos");
        is_source && path.with_extension("stdout").exists() && is_plain(path)
    });
    found.sort();
    found
}

fn is_plain(source: &Path) -> bool {
    let text = fs::read_to_string(source).unwrap();
    let mut directives = text.lines().filter(|line| line.starts_with("//@"));
    directives.all(|line| line == "//@ run")
}

#[test]
fn programs_for_intel_s_processors_compute() {
    INTEL.expect_output(&[
        "conc",
        "lang/gc",
        "lang/panics",
        "lang/floats",
        "lang/closures",
    ]);
}

#[test]
fn programs_for_apple_s_processors_compute() {
    ARM.expect_output(&["lang/panics", "lang/floats", "lang/closures"]);
}

#[test]
fn goroutines_wait_for_sockets() {
    let place = Place::new();
    let source = place.source("echo.gos", ECHO);
    for runner in [INTEL, ARM] {
        let loader = runner.make_loader(&place);
        for further in [&["--release"][..], &[]] {
            let found = runner.run(&place, &loader, &source, further);
            let name = format!("{} {further:?}", runner.target);
            assert_eq!(found.stdout, "1600000\n", "{name}: {}", found.stderr);
        }
    }
}

/// Messages and traces are those of the same program for Linux.
#[test]
fn panics_are_told_as_elsewhere() {
    let place = Place::new();
    let source = place.source("main.gos", PANICS);
    for further in [&["--release"][..], &[]] {
        let linux = place.path("linux");
        let mut command = Command::new(gos());
        command.args(["build", "--target", "x86_64-unknown-linux-musl", "-o"]);
        command.arg(&linux).args(further).arg(&source);
        let built = run_limited(&mut command, "", LIMIT).unwrap();
        assert_eq!(built.code, 0, "{}", built.stderr);
        let expected = run_limited(&mut Command::new(&linux), "", LIMIT).unwrap();
        assert!(
            expected.stderr.contains("main::third"),
            "{}",
            expected.stderr
        );
        for runner in [INTEL, ARM] {
            let loader = runner.make_loader(&place);
            let name = format!("{} {further:?}", runner.target);
            let check = |found: Finished, how: &str| {
                assert_eq!(found.stdout, "before\n", "{name} {how}");
                assert_eq!(found.stderr, expected.stderr, "{name} {how}");
                assert_eq!(found.code, expected.code, "{name} {how}");
            };
            check(runner.run(&place, &loader, &source, further), "built");
            place.build_by_object(&source, runner.target, &[further, &["--strip"]].concat());
            check(runner.run_built(&place, &loader), "of one object, stripped");
        }
    }
}
