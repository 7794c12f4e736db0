//! A collection from its beginning to its end, done in slices by whoever has time: workers without
//! a goroutine to run, and those that allocate while marking is behind. One at a time.
//!
//! ```text
//! IDLE --begin, in a stop--> MARKING --nothing left, in a stop--> SWEEPING --> RELEASING --> IDLE
//! ```
//! The stop that begins marking, and those that look at roots again, report what goroutines that ran
//! since their last scan hold, and last as long as a slice. Marking ends in the stop in which all
//! of them are scanned and all that they lead to is marked. Later stops may last longer, so that
//! it ends although goroutines run.
//! Keeps: between stops other workers see one phase. Never: waits for another worker's slice while
//! that may wait for this worker to stop.
//! Read next: `mark.rs`, `roots.rs` (the stops), `sweep.rs`, `pacer.rs` (when).

use super::block::find_cell;
use super::cell::{HEADER, RuntimeDesc};
use super::heap::{Heap, State};
use super::mark::{Slice, Tracer};
use super::size_class::BLOCK_BYTES;
use super::{calm, history, roots, verify};
use crate::prim::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::cell::UnsafeCell;
use std::time::{Duration, Instant};

/// Free blocks that always keep their memory.
const BLOCKS_KEPT_MIN: usize = 32;
/// How long one stop looks at roots.
const STOP_TIME: Duration = Duration::from_micros(200);
/// Stops that last so long; each later one twice as long as the one before.
const SHORT_STOPS: u32 = 8;
const DOUBLINGS_MAX: u32 = 14;

/// How far a collection is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stage(u32);

impl Stage {
    /// There is none.
    pub const IDLE: Stage = Stage(0);
    /// The program must log its stores.
    pub const MARKING: Stage = Stage(1);
    /// Dead cells become room.
    pub const SWEEPING: Stage = Stage(2);
    /// Room that is not needed soon goes back to the system.
    pub const RELEASING: Stage = Stage(3);
}

/// What a slice did.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Did {
    /// There was nothing to do.
    Nothing,
    /// Some work.
    Some,
    /// Another worker is at it.
    Busy,
}

/// Gives one worker at a time the collection.
#[derive(Debug)]
pub struct Turn {
    taken: AtomicBool,
    stage: AtomicU32,
    /// Collections that were begun.
    begun: AtomicU64,
    /// Collections after which everything was swept.
    ended: AtomicU64,
    cycle: UnsafeCell<Cycle>,
}

// SAFETY: `cycle` is used by who has taken the turn.
unsafe impl Sync for Turn {}

impl Default for Turn {
    fn default() -> Self {
        Self::new()
    }
}

impl Turn {
    /// No collection.
    pub const fn new() -> Turn {
        Turn {
            taken: AtomicBool::new(false),
            stage: AtomicU32::new(Stage::IDLE.0),
            begun: AtomicU64::new(0),
            ended: AtomicU64::new(0),
            cycle: UnsafeCell::new(Cycle {
                tracer: Tracer::new(),
                next_goroutine: 0,
                stops: 0,
                kept: 0,
                next_release: 0,
            }),
        }
    }

    /// How far the collection is.
    pub fn stage(&self) -> Stage {
        Stage(self.stage.load(Ordering::Relaxed))
    }

    /// Collections that were begun.
    pub fn begun(&self) -> u64 {
        self.begun.load(Ordering::Relaxed)
    }

    /// Collections after which everything was swept.
    pub fn ended(&self) -> u64 {
        self.ended.load(Ordering::Relaxed)
    }

    /// Whether a worker is at it.
    pub fn is_taken(&self) -> bool {
        self.taken.load(Ordering::Relaxed)
    }

    /// Calls `work` unless another worker is at it.
    fn try_with(&self, work: impl FnOnce(&mut Cycle) -> Did) -> Did {
        // ORDERING: acquire pairs with the release below: the work goes on where the last one left.
        if self.is_taken() || self.taken.swap(true, Ordering::Acquire) {
            return Did::Busy;
        }
        // SAFETY: the turn is this thread's.
        let did = work(unsafe { &mut *self.cycle.get() });
        self.taken.store(false, Ordering::Release);
        did
    }

    fn enter(&self, stage: Stage) {
        self.stage.store(stage.0, Ordering::Relaxed);
    }
}

/// What is kept from slice to slice.
#[derive(Debug)]
struct Cycle {
    tracer: Tracer,
    /// Where the next stop goes on with the list of goroutines.
    next_goroutine: usize,
    /// Stops that looked at all goroutines.
    stops: u32,
    /// Free blocks that are to keep their memory.
    kept: usize,
    /// The chunks before this one may still have more.
    next_release: usize,
}

/// Begins a collection unless there is one. On a system stack, outside of locks.
pub fn begin(heap: &'static Heap, slice: Slice) -> Did {
    heap.measure_room();
    heap.cycle.try_with(|cycle| {
        if heap.cycle.stage() != Stage::IDLE {
            return Did::Nothing;
        }
        cycle.look_at_roots(heap, slice)
    })
}

/// Does a slice of the collection, if there is one. On a system stack, outside of locks.
pub fn step(heap: &'static Heap, slice: Slice) -> Did {
    if heap.cycle.stage() == Stage::IDLE {
        return Did::Nothing;
    }
    heap.cycle.try_with(|cycle| cycle.step(heap, slice))
}

/// A whole collection in one slice, from what `roots` reports. The world stands still, or `heap` is
/// used by this thread alone.
pub fn mark_and_free(heap: &Heap, roots: &mut dyn FnMut(&mut Tracer)) {
    heap.cycle.try_with(|cycle| {
        cycle.open(heap);
        roots(&mut cycle.tracer);
        cycle.take_logs(heap);
        cycle.tracer.drain(Slice::Whole);
        cycle.finish(heap);
        while heap.cycle.stage() != Stage::IDLE {
            cycle.sweep(heap, Slice::Whole);
        }
        Did::Some
    });
}

impl Cycle {
    fn step(&mut self, heap: &'static Heap, slice: Slice) -> Did {
        match heap.cycle.stage() {
            Stage::IDLE => return Did::Nothing,
            Stage::MARKING => self.mark(heap, slice),
            _ => self.sweep(heap, slice),
        }
        Did::Some
    }

    fn mark(&mut self, heap: &'static Heap, slice: Slice) {
        let mut logged = std::mem::take(&mut *heap.logged.lock());
        logged.drain(&mut self.tracer);
        let is_drained = self.tracer.drain(slice);
        heap.pacer.set_marked(self.tracer.bytes as usize);
        if is_drained {
            self.look_at_roots(heap, slice);
        }
    }

    /// In one stop: begins marking if it is not under way, reports roots, and ends marking if nothing
    /// is left.
    fn look_at_roots(&mut self, heap: &'static Heap, slice: Slice) -> Did {
        let began = Instant::now();
        let Some(world) = roots::stop() else {
            return Did::Busy;
        };
        if heap.cycle.stage() == Stage::IDLE {
            self.open(heap);
        }
        let slice = self.stop_slice(slice);
        self.take_logs(heap);
        world.report_shared(&mut self.tracer);
        let number = heap.cycle.begun() as u32;
        let from = std::mem::take(&mut self.next_goroutine);
        let left = world.report_goroutines(&mut self.tracer, number, from, slice);
        self.next_goroutine = left.unwrap_or(0);
        self.stops += u32::from(from == 0);
        if self.tracer.drain(slice) && from == 0 && left.is_none() {
            self.finish(heap);
        }
        drop(world);
        heap.lock().stats.add_pause(began.elapsed());
        Did::Some
    }

    fn stop_slice(&self, slice: Slice) -> Slice {
        let doublings = self.stops.saturating_sub(SHORT_STOPS).min(DOUBLINGS_MAX);
        match slice {
            Slice::Whole => Slice::Whole,
            Slice::Words(words) => Slice::Words(words << self.stops.min(DOUBLINGS_MAX)),
            Slice::Until(_) => Slice::Until(Instant::now() + STOP_TIME * (1 << doublings)),
        }
    }

    /// From now on new cells are marked and stores are logged.
    fn open(&mut self, heap: &Heap) {
        heap.cycle.begun.fetch_add(1, Ordering::Relaxed);
        heap.cycle.enter(Stage::MARKING);
        heap.set_marking(true);
        heap.pacer.begin();
        self.tracer.begin_again();
        (self.next_goroutine, self.stops) = (0, 0);
        let state = heap.lock();
        let heap_bytes = heap.pacer.heap_bytes() as u64;
        history::begin(heap_bytes, state.stats.pause_ns_total);
        // SAFETY: nobody uses shares while the world stands still. What is left of their runs is not
        // marked, so they are not used on.
        state
            .locals
            .iter()
            .for_each(|&local| unsafe { (*local).reset() });
    }

    /// Reports what was logged since the last slice.
    fn take_logs(&mut self, heap: &Heap) {
        let mut logged = std::mem::take(&mut *heap.logged.lock());
        for &local in &heap.lock().locals {
            // SAFETY: nobody uses shares while the world stands still.
            logged.take_over(unsafe { &mut (*local).log });
        }
        logged.drain(&mut self.tracer);
    }

    /// Everything that is alive is marked: the program may go on without the collector.
    fn finish(&mut self, heap: &Heap) {
        heap.set_marking(false);
        let mut state = heap.lock();
        let state = &mut *state;
        // SAFETY: the world stands still.
        unsafe {
            // Blocks that are in use are swept like all others.
            state.locals.iter().for_each(|&local| (*local).reset());
            if heap.pacer.is_stress() {
                verify::check_marked(state);
            }
            finalize(state);
        }
        state.stats.live_bytes = self.tracer.bytes;
        state.stats.live_cells = self.tracer.cells;
        state.stats.collections += 1;
        history::end(self.tracer.bytes, state.stats.pause_ns_total);
        state.begin_sweep();
        heap.epoch.fetch_add(1, Ordering::Release);
        let until_next = heap.pacer.collected(self.tracer.bytes as usize);
        // What is allocated until the next collection needs free blocks again, and soon.
        self.kept = if heap.calm.take_thorough() {
            calm::BLOCKS_KEPT
        } else {
            until_next / BLOCK_BYTES + BLOCKS_KEPT_MIN
        };
        heap.cycle.enter(Stage::SWEEPING);
    }

    fn sweep(&mut self, heap: &Heap, slice: Slice) {
        let is_over = || match slice {
            Slice::Whole => false,
            Slice::Until(time) => Instant::now() >= time,
            Slice::Words(_) => true,
        };
        if heap.cycle.stage() == Stage::SWEEPING {
            while heap.lock().sweep_some(heap.pacer.is_stress()) {
                if is_over() {
                    return;
                }
            }
            heap.sweep_huge();
            self.next_release = heap.lock().chunks.len();
            heap.cycle.enter(Stage::RELEASING);
        }
        while self.next_release > 0 {
            self.next_release -= 1;
            heap.lock().release_in(self.next_release, self.kept);
            if is_over() {
                return;
            }
        }
        heap.cycle.enter(Stage::IDLE);
        let begun = heap.cycle.begun();
        heap.cycle.ended.store(begun, Ordering::Relaxed);
    }
}

/// Calls the finalizers of cells that were not marked.
unsafe fn finalize(state: &mut State) {
    state.finalized.retain(|&payload| {
        if find_cell(payload).is_some_and(|place| place.block.is_marked(place.index)) {
            return true;
        }
        // SAFETY: the cell is dead, but its content is still there: nothing was freed yet.
        unsafe {
            let desc = *((payload - HEADER) as *const *const RuntimeDesc);
            if let Some(finalize) = (*desc).finalize {
                finalize(payload as *mut u8);
            }
        }
        false
    });
}
