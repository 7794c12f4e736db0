//! What may still make a goroutine runnable although all wait, so that the program is no deadlock.

use crate::prim::{AtomicUsize, Ordering, shared};

shared! {
    /// Reasons for which a goroutine may still become runnable although all wait: sockets waited for,
    /// blocking calls, signal subscriptions. Timers are counted by themselves.
    static EXTERNAL: AtomicUsize = AtomicUsize::new(0);
}

/// Counts one more reason for which the program is no deadlock.
pub fn external_begins() {
    EXTERNAL.fetch_add(1, Ordering::Relaxed);
}

/// The end of such a reason; whoever it woke is in a queue already.
pub fn external_ends() {
    // ORDERING: release, so that the queue is seen when the count is; pairs with `external_count`.
    EXTERNAL.fetch_sub(1, Ordering::Release);
}

/// How many there are.
#[must_use]
pub fn external_count() -> usize {
    // ORDERING: pairs with `external_ends`.
    EXTERNAL.load(Ordering::Acquire)
}
