//! `as`.

use super::build::expr;
use super::message::is_number;
use super::{Checker, Expect};
use crate::hir::{Arm, Expr, ExprKind, Pat, PatKind};
use crate::program::{AdtId, VariantIdx, VariantKind};
use crate::types::{InferVar, IntTy, Ty, TyKind};
use gos_diag::{Diagnostic, Span, codes};
use gos_syntax::ast;

/// A cast whose types are looked at when they are known.
#[derive(Debug)]
pub(super) struct PendingCast {
    from: Ty,
    to: Ty,
    span: Span,
}

impl Checker<'_> {
    pub(super) fn check_cast(
        &mut self,
        operand: &ast::Expr,
        ty: &ast::TypeExpr,
        span: Span,
    ) -> Expr {
        let target = self.lower(ty);
        let to = self.known(target);
        let literal = matches!(
            operand.kind,
            ast::ExprKind::Lit(ast::Lit {
                kind: ast::LitKind::Int { .. },
                ..
            })
        );
        let expect = match to.kind() {
            TyKind::Int(_) if literal => Expect::Ty(to),
            _ if is_number(to) => Expect::Any,
            _ => Expect::Ty(to),
        };
        let value = self.check_expr(operand, expect);
        let primitive = is_number(to) || matches!(to.kind(), TyKind::Char | TyKind::Bool);
        if !primitive {
            let from = value.ty;
            if let Some(converted) = self.try_coerce(value, to) {
                return converted;
            }
            self.bad_cast(from, to, span);
            return Expr {
                ty: to,
                ..Checker::error_expr(span)
            };
        }
        let value = self.read(value);
        let from = self.known(value.ty);
        if from.is_error() {
            return Expr {
                ty: to,
                ..Checker::error_expr(span)
            };
        }
        if let TyKind::Adt(adt, _) = from.kind()
            && matches!(to.kind(), TyKind::Int(_))
            && self.is_fieldless(*adt)
        {
            return self.cast_enum(value, *adt, to, span);
        }
        self.casts.push(PendingCast { from, to, span });
        expr(to, span, ExprKind::Cast(Box::new(value)))
    }

    fn is_fieldless(&self, adt: AdtId) -> bool {
        let item = &self.program.adts[adt];
        let mut variants = item.variants.iter();
        item.is_enum && variants.all(|variant| variant.kind == VariantKind::Unit)
    }

    /// An enum's number: a match from variants to their discriminants.
    fn cast_enum(&mut self, value: Expr, adt: AdtId, to: Ty, span: Span) -> Expr {
        let from = value.ty;
        let arms = self.program.adts[adt]
            .variants
            .iter()
            .enumerate()
            .map(|(index, variant)| Arm {
                pat: Pat {
                    ty: from,
                    span,
                    kind: PatKind::Variant {
                        adt,
                        variant: VariantIdx::from(index),
                        fields: Vec::new(),
                    },
                },
                guard: None,
                body: expr(to, span, ExprKind::Int(variant.discriminant as u128)),
            })
            .collect();
        let scrutinee = Box::new(value);
        expr(to, span, ExprKind::Match { scrutinee, arms })
    }

    /// `v as i64` of a variable that never gets a value, as in `let v = todo!()`, takes it for one
    /// of the type that is asked for.
    pub(super) fn settle_diverging_casts(&mut self) {
        for index in 0..self.casts.len() {
            let (from, to) = (self.casts[index].from, self.casts[index].to);
            let from = self.shallow(from);
            let mut diverging = self.diverging.iter();
            if matches!(from.kind(), TyKind::Infer(InferVar::Ty(_)))
                && diverging.any(|ty| self.shallow(*ty) == from)
            {
                let _ = self.infer.try_unify(from, to);
            }
        }
    }

    /// Reports the casts that are none. That a type is still open is said where it was left open.
    pub(super) fn check_casts(&mut self) {
        for cast in std::mem::take(&mut self.casts) {
            let (from, to) = (self.resolve(cast.from), self.resolve(cast.to));
            let open = matches!(from.kind(), TyKind::Infer(InferVar::Ty(_)));
            if !open && !castable(from, to) {
                self.bad_cast(from, to, cast.span);
            }
        }
    }

    fn bad_cast(&mut self, from: Ty, to: Ty, span: Span) {
        if self.has_error(from) || self.has_error(to) {
            return;
        }
        let (shown, wanted) = (self.show(from), self.show(to));
        let mut error = Diagnostic::error(
            codes::INVALID_CAST,
            span,
            format!("`as` does not convert `{shown}` to `{wanted}`"),
        );
        error = match (from.kind(), to.kind()) {
            (TyKind::String, _) if is_number(to) => {
                error.help(format!("parse it: `text.parse::<{wanted}>()`"))
            }
            (_, TyKind::String) => error.help("make it text with `.to_string()` or `format!`"),
            (_, TyKind::Bool) => error.help("compare it: `… != 0`"),
            (TyKind::Int(_), TyKind::Char) => {
                error.help("go through `u8`, or use `char::from_u32`, which may fail")
            }
            (TyKind::Param { .. }, _) | (_, TyKind::Param { .. }) => {
                error.help("a type parameter may be anything; ask for `Into` or `From` instead")
            }
            _ => error,
        };
        self.report(error);
    }
}

fn castable(from: Ty, to: Ty) -> bool {
    if from.is_error() || to.is_error() || from.is_never() || from == to {
        return true;
    }
    matches!(
        (from.kind(), to.kind()),
        (
            TyKind::Int(_) | TyKind::Float(_),
            TyKind::Int(_) | TyKind::Float(_)
        ) | (TyKind::Bool | TyKind::Char, TyKind::Int(_))
            | (TyKind::Int(IntTy::U8), TyKind::Char)
    )
}
