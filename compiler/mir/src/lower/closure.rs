//! Closure expressions: the environment is a value like a struct.

use super::{Lower, Operand, Rvalue};
use crate::ir::{Aggregate, Place};
use gos_sema::program::ClosureId;
use gos_sema::types::{Mutability, Ty};

impl Lower<'_> {
    /// Shared variables are captured as references, others as copies.
    pub(super) fn closure(&mut self, destination: &Place, ty: Ty, id: ClosureId) {
        let program = self.program;
        let closure = &program.closures[id];
        let mut operands = Vec::with_capacity(closure.captures.len());
        for capture in &closure.captures {
            let variable = self.variable(capture.outer);
            if !capture.by_reference {
                operands.push(Operand::Copy(variable));
                continue;
            }
            let ty = self.hir.locals[capture.outer].ty;
            let reference = Ty::reference(ty, Mutability::Mut);
            let reference = self
                .b
                .compute(reference, Rvalue::Ref(Mutability::Mut, variable));
            operands.push(Operand::copy(reference));
        }
        self.aggregate(destination, Aggregate::Closure(ty), operands);
    }
}
