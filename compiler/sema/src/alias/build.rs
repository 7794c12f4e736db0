//! From a typed body to its [`Flow`]. This file owns the builder and the dispatch over
//! expressions; `place.rs` says what a place is, `call.rs` what calls borrow, `control.rs` where
//! control goes.

use super::flow::{Access, AccessKind, Block, BlockId, Flow, Instr, Loan, LoanId, Var};
use super::holds::HoldingTypes;
use super::path::Path;
use crate::hir::{Body, Expr, ExprKind, LoopId};
use crate::program::{ClosureId, LocalId, Program};
use crate::types::Ty;
use gos_diag::Span;
use rustc_hash::FxHashMap;

/// Where `break` and `continue` go, and what takes the value of a `break`.
pub(super) struct Target {
    pub exit: BlockId,
    pub again: BlockId,
    pub result: Option<Var>,
}

/// Builds the flow of one body.
pub(super) struct Builder<'b, 'p> {
    pub program: &'p Program,
    pub types: &'b mut HoldingTypes<'p>,
    pub body: &'p Body,
    pub flow: Flow,
    pub current: BlockId,
    pub targets: FxHashMap<LoopId, Target>,
    /// Shared references made by calls on the way to this value, which count once it is kept.
    pub fresh: FxHashMap<Var, Vec<LoanId>>,
    /// An error was reported somewhere in the body.
    pub broken: bool,
}

impl<'b, 'p> Builder<'b, 'p> {
    /// The flow of the body, and whether errors leave holes in it.
    pub(super) fn build(
        program: &'p Program,
        types: &'b mut HoldingTypes<'p>,
        body: &'p Body,
    ) -> (Flow, bool) {
        let mut builder = Builder {
            program,
            types,
            body,
            flow: Flow {
                blocks: vec![Block::default()],
                loans: Vec::new(),
                var_count: body.locals.len(),
            },
            current: 0,
            targets: FxHashMap::default(),
            fresh: FxHashMap::default(),
            broken: false,
        };
        let result = builder.value(&body.value);
        builder.use_all(result, body.value.span);
        (builder.flow, builder.broken)
    }

    pub(super) fn push(&mut self, instr: Instr) {
        self.flow.blocks[self.current].instrs.push(instr);
    }

    pub(super) fn block(&mut self) -> BlockId {
        self.flow.blocks.push(Block::default());
        self.flow.blocks.len() - 1
    }

    /// Control goes on there, too.
    pub(super) fn edge(&mut self, to: BlockId) {
        let current = self.current;
        self.flow.blocks[current].next.push(to);
    }

    /// Nothing comes here: after `return`, `break` and calls that never return.
    pub(super) fn leave(&mut self) {
        self.current = self.block();
    }

    /// A place for a value on its way.
    pub(super) fn temp(&mut self) -> Var {
        self.flow.var_count += 1;
        self.flow.var_count - 1
    }

    pub(super) fn loan(&mut self, loan: Loan) -> LoanId {
        self.flow.loans.push(loan);
        self.flow.loans.len() - 1
    }

    pub(super) fn access(&mut self, path: &Path, kind: AccessKind, span: Span) {
        self.push(Instr::Access(Access {
            path: path.clone(),
            kind,
            span,
        }));
    }

    pub(super) fn use_all(&mut self, vars: impl IntoIterator<Item = Var>, span: Span) {
        for var in vars {
            self.push(Instr::Use { var, span });
        }
    }

    /// The local, if its values can hold references.
    pub(super) fn tracked(&mut self, local: LocalId) -> Option<Var> {
        let ty = self.body.locals[local].ty;
        self.types.holds(ty).any.then_some(local.index())
    }

    /// One value that holds what all of them hold.
    pub(super) fn gather(&mut self, from: Vec<Var>, ty: Ty, span: Span) -> Option<Var> {
        if from.is_empty() || !self.types.holds(ty).any {
            self.use_all(from, span);
            return None;
        }
        if from.len() == 1 {
            return from.first().copied();
        }
        let fresh = self.fresh_of(&from);
        let to = self.temp();
        self.fresh.insert(to, fresh);
        self.push(Instr::Set {
            to,
            from,
            loans: Vec::new(),
            adds: false,
            span,
        });
        Some(to)
    }

    pub(super) fn fresh_of(&self, vars: &[Var]) -> Vec<LoanId> {
        let lists = vars.iter().filter_map(|var| self.fresh.get(var));
        lists.flatten().copied().collect()
    }

    /// The value is kept for later: what calls made on its way counts from here.
    pub(super) fn keep(&mut self, value: Option<Var>) {
        let Some(loans) = value.and_then(|value| self.fresh.remove(&value)) else {
            return;
        };
        for loan in loans {
            let (path, span) = {
                let loan = &self.flow.loans[loan];
                (loan.path.clone(), loan.span)
            };
            self.access(&path, AccessKind::Keep, span);
        }
    }

    /// Evaluates an expression; what its value holds is in the variable.
    pub(super) fn value(&mut self, e: &'p Expr) -> Option<Var> {
        let value = self.value_inner(e);
        if e.ty.is_never() {
            self.use_all(value, e.span);
            self.leave();
            return None;
        }
        value
    }

    fn value_inner(&mut self, e: &'p Expr) -> Option<Var> {
        match &e.kind {
            ExprKind::Error => {
                self.broken = true;
                None
            }
            ExprKind::Local(_)
            | ExprKind::Static(_)
            | ExprKind::Field(..)
            | ExprKind::Index(..)
            | ExprKind::Deref(_) => self.read(e),
            ExprKind::Tuple(items) | ExprKind::Array(items) => {
                self.parts(items.iter(), e.ty, e.span)
            }
            ExprKind::Struct { fields, base, .. } => {
                let given = fields.iter().map(|(_, value)| value);
                self.parts(given.chain(base.as_deref()), e.ty, e.span)
            }
            ExprKind::Repeat { value, count, .. } => {
                self.parts([&**value, &**count].into_iter(), e.ty, e.span)
            }
            ExprKind::Slice { .. } | ExprKind::Ref(..) => self.reference(e),
            ExprKind::Coerce(_, inner) => match self.view_of(e) {
                Some(value) => value,
                None => self.parts([&**inner].into_iter(), e.ty, e.span),
            },
            ExprKind::BoxNew(inner)
            | ExprKind::Unary(_, inner)
            | ExprKind::Cast(inner)
            | ExprKind::Discard(inner)
            | ExprKind::Go(inner)
            | ExprKind::Defer(inner) => self.parts([&**inner].into_iter(), e.ty, e.span),
            ExprKind::Binary(_, left, right) => {
                self.parts([&**left, &**right].into_iter(), e.ty, e.span)
            }
            ExprKind::Assign(place, value) => {
                self.assign(place, value, e.span);
                None
            }
            ExprKind::AssignOp(_, place, value) => {
                let value = self.value(value);
                self.use_all(value, e.span);
                self.write(place, e.span);
                None
            }
            ExprKind::Call { fn_, .. } if self.gives_place(*fn_) => self.element_reference(e),
            ExprKind::Call { fn_, args, .. } => self.call(*fn_, args, e),
            ExprKind::CallValue(callee, args) => self.call_value(callee, args, e),
            ExprKind::Closure(id) => {
                self.closure(*id, e.span);
                None
            }
            _ => self.control(e),
        }
    }

    /// A value made of others.
    pub(super) fn parts(
        &mut self,
        parts: impl Iterator<Item = &'p Expr>,
        ty: Ty,
        span: Span,
    ) -> Option<Var> {
        let mut held = Vec::new();
        for part in parts {
            held.extend(self.value(part));
        }
        self.gather(held, ty, span)
    }

    /// Captured variables are read when the closure is made; what it does later is its own.
    fn closure(&mut self, id: ClosureId, span: Span) {
        let program = self.program;
        for capture in &program.closures[id].captures {
            let var = self.tracked(capture.outer);
            self.use_all(var, span);
        }
    }
}
