//! A block: 64 KiB cut into cells of one class, or the pages of one large object; with its bits.
//! Keeps: an allocated bit is set exactly for cells that were handed out or stand zeroed in some
//! thread's run, except in a block whose last collection has not been swept: there the mark bits
//! say it. Never: writes into cells. Read next: `mark.rs` (marks), `sweep.rs` (turns marks into
//! room), `local.rs` (hands cells out).

use super::cell::HEADER;
use super::chunk::Chunk;
use super::size_class::{BLOCK_BYTES, CLASS_BYTES, reciprocal};
use crate::prim::{AtomicU32, AtomicU64, Ordering};

/// Words of bits: one bit for each cell of the smallest class.
pub const BIT_WORDS: usize = BLOCK_BYTES / 16 / 64;

/// What a block holds. Zero is a free block.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u32)]
pub enum BlockKind {
    /// Nothing.
    Free = 0,
    /// Cells of one class.
    Small = 1,
    /// The beginning of a large object.
    Large = 2,
    /// A further block of a large object.
    LargeTail = 3,
}

/// Metadata of a block; lies in its chunk's metadata, all zeros while it is free.
#[repr(C)]
pub struct Block {
    /// First address.
    pub start: usize,
    /// Bytes of a cell, header included; of a large object: of its pages.
    pub cell_bytes: usize,
    /// What it holds.
    pub kind: BlockKind,
    /// Index of the class.
    pub class: u32,
    /// See [`reciprocal`].
    pub reciprocal: u32,
    /// Cells in the block.
    pub cells: u32,
    /// Of a large object's tail: how many blocks before this one it begins. Of its head: how many
    /// blocks it has.
    pub span: u32,
    /// Cells marked by the current or last collection.
    pub marked: AtomicU32,
    /// The allocated bits are older than the mark bits.
    pub unswept: bool,
    /// Cells that were never handed out read as zeros.
    pub zeroed: bool,
    /// A bit for each cell that the collection found.
    pub marks: [AtomicU64; BIT_WORDS],
    /// A bit for each cell that is in use.
    pub allocated: [AtomicU64; BIT_WORDS],
}

impl Block {
    /// Makes a free block one of cells of `class`.
    pub fn become_small(&mut self, start: usize, class: usize, zeroed: bool) {
        let cell_bytes = CLASS_BYTES[class];
        self.start = start;
        self.cell_bytes = cell_bytes as usize;
        self.kind = BlockKind::Small;
        self.class = class as u32;
        self.reciprocal = reciprocal(cell_bytes);
        self.cells = BLOCK_BYTES as u32 / cell_bytes;
        self.span = 1;
        self.zeroed = zeroed;
        self.clear_bits();
    }

    /// Makes a free block the head of a large object of `bytes` bytes in `span` blocks.
    pub fn become_large(&mut self, start: usize, bytes: usize, span: usize) {
        self.start = start;
        self.cell_bytes = bytes;
        self.kind = BlockKind::Large;
        self.reciprocal = 0;
        self.cells = 1;
        self.span = span as u32;
        self.clear_bits();
        self.allocated[0].store(1, Ordering::Relaxed);
    }

    /// Makes a free block belong to the large object that begins `distance` blocks before.
    pub fn become_tail(&mut self, distance: usize) {
        self.kind = BlockKind::LargeTail;
        self.span = distance as u32;
    }

    /// Forgets what it held.
    pub fn become_free(&mut self) {
        self.kind = BlockKind::Free;
        self.unswept = false;
    }

    fn clear_bits(&mut self) {
        self.unswept = false;
        self.marked.store(0, Ordering::Relaxed);
        for word in self.marks.iter().chain(&self.allocated) {
            word.store(0, Ordering::Relaxed);
        }
    }

    /// Bit words that its cells use.
    #[inline]
    pub fn bit_words(&self) -> usize {
        self.cells.div_ceil(64) as usize
    }

    /// Index of the cell that contains an address of the block; at least `cells` in the unused tail.
    #[inline(always)]
    pub fn cell_index(&self, address: usize) -> usize {
        let offset = address - self.start;
        if self.kind == BlockKind::Small {
            ((offset as u64 * u64::from(self.reciprocal)) >> 32) as usize
        } else {
            usize::from(offset >= self.cell_bytes)
        }
    }

    /// Address of a cell's header.
    #[inline(always)]
    pub fn cell_at(&self, index: usize) -> usize {
        self.start + index * self.cell_bytes
    }

    /// Whether a cell is marked.
    #[inline(always)]
    pub fn is_marked(&self, index: usize) -> bool {
        self.marks[index / 64].load(Ordering::Relaxed) >> (index % 64) & 1 != 0
    }

    /// Whether a cell was handed out, or may be one of a run that some thread still hands out.
    #[inline(always)]
    pub fn is_allocated(&self, index: usize) -> bool {
        let bits = if self.unswept {
            &self.marks
        } else {
            &self.allocated
        };
        bits[index / 64].load(Ordering::Relaxed) >> (index % 64) & 1 != 0
    }

    /// Marks a cell; false when it was marked before. Only the collecting thread marks, so that a
    /// load and a store are enough.
    #[inline(always)]
    pub fn mark(&self, index: usize) -> bool {
        let word = &self.marks[index / 64];
        let (old, bit) = (word.load(Ordering::Relaxed), 1 << (index % 64));
        if old & bit != 0 {
            return false;
        }
        word.store(old | bit, Ordering::Relaxed);
        self.marked
            .store(self.marked.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
        true
    }

    /// Forgets all marks, before marking.
    pub fn clear_marks(&mut self) {
        self.marked.store(0, Ordering::Relaxed);
        for word in &self.marks[..self.cells.div_ceil(64) as usize] {
            word.store(0, Ordering::Relaxed);
        }
    }

    /// After this the allocated bits say what the last collection found.
    pub fn sweep(&mut self) {
        if !self.unswept {
            return;
        }
        self.unswept = false;
        for index in 0..self.bit_words() {
            let marks = self.marks[index].load(Ordering::Relaxed);
            self.allocated[index].store(marks, Ordering::Relaxed);
        }
    }
}

/// A cell, found by an address in it.
#[derive(Clone, Copy)]
pub struct Place {
    /// Its block.
    pub block: &'static Block,
    /// Its index there.
    pub index: usize,
}

impl Place {
    /// Address of the header.
    #[inline(always)]
    pub fn header(self) -> usize {
        self.block.cell_at(self.index)
    }

    /// Address of the payload.
    #[inline(always)]
    pub fn payload(self) -> usize {
        self.header() + HEADER
    }
}

/// The cell that a reference-like word belongs to, if it belongs to one: the cell of the byte before
/// it. A cell that was never given a value is none.
#[inline(always)]
pub fn find_cell(word: usize) -> Option<Place> {
    let address = word.wrapping_sub(1);
    let chunk = super::chunk::find_chunk(address)?;
    find_in_chunk(chunk, address)
}

#[inline(always)]
fn find_in_chunk(chunk: &'static Chunk, address: usize) -> Option<Place> {
    let number = (address - chunk.start) / BLOCK_BYTES;
    // Behind the first 4 MiB there is nothing but the one huge object.
    let mut block = chunk.blocks.get(number).unwrap_or(&chunk.blocks[0]);
    if block.kind == BlockKind::LargeTail {
        block = &chunk.blocks[number - block.span as usize];
    } else if block.kind == BlockKind::Free {
        block = &chunk.blocks[0];
        if chunk.bytes <= super::chunk::CHUNK_BYTES || block.kind != BlockKind::Large {
            return None;
        }
    }
    let index = block.cell_index(address);
    if index >= block.cells as usize || !block.is_allocated(index) {
        return None;
    }
    let place = Place { block, index };
    // SAFETY: an allocated cell is mapped and starts with its header.
    let header = unsafe { *(place.header() as *const usize) };
    (header != 0).then_some(place)
}
