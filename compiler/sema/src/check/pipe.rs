//! `|>`: the value on the left becomes the last argument of what stands on the right.

use super::build::{self, let_local};
use super::call::Arg;
use super::method::MethodSyntax;
use super::{Checker, Expect};
use crate::hir::Expr;
use crate::types::Ty;
use gos_diag::{Diagnostic, Span, codes};
use gos_syntax::ast::{self, FormatArg, MacroArgs, PathAnchor, PathSegment};

impl Checker<'_> {
    pub(super) fn check_pipe(
        &mut self,
        lhs: &ast::Expr,
        rhs: &ast::Expr,
        span: Span,
        expect: Expect,
    ) -> Expr {
        let before = self.diagnostics.len();
        let value = self.check_value(lhs);
        if !takes_value(rhs) {
            // Which the parser has said. A call in its place, `add(1) |> 2`, lacks just that value.
            let counts = |it: &Diagnostic| it.code == codes::WRONG_ARGUMENT_COUNT;
            let mut later = self.diagnostics.split_off(before);
            later.retain(|it| !(counts(it) && it.span() == lhs.span));
            self.diagnostics.append(&mut later);
        }
        self.pipe_into(value, rhs, span, expect)
    }

    fn pipe_into(&mut self, value: Expr, rhs: &ast::Expr, span: Span, expect: Expect) -> Expr {
        match &rhs.kind {
            ast::ExprKind::Path(_) => {
                self.check_call_with(rhs, vec![Arg::Checked(value)], span, expect)
            }
            ast::ExprKind::Call { callee, args } => {
                let mut all: Vec<Arg<'_>> = args.iter().map(Arg::Syntax).collect();
                all.push(Arg::Checked(value));
                self.check_call_with(callee, all, span, expect)
            }
            ast::ExprKind::MethodCall {
                receiver,
                method,
                generics,
                args,
            } => {
                let receiver = self.check_value(receiver);
                let call = MethodSyntax {
                    method: *method,
                    generics: generics.as_ref(),
                    args,
                    span,
                };
                let mut all: Vec<Arg<'_>> = args.iter().map(Arg::Syntax).collect();
                all.push(Arg::Checked(value));
                self.call_method(receiver, &call, all, expect)
            }
            ast::ExprKind::Closure(closure) => {
                let result = self.infer.fresh();
                let ty = self.shallow(value.ty);
                let wanted = Ty::fn_obj(&[ty], result);
                let callee = self.check_closure(closure, rhs.span, Expect::Ty(wanted));
                self.call_value(callee, vec![Arg::Checked(value)], span)
            }
            ast::ExprKind::Macro(call) => self.pipe_into_macro(value, call, span, expect),
            ast::ExprKind::Try(inner) if is_target(inner) => {
                let called = self.pipe_into(value, inner, span, Expect::Any);
                self.try_value(called, span)
            }
            // The parser has said that this takes no value.
            _ => Checker::error_expr(span),
        }
    }

    /// `x |> println!("{} = {}", k)`: the value becomes the last argument, before named ones.
    fn pipe_into_macro(
        &mut self,
        value: Expr,
        call: &ast::MacroCall,
        span: Span,
        expect: Expect,
    ) -> Expr {
        let MacroArgs::Format(format) = &call.args else {
            self.report(
                Diagnostic::error(
                    codes::PIPE_TARGET,
                    call.name_span,
                    "a value is piped only into macros that format",
                )
                .label(call.name_span, "this one does not")
                .help("write a closure: `|> |x| …`"),
            );
            return Checker::error_expr(span);
        };
        // The source cannot write this name, so it hides nothing.
        let name = Checker::symbol("|>");
        let (ty, at) = (value.ty, value.span);
        self.scoped(|this| {
            let temp = this.temp(ty, at);
            this.bind_name(name, temp);
            let ident = ast::Ident { name, span: at };
            let path = ast::Path {
                id: ast::NodeId(u32::MAX),
                span: at,
                qself: None,
                anchor: PathAnchor::None,
                segments: vec![PathSegment::plain(ident)],
            };
            let argument = ast::Expr {
                id: ast::NodeId(u32::MAX),
                span: at,
                kind: ast::ExprKind::Path(path),
            };
            let mut format = format.clone();
            let last = FormatArg {
                name: None,
                value: argument,
            };
            let positional = format.args.iter().take_while(|arg| arg.name.is_none());
            let end = positional.count();
            format.args.insert(end, last);
            let call = ast::MacroCall {
                args: MacroArgs::Format(format),
                ..call.clone()
            };
            let called = this.check_macro(&call, span, expect);
            build::block(vec![let_local(temp, value)], called)
        })
    }
}

/// Whether something can be piped into what is written there.
fn takes_value(rhs: &ast::Expr) -> bool {
    matches!(rhs.kind, ast::ExprKind::Path(_) | ast::ExprKind::Closure(_)) || is_target(rhs)
}

/// What `?` may follow: only the result of a call is looked into.
fn is_target(rhs: &ast::Expr) -> bool {
    match &rhs.kind {
        ast::ExprKind::Try(inner) => is_target(inner),
        ast::ExprKind::Call { .. } | ast::ExprKind::MethodCall { .. } | ast::ExprKind::Macro(_) => {
            true
        }
        _ => false,
    }
}
