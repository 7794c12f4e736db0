//! Where a goroutine goes that has become runnable, and whether a worker is woken for it.
//! Keeps: it is in one queue, and either its worker will look there or a sleeper was woken.
//! Read next: `idle.rs`.

use crate::prim::Ordering;
use crate::sched::{idle, inject};
use crate::task::{G, Park, WaitReason, tls};

/// Puts a new goroutine into a queue. The caller owns it.
#[inline]
pub fn begin(goroutine: *mut G) {
    match tls::worker() {
        Some(worker) => worker.push(goroutine),
        None => inject::push(goroutine),
    }
    idle::wake_one();
}

/// Puts a goroutine that waited into a queue. The caller owns it (it took the ticket).
pub fn ready(goroutine: *mut G) {
    // SAFETY: the caller owns the goroutine.
    let bound_to = unsafe {
        (*goroutine).set_reason(WaitReason::Runnable);
        // Something may have been passed to it since it was scanned.
        (*goroutine).scanned.store(0, Ordering::Relaxed);
        (*goroutine).bound_worker()
    };
    if let Some(worker) = bound_to {
        worker.push_bound(goroutine);
        idle::wake(worker);
        return;
    }
    match tls::worker() {
        // The worker runs it as soon as its goroutine parks, mostly at once: a wake-up would cost
        // more. The monitor looks after one that waits longer.
        Some(worker) if !worker.push_next(goroutine) => {}
        Some(_) => idle::wake_one(),
        None => {
            inject::push(goroutine);
            idle::wake_one();
        }
    }
}

/// Puts the running goroutine at the end of the queue.
pub fn yield_now(goroutine: &mut G) -> Park {
    goroutine.set_reason(WaitReason::Runnable);
    goroutine.result = 0;
    push_last(goroutine);
    Park::PARKED
}

/// Puts the running goroutine, whose context is saved, behind all others that are runnable.
fn push_last(goroutine: &mut G) {
    match goroutine.bound_worker() {
        Some(worker) => worker.push_bound(goroutine),
        None => inject::push(goroutine),
    }
}
