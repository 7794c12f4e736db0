//! From generic bodies to all instances that the program can reach.
//!
//! Starts at `main`, instantiates each function once for each list of concrete types, and notes
//! what its code mentions in turn. Bodies are lowered when they are first reached, so the unused
//! parts of the library cost nothing. Keeps: instances are numbered in order of discovery, which
//! depends on the sources alone. Never: looks at a function nobody calls. A body that is not there is
//! asked for ([`Demand`]), and the worklist waits for it.
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
mod statics;
mod vtable;

use crate::ir::MonoProgram;
use crate::types::{TypeFacts, Types};
use collect::{Collector, State};
use gos_diag::Diagnostic;
use gos_sema::program::{Complete, Demand, Program};
use gos_sema::solve::Concrete;

/// Everything reached from the program's `main`, the fault handler and exported functions. The
/// messages are about programs whose instances would never end. The solver knows this program.
#[must_use]
pub fn monomorphize_with(program: &Program, solver: &Concrete) -> (MonoProgram, Vec<Diagnostic>) {
    monomorphize(&mut Complete(program), solver)
}

/// The same of a program whose bodies come when they are asked for: here is where it shows which
/// are reached.
#[must_use]
pub fn monomorphize(source: &mut dyn Demand, solver: &Concrete) -> (MonoProgram, Vec<Diagnostic>) {
    let mut state = State::default();
    let mut facts = TypeFacts::default();
    loop {
        let types = Types::resume(source.program(), solver, facts);
        let mut collector = Collector::resume(&types, state);
        let wanted = collector.run();
        if wanted.is_empty() {
            let (mut mono, diagnostics) = collector.finish();
            payload_refs::collect(&mut mono, &types);
            return (mono, diagnostics);
        }
        state = collector.state;
        facts = types.into_facts();
        source.demand(&wanted);
    }
}
