//! The calling convention of compiled functions, the same at definition and call.
//!
//! ```text
//! no bytes            nothing
//! one or two parts    that many parameters; a result of two is a struct
//! more than 16 bytes  a pointer to bytes that nobody writes during the call; a result is written
//!                     through a first parameter (`sret`)
//! ```

use super::attribute::Place;
use super::unit::Unit;
use crate::layout::{Part, Registers, Scalar, Types};
use gos_mir::ir::{Local, MonoBody};
use gos_sema::types::{Ty, TyKind};
use inkwell::attributes::AttributeLoc;
use inkwell::types::{AnyType, BasicMetadataTypeEnum, BasicType, BasicTypeEnum, FunctionType};

/// A value of a signature.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slot {
    pub(super) ty: Ty,
    pub(super) registers: Registers,
    pub(super) size: u64,
    pub(super) align: u64,
    /// Bytes behind a pointer that can be read at any time; 0 when the value is no reference.
    pointee: u64,
    pointee_align: u64,
}

/// A signature in registers.
#[derive(Debug, Clone)]
pub(super) struct FnAbi {
    pub(super) params: Vec<Slot>,
    pub(super) result: Slot,
    pub(super) returns: bool,
}

impl Slot {
    fn new(types: &Types<'_>, ty: Ty) -> Slot {
        let layout = types.layout(ty);
        let (pointee, pointee_align) = types.known_pointee(ty).unwrap_or((0, 1));
        Slot {
            ty,
            registers: layout.registers,
            size: layout.size,
            align: layout.align,
            pointee,
            pointee_align,
        }
    }
}

impl FnAbi {
    pub(super) fn new(types: &Types<'_>, params: impl Iterator<Item = Ty>, result: Ty) -> FnAbi {
        FnAbi {
            params: params.map(|ty| Slot::new(types, ty)).collect(),
            result: Slot::new(types, result),
            returns: !result.is_never(),
        }
    }

    /// The convention of a function with this body.
    pub(super) fn of_body(types: &Types<'_>, body: &MonoBody) -> FnAbi {
        let params = (1..=body.arg_count).map(|index| body.locals[Local::from(index)].ty);
        FnAbi::new(types, params, body.locals[Local::RESULT].ty)
    }

    /// True when the result is written through the first parameter.
    pub(super) fn has_result_pointer(&self) -> bool {
        matches!(self.result.registers, Registers::Memory)
    }

    pub(super) fn llvm_type<'c>(&self, unit: &Unit<'c, '_>) -> FunctionType<'c> {
        let mut params: Vec<BasicMetadataTypeEnum<'c>> = Vec::new();
        if self.has_result_pointer() {
            params.push(unit.ptr.into());
        }
        for param in &self.params {
            match param.registers {
                Registers::None => {}
                Registers::One(part) => params.push(unit.register_type(part.scalar).into()),
                Registers::Two(a, b) => {
                    params.push(unit.register_type(a.scalar).into());
                    params.push(unit.register_type(b.scalar).into());
                }
                Registers::Memory => params.push(unit.ptr.into()),
            }
        }
        match self.result_type(unit) {
            Some(result) => result.fn_type(&params, false),
            None => unit.context.void_type().fn_type(&params, false),
        }
    }

    fn result_type<'c>(&self, unit: &Unit<'c, '_>) -> Option<BasicTypeEnum<'c>> {
        match self.result.registers {
            Registers::None | Registers::Memory => None,
            Registers::One(part) => Some(unit.register_type(part.scalar)),
            Registers::Two(a, b) => Some(unit.pair_type(a.scalar, b.scalar).into()),
        }
    }

    /// Adds what is true of parameters and result, to the function or to a call of it.
    pub(super) fn add_attributes<'c>(&self, unit: &Unit<'c, '_>, place: Place<'c>) {
        let mut index = 0;
        if self.has_result_pointer() {
            let at = AttributeLoc::Param(index);
            let bytes = unit.i8.array_type(self.result.size as u32);
            place.add(at, unit.type_attribute("sret", bytes.as_any_type_enum()));
            for name in ["noalias", "writable", "noundef"] {
                place.add(at, unit.attribute(name, 0));
            }
            place.add(at, unit.attribute("dereferenceable", self.result.size));
            place.add(at, unit.attribute("align", self.result.align));
            index += 1;
        }
        for param in &self.params {
            match param.registers {
                Registers::None => {}
                Registers::One(part) => {
                    add_part(unit, place, AttributeLoc::Param(index), part);
                    add_pointee(unit, place, AttributeLoc::Param(index), param);
                    index += 1;
                }
                Registers::Two(a, b) => {
                    add_part(unit, place, AttributeLoc::Param(index), a);
                    add_part(unit, place, AttributeLoc::Param(index + 1), b);
                    index += 2;
                }
                Registers::Memory => {
                    let at = AttributeLoc::Param(index);
                    for name in ["noalias", "readonly", "noundef"] {
                        place.add(at, unit.attribute(name, 0));
                    }
                    place.add(at, unit.attribute("dereferenceable", param.size));
                    place.add(at, unit.attribute("align", param.align));
                    index += 1;
                }
            }
        }
        if let Registers::One(part) = self.result.registers {
            add_part(unit, place, AttributeLoc::Return, part);
            add_pointee(unit, place, AttributeLoc::Return, &self.result);
        }
        if !self.returns {
            for name in ["noreturn", "cold"] {
                place.add(AttributeLoc::Function, unit.attribute(name, 0));
            }
        }
    }
}

fn add_part<'c>(unit: &Unit<'c, '_>, place: Place<'c>, at: AttributeLoc, part: Part) {
    if part.defined {
        place.add(at, unit.attribute("noundef", 0));
    }
}

fn add_pointee<'c>(unit: &Unit<'c, '_>, place: Place<'c>, at: AttributeLoc, slot: &Slot) {
    if slot.pointee > 0 {
        place.add(at, unit.attribute("nonnull", 0));
        place.add(at, unit.attribute("dereferenceable", slot.pointee));
        place.add(at, unit.attribute("align", slot.pointee_align));
    }
}

impl<'c> Unit<'c, '_> {
    /// Two parts as a result.
    pub(super) fn pair_type(&self, a: Scalar, b: Scalar) -> inkwell::types::StructType<'c> {
        let parts = [self.register_type(a), self.register_type(b)];
        self.context.struct_type(&parts, false)
    }
}

impl FnAbi {
    /// C widens small integers to 32 bits, by their sign.
    pub(super) fn add_c_extensions<'c>(
        &self,
        unit: &Unit<'c, '_>,
        function: inkwell::values::FunctionValue<'c>,
    ) {
        let extension = |slot: &Slot| match (slot.registers, slot.ty.kind()) {
            (Registers::One(part), TyKind::Int(int)) if part.scalar.bytes() < 4 => {
                Some(if int.is_signed() {
                    "signext"
                } else {
                    "zeroext"
                })
            }
            (Registers::One(part), _) if part.scalar == Scalar::Bool => Some("zeroext"),
            _ => None,
        };
        if let Some(name) = extension(&self.result) {
            function.add_attribute(AttributeLoc::Return, unit.attribute(name, 0));
        }
        let mut index = u32::from(self.has_result_pointer());
        for param in &self.params {
            if let Some(name) = extension(param) {
                function.add_attribute(AttributeLoc::Param(index), unit.attribute(name, 0));
            }
            index += match param.registers {
                Registers::None => 0,
                Registers::One(_) | Registers::Memory => 1,
                Registers::Two(..) => 2,
            };
        }
    }
}
