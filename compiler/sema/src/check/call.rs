//! Calls of functions, constructors and values.

use super::build;
use super::message::{Why, count};
use super::path::{ValueRes, build_struct};
use super::swapped::Misfit;
use super::{Checker, Expect};
use crate::hir::{Expr, ExprKind};
use crate::program::{AdtId, FieldIdx, FnId, VariantIdx, VariantKind};
use crate::types::{CellKind, FnSig, Ty, TyKind, TyList};
use gos_diag::{Diagnostic, Span, codes};
use gos_syntax::ast;

impl Checker<'_> {
    pub(super) fn check_call(
        &mut self,
        callee: &ast::Expr,
        args: &[ast::Expr],
        span: Span,
        expect: Expect,
    ) -> Expr {
        let args: Vec<Arg<'_>> = args.iter().map(Arg::Syntax).collect();
        self.check_call_with(callee, args, span, expect)
    }

    /// A call whose first arguments may be checked already, as after `|>`.
    pub(super) fn check_call_with(
        &mut self,
        callee: &ast::Expr,
        args: Vec<Arg<'_>>,
        span: Span,
        expect: Expect,
    ) -> Expr {
        let ast::ExprKind::Path(path) = &callee.kind else {
            let callee = self.check_value(callee);
            return self.call_value(callee, args, span);
        };
        if let Some(builtin) = self.builtin_function(path) {
            return self.call_builtin(builtin, path, args, span);
        }
        match self.resolve_value(path) {
            ValueRes::Fn(fn_, args_ty) => self.call_fn(fn_, args_ty, args, span, expect),
            ValueRes::Ctor(adt, variant, args_ty) => {
                self.call_ctor(adt, variant, args_ty, args, span, expect)
            }
            ValueRes::Local(local) => {
                let ty = self.local_ty(local);
                let callee = build::local(local, ty, callee.span);
                self.call_value(callee, args, span)
            }
            ValueRes::Const(const_, args_ty) => {
                let callee = self.const_value(const_, args_ty, callee.span);
                self.call_value(callee, args, span)
            }
            ValueRes::BoxNew(content, cell) => {
                self.call_box_new((content, cell), args, span, expect)
            }
            ValueRes::ConstParam(_) => {
                self.not_callable(Ty::usize(), span);
                self.check_args_loosely(args);
                Checker::error_expr(span)
            }
            ValueRes::Error => {
                self.check_args_loosely(args);
                Checker::error_expr(span)
            }
        }
    }

    /// `Box::new(value)`
    fn call_box_new(
        &mut self,
        (content, cell): (Ty, CellKind),
        args: Vec<Arg<'_>>,
        span: Span,
        expect: Expect,
    ) -> Expr {
        let ty = Ty::cell(content, cell);
        if args.len() != 1 {
            let message = format!("`new` takes 1 argument, but {} are given", args.len());
            self.report(Diagnostic::error(
                codes::WRONG_ARGUMENT_COUNT,
                span,
                message,
            ));
            self.check_args_loosely(args);
            return Checker::error_expr(span);
        }
        self.expect_result(ty, expect);
        // A `Box<dyn Fn(A) -> B>` is an `Fn(A) -> B`, which says what the closure's parameters are.
        let callable = self.expected_known(expect);
        let callable = callable.filter(|ty| matches!(ty.kind(), TyKind::FnObj(_)));
        let args = match (callable, args.as_slice()) {
            (Some(callable), [Arg::Syntax(arg)]) if is_closure(arg) => {
                vec![Arg::Checked(self.check_expr(arg, Expect::Ty(callable)))]
            }
            _ => args,
        };
        let mut values = self.check_args(args, &[content], |_| Why::Here);
        match values.pop() {
            Some(value) => build::expr(ty, span, ExprKind::BoxNew(Box::new(value))),
            None => Checker::error_expr(span),
        }
    }

    /// Checks arguments of a call that was reported, for their own errors.
    pub(super) fn check_args_loosely(&mut self, args: Vec<Arg<'_>>) {
        for arg in args {
            if let Arg::Syntax(arg) = arg {
                self.check_value(arg);
            }
        }
    }

    /// A call of a function known by name. A method's receiver is its first argument.
    pub(super) fn call_fn(
        &mut self,
        fn_: FnId,
        args_ty: TyList,
        args: Vec<Arg<'_>>,
        span: Span,
        expect: Expect,
    ) -> Expr {
        let sig = self.fn_sig(fn_, args_ty, span);
        self.require_fn(fn_, args_ty, span);
        if sig.params.len() != args.len() {
            self.wrong_count(fn_, sig.params.len(), &args, span);
            self.check_args_loosely(args.into_iter().filter(|it| !is_ordering(it)).collect());
            return Expr {
                ty: sig.result,
                ..Checker::error_expr(span)
            };
        }
        self.expect_result(sig.result, expect);
        let values = self.check_args(args, &sig.params, |at| Why::Argument(fn_, at));
        build::call(fn_, args_ty, values, sig.result, span)
    }

    /// Lets the type expected of a call's result decide generic arguments.
    pub(super) fn expect_result(&mut self, result: Ty, expect: Expect) {
        let Some(wanted) = self.expected_known(expect) else {
            return;
        };
        let result = self.shallow(result);
        let is_var = matches!(result.kind(), TyKind::Infer(_));
        if (is_var && wanted.is_unit()) || wanted.is_never() || result.is_never() {
            return;
        }
        if matches!(wanted.kind(), TyKind::Ref(..) | TyKind::View(..)) && is_var {
            return;
        }
        if crate::infer::has_vars(self.resolve(result)) {
            let _ = self.infer.try_unify(result, wanted);
        }
    }

    /// Arguments against parameter types. What is checked already comes first: a piped value is the
    /// last argument, and decides types for the others. Closures come last, when the other
    /// arguments have decided what their parameters are.
    pub(super) fn check_args(
        &mut self,
        args: Vec<Arg<'_>>,
        params: &[Ty],
        why: impl Fn(usize) -> Why,
    ) -> Vec<Expr> {
        let mut values: Vec<Option<Expr>> = Vec::new();
        let mut plain = Vec::new();
        let mut late = Vec::new();
        let mut misfits = Vec::new();
        for (at, (arg, &param)) in args.into_iter().zip(params).enumerate() {
            values.push(None);
            match arg {
                Arg::Syntax(arg) if is_closure(arg) => late.push((at, arg, param)),
                Arg::Syntax(arg) => plain.push((at, arg, param)),
                Arg::Checked(value) => values[at] = Some(self.coerce(value, param, why(at))),
            }
        }
        for (at, arg, param) in plain {
            let message = self.diagnostics.len();
            let value = self.check_expr(arg, Expect::Ty(param));
            let (found, span) = (value.ty, value.span);
            values[at] = Some(self.coerce(value, param, why(at)));
            // Not where a part of the argument is wrong.
            let news = &self.diagnostics[message..];
            let codes = [codes::TYPE_MISMATCH, codes::NEEDS_MUT_REFERENCE];
            if news.len() == 1 && news[0].span() == span && codes.contains(&news[0].code) {
                misfits.push(Misfit {
                    at,
                    found,
                    span,
                    message,
                });
            }
        }
        let fn_ = match why(0) {
            Why::Argument(fn_, _) => Some(fn_),
            _ => None,
        };
        self.report_swapped(fn_, params, &misfits);
        for (at, arg, param) in late {
            self.select();
            let value = self.check_coerce(arg, param, why(at));
            values[at] = Some(value);
        }
        values.into_iter().flatten().collect()
    }

    fn wrong_count(&mut self, fn_: FnId, wanted: usize, args: &[Arg<'_>], span: Span) {
        let item = &self.program.fns[fn_];
        let skip =
            usize::from(item.receiver.is_some() && matches!(args.first(), Some(Arg::Checked(_))));
        let (name, at) = (item.name, item.span);
        let given = args.len().saturating_sub(skip);
        let message = format!(
            "`{name}` takes {}, but {} given",
            count(wanted.saturating_sub(skip), "argument"),
            match given {
                1 => "1 is".to_string(),
                more => format!("{more} are"),
            }
        );
        let shown = self.show_fn(fn_);
        let mut error = Diagnostic::error(codes::WRONG_ARGUMENT_COUNT, span, message)
            .label(at, format!("`{shown}`"))
            .cause(&format!("{given} arguments of {fn_:?}"));
        if args.len() > wanted {
            error = error.cause(&crate::consequence::lacks_parameter(fn_));
        }
        if args.iter().any(is_ordering) {
            error = error
                .cause("orderings")
                .help("leave the ordering out: operations on atomics are sequentially consistent");
        }
        let result = item.sig.result;
        if args.len() > wanted && args.iter().any(is_lent) && result != Ty::unit() {
            let others = if wanted > skip { "…" } else { "" };
            error = error.help(format!(
                "it gives what others write into an argument: `let … = ….{name}({others})`"
            ));
        }
        self.report(error);
    }

    /// `Some(x)`, `W(1, 2)`
    fn call_ctor(
        &mut self,
        adt: AdtId,
        variant: VariantIdx,
        args_ty: TyList,
        args: Vec<Arg<'_>>,
        span: Span,
        expect: Expect,
    ) -> Expr {
        let ty = Ty::new(TyKind::Adt(adt, args_ty));
        if let Some(wanted) = self.expected_known(expect) {
            let wanted = self.through_references(wanted);
            let _ = self.infer.try_unify(ty, wanted);
        }
        let declared = &self.program.adts[adt].variants[variant.index()];
        let (name, kind, at) = (declared.name, declared.kind, declared.span);
        if kind != VariantKind::Tuple {
            let shape = match kind {
                VariantKind::Named => format!("{name} {{ … }}"),
                _ => name.to_string(),
            };
            self.report(
                Diagnostic::error(
                    codes::NOT_CALLABLE,
                    span,
                    format!("`{name}` is not built with parentheses"),
                )
                .label(at, "declared here")
                .help(format!("write `{shape}`")),
            );
            self.check_args_loosely(args);
            return Checker::error_expr(span);
        }
        let fields = self.field_types(adt, variant, args_ty, span);
        if fields.len() != args.len() {
            let given = args.len();
            let message = format!(
                "`{name}` has {}, but {} given",
                count(fields.len(), "field"),
                match given {
                    1 => "1 value is".to_string(),
                    more => format!("{more} values are"),
                }
            );
            self.report(
                Diagnostic::error(codes::WRONG_ARGUMENT_COUNT, span, message)
                    .label(at, "declared here"),
            );
            self.check_args_loosely(args);
            return Expr {
                ty,
                ..Checker::error_expr(span)
            };
        }
        let values = self.check_args(args, &fields, |at| {
            Why::Field(adt, variant, FieldIdx::from(at))
        });
        build_struct(adt, variant, values, ty, span)
    }

    /// A call of a value.
    pub(super) fn call_value(&mut self, callee: Expr, args: Vec<Arg<'_>>, span: Span) -> Expr {
        let mut callee = callee;
        let mut ty = self.must_know(callee.ty, callee.span);
        while let TyKind::Ref(inner, _) | TyKind::Box(inner, _) = ty.kind() {
            callee = build::deref(callee, *inner);
            ty = self.must_know(*inner, callee.span);
        }
        if ty.is_error() {
            self.check_args_loosely(args);
            return Checker::error_expr(span);
        }
        let Some(sig) = self.callable_sig(ty, span) else {
            self.not_callable(ty, callee.span);
            self.check_args_loosely(args);
            return Checker::error_expr(span);
        };
        if sig.params.len() != args.len() {
            let shown = self.show(Ty::new(TyKind::FnObj(sig)));
            let message = format!(
                "this takes {}, but {} given",
                count(sig.params.len(), "argument"),
                match args.len() {
                    1 => "1 is".to_string(),
                    more => format!("{more} are"),
                }
            );
            self.report(
                Diagnostic::error(codes::WRONG_ARGUMENT_COUNT, span, message)
                    .label(callee.span, format!("this is `{shown}`")),
            );
            self.check_args_loosely(args);
            return Expr {
                ty: sig.result,
                ..Checker::error_expr(span)
            };
        }
        let values = self.check_args(args, &sig.params, |_| Why::Here);
        self.call_known_value(callee, sig, values, span)
    }

    /// A call of a value with arguments that fit.
    pub(super) fn call_known_value(
        &mut self,
        callee: Expr,
        sig: FnSig,
        values: Vec<Expr>,
        span: Span,
    ) -> Expr {
        if let (ExprKind::Fn(fn_, args), TyKind::FnDef(..)) = (&callee.kind, callee.ty.kind()) {
            return build::call(*fn_, *args, values, sig.result, span);
        }
        let kind = ExprKind::CallValue(Box::new(callee), values);
        build::expr(sig.result, span, kind)
    }

    fn not_callable(&mut self, ty: Ty, span: Span) {
        let shown = self.show(ty);
        self.report(
            Diagnostic::error(
                codes::NOT_CALLABLE,
                span,
                format!("`{shown}` cannot be called"),
            )
            .label(span, "this is not a function"),
        );
    }
}

/// An argument of a call: as written, or checked already.
#[derive(Debug)]
pub(super) enum Arg<'e> {
    Syntax(&'e ast::Expr),
    Checked(Expr),
}

/// `Ordering::SeqCst` and its like, which atomics of other languages take.
fn is_ordering(arg: &Arg<'_>) -> bool {
    let Arg::Syntax(ast::Expr {
        kind: ast::ExprKind::Path(path),
        ..
    }) = arg
    else {
        return false;
    };
    let orderings = ["Relaxed", "Acquire", "Release", "AcqRel", "SeqCst"];
    let last = path.segments.last();
    last.is_some_and(|last| orderings.contains(&last.ident.name.as_str()))
}

/// `&mut text`, written as an argument.
fn is_lent(arg: &Arg<'_>) -> bool {
    matches!(
        arg,
        Arg::Syntax(ast::Expr {
            kind: ast::ExprKind::Ref { mutable: true, .. },
            ..
        })
    )
}

fn is_closure(e: &ast::Expr) -> bool {
    matches!(e.kind, ast::ExprKind::Closure(_))
}
