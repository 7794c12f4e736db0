//! Descriptors that the program has no more and did not close. Collections find them; they are closed
//! on a thread of the pool for blocking calls, or at once by whoever finds that the system gives no
//! further descriptor.
//! Keeps: a handle's generation tells whether it was closed meanwhile, so its number, which may be
//! another one's by now, is not. Never: closes with the collection in its hands.
//! Read next: `descriptor.rs`; `gc/handle.rs`, which finds them.

use crate::gc::{self, handle};
use crate::net::descriptor;
use crate::prim::{AtomicBool, AtomicU64, AtomicUsize, Ordering, thread};
use crate::sched::{blocking, safepoint};
use crate::time::clock;

/// Handles that one thread takes at a time.
const BATCH: usize = 64;
/// After a collection that found no descriptor there is no other one for their sake for so many times
/// the time it took: a server whose descriptors are all in use pays a twentieth at most.
const REST: u64 = 20;
/// How long descriptors that another thread is about to close are waited for.
const OTHERS_NS: u64 = 10_000_000;

/// A job of the pool is under way that has not begun.
static IS_ASKED: AtomicBool = AtomicBool::new(false);
/// Threads that hold handles which they are about to close.
static CLOSING: AtomicUsize = AtomicUsize::new(0);
/// Descriptors closed so far.
static CLOSED: AtomicU64 = AtomicU64::new(0);
/// Monotonic time before which no collection is made for descriptors.
static REST_UNTIL: AtomicU64 = AtomicU64::new(0);

/// There is something to look for from now on.
pub fn watch() {
    handle::listen(|| {
        if !IS_ASKED.swap(true, Ordering::Relaxed) {
            blocking::run_alone(|| {
                IS_ASKED.store(false, Ordering::Relaxed);
                close_found();
            });
        }
    });
}

/// Closes what collections found.
fn close_found() {
    loop {
        // ORDERING: pairs with `wait_for_others`: what was taken is closed, or counted here.
        CLOSING.fetch_add(1, Ordering::AcqRel);
        let handles = handle::take_dropped(BATCH);
        let closed = handles
            .iter()
            .filter(|&&handle| descriptor::close(handle) == 0);
        CLOSED.fetch_add(closed.count() as u64, Ordering::Relaxed);
        CLOSING.fetch_sub(1, Ordering::AcqRel);
        if handles.is_empty() {
            return;
        }
    }
}

fn wait_for_others() {
    let end = clock::now() + OTHERS_NS;
    // ORDERING: see `close_found`.
    while CLOSING.load(Ordering::Acquire) > 0 && clock::now() < end {
        thread::yield_now();
        safepoint::stop_if_wanted();
    }
}

/// The system gives no further descriptor: closes those that the program has no more, for which it
/// may collect. False when that was in vain a moment ago. On a system stack, outside of locks.
#[must_use]
pub fn reclaim() -> bool {
    let (began, before) = (clock::now(), CLOSED.load(Ordering::Relaxed));
    let has_closed = || {
        close_found();
        wait_for_others();
        CLOSED.load(Ordering::Relaxed) != before
    };
    if has_closed() {
        return true;
    }
    if began < REST_UNTIL.load(Ordering::Relaxed) {
        return false;
    }
    gc::collect();
    if !has_closed() {
        let ended = clock::now();
        REST_UNTIL.store(ended + (ended - began) * REST, Ordering::Relaxed);
    }
    true
}
