//! A block: 64 KiB cut into cells of one class, or the pages of one large object; with its bits.
//! Keeps: an allocated bit is set for each cell that was handed out or stands zeroed in some thread's
//! run; in a block that was not swept since the last collection for dead cells too. When marking begins
//! a mark bit is set for each cell that survived the collection before, if the collection is a minor
//! one, and for none otherwise. While the collector marks, other threads look blocks up as they come to
//! life: `kind` and the allocated bits are published last, and only sweeping takes them back, which
//! never happens while it marks. Never: writes into cells.
//! Read next: `mark.rs` (marks), `sweep.rs` (turns marks into room), `local.rs` (hands cells out).

use super::cell::HEADER;
use super::chunk::Chunk;
use super::handle::CLOSED;
use super::size_class::{BLOCK_BYTES, CLASS_BYTES, is_leaf, reciprocal};
use crate::prim::{AtomicU32, AtomicU64, AtomicUsize, Ordering};

/// What dead cells hold under stress.
const POISON: u8 = 0xd5;
/// Words of bits: one bit for each cell of the smallest class.
pub const BIT_WORDS: usize = BLOCK_BYTES / 16 / 64;
/// Cards are not smaller, and a large object has at most as many as there are bits.
const CARD_BYTES_MIN: usize = 512;

/// What a block holds. Zero is a free block.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BlockKind(u32);

impl BlockKind {
    /// Nothing.
    pub const FREE: BlockKind = BlockKind(0);
    /// Cells of one class.
    pub const SMALL: BlockKind = BlockKind(1);
    /// The beginning of a large object.
    pub const LARGE: BlockKind = BlockKind(2);
    /// A further block of a large object.
    pub const LARGE_TAIL: BlockKind = BlockKind(3);
}

/// Metadata of a block; lies in its chunk's metadata, all zeros while it is free.
#[repr(C)]
#[derive(Debug)]
pub struct Block {
    /// First address.
    pub start: usize,
    /// Bytes of a cell, header included; of a large object: of its pages.
    pub cell_bytes: usize,
    /// A [`BlockKind`].
    kind: AtomicU32,
    /// Index of the class.
    pub class: u32,
    /// See [`reciprocal`].
    pub reciprocal: u32,
    /// Cells in the block.
    pub cells: u32,
    /// Of a large object's tail: how many blocks before this one it begins. Of its head: how many
    /// blocks it has.
    pub span: u32,
    /// Cells that the last sweep found alive.
    pub used: u32,
    /// The collection after which it was last swept, or during which it came to life.
    pub swept: u32,
    /// The next one in the list of blocks with free cells, if it is in it.
    pub next_partial: *mut Block,
    /// Cells that were never handed out read as zeros.
    pub zeroed: bool,
    /// The class's cells hold no references.
    pub is_leaf: bool,
    /// Of a large object: the logarithm of [`Block::card_bytes`].
    card_shift: u8,
    /// Some worker had it since it was last swept, or it came to life since: the bits may differ.
    pub touched: bool,
    /// A bit for each cell that the collection found.
    pub marks: [AtomicU64; BIT_WORDS],
    /// A bit for each cell that is in use.
    pub allocated: [AtomicU64; BIT_WORDS],
    /// A bit for each cell that is remembered as written to since the last collection; of a large
    /// object for each card.
    remembered: [AtomicU64; BIT_WORDS],
}

impl Block {
    /// What it holds.
    #[inline(always)]
    pub fn kind(&self) -> BlockKind {
        // ORDERING: pairs with `publish`: what describes the block comes with it.
        BlockKind(self.kind.load(Ordering::Acquire))
    }

    fn publish(&self, kind: BlockKind) {
        // ORDERING: see `kind`.
        self.kind.store(kind.0, Ordering::Release);
    }

    /// Makes a free block one of cells of `class`.
    pub fn become_small(&mut self, start: usize, class: usize, zeroed: bool) {
        let cell_bytes = CLASS_BYTES[class];
        self.start = start;
        self.cell_bytes = cell_bytes as usize;
        self.class = class as u32;
        self.is_leaf = is_leaf(class);
        self.reciprocal = reciprocal(cell_bytes);
        self.cells = BLOCK_BYTES as u32 / cell_bytes;
        self.span = 1;
        self.zeroed = zeroed;
        self.clear_bits(self.bit_words());
        self.publish(BlockKind::SMALL);
    }

    /// Makes a free block the head of a large object of `bytes` bytes in `span` blocks. It is born
    /// marked while the collector marks.
    pub fn become_large(&mut self, start: usize, bytes: usize, span: usize, is_marked: bool) {
        self.start = start;
        self.cell_bytes = bytes;
        self.reciprocal = 0;
        self.is_leaf = false;
        let card_bytes_least = bytes.div_ceil(BIT_WORDS * 64).max(CARD_BYTES_MIN);
        self.card_shift = card_bytes_least.next_power_of_two().trailing_zeros() as u8;
        self.cells = 1;
        self.span = span as u32;
        self.clear_bits(BIT_WORDS);
        self.marks[0].store(u64::from(is_marked), Ordering::Relaxed);
        self.allocated[0].store(1, Ordering::Relaxed);
        self.publish(BlockKind::LARGE);
    }

    /// Makes a free block belong to the large object that begins `distance` blocks before.
    pub fn become_tail(&mut self, distance: usize) {
        self.span = distance as u32;
        self.publish(BlockKind::LARGE_TAIL);
    }

    /// Forgets what it held.
    pub fn become_free(&mut self) {
        self.publish(BlockKind::FREE);
    }

    /// Clears so many words of each kind: those that it uses.
    fn clear_bits(&mut self, words: usize) {
        self.used = 0;
        self.touched = true;
        for bits in [&self.marks, &self.allocated, &self.remembered] {
            for word in &bits[..words] {
                word.store(0, Ordering::Relaxed);
            }
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
        if self.reciprocal != 0 {
            self.small_index(address)
        } else {
            usize::from(offset >= self.cell_bytes)
        }
    }

    /// The same in a block of small cells.
    #[inline(always)]
    pub fn small_index(&self, address: usize) -> usize {
        (((address - self.start) as u64 * u64::from(self.reciprocal)) >> 32) as usize
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
        // ORDERING: pairs with `hand_out`: the cell reads as zeros or as what was put there since.
        self.allocated[index / 64].load(Ordering::Acquire) >> (index % 64) & 1 != 0
    }

    /// Marks the cells of `mask` in a word of bits as handed out, and as alive when the collector
    /// marks. Their memory reads as zeros.
    #[inline]
    pub fn hand_out(&self, word: usize, mask: u64, are_marked: bool) {
        if are_marked {
            self.marks[word].fetch_or(mask, Ordering::Relaxed);
        }
        let bits = self.allocated[word].load(Ordering::Relaxed);
        // ORDERING: see `is_allocated`. Only the block's owner writes these bits now.
        self.allocated[word].store(bits | mask, Ordering::Release);
    }

    /// Marks a cell; false when it was marked before. One thread marks at a time, others hand out
    /// marked cells meanwhile.
    #[inline(always)]
    pub fn mark(&self, index: usize) -> bool {
        let word = &self.marks[index / 64];
        let bit = 1 << (index % 64);
        word.load(Ordering::Relaxed) & bit == 0 && word.fetch_or(bit, Ordering::Relaxed) & bit == 0
    }

    /// Takes cells back that were handed out and never given a value.
    pub fn take_back(&self, from: usize, to: usize) {
        for index in from..to {
            let bit = 1 << (index % 64);
            self.marks[index / 64].fetch_and(!bit, Ordering::Relaxed);
            self.allocated[index / 64].fetch_and(!bit, Ordering::Relaxed);
        }
    }

    /// Where writes to the word at an address are remembered: the cell's header; of a large object
    /// the card's first address.
    #[inline(always)]
    pub fn remembered_as(&self, index: usize, address: usize) -> usize {
        if self.kind() == BlockKind::LARGE {
            return address - ((address - self.start) & (self.card_bytes() - 1));
        }
        self.cell_at(index)
    }

    /// Bytes of a card of a large object.
    #[inline(always)]
    pub fn card_bytes(&self) -> usize {
        1 << self.card_shift
    }

    #[inline(always)]
    fn remembered_bit(&self, index: usize, at: usize) -> usize {
        if self.kind() == BlockKind::LARGE {
            return (at - self.start) >> self.card_shift;
        }
        index
    }

    /// Remembers a cell or card, given as [`Block::remembered_as`] gives it; false when it was.
    #[inline(always)]
    pub fn remember(&self, index: usize, at: usize) -> bool {
        let bit_index = self.remembered_bit(index, at);
        let word = &self.remembered[bit_index / 64];
        let bit = 1 << (bit_index % 64);
        word.load(Ordering::Relaxed) & bit == 0 && word.fetch_or(bit, Ordering::Relaxed) & bit == 0
    }

    /// The opposite.
    pub fn forget(&self, index: usize, at: usize) {
        let bit = self.remembered_bit(index, at);
        self.remembered[bit / 64].fetch_and(!(1 << (bit % 64)), Ordering::Relaxed);
    }

    /// Adds the numbers of handles that the last collection found dead, before the block is swept.
    pub fn take_dropped(&self, dropped: &mut Vec<u64>) {
        for word in 0..self.bit_words() {
            let marks = self.marks[word].load(Ordering::Relaxed);
            let mut dead = self.allocated[word].load(Ordering::Relaxed) & !marks;
            while dead != 0 {
                let cell = self.cell_at(word * 64 + dead.trailing_zeros() as usize);
                dead &= dead - 1;
                // SAFETY: nobody has a dead cell, and its content stays until it is handed out again.
                // One that never got a header is no handle.
                let [header, number] = unsafe { *(cell as *const [u64; 2]) };
                if header != 0 && number != CLOSED {
                    dropped.push(number);
                }
            }
        }
    }

    /// After this the allocated bits say what the last collection found. The marks stay when the next
    /// collection is a minor one. Gives the number of cells found alive. With `poison`, dead cells are
    /// overwritten.
    #[inline(never)]
    pub fn sweep(&mut self, keeps_marks: bool, poison: bool) -> u32 {
        self.used = 0;
        self.touched = false;
        for index in 0..self.bit_words() {
            let marks = self.marks[index].load(Ordering::Relaxed);
            if poison {
                self.poison(
                    index,
                    self.allocated[index].load(Ordering::Relaxed) & !marks,
                );
            }
            self.allocated[index].store(marks, Ordering::Relaxed);
            if !keeps_marks {
                self.marks[index].store(0, Ordering::Relaxed);
            }
            self.used += marks.count_ones();
        }
        self.zeroed = false;
        self.used
    }

    fn poison(&self, word: usize, mut dead: u64) {
        while dead != 0 {
            let cell = self.cell_at(word * 64 + dead.trailing_zeros() as usize);
            // SAFETY: a dead cell is nobody's; it is zeroed before it is handed out again.
            unsafe { std::ptr::write_bytes(cell as *mut u8, POISON, self.cell_bytes) };
            dead &= dead - 1;
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
    let place = find_place(word)?;
    // SAFETY: an allocated cell is mapped and starts with its header, which its owner may be about
    // to set.
    let header = unsafe { AtomicUsize::from_ptr(place.header() as *mut usize) };
    (header.load(Ordering::Relaxed) != 0).then_some(place)
}

/// The block of small cells in which an address of the chunk lies.
#[inline(always)]
pub fn small_in_chunk(chunk: &'static Chunk, address: usize) -> Option<&'static Block> {
    let block = chunk.blocks.get((address - chunk.start) / BLOCK_BYTES)?;
    (block.kind() == BlockKind::SMALL).then_some(block)
}

/// The same without a look at the cell, which may never have been given a value.
#[inline(always)]
fn find_place(word: usize) -> Option<Place> {
    locate(word).filter(|place| place.block.is_allocated(place.index))
}

/// The cell that a word belongs to, if it survived the last collection: while marks are kept.
#[inline(always)]
pub fn find_old(word: usize) -> Option<Place> {
    // What survived is allocated: one bit less to look at, and nothing of the cell.
    locate(word).filter(|place| place.block.is_marked(place.index))
}

/// Where a cell would be, in use or not.
#[inline(always)]
fn locate(word: usize) -> Option<Place> {
    let address = word.wrapping_sub(1);
    let chunk = super::chunk::find_chunk(address)?;
    find_in_chunk(chunk, address)
}

/// Where the cell would be in which an address of the chunk lies, in use or not.
#[inline(always)]
pub fn find_in_chunk(chunk: &'static Chunk, address: usize) -> Option<Place> {
    let number = (address - chunk.start) / BLOCK_BYTES;
    // Behind the first 4 MiB there is nothing but the one huge object.
    let mut block = chunk.blocks.get(number).unwrap_or(&chunk.blocks[0]);
    let kind = block.kind();
    if kind == BlockKind::LARGE_TAIL {
        block = &chunk.blocks[number - block.span as usize];
        // The head of an object that another thread is about to make.
        if block.kind() != BlockKind::LARGE {
            return None;
        }
    } else if kind == BlockKind::FREE {
        block = &chunk.blocks[0];
        if chunk.bytes <= super::chunk::CHUNK_BYTES || block.kind() != BlockKind::LARGE {
            return None;
        }
    }
    let index = block.cell_index(address);
    (index < block.cells as usize).then_some(Place { block, index })
}
