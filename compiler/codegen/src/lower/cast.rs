//! Numeric `as`, and the same bits as another register type.

use super::arith::is_signed;
use super::function::FnCx;
use super::value::Value;
use crate::error::{Emit, invalid};
use crate::layout::{Registers, Scalar};
use gos_mir::ir::{Callee, Operand};
use gos_sema::types::{Ty, TyKind};
use inkwell::types::{BasicTypeEnum, IntType};
use inkwell::values::{BasicValueEnum, IntValue};

impl<'c> FnCx<'_, 'c, '_> {
    pub(super) fn lower_cast(&self, operand: &Operand<Callee>, to: Ty) -> Emit<Value<'c>> {
        let from = self.operand_type(operand);
        let value = self.operand(operand)?;
        self.cast(value, from, to)
    }

    /// Converts a number, `bool`, `char` or enum without fields to a number or `char`.
    pub(super) fn cast(&self, value: Value<'c>, from: Ty, to: Ty) -> Emit<Value<'c>> {
        if from == to {
            return Ok(value);
        }
        let Registers::One(part) = self.layout(to).registers else {
            return invalid(format!("a cast to {to:?}"));
        };
        let target = self.register_type(part.scalar);
        if let TyKind::Adt(id, _) = from.kind() {
            let slot = self.spill(from, value)?;
            let number = self.discriminant(slot, from, *id)?;
            return Ok(Value::One(self.int_to(number, true, target, to)?));
        }
        let value = match value.one()? {
            BasicValueEnum::IntValue(int) => self.int_to(int, is_signed(from), target, to)?,
            BasicValueEnum::FloatValue(float) => match target {
                BasicTypeEnum::FloatType(target) => {
                    self.b.build_float_cast(float, target, "")?.into()
                }
                _ => {
                    let name = if is_signed(to) {
                        "llvm.fptosi.sat"
                    } else {
                        "llvm.fptoui.sat"
                    };
                    let types = [target, float.get_type().into()];
                    self.llvm_intrinsic(name, &types, &[float.into()])?
                }
            },
            other => match self.bit_cast(other, part.scalar)? {
                Some(value) => value,
                None => return invalid(format!("a cast from {from:?} to {to:?}")),
            },
        };
        Ok(Value::One(value))
    }

    fn int_to(
        &self,
        value: IntValue<'c>,
        signed: bool,
        target: BasicTypeEnum<'c>,
        to: Ty,
    ) -> Emit<BasicValueEnum<'c>> {
        Ok(match target {
            BasicTypeEnum::IntType(target) => self.resize(value, target, signed)?.into(),
            BasicTypeEnum::FloatType(target) if signed => {
                self.b.build_signed_int_to_float(value, target, "")?.into()
            }
            BasicTypeEnum::FloatType(target) => self
                .b
                .build_unsigned_int_to_float(value, target, "")?
                .into(),
            _ => return invalid(format!("a cast of an integer to {to:?}")),
        })
    }

    /// Cuts off or extends an integer.
    pub(super) fn resize(
        &self,
        value: IntValue<'c>,
        to: IntType<'c>,
        signed: bool,
    ) -> Emit<IntValue<'c>> {
        let (from_bits, to_bits) = (value.get_type().get_bit_width(), to.get_bit_width());
        Ok(if from_bits == to_bits {
            value
        } else if from_bits > to_bits {
            self.b.build_int_truncate(value, to, "")?
        } else if signed {
            self.b.build_int_s_extend(value, to, "")?
        } else {
            self.b.build_int_z_extend(value, to, "")?
        })
    }

    /// One register as another of the same width; None when the widths differ.
    pub(super) fn bit_cast(
        &self,
        value: BasicValueEnum<'c>,
        to: Scalar,
    ) -> Emit<Option<BasicValueEnum<'c>>> {
        let target = self.register_type(to);
        if value.get_type() == target {
            return Ok(Some(value));
        }
        let int_of = |bytes: u64| self.unit.int_type(bytes as u32 * 8);
        let value = match value {
            BasicValueEnum::PointerValue(pointer) if to.bytes() == 8 => {
                self.b.build_ptr_to_int(pointer, self.unit.i64, "")?
            }
            BasicValueEnum::IntValue(int) => int,
            BasicValueEnum::FloatValue(float) => {
                let bytes = if float.get_type() == self.unit.context.f32_type() {
                    4
                } else {
                    8
                };
                self.b
                    .build_bit_cast(float, int_of(bytes), "")?
                    .into_int_value()
            }
            _ => return Ok(None),
        };
        let from_bits = value.get_type().get_bit_width();
        Ok(match to {
            Scalar::Bool if from_bits == 8 => {
                Some(self.b.build_int_truncate(value, self.unit.bool, "")?.into())
            }
            Scalar::Int(1) if from_bits == 1 => {
                Some(self.b.build_int_z_extend(value, self.unit.i8, "")?.into())
            }
            _ if u64::from(from_bits) != to.bytes() * 8 => None,
            Scalar::Ptr => Some(self.b.build_int_to_ptr(value, self.unit.ptr, "")?.into()),
            _ => Some(self.b.build_bit_cast(value, target, "")?),
        })
    }
}
