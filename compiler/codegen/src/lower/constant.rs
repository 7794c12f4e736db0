//! Constants as operands and as data.

use super::bytes::Image;
use super::function::FnCx;
use super::memory::Access;
use super::unit::Unit;
use super::value::Value;
use crate::error::{Emit, invalid};
use crate::layout::{Part, Registers, Scalar, Shape};
use gos_mir::ir::{Callee, Constant, Instance, InstanceKind, Operand};
use gos_sema::hir::ConstValue;
use gos_sema::program::{FieldIdx, FnId, FnKind, VariantIdx};
use gos_sema::types::{Abi, FloatTy, Ty, TyKind, TyList};
use inkwell::values::{BasicValueEnum, FunctionValue, PointerValue};
use std::sync::Arc;

impl<'c> FnCx<'_, 'c, '_> {
    pub(super) fn constant(&self, constant: &Constant<Callee>) -> Emit<Value<'c>> {
        match constant {
            Constant::Int(value, ty) => match self.layout(*ty).registers {
                Registers::One(part) => match self.register_type(part.scalar) {
                    inkwell::types::BasicTypeEnum::IntType(ty) => {
                        Ok(Value::of(self.unit.int_constant(ty, *value)))
                    }
                    _ => invalid(format!("an integer constant of type {ty:?}")),
                },
                _ => invalid(format!("an integer constant of type {ty:?}")),
            },
            Constant::Float(value, ty) => Ok(Value::of(match ty.kind() {
                TyKind::Float(FloatTy::F32) => self.unit.context.f32_type().const_float(*value),
                _ => self.unit.context.f64_type().const_float(*value),
            })),
            Constant::Str(text) => {
                let length = self.unit.i64.const_int(text.len() as u64, false);
                Ok(Value::pair(self.unit.text_constant(text), length))
            }
            Constant::ZeroSized(ty) => Ok(self.poison(self.layout(*ty).registers)),
            Constant::FnPtr(Callee::Instance(id), ty) if is_c(*ty) => {
                Ok(Value::of(self.unit.c_entry(*id)?))
            }
            Constant::FnPtr(callee, _) => Ok(Value::of(self.code_pointer(callee)?)),
            Constant::Static(id, _) => Ok(Value::of(self.unit.static_address(*id)?)),
            Constant::Named(id, ..) => invalid(format!("{id:?} was not evaluated")),
            Constant::Value(value) => {
                let image = self.unit.image(&value.value, value.ty)?;
                Ok(self.value_of_image(&image, value.ty))
            }
        }
    }

    fn value_of_image(&self, image: &Image<'c>, ty: Ty) -> Value<'c> {
        let layout = self.layout(ty);
        match layout.registers {
            Registers::None => Value::None,
            Registers::One(a) => Value::One(self.part_of_image(image, a)),
            Registers::Two(a, b) => {
                Value::Two(self.part_of_image(image, a), self.part_of_image(image, b))
            }
            Registers::Memory => {
                let data = self.unit.constant_data("const", image, layout.align);
                Value::At(data.as_pointer_value())
            }
        }
    }

    fn part_of_image(&self, image: &Image<'c>, part: Part) -> BasicValueEnum<'c> {
        let number = image.number(part.offset, part.scalar.bytes());
        let address = image.address(part.offset);
        match part.scalar {
            Scalar::Bool => self.unit.bool.const_int(number as u64, false).into(),
            Scalar::F32 => {
                let value = f64::from(f32::from_bits(number as u32));
                self.unit.context.f32_type().const_float(value).into()
            }
            Scalar::F64 => {
                let value = f64::from_bits(number as u64);
                self.unit.context.f64_type().const_float(value).into()
            }
            Scalar::Ptr => match address {
                Some(address) => address.into(),
                None if number == 0 => self.unit.ptr.const_null().into(),
                None => {
                    let word = self.unit.int_constant(self.unit.i64, number);
                    word.const_to_pointer(self.unit.ptr).into()
                }
            },
            Scalar::Int(bytes) => {
                let ty = self.unit.int_type(u32::from(bytes) * 8);
                match address {
                    Some(address) => address.const_to_int(ty).into(),
                    None => self.unit.int_constant(ty, number).into(),
                }
            }
        }
    }

    /// The address of a callee's code.
    pub(super) fn code_pointer(&self, callee: &Callee) -> Emit<PointerValue<'c>> {
        let function = match callee {
            Callee::Instance(id) => self.unit.function(*id),
            Callee::Runtime(row) => self.unit.runtime_function(row),
            Callee::C(name) | Callee::Foreign(name) => self.unit.c_symbol(name.as_str()),
            Callee::Virtual { .. } | Callee::Intrinsic(..) => {
                return invalid("a callee without an address");
            }
        };
        Ok(function.as_global_value().as_pointer_value())
    }
}

/// Shorter lists of constants are stored one by one.
const CONSTANT_LIST_MIN: usize = 16;

impl<'c> FnCx<'_, 'c, '_> {
    /// Stores all elements of a list. A long list of constants is data that is copied: one store an
    /// element would keep the optimizer busy for minutes.
    pub(super) fn store_elements(
        &self,
        to: PointerValue<'c>,
        element: Ty,
        operands: &[Operand<Callee>],
        access: Access,
    ) -> Emit<()> {
        let layout = self.layout(element);
        if let Some(image) = self.unit.constant_list(element, layout.size, operands)? {
            let data = self.unit.constant_data("const", &image, layout.align);
            let size = self.unit.i64.const_int(image.bytes.len() as u64, false);
            let (from, align) = (data.as_pointer_value(), layout.align as u32);
            return match self.b.build_memcpy(to, align, from, align, size) {
                Ok(_) => Ok(()),
                Err(text) => invalid(text.to_string()),
            };
        }
        for (index, operand) in operands.iter().enumerate() {
            let address = self.offset(to, index as u64 * layout.size)?;
            self.store_operand(address, operand, access)?;
        }
        Ok(())
    }
}

impl<'c> Unit<'c, '_> {
    /// The bytes of a long list, if all its elements are constants.
    fn constant_list(
        &self,
        element: Ty,
        stride: u64,
        operands: &[Operand<Callee>],
    ) -> Emit<Option<Image<'c>>> {
        if operands.len() < CONSTANT_LIST_MIN || stride == 0 {
            return Ok(None);
        }
        let values: Option<Vec<ConstValue>> = operands.iter().map(constant_value).collect();
        let Some(values) = values else {
            return Ok(None);
        };
        let mut image = Image::zeroed(stride * operands.len() as u64);
        for (index, value) in values.iter().enumerate() {
            self.write_constant(&mut image, index as u64 * stride, value, element)?;
        }
        Ok(Some(image))
    }

    /// The bytes of a string, the same data for the same text. Empty ones have an address too.
    pub(super) fn text_constant(&self, text: &str) -> PointerValue<'c> {
        if let Some(found) = self.texts.borrow().get(text) {
            return found.as_pointer_value();
        }
        let mut image = Image::zeroed(text.len().max(1) as u64);
        image.bytes[..text.len()].copy_from_slice(text.as_bytes());
        let data = self.constant_data("str", &image, 1);
        self.texts.borrow_mut().insert(Arc::from(text), data);
        data.as_pointer_value()
    }

    /// The memory image of a constant.
    pub(super) fn image(&self, value: &ConstValue, ty: Ty) -> Emit<Image<'c>> {
        let mut image = Image::zeroed(self.types.layout(ty).size);
        self.write_constant(&mut image, 0, value, ty)?;
        Ok(image)
    }

    fn write_constant(
        &self,
        image: &mut Image<'c>,
        at: u64,
        value: &ConstValue,
        ty: Ty,
    ) -> Emit<()> {
        let layout = self.types.layout(ty);
        match value {
            ConstValue::Int(number) => image.put(at, layout.size.min(16), *number),
            ConstValue::Bool(value) => image.put(at, 1, u128::from(*value)),
            ConstValue::Float(value) => match layout.size {
                4 => image.put(at, 4, u128::from((*value as f32).to_bits())),
                _ => image.put(at, 8, u128::from(value.to_bits())),
            },
            ConstValue::Str(text) => {
                image.put_address(at, self.text_constant(text));
                image.put(at + 8, 8, text.len() as u128);
            }
            ConstValue::Fields(fields) => {
                self.write_fields(image, at, fields, ty, None)?;
            }
            ConstValue::Variant(variant, fields) => {
                self.write_fields(image, at, fields, ty, Some(*variant))?;
                if let Shape::Enum(shape) = &layout.shape
                    && let Some((word, number)) =
                        super::variant::tag_value(&shape.tag, variant.index())
                {
                    image.put(at + word.offset, word.scalar.bytes(), number);
                }
            }
            ConstValue::Array(items) => self.write_array(image, at, items, ty)?,
            ConstValue::Ref(target) => {
                let to = self.types.pointee(ty);
                let data = self.image(target, to)?;
                let align = self.types.layout(to).align;
                let data = self.constant_data("const", &data, align.max(8));
                image.put_address(at, data.as_pointer_value());
            }
            ConstValue::Fn(fn_, args) => self.write_fn(image, at, *fn_, *args, ty)?,
        }
        Ok(())
    }

    fn write_fields(
        &self,
        image: &mut Image<'c>,
        at: u64,
        fields: &[ConstValue],
        ty: Ty,
        variant: Option<VariantIdx>,
    ) -> Emit<()> {
        let layout = self.types.layout(ty);
        let offsets = match &layout.shape {
            Shape::Fields(offsets) => Some(offsets),
            Shape::Enum(shape) => shape.variants.get(variant.unwrap_or(VariantIdx(0)).index()),
            _ => None,
        };
        let Some(offsets) = offsets else {
            return invalid(format!("a constant with fields of type {ty:?}"));
        };
        for (index, (field, offset)) in fields.iter().zip(offsets).enumerate() {
            let field_type = self.types.field(ty, variant, FieldIdx::from(index));
            self.write_constant(image, at + offset, field, field_type)?;
        }
        Ok(())
    }

    fn write_array(
        &self,
        image: &mut Image<'c>,
        at: u64,
        items: &[ConstValue],
        ty: Ty,
    ) -> Emit<()> {
        let element = self.types.element(ty);
        let layout = self.types.layout(element);
        if let TyKind::Array(..) = ty.kind() {
            for (index, item) in items.iter().enumerate() {
                self.write_constant(image, at + index as u64 * layout.size, item, element)?;
            }
            return Ok(());
        }
        let mut data = Image::zeroed((layout.size * items.len() as u64).max(1));
        for (index, item) in items.iter().enumerate() {
            self.write_constant(&mut data, index as u64 * layout.size, item, element)?;
        }
        let data = self.constant_data("const", &data, layout.align);
        image.put_address(at, data.as_pointer_value());
        image.put(at + 8, 8, items.len() as u128);
        Ok(())
    }

    fn write_fn(
        &self,
        image: &mut Image<'c>,
        at: u64,
        fn_: FnId,
        args: TyList,
        ty: Ty,
    ) -> Emit<()> {
        let declared = &self.types.program.fns[fn_];
        let kind = match ty.kind() {
            TyKind::FnPtr(_) if declared.kind == FnKind::C && is_c(ty) => {
                let function = self.c_symbol(declared.name.as_str());
                image.put_address(at, function.as_global_value().as_pointer_value());
                return Ok(());
            }
            TyKind::FnPtr(_) if declared.kind == FnKind::C => InstanceKind::PlainShim(fn_),
            TyKind::FnPtr(_) => InstanceKind::Fn(fn_),
            TyKind::FnObj(_) => InstanceKind::FnDefShim(fn_),
            _ => return Ok(()),
        };
        let wanted = Instance { kind, args };
        let found = self.mono.fns.iter().find(|(_, f)| f.instance == wanted);
        let Some((id, _)) = found else {
            return invalid(format!("{fn_:?} of a constant was not instantiated"));
        };
        let code = match is_c(ty) {
            true => self.c_entry(id)?,
            false => self.function(id).as_global_value().as_pointer_value(),
        };
        image.put_address(at, code);
        Ok(())
    }

    /// A C function whose address is taken.
    fn c_symbol(&self, name: &str) -> FunctionValue<'c> {
        let known = self.module.get_function(name);
        known.unwrap_or_else(|| {
            let ty = self.context.void_type().fn_type(&[], false);
            self.module.add_function(name, ty, None)
        })
    }
}

/// Whether a pointer is C's.
fn is_c(ty: Ty) -> bool {
    matches!(ty.kind(), TyKind::FnPtr(sig) if sig.abi == Abi::C)
}

/// The value of an operand that is a plain constant.
fn constant_value(operand: &Operand<Callee>) -> Option<ConstValue> {
    match operand {
        Operand::Constant(Constant::Int(value, ty)) if ty.kind() == &TyKind::Bool => {
            Some(ConstValue::Bool(*value != 0))
        }
        Operand::Constant(Constant::Int(value, _)) => Some(ConstValue::Int(*value)),
        Operand::Constant(Constant::Float(value, _)) => Some(ConstValue::Float(*value)),
        Operand::Constant(Constant::Str(text)) => Some(ConstValue::Str(text.clone())),
        Operand::Constant(Constant::Value(value)) => Some(value.value.clone()),
        _ => None,
    }
}
