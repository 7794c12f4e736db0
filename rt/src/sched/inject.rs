//! The global run queue: what threads that are no workers make runnable, what was preempted, and
//! what overflows a worker's queue. Keeps: `LENGTH` is the list's length, readable without the lock.

use core::ptr;

use crate::lock::{Rank, Ranked};
use crate::prim::{AtomicUsize, Ordering, shared};
use crate::sched::idle;
use crate::sched::queue::Queue;
use crate::task::G;

struct List {
    first: *mut G,
    last: *mut G,
}

// SAFETY: goroutines in the list belong to it.
unsafe impl Send for List {}

shared! {
    static LIST: Ranked<List> = Ranked::new(
        Rank::Inject,
        List {
            first: ptr::null_mut(),
            last: ptr::null_mut(),
        },
    );
    static LENGTH: AtomicUsize = AtomicUsize::new(0);
}

/// Most goroutines that one worker takes at once.
const BATCH_MAX: usize = 64;

/// Appends.
pub fn push(goroutine: *mut G) {
    let mut list = LIST.lock();
    // SAFETY: the caller owns `goroutine`, the list its members.
    unsafe {
        (*goroutine).next = ptr::null_mut();
        if list.last.is_null() {
            list.first = goroutine;
        } else {
            (*list.last).next = goroutine;
        }
    }
    list.last = goroutine;
    LENGTH.fetch_add(1, Ordering::Relaxed);
}

/// Whether nothing was in it a moment ago.
#[must_use]
pub fn is_empty() -> bool {
    LENGTH.load(Ordering::Relaxed) == 0
}

/// Takes a fair share: one to run, the others into `queue`, which the caller owns.
pub fn take(queue: &Queue, workers: usize) -> Option<*mut G> {
    if is_empty() {
        return None;
    }
    let mut list = LIST.lock();
    let share = (LENGTH.load(Ordering::Relaxed) / workers + 1).min(BATCH_MAX);
    let goroutine = pop(&mut list)?;
    let mut has_moved = false;
    let mut too_many = None;
    for _ in 1..share {
        let Some(more) = pop(&mut list) else { break };
        if let Err(back) = queue.push(more) {
            too_many = Some(back);
            break;
        }
        has_moved = true;
    }
    drop(list);
    if let Some(back) = too_many {
        push(back);
    }
    if has_moved {
        // A worker that looked meanwhile saw them in neither queue, and may sleep by now.
        idle::wake_one();
    }
    Some(goroutine)
}

fn pop(list: &mut List) -> Option<*mut G> {
    let first = list.first;
    if first.is_null() {
        return None;
    }
    // SAFETY: the list owns its members.
    list.first = unsafe { (*first).next };
    if list.first.is_null() {
        list.last = ptr::null_mut();
    }
    LENGTH.fetch_sub(1, Ordering::Relaxed);
    Some(first)
}
