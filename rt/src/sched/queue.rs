//! Bounded run queue: its owner pushes and pops, any worker may steal half.
//! Keeps: `tail - head <= CAPACITY`. Never: blocks, allocates, reads goroutine state.
//! Read next: `inject.rs` (where overflow goes), `idle.rs` (who is woken).

use core::array;
use core::ptr;

use crate::prim::{AtomicPtr, AtomicU32, Ordering};
use crate::task::G;

/// Goroutines in one queue at most.
pub const CAPACITY: usize = if cfg!(loom) { 4 } else { 256 };

/// Goroutines that leave a full queue at once.
pub const HALF: usize = CAPACITY / 2;

/// The queue. Indices only grow; their remainder is the place.
#[derive(Debug)]
pub struct Queue {
    /// Next to be taken. Moved by whoever takes, with compare-and-swap.
    head: AtomicU32,
    /// Next free place. Moved by the owner alone.
    tail: AtomicU32,
    places: [AtomicPtr<G>; CAPACITY],
}

impl Queue {
    /// An empty queue.
    #[must_use]
    pub fn new() -> Self {
        Queue {
            head: AtomicU32::new(0),
            tail: AtomicU32::new(0),
            places: array::from_fn(|_| AtomicPtr::new(ptr::null_mut())),
        }
    }

    /// Whether nothing was in it a moment ago.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        // ORDERING: acquire, to see what the owner pushed; pairs with `push`.
        self.head.load(Ordering::Acquire) == self.tail.load(Ordering::Acquire)
    }

    /// How many were in it a moment ago.
    #[must_use]
    pub fn length(&self) -> usize {
        let head = self.head.load(Ordering::Relaxed);
        // The head may have moved past the tail that is read.
        let length = self.tail.load(Ordering::Relaxed).wrapping_sub(head);
        (length as usize).min(CAPACITY)
    }

    /// Owner: appends; gives the goroutine back when the queue is full.
    pub fn push(&self, goroutine: *mut G) -> Result<(), *mut G> {
        // ORDERING: acquire pairs with takers' release, so that a place is read before it is used
        // again.
        let head = self.head.load(Ordering::Acquire);
        let tail = self.tail.load(Ordering::Relaxed);
        if tail.wrapping_sub(head) as usize >= CAPACITY {
            return Err(goroutine);
        }
        self.places[tail as usize % CAPACITY].store(goroutine, Ordering::Relaxed);
        // ORDERING: release publishes the place; pairs with takers' acquire of `tail`.
        self.tail.store(tail.wrapping_add(1), Ordering::Release);
        Ok(())
    }

    /// Owner: how many more it holds.
    #[must_use]
    pub fn room(&self) -> usize {
        // ORDERING: as in `push`.
        let used = self
            .tail
            .load(Ordering::Relaxed)
            .wrapping_sub(self.head.load(Ordering::Acquire));
        CAPACITY - used as usize
    }

    /// Owner: takes the older half out of a full queue, into the first places of `half`. Gives how many: none
    /// when somebody took some meanwhile.
    pub fn take_half(&self, half: &mut [*mut G; HALF]) -> usize {
        let tail = self.tail.load(Ordering::Relaxed);
        // ORDERING: acquire pairs with other takers' release.
        let head = self.head.load(Ordering::Acquire);
        if (tail.wrapping_sub(head) as usize) < CAPACITY {
            return 0;
        }
        for (i, place) in half.iter_mut().enumerate() {
            *place = self.places[head.wrapping_add(i as u32) as usize % CAPACITY]
                .load(Ordering::Relaxed);
        }
        let taken = head.wrapping_add(HALF as u32);
        // ORDERING: release as in `pop`.
        let is_taken = self
            .head
            .compare_exchange(head, taken, Ordering::AcqRel, Ordering::Relaxed);
        if is_taken.is_ok() { HALF } else { 0 }
    }

    /// Owner: takes the oldest.
    pub fn pop(&self) -> Option<*mut G> {
        let tail = self.tail.load(Ordering::Relaxed);
        // ORDERING: acquire pairs with other takers' release.
        let mut head = self.head.load(Ordering::Acquire);
        while head != tail {
            let goroutine = self.places[head as usize % CAPACITY].load(Ordering::Relaxed);
            // ORDERING: release, so that the place was read before the owner may use it again.
            match self.head.compare_exchange_weak(
                head,
                head.wrapping_add(1),
                Ordering::AcqRel,
                Ordering::Acquire,
            ) {
                Ok(_) => return Some(goroutine),
                Err(now) => head = now,
            }
        }
        None
    }

    /// Anyone: moves half of `self` into `to`, which the caller owns, and gives one of them.
    pub fn steal_into(&self, to: &Queue) -> Option<*mut G> {
        let to_tail = to.tail.load(Ordering::Relaxed);
        loop {
            // ORDERING: acquire pairs with other takers' release and the owner's push.
            let head = self.head.load(Ordering::Acquire);
            let tail = self.tail.load(Ordering::Acquire);
            let count = tail.wrapping_sub(head);
            let count = count - count / 2;
            if count == 0 {
                return None;
            }
            if count as usize > CAPACITY / 2 {
                // Head and tail are of different moments.
                continue;
            }
            // ORDERING: acquire pairs with takers from `to`.
            let to_used = to_tail.wrapping_sub(to.head.load(Ordering::Acquire)) as usize;
            let count = count.min((CAPACITY - to_used) as u32);
            for i in 0..count {
                let goroutine =
                    self.places[head.wrapping_add(i) as usize % CAPACITY].load(Ordering::Relaxed);
                to.places[to_tail.wrapping_add(i) as usize % CAPACITY]
                    .store(goroutine, Ordering::Relaxed);
            }
            let taken = head.wrapping_add(count);
            // ORDERING: release as in `pop`.
            if self
                .head
                .compare_exchange(head, taken, Ordering::AcqRel, Ordering::Relaxed)
                .is_err()
            {
                continue;
            }
            // The last one is run at once and never published.
            let last = to_tail.wrapping_add(count - 1);
            let goroutine = to.places[last as usize % CAPACITY].load(Ordering::Relaxed);
            // ORDERING: as in `push`.
            to.tail.store(last, Ordering::Release);
            return Some(goroutine);
        }
    }
}

impl Default for Queue {
    fn default() -> Self {
        Self::new()
    }
}
