//! Enums with references into their variants' fields that may be stale.
//!
//! A pattern binds a field of one variant under `&mut`; then the enum is assigned another variant,
//! and the reference is used. What it shows must still be a value of the field's type:
//!
//! - Variants share bytes only between fields of identical type and between plain numbers.
//! - Making a variant, and assigning over a value (`lower/overwrite.rs`), writes the tag and that
//!   variant's fields, nothing else.
//! - A copy to where no value was copies all bytes, and the library moves elements as bytes. So
//!   those of variants that a value never was must be valid too: every slot of such a type starts
//!   as zeros ([`super::Layout::starts_zeroed`]), and all zeros are a value of every type, or an
//!   empty handle, whose use faults and becomes a panic.
//! - A niche may serve as the tag only if its unused value is the null of a handle, and only if
//!   no other variant has bytes.
//!
//! ```text
//! enum E { A(String, i64), B(Box<T>), C(String, f64) }
//! tag at 0, both numbers at 8, both strings at 16, the box at 32
//! ```

use super::adt::{Order, Placed, place as place_behind};
use super::enums::Variants;
use super::{Layout, Niche, Scalar};
use gos_sema::types::{Ty, TyKind};
use std::rc::Rc;

/// Bytes that fields of one type have in common, at most one of each variant.
struct Shared {
    ty: Ty,
    offset: u64,
}

/// Every variant's fields behind `start` bytes of tag.
pub(super) fn place(fields: &[Vec<Rc<Layout>>], types: &[Vec<Ty>], start: u64) -> Vec<Placed> {
    let mut placed: Vec<Placed> = fields
        .iter()
        .zip(types)
        .map(|(fields, types)| place_numbers(fields, types, start))
        .collect();
    let mut end = placed.iter().map(|p| p.end).max().unwrap_or(start);
    let mut shared: Vec<Shared> = Vec::new();
    for (variant, placed) in placed.iter_mut().enumerate() {
        let mut taken = vec![false; shared.len()];
        for (field, &ty) in types[variant].iter().enumerate() {
            if is_number(ty) {
                continue;
            }
            let layout = &fields[variant][field];
            let free = (0..shared.len()).find(|&i| shared[i].ty == ty && !taken[i]);
            let slot = free.unwrap_or_else(|| {
                let offset = end.next_multiple_of(layout.align);
                end = offset.saturating_add(layout.size);
                shared.push(Shared { ty, offset });
                taken.push(false);
                shared.len() - 1
            });
            taken[slot] = true;
            placed.offsets[field] = shared[slot].offset;
            placed.align = placed.align.max(layout.align);
            placed.end = placed
                .end
                .max(shared[slot].offset.saturating_add(layout.size));
        }
    }
    placed
}

/// Only the numbers; the offsets of other fields are not meant.
fn place_numbers(fields: &[Rc<Layout>], types: &[Ty], start: u64) -> Placed {
    let numbers: Vec<usize> = (0..types.len()).filter(|&i| is_number(types[i])).collect();
    let layouts: Vec<_> = numbers.iter().map(|&i| fields[i].clone()).collect();
    let packed = place_behind(&layouts, Order::SmallestFirst, start);
    let mut offsets = vec![0; fields.len()];
    for (number, offset) in numbers.into_iter().zip(packed.offsets) {
        offsets[number] = offset;
    }
    Placed { offsets, ..packed }
}

/// Any bytes are a value of it.
fn is_number(ty: Ty) -> bool {
    matches!(ty.kind(), TyKind::Int(_) | TyKind::Float(_))
}

/// True when the niche of the dataful variant may stand for the others.
pub(super) fn allows(variants: &Variants, dataful: usize, niche: Niche) -> bool {
    let others = variants.fields.iter().enumerate();
    let mut others = others.filter(|(variant, _)| *variant != dataful);
    niche.at.scalar == Scalar::Ptr
        && niche.start == 0
        && others.all(|(_, fields)| fields.iter().all(|field| field.is_zero_sized()))
}
