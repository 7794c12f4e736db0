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
                self.release_on_this_way(0);
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
        let held = self.held.len();
        self.condition(condition, on_true, on_false);
        self.b.switch_to(on_true);
        self.lower_into(destination, then);
        self.release_to(held);
        self.b.goto(join);
        self.b.switch_to(on_false);
        if let Some(otherwise) = otherwise {
            self.lower_into(destination, otherwise);
        }
        self.b.goto(join);
        self.b.switch_to(join);
    }

    /// Branches on a condition; the variables of its `let`s live on the true side, and guards
    /// among them are held only there.
    pub(super) fn condition(&mut self, expr: &Expr, on_true: BlockId, on_false: BlockId) {
        match &expr.kind {
            ExprKind::And(left, right) => {
                let both = self.b.block();
                let held = self.held.len();
                self.condition(left, both, on_false);
                self.b.switch_to(both);
                if self.held.len() == held {
                    return self.condition(right, on_true, on_false);
                }
                let [passed, failed] = [(); 2].map(|()| self.b.block());
                let bound = self.held.len();
                self.condition(right, passed, failed);
                let all = self.held.split_off(bound);
                self.b.switch_to(failed);
                self.release_on_this_way(held);
                self.b.goto(on_false);
                self.held.extend(all);
                self.b.switch_to(passed);
                self.b.goto(on_true);
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
                let held = self.held.len();
                let place = self.place(value);
                if self.program.is_guard(value.ty) {
                    let failed = self.b.block();
                    self.match_pattern(pat, &place, failed);
                    self.b.goto(on_true);
                    self.b.switch_to(failed);
                    self.release_on_this_way(held);
                    self.b.goto(on_false);
                } else {
                    let place = self.copy_out(place, value.ty, held);
                    self.match_pattern(pat, &place, on_false);
                    self.b.goto(on_true);
                }
                self.b.source.span = span;
            }
            _ => {
                let held = self.held.len();
                let mut operand = self.operand(expr);
                if self.held.len() > held {
                    operand = self.settle(operand, expr.ty);
                    self.release_to(held);
                }
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
                Stmt::Expr(expr) => {
                    let held = self.held.len();
                    self.effect(expr);
                    self.release_to(held);
                }
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
        let held = self.held.len();
        match &pat.kind {
            PatKind::Wild => {
                self.effect(init);
                return self.release_to(held);
            }
            PatKind::Binding {
                local,
                mode: BindingMode::Value,
                sub: None,
            } => {
                let place = self.declare(*local);
                self.lower_into(&place, init);
                self.release_to(held);
                if let Some(local) = place.as_local() {
                    self.hold(local, init.ty);
                }
                return;
            }
            _ => {}
        }
        let place = self.place(init);
        let kept = self.program.is_guard(init.ty);
        if let Some(otherwise) = otherwise {
            let [matched, failed] = [(); 2].map(|()| self.b.block());
            self.match_pattern(pat, &place, failed);
            self.b.goto(matched);
            self.b.switch_to(failed);
            self.release_on_this_way(held);
            let all = self.held.split_off(held);
            self.effect(otherwise);
            self.held.extend(all);
            self.b.terminate(TerminatorKind::Unreachable);
            self.b.switch_to(matched);
        } else {
            self.bind_irrefutable(pat, &place);
        }
        if !kept {
            self.release_to(held);
        }
    }

    fn labeled(&mut self, destination: &Place, id: LoopId, body: &Expr) {
        let exit = self.b.block();
        self.breakables.push(Breakable {
            id,
            exit,
            next: None,
            result: Some(destination.clone()),
            depth: self.scopes.len(),
            held: self.held.len(),
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
        let (exit, depth, held) = (target.exit, target.depth, target.held);
        let result = target.result.clone();
        match (value, result) {
            (Some(value), Some(result)) => self.lower_into(&result, value),
            (Some(value), None) => self.effect(value),
            (None, _) => {}
        }
        self.release_on_this_way(held);
        self.kill_scopes_above(depth);
        self.b.goto(exit);
    }

    fn continue_(&mut self, id: LoopId) {
        let Some(target) = self.breakables.iter().rfind(|target| target.id == id) else {
            return;
        };
        let (next, depth, held) = (target.next, target.depth, target.held);
        self.release_on_this_way(held);
        self.kill_scopes_above(depth);
        if let Some(next) = next {
            self.b.goto(next);
        }
    }
}
