//! Follows each reference from where it is made, by the variables that hold it, to accesses that
//! disturb it while one of them is still read later.

use super::flow::{Access, BlockId, Flow, Instr, LoanId};
use super::live::{Live, VarSet};
use gos_diag::Span;

/// An access that disturbs a reference.
#[derive(Debug)]
pub(super) struct Conflict {
    pub loan: LoanId,
    pub access: Access,
    /// Where the reference is used afterwards.
    pub used: Option<Span>,
}

/// The conflicts of a body: at most one for each reference, and for each access.
pub(super) fn conflicts(flow: &Flow) -> Vec<Conflict> {
    if !may_conflict(flow) {
        return Vec::new();
    }
    let live = Live::of(flow);
    let mut found: Vec<Conflict> = Vec::new();
    for (id, block) in flow.blocks.iter().enumerate() {
        for (at, instr) in block.instrs.iter().enumerate() {
            let Instr::Set { to, loans, .. } = instr else {
                continue;
            };
            for &loan in loans {
                let mut holders = VarSet::new(flow.var_count);
                holders.insert(*to);
                let search = Search {
                    flow,
                    live: &live,
                    loan,
                };
                if let Some(conflict) = search.run((id, at + 1), holders)
                    && !found
                        .iter()
                        .any(|known| known.access.span == conflict.access.span)
                {
                    found.push(conflict);
                }
            }
        }
    }
    found
}

/// Whether any access could meet any reference at all, which most bodies deny at once.
fn may_conflict(flow: &Flow) -> bool {
    let accesses = || {
        let instrs = flow.blocks.iter().flat_map(|block| &block.instrs);
        instrs.filter_map(|instr| match instr {
            Instr::Access(access) => Some(access),
            _ => None,
        })
    };
    let mut loans = flow.loans.iter();
    loans.any(|loan| accesses().any(|access| loan.conflicts(access)))
}

struct Search<'f> {
    flow: &'f Flow,
    live: &'f Live,
    loan: LoanId,
}

impl Search<'_> {
    fn run(&self, (start, done): (BlockId, usize), holders: VarSet) -> Option<Conflict> {
        let mut known: Vec<Option<VarSet>> = vec![None; self.flow.blocks.len()];
        let mut waiting = vec![(start, done, holders)];
        while let Some((id, done, mut holders)) = waiting.pop() {
            if let Some(conflict) = self.block((id, done), &mut holders) {
                return Some(conflict);
            }
            for &next in &self.flow.blocks[id].next {
                let mut entering = holders.clone();
                entering.keep(self.live.at_start(next));
                if entering.is_empty() {
                    continue;
                }
                let news = match &mut known[next] {
                    Some(known) => known.join(&entering),
                    unknown => {
                        *unknown = Some(entering);
                        true
                    }
                };
                if let (true, Some(all)) = (news, &known[next]) {
                    waiting.push((next, 0, all.clone()));
                }
            }
        }
        None
    }

    fn block(&self, (id, done): (BlockId, usize), holders: &mut VarSet) -> Option<Conflict> {
        let loan = &self.flow.loans[self.loan];
        let instrs = &self.flow.blocks[id].instrs;
        for (at, instr) in instrs.iter().enumerate().skip(done) {
            match instr {
                Instr::Set { to, from, adds, .. } => {
                    if from.iter().any(|var| holders.contains(*var)) {
                        holders.insert(*to);
                    } else if !adds {
                        holders.remove(*to);
                    }
                }
                Instr::Access(access) if loan.conflicts(access) => {
                    let uses = holders
                        .iter()
                        .filter_map(|var| self.live.next_use(self.flow, (id, at + 1), var));
                    if let Some(used) = uses.min_by_key(|span| (span.file, span.start)) {
                        return Some(Conflict {
                            loan: self.loan,
                            access: access.clone(),
                            used: Some(used),
                        });
                    }
                }
                Instr::Replaced(path) => {
                    if loan.path.is_reached_through(path) {
                        holders.clear();
                    }
                }
                Instr::Access(_) | Instr::Use { .. } => {}
            }
            if holders.is_empty() {
                return None;
            }
        }
        None
    }
}
