//! Loads, stores and copies of values, with what is known about the bytes.

use super::function::FnCx;
use super::value::Value;
use crate::error::Emit;
use crate::layout::{Layout, Part, Registers, Scalar};
use gos_sema::types::Ty;
use inkwell::types::BasicTypeEnum;
use inkwell::values::{
    BasicValue, BasicValueEnum, InstructionValue, IntValue, MetadataValue, PointerValue,
};

/// What kind of memory an access goes to, for alias tags.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Access {
    /// A local's own slot: LLVM sees all there is to know.
    Local,
    /// Behind a reference, reached by fields and elements.
    Typed,
    /// Behind a reference, in an enum's payload: variants share bytes.
    Variant,
    /// The library's raw memory: anything.
    Raw,
}

impl<'c> FnCx<'_, 'c, '_> {
    /// The type of a scalar in memory.
    pub(super) fn memory_type(&self, scalar: Scalar) -> BasicTypeEnum<'c> {
        match scalar {
            Scalar::Bool => self.unit.i8.into(),
            other => self.register_type(other),
        }
    }

    /// The address `bytes` further.
    pub(super) fn offset(&self, base: PointerValue<'c>, bytes: u64) -> Emit<PointerValue<'c>> {
        if bytes == 0 {
            return Ok(base);
        }
        let index = self.unit.i64.const_int(bytes, false);
        // SAFETY: offsets come from layouts, so they stay inside the object at `base`.
        Ok(unsafe {
            self.b
                .build_in_bounds_gep(self.unit.i8, base, &[index], "")?
        })
    }

    /// The address of an element.
    pub(super) fn element_address(
        &self,
        base: PointerValue<'c>,
        index: IntValue<'c>,
        stride: u64,
    ) -> Emit<PointerValue<'c>> {
        let element = self.unit.i8.array_type(stride as u32);
        // SAFETY: the index was checked against the length, or is allowed to be it.
        Ok(unsafe { self.b.build_in_bounds_gep(element, base, &[index], "")? })
    }

    /// The address of an element whose index may be anything.
    pub(super) fn raw_address(
        &self,
        base: PointerValue<'c>,
        bytes: IntValue<'c>,
    ) -> Emit<PointerValue<'c>> {
        // SAFETY: a `getelementptr` without `inbounds` is defined for every index.
        Ok(unsafe { self.b.build_gep(self.unit.i8, base, &[bytes], "")? })
    }

    fn alias_tag(&self, access: Access, scalar: Option<Scalar>) -> Option<MetadataValue<'c>> {
        match (access, scalar) {
            (Access::Local | Access::Raw, _) => None,
            (Access::Typed, Some(scalar)) => Some(self.unit.alias.scalar(scalar)),
            (Access::Typed, None) | (Access::Variant, _) => Some(self.unit.alias.value),
        }
    }

    fn tag(&self, instruction: InstructionValue<'c>, tag: Option<MetadataValue<'c>>) {
        if let Some(tag) = tag {
            // Refused for instructions that cannot carry metadata only, which these are not.
            let _ = instruction.set_metadata(tag, self.unit.kinds.tbaa);
        }
    }

    pub(super) fn note(&self, value: BasicValueEnum<'c>, kind: u32, numbers: &[(u64, u32)]) {
        let instruction = match value {
            BasicValueEnum::IntValue(v) => v.as_instruction(),
            BasicValueEnum::PointerValue(v) => v.as_instruction(),
            _ => None,
        };
        let Some(instruction) = instruction else {
            return;
        };
        let operands: Vec<_> = numbers
            .iter()
            .map(|&(number, bits)| self.unit.int_type(bits).const_int(number, false).into())
            .collect();
        let node = self.unit.context.metadata_node(&operands);
        let _ = instruction.set_metadata(node, kind);
    }

    fn load_part(
        &self,
        base: PointerValue<'c>,
        part: Part,
        align: u64,
        access: Access,
        exact: bool,
    ) -> Emit<BasicValueEnum<'c>> {
        let address = self.offset(base, part.offset)?;
        let value = self
            .b
            .build_load(self.memory_type(part.scalar), address, "")?;
        if let Some(instruction) = value.as_instruction_value() {
            let _ = instruction.set_alignment(part_align(part, align));
            self.tag(
                instruction,
                self.alias_tag(access, exact.then_some(part.scalar)),
            );
        }
        let known = part.defined && matches!(access, Access::Typed | Access::Variant);
        if known {
            self.note(value, self.unit.kinds.noundef, &[]);
        }
        match (part.scalar, part.range) {
            (Scalar::Int(bytes @ 1..=8), Some((min, max))) if known => {
                let bits = u32::from(bytes) * 8;
                let end = (max as u64).wrapping_add(1);
                let wraps = bits < 64 && end >> bits != 0;
                if end != min as u64 && !wraps {
                    self.note(
                        value,
                        self.unit.kinds.range,
                        &[(min as u64, bits), (end, bits)],
                    );
                }
            }
            (Scalar::Bool, _) => {
                if known {
                    self.note(value, self.unit.kinds.range, &[(0, 8), (2, 8)]);
                }
                let byte = value.into_int_value();
                return Ok(self.b.build_int_truncate(byte, self.unit.bool, "")?.into());
            }
            _ => {}
        }
        Ok(value)
    }

    fn store_part(
        &self,
        base: PointerValue<'c>,
        part: Part,
        value: BasicValueEnum<'c>,
        align: u64,
        tag: Option<MetadataValue<'c>>,
    ) -> Emit<()> {
        let address = self.offset(base, part.offset)?;
        let value = match (part.scalar, value) {
            (Scalar::Bool, BasicValueEnum::IntValue(bit)) => {
                self.b.build_int_z_extend(bit, self.unit.i8, "")?.into()
            }
            _ => value,
        };
        let store = self.b.build_store(address, value)?;
        let _ = store.set_alignment(part_align(part, align));
        self.tag(store, tag);
        Ok(())
    }

    /// Reads a value; a large one stays where it is.
    pub(super) fn load(&self, base: PointerValue<'c>, ty: Ty, access: Access) -> Emit<Value<'c>> {
        let layout = self.layout(ty);
        let exact = layout.is_plain();
        let part = |part| self.load_part(base, part, layout.align, access, exact);
        let value = match layout.registers {
            Registers::None => Value::None,
            Registers::One(a) => Value::One(part(a)?),
            Registers::Two(a, b) => Value::Two(part(a)?, part(b)?),
            Registers::Memory => Value::At(base),
        };
        // So that what lies there may be read ahead of a loop, which vectorizing most loops takes.
        if let (Some((size, align)), Value::One(pointer)) =
            (self.unit.types.known_pointee(ty), value)
            && matches!(access, Access::Typed | Access::Variant)
        {
            self.note(pointer, self.unit.kinds.nonnull, &[]);
            self.note(pointer, self.unit.kinds.dereferenceable, &[(size, 64)]);
            self.note(pointer, self.unit.kinds.align, &[(align, 64)]);
        }
        Ok(value)
    }

    /// Writes a value.
    pub(super) fn store(
        &self,
        base: PointerValue<'c>,
        ty: Ty,
        value: Value<'c>,
        access: Access,
    ) -> Emit<()> {
        let layout = self.layout(ty);
        let exact = layout.is_plain();
        let tag = |part: Part| self.alias_tag(access, exact.then_some(part.scalar));
        match (layout.registers, value) {
            (Registers::None, _) | (_, Value::None) => Ok(()),
            (Registers::One(a), Value::One(v)) => self.store_part(base, a, v, layout.align, tag(a)),
            (Registers::Two(a, b), Value::Two(v, w)) => {
                self.store_part(base, a, v, layout.align, tag(a))?;
                self.store_part(base, b, w, layout.align, tag(b))
            }
            (_, Value::At(from)) => self.copy(base, from, &layout, access),
            _ => crate::error::invalid(format!(
                "a value does not have the registers of its type {ty:?}"
            )),
        }
    }

    /// Copies a whole value from another place, which is the same or does not overlap.
    pub(super) fn copy(
        &self,
        to: PointerValue<'c>,
        from: PointerValue<'c>,
        layout: &Layout,
        access: Access,
    ) -> Emit<()> {
        if layout.is_zero_sized() || to == from {
            return Ok(());
        }
        let size = self.unit.i64.const_int(layout.size, false);
        let align = layout.align as u32;
        let copy = self.b.build_memcpy(to, align, from, align, size);
        match copy {
            Ok(copy) => {
                if let Some(instruction) = copy.as_instruction() {
                    self.tag(instruction, self.alias_tag(access, None));
                }
                Ok(())
            }
            Err(text) => crate::error::invalid(text.to_string()),
        }
    }

    /// An address at which the value lies, a fresh slot unless it has one.
    pub(super) fn spill(&self, ty: Ty, value: Value<'c>) -> Emit<PointerValue<'c>> {
        if let Value::At(address) = value {
            return Ok(address);
        }
        let slot = self.alloca(&self.layout(ty))?;
        self.store(slot, ty, value, Access::Local)?;
        Ok(slot)
    }

    /// A fresh slot with a copy of the value.
    pub(super) fn copy_to_slot(&self, ty: Ty, value: Value<'c>) -> Emit<PointerValue<'c>> {
        let slot = self.alloca(&self.layout(ty))?;
        self.store(slot, ty, value, Access::Local)?;
        Ok(slot)
    }
}

/// The alignment of a part of a value.
fn part_align(part: Part, align: u64) -> u32 {
    let offset_align = if part.offset == 0 {
        8
    } else {
        1 << part.offset.trailing_zeros().min(3)
    };
    align.min(offset_align) as u32
}
