//! Which variables are read later: the ends of references' lives.

use super::flow::{BlockId, Flow, Instr, Var};
use gos_diag::Span;

/// A set of variables.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct VarSet {
    words: Vec<u64>,
}

impl VarSet {
    pub(super) fn new(count: usize) -> VarSet {
        VarSet {
            words: vec![0; count.div_ceil(64)],
        }
    }

    pub(super) fn contains(&self, var: Var) -> bool {
        self.words[var / 64] >> (var % 64) & 1 == 1
    }

    pub(super) fn insert(&mut self, var: Var) {
        self.words[var / 64] |= 1 << (var % 64);
    }

    pub(super) fn remove(&mut self, var: Var) {
        self.words[var / 64] &= !(1 << (var % 64));
    }

    pub(super) fn clear(&mut self) {
        self.words.fill(0);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }

    /// Adds all of another set; true when that is news.
    pub(super) fn join(&mut self, other: &VarSet) -> bool {
        let mut grew = false;
        for (mine, theirs) in self.words.iter_mut().zip(&other.words) {
            grew |= *theirs & !*mine != 0;
            *mine |= theirs;
        }
        grew
    }

    pub(super) fn keep(&mut self, other: &VarSet) {
        for (mine, theirs) in self.words.iter_mut().zip(&other.words) {
            *mine &= theirs;
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = Var> + '_ {
        let bits = self.words.len() * 64;
        (0..bits).filter(|var| self.contains(*var))
    }
}

/// The variables that are read after each block began.
pub(super) struct Live {
    at_start: Vec<VarSet>,
}

impl Live {
    pub(super) fn of(flow: &Flow) -> Live {
        let mut at_start = vec![VarSet::new(flow.var_count); flow.blocks.len()];
        let mut before: Vec<Vec<BlockId>> = vec![Vec::new(); flow.blocks.len()];
        for (id, block) in flow.blocks.iter().enumerate() {
            for &next in &block.next {
                before[next].push(id);
            }
        }
        let mut waiting: Vec<BlockId> = (0..flow.blocks.len()).collect();
        while let Some(id) = waiting.pop() {
            let block = &flow.blocks[id];
            let mut live = VarSet::new(flow.var_count);
            for &next in &block.next {
                live.join(&at_start[next]);
            }
            for instr in block.instrs.iter().rev() {
                step_back(instr, &mut live);
            }
            if at_start[id].join(&live) {
                waiting.extend(&before[id]);
            }
        }
        Live { at_start }
    }

    pub(super) fn at_start(&self, block: BlockId) -> &VarSet {
        &self.at_start[block]
    }

    /// Where the variable is read first, after the first `done` instructions of the block.
    pub(super) fn next_use(
        &self,
        flow: &Flow,
        (start, done): (BlockId, usize),
        var: Var,
    ) -> Option<Span> {
        let mut seen = vec![false; flow.blocks.len()];
        let mut waiting = std::collections::VecDeque::from([(start, done)]);
        while let Some((id, done)) = waiting.pop_front() {
            match first_mention(&flow.blocks[id].instrs[done..], var) {
                Mention::Read(span) => return Some(span),
                Mention::Replaced => {}
                Mention::None => {
                    for &next in &flow.blocks[id].next {
                        if self.at_start[next].contains(var)
                            && !std::mem::replace(&mut seen[next], true)
                        {
                            waiting.push_back((next, 0));
                        }
                    }
                }
            }
        }
        None
    }
}

fn step_back(instr: &Instr, live: &mut VarSet) {
    match instr {
        Instr::Set { to, from, adds, .. } => {
            if !adds {
                live.remove(*to);
            }
            for var in from {
                live.insert(*var);
            }
        }
        Instr::Use { var, .. } => live.insert(*var),
        Instr::Access(_) | Instr::Replaced(_) => {}
    }
}

enum Mention {
    Read(Span),
    Replaced,
    None,
}

fn first_mention(instrs: &[Instr], var: Var) -> Mention {
    for instr in instrs {
        match instr {
            Instr::Use { var: used, span } if *used == var => return Mention::Read(*span),
            Instr::Set { from, span, .. } if from.contains(&var) => return Mention::Read(*span),
            Instr::Set {
                to, adds: false, ..
            } if *to == var => return Mention::Replaced,
            _ => {}
        }
    }
    Mention::None
}
