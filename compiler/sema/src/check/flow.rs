//! Control flow: `if`, `match`, loops, `break`, `return`.

use super::build::{coercion, expr};
use super::message::Why;
use super::scope::LoopKind;
use super::{Checker, Expect};
use crate::hir::{Arm, BindingMode, Coercion, Expr, ExprKind, LoopId};
use crate::types::Ty;
use gos_diag::{Diagnostic, Span, codes};
use gos_syntax::ast::{self, BinOp, Ident};

/// The common type of branches.
pub(super) struct Merge {
    expect: Expect,
    /// What the branches so far agree on, and where that was decided.
    ty: Option<(Ty, Span)>,
}

/// One of several alternative values.
#[derive(Clone, Copy)]
pub(super) enum Branch<'e> {
    Expr(&'e ast::Expr),
    Block(&'e ast::Block),
}

impl Merge {
    pub(super) fn new(expect: Expect) -> Merge {
        Merge { expect, ty: None }
    }
}

impl Checker<'_> {
    /// Checks one branch: it has to agree with those before, unless values are dropped.
    pub(super) fn check_branch(&mut self, merge: &mut Merge, branch: Branch<'_>) -> Expr {
        if let Expect::Drop = merge.expect {
            return self.check_dropped(branch);
        }
        if let Some(wanted) = self.expected_known(merge.expect) {
            let value = match wanted.is_unit() {
                true => self.check_dropped(branch),
                false => self.check_branch_value(branch, Expect::Ty(wanted)),
            };
            return self.merge_into(value, wanted, Why::Here);
        }
        match merge.ty {
            Some((ty, at)) => {
                let value = self.check_branch_value(branch, Expect::Ty(ty));
                self.merge_into(value, ty, Why::Other(at))
            }
            None => {
                let value = self.check_branch_value(branch, merge.expect);
                let value = self.as_shared_callable(value);
                let ty = self.known(value.ty);
                if !ty.is_never() {
                    merge.ty = Some((ty, branch_value_span(&value)));
                }
                value
            }
        }
    }

    fn check_branch_value(&mut self, branch: Branch<'_>, expect: Expect) -> Expr {
        match branch {
            Branch::Expr(branch) => self.check_expr(branch, expect),
            Branch::Block(block) => self.check_block(block, expect),
        }
    }

    fn check_dropped(&mut self, branch: Branch<'_>) -> Expr {
        match branch {
            Branch::Expr(branch) => {
                let value = self.check_expr(branch, Expect::Drop);
                self.drop_tail(value, branch)
            }
            Branch::Block(block) => self.check_block(block, Expect::Drop),
        }
    }

    fn merge_into(&mut self, value: Expr, ty: Ty, why: Why) -> Expr {
        // Branches that do not come back are converted when the common type is known.
        if self.shallow(value.ty).is_never() {
            return value;
        }
        self.coerce(value, ty, why)
    }

    /// The type of the whole.
    pub(super) fn merged_ty(&mut self, merge: &Merge, all_diverge: bool) -> Ty {
        if all_diverge {
            return Ty::never();
        }
        if let Expect::Drop = merge.expect {
            return Ty::unit();
        }
        match self.expected_known(merge.expect) {
            Some(wanted) => wanted,
            None => merge.ty.map_or_else(Ty::unit, |(ty, _)| ty),
        }
    }

    /// Gives a branch that does not come back the type of the whole.
    pub(super) fn settle_branch(&mut self, value: Expr, ty: Ty) -> Expr {
        match self.shallow(value.ty).is_never() && !ty.is_never() {
            true => coercion(Coercion::Never, value, ty),
            false => value,
        }
    }

    pub(super) fn check_if(&mut self, if_: &ast::If, span: Span, expect: Expect) -> Expr {
        let Some(else_branch) = &if_.else_branch else {
            return self.check_if_alone(if_, span, expect);
        };
        let mut merge = Merge::new(expect);
        let (condition, then) = self.scoped(|this| {
            let condition = this.check_condition(&if_.cond);
            (
                condition,
                this.check_branch(&mut merge, Branch::Block(&if_.then_block)),
            )
        });
        let otherwise = self.check_branch(&mut merge, Branch::Expr(else_branch));
        let never = [&then, &otherwise]
            .iter()
            .all(|branch| self.shallow(branch.ty).is_never());
        let ty = self.merged_ty(&merge, never);
        let kind = ExprKind::If {
            condition: Box::new(condition),
            then: Box::new(self.settle_branch(then, ty)),
            otherwise: Some(Box::new(self.settle_branch(otherwise, ty))),
        };
        expr(ty, span, kind)
    }

    fn check_if_alone(&mut self, if_: &ast::If, span: Span, expect: Expect) -> Expr {
        let (condition, then) = self.scoped(|this| {
            let condition = this.check_condition(&if_.cond);
            let inner = match (expect, this.expected_known(expect)) {
                (Expect::Any, _) => Expect::Any,
                (_, Some(wanted)) if !wanted.is_unit() => Expect::Any,
                _ => Expect::Drop,
            };
            (condition, this.check_block(&if_.then_block, inner))
        });
        let then_ty = self.known(then.ty);
        let valued = !(then_ty.is_unit() || then_ty.is_never() || then_ty.is_error());
        if valued {
            let shown = self.show(then_ty);
            self.report(
                Diagnostic::error(
                    codes::TYPE_MISMATCH,
                    span,
                    format!("this `if` gives a `{shown}`, and nothing without an `else`"),
                )
                .help("add `else { … }` with the value for the other case"),
            );
            return Checker::error_expr(span);
        }
        let then = self.settle_branch(then, Ty::unit());
        let kind = ExprKind::If {
            condition: Box::new(condition),
            then: Box::new(then),
            otherwise: None,
        };
        expr(Ty::unit(), span, kind)
    }

    /// A condition; `let` binds its variables in the current scope.
    pub(super) fn check_condition(&mut self, condition: &ast::Expr) -> Expr {
        match &condition.kind {
            ast::ExprKind::Let { .. } => self.check_condition_part(condition),
            ast::ExprKind::Binary {
                op: BinOp::And,
                lhs,
                rhs,
                ..
            } => {
                let lhs = self.check_condition(lhs);
                let rhs = self.check_condition(rhs);
                let kind = ExprKind::And(Box::new(lhs), Box::new(rhs));
                expr(Ty::bool(), condition.span, kind)
            }
            _ => self.check_coerce(condition, Ty::bool(), Why::Condition),
        }
    }

    /// `let p = e` inside of a condition.
    pub(super) fn check_condition_part(&mut self, e: &ast::Expr) -> Expr {
        let ast::ExprKind::Let { pat, init } = &e.kind else {
            return Checker::error_expr(e.span);
        };
        let value = self.check_value(init);
        let value = self.through_guard(value);
        let pat = self.check_pat(pat, value.ty, BindingMode::Value);
        let kind = ExprKind::Let(Box::new(pat), Box::new(value));
        expr(Ty::bool(), e.span, kind)
    }

    pub(super) fn check_match(
        &mut self,
        scrutinee: &ast::Expr,
        arms: &[ast::MatchArm],
        span: Span,
        expect: Expect,
    ) -> Expr {
        let scrutinee = self.check_value(scrutinee);
        let scrutinee = self.through_guard(scrutinee);
        let scrutinee_ty = self.known(scrutinee.ty);
        let scrutinee = Expr {
            ty: scrutinee_ty,
            ..scrutinee
        };
        let mut merge = Merge::new(expect);
        let mut checked: Vec<Arm> = Vec::new();
        for arm in arms {
            let arm = self.scoped(|this| {
                let pat = this.check_pat(&arm.pat, scrutinee_ty, BindingMode::Value);
                let guard = arm.guard.as_ref().map(|guard| this.check_condition(guard));
                let body = this.check_branch(&mut merge, Branch::Expr(&arm.body));
                Arm { pat, guard, body }
            });
            checked.push(arm);
        }
        let never = checked
            .iter()
            .all(|arm| self.shallow(arm.body.ty).is_never());
        let ty = self.merged_ty(&merge, never);
        let arms = checked
            .into_iter()
            .map(|arm| Arm {
                body: self.settle_branch(arm.body, ty),
                ..arm
            })
            .collect();
        let scrutinee = Box::new(scrutinee);
        expr(ty, span, ExprKind::Match { scrutinee, arms })
    }

    pub(super) fn check_labeled_block(
        &mut self,
        label: Option<Ident>,
        block: &ast::Block,
        span: Span,
        expect: Expect,
    ) -> Expr {
        let Some(label) = label else {
            return self.check_block(block, expect);
        };
        let value = match expect {
            Expect::Ty(ty) => ty,
            Expect::Any => self.infer.fresh(),
            Expect::Drop => Ty::unit(),
        };
        let ((id, body), left) =
            self.in_loop(Some(label.name), LoopKind::Block, value, |this, id| {
                (id, this.check_block(block, Expect::Ty(value)))
            });
        let body_never = self.shallow(body.ty).is_never();
        let body = self.coerce(body, value, Why::Here);
        let ty = if body_never && !left {
            Ty::never()
        } else {
            value
        };
        expr(ty, span, ExprKind::Labeled(id, Box::new(body)))
    }

    pub(super) fn check_loop(
        &mut self,
        label: Option<Ident>,
        body: &ast::Block,
        span: Span,
        expect: Expect,
    ) -> Expr {
        let value = match self.expected_known(expect) {
            Some(ty) => ty,
            None => self.infer.fresh(),
        };
        let label = label.map(|label| label.name);
        let ((id, body), left) = self.in_loop(label, LoopKind::Loop, value, |this, id| {
            (id, this.check_block(body, Expect::Drop))
        });
        let ty = if left { value } else { Ty::never() };
        expr(ty, span, ExprKind::Loop(id, Box::new(body)))
    }

    pub(super) fn check_while(
        &mut self,
        label: Option<Ident>,
        condition: &ast::Expr,
        body: &ast::Block,
        span: Span,
    ) -> Expr {
        let label = label.map(|label| label.name);
        let unit = Ty::unit();
        let ((id, condition, body), _) =
            self.in_loop(label, LoopKind::Conditional, unit, |this, id| {
                this.scoped(|this| {
                    let condition = this.check_condition(condition);
                    (id, condition, this.check_block(body, Expect::Drop))
                })
            });
        let kind = ExprKind::While {
            id,
            condition: Box::new(condition),
            body: Box::new(body),
        };
        expr(Ty::unit(), span, kind)
    }

    /// The loop that `break` or `continue` means.
    fn find_loop(&mut self, label: Option<Ident>, continues: bool, span: Span) -> Option<usize> {
        let frame = self.frame();
        let found = frame.loops.iter().rposition(|around| match label {
            Some(label) => around.label == Some(label.name),
            None => around.kind != LoopKind::Block,
        });
        let is_block = found.is_some_and(|at| frame.loops[at].kind == LoopKind::Block);
        if let Some(at) = found
            && !(continues && is_block)
        {
            return Some(at);
        }
        let word = if continues { "continue" } else { "break" };
        let message = match (label, is_block) {
            (Some(label), true) => format!("`'{}` is a block, not a loop", label.name),
            (Some(label), false) => {
                format!("there is no loop labeled `'{}` around this", label.name)
            }
            (None, _) => format!("`{word}` outside of a loop"),
        };
        let at = label.map_or(span, |label| label.span);
        self.report(Diagnostic::error(codes::BREAK_OUTSIDE, at, message));
        None
    }

    pub(super) fn check_break(
        &mut self,
        label: Option<Ident>,
        value: Option<&ast::Expr>,
        span: Span,
    ) -> Expr {
        let Some(at) = self.find_loop(label, false, span) else {
            if let Some(value) = value {
                self.check_value(value);
            }
            return Checker::error_expr(span);
        };
        let around = &mut self.frame().loops[at];
        around.has_break = true;
        let (id, kind, ty) = (around.id, around.kind, around.value);
        let value = self.break_value(value, kind, ty, span);
        expr(Ty::never(), span, ExprKind::Break(id, value.map(Box::new)))
    }

    fn break_value(
        &mut self,
        value: Option<&ast::Expr>,
        kind: LoopKind,
        ty: Ty,
        span: Span,
    ) -> Option<Expr> {
        match (value, kind) {
            (Some(value), LoopKind::Conditional) => {
                self.check_value(value);
                self.report(
                    Diagnostic::error(
                        codes::TYPE_MISMATCH,
                        value.span,
                        "only `loop` and labeled blocks give a value",
                    )
                    .help("use `loop`, or store the value in a variable before `break`"),
                );
                None
            }
            (Some(value), _) => Some(self.check_coerce(value, ty, Why::Here)),
            (None, LoopKind::Conditional) => None,
            (None, _) => {
                if self.infer.try_unify(ty, Ty::unit()).is_err() {
                    self.mismatch(ty, (Ty::unit(), None), span, Why::Here);
                }
                None
            }
        }
    }

    pub(super) fn check_continue(&mut self, label: Option<Ident>, span: Span) -> Expr {
        match self.find_loop(label, true, span) {
            Some(at) => {
                let id: LoopId = self.frame().loops[at].id;
                expr(Ty::never(), span, ExprKind::Continue(id))
            }
            None => Checker::error_expr(span),
        }
    }

    pub(super) fn check_return(&mut self, value: Option<&ast::Expr>, span: Span) -> Expr {
        let (result, at) = {
            let frame = self.frame();
            (frame.result, frame.result_span)
        };
        let value = match value {
            Some(value) if self.in_main_rule() => {
                let value = self.check_value(value);
                self.note_main_value(&value);
                Some(Box::new(value))
            }
            Some(value) => {
                let value = self.check_coerce(value, result, Why::Result(at, None));
                Some(Box::new(value))
            }
            None => {
                let fits = self.in_main_rule() || self.infer.try_unify(result, Ty::unit()).is_ok();
                if !fits {
                    let shown = self.show(result);
                    self.report(Diagnostic::error(
                        codes::TYPE_MISMATCH,
                        span,
                        format!("`return` without a value in a function that gives `{shown}`"),
                    ));
                }
                None
            }
        };
        expr(Ty::never(), span, ExprKind::Return(value))
    }
}

/// Where the value of a branch is written.
fn branch_value_span(value: &Expr) -> Span {
    match &value.kind {
        ExprKind::Block(block) => block.tail.as_ref().map_or(value.span, |tail| tail.span),
        _ => value.span,
    }
}
