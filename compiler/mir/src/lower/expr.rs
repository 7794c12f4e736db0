//! Expressions by what is wanted of them: a value in a place, or only their effect.

use super::operand::is_place;
use super::{Lower, Operand, Rvalue};
use crate::ir::{Aggregate, GenericCallee, Place, Target};
use gos_sema::hir::{BinaryOp, Expr, ExprKind};
use gos_sema::program::{AdtId, FieldIdx, FnId, VariantIdx};
use gos_sema::types::{Mutability, Ty, TyKind, TyList};

impl Lower<'_> {
    /// Evaluates the expression for what it does; its value is dropped.
    pub(super) fn effect(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Local(_) | ExprKind::Static(_) => {}
            ExprKind::Discard(inner) => self.effect(inner),
            _ if self.constant(expr).is_some() => {}
            _ => {
                if expr.ty.is_unit() {
                    let unit = self.unit();
                    return self.lower_into(&unit, expr);
                }
                let dropped = self.b.temp(expr.ty);
                self.lower_into(&Place::from(dropped), expr);
                self.hold_temporary(dropped, expr);
            }
        }
    }

    /// Evaluates the expression and stores its value. The destination must not be reachable from
    /// the expression: it may be written in parts.
    pub(super) fn lower_into(&mut self, destination: &Place, expr: &Expr) {
        let span = std::mem::replace(&mut self.b.source.span, expr.span);
        self.lower_into_inner(destination, expr);
        self.b.source.span = span;
    }

    fn lower_into_inner(&mut self, destination: &Place, expr: &Expr) {
        if let Some(rvalue) = self.rvalue(expr) {
            if !expr.ty.is_unit() {
                self.b.assign(destination.clone(), rvalue);
            }
            return;
        }
        match &expr.kind {
            ExprKind::Tuple(items) => {
                let operands = self.operands(&items.iter().collect::<Vec<_>>());
                self.aggregate(destination, Aggregate::Tuple, operands);
            }
            ExprKind::Array(items) => self.array(destination, expr.ty, items),
            ExprKind::Bytes(bytes) => self.bytes(destination, bytes),
            ExprKind::Struct {
                adt,
                variant,
                fields,
                base,
            } => self.structure(
                destination,
                expr.ty,
                (*adt, *variant),
                fields,
                base.as_deref(),
            ),
            ExprKind::Repeat {
                value,
                count,
                clone,
            } => self.repeat(destination, expr.ty, (value, count), *clone),
            ExprKind::Slice {
                base,
                from,
                to,
                inclusive,
            } => {
                let ends = (from.as_deref(), to.as_deref(), *inclusive);
                self.slice(destination, expr.ty, base, ends);
            }
            ExprKind::And(..) | ExprKind::Or(..) | ExprKind::Let(..) => {
                self.truth(destination, expr);
            }
            ExprKind::Coerce(coercion, inner) => {
                self.coerce(destination, expr.ty, *coercion, inner);
            }
            ExprKind::Assign(place, value) => self.assign(place, value),
            ExprKind::AssignOp(op, place, value) => self.assign_op(*op, place, value),
            ExprKind::Call { fn_, args_ty, args } => {
                self.call(destination, expr.ty, (*fn_, *args_ty), args)
            }
            ExprKind::CallValue(callee, args) => {
                self.call_value(destination, expr.ty, callee, args);
            }
            ExprKind::Closure(id) => self.closure(destination, expr.ty, *id),
            ExprKind::Go(closure) => self.go(closure),
            ExprKind::Defer(closure) => self.defer(closure),
            ExprKind::Select { arms, default } => {
                self.select(destination, arms, default.as_deref());
            }
            ExprKind::Discard(inner) => self.effect(inner),
            _ => self.control(destination, expr),
        }
    }

    /// The value as a single computation, if it is one.
    pub(super) fn rvalue(&mut self, expr: &Expr) -> Option<Rvalue> {
        if let Some(constant) = self.constant(expr) {
            return Some(Rvalue::Use(Operand::Constant(constant)));
        }
        if is_place(expr) {
            return Some(Rvalue::Use(Operand::Copy(self.place(expr))));
        }
        Some(match &expr.kind {
            ExprKind::Field(..) | ExprKind::Index(..) => {
                Rvalue::Use(Operand::Copy(self.place(expr)))
            }
            ExprKind::Ref(mutability, inner) => {
                let shared = *mutability == Mutability::Not;
                let place = match inner.kind {
                    // Data of the program cannot be written.
                    ExprKind::Const(..) | ExprKind::Static(_) if !shared => self.fresh_copy(inner),
                    _ => self.place(inner),
                };
                Rvalue::Ref(*mutability, place)
            }
            ExprKind::BoxNew(inner) => Rvalue::BoxNew(self.operand(inner), inner.ty),
            ExprKind::Unary(op, inner) => Rvalue::Unary(*op, self.operand(inner)),
            ExprKind::Binary(op, left, right) => {
                let [left, right]: [Operand; 2] = self.operands(&[left, right]).try_into().ok()?;
                binary(*op, left, right)
            }
            ExprKind::Cast(inner) => Rvalue::Cast(self.operand(inner), expr.ty),
            // Monomorphization puts the number there.
            ExprKind::ConstParam(param) => {
                let param = crate::ir::Constant::ZeroSized(*param);
                Rvalue::Cast(Operand::Constant(param), expr.ty)
            }
            _ => return None,
        })
    }

    fn fresh_copy(&mut self, expr: &Expr) -> Place {
        let value = self.operand(expr);
        let temp = self.materialize(expr.ty);
        self.b.assign(temp, Rvalue::Use(value));
        Place::from(temp)
    }

    pub(super) fn aggregate(
        &mut self,
        destination: &Place,
        aggregate: Aggregate,
        operands: Vec<Operand>,
    ) {
        self.b
            .assign(destination.clone(), Rvalue::Aggregate(aggregate, operands));
    }

    fn array(&mut self, destination: &Place, ty: Ty, items: &[Expr]) {
        let operands = self.operands(&items.iter().collect::<Vec<_>>());
        let rvalue = match ty.kind() {
            TyKind::Vec(element) => Rvalue::VecLiteral(*element, operands),
            _ => Rvalue::Aggregate(Aggregate::Array(ty), operands),
        };
        self.b.assign(destination.clone(), rvalue);
    }

    fn structure(
        &mut self,
        destination: &Place,
        ty: Ty,
        (adt, variant): (AdtId, VariantIdx),
        fields: &[(FieldIdx, Expr)],
        base: Option<&Expr>,
    ) {
        let TyKind::Adt(_, args) = ty.kind() else {
            return;
        };
        let given = fields.iter().map(|(_, value)| value);
        let mut operands = self.operands(&given.chain(base).collect::<Vec<_>>());
        let base = base.and_then(|base| match operands.pop() {
            Some(Operand::Copy(place)) => Some(place),
            Some(operand) => {
                let temp = self.b.compute(base.ty, Rvalue::Use(operand));
                Some(Place::from(temp))
            }
            None => None,
        });
        let count = self.program.adts[adt].variants[variant.index()]
            .fields
            .len();
        let mut slots: Vec<Option<Operand>> = vec![None; count];
        for ((field, _), operand) in fields.iter().zip(operands) {
            slots[field.index()] = Some(operand);
        }
        let complete = slots.into_iter().enumerate().map(|(index, slot)| {
            slot.or_else(|| Some(Operand::Copy(base.as_ref()?.field(index))))
                .unwrap_or_else(|| Operand::Constant(crate::ir::Constant::ZeroSized(Ty::error())))
        });
        let operands = complete.collect();
        self.aggregate(destination, Aggregate::Adt(adt, *args, variant), operands);
    }

    /// `[v; n]`: the first element is `v` itself, the others are clones of it.
    fn repeat(
        &mut self,
        destination: &Place,
        ty: Ty,
        (value, count): (&Expr, &Expr),
        clone: Option<(FnId, TyList)>,
    ) {
        let operand = self.operand(value);
        let value_temp = self.materialize(value.ty);
        self.b.assign(value_temp, Rvalue::Use(operand));
        let count = if let TyKind::Vec(element) = ty.kind() {
            let count = self.operand(count);
            let args = vec![Operand::copy(value_temp), count.clone()];
            if let Some(callee) = self.lang_fn("vec_repeat", TyList::new(&[*element])) {
                let callee = Target::Direct(callee);
                self.b.call(callee, args, destination.clone());
            }
            count
        } else {
            let value = Operand::copy(value_temp);
            self.b
                .assign(destination.clone(), Rvalue::RepeatArray(value, ty));
            let length = self
                .b
                .compute(Ty::usize(), Rvalue::Length(destination.clone()));
            Operand::copy(length)
        };
        if let Some((fn_, args)) = clone {
            let callee = GenericCallee::Fn { fn_, args };
            self.clone_elements(destination, value_temp.into(), value.ty, (count, callee));
        }
    }

    /// Stores a clone of `value` into elements 1 and up.
    fn clone_elements(
        &mut self,
        array: &Place,
        value: Place,
        element: Ty,
        (count, clone): (Operand, GenericCallee),
    ) {
        let index = self.b.temp(Ty::usize());
        self.b.assign(index, Rvalue::Use(Operand::usize(1)));
        let [head, body, exit] = [(); 3].map(|()| self.b.block());
        self.b.goto(head);
        self.b.switch_to(head);
        let more = binary(BinaryOp::Lt, Operand::copy(index), count);
        let more = self.b.compute(Ty::bool(), more);
        self.b.branch(Operand::copy(more), body, exit);
        self.b.switch_to(body);
        let not = Mutability::Not;
        let reference = Ty::reference(element, not);
        let reference = self.b.compute(reference, Rvalue::Ref(not, value));
        let copy = self.b.temp(element);
        let args = vec![Operand::copy(reference)];
        self.b.call(Target::Direct(clone), args, copy.into());
        let slot = array.then(crate::ir::Projection::Index(index));
        self.b.assign(slot, Rvalue::Use(Operand::copy(copy)));
        self.increment(index, Ty::usize());
        self.b.goto(head);
        self.b.switch_to(exit);
    }
}

/// One of the language's own operators.
pub(super) fn binary(op: BinaryOp, left: Operand, right: Operand) -> Rvalue {
    Rvalue::Binary {
        op,
        left,
        right,
        overflow_checked: true,
    }
}
