//! From typed patterns to patterns without names.

use super::constructor::{Ctor, Domain, Shape};
use super::matrix::Pattern;
use crate::hir::{ConstValue, Expr, ExprKind, Pat, PatKind, UnaryOp};
use crate::program::{FieldIdx, Program};
use crate::types::{Ty, TyKind};

/// The pattern that decides the same.
pub(super) fn lower(program: &Program, pat: &Pat) -> Pattern {
    match &pat.kind {
        PatKind::Wild | PatKind::Error => Pattern::Wild,
        PatKind::Binding { sub, .. } => match sub {
            Some(sub) => lower(program, sub),
            None => Pattern::Wild,
        },
        PatKind::Literal(value) => literal(program, value),
        PatKind::Range {
            from,
            to,
            inclusive,
        } => range(
            program,
            pat.ty,
            (from.as_deref(), to.as_deref()),
            *inclusive,
        ),
        PatKind::Tuple(parts) => {
            let parts = parts.iter().map(|part| lower(program, part)).collect();
            Pattern::Ctor(Ctor::Single(Shape::Tuple), parts)
        }
        PatKind::Variant {
            adt,
            variant,
            fields,
        } => {
            let declared = &program.adts[*adt];
            let count = declared
                .variants
                .get(variant.index())
                .map_or(0, |v| v.fields.len());
            let mut parts = vec![Pattern::Wild; count];
            for (FieldIdx(index), field) in fields {
                if let Some(part) = parts.get_mut(*index as usize) {
                    *part = lower(program, field);
                }
            }
            let ctor = if declared.is_enum {
                Ctor::Variant {
                    adt: *adt,
                    variant: *variant,
                    of: declared.variants.len(),
                }
            } else {
                Ctor::Single(Shape::Struct(*adt))
            };
            Pattern::Ctor(ctor, parts)
        }
        PatKind::Slice {
            before,
            rest,
            after,
        } => slice(program, pat.ty, (before, rest.is_some(), after)),
        PatKind::Deref(inner) => {
            let inner = lower(program, inner);
            Pattern::Ctor(Ctor::Single(Shape::Deref), vec![inner])
        }
        PatKind::Or(alternatives) => {
            Pattern::Or(alternatives.iter().map(|pat| lower(program, pat)).collect())
        }
    }
}

fn slice(program: &Program, ty: Ty, (before, rest, after): (&[Pat], bool, &[Pat])) -> Pattern {
    let all =
        |pats: &[Pat]| -> Vec<Pattern> { pats.iter().map(|pat| lower(program, pat)).collect() };
    let (mut before, after) = (all(before), all(after));
    let TyKind::Array(_, length) = ty.kind() else {
        return Pattern::Slice(before, rest, after);
    };
    let TyKind::ConstInt(length) = length.kind() else {
        // A length that is a parameter: the pattern fits by its check alone.
        return Pattern::Slice(before, rest, after);
    };
    let length = usize::try_from(*length).unwrap_or(0);
    let between = length.saturating_sub(before.len() + after.len());
    // Huge arrays: what lies between cannot decide anything.
    if between > 64 {
        return Pattern::Slice(before, rest, after);
    }
    before.extend(std::iter::repeat_n(Pattern::Wild, between));
    before.extend(after);
    Pattern::Ctor(Ctor::Single(Shape::Array), before)
}

fn opaque() -> Pattern {
    Pattern::Ctor(Ctor::Opaque, Vec::new())
}

fn literal(program: &Program, value: &Expr) -> Pattern {
    match &value.kind {
        ExprKind::Bool(bool) => Pattern::Ctor(Ctor::Bool(*bool), Vec::new()),
        ExprKind::Str(text) => Pattern::Ctor(Ctor::Text(text.clone()), Vec::new()),
        ExprKind::Const(id, _) => {
            let known = program
                .consts
                .get(*id)
                .and_then(|const_| const_.value.as_ref());
            known.map_or_else(opaque, |known| of_const(known, value.ty))
        }
        _ => match (Domain::of(value.ty), bits(program, value)) {
            (Some(domain), Some(bits)) => {
                let key = domain.key(bits);
                Pattern::Ctor(Ctor::Range(domain, key, key), Vec::new())
            }
            _ => opaque(),
        },
    }
}

fn of_const(value: &ConstValue, ty: Ty) -> Pattern {
    match (value, Domain::of(ty)) {
        (ConstValue::Int(bits), Some(domain)) => {
            let key = domain.key(*bits);
            Pattern::Ctor(Ctor::Range(domain, key, key), Vec::new())
        }
        (ConstValue::Bool(bool), _) => Pattern::Ctor(Ctor::Bool(*bool), Vec::new()),
        (ConstValue::Str(text), _) => Pattern::Ctor(Ctor::Text(text.clone()), Vec::new()),
        _ => opaque(),
    }
}

fn bits(program: &Program, value: &Expr) -> Option<u128> {
    match &value.kind {
        ExprKind::Const(id, _) => match program.consts.get(*id)?.value.as_ref()? {
            ConstValue::Int(bits) => Some(*bits),
            _ => None,
        },
        ExprKind::Int(bits) => Some(*bits),
        ExprKind::Char(char) => Some(u128::from(u32::from(*char))),
        ExprKind::Unary(UnaryOp::Neg, inner) => bits(program, inner).map(u128::wrapping_neg),
        _ => None,
    }
}

fn range(
    program: &Program,
    ty: Ty,
    (from, to): (Option<&Expr>, Option<&Expr>),
    inclusive: bool,
) -> Pattern {
    let Some(domain) = Domain::of(ty) else {
        return opaque();
    };
    let all = domain.all();
    let (first, last) = (all[0].0, all[all.len() - 1].1);
    let low = match from {
        None => Some(first),
        Some(from) => bits(program, from).map(|bits| domain.key(bits)),
    };
    let high = match to {
        None => Some(last),
        Some(to) => bits(program, to)
            .map(|bits| domain.key(bits))
            .and_then(|key| {
                if inclusive {
                    Some(key)
                } else {
                    key.checked_sub(1)
                }
            }),
    };
    match (low, high) {
        (Some(low), Some(high)) if low <= high => {
            Pattern::Ctor(Ctor::Range(domain, low, high), Vec::new())
        }
        _ => opaque(),
    }
}
