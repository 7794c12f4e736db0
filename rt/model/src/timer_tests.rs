//! `time/timers.rs` with `sched/idle.rs`: a worker that waits in the poller learns of a timer that is
//! earlier than what it waits for.

use loom::sync::{Condvar, Mutex};

use crate::machine::{be_worker, check, goroutine};
use crate::sched::{inject, runnable};
use crate::task::{G, WaitReason};
use crate::time::timers::{self, Action};

struct Fired {
    has_run: Mutex<bool>,
    changed: Condvar,
}

loom::lazy_static! {
    static ref FIRED: Fired = Fired {
        has_run: Mutex::new(false),
        changed: Condvar::new(),
    };
}

fn fired(_: &mut G) {
    *FIRED.has_run.lock().unwrap() = true;
    FIRED.changed.notify_all();
}

/// Starts a timer for a goroutine that waits, and keeps its worker until that one has run.
fn start_timer(_: &mut G) {
    let waits = goroutine(2, fired);
    // SAFETY: it is new.
    let ticket = unsafe { (*waits).begin_wait(WaitReason::Sleep) };
    let action = Action::Wake {
        goroutine: waits,
        ticket,
    };
    timers::add(1000, action);
    let mut has_run = FIRED.has_run.lock().unwrap();
    while !*has_run {
        has_run = FIRED.changed.wait(has_run).unwrap();
    }
}

fn begin() {
    crate::sched::external_begins();
    let _ = (inject::is_empty(), timers::next_deadline());
    timers::cancel(0);
    drop(FIRED.has_run.lock());
}

#[test]
fn a_timer_fires_while_its_starter_is_busy() {
    check(2, 2, || {
        begin();
        let workers = [0, 1].map(|index| be_worker(index, |worker| worker.execute(worker.find())));
        runnable::begin(goroutine(1, start_timer));
        for worker in workers {
            worker.join().unwrap();
        }
    });
}
