//! `Hash`: the variant, then field by field.

use super::body::Builder;
use crate::hir::{Expr, ExprKind, Stmt};
use crate::types::{IntTy, Ty};

pub(super) fn value(b: &mut Builder<'_>) -> Expr {
    if b.is_plain_enum() {
        let number = b.number(b.behind(0));
        return hashed(b, number);
    }
    if !b.is_enum() {
        let fields = b.field_places(0);
        return all(b, fields);
    }
    let mut arms = Vec::new();
    for variant in 0..b.variant_count() {
        let (pat, locals) = b.variant_pat(variant);
        let position = b.expr(Ty::int(IntTy::I64), ExprKind::Int(variant as u128));
        let mut parts = vec![position];
        parts.extend(b.reads(&locals));
        let body = all(b, parts);
        arms.push((pat, body));
    }
    b.match_(b.behind(0), arms, Ty::unit())
}

fn hashed(b: &Builder<'_>, value: Expr) -> Expr {
    let ty = value.ty;
    let args = vec![b.reference(value), b.read(b.params[1])];
    b.same_of(ty, args, Ty::unit())
}

fn all(b: &Builder<'_>, parts: Vec<Expr>) -> Expr {
    let stmts = parts.into_iter().map(|part| Stmt::Expr(hashed(b, part)));
    let unit = b.expr(Ty::unit(), ExprKind::Tuple(Vec::new()));
    b.block(stmts.collect(), unit)
}
