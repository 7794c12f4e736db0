//! Which words of a value may hold references.

use super::{Shape, Types};
use gos_sema::program::{FieldIdx, VariantIdx};
use gos_sema::types::{Ty, TyKind};

/// One bit for each 8-byte word of a value, without trailing zero words: empty when nothing is
/// traced. An enum has the union of its variants.
#[must_use]
pub fn reference_bitmap(types: &Types<'_>, ty: Ty) -> Vec<u64> {
    let mut bits = Vec::new();
    mark(types, ty, 0, &mut bits);
    bits
}

/// True when a value may hold references.
#[must_use]
pub fn has_references(types: &Types<'_>, ty: Ty) -> bool {
    match ty.kind() {
        TyKind::Array(element, _) => types.layout(ty).size > 0 && has_references(types, *element),
        _ => !reference_bitmap(types, ty).is_empty(),
    }
}

fn set(bits: &mut Vec<u64>, offset: u64) {
    let word = (offset / 8) as usize;
    if bits.len() <= word / 64 {
        bits.resize(word / 64 + 1, 0);
    }
    bits[word / 64] |= 1 << (word % 64);
}

fn mark(types: &Types<'_>, ty: Ty, at: u64, bits: &mut Vec<u64>) {
    match ty.kind() {
        TyKind::String
        | TyKind::View(..)
        | TyKind::Vec(_)
        | TyKind::Ref(..)
        | TyKind::Box(_, _)
        | TyKind::Ptr
        | TyKind::Dyn { .. } => set(bits, at),
        TyKind::FnObj(_) => set(bits, at + 8),
        TyKind::Tuple(_) | TyKind::Closure(..) | TyKind::Adt(..) => {
            mark_fields(types, ty, at, bits);
        }
        TyKind::Array(element, _) => {
            let Shape::Array { stride, count } = types.layout(ty).shape else {
                return;
            };
            if stride == 0 || !has_references(types, *element) {
                return;
            }
            for index in 0..count {
                mark(types, *element, at + index * stride, bits);
            }
        }
        TyKind::Projection { .. } | TyKind::Opaque(..) => {
            let concrete = types.concrete(ty);
            if concrete != ty {
                mark(types, concrete, at, bits);
            }
        }
        _ => {}
    }
}

fn mark_fields(types: &Types<'_>, ty: Ty, at: u64, bits: &mut Vec<u64>) {
    let layout = types.layout(ty);
    match &layout.shape {
        Shape::Fields(offsets) => {
            for (index, offset) in offsets.iter().enumerate() {
                let field = types.field(ty, None, FieldIdx::from(index));
                mark(types, field, at + offset, bits);
            }
        }
        Shape::Enum(layout) => {
            for (variant, offsets) in layout.variants.iter().enumerate() {
                for (index, offset) in offsets.iter().enumerate() {
                    let variant = Some(VariantIdx::from(variant));
                    let field = types.field(ty, variant, FieldIdx::from(index));
                    mark(types, field, at + offset, bits);
                }
            }
        }
        Shape::Primitive | Shape::Array { .. } => {}
    }
}
