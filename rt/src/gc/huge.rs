//! Huge objects: each has a chunk of its own. The chunk of one that died waits a while for another of
//! its size: pages that hold memory already cost less than new ones, which must be got from the system,
//! and zeroed, one by one.
//! Keeps: no more memory waits than is likely needed until the next collection, and none longer than
//! that. Never: gives memory back while cells are marked. Read next: `sweep.rs`, `heap.rs`.

use super::alloc::Content;
use super::chunk::{CHUNK_BYTES, Chunk, map_chunk, unmap_chunk};
use super::heap::{Heap, State};
use crate::os::pages;

/// Objects of this size are zeroed by giving their pages back: the system has zeros.
const DISCARDED_BYTES_MIN: usize = 1 << 20;

/// Makes memory that held other things fit for a cell with such content.
///
/// # Safety
/// The memory is mapped and the caller's.
pub unsafe fn renew(start: usize, bytes: usize, content: Content) {
    let start = start as *mut u8;
    // SAFETY: the caller's promise.
    unsafe {
        match content {
            // The header is zero until the caller has set it: nobody takes it for a cell before.
            Content::Any => start.cast::<u64>().write(0),
            Content::Zeros if bytes >= DISCARDED_BYTES_MIN => pages::discard(start, bytes),
            Content::Zeros => start.write_bytes(0, bytes),
        }
    }
}

impl State {
    /// A huge object of `page_bytes` bytes: its address. `None` when the system has no memory.
    pub fn take_huge(
        &mut self,
        page_bytes: usize,
        content: Content,
        is_marked: bool,
    ) -> Option<usize> {
        let bytes = page_bytes.checked_next_multiple_of(CHUNK_BYTES)?;
        // SAFETY: chunks in the list are mapped and nobody's; a new one is ours.
        unsafe {
            let fits = |&chunk: &*mut Chunk| (*chunk).bytes == bytes;
            let chunk = match self.spare.iter().position(fits) {
                Some(index) => {
                    let chunk = self.spare.swap_remove(index);
                    renew((*chunk).start, page_bytes, content);
                    chunk
                }
                None => {
                    let chunk = map_chunk(bytes)?;
                    pages::prefer_large((*chunk).start as *mut u8, page_bytes);
                    (*chunk).free = 0;
                    (*chunk).zeroed = 0;
                    chunk
                }
            };
            (*chunk).blocks[0].swept = self.number;
            (*chunk).blocks[0].become_large((*chunk).start, page_bytes, 1, is_marked);
            self.stats.mapped_bytes += bytes as u64;
            self.huge.push(chunk);
            Some((*chunk).start)
        }
    }

    /// Takes the huge objects that were not marked out of the list. Up to so many bytes of them wait for
    /// another use; gives what does not, and what did since the collection before.
    fn take_dead_huge(&mut self, mut kept: usize) -> Vec<*mut Chunk> {
        let mut dead = std::mem::take(&mut self.spare);
        let (number, keeps_marks) = (self.number, self.keeps_marks);
        let State {
            huge, spare, stats, ..
        } = self;
        huge.retain(|&chunk| {
            // SAFETY: chunks in the list are mapped.
            unsafe {
                let block = &raw mut (*chunk).blocks[0];
                if (*block).swept == number {
                    return true;
                }
                (*block).swept = number;
                let alive = (*block).sweep(keeps_marks, false) != 0;
                if !alive {
                    let bytes = (*chunk).bytes;
                    stats.mapped_bytes -= bytes as u64;
                    let list = if bytes <= kept {
                        kept -= bytes;
                        (*block).become_free();
                        &mut *spare
                    } else {
                        &mut dead
                    };
                    list.push(chunk);
                }
                alive
            }
        });
        dead
    }
}

impl Heap {
    /// Gives the memory of huge objects that the last collection found dead back to the system, except
    /// for up to so many bytes.
    pub fn sweep_huge(&self, kept: usize) {
        let dead = self.lock().take_dead_huge(kept);
        for chunk in dead {
            // SAFETY: out of the list and not reachable; nothing looks unknown words up before
            // marking begins, which waits for the end of sweeping.
            unsafe { unmap_chunk(chunk) };
        }
    }
}
