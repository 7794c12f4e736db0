//! Method calls.

use super::build::{coercion, deref, reference};
use super::call::Arg;
use super::foreign_member;
use super::place::is_place;
use super::probe::{Missing, Pick};
use super::{Checker, Expect};
use crate::hir::{Coercion, Expr, ExprKind};
use crate::program::Receiver;
use crate::resolve::closest;
use crate::types::{Mutability, Ty, TyKind};
use gos_diag::{Diagnostic, Span, Symbol, codes};
use gos_syntax::ast::{self, GenericArgs, Ident};

/// A method call without its receiver.
#[derive(Clone, Copy, Debug)]
pub(super) struct MethodSyntax<'e> {
    pub method: Ident,
    pub generics: Option<&'e GenericArgs>,
    pub args: &'e [ast::Expr],
    pub span: Span,
}

impl Checker<'_> {
    pub(super) fn check_method_call(
        &mut self,
        receiver: &ast::Expr,
        call: &MethodSyntax<'_>,
        expect: Expect,
    ) -> Expr {
        let args = call.args.iter().map(Arg::Syntax).collect();
        if self.is_dotted_name(receiver, call.method) {
            self.check_args_loosely(args);
            return Checker::error_expr(call.span);
        }
        let is_list = matches!(
            receiver.kind,
            ast::ExprKind::Array(_) | ast::ExprKind::Repeat { .. }
        );
        let wanted = match call.method.name == "into" && is_list {
            true => self.expected_known(expect),
            false => None,
        };
        let receiver = match wanted.and_then(|wanted| self.literal_into(wanted)) {
            Some(array) => self.check_expr(receiver, Expect::Ty(array)),
            None => self.check_value(receiver),
        };
        self.call_method(receiver, call, args, expect)
    }

    /// Calls a method on a checked receiver with the given arguments.
    pub(super) fn call_method(
        &mut self,
        receiver: Expr,
        call: &MethodSyntax<'_>,
        args: Vec<Arg<'_>>,
        expect: Expect,
    ) -> Expr {
        let name = call.method.name;
        let steps = self.deref_steps(receiver.ty, receiver.span);
        if steps.last().is_some_and(|ty| ty.is_error()) {
            self.check_args_loosely(args);
            return Checker::error_expr(call.span);
        }
        if steps.first().is_some_and(|ty| ty.is_never()) {
            self.check_args_loosely(args);
            return coercion(Coercion::Never, receiver, Ty::error());
        }
        // A guard has few methods of its own; all others are those of its value.
        if let Some(&last) = steps.last()
            && self.program.is_guard(last)
            && !self.is_guard_method(last, name)
        {
            let place = apply_derefs(receiver.clone(), &steps, steps.len() - 1);
            if let Some(inner) = self.deref_guard(&place, last, call.span) {
                return self.call_method(inner, call, args, expect);
            }
        }
        let found = self.probe_method(&steps, name, call.span);
        let pick = match found {
            Ok(pick) => pick,
            Err(missing) => {
                if self.writes_through_slice(&receiver, name, call.span) {
                    let receiver = self.slice_as(receiver, true);
                    return self.call_method(receiver, call, args, expect);
                }
                if let Some(value) = self.own_conversion(&receiver, name, &args, expect) {
                    return value;
                }
                if !self.is_damaged(receiver.span) {
                    let before = self.diagnostics.len();
                    self.report_missing(&steps, call, missing);
                    self.add_cause(before, &receiver);
                }
                self.check_args_loosely(args);
                return Checker::error_expr(call.span);
            }
        };
        self.names
            .note_method(self.module, pick.fn_, call.method.span);
        if self.trait_of(pick.fn_).is_none() {
            self.check_fn_visible(pick.fn_, call.method.span);
        }
        if name == "into"
            && let Some(value) = self.convert_into(&receiver, &pick, expect)
        {
            return value;
        }
        let receiver = self.adjust_receiver(receiver, &steps, &pick, call);
        let args_ty = self.fn_args(pick.fn_, pick.parent_args, call.generics);
        let mut all = vec![Arg::Checked(receiver)];
        all.extend(args);
        self.call_fn(pick.fn_, args_ty, all, call.span, expect)
    }

    /// Whether `v[a..b].method()` means the method of a view that writes: `v[1..].sort()`.
    fn writes_through_slice(&mut self, receiver: &Expr, name: Symbol, span: Span) -> bool {
        let TyKind::View(element, Mutability::Not) = self.shallow(receiver.ty).kind() else {
            return false;
        };
        if !matches!(receiver.kind, ExprKind::Slice { .. }) {
            return false;
        }
        let steps = [Ty::view(*element, Mutability::Mut)];
        self.probe_method(&steps, name, span).is_ok()
    }

    /// Dereferences, views and references the receiver as the method wants it.
    fn adjust_receiver(
        &mut self,
        receiver: Expr,
        steps: &[Ty],
        pick: &Pick,
        call: &MethodSyntax<'_>,
    ) -> Expr {
        let own = receiver.clone();
        let mut place = apply_derefs(receiver, steps, pick.derefs);
        let wants = self.program.fns[pick.fn_].receiver;
        let changes = wants == Some(Receiver::RefMut) || pick.view == Some(Mutability::Mut);
        // The reference itself serves where it already is what the method takes.
        if pick.view.is_none()
            && pick.derefs > 0
            && let TyKind::Ref(_, mutability) = steps[pick.derefs - 1].kind()
        {
            let pointer = apply_derefs(own, steps, pick.derefs - 1);
            match (wants, mutability) {
                (Some(Receiver::RefMut), Mutability::Mut) => {
                    let place = deref(pointer, steps[pick.derefs]);
                    let place = self.make_mutable(place);
                    return reference(place, Mutability::Mut);
                }
                (Some(Receiver::Ref), Mutability::Not) => return pointer,
                _ => {}
            }
        }
        if changes {
            place = self.make_mutable(place);
            let allowed = self.may_change_receiver(&place, pick, call);
            if !allowed {
                return Expr {
                    ty: Ty::error(),
                    ..place
                };
            }
        }
        if let Some(mutability) = pick.view {
            let element = match steps[pick.derefs].kind() {
                TyKind::Vec(element) | TyKind::Array(element, _) | TyKind::View(element, _) => {
                    *element
                }
                _ => Ty::error(),
            };
            let source = match steps[pick.derefs].kind() {
                TyKind::View(..) => place,
                TyKind::Vec(_) if mutability == Mutability::Not => place,
                _ => reference(place, mutability),
            };
            place = coercion(Coercion::View, source, Ty::view(element, mutability));
        }
        match wants {
            Some(Receiver::Ref) => reference(place, Mutability::Not),
            Some(Receiver::RefMut) => reference(place, Mutability::Mut),
            Some(Receiver::Value) | None => place,
        }
    }

    fn may_change_receiver(&mut self, place: &Expr, pick: &Pick, call: &MethodSyntax<'_>) -> bool {
        let name = call.method.name;
        if is_place(place) {
            // `&mut dyn Trait` is the object itself; what lies behind it is shared by all copies.
            if matches!(self.shallow(place.ty).kind(), TyKind::Dyn { .. }) {
                self.note_change_through(place);
                return true;
            }
            // An iterator or other handle that is no variable's own is changed where it is.
            return self.require_mutable(place, call.method.span, &format!("`{name}` changes"));
        }
        let result = self.program.fns[pick.fn_].sig.result;
        if result.is_unit() && !self.is_handle(place.ty) {
            let shown = self.show(place.ty);
            let advice = self.advise_for_copy(place);
            self.report(
                Diagnostic::error(
                    codes::CHANGE_OF_COPY,
                    call.method.span,
                    format!("`{name}` would change a copy, which is then dropped"),
                )
                .label(place.span, format!("this is a fresh `{shown}`"))
                .help(advice),
            );
            return false;
        }
        true
    }

    /// `.into()` from a text to `Error`, which no implementation of `From` gives.
    fn convert_into(&mut self, receiver: &Expr, pick: &Pick, expect: Expect) -> Option<Expr> {
        let wanted = self.expected_known(expect)?;
        let TyKind::Dyn { trait_, .. } = wanted.kind() else {
            return None;
        };
        let _ = pick;
        if self.program.lang.find_trait("error") != Some(*trait_) {
            return None;
        }
        self.try_coerce(receiver.clone(), wanted)
    }

    /// `copied`, `as_ref` and the like on a value that has none: they change nothing. `clone` of
    /// what no implementation covers copies bits.
    fn own_conversion(
        &mut self,
        receiver: &Expr,
        name: Symbol,
        args: &[Arg<'_>],
        expect: Expect,
    ) -> Option<Expr> {
        if !args.is_empty() {
            return None;
        }
        match name.as_str() {
            "copied" | "as_ref" | "as_str" | "as_deref" | "as_slice" => Some(receiver.clone()),
            "clone" | "cloned" | "to_owned" => {
                let ty = self.through_references(receiver.ty);
                let span = receiver.span;
                let place = self.try_coerce(receiver.clone(), ty)?;
                let taken = reference(place, Mutability::Not);
                Some(self.lang_call("clone_copy", &[ty], vec![taken], span))
            }
            "into" => {
                let wanted = self.expected_known(expect)?;
                self.try_coerce(receiver.clone(), wanted)
            }
            _ => None,
        }
    }

    fn report_missing(&mut self, steps: &[Ty], call: &MethodSyntax<'_>, missing: Missing) {
        let ident = call.method;
        let name = ident.name;
        let ty = steps.last().copied().unwrap_or_else(Ty::error);
        let shown = self.show(ty);
        let error = match missing {
            Missing::NoReceiver(fn_) => {
                let at = self.program.fns[fn_].span;
                Diagnostic::error(
                    codes::UNKNOWN_METHOD,
                    ident.span,
                    format!("`{name}` has no receiver, so it is not called on a value"),
                )
                .label(at, "declared here")
                .help(format!("write `{shown}::{name}(…)`"))
            }
            Missing::Ambiguous(traits) => {
                let names: Vec<String> = traits
                    .iter()
                    .map(|&trait_| format!("`{}`", self.program.traits[trait_].name))
                    .collect();
                Diagnostic::error(
                    codes::AMBIGUOUS_NAME,
                    ident.span,
                    format!("several traits give `{name}`: {}", names.join(", ")),
                )
                .help("name the trait: `Trait::method(value)`")
            }
            Missing::Unknown => self.unknown_method(ty, &shown, ident, call.span),
        };
        self.report(error);
    }

    fn unknown_method(&mut self, ty: Ty, shown: &str, ident: Ident, call_span: Span) -> Diagnostic {
        let name = ident.name;
        let mut error = Diagnostic::error(
            codes::UNKNOWN_METHOD,
            ident.span,
            format!("`{shown}` has no method `{name}`"),
        )
        .cause(&format!("member {name} of {}", self.head_of(ty)));
        if let Some(field_ty) = self.find_field_ty(ty, name) {
            let field = self.show(field_ty);
            return match self.callable_sig(field_ty, ident.span) {
                Some(_) => error.help(format!(
                    "the field `{name}` holds a function: write `(value.{name})(…)`"
                )),
                None => {
                    let error = error.note(format!("`{name}` is a field of type `{field}`"));
                    let parentheses = gos_diag::Span {
                        start: ident.span.end,
                        end: call_span.end,
                        ..ident.span
                    };
                    match parentheses.len() {
                        2 => error.suggest(parentheses, "", "leave the parentheses out"),
                        _ => error,
                    }
                }
            };
        }
        if let Some(error) = self.unmet_bound(ty, ident) {
            return error;
        }
        let members = self.member_names(ty);
        if let Some(found) = closest(name, members) {
            return error.suggest_maybe(
                ident.span,
                found.as_str(),
                format!("did you mean `{found}`?"),
            );
        }
        if let Some(help) = foreign_member::of_value(name.as_str()) {
            error = error.help(help);
        }
        if self.is_of_iterators(name) && self.can_be_walked(ty, ident.span) {
            return error.help(format!("walk it first: `.into_iter().{name}(…)`"));
        }
        let index = self.index;
        let in_scope = self.names.traits_in_scope(self.program, self.module);
        for &(trait_, _) in index.trait_fns(name) {
            if !in_scope.contains(&trait_) {
                let owner = &self.program.traits[trait_];
                let path = &self.program.modules[owner.module].path;
                let (owner, path) = (owner.name, path.clone());
                error = error.help(format!(
                    "the trait `{owner}` has it: write `use {path}::{owner}`"
                ));
                break;
            }
        }
        if matches!(ty.kind(), TyKind::Param { .. }) {
            error = error.help(format!(
                "add a bound: `{shown}: Trait` with a trait that has it"
            ));
        }
        error
    }
}

/// The receiver after `count` dereferences.
pub(super) fn apply_derefs(mut receiver: Expr, steps: &[Ty], count: usize) -> Expr {
    for &ty in steps.iter().skip(1).take(count) {
        receiver = deref(receiver, ty);
    }
    receiver
}
