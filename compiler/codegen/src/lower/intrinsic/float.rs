//! Floats: LLVM's intrinsics, which become instructions or calls of libm.

use super::super::function::FnCx;
use super::super::value::Value;
use super::Use;
use crate::error::Emit;
use inkwell::values::BasicMetadataValueEnum;

impl<'c> FnCx<'_, 'c, '_> {
    pub(super) fn float_intrinsic(&self, call: &Use<'_, 'c>) -> Emit<Option<Value<'c>>> {
        let name = match call.name {
            "sqrt" => "llvm.sqrt",
            "floor" => "llvm.floor",
            "ceil" => "llvm.ceil",
            "trunc" => "llvm.trunc",
            "round" => "llvm.round",
            "round_even" => "llvm.roundeven",
            "fabs" => "llvm.fabs",
            "copysign" => "llvm.copysign",
            "fma" => "llvm.fma",
            "sin" => "llvm.sin",
            "cos" => "llvm.cos",
            "tan" => "llvm.tan",
            "asin" => "llvm.asin",
            "acos" => "llvm.acos",
            "atan" => "llvm.atan",
            "atan2" => "llvm.atan2",
            "sinh" => "llvm.sinh",
            "cosh" => "llvm.cosh",
            "tanh" => "llvm.tanh",
            "exp" => "llvm.exp",
            "exp2" => "llvm.exp2",
            "log" => "llvm.log",
            "log2" => "llvm.log2",
            "log10" => "llvm.log10",
            "pow" => "llvm.pow",
            "min" | "fmin" => "llvm.minnum",
            "max" | "fmax" => "llvm.maxnum",
            _ => return Ok(None),
        };
        let mut args: Vec<BasicMetadataValueEnum<'c>> = Vec::new();
        for value in &call.args {
            args.push(value.float()?.into());
        }
        let ty = call.arg(0)?.float()?.get_type();
        Ok(Some(Value::One(self.llvm_intrinsic(
            name,
            &[ty.into()],
            &args,
        )?)))
    }
}
