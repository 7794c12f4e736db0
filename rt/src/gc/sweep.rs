//! Sweeping: after a collection has found out what is alive, turns the rest into room, one chunk at
//! a time, while the program runs. Whoever looks for room sweeps too.
//! Keeps: all of it is done before marking begins again; marks stay when the next collection is a minor
//! one. Never: runs while cells are marked.
//! Read next: `cycle.rs`, which drives it; `heap.rs`, whose lists it fills; `huge.rs`.

use super::block::BlockKind;
use super::chunk::{CHUNK_BLOCKS, Chunk};
use super::cycle::Kind;
use super::heap::State;
use super::size_class::HANDLES;

/// How far the blocks are swept since the last collection.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sweep {
    /// The chunks from this one on are left.
    Blocks {
        /// Index in `State::chunks`.
        next: usize,
    },
    /// All.
    Done,
}

impl State {
    /// A collection ended: everything is to be swept. What a minor one found in blocks that nobody
    /// touched is what the one before found.
    pub fn begin_sweep(&mut self, ended: Kind, next: Kind) {
        self.number = self.number.wrapping_add(1);
        self.keeps_marks = next == Kind::Minor;
        self.is_swept_untouched = ended == Kind::Minor && self.keeps_marks;
        self.partial.fill(std::ptr::null_mut());
        self.sweep = Sweep::Blocks { next: 0 };
    }

    /// Sweeps one chunk; false when none was left.
    pub fn sweep_some(&mut self, poison: bool) -> bool {
        let Sweep::Blocks { next } = self.sweep else {
            return false;
        };
        if next >= self.chunks.len() {
            self.sweep = Sweep::Done;
            return false;
        }
        // SAFETY: chunks in the list are mapped, and nobody uses blocks that are not swept.
        unsafe { self.sweep_chunk(self.chunks[next], poison) };
        self.sweep = Sweep::Blocks { next: next + 1 };
        true
    }

    unsafe fn sweep_chunk(&mut self, chunk: *mut Chunk, poison: bool) {
        for number in 0..CHUNK_BLOCKS {
            // SAFETY: the caller's promise.
            unsafe {
                let block = &raw mut (*chunk).blocks[number];
                let kind = (*block).kind();
                let is_head = kind == BlockKind::SMALL || kind == BlockKind::LARGE;
                if !is_head || (*block).swept == self.number {
                    continue;
                }
                (*block).swept = self.number;
                let is_known = self.is_swept_untouched && !(*block).touched;
                let poison = poison && kind == BlockKind::SMALL;
                if kind == BlockKind::SMALL && (*block).class as usize == HANDLES && !is_known {
                    (*block).take_dropped(&mut self.dropped);
                }
                if !is_known && (*block).sweep(self.keeps_marks, poison) == 0 {
                    self.free_blocks(chunk, number, (*block).span as usize);
                } else if (*block).used < (*block).cells {
                    let first = &mut self.partial[(*block).class as usize];
                    (*block).next_partial = *first;
                    *first = block;
                }
            }
        }
    }
}
