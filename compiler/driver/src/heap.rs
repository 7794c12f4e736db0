//! The memory of `gos` itself: a compiler asks for millions of small blocks and ends soon.
//!
//! Blocks are cut from large chunks, whose pages the system gives all at once: a page that is
//! asked for by touching it costs as much as a hundred allocations. Freed blocks wait in a list of their
//! size, of the thread that freed them, and nothing small goes back to the system. Must never know
//! what is stored. LLVM has the system's allocator.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::UnsafeCell;
use std::ptr;

/// Larger blocks are the system's.
const BLOCK_BYTES_MAX: usize = 1 << 15;

/// Every block is as aligned as this; what needs more is the system's.
const ALIGN: usize = 16;

/// Of the first chunk of a thread: some threads do little. Each that follows is twice as large, up to
/// a megabyte, of which the unused part costs a twentieth of a millisecond.
const CHUNK_BYTES_MIN: usize = 1 << 17;
const CHUNK_BYTES_MAX: usize = 1 << 20;

/// Up to here the sizes of blocks are multiples of [`ALIGN`]; above, four for each doubling.
const FINE_BYTES_MAX: usize = 512;

const FINE: usize = FINE_BYTES_MAX / ALIGN;

const CLASSES: usize = class_of(BLOCK_BYTES_MAX) + 1;

/// The allocator of everything written in Rust.
pub(crate) struct Heap;

#[global_allocator]
static HEAP: Heap = Heap;

/// What one thread cuts blocks from.
struct Local {
    /// The first free block of each size; a free block begins with the address of the next.
    free: [*mut u8; CLASSES],
    /// What is left of the chunk.
    at: *mut u8,
    left: usize,
    /// The size of the next chunk.
    chunk_bytes: usize,
}

thread_local! {
    // Without a destructor, so that it is there as long as the thread is.
    static LOCAL: UnsafeCell<Local> = const {
        UnsafeCell::new(Local {
            free: [ptr::null_mut(); CLASSES],
            at: ptr::null_mut(),
            left: 0,
            chunk_bytes: CHUNK_BYTES_MIN,
        })
    };
}

/// The list that blocks of `bytes` bytes come from.
const fn class_of(bytes: usize) -> usize {
    if bytes <= FINE_BYTES_MAX {
        return bytes.div_ceil(ALIGN).saturating_sub(1);
    }
    // The three highest bits of the last byte's place: which doubling, and which quarter of it.
    let last = bytes - 1;
    let doubling = last.ilog2();
    let quarter = (last >> (doubling - 2)) & 3;
    FINE + (doubling - FINE_BYTES_MAX.ilog2()) as usize * 4 + quarter
}

/// The size of the blocks in a list.
const fn bytes_of(class: usize) -> usize {
    if class < FINE {
        return (class + 1) * ALIGN;
    }
    let (doubling, quarter) = ((class - FINE) / 4, (class - FINE) % 4);
    (FINE_BYTES_MAX << doubling) / 4 * (quarter + 5)
}

fn is_ours(layout: Layout) -> bool {
    layout.size() <= BLOCK_BYTES_MAX && layout.align() <= ALIGN
}

impl Local {
    fn take(&mut self, class: usize) -> *mut u8 {
        let first = self.free[class];
        if !first.is_null() {
            // SAFETY: a block in a list is free, large enough for an address, and begins with that
            // of the next.
            self.free[class] = unsafe { first.cast::<*mut u8>().read() };
            return first;
        }
        let bytes = bytes_of(class);
        if bytes > self.left && !self.refill() {
            return ptr::null_mut();
        }
        let block = self.at;
        // SAFETY: `left` bytes from `at` on are ours, and `bytes` are no more than that.
        self.at = unsafe { block.add(bytes) };
        self.left -= bytes;
        block
    }

    /// # Safety
    /// `block` was given by [`Local::take`] for this class, by whichever thread, and is not used
    /// any more.
    unsafe fn give_back(&mut self, block: *mut u8, class: usize) {
        // SAFETY: the block is free and large enough for an address.
        unsafe { block.cast::<*mut u8>().write(self.free[class]) };
        self.free[class] = block;
    }

    /// Begins a new chunk; what is left of the old one is lost.
    #[cold]
    fn refill(&mut self) -> bool {
        let bytes = self.chunk_bytes;
        let Ok(layout) = Layout::from_size_align(bytes, ALIGN) else {
            return false;
        };
        // SAFETY: the size is not zero.
        let chunk = unsafe { System.alloc(layout) };
        if chunk.is_null() {
            return false;
        }
        populate(chunk, bytes);
        self.at = chunk;
        self.left = bytes;
        self.chunk_bytes = (bytes * 2).min(CHUNK_BYTES_MAX);
        true
    }
}

/// Asks for all pages of a chunk at once. Where that cannot be asked, they come one by one.
#[cfg(target_os = "linux")]
fn populate(chunk: *mut u8, bytes: usize) {
    const PAGE: usize = 4096;
    let first = chunk.align_offset(PAGE).min(bytes);
    let pages = (bytes - first) / PAGE * PAGE;
    // SAFETY: whole pages inside of the chunk; the advice changes nothing but when they come.
    unsafe { libc::madvise(chunk.add(first).cast(), pages, libc::MADV_POPULATE_WRITE) };
}

#[cfg(not(target_os = "linux"))]
fn populate(_: *mut u8, _: usize) {}

/// Runs `f` on what this thread has.
fn with_local<R>(f: impl FnOnce(&mut Local) -> R) -> R {
    LOCAL.with(|local| {
        // SAFETY: of this thread alone, and no `f` here allocates or calls what might.
        f(unsafe { &mut *local.get() })
    })
}

// SAFETY: a block comes from a chunk that is never given back, lies in one list or with one owner,
// and is as large and as aligned as its class says. Which blocks are the system's depends on their
// layout alone, which is the same when they are freed.
unsafe impl GlobalAlloc for Heap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        match is_ours(layout) {
            true => with_local(|local| local.take(class_of(layout.size()))),
            // SAFETY: as the caller promises.
            false => unsafe { System.alloc(layout) },
        }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        match is_ours(layout) {
            // SAFETY: given by `alloc` for this layout, as the caller promises.
            true => with_local(|local| unsafe { local.give_back(block, class_of(layout.size())) }),
            // SAFETY: as the caller promises.
            false => unsafe { System.dealloc(block, layout) },
        }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if !is_ours(layout) {
            // SAFETY: as the caller promises. The system knows which pages are zero already.
            return unsafe { System.alloc_zeroed(layout) };
        }
        // SAFETY: as the caller promises; the block has `size` bytes.
        unsafe {
            let block = self.alloc(layout);
            if !block.is_null() {
                block.write_bytes(0, layout.size());
            }
            block
        }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_bytes: usize) -> *mut u8 {
        // SAFETY: the caller promises that the size is no more than a layout may have.
        let new = unsafe { Layout::from_size_align_unchecked(new_bytes, layout.align()) };
        match (is_ours(layout), is_ours(new)) {
            // SAFETY: as the caller promises.
            (false, false) => return unsafe { System.realloc(block, layout, new_bytes) },
            (true, true) if class_of(layout.size()) == class_of(new_bytes) => return block,
            _ => {}
        }
        // SAFETY: both blocks are valid for the smaller of the sizes, and do not overlap.
        unsafe {
            let moved = self.alloc(new);
            if !moved.is_null() {
                ptr::copy_nonoverlapping(block, moved, layout.size().min(new_bytes));
                self.dealloc(block, layout);
            }
            moved
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_large_enough_and_not_much_larger() {
        for bytes in 1..=BLOCK_BYTES_MAX {
            let block = bytes_of(class_of(bytes));
            assert!(block >= bytes, "{bytes} bytes in a block of {block}");
            assert!(
                block <= bytes + bytes.div_ceil(4).max(ALIGN),
                "{bytes} bytes in {block}"
            );
            assert_eq!(block % ALIGN, 0);
        }
    }

    #[test]
    fn every_class_has_its_own_size() {
        for class in 0..CLASSES {
            assert_eq!(class_of(bytes_of(class)), class);
        }
        const { assert!(BLOCK_BYTES_MAX <= CHUNK_BYTES_MIN) }
        assert_eq!(bytes_of(CLASSES - 1), BLOCK_BYTES_MAX);
    }

    #[test]
    fn what_is_stored_stays_as_blocks_move_between_threads() {
        let mut texts: Vec<Vec<u8>> = Vec::new();
        for round in 0..3_000usize {
            texts.push(vec![round as u8; round * 37 % 40_000]);
            if round % 3 == 0 {
                let moved = texts.swap_remove(round * 7 % texts.len());
                let grown = std::thread::spawn(move || {
                    let mut grown = moved;
                    let byte = grown.first().copied().unwrap_or(0);
                    // Some are picked again and again.
                    grown.resize((grown.len() * 2 + 1).min(100_000), byte);
                    grown
                });
                texts.push(grown.join().unwrap());
            }
        }
        for text in texts {
            assert!(text.iter().all(|byte| *byte == text[0]));
        }
    }
}
