//! Keeps references alive to the end of their variables' lives in optimized code.
//!
//! LLVM may rewrite a loop over an object so that only a pointer outside of it is left in a
//! register; the collector's conservative scan would then miss the object. A use that LLVM cannot
//! remove, at the end of the variable's life, keeps the base in sight. Only loops are rewritten
//! so, and only plain references are worth a register: others reach memory through one.

use super::loops::back_edges;
use crate::ir::{
    Body, Callee, Local, MonoProgram, Source, Statement, StatementKind, Storage, TerminatorKind,
};
use crate::types::Types;
use gos_sema::types::TyKind;

pub(super) fn run(mono: &mut MonoProgram, _: &Types<'_>) {
    for (_, fn_) in mono.fns.iter_mut() {
        if !back_edges(&fn_.body).is_empty() {
            keep_alive(&mut fn_.body);
        }
    }
}

fn keep_alive(body: &mut Body<Callee>) {
    let parameters: Vec<Local> = (1..=body.arg_count)
        .map(Local::from)
        .filter(|local| is_plain_reference(body, *local))
        .collect();
    for id in body.blocks.ids() {
        let statements = std::mem::take(&mut body.blocks[id].statements);
        let mut result = Vec::with_capacity(statements.len());
        for statement in statements {
            if let StatementKind::StorageDead(local) = statement.kind
                && body.locals[local].name.is_some()
                && is_plain_reference(body, local)
            {
                result.push(fake_use(local, statement.source));
            }
            result.push(statement);
        }
        let terminator = &body.blocks[id].terminator;
        if matches!(terminator.kind, TerminatorKind::Return) {
            let source = terminator.source;
            result.extend(parameters.iter().map(|local| fake_use(*local, source)));
        }
        body.blocks[id].statements = result;
    }
}

fn fake_use(local: Local, source: Source) -> Statement<Callee> {
    Statement {
        source,
        kind: StatementKind::FakeUse(local),
    }
}

fn is_plain_reference(body: &Body<Callee>, local: Local) -> bool {
    let decl = &body.locals[local];
    let reference = matches!(
        decl.ty.kind(),
        TyKind::Vec(_)
            | TyKind::View(..)
            | TyKind::String
            | TyKind::Ref(..)
            | TyKind::Box(_, _)
            | TyKind::Ptr
    );
    reference && decl.storage == Storage::Frame
}
