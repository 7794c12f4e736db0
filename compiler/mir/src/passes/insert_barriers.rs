//! Puts a write barrier behind every store of references to memory that may be a collected cell:
//! through a reference or box, into a growable sequence or view, or into a variable that has a
//! cell of its own.

use crate::ir::{
    Body, Callee, MonoProgram, Place, Projection, Statement, StatementKind, Storage, TerminatorKind,
};
use crate::types::Types;
use gos_sema::types::TyKind;

pub(super) fn run(mono: &mut MonoProgram, types: &Types<'_>) {
    for (_, fn_) in mono.fns.iter_mut() {
        behind_assignments(&mut fn_.body, types);
        behind_calls(&mut fn_.body, types);
    }
}

fn behind_assignments(body: &mut Body<Callee>, types: &Types<'_>) {
    for id in body.blocks.ids() {
        let statements = std::mem::take(&mut body.blocks[id].statements);
        let mut result = Vec::with_capacity(statements.len());
        for statement in statements {
            let barrier = match &statement.kind {
                StatementKind::Assign(place, _) if needs_barrier(body, types, place) => {
                    Some(Statement {
                        source: statement.source,
                        kind: StatementKind::WriteBarrier(place.clone()),
                    })
                }
                _ => None,
            };
            result.push(statement);
            result.extend(barrier);
        }
        body.blocks[id].statements = result;
    }
}

/// A call stores its result before the next block begins.
fn behind_calls(body: &mut Body<Callee>, types: &Types<'_>) {
    for id in body.blocks.ids() {
        let terminator = &body.blocks[id].terminator;
        let source = terminator.source;
        let TerminatorKind::Call {
            destination,
            next: Some(next),
            ..
        } = &terminator.kind
        else {
            continue;
        };
        if needs_barrier(body, types, destination) {
            let kind = StatementKind::WriteBarrier(destination.clone());
            let next = *next;
            let statements = &mut body.blocks[next].statements;
            statements.insert(0, Statement { source, kind });
        }
    }
}

fn needs_barrier(body: &Body<Callee>, types: &Types<'_>, place: &Place) -> bool {
    let on_heap = body.locals[place.local].storage == Storage::Heap;
    if place.projection.is_empty() {
        return on_heap && types.contains_references(body.locals[place.local].ty);
    }
    let steps = types.steps(body, place);
    let indirect = place
        .projection
        .iter()
        .zip(&steps)
        .any(|(step, ty)| is_indirect(*step, ty.kind()));
    (on_heap || indirect)
        && steps
            .last()
            .is_some_and(|ty| types.contains_references(*ty))
}

/// True when the step leaves the memory it starts in.
pub(super) fn is_indirect(step: Projection, from: &TyKind) -> bool {
    match step {
        Projection::Deref => true,
        Projection::Index(_) | Projection::ConstIndex(_) => !matches!(from, TyKind::Array(..)),
        Projection::Field(_) | Projection::Variant(_) => false,
    }
}
