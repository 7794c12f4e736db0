//! Places: memory locations, with the checks on the way to them; assignments; slices.

use super::expr::binary;
use super::operand::{is_place, is_quiet};
use super::{Lower, Operand, Rvalue};
use crate::ir::{Place, Projection, StatementKind};
use gos_sema::hir::{BinaryOp, Expr, ExprKind};
use gos_sema::types::{IntTy, Ty, TyKind};

impl Lower<'_> {
    /// The location that the expression denotes; a value is stored in a fresh variable first.
    pub(super) fn place(&mut self, expr: &Expr) -> Place {
        match &expr.kind {
            ExprKind::Local(id) => return self.variable(*id),
            ExprKind::Static(id) => return self.static_place(*id, expr.ty),
            ExprKind::Const(id, _) => {
                if let Some(place) = self.constant_place(*id, expr.ty) {
                    return place;
                }
            }
            ExprKind::Field(base, field) => {
                return self.place(base).then(Projection::Field(*field));
            }
            ExprKind::Index(base, index) => return self.element(base, index),
            ExprKind::Deref(inner) => return self.place(inner).deref(),
            _ => {}
        }
        let temp = self.materialize(expr.ty);
        self.lower_into(&Place::from(temp), expr);
        self.hold_temporary(temp, expr);
        Place::from(temp)
    }

    fn element(&mut self, base: &Expr, index: &Expr) -> Place {
        let mut array = self.place(base);
        if !is_quiet(index) && !matches!(base.kind, ExprKind::Local(_)) {
            array = self.settle_handle(array, base);
        }
        let index_operand = self.operand(index);
        // A copy of its own: a place may outlive the next assignment to the index variable.
        let position = self.b.temp(Ty::usize());
        let rvalue = self.position(index_operand, index.ty);
        self.b.assign(position, rvalue);
        let length = self.b.compute(Ty::usize(), Rvalue::Length(array.clone()));
        self.b.push(StatementKind::BoundsCheck {
            index: Operand::copy(position),
            length: Operand::copy(length),
            signed: is_signed(index.ty),
        });
        array.then(Projection::Index(position))
    }

    /// A handle or view is read before the index is evaluated.
    fn settle_handle(&mut self, array: Place, base: &Expr) -> Place {
        match base.ty.kind() {
            TyKind::Vec(_) | TyKind::View(..) | TyKind::String => {
                let copy = Rvalue::Use(Operand::Copy(array));
                Place::from(self.b.compute(base.ty, copy))
            }
            _ => array,
        }
    }

    /// A position of any integer type as `usize`: a negative one becomes too large, and so does one
    /// that has more than 64 bits.
    fn position(&mut self, index: Operand, ty: Ty) -> Rvalue {
        if ty == Ty::usize() {
            return Rvalue::Use(index);
        }
        let TyKind::Int(IntTy::I128 | IntTy::U128) = ty.kind() else {
            return Rvalue::Cast(index, Ty::usize());
        };
        let (half, farthest) = match is_signed(ty) {
            true => (Ty::int(IntTy::I64), i64::MAX as usize),
            false => (Ty::int(IntTy::U64), usize::MAX),
        };
        let value = self.b.compute(ty, Rvalue::Use(index));
        let value = Operand::copy(value);
        let narrow = self.b.compute(half, Rvalue::Cast(value.clone(), half));
        let narrow = Operand::copy(narrow);
        let again = self.b.compute(ty, Rvalue::Cast(narrow.clone(), ty));
        let fits = binary(BinaryOp::Eq, Operand::copy(again), value);
        let fits = self.b.compute(Ty::bool(), fits);
        let result = self.b.temp(Ty::usize());
        self.b.assign(result, Rvalue::Use(Operand::usize(farthest)));
        let [keep, join] = [(); 2].map(|()| self.b.block());
        self.b.branch(Operand::copy(fits), keep, join);
        self.b.switch_to(keep);
        self.b.assign(result, Rvalue::Cast(narrow, Ty::usize()));
        self.b.goto(join);
        self.b.switch_to(join);
        Rvalue::Use(Operand::copy(result))
    }

    /// `place = value`: the value first, as it may read or move what the place is reached through.
    pub(super) fn assign(&mut self, place: &Expr, value: &Expr) {
        if value.ty.is_never() {
            return self.effect(value);
        }
        if let ExprKind::Local(id) = place.kind
            && let Some(rvalue) = self.rvalue(value)
            && !place.ty.is_unit()
        {
            let place = self.variable(id);
            return self.b.assign(place, rvalue);
        }
        let mut operand = self.operand(value);
        if is_place(value) && (!is_quiet(place) || !matches!(place.kind, ExprKind::Local(_))) {
            operand = self.settle(operand, value.ty);
        }
        if place.ty.is_unit() {
            return self.effect(place);
        }
        let place = self.place(place);
        self.b.assign(place, Rvalue::Use(operand));
    }

    /// `place += value`
    pub(super) fn assign_op(&mut self, op: BinaryOp, place: &Expr, value: &Expr) {
        let mut operand = self.operand(value);
        if !is_quiet(place) {
            operand = self.settle(operand, value.ty);
        }
        let place = self.place(place);
        let rvalue = binary(op, Operand::Copy(place.clone()), operand);
        self.b.assign(place, rvalue);
    }

    /// `base[from..to]`
    pub(super) fn slice(
        &mut self,
        destination: &Place,
        ty: Ty,
        base: &Expr,
        (from, to, inclusive): (Option<&Expr>, Option<&Expr>, bool),
    ) {
        let mut array = self.place(base);
        let ends: Vec<&Expr> = from.into_iter().chain(to).collect();
        if !ends.iter().all(|end| is_quiet(end)) {
            array = self.settle_handle(array, base);
        }
        let signed = ends.iter().any(|end| is_signed(end.ty));
        let mut operands = self.operands(&ends).into_iter();
        let mut bound = |this: &mut Self, end: Option<&Expr>| {
            let ty = end?.ty;
            let position = this.position(operands.next()?, ty);
            Some(match position {
                Rvalue::Use(operand) => operand,
                other => Operand::copy(this.b.compute(Ty::usize(), other)),
            })
        };
        let from = bound(self, from);
        let to = bound(self, to);
        let length = self.b.compute(Ty::usize(), Rvalue::Length(array.clone()));
        let length = Operand::copy(length);
        let to = to.map(|to| {
            if !inclusive {
                return to;
            }
            // So that the next line cannot wrap around.
            self.b.push(StatementKind::BoundsCheck {
                index: to.clone(),
                length: length.clone(),
                signed,
            });
            let end = binary(BinaryOp::Add, to, Operand::usize(1));
            Operand::copy(self.b.compute(Ty::usize(), end))
        });
        if matches!(base.ty.kind(), TyKind::String) {
            self.check_slice((from.as_ref(), to.as_ref()), &length, signed);
            for position in [&from, &to].into_iter().flatten() {
                self.b.push(StatementKind::CharBoundaryCheck {
                    text: Operand::Copy(array.clone()),
                    position: position.clone(),
                });
            }
        } else {
            self.check_slice((from.as_ref(), to.as_ref()), &length, signed);
        }
        self.slice_unchecked(destination, ty, array, (from, to.unwrap_or(length)));
    }

    fn check_slice(
        &mut self,
        (from, to): (Option<&Operand>, Option<&Operand>),
        length: &Operand,
        signed: bool,
    ) {
        if from.is_none() && to.is_none() {
            return;
        }
        self.b.push(StatementKind::SliceCheck {
            from: from.cloned().unwrap_or_else(|| Operand::usize(0)),
            to: to.unwrap_or(length).clone(),
            length: length.clone(),
            signed,
        });
    }

    pub(super) fn slice_unchecked(
        &mut self,
        destination: &Place,
        ty: Ty,
        base: Place,
        (from, to): (Option<Operand>, Operand),
    ) {
        let from = from.unwrap_or_else(|| Operand::usize(0));
        let slice = Rvalue::Slice { base, from, to, ty };
        self.b.assign(destination.clone(), slice);
    }
}

fn is_signed(ty: Ty) -> bool {
    matches!(ty.kind(), TyKind::Int(int) if int.is_signed())
}
