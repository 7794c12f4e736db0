//! Functions of `extern "intrinsic"` blocks, expanded in place.
//!
//! | group | file |
//! |---|---|
//! | types, transmutes, code pointers | here |
//! | raw memory | `raw.rs` |
//! | integers | `int.rs` |
//! | floats | `float.rs` |
//! | sixteen bytes at once | `lanes.rs` |
//! | atomics | `atomic.rs` |

mod atomic;
mod float;
mod int;
mod lanes;
mod raw;

use super::function::FnCx;
use super::memory::Access;
use super::value::Value;
use crate::error::{Emit, invalid};
use crate::layout::has_references;
use gos_mir::ir::{Callee, Operand};
use gos_sema::types::{Ty, TyList};

/// A use of an intrinsic.
pub(super) struct Use<'f, 'c> {
    pub(super) name: &'f str,
    pub(super) types: TyList,
    pub(super) args: Vec<Value<'c>>,
    pub(super) arg_types: Vec<Ty>,
    /// Of the result.
    pub(super) ty: Ty,
}

impl<'c> Use<'_, 'c> {
    pub(super) fn arg(&self, index: usize) -> Emit<Value<'c>> {
        match self.args.get(index) {
            Some(value) => Ok(*value),
            None => invalid(format!("{} needs more arguments", self.name)),
        }
    }

    pub(super) fn ty_arg(&self, index: usize) -> Emit<Ty> {
        match self.types.get(index) {
            Some(ty) => Ok(*ty),
            None => invalid(format!("{} needs more types", self.name)),
        }
    }
}

impl<'c> FnCx<'_, 'c, '_> {
    /// Expands an intrinsic; the result is a value of `ty`.
    pub(super) fn lower_intrinsic(
        &self,
        name: &str,
        types: TyList,
        operands: &[Operand<Callee>],
        ty: Ty,
    ) -> Emit<Value<'c>> {
        let mut args = Vec::with_capacity(operands.len());
        for operand in operands {
            args.push(self.operand(operand)?);
        }
        let call = Use {
            name,
            types,
            args,
            arg_types: operands.iter().map(|op| self.operand_type(op)).collect(),
            ty,
        };
        if let Some(value) = self.type_intrinsic(&call)? {
            return Ok(value);
        }
        if let Some(value) = self.raw_intrinsic(&call)? {
            return Ok(value);
        }
        if let Some(value) = self.int_intrinsic(&call)? {
            return Ok(value);
        }
        if let Some(value) = self.float_intrinsic(&call)? {
            return Ok(value);
        }
        if let Some(value) = self.atomic_intrinsic(&call)? {
            return Ok(value);
        }
        if let Some(value) = self.lanes_intrinsic(&call)? {
            return Ok(value);
        }
        invalid(format!("there is no intrinsic `{name}`"))
    }

    fn usize_value(&self, value: u64) -> Value<'c> {
        Value::of(self.unit.i64.const_int(value, false))
    }

    fn type_intrinsic(&self, call: &Use<'_, 'c>) -> Emit<Option<Value<'c>>> {
        let unit = self.unit;
        Ok(Some(match call.name {
            "size_of" => self.usize_value(self.layout(call.ty_arg(0)?).size),
            "align_of" => self.usize_value(self.layout(call.ty_arg(0)?).align),
            "type_id" => self.usize_value(unit.type_id(call.ty_arg(0)?)),
            "type_name" => {
                let name = call.ty_arg(0)?.display(unit.types.program).to_string();
                let length = unit.i64.const_int(name.len() as u64, false);
                Value::pair(unit.text_constant(&name), length)
            }
            "cell_desc" => Value::of(unit.cell_desc(call.ty_arg(0)?)),
            "array_desc" => Value::of(unit.array_desc(call.ty_arg(0)?)),
            "table_desc" => Value::of(unit.table_desc(call.ty_arg(0)?)),
            "has_references" => {
                let has = has_references(unit.types, call.ty_arg(0)?);
                Value::of(unit.bool.const_int(u64::from(has), false))
            }
            "transmute" => {
                let from = call.arg_types.first().copied().unwrap_or_else(Ty::error);
                self.reinterpret(call.arg(0)?, from, call.ty)?
            }
            "cast_int" => {
                let from = call.arg_types.first().copied().unwrap_or_else(Ty::error);
                self.cast(call.arg(0)?, from, call.ty)?
            }
            "call_code" => {
                let (code, env) = (call.arg(0)?.pointer()?, call.arg(1)?.pointer()?);
                let ty = unit.context.void_type().fn_type(&[unit.ptr.into()], false);
                let call = self.b.build_indirect_call(ty, code, &[env.into()], "")?;
                call.set_call_convention(unit.convention());
                Value::None
            }
            "likely" => self.expect(call.arg(0)?, true)?,
            "unlikely" => self.expect(call.arg(0)?, false)?,
            "unreachable" => {
                self.b.build_unreachable()?;
                let dead = self.new_block("dead");
                self.b.position_at_end(dead);
                Value::None
            }
            "black_box" => {
                let from = call.arg_types.first().copied().unwrap_or_else(Ty::error);
                let slot = self.copy_to_slot(from, call.arg(0)?)?;
                self.hide(slot)?;
                self.load(slot, from, Access::Raw)?
            }
            _ => return Ok(None),
        }))
    }

    fn expect(&self, value: Value<'c>, expected: bool) -> Emit<Value<'c>> {
        let value = value.int()?;
        let expected = self.unit.bool.const_int(u64::from(expected), false);
        let types = [self.unit.bool.into()];
        let args = [value.into(), expected.into()];
        Ok(Value::One(self.llvm_intrinsic(
            "llvm.expect",
            &types,
            &args,
        )?))
    }

    /// Lets LLVM believe that anything may happen to the bytes at the address.
    fn hide(&self, address: inkwell::values::PointerValue<'c>) -> Emit<()> {
        let ty = self
            .unit
            .context
            .void_type()
            .fn_type(&[self.unit.ptr.into()], false);
        let nothing = self.unit.context.create_inline_asm(
            ty,
            String::new(),
            "r,~{memory}".to_string(),
            true,
            false,
            None,
            false,
        );
        self.b
            .build_indirect_call(ty, nothing, &[address.into()], "")?;
        Ok(())
    }
}
