//! Where a goroutine goes that has become runnable, and whether a worker is woken for it.
//! Keeps: it is in one queue, and either its worker will look there or a sleeper was woken.
//! Read next: `idle.rs`.

use crate::prim::{AtomicBool, Ordering, shared};
use crate::sched::{idle, inject, safepoint};
use crate::task::{G, Park, WaitReason, tls};

/// With so many goroutines in the global queue one that starts more lets them run first, if they do not run
/// for long: what was just started is in the cache, and its place and stack will be used again.
const BACKLOG: usize = if cfg!(loom) { 2 } else { 2048 };
/// Turns in a millisecond that make it a few milliseconds until all of them had one.
const QUICK_TURNS: u32 = 256;

shared! {
    static QUICK: AtomicBool = AtomicBool::new(false);
}

/// Puts a new goroutine into a queue. The caller owns it.
#[inline]
pub fn begin(goroutine: *mut G) {
    match tls::worker() {
        Some(worker) => {
            if worker.push(goroutine) {
                if inject::length() > BACKLOG && are_turns_quick() {
                    safepoint::ask_for_yield(worker);
                }
            } else if worker.is_soon() {
                return;
            }
        }
        None => inject::push(goroutine),
    }
    idle::wake_one();
}

/// Whether turns are short: known by the monitor.
fn are_turns_quick() -> bool {
    QUICK.load(Ordering::Relaxed)
}

/// So many turns ended in a tick of the monitor, on all workers.
pub fn note_turns(turns: u32) {
    QUICK.store(turns >= QUICK_TURNS, Ordering::Relaxed);
}

/// Puts a goroutine that waited into a queue. The caller owns it (it took the ticket).
#[inline(never)]
pub fn ready(goroutine: *mut G) {
    // SAFETY: the caller owns the goroutine.
    let bound_to = unsafe {
        (*goroutine).set_reason(WaitReason::Runnable);
        (*goroutine).forget_scan();
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
        Some(worker) if worker.is_soon() => {}
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
