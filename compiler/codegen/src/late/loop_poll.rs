//! Polls in loops that would otherwise run without a safepoint.
//!
//! ```text
//! head:   phis; if tls.stack_limit == POISON goto poll else rest
//! poll:   gos_rt_poll()  (keeps all registers); goto rest
//! rest:   what the loop's head was, under its old name, so that phis elsewhere stay true
//! ```

use super::call::{called, reaches_safepoint};
use super::constant_loop;
use super::graph::{Graph, redirect};
use super::tls::load_stack_limit;
use crate::error::{Emit, invalid};
use crate::lower::Unit;
use gos_abi::table::find_rt_function;
use inkwell::IntPredicate;
use inkwell::basic_block::BasicBlock;
use inkwell::values::{FunctionValue, InstructionOpcode};
use rustc_hash::FxHashSet;
use std::collections::BTreeSet;

pub(super) fn insert<'c>(
    unit: &Unit<'c, '_>,
    function: FunctionValue<'c>,
    checked: &FxHashSet<String>,
) -> Emit<()> {
    let graph = Graph::of(function);
    let safe: Vec<bool> = graph
        .blocks
        .iter()
        .map(|block| has_safepoint(*block, checked))
        .collect();
    let mut heads = BTreeSet::new();
    for (latch, head) in graph.retreating_edges() {
        if can_turn_unseen(&graph, &safe, latch, head)
            && !constant_loop::is_short(&graph, latch, head)
        {
            heads.insert(head);
        }
    }
    for head in heads {
        poll_at(unit, function, &graph, head)?;
    }
    Ok(())
}

fn has_safepoint(block: BasicBlock<'_>, checked: &FxHashSet<String>) -> bool {
    let mut next = block.get_first_instruction();
    while let Some(instruction) = next {
        if reaches_safepoint(&called(instruction), checked) {
            return true;
        }
        next = instruction.get_next_instruction();
    }
    false
}

/// True when the latch can be reached from the head without passing a safepoint.
fn can_turn_unseen(graph: &Graph<'_>, safe: &[bool], latch: usize, head: usize) -> bool {
    if safe[head] {
        return false;
    }
    let mut seen = vec![false; graph.blocks.len()];
    let mut open = vec![head];
    seen[head] = true;
    while let Some(block) = open.pop() {
        if block == latch {
            return true;
        }
        for &next in &graph.successors[block] {
            if !seen[next] && !safe[next] {
                seen[next] = true;
                open.push(next);
            }
        }
    }
    false
}

fn poll_at<'c>(
    unit: &Unit<'c, '_>,
    function: FunctionValue<'c>,
    graph: &Graph<'c>,
    head: usize,
) -> Emit<()> {
    let rest = graph.blocks[head];
    let front = unit.context.prepend_basic_block(rest, "loop");
    let poll = unit.context.append_basic_block(function, "poll");
    // Terminators are looked up anew: an earlier poll may stand between.
    for &from in &graph.predecessors[head] {
        if let Some(terminator) = graph.blocks[from].get_terminator() {
            redirect(terminator, rest, front);
        }
    }
    let b = unit.context.create_builder();
    b.position_at_end(front);
    let mut next = rest.get_first_instruction();
    while let Some(instruction) = next {
        if instruction.get_opcode() != InstructionOpcode::Phi {
            break;
        }
        next = instruction.get_next_instruction();
        instruction.remove_from_basic_block();
        b.insert_instruction(&instruction, None);
    }
    let limit = load_stack_limit(&b, unit)?;
    let poison = unit.i64.const_all_ones();
    let asked = b.build_int_compare(IntPredicate::EQ, limit, poison, "")?;
    let branch = b.build_conditional_branch(asked, poll, rest)?;
    let weight = |value| unit.i32.const_int(value, false).into();
    let name = unit.context.metadata_string("branch_weights").into();
    let weights = unit
        .context
        .metadata_node(&[name, weight(1), weight(1 << 20)]);
    let _ = branch.set_metadata(weights, unit.kinds.prof);
    b.position_at_end(poll);
    let Some(row) = find_rt_function("gos_rt_poll") else {
        return invalid("the runtime has gos_rt_poll");
    };
    let function = unit.runtime_function(row);
    let call = b.build_call(function, &[], "")?;
    call.set_call_convention(super::PRESERVE_ALL);
    b.build_unconditional_branch(rest)?;
    Ok(())
}
