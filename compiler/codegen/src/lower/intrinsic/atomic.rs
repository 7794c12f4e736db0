//! Atomic operations, all sequentially consistent, on integers, `bool` and references.

use super::super::function::FnCx;
use super::super::memory::Access;
use super::super::race::AtomicKind;
use super::super::value::Value;
use super::Use;
use crate::error::{Emit, invalid};
use crate::layout::{Registers, Scalar, Shape};
use gos_sema::types::Ty;
use inkwell::values::{BasicValue, BasicValueEnum, IntValue, PointerValue};
use inkwell::{AtomicOrdering, AtomicRMWBinOp};

const ORDER: AtomicOrdering = AtomicOrdering::SequentiallyConsistent;

impl<'c> FnCx<'_, 'c, '_> {
    pub(super) fn atomic_intrinsic(&self, call: &Use<'_, 'c>) -> Emit<Option<Value<'c>>> {
        if call.name == "atomic_fence" {
            self.b.build_fence(ORDER, false, "")?;
            return Ok(Some(Value::None));
        }
        if !call.name.starts_with("atomic_") {
            return Ok(None);
        }
        let ty = call.ty_arg(0)?;
        let Registers::One(part) = self.layout(ty).registers else {
            return invalid(format!("{} of {ty:?}", call.name));
        };
        let at = call.arg(0)?.pointer()?;
        self.tell_atomic_begins(at)?;
        let value = match call.name {
            "atomic_load" => {
                let value = self.b.build_load(self.memory_type(part.scalar), at, "")?;
                if let Some(load) = value.as_instruction_value() {
                    let _ = load.set_alignment(part.scalar.bytes().min(8) as u32);
                    let _ = load.set_atomic_ordering(ORDER);
                }
                Value::One(self.as_register(value, part.scalar)?)
            }
            "atomic_store" => {
                let value = self.in_memory(call.arg(1)?.one()?)?;
                let store = self.b.build_store(at, value)?;
                let _ = store.set_alignment(part.scalar.bytes().min(8) as u32);
                let _ = store.set_atomic_ordering(ORDER);
                self.barrier(at, ty)?;
                Value::None
            }
            "atomic_swap" => {
                let old = self.exchange(AtomicRMWBinOp::Xchg, at, call.arg(1)?, part.scalar)?;
                self.barrier(at, ty)?;
                old
            }
            "atomic_cas" => return Ok(Some(self.compare_and_swap(call, at, ty, part.scalar)?)),
            name => {
                let op = match name {
                    "atomic_add" => AtomicRMWBinOp::Add,
                    "atomic_sub" => AtomicRMWBinOp::Sub,
                    "atomic_and" => AtomicRMWBinOp::And,
                    "atomic_or" => AtomicRMWBinOp::Or,
                    "atomic_xor" => AtomicRMWBinOp::Xor,
                    _ => return invalid(format!("no atomic operation is called {}", call.name)),
                };
                self.exchange(op, at, call.arg(1)?, part.scalar)?
            }
        };
        let how = match call.name {
            "atomic_load" => AtomicKind::Read,
            "atomic_store" => AtomicKind::Wrote,
            _ => AtomicKind::Both,
        };
        self.tell_atomic_ended(at, how, None)?;
        Ok(Some(value))
    }

    fn in_memory(&self, value: BasicValueEnum<'c>) -> Emit<BasicValueEnum<'c>> {
        match value {
            BasicValueEnum::IntValue(bit) if bit.get_type().get_bit_width() == 1 => {
                Ok(self.b.build_int_z_extend(bit, self.unit.i8, "")?.into())
            }
            value => Ok(value),
        }
    }

    fn as_register(&self, value: BasicValueEnum<'c>, scalar: Scalar) -> Emit<BasicValueEnum<'c>> {
        match (value, scalar) {
            (BasicValueEnum::IntValue(byte), Scalar::Bool) => {
                Ok(self.b.build_int_truncate(byte, self.unit.bool, "")?.into())
            }
            (value, _) => Ok(value),
        }
    }

    /// Any scalar as an integer of its width, since read-modify-write takes integers.
    fn as_integer(&self, value: BasicValueEnum<'c>) -> Emit<IntValue<'c>> {
        match self.in_memory(value)? {
            BasicValueEnum::IntValue(value) => Ok(value),
            BasicValueEnum::PointerValue(value) => {
                Ok(self.b.build_ptr_to_int(value, self.unit.i64, "")?)
            }
            BasicValueEnum::FloatValue(value) => {
                let is_single = value.get_type() == self.unit.context.f32_type();
                let bits = if is_single { 32 } else { 64 };
                let ty = self.unit.int_type(bits);
                Value::One(self.b.build_bit_cast(value, ty, "")?).int()
            }
            _ => invalid("an atomic operation on an aggregate"),
        }
    }

    fn exchange(
        &self,
        op: AtomicRMWBinOp,
        at: PointerValue<'c>,
        value: Value<'c>,
        scalar: Scalar,
    ) -> Emit<Value<'c>> {
        let value = self.as_integer(value.one()?)?;
        let old = self.b.build_atomicrmw(op, at, value, ORDER)?;
        self.back(old.into(), scalar)
    }

    fn back(&self, value: BasicValueEnum<'c>, scalar: Scalar) -> Emit<Value<'c>> {
        match self.bit_cast(value, scalar)? {
            Some(value) => Ok(Value::One(value)),
            None => invalid("an atomic operation on a type of odd size"),
        }
    }

    fn compare_and_swap(
        &self,
        call: &Use<'_, 'c>,
        at: PointerValue<'c>,
        ty: Ty,
        scalar: Scalar,
    ) -> Emit<Value<'c>> {
        let old = self.as_integer(call.arg(1)?.one()?)?;
        let new = self.as_integer(call.arg(2)?.one()?)?;
        let result = self.b.build_cmpxchg(at, old, new, ORDER, ORDER)?;
        self.barrier(at, ty)?;
        let found = self.b.build_extract_value(result, 0, "")?;
        let swapped = self.b.build_extract_value(result, 1, "")?;
        // One that found another value only read.
        self.tell_atomic_ended(at, AtomicKind::Both, Some(swapped.into_int_value()))?;
        let found = self.back(found, scalar)?;
        let layout = self.layout(call.ty);
        let Shape::Fields(offsets) = &layout.shape else {
            return invalid("atomic_cas gives a tuple");
        };
        let slot = self.alloca(&layout)?;
        let parts = [(ty, found), (Ty::bool(), Value::One(swapped))];
        for (&offset, (ty, value)) in offsets.iter().zip(parts) {
            let address = self.offset(slot, offset)?;
            self.store(address, ty, value, Access::Local)?;
        }
        self.load(slot, call.ty, Access::Local)
    }
}
