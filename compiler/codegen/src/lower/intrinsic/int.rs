//! Integers: wrapping, overflowing, saturating, and bits.

use super::super::arith::is_signed;
use super::super::function::FnCx;
use super::super::memory::Access;
use super::super::value::Value;
use super::Use;
use crate::error::{Emit, invalid};
use crate::layout::Shape;
use gos_sema::hir::BinaryOp;
use gos_sema::types::Ty;
use inkwell::types::BasicTypeEnum;
use inkwell::values::{BasicMetadataValueEnum, IntValue};

impl<'c> FnCx<'_, 'c, '_> {
    pub(super) fn int_intrinsic(&self, call: &Use<'_, 'c>) -> Emit<Option<Value<'c>>> {
        let ty = call.arg_types.first().copied().unwrap_or_else(Ty::error);
        let signed = is_signed(ty);
        let int = |index| call.arg(index).and_then(Value::int);
        let name = call.name;
        Ok(Some(match name {
            "wrapping_add" => Value::of(self.b.build_int_add(int(0)?, int(1)?, "")?),
            "wrapping_sub" => Value::of(self.b.build_int_sub(int(0)?, int(1)?, "")?),
            "wrapping_mul" => Value::of(self.b.build_int_mul(int(0)?, int(1)?, "")?),
            "wrapping_neg" => Value::of(self.b.build_int_neg(int(0)?, "")?),
            "wrapping_shl" | "wrapping_shr" => {
                let op = if name == "wrapping_shl" {
                    BinaryOp::Shl
                } else {
                    BinaryOp::Shr
                };
                self.shift(op, (int(0)?, signed), (int(1)?, false), false)?
            }
            "overflowing_add" => self.overflowing_pair(call, "add", signed)?,
            "overflowing_sub" => self.overflowing_pair(call, "sub", signed)?,
            "overflowing_mul" => self.overflowing_pair(call, "mul", signed)?,
            "saturating_add" => self.saturating("add", signed, int(0)?, int(1)?)?,
            "saturating_sub" => self.saturating("sub", signed, int(0)?, int(1)?)?,
            "ctpop" | "clz" | "ctz" | "bswap" | "bitreverse" => self.bits(call, int(0)?)?,
            "rotl" | "rotr" => {
                let value = int(0)?;
                let amount = self.resize(int(1)?, value.get_type(), false)?;
                let llvm = if name == "rotl" {
                    "llvm.fshl"
                } else {
                    "llvm.fshr"
                };
                let args = [value.into(), value.into(), amount.into()];
                Value::One(self.llvm_intrinsic(llvm, &[value.get_type().into()], &args)?)
            }
            _ => return Ok(None),
        }))
    }

    fn overflowing_pair(&self, call: &Use<'_, 'c>, op: &str, signed: bool) -> Emit<Value<'c>> {
        let (l, r) = (call.arg(0)?.int()?, call.arg(1)?.int()?);
        let sign = if signed { 's' } else { 'u' };
        let name = format!("llvm.{sign}{op}.with.overflow");
        let (value, overflowed) = self.overflowing(&name, l, r)?;
        // The result is a tuple, laid out like any other.
        let layout = self.layout(call.ty);
        let Shape::Fields(offsets) = &layout.shape else {
            return invalid(format!("{} gives a tuple", call.name));
        };
        let slot = self.alloca(&layout)?;
        let number = call.arg_types.first().copied().unwrap_or_else(Ty::error);
        let parts = [
            (number, Value::of(value)),
            (Ty::bool(), Value::of(overflowed)),
        ];
        for (&offset, (ty, value)) in offsets.iter().zip(parts) {
            let address = self.offset(slot, offset)?;
            self.store(address, ty, value, Access::Local)?;
        }
        self.load(slot, call.ty, Access::Local)
    }

    fn saturating(
        &self,
        op: &str,
        signed: bool,
        l: IntValue<'c>,
        r: IntValue<'c>,
    ) -> Emit<Value<'c>> {
        let sign = if signed { 's' } else { 'u' };
        let name = format!("llvm.{sign}{op}.sat");
        let types: [BasicTypeEnum<'c>; 1] = [l.get_type().into()];
        Ok(Value::One(self.llvm_intrinsic(
            &name,
            &types,
            &[l.into(), r.into()],
        )?))
    }

    fn bits(&self, call: &Use<'_, 'c>, value: IntValue<'c>) -> Emit<Value<'c>> {
        let ty: BasicTypeEnum<'c> = value.get_type().into();
        if value.get_type().get_bit_width() == 8 && call.name == "bswap" {
            return Ok(Value::of(value));
        }
        let (name, counts) = match call.name {
            "ctpop" => ("llvm.ctpop", false),
            "clz" => ("llvm.ctlz", true),
            "ctz" => ("llvm.cttz", true),
            "bswap" => ("llvm.bswap", false),
            _ => ("llvm.bitreverse", false),
        };
        let mut args: Vec<BasicMetadataValueEnum<'c>> = vec![value.into()];
        if counts {
            // Zero is allowed and gives the width.
            args.push(self.unit.bool.const_zero().into());
        }
        let result = Value::One(self.llvm_intrinsic(name, &[ty], &args)?).int()?;
        match self.layout(call.ty).registers {
            crate::layout::Registers::One(part) => {
                let target = self.register_type(part.scalar);
                let BasicTypeEnum::IntType(target) = target else {
                    return invalid(format!("{} gives an integer", call.name));
                };
                Ok(Value::of(self.resize(result, target, false)?))
            }
            _ => invalid(format!("{} gives an integer", call.name)),
        }
    }
}
