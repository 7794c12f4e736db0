//! Structs cross to C and back by value as Windows passes them, held against what clang makes of the
//! same declarations: `tests/foreign`, as `foreign.rs` does it for other systems.

use crate::{LEVELS, LIMIT, Place};
use gos_tests::{Finished, Machine, checkout, run_limited};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The functions of `structs.c`.
const EXPORTS: [&str; 14] = [
    "one", "point", "vec2", "vec3", "quat", "mixed", "pair", "bytes", "large", "named", "split",
    "full", "floats", "back",
];

#[test]
fn structs_cross_by_value() {
    let place = Place::new();
    let sources = checkout().join("tests/foreign");
    let library = make_library(&place, &sources);
    let loader = compile(&place, &sources.join("windows/loader.c"));
    let functions = ["LoadLibraryA", "GetProcAddress"];
    let system = import_library(&place, "kernel32.dll", &functions);
    let expected = |ending| fs::read_to_string(sources.join("structs").with_extension(ending));
    for further in LEVELS {
        let link = [&loader, &system].map(|path| format!("--link-arg={}", path.display()));
        let further: Vec<&str> = further
            .iter()
            .copied()
            .chain(link.iter().map(String::as_str))
            .collect();
        let program = place.build(Machine::Windows, &sources.join("structs.gos"), &further);
        let found = succeed(Machine::Windows.command(&program).arg(&library));
        assert_eq!(found.stdout, expected("stdout").unwrap());
        // The library's own writes end lines as Windows does.
        let stderr = found.stderr.replace("\r\n", "\n");
        assert_eq!(stderr, expected("stderr").unwrap());
    }
}

fn make_library(place: &Place, sources: &Path) -> PathBuf {
    let object = compile(place, &sources.join("structs.c"));
    let stdio = import_library(place, "msvcrt.dll", &["fprintf", "fflush", "__iob_func"]);
    let library = place.path("structs.dll");
    let mut link = Command::new("lld-link-22");
    link.args(["-dll", "-noentry", "-nodefaultlib"]);
    link.args(EXPORTS.map(|name| format!("-export:{name}")));
    link.arg(format!("-out:{}", library.display()));
    succeed(link.args([&object, &stdio]));
    library
}

fn compile(place: &Place, source: &Path) -> PathBuf {
    let object = place.path(&format!(
        "{}.obj",
        source.file_stem().unwrap().to_string_lossy()
    ));
    let mut command = Command::new("clang-22");
    command.args(["--target=x86_64-pc-windows-msvc", "-ffreestanding", "-O1"]);
    command
        .arg("-I")
        .arg(checkout().join("tests/foreign/windows"));
    succeed(command.arg("-c").arg(source).arg("-o").arg(&object));
    object
}

/// What names functions of a library of the system.
fn import_library(place: &Place, library: &str, functions: &[&str]) -> PathBuf {
    let names = format!("LIBRARY {library}\nEXPORTS\n{}\n", functions.join("\n"));
    let names = place.source(&format!("{library}.def"), &names);
    let path = place.path(&format!("{library}.lib"));
    let mut command = Command::new("llvm-dlltool-22");
    command.args(["-m", "i386:x86-64", "-d"]).arg(names);
    succeed(command.arg("-l").arg(&path));
    path
}

fn succeed(command: &mut Command) -> Finished {
    let finished = run_limited(command, "", LIMIT).unwrap();
    assert_eq!(finished.code, 0, "{command:?}\n{}", finished.stderr);
    finished
}
