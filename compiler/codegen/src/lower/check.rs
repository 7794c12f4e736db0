//! Checks: a compare, and a cold block that calls the library's panic function.

use super::function::FnCx;
use super::value::Value;
use crate::error::Emit;
use gos_mir::ir::{Callee, Operand};
use inkwell::IntPredicate;
use inkwell::basic_block::BasicBlock;
use inkwell::values::{BasicMetadataValueEnum, IntValue};

/// How much more often the other way is taken than the cold one.
const LIKELY: u64 = 1 << 20;

impl<'c> FnCx<'_, 'c, '_> {
    /// Branches to `rare` when the condition holds, which it hardly ever does.
    pub(super) fn branch_rarely(
        &self,
        condition: IntValue<'c>,
        rare: BasicBlock<'c>,
        often: BasicBlock<'c>,
    ) -> Emit<()> {
        let branch = self.b.build_conditional_branch(condition, rare, often)?;
        let weight = |value| self.unit.i32.const_int(value, false).into();
        let name = self.unit.context.metadata_string("branch_weights").into();
        let node = self
            .unit
            .context
            .metadata_node(&[name, weight(1), weight(LIKELY)]);
        let _ = branch.set_metadata(node, self.unit.kinds.prof);
        Ok(())
    }

    /// Calls a panic function of the library when the condition holds.
    fn panic_if(
        &self,
        condition: IntValue<'c>,
        panic: &str,
        args: &[BasicMetadataValueEnum<'c>],
    ) -> Emit<()> {
        let (fail, pass) = (self.new_block(panic), self.new_block("passed"));
        self.branch_rarely(condition, fail, pass)?;
        self.b.position_at_end(fail);
        self.call_panic(panic, args)?;
        self.b.position_at_end(pass);
        Ok(())
    }

    fn call_panic(&self, panic: &str, args: &[BasicMetadataValueEnum<'c>]) -> Emit<()> {
        match self.unit.mono.lang.get(panic) {
            Some(&instance) => {
                let function = self.unit.function(instance);
                self.unit.build_call(&self.b, function, args)?;
            }
            // A program without the library, as tests have.
            None => {
                let text = self.unit.text_constant(panic);
                let length = self.unit.i64.const_int(panic.len() as u64, false);
                self.call_runtime("gos_rt_fatal", &[text.into(), length.into()])?;
            }
        }
        self.b.build_unreachable()?;
        Ok(())
    }

    pub(super) fn check_overflow(&self, overflowed: IntValue<'c>, text: &str) -> Emit<()> {
        let address = self.unit.text_constant(text);
        let length = self.unit.i64.const_int(text.len() as u64, false);
        self.panic_if(
            overflowed,
            "panic_overflow",
            &[address.into(), length.into()],
        )
    }

    pub(super) fn check_divisor(&self, is_zero: IntValue<'c>) -> Emit<()> {
        self.panic_if(is_zero, "panic_divide_by_zero", &[])
    }

    pub(super) fn check_bounds(
        &self,
        index: &Operand<Callee>,
        length: &Operand<Callee>,
        signed: bool,
    ) -> Emit<()> {
        let index = self.operand(index)?.int()?;
        let length = self.operand(length)?.int()?;
        let out = self
            .b
            .build_int_compare(IntPredicate::UGE, index, length, "")?;
        let panic = match signed {
            true => "panic_bounds_signed",
            false => "panic_bounds",
        };
        self.panic_if(out, panic, &[index.into(), length.into()])
    }

    pub(super) fn check_slice(
        &self,
        (from, to): (&Operand<Callee>, &Operand<Callee>),
        length: &Operand<Callee>,
        signed: bool,
    ) -> Emit<()> {
        let from = self.operand(from)?.int()?;
        let to = self.operand(to)?.int()?;
        let length = self.operand(length)?.int()?;
        let crossed = self.b.build_int_compare(IntPredicate::UGT, from, to, "")?;
        let beyond = self
            .b
            .build_int_compare(IntPredicate::UGT, to, length, "")?;
        let out = self.b.build_or(crossed, beyond, "")?;
        let args = [from.into(), to.into(), length.into()];
        let panic = match signed {
            true => "panic_slice_signed",
            false => "panic_slice",
        };
        self.panic_if(out, panic, &args)
    }

    /// A position is a boundary when it is the end or its byte does not continue a character.
    pub(super) fn check_char_boundary(
        &self,
        text: &Operand<Callee>,
        position: &Operand<Callee>,
    ) -> Emit<()> {
        let (bytes, length) = self.operand(text)?.fat()?;
        let position = self.operand(position)?.int()?;
        let inside = self
            .b
            .build_int_compare(IntPredicate::ULT, position, length, "")?;
        let (look, done) = (self.new_block("boundary"), self.new_block("passed"));
        self.b.build_conditional_branch(inside, look, done)?;
        self.b.position_at_end(look);
        let address = self.element_address(bytes, position, 1)?;
        let byte = self.b.build_load(self.unit.i8, address, "")?;
        let byte = Value::One(byte).int()?;
        // Continuation bytes are -128 ..= -65.
        let limit = self.unit.i8.const_int(0xC0, false);
        let within = self
            .b
            .build_int_compare(IntPredicate::SLT, byte, limit, "")?;
        let args = [bytes.into(), length.into(), position.into()];
        self.panic_if(within, "panic_char_boundary", &args)?;
        self.b.build_unconditional_branch(done)?;
        self.b.position_at_end(done);
        Ok(())
    }
}
