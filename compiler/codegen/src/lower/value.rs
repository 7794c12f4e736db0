//! A value on its way between instructions.

use super::function::FnCx;
use crate::error::{Emit, invalid};
use crate::layout::{Registers, Scalar};
use inkwell::types::BasicTypeEnum;
use inkwell::values::{BasicValue, BasicValueEnum, FloatValue, IntValue, PointerValue};

/// As `layout::Registers` says of the type.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Value<'c> {
    None,
    One(BasicValueEnum<'c>),
    Two(BasicValueEnum<'c>, BasicValueEnum<'c>),
    /// By address. The bytes there may change with the next instruction.
    At(PointerValue<'c>),
}

impl<'c> Value<'c> {
    pub(crate) fn of(value: impl BasicValue<'c>) -> Value<'c> {
        Value::One(value.as_basic_value_enum())
    }

    pub(crate) fn pair(a: impl BasicValue<'c>, b: impl BasicValue<'c>) -> Value<'c> {
        Value::Two(a.as_basic_value_enum(), b.as_basic_value_enum())
    }

    pub(crate) fn one(self) -> Emit<BasicValueEnum<'c>> {
        match self {
            Value::One(value) => Ok(value),
            _ => invalid("expected a value of one register"),
        }
    }

    pub(crate) fn two(self) -> Emit<(BasicValueEnum<'c>, BasicValueEnum<'c>)> {
        match self {
            Value::Two(a, b) => Ok((a, b)),
            _ => invalid("expected a value of two registers"),
        }
    }

    pub(crate) fn int(self) -> Emit<IntValue<'c>> {
        match self.one()? {
            BasicValueEnum::IntValue(value) => Ok(value),
            _ => invalid("expected an integer"),
        }
    }

    pub(crate) fn float(self) -> Emit<FloatValue<'c>> {
        match self.one()? {
            BasicValueEnum::FloatValue(value) => Ok(value),
            _ => invalid("expected a float"),
        }
    }

    pub(crate) fn pointer(self) -> Emit<PointerValue<'c>> {
        match self.one()? {
            BasicValueEnum::PointerValue(value) => Ok(value),
            _ => invalid("expected a pointer"),
        }
    }

    /// A string or view.
    pub(crate) fn fat(self) -> Emit<(PointerValue<'c>, IntValue<'c>)> {
        match self.two()? {
            (BasicValueEnum::PointerValue(pointer), BasicValueEnum::IntValue(length)) => {
                Ok((pointer, length))
            }
            _ => invalid("expected pointer and length"),
        }
    }

    /// A `dyn` or `Fn`.
    pub(crate) fn pointers(self) -> Emit<(PointerValue<'c>, PointerValue<'c>)> {
        match self.two()? {
            (BasicValueEnum::PointerValue(a), BasicValueEnum::PointerValue(b)) => Ok((a, b)),
            _ => invalid("expected two pointers"),
        }
    }
}

impl<'c> FnCx<'_, 'c, '_> {
    /// The type of a part in registers.
    pub(crate) fn register_type(&self, scalar: Scalar) -> BasicTypeEnum<'c> {
        self.unit.register_type(scalar)
    }

    /// A value nobody looks at, for results of code that cannot be reached.
    pub(crate) fn poison(&self, registers: Registers) -> Value<'c> {
        let poison = |scalar| match self.register_type(scalar) {
            BasicTypeEnum::IntType(ty) => ty.get_poison().as_basic_value_enum(),
            BasicTypeEnum::FloatType(ty) => ty.get_poison().as_basic_value_enum(),
            _ => self.unit.ptr.get_poison().as_basic_value_enum(),
        };
        match registers {
            Registers::None => Value::None,
            Registers::One(part) => Value::One(poison(part.scalar)),
            Registers::Two(a, b) => Value::Two(poison(a.scalar), poison(b.scalar)),
            Registers::Memory => Value::At(self.unit.ptr.get_poison()),
        }
    }
}
