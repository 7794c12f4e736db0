//! Loops that are known to end soon: a counter from a constant to a constant in one block.

use super::graph::Graph;
use inkwell::llvm_sys::LLVMOpcode;
use inkwell::llvm_sys::core::{
    LLVMConstIntGetSExtValue, LLVMCountIncoming, LLVMGetCondition, LLVMGetIncomingBlock,
    LLVMGetIncomingValue, LLVMGetInstructionOpcode, LLVMGetOperand, LLVMIsABinaryOperator,
    LLVMIsAConstantInt, LLVMIsAICmpInst, LLVMIsAPHINode, LLVMIsConditional,
};
use inkwell::llvm_sys::prelude::LLVMValueRef;
use inkwell::values::AsValueRef;

/// Loops of at most so many turns need no poll.
const TURNS_MAX: i64 = 1000;
/// Blocks that are longer count as slow.
const INSTRUCTIONS_MAX: usize = 64;

/// True for a loop of a single block that counts up to a small constant.
pub(super) fn is_short(graph: &Graph<'_>, latch: usize, head: usize) -> bool {
    if latch != head {
        return false;
    }
    let block = graph.blocks[head];
    if block.get_instructions().count() > INSTRUCTIONS_MAX {
        return false;
    }
    let Some(branch) = block.get_terminator() else {
        return false;
    };
    let branch = branch.as_value_ref();
    // SAFETY: the value is a terminator in a live module; each function is called on the kind of
    // value that the check before it found.
    let turns = unsafe {
        if LLVMGetInstructionOpcode(branch) != LLVMOpcode::LLVMBr || LLVMIsConditional(branch) == 0
        {
            return false;
        }
        turns(LLVMGetCondition(branch), block.as_mut_ptr())
    };
    turns.is_some_and(|turns| (0..=TURNS_MAX).contains(&turns))
}

/// `next == end` where `next = phi(start, next) + step`, all constants but `next`.
///
/// # Safety
/// The condition is a value of a live module.
unsafe fn turns(
    condition: LLVMValueRef,
    block: inkwell::llvm_sys::prelude::LLVMBasicBlockRef,
) -> Option<i64> {
    let constant = |value: LLVMValueRef| {
        // SAFETY: operands of live instructions are live values.
        unsafe { (!LLVMIsAConstantInt(value).is_null()).then(|| LLVMConstIntGetSExtValue(value)) }
    };
    // SAFETY: each function is called on the kind of value that the check before it found.
    unsafe {
        if LLVMIsAICmpInst(condition).is_null() {
            return None;
        }
        let next = LLVMGetOperand(condition, 0);
        let end = constant(LLVMGetOperand(condition, 1))?;
        if LLVMIsABinaryOperator(next).is_null()
            || LLVMGetInstructionOpcode(next) != LLVMOpcode::LLVMAdd
        {
            return None;
        }
        let phi = LLVMGetOperand(next, 0);
        let step = constant(LLVMGetOperand(next, 1))?;
        if LLVMIsAPHINode(phi).is_null() || step == 0 {
            return None;
        }
        let incoming = LLVMCountIncoming(phi);
        let outside = (0..incoming).find(|&index| LLVMGetIncomingBlock(phi, index) != block)?;
        let start = constant(LLVMGetIncomingValue(phi, outside))?;
        let distance = end.checked_sub(start)?;
        (incoming == 2 && distance.checked_rem(step)? == 0).then(|| distance / step)
    }
}
