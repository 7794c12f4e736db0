//! Assigning over a value whose enums have references into their variants' fields.
//!
//! Such a reference may be stale afterwards, and what it shows stays what it was unless the new
//! value's variant has that field too: only the tag and the new variant's fields are written, see
//! [`crate::layout`]'s `lasting.rs`. Where nothing refers to the place yet, all bytes are copied.

use super::function::FnCx;
use super::place::Spot;
use super::value::Value;
use crate::error::{Emit, invalid};
use crate::layout::{Layout, Shape, Tag};
use gos_sema::program::{FieldIdx, VariantIdx};
use gos_sema::types::Ty;
use inkwell::values::PointerValue;

impl<'c> FnCx<'_, 'c, '_> {
    /// Writes a value to where one may be already.
    pub(super) fn overwrite(&self, to: Spot<'c>, value: Value<'c>) -> Emit<()> {
        if !self.keeps_fields(to) {
            return self.store(to.address, to.ty, value, to.access);
        }
        let from = self.spill(to.ty, value)?;
        self.write_fields(to.address, from, to.ty)
    }

    /// True where an assignment leaves bytes of other variants as they are.
    pub(super) fn keeps_fields(&self, to: Spot<'c>) -> bool {
        to.shared && self.has_fields_to_keep(to.ty)
    }

    fn has_fields_to_keep(&self, ty: Ty) -> bool {
        let layout = self.layout(ty);
        if !layout.starts_zeroed {
            return false;
        }
        let keeps = |variant, count: usize| {
            let mut fields = (0..count).map(|field| self.field_type(ty, variant, field));
            fields.any(|field| self.has_fields_to_keep(field))
        };
        match &layout.shape {
            Shape::Primitive => false,
            Shape::Fields(offsets) => keeps(None, offsets.len()),
            Shape::Array { .. } => self.has_fields_to_keep(self.unit.types.element(ty)),
            Shape::Enum(_) if !self.unit.types.has_payload_refs(ty) => false,
            Shape::Enum(shape) => match &shape.tag {
                Tag::Direct { .. } => true,
                // The other variants have no fields.
                Tag::Niche { at, .. } if layout.size > at.scalar.bytes() => true,
                Tag::Niche { dataful, .. } => keeps(Some(*dataful), shape.variants[*dataful].len()),
                Tag::Single => {
                    let mut variants = shape.variants.iter().enumerate();
                    variants.any(|(variant, fields)| keeps(Some(variant), fields.len()))
                }
            },
        }
    }

    fn field_type(&self, ty: Ty, variant: Option<usize>, field: usize) -> Ty {
        let variant = variant.map(VariantIdx::from);
        self.unit.types.field(ty, variant, FieldIdx::from(field))
    }

    /// Copies a value, of each enum in it only the tag and its variant's fields.
    pub(super) fn write_fields(
        &self,
        to: PointerValue<'c>,
        from: PointerValue<'c>,
        ty: Ty,
    ) -> Emit<()> {
        let layout = self.layout(ty);
        if !self.has_fields_to_keep(ty) {
            return self.copy(to, from, &layout, super::memory::Access::Raw);
        }
        match &layout.shape {
            Shape::Primitive => invalid(format!("no fields to write in {ty:?}")),
            Shape::Fields(offsets) => self.write_each((to, from), ty, None, offsets),
            Shape::Array { stride, count } => {
                let element = self.unit.types.element(ty);
                self.for_each_index(*count, |index| {
                    let to = self.element_address(to, index, *stride)?;
                    let from = self.element_address(from, index, *stride)?;
                    self.write_fields(to, from, element)
                })
            }
            Shape::Enum(_) => self.write_variant((to, from), ty, &layout),
        }
    }

    fn write_each(
        &self,
        (to, from): (PointerValue<'c>, PointerValue<'c>),
        ty: Ty,
        variant: Option<usize>,
        offsets: &[u64],
    ) -> Emit<()> {
        for (field, &offset) in offsets.iter().enumerate() {
            let (to, from) = (self.offset(to, offset)?, self.offset(from, offset)?);
            self.write_fields(to, from, self.field_type(ty, variant, field))?;
        }
        Ok(())
    }

    /// `switch variant { each one with fields: copy them }`, and the tag.
    fn write_variant(
        &self,
        (to, from): (PointerValue<'c>, PointerValue<'c>),
        ty: Ty,
        layout: &Layout,
    ) -> Emit<()> {
        let Shape::Enum(shape) = &layout.shape else {
            return invalid(format!("no variants in {ty:?}"));
        };
        if shape.tag == Tag::Single {
            let fields = shape.variants.first().map_or(&[][..], Vec::as_slice);
            return self.write_each((to, from), ty, Some(0), fields);
        }
        let variant = self.variant(self.spot_at(from, ty))?;
        let done = self.new_block("written");
        let count = shape.variants.len();
        let cases: Vec<_> = (0..count)
            .map(|variant| {
                let number = self.unit.i32.const_int(variant as u64, false);
                (number, self.new_block("write"))
            })
            .collect();
        let impossible = self.new_block("no_variant");
        self.b.build_switch(variant, impossible, &cases)?;
        self.b.position_at_end(impossible);
        self.b.build_unreachable()?;
        for (variant, (_, block)) in cases.into_iter().enumerate() {
            self.b.position_at_end(block);
            self.write_each((to, from), ty, Some(variant), &shape.variants[variant])?;
            let access = super::memory::Access::Raw;
            self.store_tag(to, ty, access, VariantIdx::from(variant))?;
            self.b.build_unconditional_branch(done)?;
        }
        self.b.position_at_end(done);
        Ok(())
    }
}
