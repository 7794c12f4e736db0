//! Guards of locks stand for the value behind the lock (language reference §11, `sync`): wherever
//! something else than the guard itself is wanted, its `deref_target` is called.

use super::Checker;
use super::build::{call, deref, reference};
use crate::hir::{Expr, ExprKind};
use crate::types::{Mutability, Ty, TyKind};
use gos_diag::{Span, Symbol};

impl Checker<'_> {
    /// What a library guard (a type with `deref_target(&self) -> &mut T`) stands for.
    pub(super) fn deref_guard(&mut self, value: &Expr, ty: Ty, span: Span) -> Option<Expr> {
        let TyKind::Adt(..) = ty.kind() else {
            return None;
        };
        let name = Checker::symbol("deref_target");
        let index = self.index;
        for &(impl_, fn_) in index.inherent_fns(name) {
            if let Some(args) = self.match_impl(impl_, ty) {
                let result = self.fn_sig(fn_, args, span).result;
                let TyKind::Ref(to, _) = self.shallow(result).kind() else {
                    return None;
                };
                // What is done through the guard is done with the variable.
                if let ExprKind::Local(local) = value.kind {
                    self.note_mutation(local);
                }
                let receiver = reference(value.clone(), Mutability::Not);
                let call = call(fn_, args, vec![receiver], result, span);
                return Some(deref(call, *to));
            }
        }
        None
    }

    /// The value, or what it stands for if it is a guard.
    pub(super) fn through_guard(&mut self, value: Expr) -> Expr {
        let ty = self.shallow(value.ty);
        if !self.program.is_guard(ty) {
            return value;
        }
        let span = value.span;
        self.deref_guard(&value, ty, span).unwrap_or(value)
    }

    /// Whether a reference to the guard itself is asked for.
    pub(super) fn wants_guard(&mut self, guard: Ty, target: Ty) -> bool {
        match target.kind() {
            TyKind::Ref(to, _) => {
                let to = self.shallow(*to);
                self.infer.probe(|table| table.unify(to, guard).is_ok())
            }
            _ => false,
        }
    }

    /// Whether a method of this name is the guard's own.
    pub(super) fn is_guard_method(&mut self, ty: Ty, name: Symbol) -> bool {
        let index = self.index;
        let mut own = index.inherent_fns(name).iter();
        own.any(|&(impl_, _)| self.match_impl(impl_, ty).is_some())
    }
}
