//! Literals and named constants.

use super::{Constant, Lower, Operand, Rvalue};
use crate::ir::{Place, TypedValue};
use gos_sema::hir::{ConstValue, Expr, ExprKind, UnaryOp};
use gos_sema::program::ConstId;
use gos_sema::types::{IntTy, Mutability, Ty, TyKind};
use std::sync::Arc;

impl Lower<'_> {
    /// The expression as a constant, if it plainly is one.
    pub(super) fn constant(&self, expr: &Expr) -> Option<Constant> {
        Some(match &expr.kind {
            ExprKind::Int(value) => match expr.ty.kind() {
                TyKind::Float(_) => Constant::Float(*value as f64, expr.ty),
                _ => Constant::Int(truncate(*value, expr.ty), expr.ty),
            },
            ExprKind::Float(value) => Constant::Float(*value, expr.ty),
            ExprKind::Bool(value) => Constant::Int(u128::from(*value), expr.ty),
            ExprKind::Char(value) => Constant::Int(u128::from(*value as u32), expr.ty),
            ExprKind::Str(text) => Constant::Str(text.clone()),
            ExprKind::Tuple(items) if items.is_empty() => Constant::ZeroSized(expr.ty),
            ExprKind::Fn(..) => Constant::ZeroSized(expr.ty),
            ExprKind::Error => Constant::ZeroSized(expr.ty),
            ExprKind::Const(id, args) => Constant::Named(*id, *args, expr.ty),
            ExprKind::Unary(UnaryOp::Neg, inner) => match &inner.kind {
                ExprKind::Int(value) if matches!(expr.ty.kind(), TyKind::Int(_)) => {
                    Constant::Int(truncate(value.wrapping_neg(), expr.ty), expr.ty)
                }
                ExprKind::Float(value) => Constant::Float(-value, expr.ty),
                _ => return None,
            },
            _ => return None,
        })
    }

    /// The number of a pattern's literal, if its type is one that can be switched on.
    pub(super) fn switch_value(&self, expr: &Expr) -> Option<u128> {
        if let ExprKind::Unary(UnaryOp::Neg, inner) = &expr.kind
            && let (ExprKind::Int(value), TyKind::Int(_)) = (&inner.kind, expr.ty.kind())
        {
            return Some(truncate(value.wrapping_neg(), expr.ty));
        }
        match self.constant(expr)? {
            Constant::Int(value, _) => Some(value),
            Constant::Named(id, ..) => match self.program.consts[id].value.as_ref()? {
                ConstValue::Int(value) => Some(truncate(*value, expr.ty)),
                ConstValue::Bool(value) => Some(u128::from(*value)),
                _ => None,
            },
            _ => None,
        }
    }

    /// `b"…"`
    pub(super) fn bytes(&mut self, destination: &Place, bytes: &[u8]) {
        let byte = Ty::int(IntTy::U8);
        let elements = bytes
            .iter()
            .map(|value| Operand::int(u128::from(*value), byte))
            .collect();
        self.b
            .assign(destination.clone(), Rvalue::VecLiteral(byte, elements));
    }

    /// The memory of a static.
    pub(super) fn static_place(&mut self, id: ConstId, ty: Ty) -> Place {
        let ty = Ty::reference(ty, Mutability::Not);
        let address = Rvalue::Use(Operand::Constant(Constant::Static(id, ty)));
        Place::from(self.b.compute(ty, address)).deref()
    }

    /// The memory that holds a constant, if its value is known: read-only data of the program.
    pub(super) fn constant_place(&mut self, id: ConstId, ty: Ty) -> Option<Place> {
        let value = self.program.consts[id].value.as_ref()?;
        let ty = Ty::reference(ty, Mutability::Not);
        let value = TypedValue {
            ty,
            value: ConstValue::Ref(Arc::new(value.clone())),
        };
        let pointer = Rvalue::Use(Operand::Constant(Constant::Value(value)));
        Some(Place::from(self.b.compute(ty, pointer)).deref())
    }
}

/// The low bits that the type has.
pub(crate) fn truncate(value: u128, ty: Ty) -> u128 {
    match ty.kind() {
        TyKind::Int(int) if int.bits() < 128 => value & ((1 << int.bits()) - 1),
        _ => value,
    }
}
