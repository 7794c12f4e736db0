//! Compiles and runs.

use crate::{EmitKind, EmitOptions, Emitted, Normalizer, Optimization, emit};
use gos_diag::SourceMap;
use gos_mir::ir::MonoProgram;
use gos_sema::program::Program;
use gos_sema::types::Ty;
use std::process::Command;

/// What the runtime does for compiled code, as simply as possible: memory is never freed, the
/// stack never ends.
const RUNTIME: &str = include_str!("runtime.c");

/// The tests' types are plain.
struct NothingToResolve;

impl Normalizer for NothingToResolve {
    fn for_thread(&self) -> Box<dyn Fn(Ty) -> Ty + '_> {
        Box::new(|ty| ty)
    }
}

pub(super) fn options(sources: &SourceMap, release: bool, kind: EmitKind) -> EmitOptions<'_> {
    EmitOptions {
        triple: "x86_64-unknown-linux-gnu".to_string(),
        cpu: "x86-64".to_string(),
        features: String::new(),
        overflow_wraps: release,
        optimization: if release {
            Optimization::All
        } else {
            Optimization::None
        },
        kind,
        sources,
        directory: "/src".to_string(),
        normalizer: &NothingToResolve,
        finds_races: false,
        kept_units: None,
    }
}

pub(super) fn sources() -> SourceMap {
    let mut sources = SourceMap::new();
    sources.add("src/main.gos", "fn main() {\n    one()\n}\n");
    sources
}

/// The program's text in LLVM's language.
pub(super) fn llvm_ir(program: &Program, mono: &MonoProgram, release: bool) -> String {
    let sources = sources();
    let options = options(&sources, release, EmitKind::LlvmIr);
    match emit(program, mono, &options) {
        Ok(Emitted::Text(text)) => text,
        other => panic!("{other:?}"),
    }
}

/// Runs the program and gives what its entry returned.
pub(super) fn run(program: &Program, mono: &MonoProgram, release: bool) -> i64 {
    run_with(program, mono, release, &[])
}

/// The same on a stack whose first check fails.
pub(super) fn run_growing(program: &Program, mono: &MonoProgram, release: bool) -> i64 {
    run_with(program, mono, release, &[("GROW", "1")])
}

fn run_with(
    program: &Program,
    mono: &MonoProgram,
    release: bool,
    variables: &[(&str, &str)],
) -> i64 {
    let sources = sources();
    let options = options(&sources, release, EmitKind::Objects);
    let objects = match emit(program, mono, &options) {
        Ok(Emitted::Objects(objects)) => objects,
        other => panic!("{other:?}"),
    };
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new("cc");
    for (index, object) in objects.iter().enumerate() {
        let path = folder.path().join(format!("{index}.o"));
        std::fs::write(&path, object).unwrap();
        command.arg(path);
    }
    let runtime = folder.path().join("runtime.c");
    std::fs::write(&runtime, RUNTIME).unwrap();
    let out = folder.path().join("program");
    let built = command.arg(runtime).arg("-o").arg(&out).arg("-lm").output();
    let built = built.unwrap();
    assert!(
        built.status.success(),
        "{}",
        String::from_utf8_lossy(&built.stderr)
    );
    let ran = Command::new(&out)
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&ran.stdout);
    text.trim().parse().unwrap_or_else(|_| {
        panic!(
            "{text} {:?} {}",
            ran.status,
            String::from_utf8_lossy(&ran.stderr)
        )
    })
}

/// Runs the program in debug and release; both must give the number.
pub(super) fn check(program: &Program, mono: &MonoProgram, expected: i64) {
    assert_eq!(run(program, mono, false), expected, "debug");
    assert_eq!(run(program, mono, true), expected, "release");
}
