//! Branches, blocks, jumps, statements.

use super::{Breakable, Lower, Operand, Rvalue};
use crate::ir::{BlockId, Local, Place, TerminatorKind};
use gos_sema::hir::{self, BindingMode, Block, Expr, ExprKind, LoopId, PatKind, Stmt, UnaryOp};
use gos_sema::types::Ty;

impl Lower<'_> {
    /// Expressions that are made of control flow.
    pub(super) fn control(&mut self, destination: &Place, expr: &Expr) {
        match &expr.kind {
            ExprKind::If {
                condition,
                then,
                otherwise,
            } => self.in_scope(expr.span, |this| {
                this.if_(destination, condition, then, otherwise.as_deref());
            }),
            ExprKind::Match { scrutinee, arms } => self.match_(destination, scrutinee, arms),
            ExprKind::Block(block) => self.in_scope(expr.span, |this| {
                this.block(destination, block);
            }),
            ExprKind::Loop(id, body) => self.loop_(destination, *id, body),
            ExprKind::While {
                id,
                condition,
                body,
            } => self.while_(*id, condition, body),
            ExprKind::For {
                id,
                pat,
                iterator,
                next,
                body,
            } => {
                self.in_scope(expr.span, |this| this.for_(*id, pat, iterator, *next, body));
            }
            ExprKind::Labeled(id, body) => self.labeled(destination, *id, body),
            ExprKind::Break(id, value) => self.break_(*id, value.as_deref()),
            ExprKind::Continue(id) => self.continue_(*id),
            ExprKind::Return(value) => {
                if let Some(value) = value {
                    self.lower_into(&Place::from(Local::RESULT), value);
                }
                let exit = self.exit;
                self.b.goto(exit);
            }
            _ => {}
        }
    }

    fn if_(
        &mut self,
        destination: &Place,
        condition: &Expr,
        then: &Expr,
        otherwise: Option<&Expr>,
    ) {
        let [on_true, on_false, join] = [(); 3].map(|()| self.b.block());
        self.condition(condition, on_true, on_false);
        self.b.switch_to(on_true);
        self.lower_into(destination, then);
        self.b.goto(join);
        self.b.switch_to(on_false);
        if let Some(otherwise) = otherwise {
            self.lower_into(destination, otherwise);
        }
        self.b.goto(join);
        self.b.switch_to(join);
    }

    /// Branches on a condition; the variables of its `let`s live on the true side.
    pub(super) fn condition(&mut self, expr: &Expr, on_true: BlockId, on_false: BlockId) {
        match &expr.kind {
            ExprKind::And(left, right) => {
                let both = self.b.block();
                self.condition(left, both, on_false);
                self.b.switch_to(both);
                self.condition(right, on_true, on_false);
            }
            ExprKind::Or(left, right) => {
                let other = self.b.block();
                self.condition(left, on_true, other);
                self.b.switch_to(other);
                self.condition(right, on_true, on_false);
            }
            ExprKind::Unary(UnaryOp::Not, inner) => self.condition(inner, on_false, on_true),
            ExprKind::Bool(value) => {
                self.b.goto(if *value { on_true } else { on_false });
            }
            ExprKind::Let(pat, value) => {
                let span = std::mem::replace(&mut self.b.source.span, pat.span);
                let place = self.place(value);
                self.match_pattern(pat, &place, on_false);
                self.b.goto(on_true);
                self.b.source.span = span;
            }
            _ => {
                let operand = self.operand(expr);
                self.b.branch(operand, on_true, on_false);
            }
        }
    }

    /// A condition as a `bool`.
    pub(super) fn truth(&mut self, destination: &Place, expr: &Expr) {
        let [on_true, on_false, join] = [(); 3].map(|()| self.b.block());
        self.condition(expr, on_true, on_false);
        for (block, value) in [(on_true, 1), (on_false, 0)] {
            self.b.switch_to(block);
            let value = Operand::int(value, Ty::bool());
            self.b.assign(destination.clone(), Rvalue::Use(value));
            self.b.goto(join);
        }
        self.b.switch_to(join);
    }

    fn block(&mut self, destination: &Place, block: &Block) {
        for stmt in &block.stmts {
            match stmt {
                Stmt::Expr(expr) => self.effect(expr),
                Stmt::Let {
                    pat,
                    init,
                    otherwise,
                } => self.let_(pat, init.as_ref(), otherwise.as_ref()),
            }
        }
        if let Some(tail) = &block.tail {
            self.lower_into(destination, tail);
        }
    }

    fn let_(&mut self, pat: &hir::Pat, init: Option<&Expr>, otherwise: Option<&Expr>) {
        let Some(init) = init else {
            return self.declare_all(pat);
        };
        match &pat.kind {
            PatKind::Wild => return self.effect(init),
            PatKind::Binding {
                local,
                mode: BindingMode::Value,
                sub: None,
            } => {
                let place = self.declare(*local);
                return self.lower_into(&place, init);
            }
            _ => {}
        }
        let place = self.place(init);
        let Some(otherwise) = otherwise else {
            return self.bind_irrefutable(pat, &place);
        };
        let [matched, failed] = [(); 2].map(|()| self.b.block());
        self.match_pattern(pat, &place, failed);
        self.b.goto(matched);
        self.b.switch_to(failed);
        self.effect(otherwise);
        self.b.terminate(TerminatorKind::Unreachable);
        self.b.switch_to(matched);
    }

    fn labeled(&mut self, destination: &Place, id: LoopId, body: &Expr) {
        let exit = self.b.block();
        self.breakables.push(Breakable {
            id,
            exit,
            next: None,
            result: Some(destination.clone()),
            depth: self.scopes.len(),
        });
        self.lower_into(destination, body);
        self.breakables.pop();
        self.b.goto(exit);
        self.b.switch_to(exit);
    }

    fn break_(&mut self, id: LoopId, value: Option<&Expr>) {
        let Some(target) = self.breakables.iter().rfind(|target| target.id == id) else {
            return;
        };
        let (exit, depth, result) = (target.exit, target.depth, target.result.clone());
        match (value, result) {
            (Some(value), Some(result)) => self.lower_into(&result, value),
            (Some(value), None) => self.effect(value),
            (None, _) => {}
        }
        self.kill_scopes_above(depth);
        self.b.goto(exit);
    }

    fn continue_(&mut self, id: LoopId) {
        let Some(target) = self.breakables.iter().rfind(|target| target.id == id) else {
            return;
        };
        let (next, depth) = (target.next, target.depth);
        self.kill_scopes_above(depth);
        if let Some(next) = next {
            self.b.goto(next);
        }
    }
}
