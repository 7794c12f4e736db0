//! Conversions that happen by themselves (language reference §2): between values and references,
//! to views, to trait objects, to callables; each becomes a node.

use super::Checker;
use super::build::{coercion, deref, expr, reference};
use super::cause::Declared;
use super::message::Why;
use super::obligation::Cause;
use crate::hir::{Arm, Coercion, Expr, ExprKind};
use crate::program::{FnId, Predicate};
use crate::types::{Abi, FnSig, InferVar, Mutability, TraitRef, Ty, TyKind, TyList};
use gos_diag::{Diagnostic, Span, codes};
use gos_syntax::ast;

use super::Expect;
use super::build::Std;

impl Checker<'_> {
    /// Checks an expression that must have the type `ty`.
    pub(super) fn check_coerce(&mut self, e: &ast::Expr, ty: Ty, why: Why) -> Expr {
        let value = self.check_expr(e, Expect::Ty(ty));
        self.coerce(value, ty, why)
    }

    /// Converts the value to the type, or reports that it does not fit.
    pub(super) fn coerce(&mut self, value: Expr, target: Ty, why: Why) -> Expr {
        let (span, actual) = (value.span, value.ty);
        let by = self.declared_by(&value);
        match self.try_coerce(value, target) {
            Some(converted) => converted,
            None => {
                self.report_coercion((actual, by), target, span, why);
                Expr {
                    ty: target,
                    ..Checker::error_expr(span)
                }
            }
        }
    }

    fn report_coercion(
        &mut self,
        (actual, by): (Ty, Option<Declared>),
        target: Ty,
        span: Span,
        why: Why,
    ) {
        let (found, wanted) = (self.resolve(actual), self.resolve(target));
        let TyKind::Ref(to, Mutability::Mut) = wanted.kind() else {
            return self.mismatch(wanted, (found, by), span, why);
        };
        let mut is_it = |ty: Ty| self.infer.probe(|table| table.unify(*to, ty).is_ok());
        let lends = match found.kind() {
            TyKind::Ref(of, Mutability::Not) => is_it(*of),
            _ => false,
        };
        if !lends && !is_it(found) {
            return self.mismatch(wanted, (found, by), span, why);
        }
        let shown = self.show(wanted);
        let error = Diagnostic::error(
            codes::NEEDS_MUT_REFERENCE,
            span,
            format!("expected `{shown}`: what may be changed is marked at the call"),
        );
        let text = self.texts.source_text(span).unwrap_or_default();
        self.report(match (lends, text.starts_with('&')) {
            (false, _) => error.suggest(span.at_start(), "&mut ", "write `&mut` in front of it"),
            (true, true) => {
                let sign = Span {
                    end: span.start + 1,
                    ..span
                };
                error.suggest(sign, "&mut ", "write `&mut` instead of `&`")
            }
            (true, false) => error.help("what `&` refers to is only read: take a `&mut` of it"),
        });
    }

    /// Converts the value if that is possible.
    pub(super) fn try_coerce(&mut self, value: Expr, target: Ty) -> Option<Expr> {
        let target = self.shallow(target);
        let actual = self.shallow(value.ty);
        if target.is_error() || actual.is_error() {
            return Some(value);
        }
        if matches!(target.kind(), TyKind::Infer(InferVar::Ty(_))) {
            return self.coerce_to_var(value, actual, target);
        }
        if self.infer.try_unify(actual, target).is_ok() {
            return Some(value);
        }
        if actual.is_never() {
            return Some(coercion(Coercion::Never, value, target));
        }
        if self.program.is_guard(actual)
            && !self.wants_guard(actual, target)
            && let Some(guarded) = self.deref_guard(&value, actual, value.span)
        {
            return self.try_coerce(guarded, target);
        }
        match target.kind() {
            TyKind::Dyn { .. } => self.coerce_to_dyn(value, actual, target),
            TyKind::FnObj(_) | TyKind::FnPtr(_) => self.coerce_to_callable(value, actual, target),
            TyKind::View(element, mutability) => {
                self.coerce_to_view(value, actual, *element, *mutability, target)
            }
            TyKind::Ref(to, mutability) => {
                self.coerce_to_ref(value, actual, *to, *mutability, target)
            }
            TyKind::Box(inner, _) => self.coerce_to_box(value, actual, *inner, target),
            _ => self.coerce_to_value(value, actual, target),
        }
    }

    /// A reference that meets an unsolved variable solves it to the type of its referent.
    fn coerce_to_var(&mut self, value: Expr, actual: Ty, target: Ty) -> Option<Expr> {
        match actual.kind() {
            TyKind::Never => {
                self.diverging.push(target);
                return Some(coercion(Coercion::Never, value, target));
            }
            TyKind::Ref(to, Mutability::Not) => {
                let copied = deref(value, *to);
                return self.try_coerce(copied, target);
            }
            TyKind::FnDef(..) | TyKind::Closure(..) | TyKind::FnPtr(_) | TyKind::FnObj(_) => {
                if let Some(wanted) = self.demanded_sig(target) {
                    let adapted = self.adapt_callable(value, wanted)?;
                    self.infer.try_unify(adapted.ty, target).ok()?;
                    return Some(adapted);
                }
            }
            _ => {}
        }
        self.infer.try_unify(actual, target).ok()?;
        Some(value)
    }

    fn coerce_to_dyn(&mut self, value: Expr, actual: Ty, target: Ty) -> Option<Expr> {
        let TyKind::Dyn {
            trait_,
            args,
            assocs,
        } = target.kind()
        else {
            return None;
        };
        let span = value.span;
        let mut self_ty = self.infer.apply_default(actual);
        if let TyKind::Ref(inner, _) | TyKind::Box(inner, _) = self_ty.kind() {
            if self.infer.try_unify(*inner, target).is_ok() {
                return Some(deref(value, target));
            }
            let is_pointer = matches!(
                self.shallow(*inner).kind(),
                TyKind::Ref(..) | TyKind::Box(_, _) | TyKind::Dyn { .. }
            );
            if is_pointer {
                return self.try_coerce(deref(value, *inner), target);
            }
            self_ty = *inner;
        }
        let mut trait_args = vec![self_ty];
        trait_args.extend(args.iter());
        let trait_ref = TraitRef {
            trait_: *trait_,
            args: TyList::new(&trait_args),
        };
        if !self.may_hold(trait_ref, span)
            && self.shallow(self_ty) == Ty::string()
            && self.program.lang.find_trait("error") == Some(*trait_)
        {
            let text = self.try_coerce(value, Ty::string())?;
            return Some(self.lang_call("error_from_string", &[], vec![text], span));
        }
        self.require_trait(trait_ref, span, Cause::Plain);
        for &(name, ty) in *assocs {
            let goal = Predicate::Projection {
                trait_ref,
                name,
                ty,
                span,
            };
            self.require(goal, span, Cause::Plain);
        }
        Some(coercion(Coercion::Dyn(*trait_), value, target))
    }

    fn coerce_to_callable(&mut self, value: Expr, actual: Ty, target: Ty) -> Option<Expr> {
        if let TyKind::Ref(inner, _) | TyKind::Box(inner, _) = actual.kind() {
            return self.try_coerce(deref(value, *inner), target);
        }
        let (wanted, how) = match target.kind() {
            TyKind::FnObj(sig) => (*sig, Coercion::FnObj),
            TyKind::FnPtr(sig) => (*sig, Coercion::FnPtr),
            _ => return None,
        };
        let is_for_c = how == Coercion::FnPtr && wanted.abi == Abi::C;
        let fits = match actual.kind() {
            TyKind::FnDef(fn_, _) if is_for_c => {
                return self.coerce_to_c_pointer(value, *fn_, wanted, target);
            }
            TyKind::Closure(..) if is_for_c => false,
            TyKind::FnDef(..) | TyKind::Closure(..) => true,
            TyKind::FnPtr(_) | TyKind::Param { .. } | TyKind::Opaque(..) => how == Coercion::FnObj,
            TyKind::FnObj(_) => how == Coercion::FnObj,
            _ => false,
        };
        if !fits {
            return None;
        }
        let plain = match actual.kind() {
            TyKind::Closure(id, _) if how == Coercion::FnPtr => Some((*id, value.span)),
            _ => None,
        };
        let adapted = self.adapt_callable(value, wanted)?;
        if self.infer.try_unify(adapted.ty, target).is_ok() {
            return Some(adapted);
        }
        self.plain_closures.extend(plain);
        Some(coercion(how, adapted, target))
    }

    /// C's calls cannot be adapted: the function must be C's, with this very signature.
    fn coerce_to_c_pointer(
        &mut self,
        value: Expr,
        fn_: FnId,
        wanted: FnSig,
        target: Ty,
    ) -> Option<Expr> {
        let declared = &self.program.fns[fn_];
        if !declared.is_c {
            return None;
        }
        let sig = declared.sig;
        let same = sig.params.len() == wanted.params.len()
            && self
                .infer
                .attempt(|table| table.unify_sigs(sig, wanted))
                .is_ok();
        same.then(|| coercion(Coercion::FnPtr, value, target))
    }

    fn coerce_to_view(
        &mut self,
        value: Expr,
        actual: Ty,
        element: Ty,
        mutability: Mutability,
        target: Ty,
    ) -> Option<Expr> {
        let read_only = mutability == Mutability::Not;
        match actual.kind() {
            TyKind::View(own, Mutability::Mut) if read_only => {
                self.infer.try_unify(*own, element).ok()?;
                Some(coercion(Coercion::View, value, target))
            }
            TyKind::Vec(own) if read_only => {
                self.infer.try_unify(*own, element).ok()?;
                Some(coercion(Coercion::View, value, target))
            }
            TyKind::Array(own, _) if read_only => {
                self.infer.try_unify(*own, element).ok()?;
                let place = reference(value, Mutability::Not);
                Some(coercion(Coercion::View, place, target))
            }
            TyKind::Ref(inner, own_mutability) => {
                let inner = self.shallow(*inner);
                match inner.kind() {
                    TyKind::Vec(own) | TyKind::Array(own, _)
                        if read_only || *own_mutability == Mutability::Mut =>
                    {
                        self.infer.try_unify(*own, element).ok()?;
                        Some(coercion(Coercion::View, value, target))
                    }
                    TyKind::Vec(_) | TyKind::Array(..) => None,
                    _ => self.try_coerce(deref(value, inner), target),
                }
            }
            TyKind::Box(inner, _) => self.try_coerce(deref(value, *inner), target),
            _ => None,
        }
    }

    fn coerce_to_ref(
        &mut self,
        value: Expr,
        actual: Ty,
        to: Ty,
        mutability: Mutability,
        target: Ty,
    ) -> Option<Expr> {
        if let TyKind::Ref(own, own_mutability) = actual.kind() {
            if mutability == Mutability::Mut && *own_mutability == Mutability::Not {
                return None;
            }
            if self.infer.try_unify(*own, to).is_ok() {
                return Some(coercion(Coercion::Reinterpret, value, target));
            }
            let own = self.shallow(*own);
            return match own.kind() {
                TyKind::Ref(..) => self.try_coerce(deref(value, own), target),
                TyKind::Box(inner, _) => {
                    let inner = *inner;
                    if let TyKind::Box(wanted, _) = self.shallow(to).kind()
                        && !self.may_be_boxed_anew(inner, *wanted)
                    {
                        return None;
                    }
                    let place = deref(deref(value, own), inner);
                    let again = reference(place, mutability);
                    self.try_coerce(again, target)
                }
                _ => {
                    let converted = self.try_coerce(value, to)?;
                    Some(reference(converted, mutability))
                }
            };
        }
        if mutability == Mutability::Mut {
            return None;
        }
        if let TyKind::Box(inner, _) = actual.kind()
            && self.infer.try_unify(*inner, to).is_ok()
        {
            return Some(reference(deref(value, *inner), Mutability::Not));
        }
        let converted = self.try_coerce(value, to)?;
        Some(reference(converted, Mutability::Not))
    }

    fn coerce_to_box(&mut self, value: Expr, actual: Ty, inner: Ty, target: Ty) -> Option<Expr> {
        if let TyKind::Ref(own, _) = actual.kind()
            && matches!(self.shallow(*own).kind(), TyKind::Box(_, _))
        {
            return self.try_coerce(deref(value, *own), target);
        }
        if let TyKind::Box(own, _) = actual.kind()
            && !self.may_be_boxed_anew(*own, inner)
        {
            return None;
        }
        let span = value.span;
        let content = self.try_coerce(value, inner)?;
        Some(expr(target, span, ExprKind::BoxNew(Box::new(content))))
    }

    /// What is in a box is not converted on the way into another one; only objects and callables
    /// are made of boxes, and boxes of boxes.
    fn may_be_boxed_anew(&mut self, own: Ty, inner: Ty) -> bool {
        let is_made_of_boxes = matches!(
            self.shallow(inner).kind(),
            TyKind::Dyn { .. } | TyKind::FnObj(_) | TyKind::FnPtr(_) | TyKind::Box(..)
        );
        is_made_of_boxes || self.infer.try_unify(own, inner).is_ok()
    }

    fn coerce_to_value(&mut self, value: Expr, actual: Ty, target: Ty) -> Option<Expr> {
        match actual.kind() {
            TyKind::Ref(inner, _) | TyKind::Box(inner, _) => {
                self.try_coerce(deref(value, *inner), target)
            }
            TyKind::Adt(..) => self.coerce_payload(value, target),
            _ => None,
        }
    }

    /// `Option` and `Result` of `T` and of `&T` accept each other.
    fn coerce_payload(&mut self, value: Expr, target: Ty) -> Option<Expr> {
        let span = value.span;
        if let (Some(from), Some(to)) = (self.as_option(value.ty), self.as_option(target)) {
            self.differ_by_reference(from, to)?;
            let some = self.payload_arm(Std::Some, from, Some(to), value.ty, target, span)?;
            let none = Arm {
                pat: self.std_pat(Std::None, None, value.ty, span),
                guard: None,
                body: self.std_value(Std::None, None, target, span),
            };
            return Some(self.payload_match(value, vec![some, none], target));
        }
        let (from, from_error) = self.as_result(value.ty)?;
        let (to, to_error) = self.as_result(target)?;
        self.differ_by_reference(from, to)?;
        self.infer.try_unify(from_error, to_error).ok()?;
        let ok = self.payload_arm(Std::Ok, from, Some(to), value.ty, target, span)?;
        let err = self.payload_arm(Std::Err, from_error, None, value.ty, target, span)?;
        Some(self.payload_match(value, vec![ok, err], target))
    }

    fn differ_by_reference(&mut self, from: Ty, to: Ty) -> Option<()> {
        if let TyKind::Ref(inner, _) | TyKind::Box(inner, _) = self.shallow(from).kind()
            && self.infer.try_unify(*inner, to).is_ok()
        {
            return Some(());
        }
        match self.shallow(to).kind() {
            TyKind::Ref(inner, Mutability::Not) | TyKind::Box(inner, _) => {
                self.infer.try_unify(from, *inner).ok()
            }
            _ => None,
        }
    }

    fn payload_arm(
        &mut self,
        which: Std,
        from: Ty,
        to: Option<Ty>,
        value_ty: Ty,
        target: Ty,
        span: Span,
    ) -> Option<Arm> {
        let temp = self.temp(from, span);
        let read = super::build::local(temp, from, span);
        let converted = match to {
            Some(to) => self.try_coerce(read, to)?,
            None => read,
        };
        let inner = super::build::binding(temp, from, span);
        Some(Arm {
            pat: self.std_pat(which, Some(inner), value_ty, span),
            guard: None,
            body: self.std_value(which, Some(converted), target, span),
        })
    }

    fn payload_match(&mut self, value: Expr, arms: Vec<Arm>, target: Ty) -> Expr {
        let span = value.span;
        // What the compiler boxed by itself, it unboxes by itself.
        if !self.payload_has_box(value.ty) && !self.payload_has_box(target) {
            self.hint_payload(value.ty, target, span);
        }
        let scrutinee = Box::new(value);
        expr(target, span, ExprKind::Match { scrutinee, arms })
    }

    fn payload_has_box(&self, ty: Ty) -> bool {
        let payload = self.as_option(ty).or(self.as_result(ty).map(|(ok, _)| ok));
        payload.is_some_and(|ty| matches!(self.shallow(ty).kind(), TyKind::Box(_, _)))
    }

    fn hint_payload(&mut self, from: Ty, to: Ty, span: Span) {
        let (from, to) = (self.show(from), self.show(to));
        self.report(
            Diagnostic::hint(
                codes::OPTION_OF_REFERENCE,
                span,
                format!("`{from}` is taken as `{to}`: what is inside is converted"),
            )
            .note("accessors give values, so `cloned` and `copied` are rarely needed"),
        );
    }
}
