//! `PartialEq`, `PartialOrd` and `Ord`.

use super::body::{Builder, is_primitive};
use crate::hir::{BinaryOp, BindingMode, Expr, ExprKind, Pat, PatKind, Stmt};
use crate::program::{FieldIdx, VariantIdx};
use crate::types::{IntTy, Ty, TyKind, TyList};

/// `eq`: same variant, and all fields equal.
pub(super) fn equal(b: &mut Builder<'_>) -> Expr {
    if b.is_plain_enum() {
        return b.binary(BinaryOp::Eq, b.number(b.behind(0)), b.number(b.behind(1)));
    }
    if !b.is_enum() {
        let (left, right) = (b.field_places(0), b.field_places(1));
        return all_equal(b, left, right);
    }
    let mut arms = Vec::new();
    for variant in 0..b.variant_count() {
        let (pat, left) = b.variant_pat(variant);
        let (other, right) = b.variant_pat(variant);
        let fields = all_equal(b, b.reads(&left), b.reads(&right));
        let same = is_variant(b, other);
        arms.push((pat, b.if_(same, fields, b.bool(false))));
    }
    b.match_(b.behind(0), arms, Ty::bool())
}

/// Whether `other` matches.
fn is_variant(b: &Builder<'_>, pat: Pat) -> Expr {
    let kind = ExprKind::Let(Box::new(pat), Box::new(b.behind(1)));
    b.expr(Ty::bool(), kind)
}

fn all_equal(b: &Builder<'_>, left: Vec<Expr>, right: Vec<Expr>) -> Expr {
    let mut pairs = left.into_iter().zip(right).map(|(left, right)| {
        if is_primitive(left.ty) {
            return b.binary(BinaryOp::Eq, left, right);
        }
        let ty = left.ty;
        let args = vec![b.reference(left), b.reference(right)];
        b.same_of(ty, args, Ty::bool())
    });
    let Some(first) = pairs.next() else {
        return b.bool(true);
    };
    pairs.fold(first, |all, next| {
        let kind = ExprKind::And(Box::new(all), Box::new(next));
        b.expr(Ty::bool(), kind)
    })
}

/// `cmp` and `partial_cmp`: by variant, then field by field.
pub(super) fn ordering(b: &mut Builder<'_>, partial: bool) -> Expr {
    if b.is_plain_enum() {
        let (left, right) = (b.number(b.behind(0)), b.number(b.behind(1)));
        return of_numbers(b, left, right, partial);
    }
    if !b.is_enum() {
        let (left, right) = (b.field_places(0), b.field_places(1));
        return first_unequal(b, left, right, partial);
    }
    // Once for all arms, of which there may be thousands.
    let at = b.local("position", Ty::int(IntTy::I64));
    let position_let = Stmt::Let {
        pat: b.variable_pat(at),
        init: Some(position_of_other(b)),
        otherwise: None,
    };
    let mut arms = Vec::new();
    for variant in 0..b.variant_count() {
        let (pat, left) = b.variant_pat(variant);
        let (other, right) = b.variant_pat(variant);
        let (left, right) = (b.reads(&left), b.reads(&right));
        let fields = first_unequal(b, left, right, partial);
        let position = int(b, variant);
        let apart = of_numbers(b, position, b.read(at), partial);
        let same = is_variant(b, other);
        arms.push((pat, b.if_(same, fields, apart)));
    }
    let ty = result_ty(b, partial);
    b.block(vec![position_let], b.match_(b.behind(0), arms, ty))
}

fn int(b: &Builder<'_>, value: usize) -> Expr {
    b.expr(Ty::int(IntTy::I64), ExprKind::Int(value as u128))
}

/// Where the other value's variant stands in the declaration.
fn position_of_other(b: &Builder<'_>) -> Expr {
    let arms = (0..b.variant_count()).map(|variant| {
        let kind = PatKind::Variant {
            adt: b.adt,
            variant: VariantIdx::from(variant),
            fields: Vec::new(),
        };
        (b.pat(b.self_ty, kind), int(b, variant))
    });
    b.match_(b.behind(1), arms.collect(), Ty::int(IntTy::I64))
}

fn of_numbers(b: &Builder<'_>, left: Expr, right: Expr, partial: bool) -> Expr {
    let less = b.binary(BinaryOp::Lt, left.clone(), right.clone());
    let greater = b.binary(BinaryOp::Gt, left, right);
    let rest = b.if_(
        greater,
        ordering_value(b, "Greater", partial),
        ordering_value(b, "Equal", partial),
    );
    b.if_(less, ordering_value(b, "Less", partial), rest)
}

fn ordering_ty(b: &Builder<'_>) -> Ty {
    match b.program.lang.find_adt("ordering") {
        Some(id) => Ty::new(TyKind::Adt(id, TyList::empty())),
        None => Ty::error(),
    }
}

fn result_ty(b: &Builder<'_>, partial: bool) -> Ty {
    let ordering = ordering_ty(b);
    match b.program.lang.find_adt("option") {
        Some(option) if partial => Ty::new(TyKind::Adt(option, TyList::new(&[ordering]))),
        _ => ordering,
    }
}

/// The adt and variant of `Ordering::name` or `Option::name`.
fn variant_of(b: &Builder<'_>, lang: &str, name: &str) -> Option<(crate::program::AdtId, usize)> {
    let adt = b.program.lang.find_adt(lang)?;
    let variants = &b.program.adts[adt].variants;
    Some((
        adt,
        variants.iter().position(|variant| variant.name == name)?,
    ))
}

fn ordering_value(b: &Builder<'_>, name: &str, partial: bool) -> Expr {
    let Some((adt, variant)) = variant_of(b, "ordering", name) else {
        return b.missing("Ordering");
    };
    let value = ExprKind::Struct {
        adt,
        variant: VariantIdx::from(variant),
        fields: Vec::new(),
        base: None,
    };
    let value = b.expr(ordering_ty(b), value);
    match variant_of(b, "option", "Some") {
        Some((option, some)) if partial => {
            let kind = ExprKind::Struct {
                adt: option,
                variant: VariantIdx::from(some),
                fields: vec![(FieldIdx(0), value)],
                base: None,
            };
            b.expr(result_ty(b, true), kind)
        }
        _ => value,
    }
}

/// Matches `Equal`, or `Some(Equal)`.
fn equal_pat(b: &Builder<'_>, partial: bool) -> Option<Pat> {
    let (adt, variant) = variant_of(b, "ordering", "Equal")?;
    let kind = PatKind::Variant {
        adt,
        variant: VariantIdx::from(variant),
        fields: Vec::new(),
    };
    let equal = b.pat(ordering_ty(b), kind);
    if !partial {
        return Some(equal);
    }
    let (option, some) = variant_of(b, "option", "Some")?;
    let kind = PatKind::Variant {
        adt: option,
        variant: VariantIdx::from(some),
        fields: vec![(FieldIdx(0), equal)],
    };
    Some(b.pat(result_ty(b, true), kind))
}

/// The order of the first two fields that differ.
fn first_unequal(b: &mut Builder<'_>, left: Vec<Expr>, right: Vec<Expr>, partial: bool) -> Expr {
    let ty = result_ty(b, partial);
    let mut result: Option<Expr> = None;
    for (left, right) in left.into_iter().zip(right).rev() {
        let field = left.ty;
        let args = vec![b.reference(left), b.reference(right)];
        let compared = b.same_of(field, args, ty);
        result = Some(match (result, equal_pat(b, partial)) {
            (Some(rest), Some(equal)) => {
                let local = b.local("order", ty);
                let other = PatKind::Binding {
                    local,
                    mode: BindingMode::Value,
                    sub: None,
                };
                let other = (b.pat(ty, other), b.read(local));
                b.match_(compared, vec![(equal, rest), other], ty)
            }
            _ => compared,
        });
    }
    result.unwrap_or_else(|| ordering_value(b, "Equal", partial))
}
