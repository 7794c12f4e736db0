//! Polls in loops that store references and call nothing.
//!
//! Such a loop must be polled here, before optimization: the barriers in it read the collector's
//! phase, which only changes at safepoints, so LLVM may move that read out of a loop that has
//! none. Loops that call are polled by the callees' prologues. All other loops get their polls in
//! code generation, behind LLVM's optimizations, when it is known which loops are left and what
//! they cost.

use super::loops::{back_edges, loop_blocks};
use crate::ir::{Body, Callee, MonoProgram, Statement, StatementKind, Target, TerminatorKind};
use crate::types::Types;

pub(super) fn run(mono: &mut MonoProgram, _: &Types<'_>) {
    for (_, fn_) in mono.fns.iter_mut() {
        let has_barriers = fn_.body.blocks.iter().any(|(_, block)| {
            let mut statements = block.statements.iter();
            statements.any(|statement| matches!(statement.kind, StatementKind::WriteBarrier(_)))
        });
        if has_barriers {
            poll_loops(&mut fn_.body);
        }
    }
}

fn poll_loops(body: &mut Body<Callee>) {
    for edge in back_edges(body) {
        let blocks = loop_blocks(body, edge);
        let stores = blocks.iter().any(|id| {
            let statements = &body.blocks[*id].statements;
            statements
                .iter()
                .any(|statement| matches!(statement.kind, StatementKind::WriteBarrier(_)))
        });
        let calls = blocks
            .iter()
            .any(|id| is_call(&body.blocks[*id].terminator.kind));
        if stores && !calls {
            let block = &mut body.blocks[edge.from];
            block.statements.push(Statement {
                source: block.terminator.source,
                kind: StatementKind::Poll,
            });
        }
    }
}

/// Only the prologues of compiled functions poll: not what is expanded in place, nor the runtime,
/// nor C.
fn is_call(kind: &TerminatorKind<Callee>) -> bool {
    match kind {
        TerminatorKind::Call { callee, next, .. } => {
            let compiled = matches!(
                callee,
                Target::Value(_) | Target::Direct(Callee::Instance(_) | Callee::Virtual { .. })
            );
            compiled && next.is_some()
        }
        _ => false,
    }
}
