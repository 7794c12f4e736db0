//! What atomic operations and the outside world order. Each atomic word carries a clock: an
//! operation that reads takes it over, one that writes leaves its own.
//! Keeps: the clock's lock is held from before the operation until the clock is changed, so the clock
//! always is that of the value. Never: mistakes the clock of a cell that was collected for that of
//! the cell in its place: the shadow's mark goes when memory is handed out.

use super::clock::Clock;
use super::shadow::{self, CARRIES_CLOCK, GRANULE};
use super::spin::Spin;
use super::stacks::MixedMap;
use super::task;
use crate::prim::Ordering;

/// The operation read the word.
pub const READ: usize = 1;
/// The operation wrote the word.
pub const WROTE: usize = 2;

const STRIPES: usize = 256;

type Stripe = Spin<Option<MixedMap<usize, Clock>>>;

static STRIPE: [Stripe; STRIPES] = [const { Spin::new(None) }; STRIPES];

/// What was written to files, sockets and other processes, all in one.
static OUTSIDE: Spin<Clock> = Spin::new(Clock::new());

/// The lock for a word's clock.
pub fn stripe(address: usize) -> &'static Spin<Option<MixedMap<usize, Clock>>> {
    &STRIPE[(address >> 3) % STRIPES]
}

/// True when the mark at an address was there already: the clock there is of this cell.
pub fn mark(address: usize) -> bool {
    let cell = shadow::cell(address);
    if cell.is_null() {
        return true;
    }
    // SAFETY: cells are never freed.
    let word = unsafe { &(*cell).entries[0].1 };
    word.fetch_or(CARRIES_CLOCK, Ordering::Relaxed) & CARRIES_CLOCK != 0
}

/// The clock of an address. Whoever holds the lock.
fn clock_at(clocks: &mut Option<MixedMap<usize, Clock>>, address: usize) -> &mut Clock {
    let clocks = clocks.get_or_insert_default();
    if !mark(address) {
        let granule = address & !(GRANULE - 1);
        for old in granule..granule + GRANULE {
            clocks.remove(&old);
        }
    }
    clocks.entry(address).or_default()
}

/// The operation on the word is done. Gives the lock back, which the caller holds.
pub fn operated(address: usize, how: usize) {
    let stripe = stripe(address);
    if let Some(task) = task::current() {
        // SAFETY: the lock is held.
        let clock = clock_at(unsafe { stripe.value() }, address);
        if how & READ != 0 {
            task.acquire(clock);
        }
        if how & WROTE != 0 {
            clock.copy_from(&task.clock);
            task.tick();
        }
    }
    stripe.give_back();
}

/// What the goroutine did happens before what those do that will enter what is at the address.
pub fn left(address: usize) {
    if let Some(task) = task::current() {
        stripe(address).with(|clocks| clock_at(clocks, address).join(&task.clock));
        task.tick();
    }
}

/// See [`left`].
pub fn entered(address: usize) {
    if let Some(task) = task::current() {
        stripe(address).with(|clocks| task.acquire(clock_at(clocks, address)));
    }
}

/// Something is about to be written to the outside.
pub fn release() {
    if let Some(task) = task::current() {
        OUTSIDE.with(|clock| clock.join(&task.clock));
        task.tick();
    }
}

/// Something was read from the outside.
pub fn acquire() {
    if let Some(task) = task::current() {
        OUTSIDE.with(|clock| task.acquire(clock));
    }
}
