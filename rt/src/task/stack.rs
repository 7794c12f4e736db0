//! Stacks of goroutines: chunks linked from the first (from slabs) to the last, each larger than the
//! one before. The first goroutines get large first chunks, those beyond small ones. A function that finds too little room goes on in the next chunk and comes
//! back when it returns (`gos_rt_morestack`); that next chunk is kept against hot splits.
//! Keeps: `G::chunk` is the chunk that `G::sp` points into; at most one chunk is kept above it.
//! Never: moves a stack. Read next: `slab.rs`, `context/`.

use std::ptr;

use gos_abi::layout::{STACK_SLACK_BYTES, tls::POISON};

use crate::os::{mem, pages};
use crate::prim::OnceLock;
use crate::sched::safepoint;
use crate::task::context::MORESTACK_FRAME;
use crate::task::slab::{self, Pieces, Pool};
use crate::task::{G, Park, list, own, tls, wish};

/// What lies below the limit: the frame of a function that compares its stack pointer only when it
/// has the frame (`small_frame_bytes`), and what that function may call without a check: `Leaf`
/// functions of the runtime, `gos_rt_poll`, `gos_rt_morestack`. Signals have a stack of their own; but
/// what Windows tells of a fault, all registers among it, is put onto the stack that is in use.
const BELOW_LIMIT_BYTES: u64 = if cfg!(windows) { 4 } else { 2 } * STACK_SLACK_BYTES;
/// The same in small chunks. What is above it holds the frames of a goroutine that waits for a channel on
/// either processor.
const BELOW_SMALL_LIMIT_BYTES: u64 = if cfg!(target_arch = "aarch64") {
    1344
} else {
    1024
};
/// Most that runs on a goroutine's stack without a check: `gos_rt_poll`, which saves all registers.
const UNCHECKED_CALL_BYTES: u64 = if cfg!(target_arch = "aarch64") {
    832
} else {
    448
};
/// With so many goroutines alive new ones get small stacks: fewer do not need the memory, and do
/// better without the step from one chunk to the next.
const LARGE_STACKS: usize = 4096;
/// All chunks of one goroutine together.
const STACK_BYTES_MAX: u64 = 1 << 30;
/// Stacks of this size are allowed under any memory limit.
const FREE_OF_CHECKS_BYTES: u64 = 16 << 20;
/// Room to report an overflow on.
const OVERFLOW_BYTES: u64 = 256 << 10;
/// Arguments on the stack that are passed on to the new chunk; larger ones go by pointer.
const STACK_ARGUMENT_BYTES_MAX: u64 = 512;

/// Header of a chunk, at its upper end, so that an unused lower end costs no memory.
#[derive(Debug)]
#[repr(C)]
pub struct Chunk {
    /// The chunk in use before this one; null for the first.
    pub previous: *mut Chunk,
    /// A larger one, in use or spare; null for the last.
    pub next: *mut Chunk,
    /// Stack limit while this chunk is in use.
    pub limit: u64,
    /// Lowest address.
    pub base: u64,
    /// Bytes from the lowest address to the end of this header.
    pub size: u64,
    /// While a later chunk is in use: stack pointer at the time of the switch.
    pub left_at: u64,
}

const HEADER_BYTES: u64 = size_of::<Chunk>().next_multiple_of(16) as u64;

impl Chunk {
    /// End of the usable bytes.
    fn top(&self) -> u64 {
        self.base + self.size - HEADER_BYTES
    }

    /// Writes the header of a chunk into fresh memory.
    ///
    /// # Safety
    /// `size` bytes at `base` are writable and unused.
    unsafe fn new(base: u64, size: u64, previous: *mut Chunk) -> *mut Chunk {
        let chunk = (base + size - HEADER_BYTES) as *mut Chunk;
        let below = if size == slab::SMALL.piece_bytes {
            BELOW_SMALL_LIMIT_BYTES
        } else {
            BELOW_LIMIT_BYTES
        };
        let limit = base + below;
        // SAFETY: as the caller promises; the header ends at the end of the memory.
        unsafe {
            chunk.write(Chunk {
                previous,
                next: ptr::null_mut(),
                limit,
                base,
                size,
                left_at: 0,
            })
        };
        chunk
    }
}

/// Gives `goroutine` its first chunk; false when there is no memory.
#[must_use]
pub fn allocate_first(goroutine: &mut G) -> bool {
    let is_small = list::count_roughly() > LARGE_STACKS && may_be_small();
    let pool = if is_small { &slab::SMALL } else { &slab::LARGE };
    let Some(base) = take_piece(pool) else {
        return false;
    };
    // SAFETY: the slab's piece is unused and ours.
    goroutine.chunk = unsafe { Chunk::new(base, pool.piece_bytes, ptr::null_mut()) };
    true
}

/// Of this worker, on which alone stacks are made and freed.
fn pieces(pool: &Pool) -> &'static mut Pieces {
    let Some(own) = own::own() else {
        crate::sched::fatal("a stack was used up on a thread that is no worker");
    };
    if pool.piece_bytes == slab::SMALL.piece_bytes {
        &mut own.small
    } else {
        &mut own.large
    }
}

fn take_piece(pool: &Pool) -> Option<u64> {
    pool.take(pieces(pool))
}

/// Whether all that runs unchecked fits below the limit of a small chunk. Functions of a shared library that
/// are bound when they are first called take more.
fn may_be_small() -> bool {
    cfg!(target_os = "linux")
        && crate::task::small_frame_bytes() + UNCHECKED_CALL_BYTES <= BELOW_SMALL_LIMIT_BYTES
        && is_bound()
}

#[cfg(target_env = "gnu")]
fn is_bound() -> bool {
    static IS_BOUND: OnceLock<bool> = OnceLock::new();
    *IS_BOUND.get_or_init(crate::os::binding::is_whole)
}

#[cfg(not(target_env = "gnu"))]
fn is_bound() -> bool {
    true
}

/// The pool of chunks of this size, if they come from one.
fn pool_of(size: u64) -> Option<&'static Pool> {
    [&slab::SMALL, &slab::LARGE]
        .into_iter()
        .find(|pool| pool.piece_bytes == size)
}

/// Gives a chunk's memory back.
///
/// # Safety
/// The chunk is linked nowhere and nobody is on it.
unsafe fn release(base: u64, size: u64) {
    // SAFETY: as the caller promises; mappings have other sizes than the pools' pieces.
    unsafe {
        match pool_of(size) {
            Some(pool) => pool.give_back(pieces(pool), base),
            None => mem::unmap(base as *mut u8, size as usize),
        }
    }
}

/// Upper end of the stack of a goroutine that has not run.
#[must_use]
pub fn first_top(goroutine: &G) -> u64 {
    // SAFETY: the chunk is the goroutine's.
    unsafe { (*goroutine.chunk).top() }
}

/// Gives all chunks back.
///
/// # Safety
/// The goroutine has ended and nobody runs on its stack.
pub unsafe fn free_all(goroutine: &mut G) {
    // SAFETY: chunks are the goroutine's own, linked from the first to the last.
    unsafe {
        let mut first = goroutine.chunk;
        while !(*first).previous.is_null() {
            first = (*first).previous;
        }
        if !(*first).next.is_null() {
            free_after(first);
        }
        release((*first).base, (*first).size);
    }
    goroutine.chunk = ptr::null_mut();
}

/// Writes the header of a chunk that is no goroutine's yet.
///
/// # Safety
/// `size` bytes at `base` are writable and unused.
pub unsafe fn new_chunk(base: u64, size: u64) -> *mut Chunk {
    // SAFETY: passed on to the caller.
    unsafe { Chunk::new(base, size, ptr::null_mut()) }
}

/// Frees every chunk after `chunk`.
///
/// # Safety
/// Nobody is on them.
#[inline(never)]
pub unsafe fn free_after(chunk: *mut Chunk) {
    // SAFETY: chunks after the one in use hold nothing.
    unsafe {
        let mut next = (*chunk).next;
        (*chunk).next = ptr::null_mut();
        while !next.is_null() {
            let Chunk {
                base,
                size,
                next: after,
                ..
            } = ptr::read(next);
            release(base, size);
            next = after;
        }
    }
}

/// After a return to an older chunk: keeps one spare, frees what lies behind it.
///
/// # Safety
/// On the system stack of the goroutine's worker.
pub unsafe fn trim(goroutine: &mut G) {
    // SAFETY: as the caller promises.
    unsafe {
        let spare = (*goroutine.chunk).next;
        if !spare.is_null() {
            free_after(spare);
        }
    }
}

/// Gives back what the goroutine was on and is no more: the spare chunk, and the pages of the chunk in
/// use below the stack pointer, which read as zeros when they are used again. Costs a system call, so
/// it is for who is about to wait for long.
///
/// # Safety
/// On the system stack of the goroutine's worker, with the stack pointer saved.
pub unsafe fn rest(goroutine: &mut G) {
    // SAFETY: as the caller promises.
    unsafe {
        free_after(goroutine.chunk);
        let page_bytes = mem::page_bytes();
        let first = (*goroutine.chunk).base.next_multiple_of(page_bytes);
        let unused = (goroutine.sp & !(page_bytes - 1)).saturating_sub(first);
        if unused > 0 {
            pages::discard(first as *mut u8, unused as usize);
        }
    }
}

/// Makes `chunk`, an older one, the one in use again.
///
/// # Safety
/// On the system stack; `chunk` is one of the goroutine's.
pub unsafe fn return_to(goroutine: &mut G, chunk: *mut Chunk) {
    goroutine.chunk = chunk;
    // SAFETY: as the caller promises.
    unsafe {
        trim(goroutine);
        wish::set_limit(&*tls::block(), (*chunk).limit);
    }
}

/// Behind `gos_rt_morestack`. `frame` is its frame pointer, `bytes` what the function needs.
/// Gives the stack pointer for the call, or 0 to try again in place.
///
/// # Safety
/// On the system stack; `frame` belongs to the running goroutine.
pub unsafe fn more(goroutine: &mut G, bytes: u64, frame: u64) -> Park {
    // SAFETY: the block is this thread's.
    let block = unsafe { &*tls::block() };
    if block.stack_limit.load(crate::prim::Ordering::Relaxed) == POISON {
        return safepoint::reached();
    }
    let chunk = goroutine.chunk;
    // SAFETY: the chunk in use and its header are the goroutine's.
    unsafe {
        (*chunk).left_at = goroutine.sp;
        let needed = bytes + BELOW_LIMIT_BYTES + STACK_ARGUMENT_BYTES_MAX + HEADER_BYTES + 64;
        let next = next_chunk(goroutine, chunk, needed, frame);
        let arguments = frame.wrapping_add_signed(MORESTACK_FRAME.stack_arguments);
        let copied = STACK_ARGUMENT_BYTES_MAX.min((*chunk).top().saturating_sub(arguments)) & !15;
        let sp = (*next).top() - copied;
        ptr::copy_nonoverlapping(arguments as *const u8, sp as *mut u8, copied as usize);
        goroutine.chunk = next;
        wish::set_limit(block, (*next).limit);
        Park::ready(sp)
    }
}

/// Most bytes of one stack: a quarter of a container's memory where that is less.
fn bytes_max() -> u64 {
    static MAX: OnceLock<u64> = OnceLock::new();
    let limit = || STACK_BYTES_MAX.min(crate::gc::limit::of_container() as u64 / 4);
    *MAX.get_or_init(limit)
}

/// The spare when it is large enough, else a new chunk; on overflow one that the report runs on.
unsafe fn next_chunk(goroutine: &mut G, chunk: *mut Chunk, needed: u64, frame: u64) -> *mut Chunk {
    // SAFETY: the chunks are the goroutine's; the frame is that of `gos_rt_morestack`.
    unsafe {
        let spare = (*chunk).next;
        if !spare.is_null() && (*spare).size >= needed {
            return spare;
        }
        free_after(chunk);
        if let Some(next) = from_pool(chunk, needed) {
            return next;
        }
        let mut size = needed
            .max(2 * (*chunk).size)
            .max(2 * slab::LARGE.piece_bytes)
            .next_multiple_of(mem::page_bytes());
        if in_use(chunk) + size > FREE_OF_CHECKS_BYTES && in_use(chunk) + size > bytes_max() {
            if !crate::sched::overflow::divert(goroutine, frame) {
                crate::panic::exhausted(format_args!(
                    "stack overflow while a stack overflow was handled"
                ));
            }
            size = OVERFLOW_BYTES;
        }
        let Some(base) = mem::map(size as usize) else {
            crate::gc::out_of_memory("a goroutine's stack");
        };
        let next = Chunk::new(base as u64, size, chunk);
        (*chunk).next = next;
        next
    }
}

/// After a small chunk a large one, so that stacks that grow a little need no mapping of their own.
unsafe fn from_pool(chunk: *mut Chunk, needed: u64) -> Option<*mut Chunk> {
    let pool = &slab::LARGE;
    // SAFETY: the chunk in use is the goroutine's, the piece unused and ours.
    unsafe {
        if (*chunk).size >= pool.piece_bytes || needed > pool.piece_bytes {
            return None;
        }
        let next = Chunk::new(take_piece(pool)?, pool.piece_bytes, chunk);
        (*chunk).next = next;
        Some(next)
    }
}

/// Whether `sp` is on the chunk that the goroutine uses.
#[must_use]
pub fn contains(goroutine: &G, sp: u64) -> bool {
    // SAFETY: the chunk in use is the goroutine's.
    let chunk = unsafe { &*goroutine.chunk };
    (chunk.base..chunk.top()).contains(&sp)
}

/// Bytes of `chunk` and those before it.
unsafe fn in_use(mut chunk: *const Chunk) -> u64 {
    let mut bytes = 0;
    while !chunk.is_null() {
        // SAFETY: chunks before one in use are in use.
        unsafe {
            bytes += (*chunk).size;
            chunk = (*chunk).previous;
        }
    }
    bytes
}

/// Calls `visit` with the live range of each chunk.
///
/// # Safety
/// The goroutine's context is saved and stays so.
pub unsafe fn for_each_live_range(goroutine: &G, visit: &mut dyn FnMut(*const u64, *const u64)) {
    let mut chunk: *const Chunk = goroutine.chunk;
    let mut sp = goroutine.sp;
    while !chunk.is_null() {
        // SAFETY: the chunk is in use; words from its stack pointer up are initialized or were
        // zero pages.
        unsafe {
            visit((sp & !7) as *const u64, (*chunk).top() as *const u64);
            chunk = (*chunk).previous;
            if !chunk.is_null() {
                sp = (*chunk).left_at;
            }
        }
    }
}
