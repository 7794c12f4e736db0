//! Who does the collector's work, and how much of it: allocations, workers that have nothing else
//! to do, and whoever asks for a collection.
//! Keeps: a worker that waits for another one's slice stops when that one wants the world to.
//! Never: does a slice on a goroutine's stack. Read next: `cycle.rs`.

use super::cycle::{self, Did, Stage};
use super::heap::Heap;
use super::mark::Slice;
use crate::prim::{AtomicU64, Ordering, thread};
use crate::sched::{self, idle, safepoint};
use std::time::{Duration, Instant};

/// One slice: others that could run on this worker wait as long.
const SLICE_TIME: Duration = Duration::from_micros(100);
/// Slices that one allocation does at most, as long as the heap is not larger than it should be.
const SLICES_MAX: usize = 8;
/// Under stress one allocation marks at most so many words.
const STRESS_WORDS_MAX: u64 = 400;

fn slice() -> Slice {
    Slice::Until(Instant::now() + SLICE_TIME)
}

/// A whole major collection that begins after this call. On a system stack, outside of locks.
pub fn run(heap: &'static Heap) {
    let wanted = heap.cycle.majors_begun() + 1;
    while heap.cycle.majors_ended() < wanted {
        if heap.cycle.majors_begun() < wanted {
            heap.cycle.want_major();
        }
        go_on(heap, slice());
    }
}

/// Begins a collection, or does a slice of the one that is under way.
fn go_on(heap: &'static Heap, slice: Slice) {
    give_way(match heap.cycle.stage() {
        Stage::IDLE => cycle::begin(heap, slice),
        _ => cycle::step(heap, slice),
    });
}

/// Between slices.
fn give_way(did: Did) {
    if !sched::is_started() {
        return;
    }
    if did == Did::Busy {
        thread::yield_now();
    }
    safepoint::stop_if_wanted();
}

/// What an allocation owes the collector. On a system stack, outside of locks.
pub fn at_allocation(heap: &'static Heap) {
    if heap.pacer.is_stress() {
        under_stress(heap);
        return;
    }
    match heap.cycle.stage() {
        Stage::IDLE => {
            if heap.pacer.is_due() && cycle::begin(heap, slice()) == Did::Some {
                // A minor collection is often over by now.
                if heap.cycle.stage() == Stage::MARKING {
                    wake_helper(heap);
                }
            }
        }
        Stage::MARKING => assist(heap),
        _ if heap.pacer.is_due() => {
            cycle::step(heap, slice());
        }
        // A chunk, so that sweeping ends.
        _ => {
            cycle::step(heap, Slice::Words(1));
        }
    }
}

/// Marks as long as marking is behind the allocations.
fn assist(heap: &'static Heap) {
    wake_helper(heap);
    let mut slices = 0;
    while heap.cycle.stage() == Stage::MARKING && heap.pacer.is_behind() {
        if slices >= SLICES_MAX && !heap.pacer.is_over() {
            return;
        }
        slices += 1;
        give_way(cycle::step(heap, slice()));
    }
}

/// Wakes a worker that sleeps, to go on with the collection, unless one is at it.
fn wake_helper(heap: &Heap) {
    if !heap.cycle.is_taken() && sched::is_started() && idle::sleeping() > 0 {
        idle::wake_any();
    }
}

/// A slice by a worker that has no goroutine to run; false when there was nothing to do.
pub fn while_idle(heap: &'static Heap) -> bool {
    if heap.cycle.stage() == Stage::IDLE {
        if heap.calm.take_wish() {
            heap.cycle.want_major();
        }
        return heap.cycle.is_major_wanted() && cycle::begin(heap, slice()) == Did::Some;
    }
    cycle::step(heap, slice()) == Did::Some
}

/// Every second collection is a whole one at one allocation; the others go on by some words with each
/// allocation, so that the program runs at every possible state of marking.
fn under_stress(heap: &'static Heap) {
    static SEED: AtomicU64 = AtomicU64::new(0x2545_f491_4f6c_dd1d);
    if heap.cycle.begun().is_multiple_of(2) && heap.cycle.stage() == Stage::IDLE {
        go_on(heap, Slice::Whole);
        while heap.cycle.stage() != Stage::IDLE {
            go_on(heap, Slice::Whole);
        }
        return;
    }
    let step = SEED.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
    let words = (step ^ (step >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 33;
    let slice = Slice::Words((words % STRESS_WORDS_MAX) as usize + 1);
    match heap.cycle.stage() {
        Stage::IDLE | Stage::MARKING => go_on(heap, slice),
        _ => go_on(heap, Slice::Whole),
    }
}
