//! Places: from a local and a way to an address.

use super::function::FnCx;
use super::memory::Access;
use super::value::Value;
use crate::error::{Emit, invalid};
use crate::layout::Shape;
use gos_abi::layout::{VEC_BUFFER_OFFSET, VEC_LENGTH_OFFSET};
use gos_mir::ir::{Local, Place, Projection};
use gos_sema::program::{FieldIdx, VariantIdx};
use gos_sema::types::{Ty, TyKind};
use inkwell::values::{BasicValue, IntValue, PointerValue};

/// An address and what lies there.
#[derive(Clone, Copy)]
pub(super) struct Spot<'c> {
    pub(super) address: PointerValue<'c>,
    pub(super) ty: Ty,
    pub(super) access: Access,
    /// References to it may exist: what is assigned to it may be looked at through them.
    pub(super) shared: bool,
    variant: Option<VariantIdx>,
    /// What lies there, for a local without a slot; the address is then none.
    held: Option<Value<'c>>,
}

impl<'c> FnCx<'_, 'c, '_> {
    /// Walks to a place.
    pub(super) fn spot(&self, place: &Place) -> Emit<Spot<'c>> {
        let mut spot = Spot {
            address: self.local_address(place.local)?,
            ty: self.body.locals[place.local].ty,
            access: Access::Local,
            shared: !self.is_private(place.local),
            variant: None,
            held: None,
        };
        if self.is_single(place.local) {
            spot.held = Some(self.single(place.local)?);
        }
        for step in &place.projection {
            spot = self.step(spot, *step)?;
        }
        Ok(spot)
    }

    pub(super) fn spot_of_local(&self, local: Local) -> Emit<Spot<'c>> {
        self.spot(&Place::from(local))
    }

    /// A value in a slot of the frame.
    pub(super) fn spot_at(&self, address: PointerValue<'c>, ty: Ty) -> Spot<'c> {
        Spot {
            address,
            ty,
            access: Access::Local,
            shared: false,
            variant: None,
            held: None,
        }
    }

    /// What lies at a spot; a large value stays there.
    pub(super) fn load_spot(&self, spot: Spot<'c>) -> Emit<Value<'c>> {
        match spot.held {
            Some(value) => Ok(value),
            None => self.load(spot.address, spot.ty, spot.access),
        }
    }

    fn step(&self, spot: Spot<'c>, step: Projection) -> Emit<Spot<'c>> {
        match step {
            Projection::Deref => {
                let address = self.load_spot(spot)?.pointer()?;
                Ok(Spot {
                    address,
                    ty: self.unit.types.pointee(spot.ty),
                    access: Access::Typed,
                    shared: true,
                    variant: None,
                    held: None,
                })
            }
            Projection::Variant(variant) => Ok(Spot {
                variant: Some(variant),
                access: match spot.access {
                    Access::Typed => Access::Variant,
                    other => other,
                },
                ..spot
            }),
            Projection::Field(field) => self.field(spot, field),
            Projection::Index(local) => {
                let index = self.spot_of_local(local)?;
                let index = self.load_spot(index)?.int()?;
                self.element(spot, index)
            }
            Projection::ConstIndex(index) => {
                self.element(spot, self.unit.i64.const_int(index, false))
            }
        }
    }

    fn field(&self, spot: Spot<'c>, field: FieldIdx) -> Emit<Spot<'c>> {
        let layout = self.layout(spot.ty);
        let offset = match &layout.shape {
            Shape::Fields(offsets) => offsets.get(field.index()),
            Shape::Enum(layout) => {
                let variant = spot.variant.unwrap_or(VariantIdx(0));
                let offsets = layout.variants.get(variant.index());
                offsets.and_then(|offsets| offsets.get(field.index()))
            }
            Shape::Primitive | Shape::Array { .. } => None,
        };
        let Some(&offset) = offset else {
            return invalid(format!("no field {field:?} in {:?}", spot.ty));
        };
        Ok(Spot {
            address: self.offset(spot.address, offset)?,
            ty: self.unit.types.field(spot.ty, spot.variant, field),
            access: spot.access,
            shared: spot.shared,
            variant: None,
            held: None,
        })
    }

    /// An element of an array, `Vec`, view or string.
    pub(super) fn element(&self, spot: Spot<'c>, index: IntValue<'c>) -> Emit<Spot<'c>> {
        let ty = self.unit.types.element(spot.ty);
        let (base, access, shared) = match spot.ty.kind() {
            TyKind::Array(..) => (spot.address, spot.access, spot.shared),
            _ => (self.elements(spot)?, Access::Typed, true),
        };
        Ok(Spot {
            address: self.element_address(base, index, self.layout(ty).size)?,
            ty,
            access,
            shared,
            variant: None,
            held: None,
        })
    }

    /// The address of element 0.
    pub(super) fn elements(&self, spot: Spot<'c>) -> Emit<PointerValue<'c>> {
        match spot.ty.kind() {
            TyKind::Array(..) => Ok(spot.address),
            TyKind::Vec(_) => {
                let cell = self.load_spot(spot)?.pointer()?;
                self.vec_buffer(cell)
            }
            TyKind::View(..) | TyKind::String => Ok(self.load_spot(spot)?.fat()?.0),
            _ => invalid(format!("{:?} has no elements", spot.ty)),
        }
    }

    /// The buffer of a `Vec` by its cell.
    pub(super) fn vec_buffer(&self, cell: PointerValue<'c>) -> Emit<PointerValue<'c>> {
        let address = self.offset(cell, VEC_BUFFER_OFFSET)?;
        let buffer = self.b.build_load(self.unit.ptr, address, "")?;
        self.tag_header(buffer.as_instruction_value());
        Value::One(buffer).pointer()
    }

    /// The length of a `Vec` by its cell.
    pub(super) fn vec_length(&self, cell: PointerValue<'c>) -> Emit<IntValue<'c>> {
        let address = self.offset(cell, VEC_LENGTH_OFFSET)?;
        let length = self.b.build_load(self.unit.i64, address, "")?;
        self.tag_header(length.as_instruction_value());
        self.note(length, self.unit.kinds.range, &[(0, 64), (1 << 63, 64)]);
        self.note(length, self.unit.kinds.noundef, &[]);
        Value::One(length).int()
    }

    fn tag_header(&self, instruction: Option<inkwell::values::InstructionValue<'c>>) {
        if let Some(instruction) = instruction {
            let _ = instruction.set_metadata(self.unit.alias.header, self.unit.kinds.tbaa);
        }
    }

    /// The number of elements, a `usize`.
    pub(super) fn length(&self, place: &Place) -> Emit<IntValue<'c>> {
        let spot = self.spot(place)?;
        match spot.ty.kind() {
            TyKind::Array(_, length) => {
                let length = crate::layout::array_length(*length);
                Ok(self.unit.i64.const_int(length, false))
            }
            TyKind::Vec(_) => {
                let cell = self.load_spot(spot)?.pointer()?;
                self.vec_length(cell)
            }
            TyKind::View(..) | TyKind::String => Ok(self.load_spot(spot)?.fat()?.1),
            _ => invalid(format!("{:?} has no length", spot.ty)),
        }
    }
}
