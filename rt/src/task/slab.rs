//! First chunks of stacks: pieces of two sizes carved out of large mappings, so that a goroutine
//! costs neither a system call nor a mapping of its own (the kernel allows 65,530 of them).
//! Keeps: free pieces are linked through their last word, which was touched anyway.
//! Never: knows who gets which size (`stack.rs`).

use crate::lock::{Rank, Ranked};
use crate::os::mem;

/// One mapping.
const SLAB_BYTES: u64 = 4 << 20;

struct Free {
    /// Address of the last word of the first free piece, or 0.
    first: u64,
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

impl Pool {
    const fn new(piece_bytes: u64) -> Self {
        let free = Free {
            first: 0,
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
    pub fn take(&self) -> Option<u64> {
        let mut free = self.free.lock();
        if free.first != 0 {
            let link = free.first;
            // SAFETY: free pieces hold the next one's link in their last word.
            free.first = unsafe { *(link as *const u64) };
            return Some(link + 8 - self.piece_bytes);
        }
        if free.fresh == free.fresh_end {
            free.fresh = mem::map(SLAB_BYTES as usize)? as u64;
            free.fresh_end = free.fresh + SLAB_BYTES;
        }
        let base = free.fresh;
        free.fresh += self.piece_bytes;
        Some(base)
    }

    /// Takes a piece back.
    ///
    /// # Safety
    /// `base` came from [`Pool::take`] and nobody uses the piece.
    pub unsafe fn give_back(&self, base: u64) {
        let link = base + self.piece_bytes - 8;
        let mut free = self.free.lock();
        // SAFETY: the piece is ours now.
        unsafe { *(link as *mut u64) = free.first };
        free.first = link;
    }
}

/// For goroutines in great number.
pub static SMALL: Pool = Pool::new(2 << 10);
/// Lazily backed, so that a goroutine that calls little costs one page.
pub static LARGE: Pool = Pool::new(32 << 10);
