//! A collection from its beginning to its end, done in slices by whoever has time: workers without
//! a goroutine to run, and those that allocate while marking is behind. One at a time.
//!
//! A major collection finds out what is alive. A minor one takes what survived the last collection for
//! alive (its marks were left), and looks only at roots, at old cells that were written to since, and
//! at younger cells that they lead to: the sticky mark bits of A. Demers et al., "Combining generational
//! and conservative garbage collection", 1990. Which kind the next one is, is decided when
//! one ends, since it decides what stores have to do until then (`generation.rs`).
//!
//! ```text
//! IDLE --begin, in a stop--> MARKING --nothing left, in a stop--> SWEEPING --> RELEASING --> IDLE
//! ```
//! The stop that begins marking, and those that look at roots again, report what goroutines that ran
//! since their last scan hold, and last as long as a slice. Marking ends in the stop in which all
//! of them are scanned and all that they lead to is marked. Later stops may last longer, so that
//! it ends although goroutines run: soon twice as long as the scan of one deep stack, which cannot be
//! parted, has just taken.
//! Keeps: between stops other workers see one phase. Never: waits for another worker's slice while
//! that may wait for this worker to stop.
//! Read next: `mark.rs`, `roots.rs` (the stops), `sweep.rs`, `pacer.rs` (when).

use super::barrier::{Logged, Phase};
use super::generation::{Generation, Minors};
use super::heap::Heap;
use super::mark::{Slice, Tracer};
use super::pacer::Survived;
use super::roots::Scan;
use super::size_class::BLOCK_BYTES;
use super::{calm, handle, history, roots, verify};
use crate::os::cpu_time;
use crate::prim::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use crate::profile::carried;
use crate::task::tls;
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

/// What a collection looks at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Everything.
    Major,
    /// What was allocated since the last one.
    Minor,
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
    /// Major collections that were begun, and those after which everything was swept.
    majors_begun: AtomicU64,
    majors_ended: AtomicU64,
    /// The next collection that can be should be a major one.
    is_major_wanted: AtomicBool,
    /// Processor time of all slices, in nanoseconds.
    worked: AtomicU64,
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
            majors_begun: AtomicU64::new(0),
            majors_ended: AtomicU64::new(0),
            is_major_wanted: AtomicBool::new(false),
            worked: AtomicU64::new(0),
            cycle: UnsafeCell::new(Cycle {
                tracer: Tracer::new(),
                kind: Kind::Major,
                generation: Generation::new(),
                logged: Logged::new(),
                ended: Kind::Major,
                next_goroutine: 0,
                stops: 0,
                late: Duration::ZERO,
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

    /// Major collections that were begun.
    pub fn majors_begun(&self) -> u64 {
        self.majors_begun.load(Ordering::Relaxed)
    }

    /// Major collections after which everything was swept.
    pub fn majors_ended(&self) -> u64 {
        self.majors_ended.load(Ordering::Relaxed)
    }

    /// Whether somebody asked for one that has not begun.
    pub fn is_major_wanted(&self) -> bool {
        self.is_major_wanted.load(Ordering::Relaxed)
    }

    /// Asks for a major collection: the next one, or the one after it when what survived the last
    /// is taken for alive by now.
    pub fn want_major(&self) {
        self.is_major_wanted.store(true, Ordering::Relaxed);
    }

    /// Whether a worker is at it.
    pub fn is_taken(&self) -> bool {
        self.taken.load(Ordering::Relaxed)
    }

    /// Processor time of all slices, in nanoseconds.
    pub fn worked(&self) -> u64 {
        self.worked.load(Ordering::Relaxed)
    }

    /// Calls `work` unless another worker is at it.
    fn try_with(&self, work: impl FnOnce(&mut Cycle) -> Did) -> Did {
        // ORDERING: acquire pairs with the release below: the work goes on where the last one left.
        if self.is_taken() || self.taken.swap(true, Ordering::Acquire) {
            return Did::Busy;
        }
        // SAFETY: this thread's block, and the turn is this thread's.
        let (collecting, cycle) = unsafe { (&(*tls::block()).collecting, &mut *self.cycle.get()) };
        collecting.store(1, Ordering::Relaxed);
        let began = cpu_time::of_thread();
        let did = work(cycle);
        let time = cpu_time::of_thread().saturating_sub(began);
        self.worked.fetch_add(time, Ordering::Relaxed);
        collecting.store(0, Ordering::Relaxed);
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
    /// Of the collection that is under way, or the next one.
    kind: Kind,
    generation: Generation,
    /// Empty; changes places with the heap's.
    logged: Logged,
    /// Of the last one that found out what is alive.
    ended: Kind,
    /// Where the next stop goes on with the list of goroutines.
    next_goroutine: usize,
    /// Stops that looked at all goroutines.
    stops: u32,
    /// How much longer than it should a stop looked at roots at most: about as long as the scan of the
    /// deepest stack.
    late: Duration,
    /// Free blocks that are to keep their memory.
    kept: usize,
    /// The chunks before this one may still have more.
    next_release: usize,
}

/// Begins a collection unless there is one. On a system stack, outside of locks.
pub fn begin(heap: &'static Heap, slice: Slice) -> Did {
    // That reads files: too much for the quick ones.
    if heap.pacer.next_kind() == Kind::Major {
        heap.measure_room();
    }
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
        std::mem::swap(&mut self.logged, &mut heap.lock().logged);
        self.logged.drain(&mut self.tracer);
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
        let Some(world) = roots::try_stop() else {
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
        let scan = Scan {
            number,
            kind: self.kind,
        };
        let left = world.report_goroutines(&mut self.tracer, scan, from, slice);
        self.next_goroutine = left.unwrap_or(0);
        if let Slice::Until(end) = slice {
            self.late = self.late.max(Instant::now().saturating_duration_since(end));
        }
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
            Slice::Until(_) => {
                Slice::Until(Instant::now() + STOP_TIME * (1 << doublings) + 2 * self.late)
            }
        }
    }

    /// From now on new cells are marked and stores are logged.
    fn open(&mut self, heap: &Heap) {
        heap.cycle.begun.fetch_add(1, Ordering::Relaxed);
        if self.kind == Kind::Major {
            heap.cycle.majors_begun.fetch_add(1, Ordering::Relaxed);
            heap.cycle.is_major_wanted.store(false, Ordering::Relaxed);
        }
        heap.cycle.enter(Stage::MARKING);
        let mut state = heap.lock();
        // Before the logs mean something else.
        state.gather_logs(heap.is_marking());
        self.generation.stores = state.logged.take_stores();
        heap.set_phase(Phase::MARK);
        heap.pacer.begin(self.kind);
        self.tracer.begin_again(state.logged.remembered());
        (self.next_goroutine, self.stops, self.late) = (0, 0, Duration::ZERO);
        let heap_bytes = heap.pacer.heap_bytes() as u64;
        history::begin(heap_bytes, state.stats.pause_ns_total);
        // SAFETY: nobody uses shares while the world stands still. What is left of their runs is not
        // marked, so they are not used on.
        state
            .locals
            .iter()
            .for_each(|&local| unsafe { (*local).give_back() });
    }

    /// Reports new values that were logged since the last slice.
    fn take_logs(&mut self, heap: &Heap) {
        let mut state = heap.lock();
        state.gather_logs(heap.is_marking());
        state.logged.drain(&mut self.tracer);
    }

    /// Everything that is alive is marked: the program may go on without the collector.
    fn finish(&mut self, heap: &Heap) {
        let mut state = heap.lock();
        let state = &mut *state;
        // SAFETY: the world stands still.
        unsafe {
            // Blocks that are in use are swept like all others.
            state.locals.iter().for_each(|&local| (*local).give_back());
            if heap.pacer.is_stress() {
                verify::check_marked(state);
            }
        }
        if let Some(profiler) = carried::profiler() {
            (profiler.marked)();
        }
        let (marked, cells) = (self.tracer.bytes, self.tracer.cells);
        let work = self.tracer.work();
        let survived = heap.pacer.collected(self.kind, marked as usize);
        let ended = self.kind;
        self.kind = self.next_kind(heap, work, &survived);
        heap.pacer.expect(self.kind);
        heap.set_phase(match self.kind {
            Kind::Major => Phase::IDLE,
            Kind::Minor => Phase::REMEMBER,
        });
        let stats = &mut state.stats;
        if ended == Kind::Major {
            (stats.live_bytes, stats.live_cells) = (marked, cells);
        } else {
            stats.live_bytes += marked;
            stats.live_cells += cells;
        }
        stats.collections += 1;
        history::end(stats.live_bytes, stats.pause_ns_total);
        state.begin_sweep(ended, self.kind);
        heap.epoch.fetch_add(1, Ordering::Release);
        // What is allocated until the next collection needs free blocks again, and soon.
        self.kept = if ended == Kind::Major && heap.calm.take_thorough() {
            calm::BLOCKS_KEPT
        } else {
            survived.until_next / BLOCK_BYTES + BLOCKS_KEPT_MIN
        };
        self.ended = ended;
        heap.cycle.enter(Stage::SWEEPING);
    }

    fn next_kind(&mut self, heap: &Heap, work: usize, survived: &Survived) -> Kind {
        if heap.cycle.is_major_wanted() {
            return Kind::Major;
        }
        match heap.minors() {
            Minors::Never => Kind::Major,
            // In turn with whole collections and those in slices under stress.
            Minors::Often if heap.cycle.begun().is_multiple_of(5) => Kind::Major,
            Minors::Often => Kind::Minor,
            Minors::Paying => self.generation.next(self.kind, work, survived),
        }
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
            // Of one huge object as much as of the rest: a copy of the largest may follow.
            heap.sweep_huge((self.kept * BLOCK_BYTES).saturating_mul(2));
            handle::announce(heap);
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
        if self.ended == Kind::Major {
            let begun = heap.cycle.majors_begun();
            heap.cycle.majors_ended.store(begun, Ordering::Relaxed);
        }
    }
}
