//! Meaning: name resolution, type checking and compile-time evaluation.
//!
//! Syntax trees and a way to read further modules go in; a [`program::Program`] of typed bodies
//! and diagnostics come out. It must never know MIR, LLVM, the file system or the terminal.

pub mod hir;
pub mod program;
pub mod types;
