//! Closures: written ones, and those the compiler makes for constructors, adapters, `go` and
//! `defer`.

use super::build::{self, expr};
use super::message::Why;
use super::scope::Frame;
use super::{Checker, Expect};
use crate::hir::{self, Body, Expr, ExprKind, Pat};
use crate::program::{Closure, ClosureId, LocalId, Table};
use crate::types::{Abi, FnSig, InferVar, Ty, TyKind, TyList};
use gos_diag::{Span, Symbol};
use gos_syntax::ast;

impl Checker<'_> {
    pub(super) fn check_closure(
        &mut self,
        closure: &ast::Closure,
        span: Span,
        expect: Expect,
    ) -> Expr {
        let wanted = self.wanted_sig(expect);
        let wanted = wanted.filter(|sig| sig.params.len() == closure.params.len());
        let mut params = Vec::new();
        for (index, param) in closure.params.iter().enumerate() {
            let ty = match (&param.ty, wanted) {
                (Some(written), _) => self.lower(written),
                (None, Some(sig)) => sig.params[index],
                (None, None) => self.infer.fresh(),
            };
            params.push(ty);
        }
        let result = match (&closure.ret, wanted) {
            (Some(written), _) => self.lower(written),
            (None, Some(sig)) => sig.result,
            (None, None) => self.infer.fresh(),
        };
        let result_span = closure.ret.as_ref().map(|written| written.span);
        let (id, ty) = self.open_closure(&params, result, span);
        self.frame().result_span = result_span;
        let mut pats = Vec::new();
        for (param, &ty) in closure.params.iter().zip(&params) {
            pats.push(self.check_param(&param.pat, ty));
        }
        let why = Why::Result(result_span.or(Some(span)), None);
        let open = matches!(self.known(result).kind(), TyKind::Infer(InferVar::Ty(_)));
        let value = if open && gives_closure(&closure.body) {
            // Collected, they all have one type: `.map(|i| || i).collect::<[Fn() -> i64]>()`.
            let made = self.check_expr(&closure.body, Expect::Any);
            let made = self.share_closures(made);
            self.coerce(made, result, why)
        } else {
            self.check_result(&closure.body, result, why)
        };
        self.close_closure(id, pats, value);
        expr(ty, span, ExprKind::Closure(id))
    }

    /// The signature that is asked of a closure where a type is expected.
    pub(super) fn wanted_sig(&mut self, expect: Expect) -> Option<FnSig> {
        let Expect::Ty(ty) = expect else {
            return None;
        };
        let ty = self.through_references(self.shallow(ty));
        self.demanded_sig(ty)
    }

    /// Begins a closure: its frame is the current one until [`Checker::close_closure`].
    pub(super) fn open_closure(
        &mut self,
        params: &[Ty],
        result: Ty,
        span: Span,
    ) -> (ClosureId, Ty) {
        let sig = FnSig {
            params: TyList::new(params),
            result,
            abi: Abi::Gossamer,
        };
        let id = self.program.closures.push(Closure {
            span,
            sig,
            captures: Vec::new(),
            body: Body {
                params: Vec::new(),
                locals: Table::default(),
                value: Checker::error_expr(span),
            },
        });
        self.closures.push(id);
        self.frames.push(Frame::new(Some(id), result));
        (id, Ty::new(TyKind::Closure(id, self.own_args)))
    }

    /// Ends the current closure and stores its body.
    pub(super) fn close_closure(&mut self, id: ClosureId, params: Vec<Pat>, value: Expr) {
        let Some(frame) = self.frames.pop() else {
            return;
        };
        self.note_finished(&frame);
        self.program.closures[id].body = Body {
            params,
            locals: frame.locals,
            value,
        };
    }

    /// Remembers when the variables of a finished frame were last written, for the decision
    /// which captures are shared.
    pub(super) fn note_finished(&mut self, frame: &Frame) {
        for (index, facts) in frame.facts.iter().enumerate() {
            if facts.mutated > 0 {
                let key = (frame.closure, LocalId::from(index));
                self.mutated.insert(key, facts.mutated);
            }
        }
    }

    /// A closure that no source text stands for. `body` gets its parameters and may fail.
    pub(super) fn synth_closure(
        &mut self,
        params: &[Ty],
        result: Ty,
        span: Span,
        body: impl FnOnce(&mut Self, &[LocalId]) -> Option<Expr>,
    ) -> Option<Expr> {
        let (id, ty) = self.open_closure(params, result, span);
        let mut pats = Vec::new();
        let mut locals = Vec::new();
        for &ty in params {
            let local = self.new_local(Symbol::EMPTY, ty, false, span);
            pats.push(build::binding(local, ty, span));
            locals.push(local);
        }
        let value = body(self, &locals);
        let failed = value.is_none();
        let value = value.unwrap_or_else(|| Checker::error_expr(span));
        self.close_closure(id, pats, value);
        (!failed).then(|| expr(ty, span, ExprKind::Closure(id)))
    }

    /// A closure or function that stands beside others of its kind, as a value whose type they
    /// all can have.
    pub(super) fn as_shared_callable(&mut self, value: Expr) -> Expr {
        let ty = self.known(value.ty);
        if !matches!(ty.kind(), TyKind::Closure(..) | TyKind::FnDef(..)) {
            return value;
        }
        match self.callable_sig(ty, value.span) {
            Some(sig) => {
                let shared = Ty::new(TyKind::FnObj(sig));
                build::coercion(hir::Coercion::FnObj, value, shared)
            }
            None => value,
        }
    }

    /// The same for the closure that a block ends in, and for those in a tuple.
    fn share_closures(&mut self, mut value: Expr) -> Expr {
        match &mut value.kind {
            ExprKind::Tuple(items) => {
                for item in items.iter_mut() {
                    let taken = std::mem::replace(item, Checker::error_expr(value.span));
                    *item = self.share_closures(taken);
                }
                let types: Vec<Ty> = items.iter().map(|item| item.ty).collect();
                value.ty = Ty::tuple(&types);
                value
            }
            ExprKind::Block(block) => {
                if let Some(tail) = block.tail.take() {
                    let tail = self.share_closures(*tail);
                    value.ty = tail.ty;
                    block.tail = Some(Box::new(tail));
                }
                value
            }
            _ => self.as_shared_callable(value),
        }
    }

    /// A callable with exactly the signature `wanted`: the value itself when it has it, else a
    /// closure that converts arguments and result.
    pub(super) fn adapt_callable(&mut self, value: Expr, wanted: FnSig) -> Option<Expr> {
        let span = value.span;
        let actual = self.callable_sig(value.ty, span)?;
        if actual.params.len() != wanted.params.len() {
            return None;
        }
        let same = self
            .infer
            .attempt(|table| table.unify_sigs(actual, wanted))
            .is_ok();
        if same {
            return Some(value);
        }
        let result = match self.known(wanted.result).kind() {
            TyKind::Infer(_) => actual.result,
            _ => wanted.result,
        };
        let params: Vec<Ty> = wanted.params.to_vec();
        let mut stmts = Vec::new();
        let depth = self.frames.len() - 1;
        let callee = match value.kind {
            ExprKind::Fn(..) => value,
            _ => self.hoist(value, &mut stmts),
        };
        let closure = self.synth_closure(&params, result, span, |this, locals| {
            let callee = match callee.kind {
                ExprKind::Local(outer) => {
                    let inner = this.capture_through(depth, outer);
                    build::local(inner, callee.ty, span)
                }
                _ => callee,
            };
            let mut args = Vec::new();
            for (index, &local) in locals.iter().enumerate() {
                let arg = build::local(local, params[index], span);
                args.push(this.try_coerce(arg, actual.params[index])?);
            }
            let value = this.call_known_value(callee, actual, args, span);
            this.try_coerce(value, result)
        })?;
        Some(match stmts.is_empty() {
            true => closure,
            false => build::block(stmts, closure),
        })
    }

    /// The pattern of a parameter: it must match every value.
    pub(super) fn check_param(&mut self, pat: &ast::Pat, ty: Ty) -> Pat {
        self.check_pat(pat, ty, hir::BindingMode::Value)
    }

    /// The value of a function's or closure's body: converted to the result type, or dropped
    /// where that is `()`.
    pub(super) fn check_result(&mut self, body: &ast::Expr, result: Ty, why: Why) -> Expr {
        let expected = self.known(result);
        if expected.is_unit() && !matches!(body.kind, ast::ExprKind::Block { .. }) {
            let value = self.check_expr(body, Expect::Drop);
            return self.drop_tail(value, body);
        }
        self.check_coerce(body, result, why)
    }
}

/// Whether a closure's body is, or ends in, a closure or a tuple with one.
fn gives_closure(body: &ast::Expr) -> bool {
    match &body.kind {
        ast::ExprKind::Closure(_) => true,
        ast::ExprKind::Tuple(items) => items.iter().any(gives_closure),
        ast::ExprKind::Block { block, label: None } => {
            block.tail.as_deref().is_some_and(gives_closure)
        }
        _ => false,
    }
}
