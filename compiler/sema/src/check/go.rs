//! `go` and `defer`: both become a closure without parameters. Of a call, callee and arguments
//! are evaluated now and kept in the closure.

use super::build::{self, coercion, expr, reference};
use super::{Checker, Expect};
use crate::hir::{Coercion, Expr, ExprKind, Stmt};
use crate::program::LocalId;
use crate::types::{Mutability, Ty, TyKind};
use gos_diag::{Diagnostic, Span, codes};
use gos_syntax::ast;

/// An argument that was evaluated ahead.
enum Kept {
    /// Nothing to evaluate.
    Value(Expr),
    /// In this variable.
    Temp(LocalId, Ty),
    /// A reference to the copy in this variable.
    RefTo(LocalId, Ty),
}

impl Checker<'_> {
    pub(super) fn check_go(&mut self, operand: &ast::Expr, span: Span) -> Expr {
        let (stmts, closure) = self.deferred_call(operand, span, true);
        let go = expr(Ty::unit(), span, ExprKind::Go(Box::new(closure)));
        wrap(stmts, go)
    }

    pub(super) fn check_defer(&mut self, operand: &ast::Expr, span: Span) -> Expr {
        let (stmts, closure) = self.deferred_call(operand, span, false);
        let defer = expr(Ty::unit(), span, ExprKind::Defer(Box::new(closure)));
        wrap(stmts, defer)
    }

    fn deferred_call(&mut self, operand: &ast::Expr, span: Span, is_go: bool) -> (Vec<Stmt>, Expr) {
        match &operand.kind {
            ast::ExprKind::Closure(closure) if is_go => {
                (Vec::new(), self.run_closure(closure, span))
            }
            ast::ExprKind::Call { callee, args } if args.is_empty() => match &callee.kind {
                ast::ExprKind::Closure(closure) => (Vec::new(), self.run_closure(closure, span)),
                _ => self.keep_call(operand, is_go),
            },
            ast::ExprKind::Call { .. } | ast::ExprKind::MethodCall { .. } => {
                self.keep_call(operand, is_go)
            }
            ast::ExprKind::Macro(call) if acts_by_itself(call.name) => self.scoped(|this| {
                let mut stmts = Vec::new();
                let call = this.keep_arguments(call, &mut stmts);
                let later = ast::Expr {
                    kind: ast::ExprKind::Macro(Box::new(call)),
                    ..operand.clone()
                };
                (stmts, this.run_later(&later, span))
            }),
            ast::ExprKind::Macro(_) => self.keep_call(operand, is_go),
            ast::ExprKind::Block { .. } if !is_go => (Vec::new(), self.run_later(operand, span)),
            // The parser has said that this is no call.
            _ => (Vec::new(), Checker::error_expr(span)),
        }
    }

    /// The expression as the body of a closure.
    fn run_later(&mut self, operand: &ast::Expr, span: Span) -> Expr {
        let (id, ty) = self.open_closure(&[], Ty::unit(), span);
        let value = self.check_expr(operand, Expect::Drop);
        let value = self.discard(value);
        self.close_closure(id, Vec::new(), value);
        as_task(expr(ty, span, ExprKind::Closure(id)))
    }

    /// `go fn() { … }`
    fn run_closure(&mut self, closure: &ast::Closure, span: Span) -> Expr {
        let wanted = Ty::fn_obj(&[], Ty::unit());
        let value = self.check_closure(closure, span, Expect::Ty(wanted));
        let sig = self.callable_sig(value.ty, span);
        let Some(sig) = sig else {
            return value;
        };
        if !sig.params.is_empty() {
            self.report(
                Diagnostic::error(
                    codes::WRONG_ARGUMENT_COUNT,
                    span,
                    "this function has parameters, and nothing is given for them",
                )
                .help("call it with arguments: `go fn(x: T) { … }(value)`"),
            );
            return Checker::error_expr(span);
        }
        let result = self.known(sig.result);
        if result.is_unit() {
            return as_task(value);
        }
        if matches!(result.kind(), TyKind::Infer(_)) || result.is_error() {
            let _ = self.infer.try_unify(result, Ty::unit());
            return as_task(value);
        }
        // The result is dropped.
        let mut stmts = Vec::new();
        let callee = self.hoist(value, &mut stmts);
        let depth = self.frames.len() - 1;
        let made = self.synth_closure(&[], Ty::unit(), span, |this, _| {
            let ExprKind::Local(outer) = callee.kind else {
                return None;
            };
            let inner = this.capture_through(depth, outer);
            let inner = build::local(inner, callee.ty, span);
            let called = this.call_known_value(inner, sig, Vec::new(), span);
            Some(this.discard(called))
        });
        let closure = made.map_or_else(|| Checker::error_expr(span), as_task);
        wrap(stmts, closure)
    }

    fn discard(&mut self, value: Expr) -> Expr {
        let ty = self.known(value.ty);
        if ty.is_unit() {
            return value;
        }
        if ty.is_never() {
            return coercion(Coercion::Never, value, Ty::unit());
        }
        let span = value.span;
        expr(Ty::unit(), span, ExprKind::Discard(Box::new(value)))
    }

    fn keep_call(&mut self, operand: &ast::Expr, is_go: bool) -> (Vec<Stmt>, Expr) {
        let span = operand.span;
        let value = self.check_expr(operand, Expect::Drop);
        let mut stmts = Vec::new();
        let is_method = matches!(operand.kind, ast::ExprKind::MethodCall { .. });
        let value = peel(value, &mut stmts);
        let ty = value.ty;
        let (callee, args) = match value.kind {
            ExprKind::Call { fn_, args_ty, args } => (Callee::Fn(fn_, args_ty), args),
            ExprKind::CallValue(callee, args) => (Callee::Value(*callee), args),
            ExprKind::Error => return (Vec::new(), Checker::error_expr(span)),
            kind => {
                // Nothing is left to be called later: the value is computed now and dropped.
                let value = expr(ty, span, kind);
                stmts.push(Stmt::Expr(self.discard(value)));
                let made =
                    self.synth_closure(&[], Ty::unit(), span, |_, _| Some(build::unit(span)));
                let made = made.map_or_else(|| Checker::error_expr(span), as_task);
                return (stmts, made);
            }
        };
        let mut kept = Vec::new();
        for (index, arg) in args.into_iter().enumerate() {
            let receiver = is_method && index == 0;
            if receiver && is_go {
                self.check_go_receiver(&arg);
            }
            kept.push(self.keep(arg, receiver, &mut stmts));
        }
        let callee = match callee {
            Callee::Fn(fn_, args_ty) => Callee::Fn(fn_, args_ty),
            Callee::Value(callee) => Callee::Kept(self.keep(callee, false, &mut stmts)),
            kept @ Callee::Kept(_) => kept,
        };
        let depth = self.frames.len() - 1;
        let made = self.synth_closure(&[], Ty::unit(), span, |this, _| {
            let args = kept
                .into_iter()
                .map(|kept| this.take_kept(kept, depth, span))
                .collect();
            let called = match callee {
                Callee::Fn(fn_, args_ty) => build::call(fn_, args_ty, args, ty, span),
                Callee::Kept(callee) => {
                    let callee = this.take_kept(callee, depth, span);
                    expr(ty, span, ExprKind::CallValue(Box::new(callee), args))
                }
                Callee::Value(_) => return None,
            };
            Some(this.discard(called))
        });
        let made = made.map_or_else(|| Checker::error_expr(span), as_task);
        (stmts, made)
    }

    /// A goroutine may not change its caller's variable by a method call.
    fn check_go_receiver(&mut self, receiver: &Expr) {
        if let ExprKind::Ref(Mutability::Mut, place) = &receiver.kind
            && !self.is_handle(place.ty)
        {
            let shown = self.show(place.ty);
            self.report(
                Diagnostic::error(
                    codes::GO_BORROWS_RECEIVER,
                    receiver.span,
                    format!("the goroutine would change a copy of this `{shown}`"),
                )
                .help("to share the variable, write a closure: `go fn() { … }`"),
            );
        }
    }

    /// Evaluates an argument now. An implicit `&`, which stands where its operand stands, refers
    /// to a copy made now; a written one to the variable.
    fn keep(&mut self, arg: Expr, receiver: bool, stmts: &mut Vec<Stmt>) -> Kept {
        match arg.kind {
            ExprKind::Fn(..)
            | ExprKind::Int(_)
            | ExprKind::Str(_)
            | ExprKind::Bool(_)
            | ExprKind::Char(_)
            | ExprKind::Float(_) => Kept::Value(arg),
            ExprKind::Ref(Mutability::Not, place)
                if arg.span == place.span && (receiver || !is_deref(&place)) =>
            {
                let ty = place.ty;
                let ExprKind::Local(temp) = self.hoist(*place, stmts).kind else {
                    return Kept::Value(Checker::error_expr(arg.span));
                };
                Kept::RefTo(temp, ty)
            }
            _ => {
                let ty = arg.ty;
                let span = arg.span;
                match self.hoist(arg, stmts).kind {
                    ExprKind::Local(temp) => Kept::Temp(temp, ty),
                    _ => Kept::Value(Checker::error_expr(span)),
                }
            }
        }
    }

    fn take_kept(&mut self, kept: Kept, depth: usize, span: Span) -> Expr {
        match kept {
            Kept::Value(value) => value,
            Kept::Temp(temp, ty) => {
                let inner = self.capture_through(depth, temp);
                build::local(inner, ty, span)
            }
            Kept::RefTo(temp, ty) => {
                let inner = self.capture_through(depth, temp);
                reference(build::local(inner, ty, span), Mutability::Not)
            }
        }
    }
}

enum Callee {
    Fn(crate::program::FnId, crate::types::TyList),
    Value(Expr),
    Kept(Kept),
}

fn is_deref(place: &Expr) -> bool {
    matches!(place.kind, ExprKind::Deref(_))
}

/// Whether the macro is no single call with its arguments, and does something beyond giving a value.
fn acts_by_itself(name: ast::BuiltinMacro) -> bool {
    use ast::BuiltinMacro as M;
    matches!(
        name,
        M::Assert
            | M::AssertEq
            | M::AssertNe
            | M::DebugAssert
            | M::DebugAssertEq
            | M::DebugAssertNe
            | M::Dbg
    )
}

/// Takes off what stands around the call itself.
fn peel(value: Expr, stmts: &mut Vec<Stmt>) -> Expr {
    match value.kind {
        ExprKind::Coerce(Coercion::Never, inner) | ExprKind::Discard(inner) => peel(*inner, stmts),
        ExprKind::Block(block) if block.tail.is_some() => {
            stmts.extend(block.stmts);
            match block.tail {
                Some(tail) => peel(*tail, stmts),
                None => Checker::error_expr(value.span),
            }
        }
        kind => Expr {
            kind,
            ty: value.ty,
            span: value.span,
        },
    }
}

fn as_task(closure: Expr) -> Expr {
    if closure.ty.is_error() {
        return closure;
    }
    coercion(Coercion::FnObj, closure, Ty::fn_obj(&[], Ty::unit()))
}

fn wrap(stmts: Vec<Stmt>, tail: Expr) -> Expr {
    match stmts.is_empty() {
        true => tail,
        false => build::block(stmts, tail),
    }
}
