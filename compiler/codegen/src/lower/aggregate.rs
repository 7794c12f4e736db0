//! Values made of parts, written field by field to where they belong.

use super::function::FnCx;
use super::memory::Access;
use super::place::Spot;
use super::value::Value;
use crate::error::{Emit, invalid};
use crate::layout::Shape;
use gos_mir::ir::{Aggregate, Callee, Operand};
use gos_sema::program::VariantIdx;
use inkwell::IntPredicate;
use inkwell::values::PointerValue;

/// Up to so many elements of `[v; n]` are stored one by one.
const REPEAT_UNROLL_MAX: u64 = 8;

impl<'c> FnCx<'_, 'c, '_> {
    pub(super) fn lower_aggregate(
        &self,
        to: Spot<'c>,
        aggregate: &Aggregate,
        operands: &[Operand<Callee>],
    ) -> Emit<()> {
        let layout = self.layout(to.ty);
        match (&layout.shape, aggregate) {
            (Shape::Array { .. }, _) => {
                let element = self.unit.types.element(to.ty);
                self.store_elements(to.address, element, operands, to.access)
            }
            (Shape::Fields(offsets), _) => {
                self.store_fields(to.address, offsets, operands, to.access)
            }
            (Shape::Enum(shape), Aggregate::Adt(_, _, variant)) => {
                let Some(offsets) = shape.variants.get(variant.index()) else {
                    return invalid(format!("no variant {variant:?} in {:?}", to.ty));
                };
                let access = match to.access {
                    Access::Typed => Access::Variant,
                    other => other,
                };
                self.store_fields(to.address, offsets, operands, access)?;
                self.set_variant(to, *variant)
            }
            _ => invalid(format!("an aggregate for {:?}", to.ty)),
        }
    }

    fn store_fields(
        &self,
        base: PointerValue<'c>,
        offsets: &[u64],
        operands: &[Operand<Callee>],
        access: Access,
    ) -> Emit<()> {
        for (operand, offset) in operands.iter().zip(offsets) {
            let address = self.offset(base, *offset)?;
            self.store_operand(address, operand, access)?;
        }
        Ok(())
    }

    /// Stores an operand as a value of its own type.
    pub(super) fn store_operand(
        &self,
        address: PointerValue<'c>,
        operand: &Operand<Callee>,
        access: Access,
    ) -> Emit<()> {
        let ty = self.operand_type(operand);
        if let Operand::Copy(place) = operand
            && !self.layout(ty).is_plain()
        {
            let from = self.spot(place)?;
            return self.copy(address, from.address, &self.layout(ty), Access::Variant);
        }
        let value = self.operand(operand)?;
        self.store(address, ty, value, access)
    }

    pub(super) fn lower_repeat(&self, to: Spot<'c>, operand: &Operand<Callee>) -> Emit<()> {
        let Shape::Array { stride, count } = self.layout(to.ty).shape else {
            return invalid(format!("a repeated element for {:?}", to.ty));
        };
        if stride == 0 {
            return Ok(());
        }
        let ty = self.operand_type(operand);
        let value = self.operand(operand)?;
        if count <= REPEAT_UNROLL_MAX {
            for index in 0..count {
                let address = self.offset(to.address, index * stride)?;
                self.store(address, ty, value, to.access)?;
            }
            return Ok(());
        }
        self.for_each_index(count, |index| {
            let address = self.element_address(to.address, index, stride)?;
            self.store(address, ty, value, to.access)
        })
    }

    /// A counted loop around what `body` emits.
    pub(super) fn for_each_index(
        &self,
        count: u64,
        body: impl FnOnce(inkwell::values::IntValue<'c>) -> Emit<()>,
    ) -> Emit<()> {
        let Some(before) = self.b.get_insert_block() else {
            return invalid("a loop outside of any block");
        };
        let (turn, done) = (self.new_block("fill"), self.new_block("filled"));
        self.b.build_unconditional_branch(turn)?;
        self.b.position_at_end(turn);
        let index = self.b.build_phi(self.unit.i64, "")?;
        let current = index.as_basic_value();
        body(Value::One(current).int()?)?;
        let Some(last) = self.b.get_insert_block() else {
            return invalid("a loop that nothing ends");
        };
        let one = self.unit.i64.const_int(1, false);
        let next = self
            .b
            .build_int_nuw_add(current.into_int_value(), one, "")?;
        let zero = self.unit.i64.const_zero();
        index.add_incoming(&[(&zero, before), (&next, last)]);
        let end = self.unit.i64.const_int(count, false);
        let more = self.b.build_int_compare(IntPredicate::ULT, next, end, "")?;
        self.b.build_conditional_branch(more, turn, done)?;
        self.b.position_at_end(done);
        Ok(())
    }

    /// Marks an enum value as one variant, its fields being stored.
    pub(super) fn set_variant(&self, to: Spot<'c>, variant: VariantIdx) -> Emit<()> {
        self.store_tag(to.address, to.ty, to.access, variant)
    }
}
