//! Types of places and operands.

use super::function::FnCx;
use gos_mir::ir::{Callee, Constant, Operand, Place, Projection};
use gos_sema::program::VariantIdx;
use gos_sema::types::Ty;

impl FnCx<'_, '_, '_> {
    pub(super) fn place_type(&self, place: &Place) -> Ty {
        let types = self.unit.types;
        let mut ty = self.body.locals[place.local].ty;
        let mut variant: Option<VariantIdx> = None;
        for step in &place.projection {
            match *step {
                Projection::Deref => ty = types.pointee(ty),
                Projection::Field(field) => ty = types.field(ty, variant, field),
                Projection::Variant(index) => {
                    variant = Some(index);
                    continue;
                }
                Projection::Index(_) | Projection::ConstIndex(_) => ty = types.element(ty),
            }
            variant = None;
        }
        ty
    }

    pub(super) fn operand_type(&self, operand: &Operand<Callee>) -> Ty {
        match operand {
            Operand::Copy(place) => self.place_type(place),
            Operand::Constant(constant) => match constant {
                Constant::Int(_, ty)
                | Constant::Float(_, ty)
                | Constant::ZeroSized(ty)
                | Constant::FnPtr(_, ty)
                | Constant::Named(_, _, ty)
                | Constant::Static(_, ty) => *ty,
                Constant::Str(_) => Ty::string(),
                Constant::Value(value) => value.ty,
            },
        }
    }
}
