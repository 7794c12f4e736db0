//! Meaning: name resolution, type checking and compile-time evaluation.
//!
//! Syntax trees and a way to read further modules go in; a [`program::Program`] of typed bodies
//! and diagnostics come out. The library's bodies come when something asks for them ([`Session`]).
//! It must never know MIR, LLVM, the file system or the terminal.

mod alias;
pub mod check;
mod coherence;
mod collect;
mod consequence;
pub mod const_eval;
mod cx;
mod derive;
pub mod hir;
pub mod infer;
mod lint;
pub mod loader;
pub mod patterns;
pub mod program;
mod refused;
mod resolve;
mod session;
pub mod solve;
#[cfg(test)]
mod testing;
mod texts;
pub mod types;

pub use session::{Session, Trees};

use gos_diag::{Diagnostic, SourceMap};
use loader::SourceProvider;
use program::Program;

/// What the caller decides about a check.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Keep tests, benchmarks and the programs in documentation, and let `main` be absent.
    pub test: bool,
    /// Load every module of the user's folder, not only those that the root file reaches.
    pub all_modules: bool,
    /// The program is a library: `main` may be absent.
    pub library: bool,
    /// All projects that the program depends on, directly or not.
    pub packages: Vec<loader::Package>,
    /// What the user's own sources may name.
    pub dependencies: loader::Dependencies,
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
/// that it needs, and checks them all, the library's included. Who needs only what the user wrote
/// makes a [`Session`].
#[must_use]
pub fn check_program(
    provider: &dyn SourceProvider,
    root_file: &str,
    options: &Options,
) -> CheckResult {
    let trees = Trees::default();
    let mut session = Session::new(&trees, provider, root_file, options);
    session.check_all();
    let diagnostics = session.take_diagnostics();
    let (program, source_map) = session.into_program();
    CheckResult {
        program,
        diagnostics,
        source_map,
    }
}
