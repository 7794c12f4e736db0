//! First chunks of stacks: pieces of one size carved out of large mappings, so that a goroutine
//! costs neither a system call nor a mapping of its own (the kernel allows 65,530 of them).
//! Keeps: free pieces are linked through their last word, which was touched anyway.

use crate::lock::{Rank, Ranked};
use crate::os::mem;

/// One piece; lazily backed, so that a goroutine that calls little costs one page.
pub const PIECE_BYTES: u64 = 32 << 10;
/// One mapping.
const SLAB_BYTES: u64 = 4 << 20;

struct Pool {
    /// Address of the last word of the first free piece, or 0.
    free: u64,
    /// Untouched rest of the newest slab.
    fresh: u64,
    fresh_end: u64,
}

static POOL: Ranked<Pool> = Ranked::new(
    Rank::StackSlab,
    Pool {
        free: 0,
        fresh: 0,
        fresh_end: 0,
    },
);

/// Address of a free piece, unless there is no memory.
#[must_use]
pub fn take() -> Option<u64> {
    let mut pool = POOL.lock();
    if pool.free != 0 {
        let link = pool.free;
        // SAFETY: free pieces hold the next one's link in their last word.
        pool.free = unsafe { *(link as *const u64) };
        return Some(link + 8 - PIECE_BYTES);
    }
    if pool.fresh == pool.fresh_end {
        pool.fresh = mem::map(SLAB_BYTES as usize)? as u64;
        pool.fresh_end = pool.fresh + SLAB_BYTES;
    }
    let base = pool.fresh;
    pool.fresh += PIECE_BYTES;
    Some(base)
}

/// Takes a piece back.
///
/// # Safety
/// `base` came from [`take`] and nobody uses the piece.
pub unsafe fn give_back(base: u64) {
    let link = base + PIECE_BYTES - 8;
    let mut pool = POOL.lock();
    // SAFETY: the piece is ours now.
    unsafe { *(link as *mut u64) = pool.free };
    pool.free = link;
}
