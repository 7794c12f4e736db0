//! LLVM's control-flow graph. The one place that calls LLVM's C interface directly, where inkwell
//! has no door.

use inkwell::basic_block::BasicBlock;
use inkwell::llvm_sys::core::{LLVMGetNumSuccessors, LLVMGetSuccessor, LLVMSetSuccessor};
use inkwell::values::{AsValueRef, FunctionValue, InstructionValue};
use rustc_hash::FxHashMap;

/// Blocks by number, in order, with their successors.
pub(super) struct Graph<'c> {
    pub(super) blocks: Vec<BasicBlock<'c>>,
    pub(super) successors: Vec<Vec<usize>>,
}

impl<'c> Graph<'c> {
    pub(super) fn of(function: FunctionValue<'c>) -> Graph<'c> {
        let blocks = function.get_basic_blocks();
        let numbers: FxHashMap<_, _> = blocks
            .iter()
            .enumerate()
            .map(|(number, block)| (block.as_mut_ptr(), number))
            .collect();
        let mut successors = Vec::with_capacity(blocks.len());
        for block in &blocks {
            let mut targets = Vec::new();
            if let Some(terminator) = block.get_terminator() {
                for target in successors_of(terminator) {
                    if let Some(&target) = numbers.get(&target) {
                        targets.push(target);
                    }
                }
            }
            successors.push(targets);
        }
        Graph { blocks, successors }
    }

    /// Edges that go back to a block on the current path of a depth-first search: every cycle
    /// has one.
    pub(super) fn retreating_edges(&self) -> Vec<(usize, usize)> {
        const NEW: u8 = 0;
        const OPEN: u8 = 1;
        const DONE: u8 = 2;
        let mut state = vec![NEW; self.blocks.len()];
        let mut edges = Vec::new();
        let mut path: Vec<(usize, usize)> = Vec::new();
        if self.blocks.is_empty() {
            return edges;
        }
        state[0] = OPEN;
        path.push((0, 0));
        while let Some((block, next)) = path.last_mut() {
            let from = *block;
            let Some(&to) = self.successors[from].get(*next) else {
                state[from] = DONE;
                path.pop();
                continue;
            };
            *next += 1;
            match state[to] {
                NEW => {
                    state[to] = OPEN;
                    path.push((to, 0));
                }
                OPEN => edges.push((from, to)),
                _ => {}
            }
        }
        edges
    }
}

fn successors_of(
    terminator: InstructionValue<'_>,
) -> Vec<inkwell::llvm_sys::prelude::LLVMBasicBlockRef> {
    let value = terminator.as_value_ref();
    // SAFETY: the value is a terminator of a block of a live module.
    let count = unsafe { LLVMGetNumSuccessors(value) };
    (0..count)
        // SAFETY: as above, and the index is below the count.
        .map(|index| unsafe { LLVMGetSuccessor(value, index) })
        .collect()
}

/// Lets all branches of a terminator that go to one block go to another.
pub(super) fn redirect<'c>(
    terminator: InstructionValue<'c>,
    from: BasicBlock<'c>,
    to: BasicBlock<'c>,
) {
    for (index, target) in successors_of(terminator).into_iter().enumerate() {
        if target == from.as_mut_ptr() {
            // SAFETY: terminator and block are of one function, the index was just counted.
            unsafe { LLVMSetSuccessor(terminator.as_value_ref(), index as u32, to.as_mut_ptr()) };
        }
    }
}
