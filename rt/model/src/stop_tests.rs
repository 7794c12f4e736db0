//! `sched/safepoint.rs` and `task/wish.rs`: who stops the world is alone in it, workers that sleep stay
//! asleep meanwhile, and all of them go on. A worker that is never stopped is a deadlock.

use loom::cell::UnsafeCell;

use crate::machine::{be_worker, check, goroutine, touch_block};
use crate::prim::{AtomicUsize, Ordering, shared};
use crate::sched::safepoint;
use crate::sched::try_stop_the_world;
use crate::sched::worker::{Worker, state};
use crate::task::{tls, wish};
use gos_abi::layout::tls::POISON;

/// What only who stopped the world may change, and only who runs may read.
struct Heap(UnsafeCell<usize>);

// SAFETY: loom sees who is in it.
unsafe impl Sync for Heap {}

loom::lazy_static! {
    static ref HEAP: Heap = Heap(UnsafeCell::new(0));
}

shared! {
    static STOPS: AtomicUsize = AtomicUsize::new(0);
}

/// A mutator looks at the heap.
fn look() -> usize {
    // SAFETY: what is checked.
    HEAP.0.with(|heap| unsafe { *heap })
}

/// Stops the world and changes the heap, unless another worker stopped it.
fn stop() {
    if let Some(stopped) = try_stop_the_world() {
        // SAFETY: what is checked.
        HEAP.0.with_mut(|heap| unsafe { *heap += 1 });
        STOPS.fetch_add(1, Ordering::Relaxed);
        drop(stopped);
    }
}

fn begin() {
    look();
    STOPS.load(Ordering::Relaxed);
    safepoint::stop_if_wanted();
    // Locks and conditions are made by their first user.
    drop(try_stop_the_world());
}

fn started(worker: &'static Worker) {
    touch_block();
    safepoint::worker_started(worker, tls::block());
}

/// A goroutine that looks at the heap and comes to a safepoint when its stack is checked.
fn run_until_stopped(stops: usize) {
    // SAFETY: this thread's block.
    let block = unsafe { &*tls::block() };
    while STOPS.load(Ordering::Relaxed) < stops {
        look();
        wish::set_limit(block, 1);
        if block.stack_limit.load(Ordering::Relaxed) == POISON {
            let _ = safepoint::reached();
        } else {
            loom::thread::yield_now();
        }
    }
}

#[test]
fn a_running_worker_stops_and_goes_on() {
    check(2, 3, || {
        begin();
        let running = be_worker(0, |worker| {
            started(worker);
            run_with_goroutine(|| run_until_stopped(1));
            safepoint::leave_running(worker);
        });
        let stopping = be_worker(1, |worker| {
            started(worker);
            stop();
            safepoint::leave_running(worker);
        });
        running.join().unwrap();
        stopping.join().unwrap();
    });
}

#[test]
fn a_sleeping_worker_stays_asleep() {
    check(2, 3, || {
        begin();
        let sleeping = be_worker(0, |worker| {
            started(worker);
            look();
            safepoint::leave_running(worker);
            safepoint::enter_running(worker);
            look();
            safepoint::leave_running(worker);
        });
        let stopping = be_worker(1, |worker| {
            started(worker);
            stop();
            assert_eq!(worker.state.load(Ordering::Relaxed), state::RUNNING);
            safepoint::leave_running(worker);
        });
        sleeping.join().unwrap();
        stopping.join().unwrap();
    });
}

#[test]
fn of_two_who_stop_the_world_one_waits() {
    check(2, 3, || {
        begin();
        let threads = [0, 1].map(|index| {
            be_worker(index, |worker| {
                started(worker);
                stop();
                stop();
                look();
                safepoint::leave_running(worker);
            })
        });
        for thread in threads {
            thread.join().unwrap();
        }
        assert!(STOPS.load(Ordering::Relaxed) >= 1);
    });
}

fn run_with_goroutine(run: impl FnOnce()) {
    // SAFETY: this thread's block.
    unsafe { (*tls::block()).goroutine = goroutine(1, |_| {}) };
    run();
    // SAFETY: as above.
    unsafe { (*tls::block()).goroutine = std::ptr::null_mut() };
}

#[test]
fn a_wish_is_not_covered_by_a_new_limit() {
    check(0, 3, || {
        touch_block();
        // SAFETY: this thread's block, which lives as long as the process.
        let block: &'static tls::Tls = unsafe { &*tls::block() };
        let address = (&raw const *block).expose_provenance();
        let asks = loom::thread::spawn(move || {
            // SAFETY: as above.
            let block = unsafe { &*std::ptr::with_exposed_provenance::<tls::Tls>(address) };
            wish::ask_for_safepoint(block, 1);
        });
        wish::set_limit(block, 1);
        asks.join().unwrap();
        assert_eq!(block.stack_limit.load(Ordering::Relaxed), POISON);
    });
}
