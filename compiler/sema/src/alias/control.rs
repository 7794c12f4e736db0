//! Where control goes, and what patterns bind.

use super::build::{Builder, Target};
use super::flow::{Instr, Loan, LoanKind, Var};
use super::path::{Path, Step};
use crate::hir::{Arm, BindingMode, Block, Expr, ExprKind, LoopId, Pat, PatKind, SelectArm};
use crate::hir::{SelectOp, Stmt};
use crate::types::TyKind;
use gos_diag::Span;

/// What a pattern is matched against.
#[derive(Clone)]
struct Matched {
    /// Holders of what a copied part may hold.
    value: Option<Var>,
    /// Holders of what a reference into it may hold.
    inside: Vec<Var>,
    path: Option<Path>,
}

impl<'p> Builder<'_, 'p> {
    pub(super) fn control(&mut self, e: &'p Expr) -> Option<Var> {
        match &e.kind {
            ExprKind::And(left, right) | ExprKind::Or(left, right) => {
                self.condition(left);
                let after = self.block();
                self.edge(after);
                self.enter_new();
                self.condition(right);
                self.go_to(after);
                None
            }
            ExprKind::If {
                condition,
                then,
                otherwise,
            } => self.if_(condition, then, otherwise.as_deref(), e),
            ExprKind::Match { scrutinee, arms } => self.match_(scrutinee, arms, e),
            ExprKind::Let(pat, value) => {
                let matched = self.matched(value);
                self.bind(pat, &matched);
                None
            }
            ExprKind::Loop(id, body) => self.loop_(*id, body, e),
            ExprKind::While {
                id,
                condition,
                body,
            } => {
                self.while_(*id, condition, body);
                None
            }
            ExprKind::For {
                id,
                pat,
                iterator,
                body,
                ..
            } => {
                self.for_(*id, pat, iterator, body);
                None
            }
            ExprKind::Labeled(id, body) => self.labeled(*id, body, e),
            ExprKind::Break(id, value) => {
                let value = value.as_ref().and_then(|value| self.value(value));
                self.break_(*id, value, e.span);
                None
            }
            ExprKind::Continue(id) => {
                if let Some(again) = self.targets.get(id).map(|target| target.again) {
                    self.edge(again);
                }
                None
            }
            ExprKind::Return(value) => {
                let value = value.as_ref().and_then(|value| self.value(value));
                self.use_all(value, e.span);
                None
            }
            ExprKind::Block(block) => self.statements(block),
            ExprKind::Select { arms, default } => self.select(arms, default.as_deref(), e),
            _ => None,
        }
    }

    /// Control goes on in a block of its own.
    fn enter_new(&mut self) {
        let next = self.block();
        self.edge(next);
        self.current = next;
    }

    fn go_to(&mut self, block: usize) {
        self.edge(block);
        self.current = block;
    }

    fn condition(&mut self, e: &'p Expr) {
        let value = self.value(e);
        self.use_all(value, e.span);
    }

    /// The variable for the value of a branching expression.
    fn joined(&mut self, e: &Expr) -> Option<Var> {
        let holds = self.types.holds(e.ty).any;
        holds.then(|| self.temp())
    }

    /// The end of one of several ways to a value.
    fn finish_way(&mut self, value: Option<Var>, result: Option<Var>, span: Span) {
        let Some(to) = result else {
            self.use_all(value, span);
            return;
        };
        if let Some(value) = value {
            let fresh = self.fresh_of(&[value]);
            self.fresh.entry(to).or_default().extend(fresh);
        }
        self.push(Instr::Set {
            to,
            from: value.into_iter().collect(),
            loans: Vec::new(),
            adds: false,
            span,
        });
    }

    fn if_(
        &mut self,
        condition: &'p Expr,
        then: &'p Expr,
        otherwise: Option<&'p Expr>,
        e: &'p Expr,
    ) -> Option<Var> {
        let result = self.joined(e);
        let [on_false, after] = [(); 2].map(|()| self.block());
        self.test(condition, on_false);
        let value = self.value(then);
        self.finish_way(value, result, then.span);
        self.edge(after);
        self.current = on_false;
        if let Some(otherwise) = otherwise {
            let value = self.value(otherwise);
            self.finish_way(value, result, otherwise.span);
        }
        self.go_to(after);
        result
    }

    /// Evaluates a condition; control goes on where it holds.
    fn test(&mut self, condition: &'p Expr, on_false: usize) {
        match &condition.kind {
            ExprKind::And(left, right) => {
                self.test(left, on_false);
                self.test(right, on_false);
            }
            ExprKind::Let(pat, value) => {
                let matched = self.matched(value);
                self.edge(on_false);
                self.enter_new();
                self.bind(pat, &matched);
            }
            _ => {
                self.condition(condition);
                self.edge(on_false);
                self.enter_new();
            }
        }
    }

    fn match_(&mut self, scrutinee: &'p Expr, arms: &'p [Arm], e: &'p Expr) -> Option<Var> {
        let result = self.joined(e);
        let matched = self.matched(scrutinee);
        let after = self.block();
        for arm in arms {
            let next = self.block();
            self.edge(next);
            self.enter_new();
            self.bind(&arm.pat, &matched);
            if let Some(guard) = &arm.guard {
                self.test(guard, next);
            }
            let value = self.value(&arm.body);
            self.finish_way(value, result, arm.body.span);
            self.edge(after);
            self.current = next;
        }
        // Some arm matches.
        self.current = after;
        result
    }

    fn loop_(&mut self, id: LoopId, body: &'p Expr, e: &'p Expr) -> Option<Var> {
        let result = self.joined(e);
        let [head, exit] = [(); 2].map(|()| self.block());
        self.go_to(head);
        self.turn(id, body, (exit, head), result);
        self.current = exit;
        result
    }

    /// The body of a loop, and the way back.
    fn turn(
        &mut self,
        id: LoopId,
        body: &'p Expr,
        (exit, again): (usize, usize),
        result: Option<Var>,
    ) {
        let target = Target {
            exit,
            again,
            result,
        };
        self.targets.insert(id, target);
        let value = self.value(body);
        self.use_all(value, body.span);
        self.edge(again);
    }

    fn while_(&mut self, id: LoopId, condition: &'p Expr, body: &'p Expr) {
        let [head, exit] = [(); 2].map(|()| self.block());
        self.go_to(head);
        self.test(condition, exit);
        self.turn(id, body, (exit, head), None);
        self.current = exit;
    }

    fn for_(&mut self, id: LoopId, pat: &'p Pat, iterator: &'p Expr, body: &'p Expr) {
        let first = self.flow.loans.len();
        let walked = self.value(iterator);
        self.keep(walked);
        for loan in &mut self.flow.loans[first..] {
            if loan.kind == LoanKind::Iterator {
                loan.kind = LoanKind::Loop;
            }
        }
        let [head, exit] = [(); 2].map(|()| self.block());
        self.go_to(head);
        self.use_all(walked, iterator.span);
        self.edge(exit);
        self.enter_new();
        let handed_out = self.types.holds(pat.ty).mutable;
        let matched = Matched {
            value: walked.filter(|_| handed_out),
            inside: walked.into_iter().filter(|_| handed_out).collect(),
            path: None,
        };
        self.bind(pat, &matched);
        self.turn(id, body, (exit, head), None);
        self.current = exit;
    }

    fn labeled(&mut self, id: LoopId, body: &'p Expr, e: &'p Expr) -> Option<Var> {
        let result = self.joined(e);
        let exit = self.block();
        let target = Target {
            exit,
            again: exit,
            result,
        };
        self.targets.insert(id, target);
        let value = self.value(body);
        self.finish_way(value, result, body.span);
        self.go_to(exit);
        result
    }

    fn break_(&mut self, id: LoopId, value: Option<Var>, span: Span) {
        let Some(target) = self.targets.get(&id) else {
            return;
        };
        let (exit, result) = (target.exit, target.result);
        self.finish_way(value, result, span);
        self.edge(exit);
    }

    fn statements(&mut self, block: &'p Block) -> Option<Var> {
        for stmt in &block.stmts {
            match stmt {
                Stmt::Expr(e) => {
                    // A value that is dropped is used no more.
                    self.value(e);
                }
                Stmt::Let {
                    pat,
                    init,
                    otherwise,
                } => self.let_(pat, init.as_ref(), otherwise.as_ref()),
            }
        }
        block.tail.as_ref().and_then(|tail| self.value(tail))
    }

    fn let_(&mut self, pat: &'p Pat, init: Option<&'p Expr>, otherwise: Option<&'p Expr>) {
        let Some(init) = init else {
            let nothing = Matched {
                value: None,
                inside: Vec::new(),
                path: None,
            };
            return self.bind(pat, &nothing);
        };
        let matched = self.matched(init);
        if let Some(otherwise) = otherwise {
            let failed = self.block();
            self.edge(failed);
            let before = self.current;
            self.current = failed;
            self.value(otherwise);
            self.current = before;
            self.enter_new();
        }
        self.bind(pat, &matched);
        // What was made on the way to the value lives in its variables now.
        self.keep(matched.value);
    }

    fn select(
        &mut self,
        arms: &'p [SelectArm],
        default: Option<&'p Expr>,
        e: &'p Expr,
    ) -> Option<Var> {
        let result = self.joined(e);
        for arm in arms {
            match &arm.op {
                SelectOp::Receive { channel, .. } => self.condition(channel),
                SelectOp::Send { channel, value } => {
                    self.condition(channel);
                    self.condition(value);
                }
            }
        }
        let after = self.block();
        let start = self.current;
        for arm in arms {
            self.current = start;
            self.enter_new();
            if let SelectOp::Receive { pat, .. } = &arm.op {
                let nothing = Matched {
                    value: None,
                    inside: Vec::new(),
                    path: None,
                };
                self.bind(pat, &nothing);
            }
            let value = self.value(&arm.body);
            self.finish_way(value, result, arm.body.span);
            self.edge(after);
        }
        if let Some(default) = default {
            self.current = start;
            self.enter_new();
            let value = self.value(default);
            self.finish_way(value, result, default.span);
            self.edge(after);
        }
        self.current = after;
        result
    }

    fn matched(&mut self, e: &'p Expr) -> Matched {
        if !is_place(e) {
            let value = self.value(e);
            return Matched {
                value,
                inside: value.into_iter().collect(),
                path: None,
            };
        }
        let place = self.place(e);
        self.use_all(place.through.clone(), e.span);
        let inside = self.holders(&place);
        let stored = place
            .path
            .as_ref()
            .is_none_or(|path| !path.steps.contains(&Step::Deref));
        Matched {
            value: inside.first().copied().filter(|_| stored),
            inside,
            path: place.path,
        }
    }

    fn bind(&mut self, pat: &'p Pat, matched: &Matched) {
        match &pat.kind {
            PatKind::Binding { local, mode, sub } => {
                self.push(Instr::Replaced(Path::new(*local)));
                if let Some(to) = self.tracked(*local) {
                    let (from, loans) = self.bound(*mode, matched, pat.span);
                    self.push(Instr::Set {
                        to,
                        from,
                        loans,
                        adds: false,
                        span: pat.span,
                    });
                }
                if let Some(sub) = sub {
                    self.bind(sub, matched);
                }
            }
            PatKind::Tuple(parts) => parts.iter().for_each(|part| self.bind(part, matched)),
            PatKind::Or(parts) => {
                // One of them binds the variables.
                let after = self.block();
                for part in parts {
                    let start = self.current;
                    self.enter_new();
                    self.bind(part, matched);
                    self.edge(after);
                    self.current = start;
                }
                self.current = after;
            }
            PatKind::Variant { fields, .. } => {
                fields.iter().for_each(|(_, part)| self.bind(part, matched));
            }
            PatKind::Slice {
                before,
                rest,
                after,
            } => {
                before.iter().for_each(|part| self.bind(part, matched));
                if let Some(Some(rest)) = rest {
                    self.bind(rest, matched);
                }
                after.iter().for_each(|part| self.bind(part, matched));
            }
            PatKind::Deref(inner) => match pat.ty.kind() {
                // What lies behind stays when the reference variable is bound anew, and the parts
                // of it are not the whole, whose methods may be called.
                TyKind::Ref(..) => {
                    let path = matched.path.clone();
                    let path = path.map(|path| path.then(Step::Deref).then(Step::Part));
                    self.bind(
                        inner,
                        &Matched {
                            path,
                            ..matched.clone()
                        },
                    );
                }
                _ => self.bind(inner, matched),
            },
            PatKind::Wild | PatKind::Error | PatKind::Literal(_) | PatKind::Range { .. } => {}
        }
    }

    /// What a variable of a pattern holds.
    fn bound(
        &mut self,
        mode: BindingMode,
        matched: &Matched,
        span: Span,
    ) -> (Vec<Var>, Vec<usize>) {
        if mode == BindingMode::Value {
            return (matched.value.into_iter().collect(), Vec::new());
        }
        let loan = matched.path.clone().map(|path| {
            self.loan(Loan {
                path,
                mutable: true,
                kind: LoanKind::Pattern,
                span,
            })
        });
        (matched.inside.clone(), loan.into_iter().collect())
    }
}

fn is_place(e: &Expr) -> bool {
    matches!(
        e.kind,
        ExprKind::Local(_) | ExprKind::Field(..) | ExprKind::Index(..) | ExprKind::Deref(_)
    )
}
