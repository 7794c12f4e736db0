//! `go`, `defer`, and the way out of a body, which runs what was deferred.

use super::{Lower, Operand, Rvalue};
use crate::ir::{GenericCallee, Local, Place, Target, TerminatorKind};
use gos_sema::hir::Expr;
use gos_sema::types::{IntTy, Ty, TyKind, TyList};

impl Lower<'_> {
    pub(super) fn go(&mut self, closure: &Expr) {
        let words = self.code_and_environment(closure);
        self.call_runtime("gos_rt_go", words, Ty::unit());
    }

    /// The body remembers the depth of the defer list at entry, and unwinds to it at its end.
    pub(super) fn defer(&mut self, closure: &Expr) {
        let words = self.code_and_environment(closure);
        self.call_runtime("gos_rt_defer_push", words, Ty::unit());
        if self.defer_mark.is_none() {
            self.defer_mark = Some(self.b.temp(Ty::int(IntTy::I64)));
        }
    }

    /// The two words of a `FnObj`.
    fn code_and_environment(&mut self, closure: &Expr) -> Vec<Operand> {
        let pointer = Ty::new(TyKind::Ptr);
        let closure = self.operand(closure);
        let pair = Ty::tuple(&[pointer, pointer]);
        let pair = Place::from(self.b.compute(pair, Rvalue::Reinterpret(closure, pair)));
        vec![Operand::Copy(pair.field(0)), Operand::Copy(pair.field(1))]
    }

    /// Fills the block that every `return` goes to, and the entry.
    pub(super) fn finish_exit(&mut self) {
        let exit = self.exit;
        self.b.switch_to(exit);
        if let Some(mark) = self.defer_mark {
            self.mark_defers(mark);
            let depth = self
                .b
                .compute(Ty::usize(), Rvalue::Cast(Operand::copy(mark), Ty::usize()));
            if let Some(callee) = self.lang_fn("run_defers", TyList::empty()) {
                let unit = self.unit();
                self.b
                    .call(Target::Direct(callee), vec![Operand::copy(depth)], unit);
            }
        }
        self.b.terminate(TerminatorKind::Return);
    }

    /// The entry block asks for the depth before anything else happens.
    fn mark_defers(&mut self, mark: Local) {
        let entry = &mut self.b.body.blocks[crate::ir::BlockId::ENTRY];
        let TerminatorKind::Goto(start) = entry.terminator.kind else {
            return;
        };
        entry.terminator.kind = TerminatorKind::Call {
            callee: Target::Direct(GenericCallee::Runtime("gos_rt_defer_mark")),
            args: Vec::new(),
            destination: Place::from(mark),
            next: Some(start),
        };
    }
}
