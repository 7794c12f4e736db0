//! From generic bodies to all instances that the program can reach.
//!
//! Starts at `main`, instantiates each function once for each list of concrete types, and notes
//! what its code mentions in turn. Bodies are lowered when they are first reached, so the unused
//! parts of the library cost nothing. Keeps: instances are numbered in order of discovery, which
//! depends on the sources alone. Never: looks at a function nobody calls.
//! Read next: `collect.rs` (the worklist), `body.rs` (one instance), `callee.rs`.

mod body;
mod callable;
mod callee;
mod collect;
mod constant;
mod entry;
mod extent;
mod growth;
mod intrinsic;
mod name;
mod payload_refs;
mod shim;
mod vtable;

use crate::ir::MonoProgram;
use crate::types::Types;
use collect::Collector;
use gos_diag::Diagnostic;
use gos_sema::program::Program;
use gos_sema::solve::Concrete;

/// Everything reached from the program's `main`, the fault handler and exported functions. The
/// messages are about programs whose instances would never end. The solver knows this program.
#[must_use]
pub fn monomorphize_with(program: &Program, solver: &Concrete) -> (MonoProgram, Vec<Diagnostic>) {
    let types = Types::new(program, solver);
    let mut collector = Collector::new(&types);
    collector.add_roots();
    collector.run();
    let (mut mono, diagnostics) = collector.finish();
    payload_refs::collect(&mut mono, &types);
    (mono, diagnostics)
}
