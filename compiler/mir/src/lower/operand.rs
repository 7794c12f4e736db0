//! Operands of instructions, and the order in which they are evaluated.

use super::{Lower, Operand};
use crate::ir::{Constant, Place};
use gos_sema::hir::{Coercion, Expr, ExprKind};
use gos_sema::types::{Ty, TyKind};

impl Lower<'_> {
    /// The value as an operand. It may be a place, read when the instruction runs: nothing that
    /// can change it may be evaluated in between.
    pub(super) fn operand(&mut self, expr: &Expr) -> Operand {
        if let Some(constant) = self.constant(expr) {
            return Operand::Constant(constant);
        }
        if expr.ty.is_never() {
            self.effect(expr);
            return Operand::Constant(Constant::ZeroSized(expr.ty));
        }
        if is_place(expr) {
            let span = std::mem::replace(&mut self.b.source.span, expr.span);
            let place = self.place(expr);
            self.b.source.span = span;
            return Operand::Copy(place);
        }
        let temp = self.b.temp(expr.ty);
        self.lower_into(&Place::from(temp), expr);
        Operand::copy(temp)
    }

    /// Operands in order; each is fixed before the next is evaluated.
    pub(super) fn operands(&mut self, exprs: &[&Expr]) -> Vec<Operand> {
        let settled = exprs
            .iter()
            .rposition(|expr| !is_quiet(expr))
            .unwrap_or_default();
        let mut operands = Vec::with_capacity(exprs.len());
        for (index, expr) in exprs.iter().enumerate() {
            let operand = self.operand(expr);
            operands.push(if index < settled {
                self.settle(operand, expr.ty)
            } else {
                operand
            });
        }
        operands
    }

    /// The operand, copied if it is a place that could still change.
    pub(super) fn settle(&mut self, operand: Operand, ty: Ty) -> Operand {
        match operand {
            Operand::Copy(place) if !self.is_temporary(&place) => Operand::copy(
                self.b
                    .compute(ty, crate::ir::Rvalue::Use(Operand::Copy(place))),
            ),
            operand => operand,
        }
    }

    fn is_temporary(&self, place: &Place) -> bool {
        place
            .as_local()
            .is_some_and(|local| self.b.body.locals[local].name.is_none())
    }
}

/// True for nodes that denote a memory location.
pub(super) fn is_place(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Local(_) | ExprKind::Static(_) | ExprKind::Deref(_) => true,
        ExprKind::Field(base, _) => is_place(base),
        ExprKind::Index(base, _) => {
            matches!(base.ty.kind(), TyKind::Vec(_) | TyKind::View(..)) || is_place(base)
        }
        _ => false,
    }
}

/// True when evaluating the expression cannot change any variable or memory.
pub(super) fn is_quiet(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Int(_)
        | ExprKind::Float(_)
        | ExprKind::Bool(_)
        | ExprKind::Char(_)
        | ExprKind::Str(_)
        | ExprKind::Bytes(_)
        | ExprKind::Local(_)
        | ExprKind::Const(..)
        | ExprKind::Static(_)
        | ExprKind::Fn(..)
        | ExprKind::ConstParam(_)
        | ExprKind::Closure(_) => true,
        ExprKind::Tuple(items) | ExprKind::Array(items) => items.iter().all(is_quiet),
        ExprKind::Struct { fields, base, .. } => {
            fields.iter().all(|(_, field)| is_quiet(field)) && base.as_deref().is_none_or(is_quiet)
        }
        ExprKind::Field(inner, _)
        | ExprKind::Deref(inner)
        | ExprKind::Ref(_, inner)
        | ExprKind::Unary(_, inner)
        | ExprKind::Cast(inner)
        | ExprKind::BoxNew(inner) => is_quiet(inner),
        ExprKind::Coerce(coercion, inner) => *coercion != Coercion::Never && is_quiet(inner),
        ExprKind::Index(left, right) | ExprKind::Binary(_, left, right) => {
            is_quiet(left) && is_quiet(right)
        }
        _ => false,
    }
}
