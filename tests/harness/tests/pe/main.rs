//! Programs for Windows, built with an empty `PATH`: the file is as the system wants it, and Wine runs
//! it. `windows.rs` runs the language suites there.
#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

mod foreign;
mod image;
mod service;

use gos_tests::{Finished, Machine, gos, link_object, run_limited};
use image::Image;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(120);

const HELLO: &str = "fn main() {\n    println(\"hello\")\n}\n";
/// Panics through three functions, a goroutine's among them.
const PANICS: &str = include_str!("../../../programs/panics.gos");
/// Connections that send more than a socket holds, and take it back meanwhile.
const ECHO: &str = include_str!("../../../programs/echo.gos");
/// Starts itself as a child in several ways.
const CHILDREN: &str = include_str!("../../../programs/children.gos");

const LEVELS: [&[&str]; 2] = [&[], &["--release"]];

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

    fn source(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, text).unwrap();
        path
    }

    /// `gos` as a machine without anything would run it.
    fn gos(&self) -> Command {
        let mut command = Command::new(gos());
        command.env_clear().env("PATH", "");
        command.env("GOS_CACHE_DIR", self.path("cache"));
        command.current_dir(self.folder.path());
        for name in ["GOS_LIBRARY_DIR", "GOS_KIT_DIR"] {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        command
    }

    /// What `gos` says while it builds something.
    fn make(&self, output: &str, machine: Machine, source: &Path, further: &[&str]) -> String {
        let mut command = self.gos();
        command.args(["build", "--target", machine.triple(), "-o"]);
        command.arg(self.path(output)).args(further).arg(source);
        let built = run_limited(&mut command, "", LIMIT).unwrap();
        assert_eq!(built.code, 0, "{further:?}: {}", built.stderr);
        // Warnings of the compiler's own are well, those of the linker are not.
        assert!(!built.stderr.contains("lld"), "{}", built.stderr);
        built.stderr
    }

    fn build(&self, machine: Machine, source: &Path, further: &[&str]) -> PathBuf {
        self.make("program", machine, source, further);
        self.path("program")
    }

    /// The same program, from the one object that `--emit obj` gives.
    fn build_by_object(&self, machine: Machine, source: &Path, further: &[&str]) -> PathBuf {
        let told = self.make(
            "program",
            machine,
            source,
            &[further, &["--verbose"]].concat(),
        );
        let program = self.path("program");
        fs::remove_file(&program).unwrap();
        self.make(
            "object",
            machine,
            source,
            &[further, &["--emit", "obj"]].concat(),
        );
        link_object(&told, &self.path("object")).unwrap();
        program
    }

    fn run(&self, machine: Machine, source: &Path, further: &[&str]) -> Finished {
        let program = self.build(machine, source, further);
        run_limited(&mut machine.command(&program), "", LIMIT).unwrap()
    }
}

#[test]
fn images_are_as_the_system_wants_them() {
    let place = Place::new();
    let sources = [
        place.source("hello.gos", HELLO),
        place.source("panics.gos", PANICS),
        place.source("echo.gos", ECHO),
    ];
    for source in &sources {
        for further in [&[][..], &["--release"], &["--release", "--strip"]] {
            let program = place.build(Machine::Windows, source, further);
            let bytes = fs::read(program).unwrap();
            let image = Image::parse(&bytes);
            let name = format!("{} {further:?}", source.display());
            image.expect_headers(&name);
            image.expect_only_system_libraries(&name);
            assert!(image.has_section(".gostr"), "{name}: traces have names");
            let is_stripped = further.contains(&"--strip");
            assert_eq!(image.symbols() == 0, is_stripped, "{name}");
            let has_debug = image.has_section(".debug_info");
            assert_eq!(has_debug, further.is_empty(), "{name}");
        }
    }
}

#[test]
fn programs_are_called_as_windows_calls_them() {
    let place = Place::new();
    place.source("hello.gos", HELLO);
    let mut command = place.gos();
    command.args(["build", "--target", Machine::Windows.triple(), "hello.gos"]);
    let built = run_limited(&mut command, "", LIMIT).unwrap();
    assert_eq!(built.code, 0, "{}", built.stderr);
    let program = place.path("hello.exe");
    let found = run_limited(&mut Machine::Windows.command(&program), "", LIMIT).unwrap();
    assert_eq!((found.code, found.stdout.as_str()), (0, "hello\n"));
}

/// Messages and traces are those of the same program for Linux.
#[test]
fn panics_are_told_as_elsewhere() {
    let place = Place::new();
    let source = place.source("main.gos", PANICS);
    for further in LEVELS {
        let expected = place.run(Machine::X86_64, &source, further);
        assert_eq!(expected.code, 101);
        assert!(
            expected.stderr.contains("main::third"),
            "{}",
            expected.stderr
        );
        for strip in [&[][..], &["--strip"]] {
            let further = [further, strip].concat();
            let builds = [
                Place::build as fn(&Place, Machine, &Path, &[&str]) -> PathBuf,
                Place::build_by_object,
            ];
            for build in builds {
                let program = build(&place, Machine::Windows, &source, &further);
                let found =
                    run_limited(&mut Machine::Windows.command(&program), "", LIMIT).unwrap();
                assert_eq!(found.stdout, "before\n", "{further:?}");
                assert_eq!(found.stderr, expected.stderr, "{further:?}");
                assert_eq!(found.code, expected.code, "{further:?}");
            }
        }
    }
}

#[test]
fn goroutines_wait_for_sockets() {
    let place = Place::new();
    let source = place.source("echo.gos", ECHO);
    for further in LEVELS {
        let found = place.run(Machine::Windows, &source, further);
        assert_eq!(found.stdout, "1600000\n", "{further:?}: {}", found.stderr);
    }
}

/// Children of a program for Windows do what those of the same program for Linux do.
#[test]
fn children_are_started_and_talked_to() {
    let place = Place::new();
    let source = place.source("children.gos", CHILDREN);
    let expected = place.run(Machine::X86_64, &source, &[]);
    assert!(
        expected.stdout.ends_with("[]\ntrue\n"),
        "{}",
        expected.stdout
    );
    let found = place.run(Machine::Windows, &source, &[]);
    assert_eq!(found.stdout, expected.stdout, "{}", found.stderr);
    assert_eq!((found.code, expected.code), (0, 0));
}
