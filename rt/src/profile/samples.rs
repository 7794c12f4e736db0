//! Samples of stacks on their way from signal handlers to whoever adds them up: a ring of places,
//! each for one stack.
//! Keeps: a handler takes no lock and allocates nothing; what finds no free place is counted as lost.
//! Read next: `walk.rs`, which finds the stack; `cpu.rs`, which empties the ring.

use super::walk;
use crate::os::mem;
use crate::prim::{AtomicPtr, AtomicU32, AtomicUsize, Ordering};
use std::cell::UnsafeCell;
use std::ptr;

/// Addresses that are kept of one stack.
pub const DEPTH_MAX: usize = 126;
/// Places of the ring: more than all workers fill between two looks.
const PLACES: usize = 2048;

const FREE: u32 = 0;
const WRITTEN: u32 = 1;
const FULL: u32 = 2;

/// One place.
struct Place {
    state: AtomicU32,
    content: UnsafeCell<Content>,
}

/// A stack and how often it was seen.
#[derive(Debug)]
pub struct Content {
    /// Periods that went by.
    pub count: u32,
    length: u32,
    addresses: [u64; DEPTH_MAX],
}

impl Content {
    /// Innermost first.
    pub fn stack(&self) -> &[u64] {
        &self.addresses[..self.length as usize]
    }
}

/// The places, once there was a profile; their memory stays, since a signal may come late.
static RING: AtomicPtr<Place> = AtomicPtr::new(ptr::null_mut());
/// The place to try next.
static NEXT: AtomicUsize = AtomicUsize::new(0);
static LOST: AtomicUsize = AtomicUsize::new(0);

/// Makes the ring, and forgets what is in it. False when there is no memory for it.
pub fn prepare() -> bool {
    if RING.load(Ordering::Relaxed).is_null() {
        let Some(memory) = mem::map(PLACES * size_of::<Place>()) else {
            return false;
        };
        // ORDERING: release publishes the zeroed places.
        RING.store(memory.cast(), Ordering::Release);
    }
    take_all(&mut |_| ());
    LOST.store(0, Ordering::Relaxed);
    true
}

/// Samples that found no place.
pub fn lost() -> usize {
    LOST.load(Ordering::Relaxed)
}

/// In a signal handler: adds the stack of what was interrupted.
pub fn add(pc: u64, sp: u64, frame: u64, count: u32) {
    // ORDERING: acquire pairs with the release in `prepare`.
    let ring = RING.load(Ordering::Acquire);
    if ring.is_null() {
        return;
    }
    let number = NEXT.fetch_add(1, Ordering::Relaxed) % PLACES;
    // SAFETY: a place of the ring, which is never unmapped; its content is whoever's that
    // changed its state last.
    unsafe {
        let place = &*ring.add(number);
        // ORDERING: acquire pairs with the release of who emptied it.
        let taken =
            place
                .state
                .compare_exchange(FREE, WRITTEN, Ordering::Acquire, Ordering::Relaxed);
        if taken.is_err() {
            LOST.fetch_add(1, Ordering::Relaxed);
            return;
        }
        let content = &mut *place.content.get();
        content.count = count;
        content.length = walk::stack(&mut content.addresses, pc, sp, frame) as u32;
        // ORDERING: release publishes the content.
        place.state.store(FULL, Ordering::Release);
    }
}

/// Takes everything out of the ring. By one thread at a time.
pub fn take_all(visit: &mut dyn FnMut(&Content)) {
    let ring = RING.load(Ordering::Acquire);
    if ring.is_null() {
        return;
    }
    for number in 0..PLACES {
        // SAFETY: as above.
        unsafe {
            let place = &*ring.add(number);
            // ORDERING: acquire pairs with the release in `add`.
            if place.state.load(Ordering::Acquire) == FULL {
                visit(&*place.content.get());
                place.state.store(FREE, Ordering::Release);
            }
        }
    }
}
