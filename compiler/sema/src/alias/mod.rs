//! The local alias check (language reference §10): within one body, no reference to a place is in
//! use while that place is assigned, grown or lent as `&mut`.
//!
//! Runs over finished bodies of the user. A body becomes a small graph of what happens to
//! references (`build.rs`, `place.rs`, `call.rs`, `control.rs` into `flow.rs`); `live.rs` knows what
//! is read later, `find.rs` follows each reference through the variables that hold it. Keeps: a
//! program that Rust's borrow checker accepts is accepted, reading is never an error, and what lies
//! behind a handle may be changed through any copy of it. Memory safety does not depend on it.
//! Never: infers across calls, looks into closures from outside, changes a body.

mod build;
mod call;
mod control;
mod find;
mod flow;
mod guard;
mod holds;
mod lent;
mod live;
mod order;
mod path;
mod place;
mod report;
mod shared;

use crate::hir::Body;
use crate::program::Program;
use build::Builder;
use gos_diag::Diagnostic;
use holds::HoldingTypes;

/// Checks bodies and the closures in them.
pub(crate) fn check<'p>(
    program: &'p Program,
    bodies: impl Iterator<Item = &'p Body>,
) -> Vec<Diagnostic> {
    let mut types = HoldingTypes::new(program);
    let mut diagnostics = Vec::new();
    let mut waiting: Vec<&Body> = bodies.collect();
    while let Some(body) = waiting.pop() {
        let mut closures = Vec::new();
        let (flow, broken) = Builder::build(program, &mut types, body);
        let escapes = guard::check(program, &mut types, body, &mut closures);
        waiting.extend(closures.iter().map(|&id| &program.closures[id].body));
        // Errors leave holes in a body, and what is said about it would follow from them.
        if broken {
            continue;
        }
        diagnostics.extend(escapes);
        for conflict in find::conflicts(&flow) {
            diagnostics.push(report::report(program, body, &flow, &conflict));
        }
    }
    diagnostics
}
