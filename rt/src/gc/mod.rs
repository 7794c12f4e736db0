//! The heap and its collector: cells that never move, found alive by marking from the roots.
//!
//! Cells live in 64 KiB blocks of one size class, blocks in 4 MiB chunks; larger objects own blocks
//! or chunks. Heap cells are traced by the type maps of their descriptors, stacks word by word.
//!
//! The phase (`gos_rt_gc_phase`) says what mutators must do. Today the world stands still from the
//! first to the last step of a collection, so that they only ever see phase 0; the barriers are in
//! place for marking beside them:
//!
//! ```text
//! phase    mutators                             collector                    ends when
//! 0 idle   store; allocate white                nothing, or sweeps lazily    the pacer says so
//! 1 mark   store, then log the new value;       marks from roots, drains     stacks and logs are empty
//!          allocate black                       logs                         in the final stop
//! ```
//!
//! The barrier is one of insertion: a reference that only moves between a stack and the heap is
//! logged when it is stored, and stacks are scanned again in the final stop.
//!
//! Keeps: nothing here lives in the collected heap. Never: moves a cell.
//! Read next: `alloc.rs` (the fast path), `collect.rs` (a collection).

pub mod alloc;
pub mod barrier;
pub mod block;
pub mod cell;
pub mod chunk;
pub mod collect;
pub mod heap;
pub mod limit;
pub mod local;
pub mod mark;
pub mod pacer;
pub mod pages;
pub mod roots;
pub mod size_class;
pub mod verify;

#[cfg(test)]
pub(crate) mod tests;

pub use cell::RuntimeDesc;
pub use mark::Tracer;

use crate::prim::Ordering;
use gos_abi::TypeDesc;
use heap::Heap;
use pacer::Settings;

/// The heap of the process.
pub static HEAP: Heap = Heap::new();

/// Sets the heap up; called once before the first goroutine.
pub fn init(settings: Settings) {
    HEAP.pacer.configure(settings);
}

/// Makes this thread able to allocate; each worker calls it before it runs a goroutine.
pub fn attach_worker() {
    alloc::attach(&HEAP);
}

/// The opposite, before a worker's thread ends.
pub fn detach_worker() {
    alloc::detach();
}

/// Collects. Runs on a system stack, stops the world itself.
pub fn collect() {
    collect::run(&HEAP);
}

/// Whether the collector asked for a safepoint of this kind of work (reserved for concurrent
/// marking): called at each safepoint on the system stack, after the goroutine's context is saved.
pub fn at_safepoint() {}

/// `count` values of `desc` were just stored at `to` in a heap cell (the barrier of bulk copies).
///
/// # Safety
/// `to` points at `count` values of the type, and this thread is a worker.
pub unsafe fn after_copy(to: *mut u8, desc: *const TypeDesc, count: u64) {
    if barrier::is_on() {
        // SAFETY: the caller's promise.
        unsafe { barrier::copy(to, desc, count as usize) };
    }
}

/// `value` was just stored at `slot` in a heap cell (the barrier of Rust code).
///
/// # Safety
/// This thread is a worker.
pub unsafe fn after_store(slot: *mut u8, value: *const u8) {
    if barrier::is_on() {
        // SAFETY: the caller's promise.
        unsafe { barrier::write(slot, value as usize) };
    }
}

/// Figures for `mem_stats`, in the order of the ABI table.
pub fn statistics() -> [u64; 8] {
    let state = HEAP.lock();
    let stats = state.stats;
    [
        HEAP.pacer.heap_bytes() as u64,
        stats.live_bytes,
        stats.live_cells,
        stats.collections,
        stats.pause_ns_total,
        stats.pause_ns_max,
        HEAP.pacer.allocated_total() as u64,
        stats.mapped_bytes,
    ]
}

/// How many collections the process has finished.
pub fn epoch() -> u64 {
    HEAP.epoch.load(Ordering::Acquire)
}

/// Ends the program: the system has no memory for `what`.
pub fn out_of_memory(what: &str) -> ! {
    crate::panic::fatal(format_args!(
        "out of memory: the system has none for {what}"
    ))
}
