//! Tags and niches: which variant a value is.

use super::function::FnCx;
use super::memory::Access;
use super::place::Spot;
use super::value::Value;
use crate::error::{Emit, invalid};
use crate::layout::{Scalar, Shape, Tag, Word};
use gos_sema::program::{AdtId, VariantIdx};
use gos_sema::types::Ty;
use inkwell::IntPredicate;
use inkwell::values::{BasicValue, BasicValueEnum, IntValue, PointerValue};

impl<'c> FnCx<'_, 'c, '_> {
    /// The index of the variant as `u32`.
    pub(super) fn variant(&self, spot: Spot<'c>) -> Emit<IntValue<'c>> {
        let layout = self.layout(spot.ty);
        let Shape::Enum(shape) = &layout.shape else {
            return Ok(self.unit.i32.const_zero());
        };
        match &shape.tag {
            Tag::Single => Ok(self.unit.i32.const_zero()),
            Tag::Direct { at, values } => {
                let tag = self.load_word_at(spot, *at)?;
                self.note_tag_range(tag, spot.access, values);
                self.index_of_tag(tag.into_int_value(), values)
            }
            Tag::Niche { at, dataful, first } => {
                let word = self.load_word_at(spot, *at)?;
                let others = shape.variants.len() - 1;
                self.index_of_niche(word, *dataful, *first, others)
            }
        }
    }

    /// Where the word is that tells variants apart: offset and bytes, if there is one.
    pub(super) fn tag_extent(&self, ty: Ty) -> Option<(u64, u64)> {
        match &self.layout(ty).shape {
            Shape::Enum(shape) => match &shape.tag {
                Tag::Single => None,
                Tag::Direct { at, .. } | Tag::Niche { at, .. } => {
                    Some((at.offset, at.scalar.bytes()))
                }
            },
            _ => None,
        }
    }

    fn load_word_at(&self, spot: Spot<'c>, at: Word) -> Emit<BasicValueEnum<'c>> {
        let address = self.offset(spot.address, at.offset)?;
        let word = self
            .b
            .build_load(self.memory_type(at.scalar), address, "")?;
        if let Some(instruction) = word.as_instruction_value() {
            let align = at.scalar.bytes().min(8) as u32;
            let _ = instruction.set_alignment(align);
            if matches!(spot.access, Access::Typed | Access::Variant) {
                let _ = instruction.set_metadata(self.unit.alias.value, self.unit.kinds.tbaa);
            }
        }
        Ok(word)
    }

    /// Tells LLVM which tags occur, so that exhaustive matches need no other case.
    fn note_tag_range(&self, tag: BasicValueEnum<'c>, access: Access, values: &[u128]) {
        let bits = tag.into_int_value().get_type().get_bit_width();
        let identity = values.iter().enumerate().all(|(i, v)| *v == i as u128);
        let end = values.len() as u64;
        if identity && access != Access::Local && bits <= 64 && end >> (bits - 1) == 0 {
            self.note(tag, self.unit.kinds.range, &[(0, bits), (end, bits)]);
        }
    }

    fn index_of_tag(&self, tag: IntValue<'c>, values: &[u128]) -> Emit<IntValue<'c>> {
        let identity = values.iter().enumerate().all(|(i, v)| *v == i as u128);
        if identity {
            return self.resize(tag, self.unit.i32, false);
        }
        let mut index = self.unit.i32.const_zero();
        for (variant, value) in values.iter().enumerate().skip(1) {
            let value = self.unit.int_constant(tag.get_type(), *value);
            let is = self.b.build_int_compare(IntPredicate::EQ, tag, value, "")?;
            let number = self.unit.i32.const_int(variant as u64, false);
            index = self.b.build_select(is, number, index, "")?.into_int_value();
        }
        Ok(index)
    }

    fn index_of_niche(
        &self,
        word: BasicValueEnum<'c>,
        dataful: usize,
        first: u128,
        others: usize,
    ) -> Emit<IntValue<'c>> {
        let number = |value: usize| self.unit.i32.const_int(value as u64, false);
        if let BasicValueEnum::PointerValue(pointer) = word {
            let is_null = self.b.build_is_null(pointer, "")?;
            let other = usize::from(dataful == 0);
            let index = self
                .b
                .build_select(is_null, number(other), number(dataful), "")?;
            return Ok(index.into_int_value());
        }
        let word = Value::One(word).int()?;
        let ty = word.get_type();
        let first = self.unit.int_constant(ty, first);
        if others == 1 {
            let is = self
                .b
                .build_int_compare(IntPredicate::EQ, word, first, "")?;
            let other = usize::from(dataful == 0);
            let index = self
                .b
                .build_select(is, number(other), number(dataful), "")?;
            return Ok(index.into_int_value());
        }
        let nth = self.b.build_int_sub(word, first, "")?;
        let count = self.unit.int_constant(ty, others as u128);
        let is = self
            .b
            .build_int_compare(IntPredicate::ULT, nth, count, "")?;
        let mut index = self.resize(nth, self.unit.i32, false)?;
        // The dataful variant's own number is left out of the count.
        let behind = self
            .b
            .build_int_compare(IntPredicate::UGE, index, number(dataful), "")?;
        let step = self.b.build_int_z_extend(behind, self.unit.i32, "")?;
        index = self.b.build_int_add(index, step, "")?;
        let index = self.b.build_select(is, index, number(dataful), "")?;
        Ok(index.into_int_value())
    }

    pub(super) fn store_tag(
        &self,
        base: PointerValue<'c>,
        ty: Ty,
        access: Access,
        variant: VariantIdx,
    ) -> Emit<()> {
        let layout = self.layout(ty);
        let Shape::Enum(shape) = &layout.shape else {
            return Ok(());
        };
        let Some((at, value)) = tag_value(&shape.tag, variant.index()) else {
            return Ok(());
        };
        let address = self.offset(base, at.offset)?;
        let value: BasicValueEnum<'c> = match at.scalar {
            Scalar::Ptr if value == 0 => self.unit.ptr.const_null().into(),
            Scalar::Ptr => {
                let word = self.unit.int_constant(self.unit.i64, value);
                word.const_to_pointer(self.unit.ptr).into()
            }
            other => {
                let ty = self.memory_type(other).into_int_type();
                self.unit.int_constant(ty, value).into()
            }
        };
        let store = self.b.build_store(address, value)?;
        let _ = store.set_alignment(at.scalar.bytes().min(8) as u32);
        if matches!(access, Access::Typed | Access::Variant) {
            let _ = store.set_metadata(self.unit.alias.value, self.unit.kinds.tbaa);
        }
        Ok(())
    }

    /// The number an enum value gives under `as`, an `i128` cut to what is needed.
    pub(super) fn discriminant(
        &self,
        slot: PointerValue<'c>,
        ty: Ty,
        id: AdtId,
    ) -> Emit<IntValue<'c>> {
        let spot = self.spot_at(slot, ty);
        let index = self.variant(spot)?;
        let numbers: Vec<i128> = self.unit.types.program.adts[id]
            .variants
            .iter()
            .map(|variant| variant.discriminant)
            .collect();
        let wide = numbers.iter().any(|&number| i64::try_from(number).is_err());
        let number_type = self.unit.int_type(if wide { 128 } else { 64 });
        let index = self.resize(index, number_type, false)?;
        let Some(&first) = numbers.first() else {
            return invalid("the number of an enum without variants");
        };
        let constant = |number: i128| self.unit.int_constant(number_type, number as u128);
        let even = numbers
            .iter()
            .enumerate()
            .all(|(i, &number)| number == first.wrapping_add(i as i128));
        if even {
            return Ok(self.b.build_int_add(index, constant(first), "")?);
        }
        let mut number = constant(first);
        for (variant, &value) in numbers.iter().enumerate().skip(1) {
            let this = self.unit.int_constant(number_type, variant as u128);
            let is = self
                .b
                .build_int_compare(IntPredicate::EQ, index, this, "")?;
            number = self
                .b
                .build_select(is, constant(value), number, "")?
                .into_int_value();
        }
        Ok(number)
    }
}

/// What the word of a tag holds for a variant; None when nothing is stored.
pub(super) fn tag_value(tag: &Tag, variant: usize) -> Option<(Word, u128)> {
    match tag {
        Tag::Single => None,
        Tag::Direct { at, values } => Some((*at, *values.get(variant)?)),
        Tag::Niche { at, dataful, first } => {
            if variant == *dataful {
                return None;
            }
            let nth = if variant > *dataful {
                variant - 1
            } else {
                variant
            };
            Some((*at, first + nth as u128))
        }
    }
}
