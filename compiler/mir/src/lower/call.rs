//! Calls of functions and of values.

use super::{Lower, Operand};
use crate::ir::{Constant, GenericCallee, Place, Target};
use gos_sema::hir::Expr;
use gos_sema::program::FnId;
use gos_sema::types::{Ty, TyKind, TyList};

impl Lower<'_> {
    pub(super) fn call(
        &mut self,
        destination: &Place,
        ty: Ty,
        (fn_, args): (FnId, TyList),
        values: &[Expr],
    ) {
        let operands = self.operands(&values.iter().collect::<Vec<_>>());
        let callee = Target::Direct(GenericCallee::Fn { fn_, args });
        self.finish_call(destination, ty, callee, operands);
    }

    /// The callee is evaluated before the arguments.
    pub(super) fn call_value(
        &mut self,
        destination: &Place,
        ty: Ty,
        callee: &Expr,
        values: &[Expr],
    ) {
        if let TyKind::FnDef(fn_, args) = callee.ty.kind() {
            self.effect(callee);
            return self.call(destination, ty, (*fn_, *args), values);
        }
        let all: Vec<&Expr> = std::iter::once(callee).chain(values).collect();
        let mut operands = self.operands(&all);
        let callee = match operands.remove(0) {
            // Calling a closure takes its address.
            Operand::Constant(constant) => {
                let temp = self.materialize(callee.ty);
                let value = Operand::Constant(constant);
                self.b.assign(temp, crate::ir::Rvalue::Use(value));
                Operand::copy(temp)
            }
            place => place,
        };
        self.finish_call(destination, ty, Target::Value(callee), operands);
    }

    fn finish_call(
        &mut self,
        destination: &Place,
        ty: Ty,
        callee: Target<GenericCallee>,
        operands: Vec<Operand>,
    ) {
        if ty.is_never() {
            self.b.call_never(callee, operands);
        } else {
            self.b.call(callee, operands, destination.clone());
        }
    }

    /// Calls a function of the runtime; the result type decides how its words are seen.
    pub(super) fn call_runtime(
        &mut self,
        name: &'static str,
        args: Vec<Operand>,
        result: Ty,
    ) -> Operand {
        let destination = if result.is_unit() {
            self.unit()
        } else {
            Place::from(self.b.temp(result))
        };
        let callee = Target::Direct(GenericCallee::Runtime(name));
        self.b.call(callee, args, destination.clone());
        if result.is_unit() {
            return Operand::Constant(Constant::ZeroSized(result));
        }
        Operand::Copy(destination)
    }
}
