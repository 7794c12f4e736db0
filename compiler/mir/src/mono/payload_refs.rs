//! Which enums have references into their variants' fields.
//!
//! Such a reference may be stale: the enum is assigned another variant while it lives. Code
//! generation gives these enums a layout in which what it shows then is still a value of its type.

use crate::ir::{MonoBody, MonoProgram, Place, Projection, Rvalue, StatementKind};
use crate::types::Types;
use gos_sema::types::{Ty, TyKind};
use rustc_hash::FxHashSet;

pub(super) fn collect(mono: &mut MonoProgram, types: &Types<'_>) {
    let mut found = FxHashSet::default();
    for (_, fn_) in mono.fns.iter() {
        for (_, block) in fn_.body.blocks.iter() {
            for statement in &block.statements {
                if let StatementKind::Assign(
                    _,
                    Rvalue::Ref(_, to) | Rvalue::Slice { base: to, .. },
                ) = &statement.kind
                {
                    note(types, &fn_.body, to, &mut found);
                }
            }
        }
    }
    mono.payload_refs = found;
}

/// The enums in whose bytes the place lies: not those it left through a pointer.
fn note(types: &Types<'_>, body: &MonoBody, place: &Place, found: &mut FxHashSet<Ty>) {
    if !place
        .projection
        .iter()
        .any(|step| matches!(step, Projection::Variant(_)))
    {
        return;
    }
    let steps = types.steps(body, place);
    let around = place.projection.iter().zip(&steps).rev();
    for (step, ty) in around {
        match step {
            Projection::Deref => return,
            Projection::Index(_) | Projection::ConstIndex(_)
                if !matches!(ty.kind(), TyKind::Array(..)) =>
            {
                return;
            }
            Projection::Variant(_) => {
                found.insert(*ty);
            }
            _ => {}
        }
    }
}
