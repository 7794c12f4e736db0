//! Calls of the runtime, by the rows of its table.

use super::function::FnCx;
use super::unit::Unit;
use super::value::Value;
use crate::error::{Emit, invalid};
use crate::layout::{Registers, Scalar};
use gos_abi::{AbiTy, RtFn};
use gos_mir::ir::{Callee, Operand};
use gos_sema::types::Ty;
use inkwell::GlobalVisibility;
use inkwell::attributes::AttributeLoc;
use inkwell::types::{BasicMetadataTypeEnum, BasicType, BasicTypeEnum};
use inkwell::values::{BasicMetadataValueEnum, BasicValueEnum, FunctionValue};

impl<'c> Unit<'c, '_> {
    pub(super) fn declare_runtime(&self, row: &RtFn) -> FunctionValue<'c> {
        let mut params: Vec<BasicMetadataTypeEnum<'c>> = Vec::new();
        for param in row.params {
            match param {
                AbiTy::Str => params
                    .extend::<[BasicMetadataTypeEnum<'c>; 2]>([self.ptr.into(), self.i64.into()]),
                AbiTy::Pair => params
                    .extend::<[BasicMetadataTypeEnum<'c>; 2]>([self.ptr.into(), self.ptr.into()]),
                AbiTy::Unit | AbiTy::Never => {}
                scalar => params.push(self.abi_type(*scalar).into()),
            }
        }
        let ty = match row.result {
            AbiTy::Unit | AbiTy::Never => self.context.void_type().fn_type(&params, false),
            AbiTy::Str => {
                let parts = [self.ptr.into(), self.i64.into()];
                self.context
                    .struct_type(&parts, false)
                    .fn_type(&params, false)
            }
            AbiTy::Pair => {
                let parts = [self.ptr.into(), self.ptr.into()];
                self.context
                    .struct_type(&parts, false)
                    .fn_type(&params, false)
            }
            scalar => self.abi_type(scalar).fn_type(&params, false),
        };
        let function = self.module.add_function(row.name, ty, None);
        // The runtime is always linked in, never shared.
        function
            .as_global_value()
            .set_visibility(GlobalVisibility::Hidden);
        self.add_attribute(function, "nounwind", 0);
        self.widen_bytes(row, function);
        if row.result == AbiTy::Never {
            self.add_attribute(function, "noreturn", 0);
            self.add_attribute(function, "cold", 0);
        }
        function.set_call_conventions(match row.name {
            "gos_rt_poll" => crate::late::PRESERVE_ALL,
            _ => self.convention(),
        });
        function
    }

    /// Callees expect bytes as whole words: on Apple's ARM by the procedure call standard, on x86-64
    /// as all compilers do it.
    fn widen_bytes(&self, row: &RtFn, function: FunctionValue<'c>) {
        let mut index = 0;
        for param in row.params {
            match param {
                AbiTy::Str | AbiTy::Pair => index += 2,
                AbiTy::Unit | AbiTy::Never => {}
                scalar => {
                    if *scalar == AbiTy::I8 {
                        let zeroext = self.attribute("zeroext", 0);
                        function.add_attribute(AttributeLoc::Param(index), zeroext);
                    }
                    index += 1;
                }
            }
        }
    }

    fn abi_type(&self, ty: AbiTy) -> BasicTypeEnum<'c> {
        match ty {
            AbiTy::I8 => self.i8.into(),
            AbiTy::I32 => self.i32.into(),
            AbiTy::F64 => self.context.f64_type().into(),
            AbiTy::Ptr => self.ptr.into(),
            _ => self.i64.into(),
        }
    }
}

impl<'c> FnCx<'_, 'c, '_> {
    /// Calls a row with operands of Gossamer types; the result is a value of `ty`.
    pub(super) fn call_row(
        &self,
        row: &'static RtFn,
        args: &[Operand<Callee>],
        ty: Ty,
    ) -> Emit<Value<'c>> {
        if args.len() != row.params.len() {
            return invalid(format!("{} called with {} arguments", row.name, args.len()));
        }
        let mut values: Vec<BasicMetadataValueEnum<'c>> = Vec::new();
        for (param, operand) in row.params.iter().zip(args) {
            let value = self.operand(operand)?;
            match (param, value) {
                (AbiTy::Str | AbiTy::Pair, value) => {
                    let (a, b) = value.two()?;
                    values.extend::<[BasicMetadataValueEnum<'c>; 2]>([a.into(), b.into()]);
                }
                (scalar, value) => {
                    let target = self.unit.abi_type(*scalar);
                    let value = self.to_register(value.one()?, target)?;
                    values.push(value.into());
                }
            }
        }
        let row = self.told_row(row, &mut values)?;
        let function = self.unit.runtime_function(row);
        let call = self.unit.build_call(&self.b, function, &values)?;
        self.tell_behind_row(row, &values, call)?;
        let Some(result) = call.try_as_basic_value().basic() else {
            return Ok(Value::None);
        };
        self.runtime_result(result, ty)
    }

    fn runtime_result(&self, result: BasicValueEnum<'c>, ty: Ty) -> Emit<Value<'c>> {
        match (self.layout(ty).registers, result) {
            (Registers::None, _) => Ok(Value::None),
            (Registers::Two(p, q), BasicValueEnum::StructValue(pair)) => {
                let a = self.b.build_extract_value(pair, 0, "")?;
                let b = self.b.build_extract_value(pair, 1, "")?;
                let a = self.to_register(a, self.register_type(p.scalar))?;
                let b = self.to_register(b, self.register_type(q.scalar))?;
                Ok(Value::Two(a, b))
            }
            (Registers::One(part), result) if part.scalar == Scalar::Bool => {
                let byte = Value::One(result).int()?;
                let zero = byte.get_type().const_zero();
                let is = self
                    .b
                    .build_int_compare(inkwell::IntPredicate::NE, byte, zero, "")?;
                Ok(Value::of(is))
            }
            (Registers::One(part), result) => {
                let target = self.register_type(part.scalar);
                Ok(Value::One(self.to_register(result, target)?))
            }
            _ => invalid(format!("a result of the runtime as {ty:?}")),
        }
    }

    /// Widens, cuts or reinterprets one register; unsigned, as the runtime's words are.
    fn to_register(
        &self,
        value: BasicValueEnum<'c>,
        target: BasicTypeEnum<'c>,
    ) -> Emit<BasicValueEnum<'c>> {
        Ok(match (value, target) {
            (BasicValueEnum::IntValue(value), BasicTypeEnum::IntType(target)) => {
                self.resize(value, target, false)?.into()
            }
            (BasicValueEnum::PointerValue(value), BasicTypeEnum::IntType(target)) => {
                self.b.build_ptr_to_int(value, target, "")?.into()
            }
            (BasicValueEnum::IntValue(value), BasicTypeEnum::PointerType(target)) => {
                self.b.build_int_to_ptr(value, target, "")?.into()
            }
            (value, _) => value,
        })
    }
}
