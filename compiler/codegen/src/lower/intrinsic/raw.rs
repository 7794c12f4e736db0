//! Raw memory: addresses, copies, comparisons. No access here carries an alias tag.

use super::super::barrier::Cell;
use super::super::function::FnCx;
use super::super::memory::Access;
use super::super::value::Value;
use super::Use;
use crate::error::{CodegenError, Emit};
use crate::layout::{Registers, has_references};
use gos_sema::types::Ty;
use inkwell::IntPredicate;
use inkwell::values::{BasicValue, BasicValueEnum, IntValue, PointerValue};

impl<'c> FnCx<'_, 'c, '_> {
    pub(super) fn raw_intrinsic(&self, call: &Use<'_, 'c>) -> Emit<Option<Value<'c>>> {
        let pointer = |index| call.arg(index).and_then(Value::pointer);
        let int = |index| call.arg(index).and_then(Value::int);
        Ok(Some(match call.name {
            "zeroed" => self.zeroed(call.ty)?,
            "ptr_null" => Value::of(self.unit.ptr.const_null()),
            "ptr_is_null" => Value::of(self.b.build_is_null(pointer(0)?, "")?),
            "ptr_eq" => {
                let a = self.b.build_ptr_to_int(pointer(0)?, self.unit.i64, "")?;
                let b = self.b.build_ptr_to_int(pointer(1)?, self.unit.i64, "")?;
                Value::of(self.b.build_int_compare(IntPredicate::EQ, a, b, "")?)
            }
            "ptr_add" => Value::of(self.raw_address(pointer(0)?, int(1)?)?),
            "order_release" | "order_acquire" => {
                self.tell_order(call.name, pointer(0)?)?;
                Value::None
            }
            // The address in a slot, moved within what it points into: no barrier, as nothing
            // becomes reachable that was not.
            "ptr_advance" => {
                let slot = pointer(0)?;
                self.tell_raw(slot, self.unit.i64.const_int(8, false), true)?;
                let address = self.b.build_load(self.unit.ptr, slot, "")?;
                let moved = self.raw_address(address.into_pointer_value(), int(1)?)?;
                self.b.build_store(slot, moved)?;
                Value::None
            }
            "ptr_of" | "ref_of" => Value::of(pointer(0)?),
            "ptr_read" => {
                self.tell_raw_value(pointer(0)?, call.ty, false)?;
                let value = self.load(pointer(0)?, call.ty, Access::Raw)?;
                match value {
                    // The bytes may change before the result is stored.
                    Value::At(_) => Value::At(self.copy_to_slot(call.ty, value)?),
                    value => value,
                }
            }
            // A number at any address.
            "ptr_read_unaligned" => {
                let Registers::One(part) = self.layout(call.ty).registers else {
                    return crate::error::invalid("an unaligned read is of a number");
                };
                self.tell_raw_value(pointer(0)?, call.ty, false)?;
                let ty = self.memory_type(part.scalar);
                let value = self.b.build_load(ty, pointer(0)?, "")?;
                if let Some(load) = value.as_instruction_value() {
                    let _ = load.set_alignment(1);
                }
                Value::One(value)
            }
            "ptr_write" => {
                let ty = call.arg_types.get(1).copied().unwrap_or_else(Ty::error);
                self.tell_raw_value(pointer(0)?, ty, true)?;
                self.store(pointer(0)?, ty, call.arg(1)?, Access::Raw)?;
                self.barrier(pointer(0)?, ty)?;
                Value::None
            }
            "ptr_copy" => {
                let ty = call.ty_arg(0)?;
                self.copy_elements(pointer(0)?, pointer(1)?, int(2)?, ty)?;
                Value::None
            }
            "ptr_zero" => {
                let layout = self.layout(call.ty_arg(0)?);
                let bytes = self.scale(int(1)?, layout.size)?;
                self.tell_raw(pointer(0)?, bytes, true)?;
                let zero = self.unit.i8.const_zero();
                self.b
                    .build_memset(pointer(0)?, layout.align as u32, zero, bytes)
                    .map_err(|error| CodegenError::Llvm(error.to_string()))?;
                Value::None
            }
            "mem_eq" => {
                let result = self.compare_bytes(pointer(0)?, pointer(1)?, int(2)?)?;
                let zero = self.unit.i32.const_zero();
                Value::of(
                    self.b
                        .build_int_compare(IntPredicate::EQ, result, zero, "")?,
                )
            }
            "mem_cmp" => Value::of(self.compare_bytes(pointer(0)?, pointer(1)?, int(2)?)?),
            _ => return Ok(None),
        }))
    }

    /// A value of zero bytes.
    fn zeroed(&self, ty: Ty) -> Emit<Value<'c>> {
        let layout = self.layout(ty);
        if layout.is_zero_sized() {
            return Ok(Value::None);
        }
        let slot = self.alloca(&layout)?;
        let bytes = self.unit.i64.const_int(layout.size, false);
        let zero = self.unit.i8.const_zero();
        self.b
            .build_memset(slot, layout.align as u32, zero, bytes)
            .map_err(|error| CodegenError::Llvm(error.to_string()))?;
        self.load(slot, ty, Access::Local)
    }

    fn scale(&self, count: IntValue<'c>, size: u64) -> Emit<IntValue<'c>> {
        let size = self.unit.i64.const_int(size, false);
        Ok(self.b.build_int_nuw_mul(count, size, "")?)
    }

    fn copy_elements(
        &self,
        to: PointerValue<'c>,
        from: PointerValue<'c>,
        count: IntValue<'c>,
        ty: Ty,
    ) -> Emit<()> {
        let layout = self.layout(ty);
        if layout.is_zero_sized() {
            return Ok(());
        }
        let bytes = self.scale(count, layout.size)?;
        self.tell_raw(from, bytes, false)?;
        self.tell_raw(to, bytes, true)?;
        let align = layout.align as u32;
        self.b
            .build_memmove(to, align, from, align, bytes)
            .map_err(|error| CodegenError::Llvm(error.to_string()))?;
        if has_references(self.unit.types, ty) {
            self.copy_barrier(Cell::Any, to, self.unit.array_desc(ty), count)?;
        }
        Ok(())
    }

    /// The libc function, which LLVM knows and expands for constant lengths.
    fn compare_bytes(
        &self,
        a: PointerValue<'c>,
        b: PointerValue<'c>,
        length: IntValue<'c>,
    ) -> Emit<IntValue<'c>> {
        let unit = self.unit;
        self.tell_raw(a, length, false)?;
        self.tell_raw(b, length, false)?;
        let function = unit.module.get_function("memcmp").unwrap_or_else(|| {
            let params = [unit.ptr.into(), unit.ptr.into(), unit.i64.into()];
            let ty = unit.i32.fn_type(&params, false);
            let function = unit.module.add_function("memcmp", ty, None);
            unit.add_attribute(function, "nounwind", 0);
            function
        });
        let args = [a.into(), b.into(), length.into()];
        let call = self.b.build_call(function, &args, "")?;
        match call.try_as_basic_value().basic() {
            Some(BasicValueEnum::IntValue(result)) => Ok(result),
            _ => crate::error::invalid("memcmp gives an integer"),
        }
    }
}
