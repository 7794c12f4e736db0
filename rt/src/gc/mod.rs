//! The heap and its collector: cells that never move, found alive by marking from the roots.
//!
//! Cells live in 64 KiB blocks of one size class, blocks in 4 MiB chunks; larger objects own blocks
//! or chunks. Heap cells are traced by the type maps of their descriptors, stacks word by word.
//!
//! The phase (`gos_rt_gc_phase`) says what mutators must do. It changes only while the world stands
//! still, for a moment, so that all of them see the same one:
//!
//! ```text
//! phase       mutators                         collector                    ends when
//! 0 idle      store; allocate white            nothing, or sweeps           the pacer says so
//! 1 mark      store, then log the new value;   marks in slices from roots   all goroutines are scanned
//!             allocate black                   and logs                     and nothing is left, in a stop
//! 2 remember  store, then log the cell if it   as in idle                   the pacer says so
//!             is old; allocate white
//! ```
//! After a collection comes `remember` when the next one is to be a minor one, else `idle`.
//!
//! The barrier is one of insertion: a reference that only moves between a stack and the heap is
//! logged when it is stored, and goroutines that ran since their scan are scanned again in the stop
//! in which marking ends.
//!
//! Keeps: nothing here lives in the collected heap. Never: moves a cell.
//! Read next: `alloc.rs` (the fast path), `cycle.rs` (a collection), `collect.rs` (who does it).

pub mod alloc;
pub mod barrier;
pub mod block;
pub mod calm;
pub mod cell;
pub mod chunk;
pub mod collect;
pub mod cycle;
pub mod generation;
pub mod handle;
pub mod heap;
pub mod history;
mod huge;
pub mod limit;
pub mod local;
pub mod mark;
pub mod pacer;
pub mod reach;
pub mod roots;
pub mod sweep;
pub mod verify;
pub mod word;

#[cfg(test)]
pub(crate) mod tests;

pub use gos_abi::size_class;
pub use mark::Tracer;

use crate::os::cpu_time;
use crate::prim::Ordering;
use generation::Minors;
use gos_abi::TypeDesc;
use heap::Heap;
use pacer::Settings;

/// The heap of the process.
pub static HEAP: Heap = Heap::new();

/// Sets the heap up; called once before the first goroutine.
pub fn init(settings: Settings) {
    HEAP.pacer.configure(settings);
    HEAP.set_minors(if settings.is_stress {
        Minors::Often
    } else {
        Minors::Paying
    });
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

/// Does a slice of collection on a worker that has no goroutine to run; false when there was nothing
/// to do.
pub fn work_while_idle() -> bool {
    collect::while_idle(&HEAP)
}

/// The monitor's look at the heap: true when an idle worker should be woken to collect.
pub fn is_calm(now: u64) -> bool {
    HEAP.calm.look(&HEAP, now)
}

/// Sets the soft limit of the process's memory, in bytes; the largest number is none, 0 that of the
/// container. Gives the one before.
pub fn set_memory_limit(bytes: usize) -> usize {
    HEAP.set_limit(bytes)
}

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
pub fn statistics() -> [u64; 10 + heap::PAUSE_PLACES] {
    let stats = stats();
    let mut figures = [0; 10 + heap::PAUSE_PLACES];
    figures[..10].copy_from_slice(&[
        heap_bytes(),
        stats.live_bytes,
        stats.live_cells,
        stats.collections,
        stats.pause_ns_total,
        stats.pause_ns_max,
        allocated_bytes(),
        stats.mapped_bytes,
        HEAP.cycle.worked(),
        cpu_time::of_process(),
    ]);
    figures[10..].copy_from_slice(&stats.pauses);
    figures
}

/// Figures of the heap and its last collections.
#[must_use]
pub fn stats() -> heap::Stats {
    HEAP.lock().stats
}

/// Bytes of the heap: what was alive and what was allocated since.
#[must_use]
pub fn heap_bytes() -> u64 {
    HEAP.pacer.heap_bytes() as u64
}

/// Bytes that were ever allocated.
#[must_use]
pub fn allocated_bytes() -> u64 {
    HEAP.pacer.allocated_total() as u64
}

/// How many collections the process has finished.
pub fn epoch() -> u64 {
    HEAP.epoch.load(Ordering::Acquire)
}

/// Ends the program: the system has no memory for `what`.
pub fn out_of_memory(what: &str) -> ! {
    crate::panic::exhausted(format_args!(
        "out of memory: the system has none for {what}"
    ))
}
