//! The ends of blocks.

use super::function::FnCx;
use super::memory::Access;
use super::value::Value;
use crate::error::Emit;
use crate::layout::Registers;
use gos_mir::ir::{BlockId, Callee, Local, Operand, Terminator, TerminatorKind};
use inkwell::IntPredicate;
use inkwell::values::IntValue;

/// Switches with more cases are LLVM's.
const COMPARES_MAX: usize = 4;

impl<'c> FnCx<'_, 'c, '_> {
    pub(super) fn lower_terminator(&self, terminator: &Terminator<Callee>) -> Emit<()> {
        match &terminator.kind {
            TerminatorKind::Goto(block) => {
                self.b.build_unconditional_branch(self.block(*block))?;
            }
            TerminatorKind::Switch {
                value,
                targets,
                otherwise,
            } => self.lower_switch(value, targets, *otherwise)?,
            TerminatorKind::Return => self.lower_return()?,
            TerminatorKind::Unreachable => {
                self.b.build_unreachable()?;
            }
            TerminatorKind::Call {
                callee,
                args,
                destination,
                next,
            } => {
                self.lower_call(callee, args, destination, next.is_some())?;
                match next {
                    Some(next) => {
                        self.b.build_unconditional_branch(self.block(*next))?;
                    }
                    None => {
                        self.b.build_unreachable()?;
                    }
                }
            }
        }
        Ok(())
    }

    fn lower_switch(
        &self,
        value: &Operand<Callee>,
        targets: &[(u128, BlockId)],
        otherwise: BlockId,
    ) -> Emit<()> {
        let value = self.operand(value)?.int()?;
        let ty = value.get_type();
        if ty.get_bit_width() == 1
            && let [(case, block)] = targets
        {
            let (when_true, when_false) = if *case == 0 {
                (otherwise, *block)
            } else {
                (*block, otherwise)
            };
            self.b.build_conditional_branch(
                value,
                self.block(when_true),
                self.block(when_false),
            )?;
            return Ok(());
        }
        if !self.unit.options.optimization.is_any() && targets.len() <= COMPARES_MAX {
            return self.lower_compares(value, targets, otherwise);
        }
        let cases: Vec<_> = targets
            .iter()
            .map(|&(case, block)| (self.unit.int_constant(ty, case), self.block(block)))
            .collect();
        self.b.build_switch(value, self.block(otherwise), &cases)?;
        Ok(())
    }

    /// A switch as compares, one after the other: unoptimized code of that comes quicker.
    fn lower_compares(
        &self,
        value: IntValue<'c>,
        targets: &[(u128, BlockId)],
        otherwise: BlockId,
    ) -> Emit<()> {
        for (index, &(case, block)) in targets.iter().enumerate() {
            let case = self.unit.int_constant(value.get_type(), case);
            let equal = self
                .b
                .build_int_compare(IntPredicate::EQ, value, case, "")?;
            let is_last = index + 1 == targets.len();
            let next = if is_last {
                self.block(otherwise)
            } else {
                self.new_block("case")
            };
            self.b
                .build_conditional_branch(equal, self.block(block), next)?;
            if !is_last {
                self.b.position_at_end(next);
            }
        }
        if targets.is_empty() {
            self.b.build_unconditional_branch(self.block(otherwise))?;
        }
        Ok(())
    }

    fn lower_return(&self) -> Emit<()> {
        if !self.abi.returns {
            self.b.build_unreachable()?;
            return Ok(());
        }
        if self.serves_c {
            self.tell_going_out()?;
        }
        let result = self.spot_of_local(Local::RESULT)?;
        let ty = self.abi.result.ty;
        match self.load_spot(result)? {
            Value::None => self.b.build_return(None)?,
            Value::One(value) => self.b.build_return(Some(&value))?,
            Value::Two(a, b) => self.b.build_aggregate_return(&[a, b])?,
            Value::At(from) => {
                // A result on the heap is copied to where the caller wants it.
                if let (Registers::Memory, Some(to)) =
                    (self.abi.result.registers, self.function.get_first_param())
                {
                    let to = Value::One(to).pointer()?;
                    self.copy(to, from, &self.layout(ty), Access::Local)?;
                }
                self.b.build_return(None)?
            }
        };
        Ok(())
    }
}
