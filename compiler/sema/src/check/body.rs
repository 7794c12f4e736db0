//! One task from beginning to end, and the rule for `main` (language reference §5).

use super::build::{self, Std, expr};
use super::cause::Declared;
use super::message::Why;
use super::scope::Frame;
use super::seam::{BodySource, Names, Solver, Task, Texts};
use super::visit::{Visitor, walk_expr};
use super::{Checked, Checker, Expect, ItemIndex, Mentions};
use crate::hir::{Arm, BindingMode, Body, Expr, ExprKind, Pat, Stmt};
use crate::infer::InferTable;
use crate::program::{BodyItem, FnId, FnParent, OpaqueId, Predicate, Program, Table};
use crate::types::{Abi, FnSig, Fold, TraitRef, Ty, TyKind, TyList};
use gos_diag::{Span, Symbol};
use gos_syntax::ast::{self, SelfKind};

/// What is known about a `main` or test that has no result type.
#[derive(Debug, Default)]
pub(super) struct MainRule {
    /// Some `?`, `return` or the tail is a `Result`.
    pub fallible: bool,
}

impl<'a> Checker<'a> {
    pub(super) fn new(
        program: &'a mut Program,
        (names, texts, solver): (&'a dyn Names, &'a dyn Texts, &'a dyn Solver),
        index: &'a ItemIndex,
        item: BodyItem,
    ) -> Checker<'a> {
        let (module, parent, mut generics) = match item {
            BodyItem::Fn(id) => {
                let fn_ = &program.fns[id];
                (fn_.module, fn_.parent, fn_.generics.clone())
            }
            BodyItem::Const(id) => {
                let const_ = &program.consts[id];
                (const_.module, const_.parent, const_.generics.clone())
            }
        };
        let params = generics.params.iter().enumerate();
        let own_args: TyList = params
            .map(|(index, param)| {
                Ty::new(TyKind::Param {
                    index: index as u32,
                    name: param.name,
                })
            })
            .collect();
        let self_ty = match parent {
            FnParent::Module => None,
            FnParent::Impl(impl_) => Some(program.impls[impl_].self_ty),
            FnParent::Trait(trait_) => {
                let count = program.traits[trait_].generics.params.len();
                let args = own_args.iter().take(count).copied().collect();
                let own = TraitRef { trait_, args };
                let span = program.traits[trait_].span;
                generics.predicates.push(Predicate::Trait(own, span));
                own_args.first().copied()
            }
        };
        let own_trait = match parent {
            FnParent::Impl(impl_) => program.impls[impl_].trait_ref.map(|known| known.trait_),
            FnParent::Module | FnParent::Trait(_) => None,
        };
        Checker {
            program,
            names,
            texts,
            solver,
            index,
            module,
            generics,
            self_ty,
            own_trait,
            infer: InferTable::new(),
            diagnostics: Vec::new(),
            frames: Vec::new(),
            obligations: Vec::new(),
            int_literals: Vec::new(),
            casts: Vec::new(),
            captures: Vec::new(),
            plain_closures: Vec::new(),
            mutated: rustc_hash::FxHashMap::default(),
            closures: Vec::new(),
            diverging: Vec::new(),
            open_conversions: Vec::new(),
            next_loop: 0,
            clock: 0,
            depth: 0,
            normalizing: 0,
            mentions: Mentions::default(),
            own_args,
            main_rule: None,
            gave_up_at: None,
        }
    }

    pub(super) fn check_task(mut self, task: &Task<'_>) -> Checked {
        match (task.item, task.source) {
            (BodyItem::Fn(id), BodySource::Fn(decl, body)) => self.check_fn(id, decl, body),
            (BodyItem::Const(id), BodySource::Const(value)) => {
                let ty = self.program.consts[id].ty;
                self.frames.push(Frame::new(None, ty));
                let value = self.check_coerce(value, ty, Why::Let(self.program.consts[id].span));
                let body = self.finish_body(Vec::new(), value);
                self.program.consts[id].body = Some(body);
            }
            _ => {}
        }
        let span = match task.item {
            BodyItem::Fn(id) => self.program.fns[id].span,
            BodyItem::Const(id) => self.program.consts[id].span,
        };
        let span = self.gave_up_at.unwrap_or(span);
        self.diagnostics.extend(crate::refused::report(span));
        Checked {
            diagnostics: self.diagnostics,
            mentions: self.mentions,
        }
    }

    fn check_fn(&mut self, id: FnId, decl: &ast::FnDecl, block: &ast::Block) {
        let sig = self.program.fns[id].sig;
        let (result, opaques) = self.open_opaques(id, sig.result);
        let result = self.normalize(result, decl.name.span);
        let mut frame = Frame::new(None, result);
        frame.result_span = decl.ret.as_ref().map(|written| written.span);
        self.frames.push(frame);
        let params = self.check_params(id, decl, &sig.params);
        let is_test = self.program.fns[id].attributes.test;
        if decl.ret.is_none() && (self.program.main == Some(id) || is_test) {
            self.main_rule = Some(MainRule::default());
        }
        let why = Why::Result(self.frame().result_span, Some(id));
        let value = match self.main_rule {
            Some(_) => self.check_main_block(block),
            None => {
                let value = self.check_block_why(block, Expect::Ty(result), why);
                self.coerce_body(value, result, block, why)
            }
        };
        let value = self.finish_main(id, value);
        for &(opaque, hidden) in &opaques {
            self.require_opaque_bounds(opaque, hidden, decl.name.span);
        }
        let body = self.finish_body(params, value);
        for (opaque, hidden) in opaques {
            let hidden = self.final_ty(hidden, decl.name.span);
            self.program.opaques[opaque].hidden = Some(hidden);
        }
        self.program.bodies.insert(id, body);
    }

    /// A body without a value where one is needed is reported at its end.
    fn coerce_body(&mut self, value: Expr, result: Ty, block: &ast::Block, why: Why) -> Expr {
        let ty = self.shallow(value.ty);
        if block.tail.is_none() && ty.is_unit() && !self.has_error(result) {
            let wanted = self.known(result);
            if !wanted.is_unit() && self.infer.try_unify(wanted, ty).is_err() {
                let at = Span {
                    start: block.span.end.saturating_sub(1),
                    ..block.span
                };
                self.mismatch(wanted, (ty, None), at, why);
                return Checker::error_expr(block.span);
            }
        }
        self.coerce(value, result, why)
    }

    fn check_params(&mut self, fn_: FnId, decl: &ast::FnDecl, types: &[Ty]) -> Vec<Pat> {
        let mut params = Vec::new();
        let mut types = types.iter();
        if let Some(receiver) = &decl.self_param {
            let ty = types.next().copied().unwrap_or_else(Ty::error);
            let ty = self.normalize(ty, receiver.span);
            let mutable = receiver.kind == SelfKind::MutValue;
            let local = self.new_local(Symbol::SELF_VALUE, ty, mutable, receiver.span);
            self.bind_name(Symbol::SELF_VALUE, local);
            params.push(build::binding(local, ty, receiver.span));
        }
        for param in &decl.params {
            let ty = types.next().copied().unwrap_or_else(Ty::error);
            let ty = self.normalize(ty, param.span);
            let pat = self.check_pat(&param.pat, ty, BindingMode::Value);
            self.note_declared(&pat, Some(Declared::Param(fn_, params.len())));
            params.push(pat);
        }
        params
    }

    /// Replaces the `impl Trait` types of this function's result by what they hide.
    fn open_opaques(&mut self, id: FnId, result: Ty) -> (Ty, Vec<(OpaqueId, Ty)>) {
        let mut opaques: Vec<(OpaqueId, Ty)> = Vec::new();
        let program = &*self.program;
        let infer = &mut self.infer;
        let opened = result.fold(&mut |ty| match ty.kind() {
            TyKind::Opaque(opaque, _) if program.opaques[*opaque].fn_ == id => {
                match opaques.iter().find(|(known, _)| known == opaque) {
                    Some((_, hidden)) => *hidden,
                    None => {
                        let hidden = infer.fresh();
                        opaques.push((*opaque, hidden));
                        hidden
                    }
                }
            }
            _ => ty,
        });
        // What `impl Fn(A) -> R` and the like promise, the body is checked with.
        for &(opaque, hidden) in &opaques {
            for bound in self.opaque_bounds(opaque, hidden) {
                if let Predicate::Callable { span, .. } = bound {
                    self.require(bound, span, super::obligation::Cause::Plain);
                }
            }
        }
        (opened, opaques)
    }

    fn opaque_bounds(&self, opaque: OpaqueId, hidden: Ty) -> Vec<Predicate> {
        let mut reveal = |ty: Ty| match ty.kind() {
            TyKind::Opaque(known, _) if *known == opaque => hidden,
            _ => ty,
        };
        let bounds = self.program.opaques[opaque].bounds.iter();
        bounds
            .map(|bound| match bound.clone() {
                Predicate::Trait(trait_ref, span) => {
                    Predicate::Trait(trait_ref.fold(&mut reveal), span)
                }
                Predicate::Projection {
                    trait_ref,
                    name,
                    ty,
                    span,
                } => Predicate::Projection {
                    trait_ref: trait_ref.fold(&mut reveal),
                    name,
                    ty: ty.fold(&mut reveal),
                    span,
                },
                Predicate::Callable { callee, sig, span } => Predicate::Callable {
                    callee: callee.fold(&mut reveal),
                    sig: sig.fold(&mut reveal),
                    span,
                },
            })
            .collect()
    }

    fn require_opaque_bounds(&mut self, opaque: OpaqueId, hidden: Ty, span: Span) {
        for bound in self.opaque_bounds(opaque, hidden) {
            if !matches!(bound, Predicate::Callable { .. }) {
                self.require(bound, span, super::obligation::Cause::Plain);
            }
        }
    }

    /// Ends the outermost frame: everything gets its final type.
    fn finish_body(&mut self, params: Vec<Pat>, value: Expr) -> Body {
        self.settle();
        let (locals, frame) = match self.frames.pop() {
            Some(mut frame) => (std::mem::take(&mut frame.locals), Some(frame)),
            None => (Table::default(), None),
        };
        if let Some(frame) = frame {
            self.note_finished(&frame);
        }
        let mut body = Body {
            params,
            locals,
            value,
        };
        let closures = std::mem::take(&mut self.closures);
        let mut bodies: Vec<Body> = closures
            .iter()
            .map(|&id| {
                let empty = Body {
                    params: Vec::new(),
                    locals: Table::default(),
                    value: Checker::error_expr(self.program.closures[id].span),
                };
                std::mem::replace(&mut self.program.closures[id].body, empty)
            })
            .collect();
        self.finish_operators(&mut body);
        for inner in &mut bodies {
            self.finish_operators(inner);
        }
        self.report_leftovers();
        self.finish_types(&mut body);
        for (&id, mut inner) in closures.iter().zip(bodies) {
            self.finish_types(&mut inner);
            let (sig, span) = {
                let closure = &self.program.closures[id];
                (closure.sig, closure.span)
            };
            let params = sig.params.iter();
            let params = params.map(|&ty| self.final_ty(ty, span)).collect();
            let result = self.final_ty(sig.result, span);
            let closure = &mut self.program.closures[id];
            closure.sig = FnSig {
                params,
                result,
                abi: Abi::Gossamer,
            };
            closure.body = inner;
        }
        let mutated = std::mem::take(&mut self.mutated);
        self.decide_captures(&mutated);
        self.check_plain_closures();
        // Where an error was reported, the assignment may be what is missing.
        if !gos_diag::has_errors(&self.diagnostics) {
            self.check_initialized(&mut body, &closures);
        }
        body
    }

    pub(super) fn in_main_rule(&self) -> bool {
        self.frames.len() == 1 && self.main_rule.is_some()
    }

    pub(super) fn note_main_value(&mut self, value: &Expr) {
        if self.as_result(value.ty).is_some()
            && let Some(rule) = &mut self.main_rule
        {
            rule.fallible = true;
        }
    }

    /// The body of a `main` without a result type: a `Result` at its end counts.
    fn check_main_block(&mut self, block: &ast::Block) -> Expr {
        let single = block.tail.as_ref().is_some_and(|tail| {
            !matches!(
                tail.kind,
                ast::ExprKind::If(_)
                    | ast::ExprKind::Match { .. }
                    | ast::ExprKind::Block { .. }
                    | ast::ExprKind::Loop { .. }
                    | ast::ExprKind::Select(_)
            )
        });
        let expect = if single { Expect::Any } else { Expect::Drop };
        let value = self.check_block(block, expect);
        let ty = self.known(value.ty);
        if self.as_result(ty).is_some() {
            self.note_main_value(&value);
            return value;
        }
        match &block.tail {
            Some(tail) => self.drop_block(value, tail),
            None => value,
        }
    }

    fn drop_block(&mut self, value: Expr, tail: &ast::Expr) -> Expr {
        let ty = self.known(value.ty);
        if ty.is_unit() || ty.is_never() || ty.is_error() {
            return value;
        }
        self.drop_tail(value, tail)
    }

    /// `dyn Error`
    pub(super) fn error_ty(&self) -> Option<Ty> {
        let trait_ = self.program.lang.find_trait("error")?;
        Some(Ty::new(TyKind::Dyn {
            trait_,
            args: TyList::empty(),
            assocs: &[],
        }))
    }

    /// Gives a fallible `main` its result type, and every way out of it a `Result`.
    fn finish_main(&mut self, id: FnId, value: Expr) -> Expr {
        let fallible = self.main_rule.as_ref().is_some_and(|rule| rule.fallible);
        let Some(error) = self.error_ty().filter(|_| fallible) else {
            return value;
        };
        let result = self.result_of(Ty::unit(), error);
        self.program.fns[id].sig.result = result;
        let mut value = value;
        MainReturns {
            checker: self,
            result,
        }
        .expr(&mut value);
        self.main_outcome(value, result)
    }

    /// A value of `main` as its result: `Ok(())` after a plain one, errors converted.
    fn main_outcome(&mut self, value: Expr, result: Ty) -> Expr {
        let span = value.span;
        let ty = self.shallow(value.ty);
        if ty.is_never() {
            return build::coercion(crate::hir::Coercion::Never, value, result);
        }
        if ty.is_error() || self.infer.try_unify(ty, result).is_ok() {
            return value;
        }
        let Some((ok_ty, err_ty)) = self.as_result(ty) else {
            let fine = self.std_value(Std::Ok, Some(build::unit(span)), result, span);
            return build::block(vec![Stmt::Expr(value)], fine);
        };
        self.diverging.push(ok_ty);
        let caught = self.temp(err_ty, span);
        let read = build::local(caught, err_ty, span);
        let error = match self.as_result(result) {
            Some((_, error)) => self.convert_error(read, error, span),
            None => read,
        };
        let ok = Arm {
            pat: self.std_pat(Std::Ok, Some(build::wild(ok_ty, span)), ty, span),
            guard: None,
            body: self.std_value(Std::Ok, Some(build::unit(span)), result, span),
        };
        let pat = build::binding(caught, err_ty, span);
        let err = Arm {
            pat: self.std_pat(Std::Err, Some(pat), ty, span),
            guard: None,
            body: self.std_value(Std::Err, Some(error), result, span),
        };
        let scrutinee = Box::new(value);
        let arms = vec![ok, err];
        expr(result, span, ExprKind::Match { scrutinee, arms })
    }
}

struct MainReturns<'c, 'a> {
    checker: &'c mut Checker<'a>,
    result: Ty,
}

impl Visitor for MainReturns<'_, '_> {
    fn expr(&mut self, e: &mut Expr) {
        walk_expr(self, e);
        let span = e.span;
        if let ExprKind::Return(value) = &mut e.kind {
            let given = match value.take() {
                Some(value) => *value,
                None => build::unit(span),
            };
            let outcome = self.checker.main_outcome(given, self.result);
            *value = Some(Box::new(outcome));
        }
    }
}
