//! The plain functions of any number of arguments: `println(a, b)`, `format(x)`, `panic(why)`,
//! and `channel`.

use super::build::{self, expr, reference};
use super::call::Arg;
use super::obligation::Cause;
use super::seam::{Namespace, Res};
use super::{Checker, Expect};
use crate::hir::{Coercion, Expr, ExprKind};
use crate::infer::{any_part, has_vars};
use crate::types::{InferVar, Mutability, TraitRef, Ty, TyKind};
use gos_diag::{Diagnostic, Span, Symbol, codes};
use gos_syntax::ast::{self, PathAnchor};
use gos_syntax::format::FormatTrait;

/// A function that the compiler knows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Builtin {
    Println,
    Print,
    Eprintln,
    Eprint,
    Format,
    Panic,
    Channel,
}

impl Builtin {
    fn find(name: &str) -> Option<Builtin> {
        Some(match name {
            "println" => Builtin::Println,
            "print" => Builtin::Print,
            "eprintln" => Builtin::Eprintln,
            "eprint" => Builtin::Eprint,
            "format" => Builtin::Format,
            "panic" => Builtin::Panic,
            "channel" => Builtin::Channel,
            _ => return None,
        })
    }
}

impl Checker<'_> {
    /// The known function that a path names, unless the program has its own of that name.
    pub(super) fn builtin_function(&mut self, path: &ast::Path) -> Option<Builtin> {
        let [segment] = path.segments.as_slice() else {
            return None;
        };
        if path.anchor != PathAnchor::None || path.qself.is_some() {
            return None;
        }
        let name = segment.ident.name;
        let builtin = Builtin::find(name.as_str())?;
        if self.lookup(name).is_some() {
            return None;
        }
        let found = self
            .names
            .resolve(self.program, self.module, path, Namespace::Value, &[]);
        match found.map(|found| found.res) {
            Ok(Res::Fn(fn_)) => {
                let module = self.program.fns[fn_].module;
                self.program.modules[module].is_std().then_some(builtin)
            }
            Ok(Res::Module(_)) | Err(_) => Some(builtin),
            Ok(_) => None,
        }
    }

    pub(super) fn call_builtin(
        &mut self,
        builtin: Builtin,
        path: &ast::Path,
        args: Vec<Arg<'_>>,
        span: Span,
    ) -> Expr {
        if builtin == Builtin::Channel {
            return self.call_channel(path, args, span);
        }
        self.warn_placeholder(&args, path);
        let mut values = Vec::new();
        for arg in args {
            let value = match arg {
                Arg::Syntax(arg) => self.check_value(arg),
                Arg::Checked(value) => value,
            };
            values.push(self.read(value));
        }
        let suffix = match builtin {
            Builtin::Println | Builtin::Eprintln => "\n",
            _ => "",
        };
        let text = self.joined_text(values, suffix, span);
        match builtin {
            Builtin::Println | Builtin::Print => self.lang_call("print", &[], vec![text], span),
            Builtin::Eprintln | Builtin::Eprint => self.lang_call("eprint", &[], vec![text], span),
            Builtin::Panic => self.panic_with(text, span),
            Builtin::Format | Builtin::Channel => text,
        }
    }

    /// `println` as a value: a closure with as many parameters as are expected of it.
    pub(super) fn builtin_value(
        &mut self,
        builtin: Builtin,
        path: &ast::Path,
        span: Span,
        expect: Expect,
    ) -> Expr {
        let wanted = self.wanted_sig(expect);
        let Some(wanted) = wanted else {
            let name = path
                .segments
                .last()
                .map_or(Symbol::EMPTY, |last| last.ident.name);
            let text = format!("how many values this `{name}` takes is not known");
            let message = Diagnostic::error(codes::CANNOT_INFER, span, text).suggest_maybe(
                span,
                format!("|x| {name}(x)"),
                format!("write `|x| {name}(x)`"),
            );
            self.report(message);
            return Checker::error_expr(span);
        };
        let result = match builtin {
            Builtin::Format => Ty::string(),
            Builtin::Panic => wanted.result,
            _ => Ty::unit(),
        };
        let made = self.synth_closure(&wanted.params, result, span, |this, locals| {
            let params = wanted.params.iter().zip(locals);
            let args = params.map(|(ty, local)| Arg::Checked(build::local(*local, *ty, span)));
            let value = this.call_builtin(builtin, path, args.collect(), span);
            this.try_coerce(value, result)
        });
        made.unwrap_or_else(|| Checker::error_expr(span))
    }

    pub(super) fn panic_with(&mut self, text: Expr, span: Span) -> Expr {
        let call = self.lang_call("panic", &[], vec![text], span);
        Expr {
            ty: Ty::never(),
            ..call
        }
    }

    fn warn_placeholder(&mut self, args: &[Arg<'_>], path: &ast::Path) {
        let Some(Arg::Syntax(first)) = args.first() else {
            return;
        };
        let ast::ExprKind::Lit(ast::Lit {
            kind: ast::LitKind::Str(text),
            ..
        }) = &first.kind
        else {
            return;
        };
        let text = text.as_str();
        let Some(segment) = path.segments.last() else {
            return;
        };
        let named = self.fills_in_variables(text);
        if !(text.contains("{}") || text.contains("{:") || named && args.len() == 1) {
            return self.warn_foreign(first, args.len() - 1, &segment.ident);
        }
        let name = segment.ident.name;
        let advice = format!("write `{name}!(…)`");
        let at = segment.ident.span.at_end();
        let message = Diagnostic::warning(
            codes::PRINT_PLACEHOLDER,
            first.span,
            format!("`{name}` shows its arguments one after the other and fills in nothing"),
        );
        // The macro takes as many arguments as it fills in, which then have to be added.
        self.report(match args.len() {
            1 if !named => message.suggest_maybe(at, "!", advice),
            _ => message.suggest(at, "!", advice),
        });
    }

    /// Whether all braces of a text are around variables in scope, as in `"hello {name}"`.
    fn fills_in_variables(&self, text: &str) -> bool {
        let mut rest = text;
        let mut any = false;
        while let Some((before, inner)) = rest.split_once('{') {
            let Some((name, after)) = inner.split_once('}') else {
                return false;
            };
            if before.ends_with(['$', '#']) || self.lookup(Symbol::intern(name)).is_none() {
                return false;
            }
            any = true;
            rest = after;
        }
        any && !rest.contains('}')
    }

    /// Shows a value with `Display`, or `Debug` where there is none. In generic code each instance
    /// decides.
    pub(super) fn show_value(&mut self, value: Expr, formatter: Expr) -> Expr {
        let span = value.span;
        let ty = self.known(value.ty);
        let ty = self.resolve(ty);
        if ty.is_error() {
            return Checker::error_expr(span);
        }
        if let TyKind::Infer(InferVar::Int(_) | InferVar::Float(_)) = ty.kind() {
            return self.show_with(FormatTrait::Display, value, formatter);
        }
        let open = has_vars(ty)
            || any_part(ty, &mut |part| {
                matches!(
                    part.kind(),
                    TyKind::Param { .. } | TyKind::Projection { .. } | TyKind::Opaque(..)
                )
            });
        if open && let Some(show) = self.index.intrinsic("show") {
            let args_ty = Checker::one(ty);
            let result = self.fn_sig(show, args_ty, span).result;
            let pointer = reference(value, Mutability::Not);
            return build::call(show, args_ty, vec![pointer, formatter], result, span);
        }
        let displays = self
            .program
            .lang
            .find_trait("display")
            .is_some_and(|trait_| {
                let args = Checker::one(ty);
                self.holds(TraitRef { trait_, args }, span)
            });
        let how = match displays {
            true => FormatTrait::Display,
            false => FormatTrait::Debug,
        };
        self.show_with(how, value, formatter)
    }

    /// `channel::<T>(n)`, where the capacity may be left out.
    fn call_channel(&mut self, path: &ast::Path, args: Vec<Arg<'_>>, span: Span) -> Expr {
        let Some(fn_) = self.program.lang.find_fn("channel_new") else {
            self.missing_lang("channel_new", span);
            return Checker::error_expr(span);
        };
        let written = path.segments.last().and_then(|last| last.args.as_ref());
        let args_ty = self.fn_args(fn_, crate::types::TyList::empty(), written);
        let mut args = args;
        if args.is_empty() {
            let none = expr(Ty::usize(), span, ExprKind::Int(0));
            args.push(Arg::Checked(none));
        }
        self.call_fn(fn_, args_ty, args, span, Expect::Any)
    }

    /// `if !condition { panic(text) }`
    pub(super) fn panic_unless(&mut self, condition: Expr, text: Expr, span: Span) -> Expr {
        let not = expr(
            Ty::bool(),
            span,
            ExprKind::Unary(crate::hir::UnaryOp::Not, Box::new(condition)),
        );
        let panic = self.panic_with(text, span);
        let then = build::coercion(Coercion::Never, panic, Ty::unit());
        let kind = ExprKind::If {
            condition: Box::new(not),
            then: Box::new(then),
            otherwise: None,
        };
        expr(Ty::unit(), span, kind)
    }

    pub(super) fn require_debug(&mut self, ty: Ty, span: Span) {
        if let Some(trait_) = self.program.lang.find_trait("debug") {
            let args = Checker::one(ty);
            self.require_trait(TraitRef { trait_, args }, span, Cause::Plain);
        }
    }
}
