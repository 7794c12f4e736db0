//! How a thread is made to look at what others wish of it: its stack limit is poisoned, so that the next
//! check of the stack fails. Keeps: a wish is never covered by a new limit, nor the poison left
//! behind by one that was seen.

use crate::prim::{Ordering, fence};
use crate::task::tls::Tls;
use gos_abi::layout::tls;

/// Makes `limit` the stack limit of this thread unless a safepoint is wanted.
pub fn set_limit(block: &Tls, limit: u64) {
    block.stack_limit.store(limit, Ordering::Relaxed);
    // ORDERING: pairs with the fence in `ask_for_safepoint`: either this load sees `preempt`, or
    // the poison is stored after the limit.
    fence(Ordering::SeqCst);
    if block.preempt.load(Ordering::Relaxed) != 0 {
        block.stack_limit.store(tls::POISON, Ordering::Relaxed);
    }
}

/// Makes the thread that owns `block` reach a safepoint soon; `wish` says what for
/// (`sched/safepoint.rs`).
pub fn ask_for_safepoint(block: &Tls, wish: usize) {
    block.preempt.fetch_or(wish, Ordering::Relaxed);
    // ORDERING: pairs with the fence in `set_limit`.
    fence(Ordering::SeqCst);
    block.stack_limit.store(tls::POISON, Ordering::Relaxed);
}
