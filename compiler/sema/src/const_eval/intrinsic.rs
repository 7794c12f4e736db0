//! The library's intrinsics that are about numbers.

use super::arith::{binary, cast, checked, mask, shift, signed, unary, wrapping};
use super::machine::{Eval, Machine, not_const};
use super::value::Value;
use crate::hir::{BinaryOp, UnaryOp};
use crate::types::{IntTy, Ty, TyKind, TyList};
use gos_diag::Span;

fn operator(name: &str) -> Option<BinaryOp> {
    Some(match name {
        "add" => BinaryOp::Add,
        "sub" => BinaryOp::Sub,
        "mul" => BinaryOp::Mul,
        "div" => BinaryOp::Div,
        "rem" => BinaryOp::Rem,
        "bitand" => BinaryOp::BitAnd,
        "bitor" => BinaryOp::BitOr,
        "bitxor" => BinaryOp::BitXor,
        "shl" => BinaryOp::Shl,
        "shr" => BinaryOp::Shr,
        "eq" => BinaryOp::Eq,
        "ne" => BinaryOp::Ne,
        "lt" => BinaryOp::Lt,
        "le" => BinaryOp::Le,
        "gt" => BinaryOp::Gt,
        "ge" => BinaryOp::Ge,
        _ => return None,
    })
}

impl Machine<'_> {
    pub(super) fn intrinsic(
        &mut self,
        name: &str,
        types: TyList,
        args: &[Value],
        span: Span,
    ) -> Eval {
        if let Some(value) = self.memory_intrinsic(name, types, args, span)? {
            return Ok(value);
        }
        let ty = types.first().copied().unwrap_or_else(Ty::unit);
        let found = match (name.split_once('_'), args) {
            (Some(("prim", "neg")), [value]) => Some(unary(UnaryOp::Neg, ty, value, span)?),
            (Some(("prim", "not")), [value]) => Some(unary(UnaryOp::Not, ty, value, span)?),
            (Some(("prim", op)), [left, right]) => match operator(op) {
                Some(op) => Some(binary(op, (ty, ty), (left, right), span)?),
                None => None,
            },
            (Some((kind, op)), [Value::Int(a), Value::Int(b)]) => match (ty.kind(), operator(op)) {
                (TyKind::Int(int), Some(op)) => modular(kind, op, *int, *a, *b),
                _ => None,
            },
            (Some(("cast", "int")), [value]) => {
                let to = types.get(1).copied().unwrap_or(ty);
                Some(cast(value, ty, to, span)?)
            }
            _ => one_number(name, ty, args),
        };
        match found {
            Some(value) => Ok(value),
            None => not_const(span, format!("`{name}` needs a running program")),
        }
    }
}

fn modular(kind: &str, op: BinaryOp, int: IntTy, a: u128, b: u128) -> Option<Value> {
    let width = int.bits();
    if matches!(op, BinaryOp::Shl | BinaryOp::Shr) {
        let by = (b % u128::from(width)) as u32;
        return (kind == "wrapping").then(|| Value::Int(shift(op, int, a, by)));
    }
    let exact = checked(op, int, a, b);
    Some(match kind {
        "wrapping" => Value::Int(wrapping(op, int, a, b)),
        "overflowing" => Value::Fields(vec![
            Value::Int(wrapping(op, int, a, b)),
            Value::Bool(exact.is_none()),
        ]),
        "saturating" => Value::Int(exact.unwrap_or_else(|| limit(op, int, a, b))),
        _ => return None,
    })
}

/// The end of the type's range that a result lies beyond.
fn limit(op: BinaryOp, int: IntTy, a: u128, b: u128) -> u128 {
    let top = 1u128 << (int.bits() - 1);
    if !int.is_signed() {
        return if op == BinaryOp::Sub {
            0
        } else {
            mask(int, u128::MAX)
        };
    }
    let negative = match op {
        BinaryOp::Mul => (signed(int, a) < 0) != (signed(int, b) < 0),
        _ => signed(int, a) < 0,
    };
    if negative { top } else { top - 1 }
}

fn one_number(name: &str, ty: Ty, args: &[Value]) -> Option<Value> {
    match (name, args, ty.kind()) {
        ("wrapping_neg", [Value::Int(a)], TyKind::Int(int)) => {
            Some(Value::Int(wrapping(BinaryOp::Sub, *int, 0, *a)))
        }
        ("ctpop", [Value::Int(a)], _) => Some(Value::Int(u128::from(a.count_ones()))),
        ("clz", [Value::Int(a)], TyKind::Int(int)) => {
            let unused = 128 - int.bits();
            Some(Value::Int(u128::from(a.leading_zeros() - unused)))
        }
        ("ctz", [Value::Int(a)], TyKind::Int(int)) => {
            Some(Value::Int(u128::from(a.trailing_zeros().min(int.bits()))))
        }
        ("likely", [value], _) => Some(value.clone()),
        ("bswap", [Value::Int(a)], TyKind::Int(int)) => {
            Some(Value::Int(a.swap_bytes() >> (128 - int.bits())))
        }
        ("bitreverse", [Value::Int(a)], TyKind::Int(int)) => {
            Some(Value::Int(a.reverse_bits() >> (128 - int.bits())))
        }
        ("rotl" | "rotr", [Value::Int(a), Value::Int(by)], TyKind::Int(int)) => {
            let width = int.bits();
            let by = (*by as u32) % width;
            let left = if name == "rotl" {
                by
            } else {
                (width - by) % width
            };
            let wrapped = if left == 0 { 0 } else { a >> (width - left) };
            Some(Value::Int(mask(*int, a << left | wrapped)))
        }
        ("copysign", [Value::Float(a), Value::Float(b)], _) => Some(Value::Float(a.copysign(*b))),
        (_, [Value::Float(a)], _) => {
            let value = match name {
                "sqrt" => a.sqrt(),
                "floor" => a.floor(),
                "ceil" => a.ceil(),
                "trunc" => a.trunc(),
                "fabs" => a.abs(),
                "round" => a.round(),
                _ => return None,
            };
            Some(Value::Float(super::arith::round_to(ty, value)))
        }
        _ => None,
    }
}
