//! `select`: the arms' channels and values are put into an array, the runtime picks one.
//!
//! ```text
//!        cases[k] = (channel, &slot, direction, 0) for each arm; left = number of arms
//! again: chosen = gos_rt_select(&cases, n, block)
//!        switch chosen [k: arm_k …] else default
//! arm_k: receive: value = cases[k].passed ? Some(slot) : None, matched against the pattern;
//!                 on failure: came = cases[k].channel, cases[k].channel = null, left -= 1, pass
//!        send:    panics unless cases[k].passed
//! pass:  arm_j of the first other arm that receives with cases[j].channel == came
//!        again, or default when left == 0
//! ```
//! Arms that receive values of one type may be of one channel. They share a slot and a `pass`.

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
    /// Where each arm begins.
    arms: Vec<BlockId>,
    /// For each arm, the slot of its value.
    slots: Vec<Local>,
    passings: Vec<Passing>,
}

/// What arms share that receive values of one type.
struct Passing {
    slot: Local,
    arms: Vec<usize>,
    /// The channel, as a number, and the flag of a value that one arm's pattern did not match.
    came: Local,
    passed: Local,
    /// Finds another arm for it.
    pass: BlockId,
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
        let mut passings: Vec<Passing> = Vec::new();
        let slots: Vec<Local> = arms
            .iter()
            .enumerate()
            .map(|(index, arm)| self.select_case(cases, index, arm, &mut passings))
            .collect();
        let left = self.b.temp(Ty::usize());
        self.b.assign(left, Rvalue::Use(Operand::usize(arms.len())));
        let [again, none, join] = [(); 3].map(|()| self.b.block());
        let select = Select {
            cases,
            left,
            again,
            none,
            arms: arms.iter().map(|_| self.b.block()).collect(),
            slots,
            passings,
        };
        self.choose(&select, default.is_none());
        for (index, arm) in arms.iter().enumerate() {
            self.b.switch_to(select.arms[index]);
            self.in_scope(arm.span, |this| {
                this.select_arm(destination, &select, index, arm);
            });
            self.b.goto(join);
        }
        for passing in &select.passings {
            self.pass_on(&select, passing);
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
    fn select_case(
        &mut self,
        cases: Local,
        index: usize,
        arm: &SelectArm,
        passings: &mut Vec<Passing>,
    ) -> Local {
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
        let slot = match &arm.op {
            SelectOp::Receive { .. } => self.receive_slot(index, slot_ty, passings),
            SelectOp::Send { value, .. } => {
                let slot = self.materialize(slot_ty);
                self.lower_into(&slot.into(), value);
                slot
            }
        };
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

    /// Where a received value goes: one place for all arms that may be of one channel.
    fn receive_slot(&mut self, arm: usize, ty: Ty, passings: &mut Vec<Passing>) -> Local {
        let known = passings
            .iter_mut()
            .find(|passing| self.b.body.locals[passing.slot].ty == ty);
        if let Some(passing) = known {
            passing.arms.push(arm);
            return passing.slot;
        }
        let slot = self.materialize(ty);
        passings.push(Passing {
            slot,
            arms: vec![arm],
            came: self.b.temp(word()),
            passed: self.b.temp(word()),
            pass: self.b.block(),
        });
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

    fn choose(&mut self, select: &Select, block: bool) {
        self.b.goto(select.again);
        self.b.switch_to(select.again);
        let cases_ty = self.b.body.locals[select.cases].ty;
        let cases = self.address(select.cases.into(), cases_ty);
        let i64_ = Ty::int(IntTy::I64);
        let args = vec![
            cases,
            Operand::int(select.arms.len() as u128, i64_),
            Operand::int(u128::from(block), Ty::bool()),
        ];
        let chosen = self.call_runtime("gos_rt_select", args, i64_);
        let numbered = select.arms.iter().enumerate();
        self.b.terminate(TerminatorKind::Switch {
            value: chosen,
            targets: numbered.map(|(index, arm)| (index as u128, *arm)).collect(),
            otherwise: select.none,
        });
    }

    fn select_arm(&mut self, destination: &Place, select: &Select, index: usize, arm: &SelectArm) {
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
                let option = self.received(*element, select.slots[index], (passed, closed));
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
        let passings = &select.passings;
        if let Some(passing) = passings.iter().find(|one| one.arms.contains(&index)) {
            let channel = Operand::Copy(select.field(index, CHANNEL));
            let channel = Rvalue::Reinterpret(channel, word());
            self.b.assign(passing.came, channel);
            let passed = Operand::Copy(select.field(index, PASSED));
            self.b.assign(passing.passed, Rvalue::Use(passed));
            let null = Rvalue::Reinterpret(Operand::int(0, word()), pointer());
            self.b.assign(select.field(index, CHANNEL), null);
            let less = Rvalue::Binary {
                op: BinaryOp::Sub,
                left: Operand::copy(select.left),
                right: Operand::usize(1),
                overflow_checked: false,
            };
            self.b.assign(select.left, less);
            self.b.goto(passing.pass);
        }
        self.b.switch_to(matched);
    }

    /// A value that an arm did not match is for the next arm of the same channel.
    fn pass_on(&mut self, select: &Select, passing: &Passing) {
        self.b.switch_to(passing.pass);
        let others = match passing.arms.len() {
            1 => &[][..],
            _ => &passing.arms,
        };
        for &arm in others {
            let [same, other] = [(); 2].map(|()| self.b.block());
            let channel = Rvalue::Reinterpret(Operand::Copy(select.field(arm, CHANNEL)), word());
            let channel = Operand::copy(self.b.compute(word(), channel));
            self.compare(
                BinaryOp::Eq,
                (channel, Operand::copy(passing.came)),
                (same, other),
            );
            self.b.switch_to(same);
            let passed = Rvalue::Use(Operand::copy(passing.passed));
            self.b.assign(select.field(arm, PASSED), passed);
            self.b.goto(select.arms[arm]);
            self.b.switch_to(other);
        }
        let none_left = (Operand::copy(select.left), Operand::usize(0));
        self.compare(BinaryOp::Eq, none_left, (select.none, select.again));
    }
}
