//! The heap: chunks, who may use which block, and large objects.
//! Keeps: `State` is touched only under its lock; a block is in one place: free in its chunk, in a
//! `partial` list, in some worker's share, or full. Never: calls into the scheduler.
//! Read next: `sweep.rs`, which refills the lists; `local.rs`, which empties them.

use super::alloc::Content;
use super::barrier::{AtomicPhase, Logged, PHASE, Phase};
use super::block::Block;
use super::calm::Calm;
use super::chunk::{CHUNK_BLOCKS, CHUNK_BYTES, Chunk, map_chunk};
use super::cycle::Turn;
use super::generation::Minors;
use super::huge::renew;
use super::limit::{self, Share};
use super::local::Local;
use super::pacer::Pacer;
use super::size_class::{BLOCK_BYTES, CLASS_COUNT};
use super::sweep::Sweep;
use crate::lock::{Held, Rank, Ranked};
use crate::os::pages;
use crate::prim::{AtomicU32, AtomicU64, Ordering};

/// Chunks that one allocation sweeps at most before it takes a free block.
const CHUNKS_SWEPT_MAX: usize = 4;

/// So many chunks are mapped with the system's usual pages; further ones ask for large pages, which
/// cost less to find than they may waste.
const CHUNKS_OF_SMALL_PAGES: usize = 8;

/// A heap. A process has one; tests make more.
pub struct Heap {
    state: Ranked<State>,
    /// When to collect.
    pub pacer: Pacer,
    /// How many collections have found out what is alive.
    pub epoch: AtomicU64,
    /// Who collects, and how far it is.
    pub cycle: Turn,
    /// When to give memory back.
    pub calm: Calm,
    /// What stores of references owe; changes only while the world stands still.
    phase: AtomicPhase,
    /// A [`Minors`].
    minors: AtomicU32,
}

/// What the lock protects.
pub struct State {
    /// All mapped chunks but those of huge objects.
    pub chunks: Vec<*mut Chunk>,
    /// Chunks that hold one huge object each.
    pub huge: Vec<*mut Chunk>,
    /// Chunks that held one, for others of their size; not counted as mapped.
    pub spare: Vec<*mut Chunk>,
    /// No chunk before this one has a free block.
    first_free: usize,
    /// The number of the last collection: blocks with another one are to be swept.
    pub number: u32,
    /// How far they are swept.
    pub sweep: Sweep,
    /// Sweeping leaves the marks: what survived is old.
    pub keeps_marks: bool,
    /// Blocks that nobody touched since they were last swept need not be swept.
    pub is_swept_untouched: bool,
    /// For each class the first of the blocks with some free cells, which are linked.
    pub partial: [*mut Block; CLASS_COUNT],
    /// What full logs of stores held.
    pub logged: Logged,
    /// Shares of the workers.
    pub locals: Vec<*mut Local>,
    /// Numbers of handles that were found dead, and that nobody took yet.
    pub dropped: Vec<u64>,
    /// Free blocks that do not read as zeros: their pages still cost memory.
    pub dirty_blocks: usize,
    /// For `mem_stats`.
    pub stats: Stats,
}

/// Figures of a heap.
#[derive(Clone, Copy, Debug, Default)]
pub struct Stats {
    /// Bytes of cells that the last collection found alive.
    pub live_bytes: u64,
    /// Cells that it found alive.
    pub live_cells: u64,
    /// Collections so far.
    pub collections: u64,
    /// Time that the world stood still for them, in all.
    pub pause_ns_total: u64,
    /// The longest time that it did at once.
    pub pause_ns_max: u64,
    /// Bytes mapped for cells.
    pub mapped_bytes: u64,
    /// Times that the world stood still, by length: place `i` counts those shorter than `2^i`
    /// microseconds that no place before it counts; the last one all that are longer.
    pub pauses: [u64; PAUSE_PLACES],
}

/// Places of [`Stats::pauses`].
pub const PAUSE_PLACES: usize = 20;

impl Stats {
    /// Counts a time that the world stood still.
    pub fn add_pause(&mut self, time: std::time::Duration) {
        let ns = time.as_nanos() as u64;
        self.pause_ns_total += ns;
        self.pause_ns_max = self.pause_ns_max.max(ns);
        let micros = ns / 1000;
        let place = (u64::BITS - micros.leading_zeros()) as usize;
        self.pauses[place.min(PAUSE_PLACES - 1)] += 1;
    }
}

// SAFETY: the pointers lead to memory of the heap, which is used under the lock or by one owner.
unsafe impl Send for State {}

impl Default for Heap {
    fn default() -> Self {
        Self::new()
    }
}

impl Heap {
    /// An empty heap.
    pub const fn new() -> Heap {
        let state = State {
            chunks: Vec::new(),
            huge: Vec::new(),
            spare: Vec::new(),
            first_free: 0,
            number: 0,
            sweep: Sweep::Done,
            keeps_marks: false,
            is_swept_untouched: false,
            partial: [std::ptr::null_mut(); CLASS_COUNT],
            logged: Logged::new(),
            locals: Vec::new(),
            dropped: Vec::new(),
            dirty_blocks: 0,
            stats: Stats {
                live_bytes: 0,
                live_cells: 0,
                collections: 0,
                pause_ns_total: 0,
                pause_ns_max: 0,
                pauses: [0; PAUSE_PLACES],
                mapped_bytes: 0,
            },
        };
        Heap {
            state: Ranked::new(Rank::Heap, state),
            pacer: Pacer::new(),
            epoch: AtomicU64::new(0),
            cycle: Turn::new(),
            calm: Calm::new(),
            phase: AtomicPhase::new(Phase::IDLE),
            minors: AtomicU32::new(Minors::Never as u32),
        }
    }

    /// Whether new cells must be marked, since the collector marks.
    #[inline]
    pub fn is_marking(&self) -> bool {
        self.phase() == Phase::MARK
    }

    /// Says what stores of references owe the collector. While the world stands still.
    pub fn set_phase(&self, phase: Phase) {
        self.phase.store(phase);
        if std::ptr::eq(self, &raw const super::HEAP) {
            PHASE.store(phase);
        }
    }

    /// What stores of references owe the collector.
    #[inline]
    pub fn phase(&self) -> Phase {
        self.phase.load()
    }

    /// Which collections are minor ones.
    pub fn minors(&self) -> Minors {
        Minors::of(self.minors.load(Ordering::Relaxed))
    }

    /// Decides that, from the next one on.
    pub fn set_minors(&self, minors: Minors) {
        self.minors.store(minors as u32, Ordering::Relaxed);
    }

    /// Asks how much memory the heap may have, now that it has what it has.
    pub fn measure_room(&self) {
        let share = {
            let state = self.lock();
            Share {
                resident: state.resident_bytes(),
                mapped: state.stats.mapped_bytes as usize,
            }
        };
        self.pacer
            .set_room(limit::of_heap(self.pacer.limit(), share));
    }

    /// Sets the soft limit of the process's memory; gives the one before.
    pub fn set_limit(&self, bytes: usize) -> usize {
        let before = match self.pacer.set_limit(bytes) {
            0 => limit::of_container(),
            before => before,
        };
        self.measure_room();
        before
    }

    /// Locks the state. Held only for short work, and never at a safepoint.
    pub fn lock(&self) -> Held<'_, State> {
        self.state.lock()
    }

    /// A share for a worker; lives as long as the process.
    pub fn new_local(&'static self) -> *mut Local {
        let local = Box::into_raw(Box::new(Local::new(self)));
        self.lock().locals.push(local);
        local
    }

    /// Gives `local` a block with free cells of `class`. False when the system has no memory.
    pub fn supply(&self, local: &mut Local, class: usize) -> bool {
        let Some(block) = self.block_of(class) else {
            return false;
        };
        // SAFETY: out of the list it belongs to us alone.
        let block_ref = unsafe { &mut *block };
        block_ref.touched = true;
        let free = (block_ref.cells - block_ref.used) as usize;
        self.pacer.add_allocated(free * block_ref.cell_bytes);
        local.adopt(class, block);
        true
    }

    /// A block with free cells, which belongs to the caller now. Sweeps a little when no such block
    /// is known.
    fn block_of(&self, class: usize) -> Option<*mut Block> {
        let mut state = self.lock();
        for _ in 0..CHUNKS_SWEPT_MAX {
            if !state.partial[class].is_null() || !state.sweep_some(self.pacer.is_stress()) {
                break;
            }
        }
        let first = state.partial[class];
        if !first.is_null() {
            // SAFETY: blocks in the lists are nobody else's.
            state.partial[class] = unsafe { (*first).next_partial };
            return Some(first);
        }
        let (chunk, number, zeroed) = state.take_blocks(1)?;
        // SAFETY: the block was free and is now ours.
        unsafe {
            let start = (*chunk).start + number * BLOCK_BYTES;
            let block = &raw mut (*chunk).blocks[number];
            (*block).swept = state.number;
            (*block).become_small(start, class, zeroed);
            Some(block)
        }
    }

    /// A large object of at least `bytes` bytes, header included: its address. `None` when the
    /// system has no memory.
    pub fn take_large(&self, bytes: usize, content: Content) -> Option<usize> {
        let page_bytes = bytes.checked_next_multiple_of(4096)?;
        let mut state = self.lock();
        if page_bytes > CHUNK_BYTES {
            let start = state.take_huge(page_bytes, content, self.is_marking())?;
            self.pacer.add_allocated(page_bytes);
            return Some(start);
        }
        let span = page_bytes.div_ceil(BLOCK_BYTES);
        let (chunk, number, zeroed) = state.take_blocks(span)?;
        // SAFETY: the blocks were free and are now ours.
        let start = unsafe {
            let start = (*chunk).start + number * BLOCK_BYTES;
            for distance in 1..span {
                (*chunk).blocks[number + distance].become_tail(distance);
            }
            if !zeroed {
                renew(start, page_bytes, content);
            }
            let head = &raw mut (*chunk).blocks[number];
            (*head).swept = state.number;
            (*head).become_large(start, page_bytes, span, self.is_marking());
            start
        };
        drop(state);
        // Whole blocks: what is free after the next collection is kept by the same measure.
        self.pacer.add_allocated(span * BLOCK_BYTES);
        Some(start)
    }
}

impl State {
    /// Takes over what the workers have logged, while the collector marked or not. While the world
    /// stands still.
    pub fn gather_logs(&mut self, is_marking: bool) {
        // SAFETY: the world stands still.
        unsafe { self.logged.gather(&self.locals, is_marking) };
    }

    /// Takes `count` adjacent free blocks: their chunk, the first one's number, and whether they
    /// read as zeros.
    fn take_blocks(&mut self, count: usize) -> Option<(*mut Chunk, usize, bool)> {
        for index in self.first_free..self.chunks.len() {
            let chunk = self.chunks[index];
            // SAFETY: a chunk in the list is mapped.
            let free = unsafe { (*chunk).free };
            if free == 0 && index == self.first_free {
                self.first_free += 1;
            }
            if let Some(number) = find_ones(free, count) {
                return Some(self.claim(chunk, number, count));
            }
        }
        let chunk = map_chunk(CHUNK_BYTES)?;
        self.stats.mapped_bytes += CHUNK_BYTES as u64;
        if self.chunks.len() >= CHUNKS_OF_SMALL_PAGES {
            // SAFETY: a new chunk is ours.
            pages::prefer_large(unsafe { (*chunk).start } as *mut u8, CHUNK_BYTES);
        }
        self.chunks.push(chunk);
        Some(self.claim(chunk, 0, count))
    }

    fn claim(
        &mut self,
        chunk: *mut Chunk,
        number: usize,
        count: usize,
    ) -> (*mut Chunk, usize, bool) {
        let mask = (u64::MAX >> (CHUNK_BLOCKS - count)) << number;
        // SAFETY: a chunk in the list is mapped, and the lock is held.
        unsafe {
            let zeroed = (*chunk).zeroed & mask;
            self.dirty_blocks -= count - zeroed.count_ones() as usize;
            (*chunk).free &= !mask;
            (*chunk).zeroed &= !mask;
            (chunk, number, zeroed == mask)
        }
    }

    /// Makes `count` blocks free again.
    ///
    /// # Safety
    /// Nothing in them is reachable, and no share uses them.
    pub unsafe fn free_blocks(&mut self, chunk: *mut Chunk, number: usize, count: usize) {
        // SAFETY: the chunk is mapped, and the lock is held.
        unsafe {
            for block in &mut (&mut (*chunk).blocks)[number..number + count] {
                block.become_free();
            }
            (*chunk).free |= (u64::MAX >> (CHUNK_BLOCKS - count)) << number;
        }
        self.dirty_blocks += count;
        self.first_free = 0;
    }

    /// Gives pages of free blocks back to the system until at most `kept` of them still hold memory.
    pub fn release(&mut self, kept: usize) {
        for index in (0..self.chunks.len()).rev() {
            self.release_in(index, kept);
        }
    }

    /// The same in one chunk.
    pub fn release_in(&mut self, index: usize, kept: usize) {
        if self.dirty_blocks <= kept {
            return;
        }
        let chunk = self.chunks[index];
        // SAFETY: a chunk in the list is mapped; free blocks are nobody's.
        unsafe {
            let mut dirty = (*chunk).free & !(*chunk).zeroed;
            while dirty != 0 {
                let number = dirty.trailing_zeros() as usize;
                let count = (!(dirty >> number)).trailing_zeros() as usize;
                let start = (*chunk).start + number * BLOCK_BYTES;
                pages::discard(start as *mut u8, count * BLOCK_BYTES);
                let mask = (u64::MAX >> (CHUNK_BLOCKS - count)) << number;
                (*chunk).zeroed |= mask;
                dirty &= !mask;
                self.dirty_blocks -= count;
            }
        }
    }

    /// Bytes that hold memory: those in use, and free blocks that the system has not got back.
    pub fn resident_bytes(&self) -> usize {
        self.used_bytes() as usize + self.dirty_blocks * BLOCK_BYTES
    }

    /// Bytes in blocks and objects that are in use.
    pub fn used_bytes(&self) -> u64 {
        // SAFETY: chunks in the lists are mapped.
        let free: usize = self
            .chunks
            .iter()
            .map(|&chunk| unsafe { (*chunk).free }.count_ones() as usize * BLOCK_BYTES)
            .sum();
        self.stats.mapped_bytes - free as u64
    }
}

/// Position of the lowest run of `count` ones.
fn find_ones(bits: u64, count: usize) -> Option<usize> {
    let mut runs = bits;
    let mut length = 1;
    // After each round a bit of `runs` stands for a run that is twice as long.
    while length < count && runs != 0 {
        let step = length.min(count - length);
        runs &= runs >> step;
        length += step;
    }
    (runs != 0).then(|| runs.trailing_zeros() as usize)
}

#[cfg(test)]
mod tests {
    use super::find_ones;

    #[test]
    fn finds_runs_of_free_blocks() {
        assert_eq!(find_ones(0, 1), None);
        assert_eq!(find_ones(u64::MAX, 64), Some(0));
        assert_eq!(find_ones(u64::MAX << 1, 64), None);
        assert_eq!(find_ones(0b0111_0110, 3), Some(4));
        assert_eq!(find_ones(0b0111_0110, 2), Some(1));
        assert_eq!(find_ones(0b0101_0101, 2), None);
        for count in 1..=64 {
            for at in 0..=64 - count {
                assert_eq!(find_ones((u64::MAX >> (64 - count)) << at, count), Some(at));
            }
        }
    }
}
