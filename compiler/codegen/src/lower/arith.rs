//! Operators on primitives.

use super::function::FnCx;
use super::value::Value;
use crate::error::{Emit, invalid};
use gos_mir::ir::{Callee, Constant, Operand};
use gos_sema::hir::{BinaryOp, UnaryOp};
use gos_sema::types::{Ty, TyKind};
use inkwell::intrinsics::Intrinsic;
use inkwell::values::{BasicValueEnum, FloatValue, IntValue, PointerValue};
use inkwell::{FloatPredicate, IntPredicate};

/// True for types whose comparison and division are signed.
pub(super) fn is_signed(ty: Ty) -> bool {
    matches!(ty.kind(), TyKind::Int(int) if int.is_signed())
}

impl<'c> FnCx<'_, 'c, '_> {
    pub(super) fn lower_unary(&self, op: UnaryOp, operand: &Operand<Callee>) -> Emit<Value<'c>> {
        let signed = is_signed(self.operand_type(operand));
        match (op, self.operand(operand)?.one()?) {
            (UnaryOp::Not, BasicValueEnum::IntValue(value)) => {
                Ok(Value::of(self.b.build_not(value, "")?))
            }
            (UnaryOp::Neg, BasicValueEnum::FloatValue(value)) => {
                Ok(Value::of(self.b.build_float_neg(value, "")?))
            }
            (UnaryOp::Neg, BasicValueEnum::IntValue(value)) => {
                let zero = value.get_type().const_zero();
                if self.unit.options.overflow_wraps || !signed {
                    return Ok(Value::of(self.b.build_int_neg(value, "")?));
                }
                let result = self.overflowing("llvm.ssub.with.overflow", zero, value)?;
                self.check_overflow(result.1, "attempt to negate with overflow")?;
                Ok(Value::of(result.0))
            }
            _ => invalid("an operator on a type that has none"),
        }
    }

    pub(super) fn lower_binary(
        &self,
        op: BinaryOp,
        left: &Operand<Callee>,
        right: &Operand<Callee>,
        overflow_checked: bool,
    ) -> Emit<Value<'c>> {
        let ty = self.operand_type(left);
        let (l, r) = (self.operand(left)?, self.operand(right)?);
        if let (Value::None, Value::None) = (l, r) {
            // Comparing values without bytes, as units are.
            let equal = matches!(op, BinaryOp::Eq | BinaryOp::Le | BinaryOp::Ge);
            return Ok(Value::of(self.unit.bool.const_int(u64::from(equal), false)));
        }
        match (l.one()?, r.one()?) {
            (BasicValueEnum::FloatValue(l), BasicValueEnum::FloatValue(r)) => {
                self.float_binary(op, l, r)
            }
            (BasicValueEnum::PointerValue(l), BasicValueEnum::PointerValue(r)) => {
                self.pointer_compare(op, l, r)
            }
            (BasicValueEnum::IntValue(l), BasicValueEnum::IntValue(r)) => match op {
                BinaryOp::Add | BinaryOp::Sub | BinaryOp::Mul => {
                    let checked = overflow_checked && !self.unit.options.overflow_wraps;
                    self.add_sub_mul(op, l, r, is_signed(ty), checked)
                }
                BinaryOp::Div | BinaryOp::Rem => {
                    let harmless = is_harmless_divisor(right, l.get_type().get_bit_width());
                    self.divide(op, l, r, is_signed(ty), !harmless)
                }
                BinaryOp::Shl | BinaryOp::Shr => {
                    let checked = overflow_checked
                        && op == BinaryOp::Shl
                        && !self.unit.options.overflow_wraps;
                    let right_signed = is_signed(self.operand_type(right));
                    self.shift(op, (l, is_signed(ty)), (r, right_signed), checked)
                }
                _ => self.int_binary(op, l, r, is_signed(ty)),
            },
            _ => invalid("an operator on values of different types"),
        }
    }

    fn add_sub_mul(
        &self,
        op: BinaryOp,
        l: IntValue<'c>,
        r: IntValue<'c>,
        signed: bool,
        checked: bool,
    ) -> Emit<Value<'c>> {
        if !checked {
            return Ok(Value::of(match op {
                BinaryOp::Add => self.b.build_int_add(l, r, "")?,
                BinaryOp::Sub => self.b.build_int_sub(l, r, "")?,
                _ => self.b.build_int_mul(l, r, "")?,
            }));
        }
        let (name, text) = match (op, signed) {
            (BinaryOp::Add, true) => ("llvm.sadd.with.overflow", "attempt to add with overflow"),
            (BinaryOp::Add, false) => ("llvm.uadd.with.overflow", "attempt to add with overflow"),
            (BinaryOp::Sub, true) => (
                "llvm.ssub.with.overflow",
                "attempt to subtract with overflow",
            ),
            (BinaryOp::Sub, false) => (
                "llvm.usub.with.overflow",
                "attempt to subtract with overflow",
            ),
            (_, true) => (
                "llvm.smul.with.overflow",
                "attempt to multiply with overflow",
            ),
            (_, false) => (
                "llvm.umul.with.overflow",
                "attempt to multiply with overflow",
            ),
        };
        let (value, overflowed) = self.overflowing(name, l, r)?;
        self.check_overflow(overflowed, text)?;
        Ok(Value::of(value))
    }

    /// Calls one of LLVM's `with.overflow` intrinsics.
    pub(super) fn overflowing(
        &self,
        name: &str,
        l: IntValue<'c>,
        r: IntValue<'c>,
    ) -> Emit<(IntValue<'c>, IntValue<'c>)> {
        let both = self.llvm_intrinsic(name, &[l.get_type().into()], &[l.into(), r.into()])?;
        let BasicValueEnum::StructValue(both) = both else {
            return invalid("an intrinsic gave no pair");
        };
        let value = self.b.build_extract_value(both, 0, "")?;
        let overflowed = self.b.build_extract_value(both, 1, "")?;
        Ok((value.into_int_value(), overflowed.into_int_value()))
    }

    /// Calls an LLVM intrinsic that gives a value.
    pub(super) fn llvm_intrinsic(
        &self,
        name: &str,
        types: &[inkwell::types::BasicTypeEnum<'c>],
        args: &[inkwell::values::BasicMetadataValueEnum<'c>],
    ) -> Emit<BasicValueEnum<'c>> {
        let function = Intrinsic::find(name)
            .and_then(|intrinsic| intrinsic.get_declaration(&self.unit.module, types));
        let Some(function) = function else {
            return Err(crate::CodegenError::Llvm(format!("no intrinsic {name}")));
        };
        match self
            .b
            .build_call(function, args, "")?
            .try_as_basic_value()
            .basic()
        {
            Some(value) => Ok(value),
            None => invalid(format!("{name} gives no value")),
        }
    }

    fn divide(
        &self,
        op: BinaryOp,
        l: IntValue<'c>,
        r: IntValue<'c>,
        signed: bool,
        check: bool,
    ) -> Emit<Value<'c>> {
        let ty = l.get_type();
        if check {
            let zero = ty.const_zero();
            let is_zero = self.b.build_int_compare(IntPredicate::EQ, r, zero, "")?;
            self.check_divisor(is_zero)?;
        }
        if check && signed {
            let bits = ty.get_bit_width();
            let min = self.unit.int_constant(ty, 1 << (bits - 1));
            let minus_one = ty.const_all_ones();
            let by = self
                .b
                .build_int_compare(IntPredicate::EQ, r, minus_one, "")?;
            let of = self.b.build_int_compare(IntPredicate::EQ, l, min, "")?;
            let text = if op == BinaryOp::Div {
                "attempt to divide with overflow"
            } else {
                "attempt to calculate the remainder with overflow"
            };
            self.check_overflow(self.b.build_and(by, of, "")?, text)?;
        }
        Ok(Value::of(match (op, signed) {
            (BinaryOp::Div, true) => self.b.build_int_signed_div(l, r, "")?,
            (BinaryOp::Div, false) => self.b.build_int_unsigned_div(l, r, "")?,
            (_, true) => self.b.build_int_signed_rem(l, r, "")?,
            (_, false) => self.b.build_int_unsigned_rem(l, r, "")?,
        }))
    }

    fn int_binary(
        &self,
        op: BinaryOp,
        l: IntValue<'c>,
        r: IntValue<'c>,
        signed: bool,
    ) -> Emit<Value<'c>> {
        let predicate = match (op, signed) {
            (BinaryOp::BitAnd, _) => return Ok(Value::of(self.b.build_and(l, r, "")?)),
            (BinaryOp::BitOr, _) => return Ok(Value::of(self.b.build_or(l, r, "")?)),
            (BinaryOp::BitXor, _) => return Ok(Value::of(self.b.build_xor(l, r, "")?)),
            (BinaryOp::Eq, _) => IntPredicate::EQ,
            (BinaryOp::Ne, _) => IntPredicate::NE,
            (BinaryOp::Lt, true) => IntPredicate::SLT,
            (BinaryOp::Lt, false) => IntPredicate::ULT,
            (BinaryOp::Le, true) => IntPredicate::SLE,
            (BinaryOp::Le, false) => IntPredicate::ULE,
            (BinaryOp::Gt, true) => IntPredicate::SGT,
            (BinaryOp::Gt, false) => IntPredicate::UGT,
            (BinaryOp::Ge, true) => IntPredicate::SGE,
            (BinaryOp::Ge, false) => IntPredicate::UGE,
            _ => return invalid("an arithmetic operator among comparisons"),
        };
        Ok(Value::of(self.b.build_int_compare(predicate, l, r, "")?))
    }

    fn pointer_compare(
        &self,
        op: BinaryOp,
        l: PointerValue<'c>,
        r: PointerValue<'c>,
    ) -> Emit<Value<'c>> {
        let l = self.b.build_ptr_to_int(l, self.unit.i64, "")?;
        let r = self.b.build_ptr_to_int(r, self.unit.i64, "")?;
        self.int_binary(op, l, r, false)
    }

    fn float_binary(&self, op: BinaryOp, l: FloatValue<'c>, r: FloatValue<'c>) -> Emit<Value<'c>> {
        let predicate = match op {
            BinaryOp::Add => return Ok(Value::of(self.b.build_float_add(l, r, "")?)),
            BinaryOp::Sub => return Ok(Value::of(self.b.build_float_sub(l, r, "")?)),
            BinaryOp::Mul => return Ok(Value::of(self.b.build_float_mul(l, r, "")?)),
            BinaryOp::Div => return Ok(Value::of(self.b.build_float_div(l, r, "")?)),
            BinaryOp::Rem => return Ok(Value::of(self.b.build_float_rem(l, r, "")?)),
            BinaryOp::Eq => FloatPredicate::OEQ,
            BinaryOp::Ne => FloatPredicate::UNE,
            BinaryOp::Lt => FloatPredicate::OLT,
            BinaryOp::Le => FloatPredicate::OLE,
            BinaryOp::Gt => FloatPredicate::OGT,
            BinaryOp::Ge => FloatPredicate::OGE,
            _ => return invalid("a bit operator on floats"),
        };
        Ok(Value::of(self.b.build_float_compare(predicate, l, r, "")?))
    }
}

/// Whether the divisor is a constant that divides everything: neither 0 nor, at its width, -1.
fn is_harmless_divisor(divisor: &Operand<Callee>, bits: u32) -> bool {
    let Operand::Constant(Constant::Int(value, _)) = divisor else {
        return false;
    };
    let ones = u128::MAX >> (128 - bits);
    let value = *value & ones;
    value != 0 && value != ones
}
