//! What a reference reaches through the guard of a lock that no variable holds.

use super::holds::HoldingTypes;
use crate::hir::{Expr, ExprKind};
use crate::program::Program;

/// The guard, made in this very expression, that the value refers to.
pub(super) fn lent_by<'e, 'p>(
    program: &'p Program,
    types: &mut HoldingTypes<'p>,
    e: &'e Expr,
) -> Option<&'e Expr> {
    match &e.kind {
        ExprKind::Ref(_, place) => guard_of(program, place),
        ExprKind::Slice { base, .. } => guard_of(program, base),
        ExprKind::Coerce(_, inner) => lent_by(program, types, inner),
        ExprKind::Tuple(items) | ExprKind::Array(items) => {
            items.iter().find_map(|item| lent_by(program, types, item))
        }
        ExprKind::Struct { fields, .. } => {
            let mut values = fields.iter().map(|(_, value)| value);
            values.find_map(|value| lent_by(program, types, value))
        }
        ExprKind::Call { fn_, args, .. } => {
            let declared = program.fns[*fn_].sig.result;
            // As everywhere, a call's result borrows the receiver.
            match types.makes_reference(declared, e.ty) {
                true => lent_by(program, types, args.first()?),
                false => None,
            }
        }
        _ => None,
    }
}

/// The guard through which a place is reached, if it is no variable's.
fn guard_of<'e>(program: &Program, place: &'e Expr) -> Option<&'e Expr> {
    match &place.kind {
        ExprKind::Local(_) => None,
        _ if program.is_guard(place.ty) => Some(place),
        ExprKind::Field(base, _)
        | ExprKind::Index(base, _)
        | ExprKind::Deref(base)
        | ExprKind::Ref(_, base)
        | ExprKind::Slice { base, .. } => guard_of(program, base),
        // A guard stands for its value by a call.
        ExprKind::Call { args, .. } => match args.as_slice() {
            [receiver] if leads_to_guard(program, receiver) => guard_of(program, receiver),
            _ => None,
        },
        _ => None,
    }
}

fn leads_to_guard(program: &Program, receiver: &Expr) -> bool {
    match &receiver.kind {
        ExprKind::Ref(_, inner) => program.is_guard(inner.ty),
        _ => program.is_guard(receiver.ty),
    }
}
