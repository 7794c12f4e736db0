//! `?`

use super::build::{self, Std, coercion, expr};
use super::obligation::Cause;
use super::{Checker, Expect};
use crate::hir::{Arm, Coercion, Expr, ExprKind};
use crate::program::Predicate;
use crate::types::{InferVar, TraitRef, Ty, TyKind, TyList};
use gos_diag::{Diagnostic, Span, codes};
use gos_syntax::ast;

impl Checker<'_> {
    pub(super) fn check_try(&mut self, operand: &ast::Expr, span: Span, expect: Expect) -> Expr {
        let value = self.check_value(operand);
        self.expect_payload(&value, expect);
        self.expect_nothing_of(operand, &value);
        self.try_value(value, span)
    }

    /// Where nothing else has decided what the operand's payload is, the place that the result goes to
    /// does: in `let n: i32 = text.parse()?` also the error's type depends on it.
    fn expect_payload(&mut self, value: &Expr, expect: Expect) {
        let Expect::Ty(wanted) = expect else {
            return;
        };
        let ty = self.known(value.ty);
        let payload = match self.as_result(ty) {
            Some((ok, _)) => Some(ok),
            None => self.as_option(ty),
        };
        let Some(payload) = payload.map(|payload| self.known(payload)) else {
            return;
        };
        if matches!(payload.kind(), TyKind::Infer(InferVar::Ty(_))) {
            let _ = self.infer.try_unify(payload, wanted);
        }
    }

    /// `Err(e)?` never has a value; where nothing else decides, it is `()`.
    fn expect_nothing_of(&mut self, operand: &ast::Expr, value: &Expr) {
        let ast::ExprKind::Call { callee, .. } = &operand.kind else {
            return;
        };
        let fails = matches!(&callee.kind, ast::ExprKind::Path(path)
            if path.segments.last().is_some_and(|last| last.ident.name == "Err"));
        if fails && let Some((ok, _)) = self.as_result(value.ty) {
            self.diverging.push(ok);
        }
    }

    /// `value?`
    pub(super) fn try_value(&mut self, value: Expr, span: Span) -> Expr {
        let ty = self.must_know(value.ty, value.span);
        if ty.is_error() {
            return Checker::error_expr(span);
        }
        let value = self.read(value);
        if let Some((ok, err)) = self.as_result(value.ty) {
            let err = self.known(err);
            return self.try_result(value, ok, err, span);
        }
        if let Some(inner) = self.as_option(value.ty) {
            return self.try_option(value, inner, span);
        }
        let shown = self.show(ty);
        self.report(
            Diagnostic::error(
                codes::QUESTION_MARK,
                span,
                format!("`?` works on `Result` and `Option`, and this is a `{shown}`"),
            )
            .label(value.span, format!("this is `{shown}`"))
            .help("remove the `?`: the value is there already"),
        );
        Checker::error_expr(span)
    }

    fn try_result(&mut self, value: Expr, ok: Ty, err: Ty, span: Span) -> Expr {
        let (result, target) = match self.try_target(err, span) {
            Some(found) => found,
            None => {
                return Expr {
                    ty: ok,
                    ..Checker::error_expr(span)
                };
            }
        };
        let caught = self.temp(err, span);
        let error = build::local(caught, err, span);
        let error = self.convert_error(error, target, span);
        let failure = self.std_value(Std::Err, Some(error), result, span);
        let left = build::binding(caught, err, span);
        let pat = self.std_pat(Std::Err, Some(left), value.ty, span);
        self.try_match(value, Std::Ok, ok, pat, failure, span)
    }

    /// The result type of the enclosing function and the error type in it.
    fn try_target(&mut self, err: Ty, span: Span) -> Option<(Ty, Ty)> {
        if self.in_main_rule() {
            if let Some(rule) = &mut self.main_rule {
                rule.fallible = true;
            }
            let Some(error) = self.error_ty() else {
                self.missing_lang("error", span);
                return None;
            };
            return Some((self.result_of(Ty::unit(), error), error));
        }
        let result = self.frame().result;
        let result = self.known(result);
        if let TyKind::Infer(InferVar::Ty(_)) = result.kind() {
            let value = self.infer.fresh();
            let assumed = self.result_of(value, err);
            let _ = self.infer.try_unify(result, assumed);
            return Some((assumed, err));
        }
        if result.is_error() {
            return None;
        }
        if let Some((_, error)) = self.as_result(result) {
            return Some((result, error));
        }
        self.cannot_return("Result", result, span);
        None
    }

    fn try_option(&mut self, value: Expr, inner: Ty, span: Span) -> Expr {
        let result = self.frame().result;
        let result = self.known(result);
        let failed = Expr {
            ty: inner,
            ..Checker::error_expr(span)
        };
        if result.is_error() {
            return failed;
        }
        if let TyKind::Infer(InferVar::Ty(_)) = result.kind() {
            let payload = self.infer.fresh();
            let assumed = self.option_of(payload);
            let _ = self.infer.try_unify(result, assumed);
        }
        if self.as_option(result).is_none() || self.in_main_rule() {
            self.cannot_return("Option", result, span);
            return failed;
        }
        let nothing = self.std_value(Std::None, None, result, span);
        let pat = self.std_pat(Std::None, None, value.ty, span);
        self.try_match(value, Std::Some, inner, pat, nothing, span)
    }

    fn cannot_return(&mut self, what: &str, result: Ty, span: Span) {
        let shown = self.show(result);
        let at = self.frame().result_span;
        let article = if what == "Option" { "an" } else { "a" };
        let mut error = Diagnostic::error(
            codes::QUESTION_MARK,
            span,
            format!("`?` on {article} `{what}` in a function that gives `{shown}`"),
        );
        if let Some(at) = at {
            error = error.label(at, format!("the function gives `{shown}`"));
        }
        error = match (what, self.as_result(result).is_some()) {
            ("Option", true) => error.help("make it a `Result` first: `….ok_or(error)?`"),
            ("Result", _) if self.as_option(result).is_some() => {
                error.help("make it an `Option` first: `….ok()?`")
            }
            ("Result", _) if self.frames.len() > 1 => {
                error.help("handle the error here, with `match` or `if let Err(error) = …`")
            }
            ("Result", _) => error.help("declare the function with `-> Result<T, Error>`"),
            _ => error.help("handle the missing value with `match`, `if let` or `let … else`"),
        };
        self.report(error);
    }

    fn try_match(
        &mut self,
        value: Expr,
        good: Std,
        good_ty: Ty,
        bad_pat: crate::hir::Pat,
        bad: Expr,
        span: Span,
    ) -> Expr {
        let kept = self.temp(good_ty, span);
        let inner = build::binding(kept, good_ty, span);
        let pass = Arm {
            pat: self.std_pat(good, Some(inner), value.ty, span),
            guard: None,
            body: build::local(kept, good_ty, span),
        };
        let leave = expr(Ty::never(), span, ExprKind::Return(Some(Box::new(bad))));
        let leave = Arm {
            pat: bad_pat,
            guard: None,
            body: coercion(Coercion::Never, leave, good_ty),
        };
        let scrutinee = Box::new(value);
        let arms = vec![pass, leave];
        expr(good_ty, span, ExprKind::Match { scrutinee, arms })
    }

    /// An error as the type that the function fails with.
    pub(super) fn convert_error(&mut self, error: Expr, target: Ty, span: Span) -> Expr {
        let source = self.known(error.ty);
        let target = self.known(target);
        if self.is_found_later(source) {
            return self.convert_later(error, target, span);
        }
        if self.infer.try_unify(source, target).is_ok() {
            return error;
        }
        if let TyKind::Dyn { trait_, .. } = target.kind()
            && self.program.lang.find_trait("error") == Some(*trait_)
        {
            if source == Ty::string() {
                return self.lang_call("error_from_string", &[], vec![error], span);
            }
            return self.coerce(error, target, super::message::Why::Here);
        }
        let Some(from) = self.program.lang.find_trait("from") else {
            self.missing_lang("from", span);
            return Checker::error_expr(span);
        };
        let trait_ref = TraitRef {
            trait_: from,
            args: TyList::new(&[target, source]),
        };
        if !self.may_hold(trait_ref, span) {
            let help = self.conversion_help(source, target);
            let (source, target) = (self.show(source), self.show(target));
            self.report(
                Diagnostic::error(
                    codes::QUESTION_MARK,
                    span,
                    format!("`?` cannot turn the error `{source}` into `{target}`"),
                )
                .help(help),
            );
            return Checker::error_expr(span);
        }
        self.require_trait(trait_ref, span, Cause::Plain);
        match self.method_of(from, "from") {
            Some(fn_) => build::call(fn_, trait_ref.args, vec![error], target, span),
            None => Checker::error_expr(span),
        }
    }

    /// Whether the type is an associated one of a type that is still open, as the error of
    /// `text.parse()` is until something says what is read.
    fn is_found_later(&self, ty: Ty) -> bool {
        matches!(ty.kind(), TyKind::Infer(InferVar::Ty(_)))
            && self.obligations.iter().any(|pending| {
                matches!(pending.predicate, Predicate::Projection { ty: found, .. }
                    if self.shallow(found) == ty)
            })
    }

    /// The conversion of an error whose type is open: `finish_operators` decides on it.
    fn convert_later(&mut self, error: Expr, target: Ty, span: Span) -> Expr {
        let from = self.program.lang.find_trait("from");
        let Some(fn_) = from.and_then(|from| self.method_of(from, "from")) else {
            self.missing_lang("from", span);
            return Checker::error_expr(span);
        };
        self.open_conversions.push(span);
        let args = TyList::new(&[target, error.ty]);
        build::call(fn_, args, vec![error], target, span)
    }

    /// What `convert_later` left open, now that all types are known.
    pub(super) fn reconsider_conversion(&mut self, e: &mut Expr) {
        let ExprKind::Call { args, .. } = &mut e.kind else {
            return;
        };
        let Some(at) = self
            .open_conversions
            .iter()
            .position(|&open| open == e.span)
        else {
            return;
        };
        if let Some(error) = args.pop() {
            self.open_conversions.swap_remove(at);
            *e = self.convert_error(error, e.ty, e.span);
        }
    }

    /// How an error becomes another that it does not become by itself.
    fn conversion_help(&self, source: Ty, target: Ty) -> String {
        let own = |ty: Ty| matches!(ty.kind(), TyKind::Adt(adt, _) if self.is_own(*adt));
        if own(source) || own(target) {
            let (source, target) = (self.show(source), self.show(target));
            return format!("write `impl From<{source}> for {target}`, or use `.map_err(…)`");
        }
        match target.kind() {
            TyKind::String => {
                "write `.map_err(|e| e.to_string())?`, or let the function give a `Result<_, Error>`, which takes any error"
            }
            _ => "convert it with `.map_err(…)`",
        }
        .to_owned()
    }
}
