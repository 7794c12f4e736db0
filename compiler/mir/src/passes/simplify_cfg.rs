//! Removes blocks that nothing reaches or that only jump on, joins blocks that follow each other,
//! and marks those that only lead to a panic. Lowering relies on it: it makes blocks freely.

use crate::ir::{Block, BlockId, Body, MonoProgram, TerminatorKind};
use crate::types::Types;
use gos_sema::program::Table;

pub(super) fn run(mono: &mut MonoProgram, _: &Types<'_>) {
    for (_, fn_) in mono.fns.iter_mut() {
        simplify(&mut fn_.body);
    }
}

/// Simplifies one body.
pub(crate) fn simplify<C: Clone>(body: &mut Body<C>) {
    skip_empty_blocks(body);
    join_blocks(body);
    drop_unreachable(body);
    mark_cold(body);
}

/// Every block a terminator may go to.
pub(super) fn successors<C>(kind: &TerminatorKind<C>) -> Vec<BlockId> {
    let mut successors = Vec::new();
    kind.for_each_successor(|next| successors.push(next));
    successors
}

fn retarget<C>(kind: &mut TerminatorKind<C>, to: impl Fn(BlockId) -> BlockId) {
    match kind {
        TerminatorKind::Goto(target) => *target = to(*target),
        TerminatorKind::Switch {
            targets, otherwise, ..
        } => {
            for (_, target) in targets {
                *target = to(*target);
            }
            *otherwise = to(*otherwise);
        }
        TerminatorKind::Call {
            next: Some(next), ..
        } => *next = to(*next),
        _ => {}
    }
}

fn skip_empty_blocks<C>(body: &mut Body<C>) {
    let count = body.blocks.len();
    let jumps: Vec<Option<BlockId>> = body
        .blocks
        .iter()
        .map(|(_, block)| match block.terminator.kind {
            TerminatorKind::Goto(target) if block.statements.is_empty() => Some(target),
            _ => None,
        })
        .collect();
    let follow = |mut id: BlockId| {
        // A loop of empty blocks has no end to find.
        for _ in 0..count {
            match jumps[id.index()] {
                Some(next) if next != id => id = next,
                _ => break,
            }
        }
        id
    };
    for (_, block) in body.blocks.iter_mut() {
        retarget(&mut block.terminator.kind, follow);
    }
}

/// Appends a block to the only one that goes to it.
fn join_blocks<C: Clone>(body: &mut Body<C>) {
    let reachable = reachable(body);
    let mut predecessors = vec![0u32; body.blocks.len()];
    for (id, block) in body.blocks.iter() {
        if reachable[id.index()] {
            for next in successors(&block.terminator.kind) {
                predecessors[next.index()] += 1;
            }
        }
    }
    for id in body.blocks.ids() {
        if !reachable[id.index()] {
            continue;
        }
        while let TerminatorKind::Goto(next) = body.blocks[id].terminator.kind {
            if predecessors[next.index()] != 1 || next == id {
                break;
            }
            let taken = &mut body.blocks[next];
            let statements = std::mem::take(&mut taken.statements);
            let terminator = taken.terminator.clone();
            taken.terminator.kind = TerminatorKind::Unreachable;
            predecessors[next.index()] = 0;
            let block = &mut body.blocks[id];
            block.statements.extend(statements);
            block.terminator = terminator;
        }
    }
}

fn reachable<C>(body: &Body<C>) -> Vec<bool> {
    let mut seen = vec![false; body.blocks.len()];
    let mut waiting = vec![BlockId::ENTRY];
    seen[0] = true;
    while let Some(id) = waiting.pop() {
        for next in successors(&body.blocks[id].terminator.kind) {
            if !std::mem::replace(&mut seen[next.index()], true) {
                waiting.push(next);
            }
        }
    }
    seen
}

/// Keeps what is reached, each block before those it leads to (loops aside).
fn drop_unreachable<C: Clone>(body: &mut Body<C>) {
    let order = reverse_postorder(body);
    let mut numbers = vec![BlockId(0); body.blocks.len()];
    let mut kept: Table<BlockId, Block<C>> = Table::default();
    for id in order {
        let block = &mut body.blocks[id];
        numbers[id.index()] = kept.push(Block {
            statements: std::mem::take(&mut block.statements),
            terminator: block.terminator.clone(),
            cold: block.cold,
        });
    }
    for (_, block) in kept.iter_mut() {
        retarget(&mut block.terminator.kind, |id| numbers[id.index()]);
    }
    body.blocks = kept;
}

fn reverse_postorder<C>(body: &Body<C>) -> Vec<BlockId> {
    let mut seen = vec![false; body.blocks.len()];
    let mut order = Vec::with_capacity(seen.len());
    seen[0] = true;
    let children = |id: BlockId| successors(&body.blocks[id].terminator.kind);
    let mut path = vec![(BlockId::ENTRY, children(BlockId::ENTRY))];
    while let Some((id, waiting)) = path.last_mut() {
        match waiting.pop() {
            Some(next) => {
                if !std::mem::replace(&mut seen[next.index()], true) {
                    path.push((next, children(next)));
                }
            }
            None => {
                order.push(*id);
                path.pop();
            }
        }
    }
    order.reverse();
    order
}

fn mark_cold<C>(body: &mut Body<C>) {
    // Backwards, as blocks mostly stand behind those that go to them; what a second round would
    // find is not worth it.
    let ids: Vec<BlockId> = body.blocks.ids().rev().collect();
    for id in ids {
        let kind = &body.blocks[id].terminator.kind;
        let cold = match kind {
            TerminatorKind::Call { next: None, .. } => true,
            TerminatorKind::Return | TerminatorKind::Unreachable => false,
            _ => successors(kind).iter().all(|next| body.blocks[*next].cold),
        };
        body.blocks[id].cold = cold && id != BlockId::ENTRY;
    }
}
