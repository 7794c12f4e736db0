//! `gc/cycle.rs`, `gc/roots.rs` and `gc/barrier.rs` with stops of the world: when marking ends, all that
//! a goroutine can reach is marked (`verify::check_marked`, in the stop in which it ends), whatever
//! the goroutine did meanwhile, and whichever of its stores the collector has seen.

use crate::gc::barrier;
use crate::gc::cycle::{self, Stage};
use crate::gc::heap::HEAP;
use crate::gc::local;
use crate::gc::mark::Slice;
use crate::gc::roots;
use crate::machine::{be_worker, check, prepare, touch_block};
use crate::prim::Ordering;
use crate::sched::safepoint;
use crate::sched::stop_the_world;
use crate::sched::worker::Worker;
use crate::task::{G, list, tls, wish};
use crate::time::timers;

/// Where a goroutine keeps references: the collector looks at all of `operation`.
pub const ROOT: usize = 0;
pub const HELD: usize = 1;

/// A stop may be wished for at each of these.
pub fn safepoint() {
    // SAFETY: this thread's block.
    let block = unsafe { &*tls::block() };
    if block.stack_limit.load(Ordering::Relaxed) == gos_abi::layout::tls::POISON {
        let _ = safepoint::reached();
    } else {
        wish::set_limit(block, 1);
    }
}

pub fn started(worker: &'static Worker) {
    touch_block();
    local::attach();
    safepoint::worker_started(worker, tls::block());
}

/// A collection as `collect.rs` drives it: begun, and a word at a time until the program may go on without it.
fn collect() {
    let _ = cycle::begin(&HEAP, Slice::Words(1));
    while HEAP.cycle.stage() == Stage::MARKING {
        let _ = cycle::step(&HEAP, Slice::Words(1));
    }
}

/// A heap in which cell 1 refers to 2, and 2 to 3.
pub fn begin() {
    HEAP.begin();
    HEAP.cells[1].store(2, Ordering::Relaxed);
    HEAP.cells[2].store(3, Ordering::Relaxed);
    safepoint::stop_if_wanted();
    drop(stop_the_world());
    let _ = timers::next_deadline();
    timers::cancel(0);
    crate::sync::signal::for_each_channel(&mut |_| {});
    roots::add_static(0, 0);
    roots::register(|_| {});
    assert_eq!((list::count(), list::count_roughly()), (0, 0));
}

/// What the worker that collects does.
pub fn collect_on(worker: &'static Worker) {
    started(worker);
    collect();
    safepoint::leave_running(worker);
}

pub fn expect_collected() {
    assert_eq!(HEAP.epoch.load(Ordering::Relaxed), 1);
    assert!(!barrier::is_on());
}

/// `mutate` runs in a goroutine that holds cell 1, while another worker collects.
fn check_collection(preemptions: usize, mutate: fn(&mut G)) {
    check(2, preemptions, move || {
        begin();
        let mutator = list::create();
        prepare(mutator, mutate);
        // SAFETY: it is new.
        unsafe { (*mutator).operation.words[ROOT] = 1 };
        let runs = be_worker(0, move |worker| {
            started(worker);
            worker.execute(mutator);
            safepoint::leave_running(worker);
        });
        let collects = be_worker(1, collect_on);
        runs.join().unwrap();
        collects.join().unwrap();
        expect_collected();
    });
}

/// A reference moves from a cell that may not have been looked at to one that may have been.
#[test]
fn what_moves_between_cells_is_marked() {
    check_collection(2, |goroutine| {
        goroutine.operation.words[HELD] = HEAP.load(2) as u64;
        HEAP.store(2, 0);
        safepoint();
        HEAP.store(1, goroutine.operation.words[HELD] as usize);
        goroutine.operation.words[HELD] = 0;
        safepoint();
    });
}

/// A reference is taken out of the heap before the collector comes there, and held on the stack alone.
#[test]
fn what_is_held_on_the_stack_alone_is_marked() {
    check_collection(3, |goroutine| {
        safepoint();
        goroutine.operation.words[HELD] = HEAP.load(2) as u64;
        HEAP.store(2, 0);
        safepoint();
    });
}

/// A new cell refers to an old one that nothing else refers to any more.
#[test]
fn what_new_cells_refer_to_is_marked() {
    check_collection(2, |goroutine| {
        safepoint();
        let new = HEAP.allocate(4);
        goroutine.operation.words[HELD] = new as u64;
        HEAP.store(new, HEAP.load(2));
        HEAP.store(2, 0);
        safepoint();
    });
}

/// A goroutine parks, is scanned, and goes on.
#[test]
fn what_a_goroutine_does_after_its_scan_is_seen() {
    check_collection(2, |goroutine| {
        // Its turn begins after stops that scanned it.
        goroutine.operation.words[HELD] = HEAP.load(2) as u64;
        HEAP.store(2, 0);
    });
}
