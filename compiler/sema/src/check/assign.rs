//! Assignments.

use super::build::{self, expr, reference};
use super::destructure::{is_underscore, takes_apart};
use super::message::Why;
use super::obligation::Cause;
use super::operator::{is_primitive, is_unknown, works_on};
use super::operator_name::{assign_names, hir_op};
use super::place::is_place;
use super::{Checker, Expect};
use crate::hir::{Expr, ExprKind};
use crate::types::{InferVar, Mutability, TraitRef, Ty, TyKind, TyList};
use gos_diag::{Diagnostic, Span, codes};
use gos_syntax::ast::{self, BinOp};

impl Checker<'_> {
    /// `lhs = rhs`
    pub(super) fn check_assign(&mut self, lhs: &ast::Expr, rhs: &ast::Expr, span: Span) -> Expr {
        match &lhs.kind {
            _ if is_underscore(lhs) => {
                let value = self.check_value(rhs);
                return expr(Ty::unit(), span, ExprKind::Discard(Box::new(value)));
            }
            _ if takes_apart(lhs) => return self.assign_apart(lhs, rhs, span),
            ast::ExprKind::Index { base, index } => {
                if let Some(done) = self.insert_by_index(base, index, rhs, span) {
                    return done;
                }
            }
            _ => {}
        }
        let place = self.check_expr(lhs, Expect::Any);
        self.assign_to(place, rhs, span)
    }

    /// Assigns to a checked place.
    pub(super) fn assign_to(&mut self, place: Expr, rhs: &ast::Expr, span: Span) -> Expr {
        let place = self.make_mutable(place);
        let ty = self.shallow(place.ty);
        let why = Why::Assigned(place.span, self.declared_by(&place));
        let value = match ty.kind() {
            TyKind::Ref(..) => {
                let value = self.check_expr(rhs, Expect::Ty(ty));
                let value = self.behind_box(value, ty);
                self.rebind_only(&place, &value, ty);
                self.coerce(value, ty, why)
            }
            _ => self.check_coerce(rhs, ty, why),
        };
        self.store(place, value, span)
    }

    /// `cur = next` with a `Box` leads to what lies behind it, which the copy shares.
    fn behind_box(&mut self, value: Expr, ty: Ty) -> Expr {
        let (TyKind::Ref(wanted, Mutability::Not), TyKind::Box(inner, _)) =
            (ty.kind(), self.known(value.ty).kind())
        else {
            return value;
        };
        if self.resolve(*wanted) != self.resolve(*inner) {
            return value;
        }
        reference(build::deref(value, *inner), Mutability::Not)
    }

    /// A reference variable is bound anew by `r = e`, which takes only a reference.
    fn rebind_only(&mut self, place: &Expr, value: &Expr, ty: Ty) {
        let found = self.known(value.ty);
        let takes = matches!(
            found.kind(),
            TyKind::Ref(..) | TyKind::Error | TyKind::Never | TyKind::Infer(InferVar::Ty(_))
        );
        if takes {
            return;
        }
        let (found, shown) = (self.show(found), self.show(ty));
        let message = Diagnostic::error(
            codes::TYPE_MISMATCH,
            value.span,
            format!("expected `{shown}`, found `{found}`"),
        )
        .note("assigning to a reference variable makes it refer to something else");
        let local = match (&place.kind, self.frames.last()) {
            (ExprKind::Local(local), Some(frame)) => frame.locals.get(*local),
            _ => None,
        };
        let name = local.map_or("r", |local| local.name.as_str());
        let message = match (ty.kind(), local) {
            // Nothing is written through it, so a value does as well.
            (TyKind::Ref(to, Mutability::Not), Some(local)) => {
                let declared = format!("`{name}` is a reference since here");
                let to = self.show(*to);
                message.label(local.span, declared).help(format!(
                    "to hold values, declare it as one: `let mut {name}: {to} = …`"
                ))
            }
            _ => message.help(format!("to change what it refers to, write `*{name} = …`")),
        };
        self.report(message);
    }

    /// Stores a value that fits.
    pub(super) fn store(&mut self, place: Expr, value: Expr, span: Span) -> Expr {
        if place.ty.is_error() || matches!(place.kind, ExprKind::Error) {
            return Checker::error_expr(span);
        }
        self.require_place(&place, "assignment to");
        let kind = ExprKind::Assign(Box::new(place), Box::new(value));
        expr(Ty::unit(), span, kind)
    }

    /// Reports what is no place, or may not be changed.
    fn require_place(&mut self, place: &Expr, what: &str) {
        if is_place(place) {
            self.require_mutable(place, place.span, what);
            return;
        }
        let shown = self.show(place.ty);
        match place.kind {
            ExprKind::Field(..) | ExprKind::Index(..) => {
                let advice = self.advise_for_copy(place);
                self.report(
                    Diagnostic::error(
                        codes::CHANGE_OF_COPY,
                        place.span,
                        format!("{what} a part of a copy, which is then dropped"),
                    )
                    .help(advice),
                );
            }
            ExprKind::Const(id, _) => {
                let const_ = &self.program.consts[id];
                let message = format!("{what} the constant `{}`, which never changes", const_.name);
                let error = Diagnostic::error(codes::NOT_MUTABLE, place.span, message)
                    .label(const_.span, "declared here")
                    .help("state that changes is a `let mut`, or shared through `sync`");
                self.report(error);
            }
            _ => self.report(Diagnostic::error(
                codes::NOT_A_PLACE,
                place.span,
                format!("{what} a value of type `{shown}`, which is no variable, field or element"),
            )),
        }
    }

    /// `lhs += rhs`
    pub(super) fn check_assign_op(
        &mut self,
        op: BinOp,
        op_span: Span,
        lhs: &ast::Expr,
        rhs: &ast::Expr,
        span: Span,
    ) -> Expr {
        let place = self.check_expr(lhs, Expect::Any);
        let place = self.read(place);
        let shift = matches!(op, BinOp::Shl | BinOp::Shr);
        let hint = if shift {
            Expect::Any
        } else {
            Expect::Ty(self.known(place.ty))
        };
        let value = self.check_expr(rhs, hint);
        let value = self.read(value);
        let value_ty = self.known(value.ty);
        // An open place takes the type of the number that changes it: `*m.entry(k).or_default() += 1`.
        if !shift && is_unknown(self.known(place.ty)) && is_primitive(value_ty) {
            let _ = self.infer.try_unify(place.ty, value_ty);
        }
        let ty = self.must_know(place.ty, place.span);
        let place = self.make_mutable(place);
        if self.has_error(ty) || self.has_error(value_ty) {
            return Checker::error_expr(span);
        }
        if is_primitive(ty) {
            let same = shift || self.infer.try_unify(ty, value_ty).is_ok();
            if same && works_on(op, ty) && (!shift || is_primitive(value_ty)) {
                self.require_place(&place, "assignment to");
                let kind = ExprKind::AssignOp(hir_op(op), Box::new(place), Box::new(value));
                return expr(Ty::unit(), span, kind);
            }
        }
        self.assign_op_by_trait(op, op_span, place, value, span)
    }

    fn assign_op_by_trait(
        &mut self,
        op: BinOp,
        op_span: Span,
        place: Expr,
        value: Expr,
        span: Span,
    ) -> Expr {
        let (ty, value_ty) = (self.shallow(place.ty), self.shallow(value.ty));
        let (trait_name, method) = assign_names(op);
        if let Some(trait_) = self.program.lang.find_trait(trait_name)
            && let Some(fn_) = self.method_of(trait_, method)
        {
            // An impl for references to values takes a value too.
            for wanted in [value_ty, Ty::reference(value_ty, Mutability::Not)] {
                let args = TyList::new(&[ty, wanted]);
                let trait_ref = TraitRef { trait_, args };
                if !self.may_hold(trait_ref, span) {
                    continue;
                }
                self.require_trait(trait_ref, op_span, Cause::Plain);
                self.require_place(&place, "assignment to");
                let value = match wanted == value_ty {
                    true => value,
                    false => reference(value, Mutability::Not),
                };
                let receiver = reference(place, Mutability::Mut);
                return build::call(fn_, args, vec![receiver, value], Ty::unit(), span);
            }
        }
        // Without a trait for the compound form, `a += b` is `a = a + b`.
        let whole = self.binary(op, op_span, place.clone(), value, span);
        if whole.ty.is_error() {
            return Checker::error_expr(span);
        }
        let why = Why::Assigned(place.span, self.declared_by(&place));
        let whole = self.coerce(whole, ty, why);
        self.store(place, whole, span)
    }
}
