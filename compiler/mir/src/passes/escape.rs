//! The escape graph of one function: where the values of its variables may end up.
//!
//! A location is a variable, or the heap, which stands for everything that outlives the call. An
//! edge `to <- from (n)` says that what is found in `from` after `n` dereferences may be stored in
//! `to`; `n = -1` is the address of `from`. Walking the edges backwards from a location, counting
//! dereferences, finds whose address may reach it. A count never carries a debt: what an address
//! points at is at most as far away as the address (the same bookkeeping as in Go's compiler).
//!
//! ```text
//! p = &x        p <- x (-1)
//! *q = p        heap <- p (0)        so walking from the heap: p at 0, x at -1: x escapes
//! y = *p        y <- p (1)
//! ```

use crate::ir::Local;
use std::collections::VecDeque;

/// A place where values are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Location {
    Heap,
    /// What is found until the function ends, and not afterwards: its deferred calls.
    Frame,
    Local(Local),
}

/// Locations that are no variables.
const FIXED: usize = 2;

impl Location {
    fn index(self) -> usize {
        match self {
            Location::Heap => 0,
            Location::Frame => 1,
            Location::Local(local) => local.index() + FIXED,
        }
    }
}

/// Dereferences from a variable to a value; -1 for its address. Larger counts tell nothing more.
pub(super) type Derefs = i8;
pub(super) const DEREFS_MAX: Derefs = 4;

#[derive(Debug)]
pub(super) struct Graph {
    /// By the location they lead to.
    edges: Vec<Vec<(Local, Derefs)>>,
    /// Variables whose address is taken.
    pub addressed: Vec<Local>,
}

impl Graph {
    pub fn new(locals: usize) -> Graph {
        Graph {
            edges: vec![Vec::new(); locals + FIXED],
            addressed: Vec::new(),
        }
    }

    pub fn flow(&mut self, to: Location, from: Local, derefs: Derefs) {
        let edge = (from, derefs.min(DEREFS_MAX));
        let edges = &mut self.edges[to.index()];
        if !edges.contains(&edge) {
            edges.push(edge);
        }
        if derefs < 0 && !self.addressed.contains(&from) {
            self.addressed.push(from);
        }
    }

    /// Which variables anything of these may flow to, by index.
    pub fn holders(&self, origins: &[Local]) -> Vec<bool> {
        let mut leads = vec![Vec::new(); self.edges.len()];
        for (to, edges) in self.edges.iter().enumerate().skip(FIXED) {
            for (from, _) in edges {
                leads[from.index()].push(to - FIXED);
            }
        }
        let mut found = vec![false; self.edges.len()];
        let mut waiting: Vec<usize> = origins.iter().map(|local| local.index()).collect();
        while let Some(at) = waiting.pop() {
            for &to in &leads[at] {
                if !std::mem::replace(&mut found[to], true) {
                    waiting.push(to);
                }
            }
        }
        found
    }

    /// The least number of dereferences after which each variable's value reaches the location.
    pub fn reaching(&self, root: Location) -> Vec<Option<Derefs>> {
        let mut least: Vec<Option<Derefs>> = vec![None; self.edges.len() - FIXED];
        let mut waiting = VecDeque::from([(root, 0)]);
        while let Some((at, derefs)) = waiting.pop_front() {
            for (from, more) in &self.edges[at.index()] {
                let total = (derefs.max(0) + more).min(DEREFS_MAX);
                let known = &mut least[from.index()];
                if known.is_none_or(|known| total < known) {
                    *known = Some(total);
                    waiting.push_back((Location::Local(*from), total));
                }
            }
        }
        least
    }
}

#[cfg(test)]
mod tests {
    use super::{Graph, Location};
    use crate::ir::Local;

    #[test]
    fn address_stored_behind_a_reference_reaches_the_heap() {
        let [x, p] = [Local(1), Local(2)];
        let mut graph = Graph::new(3);
        graph.flow(Location::Local(p), x, -1);
        assert_eq!(graph.reaching(Location::Heap)[x.index()], None);
        graph.flow(Location::Heap, p, 0);
        assert_eq!(graph.reaching(Location::Heap)[x.index()], Some(-1));
    }

    #[test]
    fn a_value_read_through_an_address_is_not_the_address() {
        let [x, p, y] = [Local(1), Local(2), Local(3)];
        let mut graph = Graph::new(4);
        graph.flow(Location::Local(p), x, -1);
        graph.flow(Location::Local(y), p, 1);
        graph.flow(Location::Heap, y, 0);
        assert_eq!(graph.reaching(Location::Heap)[x.index()], Some(0));
    }
}
