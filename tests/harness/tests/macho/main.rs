//! Programs for Macs, built with an empty `PATH`: what a loader and a debugger would look at is as it
//! must be. No Mac runs them here, so each promise that a file can keep is checked in the file:
//! commands for the loader, symbols, signature, stack checks, trace tables. And a loader of our own
//! (`loader.c`) runs what computes, under Linux.

mod code;
mod image;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod loader;
mod signature;
mod stubs;

use gos_tests::{checkout, gos, link_object, run_limited};
use image::{Image, Processor};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(120);

const TARGETS: [(&str, Processor); 2] = [
    ("aarch64-apple-darwin", Processor::Arm),
    ("x86_64-apple-darwin", Processor::Intel),
];

const HELLO: &str = "fn main() {\n    println(\"hello\")\n}\n";

/// Goroutines, channels, maps, growing stacks, mathematics, every kind of 128-bit arithmetic.
const MUCH: &str = r#"fn depth(n: i64) -> i64 {
    if n == 0 { 0 } else { 1 + depth(n - 1) }
}

fn wide(a: i128, b: i128) -> i128 {
    a * b / 7 + a % 13
}

fn main() {
    let (tx, rx) = channel::<i64>(4)
    for i in 0..8 {
        go fn() {
            tx.send(i * depth(1000))
        }()
    }
    let mut by_number = HashMap::new()
    for _ in 0..8 {
        match rx.recv() {
            Some(n) => {
                by_number.insert(n, format!("{}", (n as f64).sin().exp().powf(2.5).atan2(0.5)))
            }
            None => panic("closed")
        }
    }
    println!("{} {}", by_number.len(), wide(by_number.len() as i128, 1 << 90))
}
"#;

/// A folder with a cache of its own.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Place {
        let folder = tempfile::tempdir().unwrap();
        Place { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// `gos` as a machine without anything would run it.
    fn gos(&self) -> Command {
        let mut command = Command::new(gos());
        command.env_clear().env("PATH", "");
        command.env("GOS_CACHE_DIR", self.path("cache"));
        for name in ["GOS_LIBRARY_DIR", "GOS_KIT_DIR"] {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        command
    }

    /// What `gos` says while it builds something.
    fn make(&self, output: &str, source: &Path, target: &str, further: &[&str]) -> String {
        let mut command = self.gos();
        command.args(["build", "--target", target, "-o"]);
        command.arg(self.path(output)).args(further).arg(source);
        let built = run_limited(&mut command, "", LIMIT).unwrap();
        assert_eq!(built.code, 0, "{target} {further:?}: {}", built.stderr);
        // Warnings of the compiler's own are well, those of the linker are not.
        assert!(!built.stderr.contains("lld"), "{}", built.stderr);
        built.stderr
    }

    fn build(&self, source: &Path, target: &str, further: &[&str]) -> Vec<u8> {
        self.make("program", source, target, further);
        fs::read(self.path("program")).unwrap()
    }

    /// The same program, from the one object that `--emit obj` gives.
    fn build_by_object(&self, source: &Path, target: &str, further: &[&str]) -> Vec<u8> {
        let told = self.make(
            "program",
            source,
            target,
            &[further, &["--verbose"]].concat(),
        );
        let program = self.path("program");
        fs::remove_file(&program).unwrap();
        self.make(
            "object",
            source,
            target,
            &[further, &["--emit", "obj"]].concat(),
        );
        link_object(&told, &self.path("object")).unwrap();
        fs::read(program).unwrap()
    }

    fn source(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, text).unwrap();
        path
    }
}

/// Builds the three programs for both targets and hands each to `check`.
fn for_each_program(further: &[&str], check: impl Fn(&str, &[u8], &Image<'_>)) {
    let place = Place::new();
    let sources = [
        place.source("hello.gos", HELLO),
        place.source("much.gos", MUCH),
        checkout().join("examples/service/src/main.gos"),
    ];
    for (target, processor) in TARGETS {
        for source in &sources {
            let bytes = place.build(source, target, further);
            let image = Image::parse(&bytes);
            assert_eq!(image.processor, processor, "{target}");
            let name = format!("{target} {} {further:?}", source.display());
            check(&name, &bytes, &image);
        }
    }
}

#[test]
fn the_loader_finds_what_it_looks_for() {
    for further in [&["--release"][..], &["--release", "--strip"], &[]] {
        for_each_program(further, |name, _, image| {
            image.expect_executable(name);
            assert_eq!(image.libraries, ["/usr/lib/libSystem.B.dylib"], "{name}");
            assert_eq!(image.oldest_system, Some((12, 0)), "{name}");
            let main = image.symbols.get("_main");
            if !further.contains(&"--strip") {
                assert_eq!(main, Some(&image.entry), "{name}: starts elsewhere");
            }
            let text = image.section("__TEXT", "__text");
            assert!(text.contains(image.entry), "{name}: starts outside of code");
        });
    }
}

#[test]
fn only_functions_of_the_system_are_left_to_be_found() {
    let listed = stubs::listed();
    for_each_program(&["--release"], |name, _, image| {
        assert!(!image.undefined.is_empty(), "{name}");
        for symbol in &image.undefined {
            let known = listed.iter().any(|known| known.is(symbol, image.processor));
            assert!(known, "{name}: `{symbol}` is in no library");
        }
    });
}

#[test]
fn each_page_is_signed() {
    for_each_program(&["--release"], |name, bytes, image| {
        signature::expect_valid(name, bytes, image, "program");
    });
    // What is signed is found to be changed.
    let place = Place::new();
    let source = place.source("hello.gos", HELLO);
    let mut bytes = place.build(&source, TARGETS[0].0, &[]);
    let at = bytes.len() / 3;
    bytes[at] ^= 1;
    assert!(signature::check(&bytes, &Image::parse(&bytes), "program").is_err());
}

#[test]
fn functions_that_call_check_the_stack() {
    for further in [&["--release"][..], &[]] {
        for_each_program(further, |name, bytes, image| {
            code::expect_stack_checks(name, bytes, image);
        });
    }
}

#[test]
fn traces_name_every_function() {
    for_each_program(&["--release"], |name, bytes, image| {
        code::expect_traces(name, bytes, image);
    });
}

#[test]
fn the_list_of_the_system_s_functions_is_that_of_the_runtime() {
    let place = Place::new();
    let source = place.source("hello.gos", HELLO);
    for (target, processor) in TARGETS {
        place.build(&source, target, &[]);
        stubs::expect_exact(&place.kit(target), processor);
    }
}

impl Place {
    /// Where the kit of a target lies, after a build.
    fn kit(&self, target: &str) -> PathBuf {
        if let Some(folder) = std::env::var_os("GOS_KIT_DIR") {
            return Path::new(&folder).join(target);
        }
        let kits = fs::read_dir(self.path("cache/kits")).unwrap();
        let is_kit = |path: &PathBuf| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with(target)
        };
        let mut kits = kits.map(|entry| entry.unwrap().path()).filter(is_kit);
        kits.next().expect("a build unpacks its kit")
    }
}

#[test]
fn tools_of_llvm_accept_them() {
    let place = Place::new();
    let source = place.source("much.gos", MUCH);
    for (target, _) in TARGETS {
        for further in [&["--release"][..], &[]] {
            place.build(&source, target, further);
            let program = place.path("program");
            let tools: [(&str, &[&str]); 4] = [
                ("llvm-objdump-22", &["--macho", "--private-headers"]),
                (
                    "llvm-objdump-22",
                    &["--macho", "--chained-fixups", "--bind"],
                ),
                (
                    "llvm-readobj-22",
                    &["--file-headers", "--sections", "--symbols"],
                ),
                ("llvm-otool-22", &["-l", "-L", "-h"]),
            ];
            for (tool, arguments) in tools {
                let mut command = Command::new(tool);
                let said = run_limited(command.args(arguments).arg(&program), "", LIMIT).unwrap();
                assert_eq!(said.code, 0, "{tool}: {}", said.stderr);
                assert_eq!(said.stderr, "", "{tool}");
                for word in ["malformed", "truncated", "past end"] {
                    assert!(!said.stdout.contains(word), "{tool}:\n{}", said.stdout);
                }
            }
        }
    }
}

#[test]
fn one_object_is_a_whole_program() {
    let place = Place::new();
    let source = place.source("much.gos", MUCH);
    for (target, _) in TARGETS {
        let bytes = place.build_by_object(&source, target, &["--release"]);
        let image = Image::parse(&bytes);
        image.expect_executable(target);
        signature::expect_valid(target, &bytes, &image, "program");
        code::expect_stack_checks(target, &bytes, &image);
        code::expect_traces(target, &bytes, &image);
    }
}
