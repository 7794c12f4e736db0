//! Shifts: the amount may have any integer type.

use super::function::FnCx;
use super::value::Value;
use crate::error::Emit;
use gos_sema::hir::BinaryOp;
use inkwell::IntPredicate;
use inkwell::values::IntValue;

impl<'c> FnCx<'_, 'c, '_> {
    /// Takes value and amount with their signedness. An amount that is too large panics when
    /// checked, else its upper bits do not count.
    pub(super) fn shift(
        &self,
        op: BinaryOp,
        (value, signed): (IntValue<'c>, bool),
        (amount, amount_signed): (IntValue<'c>, bool),
        checked: bool,
    ) -> Emit<Value<'c>> {
        let bits = u64::from(value.get_type().get_bit_width());
        if checked {
            let limit = amount.get_type().const_int(bits, false);
            // A signed amount below 0 is a large unsigned one. A byte holds all widths, so the
            // limit is never cut off.
            let too_large = self
                .b
                .build_int_compare(IntPredicate::UGE, amount, limit, "")?;
            self.check_overflow(too_large, "attempt to shift left with overflow")?;
        }
        let amount = self.resize(amount, value.get_type(), amount_signed)?;
        Ok(Value::of(self.masked_shift(op, value, amount, signed)?))
    }

    /// A shift by an amount of the value's type, modulo its width.
    pub(super) fn masked_shift(
        &self,
        op: BinaryOp,
        value: IntValue<'c>,
        amount: IntValue<'c>,
        signed: bool,
    ) -> Emit<IntValue<'c>> {
        let ty = value.get_type();
        let mask = ty.const_int(u64::from(ty.get_bit_width()) - 1, false);
        let amount = self.b.build_and(amount, mask, "")?;
        Ok(if op == BinaryOp::Shl {
            self.b.build_left_shift(value, amount, "")?
        } else {
            self.b.build_right_shift(value, amount, signed, "")?
        })
    }
}
