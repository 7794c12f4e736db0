//! Polls in loops that would otherwise run without a safepoint.
//!
//! ```text
//! latch:  ...; goto loop
//! loop:   if tls.stack_limit == POISON goto poll else head
//! poll:   gos_rt_poll()  (keeps all registers); goto head
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
use inkwell::values::{BasicValueEnum, FunctionValue, PhiValue};
use rustc_hash::FxHashSet;
use std::collections::BTreeMap;

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
    let mut heads: BTreeMap<usize, Vec<_>> = BTreeMap::new();
    for (latch, head) in graph.retreating_edges() {
        if can_turn_unseen(&graph, &safe, latch, head)
            && !constant_loop::is_short(&graph, latch, head)
        {
            let latches = heads.entry(head).or_default();
            if !latches.contains(&graph.blocks[latch]) {
                latches.push(graph.blocks[latch]);
            }
        }
    }
    for (head, latches) in heads {
        poll_at(unit, function, graph.blocks[head], &latches)?;
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

/// Puts a poll on the edges that go back from the latches, so that a loop's first turn is free.
fn poll_at<'c>(
    unit: &Unit<'c, '_>,
    function: FunctionValue<'c>,
    head: BasicBlock<'c>,
    latches: &[BasicBlock<'c>],
) -> Emit<()> {
    let front = unit.context.prepend_basic_block(head, "loop");
    let poll = unit.context.append_basic_block(function, "poll");
    for latch in latches {
        if let Some(terminator) = latch.get_terminator() {
            redirect(terminator, head, front);
        }
    }
    move_incoming(unit, head, latches, (front, poll))?;
    let b = unit.context.create_builder();
    b.position_at_end(front);
    let limit = load_stack_limit(&b, unit)?;
    let poison = unit.i64.const_all_ones();
    let asked = b.build_int_compare(IntPredicate::EQ, limit, poison, "")?;
    let branch = b.build_conditional_branch(asked, poll, head)?;
    let _ = branch.set_metadata(unit.rarely_first(), unit.kinds.prof);
    b.position_at_end(poll);
    let Some(row) = find_rt_function("gos_rt_poll") else {
        return invalid("the runtime has gos_rt_poll");
    };
    unit.build_call(&b, unit.runtime_function(row), &[])?;
    b.build_unconditional_branch(head)?;
    Ok(())
}

/// Lets the phis of a loop's head take what came from the latches from the poll's two blocks.
fn move_incoming<'c>(
    unit: &Unit<'c, '_>,
    head: BasicBlock<'c>,
    latches: &[BasicBlock<'c>],
    (front, poll): (BasicBlock<'c>, BasicBlock<'c>),
) -> Emit<()> {
    let b = unit.context.create_builder();
    while let Some(old) = first_phi_from(head, latches) {
        let (back, other): (Vec<_>, Vec<_>) = old
            .get_incomings()
            .partition(|(_, block)| latches.contains(block));
        let ty = old.as_basic_value().get_type();
        b.position_at_end(front);
        let carried = match &back[..] {
            [(value, _)] => *value,
            several => {
                let phi = b.build_phi(ty, "")?;
                add_incoming(phi, several);
                phi.as_basic_value()
            }
        };
        b.position_before(&old.as_instruction());
        let new = b.build_phi(ty, "")?;
        add_incoming(new, &other);
        add_incoming(new, &[(carried, front), (carried, poll)]);
        old.replace_all_uses_with(&new);
        old.as_instruction().erase_from_basic_block();
    }
    Ok(())
}

fn first_phi_from<'c>(head: BasicBlock<'c>, latches: &[BasicBlock<'c>]) -> Option<PhiValue<'c>> {
    let mut next = head.get_first_instruction();
    while let Some(instruction) = next {
        let phi = PhiValue::try_from(instruction).ok()?;
        if phi
            .get_incomings()
            .any(|(_, block)| latches.contains(&block))
        {
            return Some(phi);
        }
        next = instruction.get_next_instruction();
    }
    None
}

fn add_incoming<'c>(phi: PhiValue<'c>, from: &[(BasicValueEnum<'c>, BasicBlock<'c>)]) {
    for (value, block) in from {
        phi.add_incoming(&[(value, *block)]);
    }
}
