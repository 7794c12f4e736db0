//! Trait objects: their vtables and how they are made.

use super::bytes::Image;
use super::function::FnCx;
use super::value::Value;
use crate::error::{Emit, invalid};
use gos_abi::layout::VTABLE_HEADER_WORDS;
use gos_mir::ir::{Callee, Operand};
use gos_sema::types::Ty;
use inkwell::values::{BasicValue, PointerValue};

impl<'c> super::unit::Unit<'c, '_> {
    fn vtable(&self, concrete: Ty, object: Ty) -> Emit<PointerValue<'c>> {
        let key = (concrete, object);
        if let Some(found) = self.vtables.borrow().get(&key) {
            return Ok(found.as_pointer_value());
        }
        let mut tables = self.mono.vtables.iter().map(|(_, vtable)| vtable);
        let found = tables.find(|v| v.concrete == concrete && v.object == object);
        let Some(vtable) = found else {
            return invalid(format!("no vtable of {concrete:?} for {object:?}"));
        };
        let words = VTABLE_HEADER_WORDS + vtable.methods.len() as u64;
        let mut image = Image::zeroed(words * 8);
        image.put_address(0, self.cell_desc(concrete));
        image.put(8, 8, u128::from(self.types.layout(concrete).size));
        image.put(16, 8, u128::from(self.type_id(concrete)));
        for (index, method) in vtable.methods.iter().enumerate() {
            let code = self.function(*method).as_global_value().as_pointer_value();
            image.put_address((VTABLE_HEADER_WORDS + index as u64) * 8, code);
        }
        let data = self.constant_data("vtable", &image, 8);
        self.vtables.borrow_mut().insert(key, data);
        Ok(data.as_pointer_value())
    }
}

impl<'c> FnCx<'_, 'c, '_> {
    pub(super) fn lower_dyn(
        &self,
        pointer: &Operand<Callee>,
        concrete: Ty,
        object: Ty,
    ) -> Emit<Value<'c>> {
        let pointer = self.operand(pointer)?.pointer()?;
        Ok(Value::pair(pointer, self.unit.vtable(concrete, object)?))
    }

    /// The object's pointer and the code of one of its methods.
    pub(super) fn virtual_method(
        &self,
        object: Value<'c>,
        slot: u32,
    ) -> Emit<(PointerValue<'c>, PointerValue<'c>)> {
        let (value, vtable) = object.pointers()?;
        let at = (VTABLE_HEADER_WORDS + u64::from(slot)) * 8;
        let address = self.offset(vtable, at)?;
        let code = self.b.build_load(self.unit.ptr, address, "")?;
        if let Some(load) = code.as_instruction_value() {
            let empty = self.unit.context.metadata_node(&[]);
            let _ = load.set_metadata(empty, self.unit.kinds.invariant_load);
        }
        Ok((value, Value::One(code).pointer()?))
    }
}
