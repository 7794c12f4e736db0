//! Integer arithmetic with the language's rules.

use super::Machine;
use crate::ast::{ArithOp, IntTy, Mode};
use std::cell::Cell;

impl Machine<'_> {
    /// The result; where the plain operator would panic, the mode becomes the wrapping one.
    pub(super) fn arith(
        &self,
        op: ArithOp,
        ty: IntTy,
        mode: &Cell<Mode>,
        (a, b): (i128, i128),
    ) -> i128 {
        let (exact, wrapped) = match op {
            ArithOp::Add => (a.checked_add(b), a.wrapping_add(b)),
            ArithOp::Sub => (a.checked_sub(b), a.wrapping_sub(b)),
            ArithOp::Mul => (a.checked_mul(b), a.wrapping_mul(b)),
            // The wrapping form of these gives the dividend for a divisor of 0.
            ArithOp::Div | ArithOp::Rem if b == 0 => (None, a),
            ArithOp::Div => (a.checked_div(b), a.wrapping_div(b)),
            // The smallest number by -1 panics, though the remainder is 0.
            ArithOp::Rem if b == -1 && a == ty.min() => (None, 0),
            ArithOp::Rem => (a.checked_rem(b), a.wrapping_rem(b)),
            ArithOp::And => return a & b,
            ArithOp::Or => return a | b,
            ArithOp::Xor => return a ^ b,
            ArithOp::Shl => return ty.wrap(a << amount(b, ty)),
            ArithOp::Shr => return a >> amount(b, ty),
        };
        match exact.filter(|value| ty.holds(*value)) {
            Some(value) => value,
            None => {
                mode.set(Mode::Wrapping);
                ty.wrap(wrapped)
            }
        }
    }

    pub(super) fn negate(&self, ty: IntTy, mode: &Cell<Mode>, a: i128) -> i128 {
        self.arith(ArithOp::Sub, ty, mode, (0, a))
    }

    pub(super) fn float(&self, op: ArithOp, a: f64, b: f64) -> f64 {
        match op {
            ArithOp::Add => a + b,
            ArithOp::Sub => a - b,
            ArithOp::Mul => a * b,
            ArithOp::Rem => a % b,
            _ => a / b,
        }
    }
}

/// Shifts are written with their amount masked to the width.
fn amount(b: i128, ty: IntTy) -> u32 {
    (b & i128::from(ty.bits - 1)) as u32
}
