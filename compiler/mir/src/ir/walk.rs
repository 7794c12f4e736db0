//! What instructions mention: operands and places, each in one match that all analyses share.

use super::{BlockId, Body, Operand, Place, Rvalue, StatementKind, Target, TerminatorKind};

impl<C> Rvalue<C> {
    /// The operands, in order of evaluation.
    pub fn for_each_operand<'a>(&'a self, f: &mut impl FnMut(&'a Operand<C>)) {
        match self {
            Rvalue::Use(operand)
            | Rvalue::Unary(_, operand)
            | Rvalue::Cast(operand, _)
            | Rvalue::Reinterpret(operand, _)
            | Rvalue::RepeatArray(operand, _)
            | Rvalue::BoxNew(operand, _)
            | Rvalue::Dyn {
                pointer: operand, ..
            } => f(operand),
            Rvalue::Binary { left, right, .. } => {
                f(left);
                f(right);
            }
            Rvalue::Aggregate(_, operands) | Rvalue::VecLiteral(_, operands) => {
                operands.iter().for_each(f);
            }
            Rvalue::Slice { from, to, .. } => {
                f(from);
                f(to);
            }
            Rvalue::FnObj { env, .. } => env.iter().for_each(f),
            Rvalue::Ref(..) | Rvalue::Variant(_) | Rvalue::Length(_) => {}
        }
    }

    /// The place that is looked at other than by an operand.
    pub fn place(&self) -> Option<&Place> {
        match self {
            Rvalue::Ref(_, place) | Rvalue::Variant(place) | Rvalue::Length(place) => Some(place),
            Rvalue::Slice { base, .. } => Some(base),
            _ => None,
        }
    }
}

impl<C> StatementKind<C> {
    /// All operands.
    pub fn for_each_operand<'a>(&'a self, f: &mut impl FnMut(&'a Operand<C>)) {
        match self {
            StatementKind::Assign(_, rvalue) => rvalue.for_each_operand(f),
            StatementKind::BoundsCheck { index, length, .. } => {
                f(index);
                f(length);
            }
            StatementKind::SliceCheck {
                from, to, length, ..
            } => {
                f(from);
                f(to);
                f(length);
            }
            StatementKind::CharBoundaryCheck { text, position } => {
                f(text);
                f(position);
            }
            StatementKind::StorageLive(_)
            | StatementKind::StorageDead(_)
            | StatementKind::Poll
            | StatementKind::WriteBarrier(_)
            | StatementKind::Access(_)
            | StatementKind::FakeUse(_)
            | StatementKind::Nop => {}
        }
    }
}

impl<C> TerminatorKind<C> {
    /// All operands, a called value among them.
    pub fn for_each_operand<'a>(&'a self, f: &mut impl FnMut(&'a Operand<C>)) {
        match self {
            TerminatorKind::Switch { value, .. } => f(value),
            TerminatorKind::Call { callee, args, .. } => {
                if let Target::Value(value) = callee {
                    f(value);
                }
                args.iter().for_each(f);
            }
            TerminatorKind::Goto(_) | TerminatorKind::Return | TerminatorKind::Unreachable => {}
        }
    }
}

impl<C> TerminatorKind<C> {
    /// The blocks that may come next, in order of mention; the same one several times if it is
    /// mentioned so.
    pub fn for_each_successor(&self, mut f: impl FnMut(BlockId)) {
        match self {
            TerminatorKind::Goto(target) => f(*target),
            TerminatorKind::Switch {
                targets, otherwise, ..
            } => {
                targets.iter().for_each(|(_, target)| f(*target));
                f(*otherwise);
            }
            TerminatorKind::Call { next, .. } => next.iter().copied().for_each(f),
            TerminatorKind::Return | TerminatorKind::Unreachable => {}
        }
    }
}

impl<C> Body<C> {
    /// All operands of all blocks.
    pub fn for_each_operand<'a>(&'a self, mut f: impl FnMut(&'a Operand<C>)) {
        for (_, block) in self.blocks.iter() {
            for statement in &block.statements {
                statement.kind.for_each_operand(&mut f);
            }
            block.terminator.kind.for_each_operand(&mut f);
        }
    }
}
