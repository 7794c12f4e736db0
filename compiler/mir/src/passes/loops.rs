//! Finds loops: edges back to a block on the way there, and the blocks in between.

use super::simplify_cfg::successors;
use crate::ir::{BlockId, Body};

/// A jump that begins the next turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BackEdge {
    pub from: BlockId,
    pub to: BlockId,
}

/// All back edges, by depth-first search. Lowering only makes loops with one entry.
pub(super) fn back_edges<C>(body: &Body<C>) -> Vec<BackEdge> {
    const NEW: u8 = 0;
    const OPEN: u8 = 1;
    const DONE: u8 = 2;
    let mut state = vec![NEW; body.blocks.len()];
    let mut edges = Vec::new();
    let mut path = vec![(BlockId::ENTRY, 0)];
    state[0] = OPEN;
    while let Some((from, turn)) = path.last_mut() {
        let next = successors(&body.blocks[*from].terminator.kind)
            .get(*turn)
            .copied();
        *turn += 1;
        let from = *from;
        match next {
            None => {
                state[from.index()] = DONE;
                path.pop();
            }
            Some(to) if state[to.index()] == OPEN => edges.push(BackEdge { from, to }),
            Some(to) if state[to.index()] == NEW => {
                state[to.index()] = OPEN;
                path.push((to, 0));
            }
            Some(_) => {}
        }
    }
    edges
}

/// The blocks that one call of the function may come to more than once.
pub fn blocks_in_loops<C>(body: &Body<C>) -> Vec<BlockId> {
    let edges = back_edges(body);
    let blocks = edges.into_iter().flat_map(|edge| loop_blocks(body, edge));
    blocks.collect()
}

/// The blocks of the loop that the edge closes.
pub(super) fn loop_blocks<C>(body: &Body<C>, edge: BackEdge) -> Vec<BlockId> {
    let mut predecessors = vec![Vec::new(); body.blocks.len()];
    for (id, block) in body.blocks.iter() {
        for next in successors(&block.terminator.kind) {
            predecessors[next.index()].push(id);
        }
    }
    let mut blocks = vec![edge.to];
    let mut waiting = vec![edge.from];
    while let Some(id) = waiting.pop() {
        if !blocks.contains(&id) {
            blocks.push(id);
            waiting.extend(predecessors[id.index()].iter().copied());
        }
    }
    blocks
}
