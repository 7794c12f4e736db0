//! Marking: follows references from the roots and sets the mark bit of every cell it meets.
//! Keeps: a cell is pushed once, when its bit turns; every word is looked up before it is followed,
//! so a word that is no reference does no harm. Words are read once, since the program may write
//! them meanwhile. Never: allocates in the collected heap.
//! Read next: `cycle.rs`, which drives it; `cell.rs`, which finds the words of a cell.

use super::block::{Block, BlockKind, Place, find_cell, find_in_chunk, small_in_chunk};
use super::cell::{HEADER, Values, bitmap};
use super::chunk::{Chunk, find_chunk};
use super::size_class::{BLOCK_BYTES, CELL_ALIGN};
use super::word;
use crate::prim::{AtomicPtr, Ordering};
use gos_abi::{CellKind, TypeDesc};
use std::time::Instant;

/// Capacity that the mark stack keeps from one collection to the next.
const STACK_KEPT: usize = 1 << 17;
/// Cells between the request for a cell's memory and the first look at it. Most of marking is
/// waiting for memory; so many requests are under way at once.
const AHEAD: usize = 32;
/// Arrays of more bytes are looked through in parts of this size.
const PART_BYTES: usize = 16 << 10;
/// What marking a cell counts, beside its words: one that must be looked at, and a leaf.
const CELL_WORK: usize = 8;
const LEAF_WORK: usize = 3;
/// Work between two looks at the clock: some microseconds.
const WORK_BETWEEN_LOOKS: usize = 2048;

/// How long a slice of marking may last.
#[derive(Clone, Copy, Debug)]
pub enum Slice {
    /// Until all is done.
    Whole,
    /// Until a time.
    Until(Instant),
    /// For about so many words: under stress.
    Words(usize),
}

/// Marks cells; handed to whoever knows roots.
#[derive(Debug)]
pub struct Tracer {
    /// Headers of cells that are marked but not yet looked through, without those in `ahead`.
    stack: Vec<usize>,
    /// What is left of large arrays.
    ranges: Vec<Values>,
    /// Headers whose memory was asked for, oldest first, in a ring.
    ahead: [usize; AHEAD],
    first_ahead: usize,
    end_ahead: usize,
    /// Old cells and cards that were written to, which are to be looked through again.
    remembered: Vec<usize>,
    /// The block of small cells that a word led to last, and the number that addresses in it have.
    near: Option<&'static Block>,
    near_number: usize,
    /// Words looked at, and something for each cell.
    work: usize,
    /// Bytes of the cells marked so far.
    pub bytes: u64,
    /// Cells marked so far.
    pub cells: u64,
}

impl Default for Tracer {
    fn default() -> Self {
        Self::new()
    }
}

impl Tracer {
    /// A tracer without work.
    pub const fn new() -> Self {
        Tracer {
            stack: Vec::new(),
            ranges: Vec::new(),
            remembered: Vec::new(),
            ahead: [0; AHEAD],
            first_ahead: 0,
            end_ahead: 0,
            near: None,
            near_number: 0,
            work: 0,
            bytes: 0,
            cells: 0,
        }
    }

    /// Begins to count anew; nothing is left to do but to look at what is remembered.
    pub fn begin_again(&mut self, remembered: &mut Vec<usize>) {
        self.stack.shrink_to(STACK_KEPT);
        self.remembered.clear();
        self.near = None;
        std::mem::swap(&mut self.remembered, remembered);
        (self.work, self.bytes, self.cells) = (0, 0, 0);
    }

    /// Words looked at since then, and something for each cell.
    pub fn work(&self) -> usize {
        self.work
    }

    /// Looks through these values later. They stay readable until marking ends.
    pub fn range(&mut self, values: Values) {
        if self.ranges.len() == self.ranges.capacity() {
            self.make_room();
        }
        self.ranges.push(values);
    }

    /// Keeps the cell that `word` belongs to, if it belongs to one.
    #[inline]
    pub fn word(&mut self, mut word: usize) {
        // SAFETY: one word.
        unsafe { self.group(&raw mut word, 1) };
    }

    /// The same of those of 64 words that have a bit set: most of what is marked is found here.
    ///
    /// # Safety
    /// The words are readable.
    #[inline(never)]
    unsafe fn group(&mut self, words: *mut usize, mut bits: u64) {
        while bits != 0 {
            // SAFETY: the caller's promise.
            let word = unsafe { word::read(words.wrapping_add(bits.trailing_zeros() as usize)) };
            bits &= bits - 1;
            if word == 0 {
                continue;
            }
            let address = word.wrapping_sub(1);
            let block = match self.near {
                Some(block) if address / BLOCK_BYTES == self.near_number => block,
                _ => {
                    let Some(chunk) = find_chunk(address) else {
                        continue;
                    };
                    let Some(block) = small_in_chunk(chunk, address) else {
                        self.large(chunk, address);
                        continue;
                    };
                    (self.near, self.near_number) = (Some(block), address / BLOCK_BYTES);
                    block
                }
            };
            let index = block.small_index(address);
            if index >= block.cells as usize || !block.is_allocated(index) || !block.mark(index) {
                continue;
            }
            self.count(block);
            // Not even its header need be looked at.
            if block.is_leaf {
                self.work += LEAF_WORK;
                continue;
            }
            self.work += CELL_WORK;
            if self.end_ahead - self.first_ahead == AHEAD {
                let oldest = self.take_oldest();
                self.push(oldest);
            }
            let header = block.cell_at(index);
            prefetch(header);
            self.ahead[self.end_ahead % AHEAD] = header;
            self.end_ahead += 1;
        }
    }

    /// Keeps the large object in which an address of the chunk lies, if it lies in one.
    #[inline(never)]
    fn large(&mut self, chunk: &'static Chunk, address: usize) {
        if let Some(Place { block, index }) = find_in_chunk(chunk, address)
            && block.is_allocated(index)
            && block.mark(index)
        {
            self.count(block);
            self.work += CELL_WORK;
            self.push(block.start);
        }
    }

    #[inline(always)]
    fn count(&mut self, block: &Block) {
        self.bytes += block.cell_bytes as u64;
        self.cells += 1;
    }

    fn take_oldest(&mut self) -> usize {
        let header = self.ahead[self.first_ahead % AHEAD];
        self.first_ahead += 1;
        header
    }

    #[inline]
    fn push(&mut self, header: usize) {
        if self.stack.len() == self.stack.capacity() {
            self.make_room();
        }
        self.stack.push(header);
    }

    #[cold]
    #[inline(never)]
    fn make_room(&mut self) {
        let is_full = self.stack.try_reserve(4096).is_err() || self.ranges.try_reserve(1).is_err();
        if is_full {
            super::out_of_memory("the collector's mark stack");
        }
    }

    /// Looks at each of `count` words at `start` as at something that an address may have been
    /// computed from: a reference, or the address of a cell's header, which is where the cell
    /// before it ends. The runtime's own code, which writes headers, may keep nothing else.
    ///
    /// # Safety
    /// The words are readable.
    #[inline(never)]
    pub unsafe fn words(&mut self, start: *const usize, count: usize) {
        for index in 0..count {
            // SAFETY: the caller's promise.
            let word = unsafe { word::read(start.add(index)) };
            // Most words of a stack are numbers, or addresses of code and of the stack.
            if word != 0 && find_chunk(word - 1).is_some() {
                self.word(word);
            }
            if word.is_multiple_of(CELL_ALIGN) && find_chunk(word).is_some() {
                self.word(word.wrapping_add(HEADER));
            }
        }
    }

    /// Looks through all cells that were marked, and those that are marked on the way. False when
    /// the slice was over before.
    pub fn drain(&mut self, slice: Slice) -> bool {
        let end = match slice {
            Slice::Words(words) => self.work + words,
            _ => usize::MAX,
        };
        let mut next_look = self.work + WORK_BETWEEN_LOOKS;
        loop {
            // What the ring cannot hold goes to the stack. Its memory was asked for long ago.
            let is_filling = self.end_ahead - self.first_ahead < AHEAD / 2;
            if is_filling && let Some(header) = self.stack.pop() {
                // SAFETY: only headers of allocated cells are kept; so below.
                unsafe { self.cell(header) };
            } else if self.end_ahead != self.first_ahead {
                let header = self.take_oldest();
                // SAFETY: as above.
                unsafe { self.cell(header) };
            } else if let Some(range) = self.ranges.pop() {
                self.part_of(range);
            } else if let Some(at) = self.remembered.pop() {
                self.look_again(at);
            } else {
                return true;
            }
            if self.work >= end {
                return false;
            }
            if self.work >= next_look {
                next_look = self.work + WORK_BETWEEN_LOOKS;
                if matches!(slice, Slice::Until(time) if Instant::now() >= time) {
                    return false;
                }
            }
        }
    }

    /// Looks through an old cell, or a card of a large object, and forgets that it was written to.
    fn look_again(&mut self, at: usize) {
        let Some(Place { block, index }) = find_cell(at + 1) else {
            return;
        };
        block.forget(index, at);
        let header = block.cell_at(index);
        // SAFETY: the header of an allocated cell.
        let values = unsafe { Values::of_cell(header) };
        match values {
            Some(values) if block.kind() == BlockKind::LARGE && values.count() > 1 => {
                let (size, first) = (values.size().max(1), values.start());
                let end = (at + block.card_bytes())
                    .saturating_sub(first)
                    .div_ceil(size);
                let (until, _) = values.split(end);
                self.range(until.split(at.saturating_sub(first) / size).1);
            }
            // SAFETY: as above.
            _ => unsafe { self.cell(header) },
        }
    }

    fn part_of(&mut self, values: Values) {
        let bytes = values.size().max(1);
        let (part, rest) = values.split((PART_BYTES / bytes).max(1));
        if rest.count() > 0 {
            self.range(rest);
        }
        self.work += part.count() * bytes / 8;
        // SAFETY: values of cells that are marked, or were logged while they are alive.
        unsafe { part.for_each_group(&mut |words, bits| self.group(words, bits)) };
    }

    /// Looks through one cell.
    ///
    /// # Safety
    /// `header` is the address of an allocated cell's header.
    unsafe fn cell(&mut self, header: usize) {
        // SAFETY: the layouts of `gos_abi`.
        unsafe {
            let desc = (*(header as *const AtomicPtr<TypeDesc>)).load(Ordering::Relaxed);
            if desc.is_null() {
                // Never given a value.
                return;
            }
            // Large objects without references come here, too.
            if (*desc).bitmap_words == 0 {
                return;
            }
            let payload = (header + HEADER) as *mut u8;
            if (*desc).kind == CellKind::Fixed as u32 && (*desc).bitmap_words == 1 {
                self.work += (*desc).size as usize / 8;
                self.group(payload.cast(), bitmap(desc)[0]);
            } else if let Some(values) = Values::of_cell(header) {
                self.part_of(values);
            }
        }
    }
}

/// Asks for the memory at an address, which may be any number.
#[inline(always)]
fn prefetch(address: usize) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: a prefetch has no effect but on the cache and never faults.
    unsafe {
        use core::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        _mm_prefetch::<_MM_HINT_T0>(address as *const i8);
    }
    #[cfg(target_arch = "aarch64")]
    // SAFETY: as above.
    unsafe {
        core::arch::asm!("prfm pldl1keep, [{0}]", in(reg) address, options(nostack, preserves_flags));
    }
}
