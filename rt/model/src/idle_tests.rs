//! `sched/idle.rs` with the queues, `worker.rs` and `runnable.rs`: no runnable goroutine waits while a
//! worker sleeps that could run it. A lost wake-up is a deadlock of the checked threads.

use loom::sync::{Condvar, Mutex};
use loom::thread;

use crate::machine::{be_worker, check, goroutine, touch_block};
use crate::prim::{AtomicUsize, Ordering, shared};
use crate::sched::worker::Worker;
use crate::sched::{external, inject, ready, runnable, safepoint, scheduler};
use crate::task::{G, tls};

shared! {
    /// Turns that goroutines had.
    static TURNS: AtomicUsize = AtomicUsize::new(0);
    /// Bits of workers that are to end.
    static ENDED: AtomicUsize = AtomicUsize::new(0);
}

/// Opened by one goroutine, waited for by another one, which keeps its worker meanwhile.
struct Gate {
    is_open: Mutex<bool>,
    opened: Condvar,
}

loom::lazy_static! {
    static ref GATE: Gate = Gate {
        is_open: Mutex::new(false),
        opened: Condvar::new(),
    };
}

fn open_gate(goroutine: &mut G) {
    *GATE.is_open.lock().unwrap() = true;
    GATE.opened.notify_all();
    count_turn(goroutine);
}

fn wait_for_gate() {
    let mut is_open = GATE.is_open.lock().unwrap();
    while !*is_open {
        is_open = GATE.opened.wait(is_open).unwrap();
    }
}

fn count_turn(_: &mut G) {
    TURNS.fetch_add(1, Ordering::Relaxed);
}

/// Ends the worker that runs it.
fn end_worker(_: &mut G) {
    let worker = tls::worker().unwrap();
    ENDED.fetch_or(1 << worker.index, Ordering::Relaxed);
}

/// As `Worker::run`, until [`end_worker`].
fn work(worker: &Worker) {
    while ENDED.load(Ordering::Relaxed) >> worker.index & 1 == 0 {
        worker.execute(worker.find());
    }
}

/// Wakes a worker to end it.
fn end(worker: usize) {
    let last = goroutine(100, end_worker);
    // SAFETY: it is new.
    unsafe { (*last).bound_to = &raw const scheduler().workers[worker] };
    ready(last);
}

/// Something may always come, so that no deadlock is reported.
fn begin() {
    external::external_begins();
    begin_quiet();
}

fn begin_quiet() {
    TURNS.load(Ordering::Relaxed);
    ENDED.load(Ordering::Relaxed);
    let _ = inject::is_empty();
    drop(GATE.is_open.lock());
}

#[test]
fn work_from_outside_wakes_the_only_worker() {
    check(1, 3, || {
        begin();
        let worker = be_worker(0, |worker| worker.execute(worker.find()));
        runnable::begin(goroutine(1, count_turn));
        worker.join().unwrap();
        assert_eq!(TURNS.load(Ordering::Relaxed), 1);
    });
}

#[test]
fn work_from_two_threads_wakes_the_only_worker() {
    check(1, 2, || {
        begin();
        let worker = be_worker(0, |worker| {
            worker.execute(worker.find());
            worker.execute(worker.find());
        });
        let other = thread::spawn(|| runnable::begin(goroutine(1, count_turn)));
        runnable::begin(goroutine(2, count_turn));
        worker.join().unwrap();
        other.join().unwrap();
        assert_eq!(TURNS.load(Ordering::Relaxed), 2);
    });
}

#[test]
fn work_for_one_worker_wakes_that_one() {
    check(2, 2, || {
        begin();
        let workers = [0, 1].map(|index| be_worker(index, work));
        end(0);
        end(1);
        for worker in workers {
            worker.join().unwrap();
        }
    });
}

/// The first keeps its worker until the second has run, which therefore another worker must do.
#[test]
fn work_behind_a_busy_worker_wakes_another() {
    fn spawn_and_wait(_: &mut G) {
        runnable::begin(goroutine(2, open_gate));
        wait_for_gate();
    }
    check(2, 2, || {
        begin();
        let workers = [0, 1].map(|index| be_worker(index, |worker| worker.execute(worker.find())));
        runnable::begin(goroutine(1, spawn_and_wait));
        for worker in workers {
            worker.join().unwrap();
        }
    });
}

/// Where turns are short goroutines are left to the worker that made them runnable, which runs them all.
#[test]
fn work_that_is_left_to_a_quick_worker_is_done() {
    fn spawn_two(_: &mut G) {
        runnable::begin(goroutine(2, count_turn));
        ready(goroutine(3, count_turn));
    }
    check(1, 2, || {
        begin();
        scheduler().workers[0].pace.store(10_000, Ordering::Relaxed);
        let worker = be_worker(0, |worker| {
            (0..3).for_each(|_| worker.execute(worker.find()));
        });
        runnable::begin(goroutine(1, spawn_two));
        worker.join().unwrap();
        assert_eq!(TURNS.load(Ordering::Relaxed), 2);
    });
}

/// The same with work from outside that comes while the workers go to sleep.
#[test]
fn work_from_outside_wakes_two() {
    fn wait(_: &mut G) {
        wait_for_gate();
    }
    check(2, 2, || {
        begin();
        let workers = [0, 1].map(|index| be_worker(index, |worker| worker.execute(worker.find())));
        runnable::begin(goroutine(1, wait));
        runnable::begin(goroutine(2, open_gate));
        for worker in workers {
            worker.join().unwrap();
        }
    });
}

/// A thread of the pool for blocking calls hands a goroutine back while both workers go to sleep.
#[test]
fn what_comes_back_from_outside_is_no_deadlock() {
    check(2, 1, || {
        begin();
        let workers = [0, 1].map(|index| be_worker(index, work));
        let outside = thread::spawn(|| {
            fn end_both(_: &mut G) {
                end(0);
                end(1);
            }
            ready(goroutine(1, end_both));
            external::external_ends();
        });
        for worker in workers {
            worker.join().unwrap();
        }
        outside.join().unwrap();
    });
}

/// A goroutine starts ten more, whose turns are said to be short or long; was it asked to let them run?
fn is_asked_who_starts_ten(turns: u32) -> bool {
    static IS_ASKED: std::sync::atomic::AtomicBool = std::sync::atomic::AtomicBool::new(false);
    fn start_ten(_: &mut G) {
        (1..=10).for_each(|id| runnable::begin(goroutine(id, count_turn)));
        // SAFETY: this thread's block.
        let limit = unsafe { (*tls::block()).stack_limit.load(Ordering::Relaxed) };
        IS_ASKED.store(limit == gos_abi::layout::tls::POISON, Ordering::Relaxed);
    }
    check(1, 1, move || {
        begin();
        runnable::note_turns(turns);
        let worker = be_worker(0, |worker| {
            touch_block();
            safepoint::worker_started(worker, tls::block());
            worker.execute(goroutine(0, start_ten));
        });
        worker.join().unwrap();
    });
    IS_ASKED.load(Ordering::Relaxed)
}

/// What was just started is in the cache, and its place and stack will be used again.
#[test]
fn who_starts_many_lets_them_run_first() {
    assert!(is_asked_who_starts_ten(1000));
}

/// Where turns are long it would wait for all of them.
#[test]
fn who_starts_many_that_run_for_long_goes_on() {
    assert!(!is_asked_who_starts_ten(10));
}

/// The checker is awake: work that is added without a wake-up is a deadlock.
#[test]
#[should_panic(expected = "deadlock")]
fn canary_work_without_a_wake_up() {
    check(1, 2, || {
        begin();
        let worker = be_worker(0, |worker| worker.execute(worker.find()));
        inject::push(goroutine(1, count_turn));
        worker.join().unwrap();
    });
}
