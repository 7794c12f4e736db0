//! Notices that the program has become quiet, so that one last collection gives the memory of a past
//! rush back to the system.
//! Keeps: one such collection for each rush. Never: collects itself; the monitor looks, and a worker
//! without anything to do collects. Read next: `cycle.rs`.

use super::heap::Heap;
use super::size_class::BLOCK_BYTES;
use crate::prim::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

/// Time between two looks.
const LOOK_NS: u64 = 1_000_000_000;
/// With less allocation between two looks the program is quiet.
const QUIET_BYTES: usize = 1 << 20;
/// Quiet looks in a row after which memory goes back.
const QUIET_LOOKS: usize = 3;
/// A heap of less than this is not worth a collection.
const HEAP_BYTES_MIN: usize = 4 << 20;
/// Time between two such collections, unless a quarter of the heap was allocated meanwhile: a
/// program that does a little every few seconds should not collect each time.
const PAUSE_NS: u64 = 60_000_000_000;
/// Free blocks that keep their memory when it is quiet.
pub const BLOCKS_KEPT: usize = (1 << 20) / BLOCK_BYTES;

/// What the monitor has seen, and what it wants.
#[derive(Debug, Default)]
pub struct Calm {
    looked_at: AtomicU64,
    allocated: AtomicUsize,
    quiet_looks: AtomicUsize,
    /// Time of the last wish, and what was allocated until then.
    wished_at: AtomicU64,
    allocated_then: AtomicUsize,
    /// A worker should collect.
    is_wanted: AtomicBool,
    /// The collection that is under way gives back all that it can.
    is_thorough: AtomicBool,
}

impl Calm {
    /// Nothing was seen.
    pub const fn new() -> Calm {
        Calm {
            looked_at: AtomicU64::new(0),
            allocated: AtomicUsize::new(0),
            quiet_looks: AtomicUsize::new(0),
            wished_at: AtomicU64::new(0),
            allocated_then: AtomicUsize::new(0),
            is_wanted: AtomicBool::new(false),
            is_thorough: AtomicBool::new(false),
        }
    }

    /// The monitor's look, at most once a second. True when an idle worker should be woken to
    /// collect.
    pub fn look(&self, heap: &Heap, now: u64) -> bool {
        if now - self.looked_at.load(Ordering::Relaxed) < LOOK_NS {
            return false;
        }
        self.looked_at.store(now, Ordering::Relaxed);
        let allocated = heap.pacer.allocated_total();
        let before = self.allocated.swap(allocated, Ordering::Relaxed);
        if allocated - before > QUIET_BYTES {
            self.quiet_looks.store(0, Ordering::Relaxed);
            return false;
        }
        let looks = self.quiet_looks.fetch_add(1, Ordering::Relaxed) + 1;
        // Later looks of the same rush change nothing: what they would free, the first one did. How
        // much that is nobody knows before: all may have died since the last collection.
        let bytes = heap.lock().resident_bytes();
        if looks != QUIET_LOOKS || bytes < HEAP_BYTES_MIN {
            return false;
        }
        let wished_at = self.wished_at.load(Ordering::Relaxed);
        let since = allocated - self.allocated_then.load(Ordering::Relaxed);
        if wished_at != 0 && now - wished_at < PAUSE_NS && since < bytes / 4 {
            return false;
        }
        self.wished_at.store(now, Ordering::Relaxed);
        self.allocated_then.store(allocated, Ordering::Relaxed);
        self.is_wanted.store(true, Ordering::Relaxed);
        true
    }

    /// Whether a worker without work should begin a collection; asked once.
    pub fn take_wish(&self) -> bool {
        if !self.is_wanted.load(Ordering::Relaxed) {
            return false;
        }
        let is_wanted = self.is_wanted.swap(false, Ordering::Relaxed);
        self.is_thorough.store(is_wanted, Ordering::Relaxed);
        is_wanted
    }

    /// Whether the collection that has just found out what is alive gives back what it can.
    pub fn take_thorough(&self) -> bool {
        self.is_thorough.swap(false, Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_collection_follows_a_rush() {
        static HEAP: Heap = Heap::new();
        let calm = Calm::new();
        let mut now = LOOK_NS;
        let mut look = || {
            now += LOOK_NS;
            calm.look(&HEAP, now)
        };
        // Without any memory there is nothing to give back.
        assert!((0..10).all(|_| !look()) && !calm.take_wish());
        let bytes = 64 << 20;
        assert!(
            HEAP.take_large(bytes, super::super::alloc::Content::Zeros)
                .is_some()
        );
        let looks: Vec<bool> = (0..10).map(|_| look()).collect();
        assert_eq!(looks.iter().filter(|&&wanted| wanted).count(), 1);
        assert!(looks[QUIET_LOOKS]);
        assert!(calm.take_wish() && !calm.take_wish());
        assert!(calm.take_thorough() && !calm.take_thorough());
        // A small rush soon after it is not worth another one; a large one is.
        for (bytes, wanted) in [(2 << 20, 0), (64 << 20, 1)] {
            assert!(
                HEAP.take_large(bytes, super::super::alloc::Content::Zeros)
                    .is_some()
            );
            assert_eq!((0..10).filter(|_| look()).count(), wanted);
        }
    }
}
