//! The last collections, for whoever asks a running program what its collector did.

use crate::lock::{Rank, Ranked};
use crate::time::clock;

/// Collections that are remembered.
const KEPT: usize = 32;

/// One collection.
#[derive(Clone, Copy, Debug)]
pub struct Collected {
    /// From 1.
    pub number: u64,
    /// When marking began, in nanoseconds of the runtime's clock.
    pub began_ns: u64,
    /// How long marking took, beside the program.
    pub marked_ns: u64,
    /// The heap when it began.
    pub heap_bytes: u64,
    /// What was found alive.
    pub live_bytes: u64,
    /// Time that the world stood still for it.
    pub stopped_ns: u64,
}

impl Collected {
    const NONE: Collected = Collected {
        number: 0,
        began_ns: 0,
        marked_ns: 0,
        heap_bytes: 0,
        live_bytes: 0,
        stopped_ns: 0,
    };
}

/// The last ones of a heap.
#[derive(Debug)]
struct History {
    /// A ring.
    kept: Vec<Collected>,
    /// Collections ever.
    count: usize,
    /// The one that is under way.
    current: Collected,
    /// Time the world stood still for all collections before it.
    stopped_before_ns: u64,
}

impl History {
    /// Nothing was collected yet.
    const NONE: History = History {
        kept: Vec::new(),
        count: 0,
        current: Collected::NONE,
        stopped_before_ns: 0,
    };

    fn begin(&mut self, heap_bytes: u64, stopped_ns: u64) {
        self.current = Collected {
            number: self.count as u64 + 1,
            began_ns: clock::now(),
            heap_bytes,
            ..Collected::NONE
        };
        self.stopped_before_ns = stopped_ns;
    }

    fn end(&mut self, live_bytes: u64, stopped_ns: u64) {
        self.current.marked_ns = clock::now() - self.current.began_ns;
        self.current.live_bytes = live_bytes;
        self.current.stopped_ns = stopped_ns - self.stopped_before_ns;
        if self.kept.len() < KEPT {
            self.kept.push(self.current);
        } else {
            self.kept[self.count % KEPT] = self.current;
        }
        self.count += 1;
    }

    fn iter(&self) -> impl Iterator<Item = &Collected> {
        (self.count.saturating_sub(KEPT)..self.count).map(|index| &self.kept[index % KEPT])
    }
}

/// Those of the program's heap.
static HISTORY: Ranked<History> = Ranked::new(Rank::History, History::NONE);

/// Marking begins, with so many bytes in the heap and the world stopped for so long so far.
pub fn begin(heap_bytes: u64, stopped_ns: u64) {
    HISTORY.lock().begin(heap_bytes, stopped_ns);
}

/// Marking ended and found so much alive. The stop that ends it counts for the next one.
pub fn end(live_bytes: u64, stopped_ns: u64) {
    HISTORY.lock().end(live_bytes, stopped_ns);
}

/// Calls `visit` with each that is remembered, oldest first.
pub fn for_each(visit: &mut dyn FnMut(&Collected)) {
    HISTORY.lock().iter().for_each(visit);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_ones_are_kept_in_order() {
        let mut history = History::NONE;
        for live in 0..40 {
            history.begin(2 * live, 10 * live);
            history.end(live, 10 * live + 3);
        }
        let numbers: Vec<u64> = history.iter().map(|one| one.number).collect();
        assert_eq!(numbers, (9..=40).collect::<Vec<u64>>());
        assert!(history.iter().all(|one| one.live_bytes + 1 == one.number));
        assert!(history.iter().all(|one| one.stopped_ns == 3));
    }
}
