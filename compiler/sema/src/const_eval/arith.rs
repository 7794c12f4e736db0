//! Arithmetic as the running program does it in a debug build: overflow fails.

use super::machine::{Eval, not_const, panic};
use super::value::Value;
use crate::hir::{BinaryOp, UnaryOp};
use crate::types::{FloatTy, IntTy, Ty, TyKind};
use gos_diag::Span;

/// The bits that a value of this type has.
pub(super) fn mask(int: IntTy, bits: u128) -> u128 {
    match int.bits() {
        128 => bits,
        width => bits & ((1 << width) - 1),
    }
}

/// A signed value from its bits.
pub(super) fn signed(int: IntTy, bits: u128) -> i128 {
    let shift = 128 - int.bits();
    ((bits << shift) as i128) >> shift
}

/// The bits of a result, if the type can hold it.
fn fit_signed(int: IntTy, value: i128) -> Option<u128> {
    let bits = mask(int, value as u128);
    (signed(int, bits) == value).then_some(bits)
}

fn fit_unsigned(int: IntTy, value: u128) -> Option<u128> {
    (mask(int, value) == value).then_some(value)
}

/// The exact result, if the type can hold it. Division by zero is for the caller.
pub(super) fn checked(op: BinaryOp, int: IntTy, a: u128, b: u128) -> Option<u128> {
    if int.is_signed() {
        let (a, b) = (signed(int, a), signed(int, b));
        let value = match op {
            BinaryOp::Add => a.checked_add(b),
            BinaryOp::Sub => a.checked_sub(b),
            BinaryOp::Mul => a.checked_mul(b),
            BinaryOp::Div => a.checked_div(b),
            BinaryOp::Rem => a.checked_rem(b),
            _ => None,
        };
        value.and_then(|value| fit_signed(int, value))
    } else {
        let value = match op {
            BinaryOp::Add => a.checked_add(b),
            BinaryOp::Sub => a.checked_sub(b),
            BinaryOp::Mul => a.checked_mul(b),
            BinaryOp::Div => a.checked_div(b),
            BinaryOp::Rem => a.checked_rem(b),
            _ => None,
        };
        value.and_then(|value| fit_unsigned(int, value))
    }
}

/// The result modulo the width of the type.
pub(super) fn wrapping(op: BinaryOp, int: IntTy, a: u128, b: u128) -> u128 {
    let value = match op {
        BinaryOp::Add => a.wrapping_add(b),
        BinaryOp::Sub => a.wrapping_sub(b),
        _ => a.wrapping_mul(b),
    };
    mask(int, value)
}

fn word(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Add => "add",
        BinaryOp::Sub => "subtract",
        BinaryOp::Mul => "multiply",
        BinaryOp::Div => "divide",
        BinaryOp::Rem => "calculate the remainder",
        BinaryOp::Shl => "shift left",
        _ => "shift right",
    }
}

/// `a op b` for two operands of type `ty`; the right one of a shift may have another.
pub(super) fn binary(
    op: BinaryOp,
    (ty, right_ty): (Ty, Ty),
    (left, right): (&Value, &Value),
    span: Span,
) -> Eval {
    match (left, right) {
        (Value::Int(a), Value::Int(b)) => match ty.kind() {
            TyKind::Int(int) => int_binary(op, *int, (*a, *b), right_ty, span),
            _ => compare(op, a.partial_cmp(b), span),
        },
        (Value::Float(a), Value::Float(b)) => float_binary(op, ty, *a, *b, span),
        (Value::Bool(a), Value::Bool(b)) => match op {
            BinaryOp::BitAnd => Ok(Value::Bool(a & b)),
            BinaryOp::BitOr => Ok(Value::Bool(a | b)),
            BinaryOp::BitXor => Ok(Value::Bool(a ^ b)),
            _ => compare(op, a.partial_cmp(b), span),
        },
        (Value::Str(a), Value::Str(b)) => compare(op, a.partial_cmp(b), span),
        (a, b) => match op {
            BinaryOp::Eq => Ok(Value::Bool(a == b)),
            BinaryOp::Ne => Ok(Value::Bool(a != b)),
            _ => not_const(span, "an operator on values that are not numbers"),
        },
    }
}

fn compare(op: BinaryOp, order: Option<std::cmp::Ordering>, span: Span) -> Eval {
    use std::cmp::Ordering::{Equal, Greater, Less};
    Ok(Value::Bool(match op {
        BinaryOp::Eq => order == Some(Equal),
        BinaryOp::Ne => order != Some(Equal),
        BinaryOp::Lt => order == Some(Less),
        BinaryOp::Le => matches!(order, Some(Less | Equal)),
        BinaryOp::Gt => order == Some(Greater),
        BinaryOp::Ge => matches!(order, Some(Greater | Equal)),
        _ => return not_const(span, "an operator on values that are not numbers"),
    }))
}

fn int_binary(op: BinaryOp, int: IntTy, (a, b): (u128, u128), right: Ty, span: Span) -> Eval {
    match op {
        BinaryOp::Div | BinaryOp::Rem if b == 0 => panic(
            span,
            if op == BinaryOp::Div {
                "attempt to divide by zero"
            } else {
                "attempt to calculate the remainder with a divisor of zero"
            },
        ),
        BinaryOp::Add | BinaryOp::Sub | BinaryOp::Mul | BinaryOp::Div | BinaryOp::Rem => {
            match checked(op, int, a, b) {
                Some(value) => Ok(Value::Int(value)),
                None => panic(span, format!("attempt to {} with overflow", word(op))),
            }
        }
        BinaryOp::BitAnd => Ok(Value::Int(a & b)),
        BinaryOp::BitOr => Ok(Value::Int(a | b)),
        BinaryOp::BitXor => Ok(Value::Int(a ^ b)),
        BinaryOp::Shl | BinaryOp::Shr => {
            let negative = match right.kind() {
                TyKind::Int(by) => by.is_signed() && signed(*by, b) < 0,
                _ => false,
            };
            if negative || b >= u128::from(int.bits()) {
                return panic(span, format!("attempt to {} with overflow", word(op)));
            }
            Ok(Value::Int(shift(op, int, a, b as u32)))
        }
        _ if int.is_signed() => compare(op, signed(int, a).partial_cmp(&signed(int, b)), span),
        _ => compare(op, a.partial_cmp(&b), span),
    }
}

/// A shift by less than the width.
pub(super) fn shift(op: BinaryOp, int: IntTy, a: u128, by: u32) -> u128 {
    match op {
        BinaryOp::Shl => mask(int, a << by),
        _ if int.is_signed() => mask(int, (signed(int, a) >> by) as u128),
        _ => a >> by,
    }
}

fn float_binary(op: BinaryOp, ty: Ty, a: f64, b: f64, span: Span) -> Eval {
    let value = match op {
        BinaryOp::Add => a + b,
        BinaryOp::Sub => a - b,
        BinaryOp::Mul => a * b,
        BinaryOp::Div => a / b,
        BinaryOp::Rem => a % b,
        _ => return compare(op, a.partial_cmp(&b), span),
    };
    Ok(Value::Float(round_to(ty, value)))
}

/// Single precision is computed in double precision and rounded, which is exact for one operation.
pub(super) fn round_to(ty: Ty, value: f64) -> f64 {
    // The machine that evaluates must not decide the sign of what is no number.
    if value.is_nan() {
        return f64::NAN;
    }
    match ty.kind() {
        TyKind::Float(FloatTy::F32) => f64::from(value as f32),
        _ => value,
    }
}

/// `-a`, `!a`
pub(super) fn unary(op: UnaryOp, ty: Ty, value: &Value, span: Span) -> Eval {
    match (op, value, ty.kind()) {
        (UnaryOp::Neg, Value::Int(bits), TyKind::Int(int)) => {
            match checked(BinaryOp::Sub, *int, 0, *bits) {
                Some(value) => Ok(Value::Int(value)),
                None => panic(span, "attempt to negate with overflow"),
            }
        }
        (UnaryOp::Neg, Value::Float(float), _) => Ok(Value::Float(-float)),
        (UnaryOp::Not, Value::Bool(bool), _) => Ok(Value::Bool(!bool)),
        (UnaryOp::Not, Value::Int(bits), TyKind::Int(int)) => Ok(Value::Int(mask(*int, !bits))),
        _ => not_const(span, "an operator on a value that is no number"),
    }
}

/// `value as to`
pub(super) fn cast(value: &Value, from: Ty, to: Ty, span: Span) -> Eval {
    let wide = match (value, from.kind()) {
        (Value::Int(bits), TyKind::Int(int)) if int.is_signed() => signed(*int, *bits) as u128,
        (Value::Int(bits), _) => *bits,
        (Value::Bool(bool), _) => u128::from(*bool),
        (Value::Float(float), _) => return cast_float(*float, to, span),
        _ => return not_const(span, "a cast of a value that is no number"),
    };
    match to.kind() {
        TyKind::Int(int) => Ok(Value::Int(mask(*int, wide))),
        TyKind::Char => Ok(Value::Int(wide)),
        TyKind::Float(_) => {
            let is_signed = matches!(from.kind(), TyKind::Int(int) if int.is_signed());
            let float = if is_signed {
                (wide as i128) as f64
            } else {
                wide as f64
            };
            Ok(Value::Float(round_to(to, float)))
        }
        _ => not_const(span, "a cast to a type that is no number"),
    }
}

fn cast_float(float: f64, to: Ty, span: Span) -> Eval {
    match to.kind() {
        TyKind::Float(_) => Ok(Value::Float(round_to(to, float))),
        TyKind::Int(int) if int.is_signed() => {
            let min = -(1i128 << (int.bits() - 1));
            let max = !min;
            Ok(Value::Int(mask(
                *int,
                (float as i128).clamp(min, max) as u128,
            )))
        }
        TyKind::Int(int) => {
            let max = mask(*int, u128::MAX);
            Ok(Value::Int((float as u128).min(max)))
        }
        _ => not_const(span, "a cast to a type that is no number"),
    }
}
