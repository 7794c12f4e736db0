//! Heap cells.

use super::barrier::Cell;
use super::function::FnCx;
use super::memory::Access;
use super::value::Value;
use crate::error::{Emit, invalid};
use crate::layout::has_references;
use gos_abi::layout::{VEC_BUFFER_OFFSET, VEC_LENGTH_OFFSET};
use gos_abi::table::find_rt_function;
use gos_mir::ir::{Callee, Operand};
use gos_sema::types::Ty;
use inkwell::attributes::AttributeLoc;
use inkwell::values::{BasicMetadataValueEnum, BasicValueEnum, CallSiteValue, PointerValue};

impl<'c> FnCx<'_, 'c, '_> {
    /// Calls a function of the runtime by name.
    pub(super) fn call_runtime(
        &self,
        name: &str,
        args: &[BasicMetadataValueEnum<'c>],
    ) -> Emit<CallSiteValue<'c>> {
        let Some(row) = find_rt_function(name) else {
            return invalid(format!("the runtime has no {name}"));
        };
        let function = self.unit.runtime_function(row);
        self.unit.build_call(&self.b, function, args)
    }

    fn fresh_memory(&self, call: CallSiteValue<'c>, bytes: u64) -> Emit<PointerValue<'c>> {
        for name in ["noalias", "nonnull", "noundef"] {
            call.add_attribute(AttributeLoc::Return, self.unit.attribute(name, 0));
        }
        call.add_attribute(AttributeLoc::Return, self.unit.attribute("align", 8));
        if bytes > 0 {
            let known = self.unit.attribute("dereferenceable", bytes);
            call.add_attribute(AttributeLoc::Return, known);
        }
        match call.try_as_basic_value().basic() {
            Some(BasicValueEnum::PointerValue(pointer)) => Ok(pointer),
            _ => invalid("an allocation gives no pointer"),
        }
    }

    /// A fresh zeroed cell for a value of the type.
    pub(super) fn alloc_cell(&self, ty: Ty) -> Emit<PointerValue<'c>> {
        let desc = self.unit.cell_desc(ty);
        let call = self.call_runtime("gos_rt_alloc", &[desc.into()])?;
        let cell = self.fresh_memory(call, self.layout(ty).size)?;
        self.tell_fresh_cell(cell, desc, self.unit.i64.const_int(1, false))?;
        Ok(cell)
    }

    pub(super) fn lower_box(&self, operand: &Operand<Callee>, ty: Ty) -> Emit<Value<'c>> {
        let cell = self.alloc_cell(ty)?;
        self.store_operand(cell, operand, Access::Variant)?;
        self.initial_barrier(cell, ty)?;
        Ok(Value::of(cell))
    }

    pub(super) fn lower_vec(&self, element: Ty, operands: &[Operand<Callee>]) -> Emit<Value<'c>> {
        let buffer = self.lower_buffer(element, operands)?;
        // The cell comes last: while its buffer is allocated it might become an old one.
        let vec_desc = self.unit.vec_desc();
        let call = self.call_runtime("gos_rt_alloc", &[vec_desc.into()])?;
        let cell = self.fresh_memory(call, 16)?;
        self.tell_fresh_cell(cell, vec_desc, self.unit.i64.const_int(1, false))?;
        let Some(buffer) = buffer else {
            return Ok(Value::of(cell));
        };
        let count = self.unit.i64.const_int(operands.len() as u64, false);
        let slot = self.offset(cell, VEC_BUFFER_OFFSET)?;
        let header = |store: inkwell::values::InstructionValue<'c>| {
            let _ = store.set_metadata(self.unit.alias.header, self.unit.kinds.tbaa);
        };
        header(self.b.build_store(slot, buffer)?);
        self.fresh_reference_barrier(slot, buffer)?;
        header(
            self.b
                .build_store(self.offset(cell, VEC_LENGTH_OFFSET)?, count)?,
        );
        Ok(Value::of(cell))
    }

    /// The buffer of a vector literal; none when it is empty.
    fn lower_buffer(
        &self,
        element: Ty,
        operands: &[Operand<Callee>],
    ) -> Emit<Option<PointerValue<'c>>> {
        if operands.is_empty() {
            return Ok(None);
        }
        let stride = self.layout(element).size;
        let count = self.unit.i64.const_int(operands.len() as u64, false);
        let desc = self.unit.array_desc(element);
        let call = self.call_runtime("gos_rt_alloc_array", &[desc.into(), count.into()])?;
        let buffer = self.fresh_memory(call, stride * operands.len() as u64)?;
        self.tell_fresh_cell(buffer, desc, count)?;
        self.store_elements(buffer, element, operands, Access::Variant)?;
        if has_references(self.unit.types, element) {
            self.copy_barrier(Cell::Fresh, buffer, desc, count)?;
        }
        Ok(Some(buffer))
    }
}
