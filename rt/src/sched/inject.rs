//! The global run queue: what threads that are no workers make runnable, what was preempted, and
//! what overflows a worker's queue. Its places lie one behind the other, so that goroutines go through it
//! without anybody looking at them. Keeps: `LENGTH` is its length, readable without the lock.

use std::collections::VecDeque;

use crate::lock::{Rank, Ranked};
use crate::prim::{AtomicUsize, Ordering, shared};
use crate::sched::idle;
use crate::sched::queue::{CAPACITY, Queue};
use crate::task::G;

struct List(VecDeque<*mut G>);

// SAFETY: goroutines in the list belong to it.
unsafe impl Send for List {}

shared! {
    static LIST: Ranked<List> = Ranked::new(Rank::Inject, List(VecDeque::new()));
    static LENGTH: AtomicUsize = AtomicUsize::new(0);
}

/// Most goroutines that one worker takes at once.
const BATCH_MAX: usize = CAPACITY / 2;
/// Places that are kept when it is empty.
const KEPT: usize = 16 << 10;

/// Appends.
pub fn push(goroutine: *mut G) {
    push_all(&[goroutine]);
}

/// Appends all of them.
pub fn push_all(goroutines: &[*mut G]) {
    let mut list = LIST.lock();
    for &goroutine in goroutines {
        list.0.push_back(goroutine);
    }
    LENGTH.store(list.0.len(), Ordering::Relaxed);
}

/// How many were in it a moment ago.
#[must_use]
pub fn length() -> usize {
    LENGTH.load(Ordering::Relaxed)
}

/// Whether nothing was in it a moment ago.
#[must_use]
pub fn is_empty() -> bool {
    length() == 0
}

/// Takes a fair share: one to run, the others into `queue`, which the caller owns, as far as there is room.
pub fn take(queue: &Queue, workers: usize) -> Option<*mut G> {
    if is_empty() {
        return None;
    }
    let mut list = LIST.lock();
    let share = (list.0.len() / workers + 1).min(BATCH_MAX);
    let goroutine = list.0.pop_front()?;
    let mut has_moved = false;
    for _ in 1..share.min(queue.room() + 1) {
        let Some(more) = list.0.pop_front() else {
            break;
        };
        if let Err(back) = queue.push(more) {
            list.0.push_front(back);
            break;
        }
        has_moved = true;
    }
    LENGTH.store(list.0.len(), Ordering::Relaxed);
    if list.0.is_empty() && list.0.capacity() > KEPT {
        list.0 = VecDeque::new();
    }
    drop(list);
    if has_moved {
        // A worker that looked meanwhile saw them in neither queue, and may sleep by now.
        idle::wake_one();
    }
    Some(goroutine)
}
