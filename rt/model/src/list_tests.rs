//! `task/list.rs`, `task/own.rs`, `task/stash.rs`, `task/slab.rs`: a place or a piece of stack belongs to one at a
//! time, through whatever chain it comes, and goroutines that begin or end while a collection looks through the
//! slabs are scanned. A slab has two places here, a chain one.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use loom::cell::UnsafeCell;

use crate::gc::heap::HEAP;
use crate::gc_tests::{self, HELD, ROOT, safepoint};
use crate::machine::{be_worker, check, prepare};
use crate::prim::{AtomicUsize, Ordering, shared};
use crate::sched::{self, inject, safepoint as stops};
use crate::task::slab::{Pieces, SMALL};
use crate::task::{G, WaitReason, list, own};

/// What a thing is, for the checker: only who has the thing may change it.
type Content = Rc<UnsafeCell<usize>>;

thread_local! {
    /// By address. Loom runs all threads on one.
    static CONTENTS: RefCell<BTreeMap<usize, Content>> = const { RefCell::new(BTreeMap::new()) };
}

/// Whoever has the thing at an address uses it: a fault when somebody else has it too, or when what he did with it
/// does not come before.
fn use_thing(address: usize) {
    let content = CONTENTS.with_borrow_mut(|contents| {
        let new = || Rc::new(UnsafeCell::new(0));
        contents.entry(address).or_insert_with(new).clone()
    });
    // SAFETY: what is checked.
    content.with_mut(|uses| unsafe { *uses += 1 });
}

/// Starts so many goroutines, and ends them.
fn start_and_end(count: usize) {
    let all: Vec<*mut G> = (0..count).map(|_| list::create()).collect();
    for (index, one) in all.iter().enumerate() {
        assert!(!all[..index].contains(one), "a place was given out twice");
        use_thing(one.addr());
    }
    for one in all {
        use_thing(one.addr());
        // SAFETY: nobody else knows it.
        unsafe { list::destroy(one) };
    }
}

/// Places of ten goroutines that ended, for two workers.
fn begin() {
    CONTENTS.take();
    begin_fresh();
    own::attach_worker();
    start_and_end(10);
}

/// A slab with one place that was never used.
fn begin_fresh() {
    assert_eq!(list::count(), 0);
    let _ = list::count_roughly();
    list::create();
    let _ = SMALL.take(&mut Pieces::new());
}

/// What one worker ended the other one starts: three that end leave a chain to the others.
#[test]
fn places_go_from_worker_to_worker() {
    check(2, 2, || {
        begin();
        let workers = [0, 1].map(|index| {
            be_worker(index, |_| {
                own::attach_worker();
                start_and_end(3);
                start_and_end(4);
            })
        });
        for worker in workers {
            worker.join().unwrap();
        }
        assert_eq!(list::count(), 1);
    });
}

/// Threads that are no workers share what they have.
#[test]
fn threads_outside_start_goroutines_too() {
    check(1, 2, || {
        CONTENTS.take();
        begin_fresh();
        let worker = be_worker(0, |_| {
            own::attach_worker();
            use_thing(list::create().addr());
        });
        let other = loom::thread::spawn(|| use_thing(list::create().addr()));
        other.join().unwrap();
        worker.join().unwrap();
        assert_eq!(list::count(), 3);
        assert_eq!(CONTENTS.with_borrow(BTreeMap::len), 2);
    });
}

#[test]
fn pieces_of_stack_go_from_worker_to_worker() {
    fn take_and_give(pieces: &mut Pieces) {
        let taken = [(); 3].map(|()| SMALL.take(pieces).unwrap());
        for base in taken {
            use_thing(base as usize);
        }
        for base in taken {
            use_thing(base as usize);
            // SAFETY: from the pool, and used by nobody.
            unsafe { SMALL.give_back(pieces, base) };
        }
    }
    check(2, 2, || {
        begin();
        let workers = [0, 1].map(|index| {
            be_worker(index, |_| {
                let mut pieces = Pieces::new();
                take_and_give(&mut pieces);
                take_and_give(&mut pieces);
            })
        });
        for worker in workers {
            worker.join().unwrap();
        }
    });
}

shared! {
    /// Its address, see [`other`].
    static OTHER: AtomicUsize = AtomicUsize::new(0);
}

/// Runs `mutate` in a goroutine that holds cell 1 while another worker collects. [`other`] is one that began
/// before, in a slab of its own.
fn check_collection(preemptions: usize, mutate: fn(&mut G)) {
    check(2, preemptions, move || {
        gc_tests::begin();
        let mutator = list::create();
        prepare(mutator, mutate);
        // SAFETY: it is new.
        unsafe { (*mutator).operation.words[ROOT] = 1 };
        // Its neighbour.
        list::create();
        OTHER.store(list::create().expose_provenance(), Ordering::Relaxed);
        let runs = be_worker(0, move |worker| {
            own::attach_worker();
            gc_tests::started(worker);
            worker.execute(mutator);
            stops::leave_running(worker);
        });
        let collects = be_worker(1, gc_tests::collect_on);
        runs.join().unwrap();
        collects.join().unwrap();
        gc_tests::expect_collected();
    });
}

fn other() -> *mut G {
    std::ptr::with_exposed_provenance_mut(OTHER.load(Ordering::Relaxed))
}

/// A goroutine ends, and another one begins in its place and takes what the first one alone holds.
#[test]
fn one_that_begins_in_a_slab_that_was_looked_through_is_scanned() {
    check_collection(2, |goroutine| {
        // SAFETY: it ended on this worker.
        unsafe { list::destroy(other()) };
        safepoint();
        goroutine.operation.words[HELD] = HEAP.load(2) as u64;
        HEAP.store(2, 0);
        let begun = list::create();
        assert_eq!(begun, other());
        // SAFETY: it is new.
        unsafe { (*begun).operation.words[HELD] = goroutine.operation.words[HELD] };
        goroutine.operation.words[HELD] = 0;
        safepoint();
    });
}

/// The same when its place was alive while it was looked through.
#[test]
fn one_that_begins_in_a_place_that_was_scanned_is_scanned() {
    check_collection(2, |goroutine| {
        safepoint();
        // SAFETY: it ended on this worker.
        unsafe { list::destroy(other()) };
        goroutine.operation.words[HELD] = HEAP.load(2) as u64;
        HEAP.store(2, 0);
        let begun = list::create();
        assert_eq!(begun, other());
        // SAFETY: it is new.
        unsafe { (*begun).operation.words[HELD] = goroutine.operation.words[HELD] };
        goroutine.operation.words[HELD] = 0;
        safepoint();
    });
}

/// The end of a blocking call makes a goroutine runnable, which no stop waits for, while its slab is looked through.
#[test]
fn one_that_was_made_runnable_from_outside_is_scanned_again() {
    fn take(goroutine: &mut G) {
        goroutine.operation.words[HELD] = HEAP.load(2) as u64;
        HEAP.store(2, 0);
    }
    check(2, 2, move || {
        gc_tests::begin();
        let _ = inject::is_empty();
        let waits = list::create();
        prepare(waits, take);
        // SAFETY: it is new.
        unsafe {
            (*waits).operation.words[ROOT] = 1;
            (*waits).set_reason(WaitReason::Blocking);
        }
        let address = waits.expose_provenance();
        let outside = loom::thread::spawn(move || {
            sched::ready(std::ptr::with_exposed_provenance_mut(address));
        });
        let runs = be_worker(0, |worker| {
            gc_tests::started(worker);
            stops::leave_running(worker);
            outside.join().unwrap();
            stops::enter_running(worker);
            while let Some(ready) = inject::take(&worker.queue, 2) {
                worker.execute(ready);
            }
            stops::leave_running(worker);
        });
        let collects = be_worker(1, gc_tests::collect_on);
        runs.join().unwrap();
        collects.join().unwrap();
        gc_tests::expect_collected();
    });
}
