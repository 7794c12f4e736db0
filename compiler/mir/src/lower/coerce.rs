//! Changes of representation.

use super::{Lower, Operand, Rvalue};
use crate::ir::{Constant, GenericCallee, Place};
use gos_sema::hir::{Coercion, Expr};
use gos_sema::types::{Ty, TyKind};

impl Lower<'_> {
    pub(super) fn coerce(&mut self, destination: &Place, ty: Ty, coercion: Coercion, inner: &Expr) {
        match coercion {
            Coercion::Never => self.effect(inner),
            Coercion::Dyn(_) => self.coerce_object(destination, ty, inner),
            Coercion::FnObj => {
                let env = Some(self.operand(inner));
                let callee = GenericCallee::OfValue(inner.ty);
                let object = Rvalue::FnObj { callee, env, ty };
                self.b.assign(destination.clone(), object);
            }
            Coercion::FnPtr => {
                self.effect(inner);
                let callee = GenericCallee::OfValue(inner.ty);
                let pointer = Operand::Constant(Constant::FnPtr(callee, ty));
                self.b.assign(destination.clone(), Rvalue::Use(pointer));
            }
            Coercion::View => self.coerce_view(destination, ty, inner),
            Coercion::Reinterpret => {
                let operand = self.operand(inner);
                self.b
                    .assign(destination.clone(), Rvalue::Reinterpret(operand, ty));
            }
        }
    }

    /// A reference or box already points at the value; anything else is put into a cell.
    fn coerce_object(&mut self, destination: &Place, ty: Ty, inner: &Expr) {
        let operand = self.operand(inner);
        let (pointer, concrete) = match inner.ty.kind() {
            TyKind::Ref(to, _) | TyKind::Box(to, _) => (operand, *to),
            _ => {
                let cell = Rvalue::BoxNew(operand, inner.ty);
                let cell = self.b.compute(Ty::boxed(inner.ty), cell);
                (Operand::copy(cell), inner.ty)
            }
        };
        let object = Rvalue::Dyn {
            pointer,
            concrete,
            ty,
        };
        self.b.assign(destination.clone(), object);
    }

    fn coerce_view(&mut self, destination: &Place, ty: Ty, inner: &Expr) {
        let base = match inner.ty.kind() {
            TyKind::View(..) => {
                let view = self.operand(inner);
                self.b
                    .assign(destination.clone(), Rvalue::Reinterpret(view, ty));
                return;
            }
            TyKind::Ref(..) | TyKind::Box(_, _) => self.place(inner).deref(),
            _ => self.place(inner),
        };
        let length = self.b.compute(Ty::usize(), Rvalue::Length(base.clone()));
        self.slice_unchecked(destination, ty, base, (None, Operand::copy(length)));
    }
}
