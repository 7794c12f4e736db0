//! The heap under the checked collector: cells with one reference, and what the collector asks of the
//! real one, as little of it as it needs. All collections are major ones.

use std::cell::Cell;

use super::barrier::{self, Logged, PHASE, Phase};
use super::cycle::{Kind, Turn};
use super::generation::Minors;
use super::local::Local;
use super::pacer::Pacer;
use crate::lock::{Held, Rank, Ranked};
use crate::prim::{AtomicU64, AtomicUsize, Ordering};

/// Cells, and one more, since 0 is none.
pub const CELLS: usize = 5;

pub struct Heap {
    state: Ranked<State>,
    pub cells: [AtomicUsize; CELLS],
    pub pacer: Pacer,
    pub epoch: AtomicU64,
    pub cycle: Turn,
    pub calm: super::calm::Calm,
}

#[derive(Default)]
pub struct State {
    pub logged: Logged,
    pub locals: Vec<*mut Local>,
    pub chunks: Vec<()>,
    pub stats: Stats,
}

// SAFETY: loom runs all threads in turn on one.
unsafe impl Send for State {}

#[derive(Default)]
pub struct Stats {
    pub live_bytes: u64,
    pub live_cells: u64,
    pub collections: u64,
    pub pause_ns_total: u64,
}

impl Stats {
    pub fn add_pause(&mut self, _: std::time::Duration) {}
}

loom::lazy_static! {
    pub static ref HEAP: Heap = Heap {
        state: Ranked::new(Rank::Heap, State::default()),
        cells: [const { AtomicUsize::new(0) }; CELLS],
        pacer: Pacer,
        epoch: AtomicU64::new(0),
        cycle: Turn::new(),
        calm: super::calm::Calm,
    };
}

thread_local! {
    /// Marks. Loom does not look at them: the collector sets them, and who allocates.
    static MARKS: [Cell<bool>; CELLS] = const { [const { Cell::new(false) }; CELLS] };
}

impl Heap {
    /// A heap in which nothing is marked; known to all threads from now on.
    pub fn begin(&'static self) {
        MARKS.with(|marks| marks.iter().for_each(|mark| mark.set(false)));
        for cell in &self.cells {
            cell.load(Ordering::Relaxed);
        }
        drop(self.lock());
        self.epoch.load(Ordering::Relaxed);
        self.cycle.is_taken();
        self.cycle.stage();
        let _ = (self.cycle.begun(), self.cycle.majors_begun());
        let _ = (self.cycle.majors_ended(), self.cycle.is_major_wanted());
        barrier::is_on();
    }

    /// As compiled code does: stores, and tells the barrier when it is on.
    pub fn store(&'static self, cell: usize, value: usize) {
        self.cells[cell].store(value, Ordering::Relaxed);
        if barrier::is_on() {
            // SAFETY: this thread has a share.
            unsafe { barrier::write(std::ptr::null_mut(), value) };
        }
    }

    pub fn load(&self, cell: usize) -> usize {
        self.cells[cell].load(Ordering::Relaxed)
    }

    /// Cells are born marked while the collector marks.
    pub fn allocate(&self, cell: usize) -> usize {
        if self.is_marking() {
            mark(cell);
        }
        cell
    }

    pub fn is_marking(&self) -> bool {
        PHASE.load() == Phase::MARK
    }

    pub fn set_phase(&self, phase: Phase) {
        PHASE.store(phase);
    }

    pub fn lock(&self) -> Held<'_, State> {
        self.state.lock()
    }

    pub fn minors(&self) -> Minors {
        Minors::Never
    }

    pub fn measure_room(&self) {}

    pub fn sweep_huge(&self, _kept: usize) {}
}

/// Whether it was not marked before.
fn mark(cell: usize) -> bool {
    MARKS.with(|marks| !marks[cell].replace(true))
}

impl State {
    pub fn gather_logs(&mut self, is_marking: bool) {
        // SAFETY: the caller stopped the world.
        unsafe { self.logged.gather(&self.locals, is_marking) };
    }

    pub fn begin_sweep(&mut self, _ended: Kind, _next: Kind) {}

    pub fn sweep_some(&mut self, _all: bool) -> bool {
        false
    }

    pub fn release_in(&mut self, _index: usize, _kept: usize) {}
}

pub mod local {
    use super::super::barrier::Log;
    use super::{HEAP, Heap};
    use crate::task::tls;

    pub struct Local {
        pub heap: &'static Heap,
        pub log: Log,
    }

    impl Local {
        pub unsafe fn give_back(&mut self) {}
    }

    /// Makes this thread able to store.
    pub fn attach() {
        let local = Box::into_raw(Box::new(Local {
            heap: &HEAP,
            log: Log::new(),
        }));
        HEAP.lock().locals.push(local);
        // SAFETY: this thread's block.
        unsafe { (*tls::block()).local = local };
    }

    pub fn local() -> *mut Local {
        // SAFETY: this thread's block.
        unsafe { (*tls::block()).local }
    }
}

pub mod mark {
    use super::{CELLS, HEAP};
    use crate::gc::cell::Values;
    use std::time::Instant;

    #[derive(Clone, Copy, Debug)]
    pub enum Slice {
        Whole,
        Until(Instant),
        Words(usize),
    }

    #[derive(Debug)]
    pub struct Tracer {
        left: Vec<usize>,
        pub bytes: u64,
        pub cells: u64,
    }

    impl Tracer {
        pub const fn new() -> Tracer {
            Tracer {
                left: Vec::new(),
                bytes: 0,
                cells: 0,
            }
        }

        pub fn begin_again(&mut self, _remembered: &mut Vec<usize>) {
            (self.bytes, self.cells) = (0, 0);
        }

        pub fn work(&self) -> usize {
            0
        }

        /// No copy is that long here.
        pub fn range(&mut self, _: Values) {
            unreachable!("a long copy")
        }

        /// What may be a reference.
        pub fn word(&mut self, word: usize) {
            if (1..CELLS).contains(&word) && super::mark(word) {
                self.left.push(word);
                self.cells += 1;
            }
        }

        pub unsafe fn words(&mut self, start: *const usize, count: usize) {
            for index in 0..count {
                // SAFETY: the caller's promise.
                self.word(unsafe { start.add(index).read() });
            }
        }

        pub fn drain(&mut self, slice: Slice) -> bool {
            let mut looks = match slice {
                Slice::Words(words) => words,
                _ => usize::MAX,
            };
            while let Some(cell) = self.left.pop() {
                self.word(HEAP.load(cell));
                looks -= 1;
                if looks == 0 {
                    return self.left.is_empty();
                }
            }
            true
        }
    }
}

pub mod pacer {
    use super::super::cycle::Kind;

    pub struct Survived {
        pub base: usize,
        pub old: usize,
        pub growth: usize,
        pub until_next: usize,
    }

    impl Survived {
        pub fn is_much(&self) -> bool {
            false
        }
    }

    pub struct Pacer;

    impl Pacer {
        pub fn next_kind(&self) -> Kind {
            Kind::Major
        }

        /// So that what is marked is looked at when marking ends.
        pub fn is_stress(&self) -> bool {
            true
        }

        pub fn set_marked(&self, _bytes: usize) {}

        pub fn begin(&self, _kind: Kind) {}

        pub fn expect(&self, _kind: Kind) {}

        pub fn heap_bytes(&self) -> usize {
            0
        }

        pub fn collected(&self, _kind: Kind, _marked: usize) -> Survived {
            Survived {
                base: 0,
                old: 0,
                growth: 0,
                until_next: 0,
            }
        }
    }
}

pub mod handle {
    pub fn announce(_: &super::Heap) {}
}

pub mod calm {
    pub const BLOCKS_KEPT: usize = 0;

    pub struct Calm;

    impl Calm {
        pub fn take_thorough(&self) -> bool {
            false
        }
    }
}

pub mod history {
    pub fn begin(_heap_bytes: u64, _pauses_ns: u64) {}

    pub fn end(_live_bytes: u64, _pauses_ns: u64) {}
}

pub mod size_class {
    pub const BLOCK_BYTES: usize = 1;
}

/// Nothing is old here, and nothing has a finalizer.
pub mod block {
    #[derive(Clone, Copy, PartialEq, Eq)]
    pub struct BlockKind;

    impl BlockKind {
        pub const LARGE: BlockKind = BlockKind;
    }

    pub struct Block;

    pub struct Place {
        pub block: Block,
        pub index: usize,
    }

    pub fn find_cell(_: usize) -> Option<Place> {
        None
    }

    pub fn find_old(_: usize) -> Option<Place> {
        None
    }

    impl Block {
        pub fn is_marked(&self, _index: usize) -> bool {
            false
        }

        pub fn remembered_as(&self, _index: usize, at: usize) -> usize {
            at
        }

        pub fn remember(&self, _index: usize, _at: usize) -> bool {
            false
        }

        pub fn kind(&self) -> BlockKind {
            BlockKind::LARGE
        }

        pub fn card_bytes(&self) -> usize {
            1
        }
    }
}

pub mod verify {
    use super::{CELLS, HEAP, MARKS, State};
    use crate::task::list;

    /// In the stop in which marking ends: whatever a goroutine holds is marked, and what that leads to.
    pub unsafe fn check_marked(_: &mut State) {
        let mut left = Vec::new();
        let mut visit = |goroutine: &crate::task::G| {
            goroutine.for_each_word(&mut |word| left.push(word as usize));
        };
        // SAFETY: the world stands still.
        unsafe { list::for_each_goroutine(&mut visit) };
        let mut seen = [false; CELLS];
        while let Some(cell) = left.pop() {
            if (1..CELLS).contains(&cell) && !std::mem::replace(&mut seen[cell], true) {
                let is_marked = MARKS.with(|marks| marks[cell].get());
                assert!(is_marked, "cell {cell} is alive and not marked");
                left.push(HEAP.load(cell));
            }
        }
    }
}
