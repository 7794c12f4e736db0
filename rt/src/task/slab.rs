//! First chunks of stacks: pieces of two sizes carved out of large mappings, so that a goroutine
//! costs neither a system call nor a mapping of its own (the kernel allows 65,530 of them).
//! Keeps: free pieces are linked through their last word, which was touched anyway; a worker keeps some to
//! itself (`own.rs`). Never: knows who gets which size (`stack.rs`).

use crate::lock::{Rank, Ranked};
use crate::os::mem;
use crate::prim::shared;
use crate::task::stash::{Chain, Stash};

/// One mapping.
const SLAB_BYTES: u64 = if cfg!(loom) { 4 << 10 } else { 4 << 20 };
/// Unused memory that a worker takes at once.
const FRESH_BYTES: u64 = if cfg!(loom) { 2 << 10 } else { 64 << 10 };

struct Free {
    chains: Vec<Chain>,
    slabs: usize,
    /// Untouched rest of the newest slab.
    fresh: u64,
    fresh_end: u64,
}

/// Pieces of one size.
pub struct Pool {
    /// Bytes of one piece; a slab holds a whole number of them.
    pub piece_bytes: u64,
    free: Ranked<Free>,
}

/// Those that a worker has.
#[derive(Debug)]
pub struct Pieces {
    ended: Stash,
    fresh: u64,
    fresh_end: u64,
}

impl Pieces {
    /// None.
    #[must_use]
    pub const fn new() -> Self {
        Pieces {
            ended: Stash::new(),
            fresh: 0,
            fresh_end: 0,
        }
    }
}

impl Default for Pieces {
    fn default() -> Self {
        Self::new()
    }
}

impl Pool {
    const fn new(piece_bytes: u64) -> Self {
        let free = Free {
            chains: Vec::new(),
            slabs: 0,
            fresh: 0,
            fresh_end: 0,
        };
        Pool {
            piece_bytes,
            free: Ranked::new(Rank::StackSlab, free),
        }
    }

    /// Address of a free piece, unless there is no memory.
    #[must_use]
    #[inline]
    pub fn take(&self, pieces: &mut Pieces) -> Option<u64> {
        loop {
            if let Some(link) = pieces.ended.take() {
                return Some(link as u64 + 8 - self.piece_bytes);
            }
            if pieces.fresh != pieces.fresh_end {
                let base = pieces.fresh;
                pieces.fresh += self.piece_bytes;
                return Some(base);
            }
            self.refill(pieces)?;
        }
    }

    #[cold]
    fn refill(&self, pieces: &mut Pieces) -> Option<()> {
        let mut free = self.free.lock();
        if let Some(chain) = free.chains.pop() {
            pieces.ended.refill(chain);
            return Some(());
        }
        if free.fresh == free.fresh_end {
            free.slabs += 1;
            free.fresh = mem::map(SLAB_BYTES as usize)? as u64;
            free.fresh_end = free.fresh + SLAB_BYTES;
        }
        pieces.fresh = free.fresh;
        free.fresh += FRESH_BYTES;
        pieces.fresh_end = free.fresh;
        let is_dense = free.slabs > 1 && self.piece_bytes < mem::page_bytes();
        drop(free);
        if is_dense {
            // A program with many goroutines, which touch all of it.
            mem::populate(pieces.fresh as usize, FRESH_BYTES as usize);
        }
        Some(())
    }

    /// Takes a piece back.
    ///
    /// # Safety
    /// `base` came from [`Pool::take`] and nobody uses the piece.
    #[inline]
    pub unsafe fn give_back(&self, pieces: &mut Pieces, base: u64) {
        let link = (base + self.piece_bytes - 8) as *mut u64;
        // SAFETY: the piece is ours now.
        if let Some(chain) = unsafe { pieces.ended.give(link) } {
            self.free.lock().chains.push(chain);
        }
    }
}

shared! {
    /// For goroutines in great number.
    pub static SMALL: Pool = Pool::new(2 << 10);
    /// Lazily backed, so that a goroutine that calls little costs one page.
    pub static LARGE: Pool = Pool::new(32 << 10);
}
