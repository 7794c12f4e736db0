//! Guards of locks: which are held at each point, and their release on every way out of what bound
//! them. A panic is not among the ways: taking a lock registers its release with the goroutine's
//! deferred calls.
//!
//! [`Lower::held`] is a stack. Whatever may bind a guard remembers its height, and releases down to
//! there at its end; `break`, `continue` and `return` release down to the height of their target
//! without taking anything off, since the code after them goes on with it.

use super::{Lower, Operand, Rvalue};
use crate::ir::{GenericCallee, Local, Place, Target};
use gos_sema::hir::{Expr, ExprKind};
use gos_sema::types::{Mutability, Ty, TyList};

impl Lower<'_> {
    /// The local holds a lock from here on, if its type is that of a guard.
    pub(super) fn hold(&mut self, local: Local, ty: Ty) {
        if self.program.is_guard(ty) {
            self.held.push(local);
        }
    }

    /// A guard that stands in no variable, if a call has just made one.
    pub(super) fn hold_temporary(&mut self, local: Local, expr: &Expr) {
        if matches!(expr.kind, ExprKind::Call { .. } | ExprKind::CallValue(..)) {
            self.hold(local, expr.ty);
        }
    }

    /// Releases what was taken since the stack had this height, newest first.
    pub(super) fn release_to(&mut self, height: usize) {
        self.release_on_this_way(height);
        self.held.truncate(height);
    }

    /// The same on one of several ways, while the locks stay held on the others.
    pub(super) fn release_on_this_way(&mut self, height: usize) {
        for at in (height..self.held.len()).rev() {
            let local = self.held[at];
            self.release(local);
        }
    }

    fn release(&mut self, local: Local) {
        let ty = self.b.body.locals[local].ty;
        let Some(fn_) = self.program.guard_release(ty) else {
            return;
        };
        let not = Mutability::Not;
        let reference = Rvalue::Ref(not, Place::from(local));
        let reference = self.b.compute(Ty::reference(ty, not), reference);
        let callee = GenericCallee::Fn {
            fn_,
            args: TyList::new(&[ty]),
        };
        let unit = self.unit();
        let args = vec![Operand::copy(reference)];
        self.b.call(Target::Direct(callee), args, unit);
    }

    /// Reads the place into a variable of its own, when it may lie behind a guard that is about to
    /// be released.
    pub(super) fn copy_out(&mut self, place: Place, ty: Ty, height: usize) -> Place {
        if self.held.len() <= height {
            return place;
        }
        let copy = self.materialize(ty);
        if !ty.is_unit() {
            self.b.assign(copy, Rvalue::Use(Operand::Copy(place)));
        }
        self.release_to(height);
        Place::from(copy)
    }
}
