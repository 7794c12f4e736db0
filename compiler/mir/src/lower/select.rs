//! `select`: the arms' channels and values are put into an array, the runtime picks one.
//!
//! ```text
//!        cases[k] = (channel, &slot, direction, 0) for each arm; left = number of arms
//! again: chosen = gos_rt_select(&cases, n, block)
//!        switch chosen [k: arm_k …] else default
//! arm_k: receive: value = cases[k].passed ? Some(slot) : None, matched against the pattern;
//!                 on failure: cases[k].channel = null, left -= 1, again, or default when 0
//!        send:    panics unless cases[k].passed
//! ```

use super::{Constant, Lower, Operand, Rvalue};
use crate::ir::{Aggregate, BlockId, Local, Place, Projection, TerminatorKind};
use gos_sema::hir::{BinaryOp, Expr, Pat, SelectArm, SelectOp};
use gos_sema::types::{IntTy, Mutability, Ty, TyKind};

const CHANNEL: usize = 0;
const PASSED: usize = 3;

/// What all arms share.
struct Select {
    cases: Local,
    /// Arms that are not out.
    left: Local,
    /// Chooses again.
    again: BlockId,
    /// No arm is left, or none was ready.
    none: BlockId,
}

impl Select {
    fn field(&self, arm: usize, field: usize) -> Place {
        Place::from(self.cases)
            .then(Projection::ConstIndex(arm as u64))
            .field(field)
    }
}

fn word() -> Ty {
    Ty::int(IntTy::U64)
}

fn pointer() -> Ty {
    Ty::new(TyKind::Ptr)
}

impl Lower<'_> {
    pub(super) fn select(
        &mut self,
        destination: &Place,
        arms: &[SelectArm],
        default: Option<&Expr>,
    ) {
        let case = Ty::tuple(&[pointer(), pointer(), word(), word()]);
        let count = Ty::new(TyKind::ConstInt(arms.len() as i128));
        let cases = self.materialize(Ty::new(TyKind::Array(case, count)));
        let slots: Vec<Local> = arms
            .iter()
            .enumerate()
            .map(|(index, arm)| self.select_case(cases, index, arm))
            .collect();
        let left = self.b.temp(Ty::usize());
        self.b.assign(left, Rvalue::Use(Operand::usize(arms.len())));
        let [again, none, join] = [(); 3].map(|()| self.b.block());
        let select = Select {
            cases,
            left,
            again,
            none,
        };
        let blocks: Vec<BlockId> = arms.iter().map(|_| self.b.block()).collect();
        self.choose(&select, &blocks, default.is_none());
        for (index, arm) in arms.iter().enumerate() {
            self.b.switch_to(blocks[index]);
            self.in_scope(arm.span, |this| {
                this.select_arm(destination, &select, index, slots[index], arm);
            });
            self.b.goto(join);
        }
        self.b.switch_to(none);
        match default {
            Some(default) => self.in_scope(default.span, |this| {
                this.lower_into(destination, default);
            }),
            None => {
                let text = "no arm of the select can match any more";
                let text = Operand::Constant(Constant::Str(text.into()));
                self.call_lang_never("panic", vec![text]);
            }
        }
        self.b.goto(join);
        self.b.switch_to(join);
    }

    /// Evaluates the arm's channel and value; gives the variable the value passes through.
    fn select_case(&mut self, cases: Local, index: usize, arm: &SelectArm) -> Local {
        let (channel, slot_ty, direction) = match &arm.op {
            SelectOp::Receive {
                channel, element, ..
            } => (channel, *element, 0),
            SelectOp::Send { channel, value } => (channel, value.ty, 1),
        };
        let channel = self.place(channel).field(0);
        let channel = self
            .b
            .compute(pointer(), Rvalue::Use(Operand::Copy(channel)));
        let slot = self.materialize(slot_ty);
        if let SelectOp::Send { value, .. } = &arm.op {
            self.lower_into(&slot.into(), value);
        }
        let slot_pointer = self.address(slot.into(), slot_ty);
        let operands = vec![
            Operand::copy(channel),
            slot_pointer,
            Operand::int(direction, word()),
            Operand::int(0, word()),
        ];
        let case = Place::from(cases).then(Projection::ConstIndex(index as u64));
        self.aggregate(&case, Aggregate::Tuple, operands);
        slot
    }

    fn address(&mut self, place: Place, ty: Ty) -> Operand {
        let reference = Ty::reference(ty, Mutability::Mut);
        let reference = self
            .b
            .compute(reference, Rvalue::Ref(Mutability::Mut, place));
        let value = Rvalue::Reinterpret(Operand::copy(reference), pointer());
        Operand::copy(self.b.compute(pointer(), value))
    }

    fn choose(&mut self, select: &Select, arms: &[BlockId], block: bool) {
        self.b.goto(select.again);
        self.b.switch_to(select.again);
        let cases_ty = self.b.body.locals[select.cases].ty;
        let cases = self.address(select.cases.into(), cases_ty);
        let i64_ = Ty::int(IntTy::I64);
        let args = vec![
            cases,
            Operand::int(arms.len() as u128, i64_),
            Operand::int(u128::from(block), Ty::bool()),
        ];
        let chosen = self.call_runtime("gos_rt_select", args, i64_);
        let numbered = arms.iter().enumerate();
        self.b.terminate(TerminatorKind::Switch {
            value: chosen,
            targets: numbered.map(|(index, arm)| (index as u128, *arm)).collect(),
            otherwise: select.none,
        });
    }

    fn select_arm(
        &mut self,
        destination: &Place,
        select: &Select,
        index: usize,
        slot: Local,
        arm: &SelectArm,
    ) {
        self.b.source.span = arm.span;
        let [passed, closed] = [(); 2].map(|()| self.b.block());
        let flag = (
            Operand::Copy(select.field(index, PASSED)),
            Operand::int(0, word()),
        );
        self.compare(BinaryOp::Ne, flag, (passed, closed));
        match &arm.op {
            SelectOp::Send { .. } => {
                self.b.switch_to(closed);
                let text = Operand::Constant(Constant::Str("send on a closed channel".into()));
                self.call_lang_never("panic", vec![text]);
                self.b.switch_to(passed);
            }
            SelectOp::Receive { pat, element, .. } => {
                let option = self.received(*element, slot, (passed, closed));
                self.match_received(select, index, pat, &option);
            }
        }
        self.lower_into(destination, &arm.body);
    }

    /// `Some(slot)` or `None`.
    fn received(
        &mut self,
        element: Ty,
        slot: Local,
        (passed, closed): (BlockId, BlockId),
    ) -> Place {
        let ty = self.option_of(element);
        let option = Place::from(self.materialize(ty));
        let join = self.b.block();
        let values = [
            (passed, "Some", vec![Operand::copy(slot)]),
            (closed, "None", Vec::new()),
        ];
        for (block, name, operands) in values {
            self.b.switch_to(block);
            if let TyKind::Adt(adt, args) = ty.kind() {
                let variant = self.option_variant(name);
                let aggregate = Aggregate::Adt(*adt, *args, variant);
                self.aggregate(&option, aggregate, operands);
            }
            self.b.goto(join);
        }
        self.b.switch_to(join);
        option
    }

    fn match_received(&mut self, select: &Select, index: usize, pat: &Pat, option: &Place) {
        let [matched, failed] = [(); 2].map(|()| self.b.block());
        self.match_pattern(pat, option, failed);
        self.b.goto(matched);
        self.b.switch_to(failed);
        let null = Rvalue::Reinterpret(Operand::int(0, word()), pointer());
        self.b.assign(select.field(index, CHANNEL), null);
        let less = Rvalue::Binary {
            op: BinaryOp::Sub,
            left: Operand::copy(select.left),
            right: Operand::usize(1),
            overflow_checked: false,
        };
        self.b.assign(select.left, less);
        let none_left = (Operand::copy(select.left), Operand::usize(0));
        self.compare(BinaryOp::Eq, none_left, (select.none, select.again));
        self.b.switch_to(matched);
    }
}
