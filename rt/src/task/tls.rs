//! The thread-local block `gos_rt_tls`: defined here in assembly, so that compiled code can read it
//! with one instruction and no Rust `thread_local!` is involved.
//! Never: keep the address of the block across anything that may park (the goroutine may go on in
//! another thread). Rust code runs on one thread from start to end, so within one call it may.

use crate::gc::local::Local;
use crate::prim::{AtomicU64, AtomicUsize};
use crate::sched::worker::Worker;
use crate::task::G;
use crate::task::own::Own;
use gos_abi::layout::tls;

/// The block. One for each thread; zero in threads that are no workers.
#[repr(C)]
pub struct Tls {
    /// See `gos_abi::layout::tls`. Written by the owner, poisoned by others.
    pub stack_limit: AtomicU64,
    /// See `gos_abi::layout::tls`.
    pub morestack_fn: u64,
    /// See `gos_abi::layout::tls`.
    pub morestack_bytes: u64,
    /// This worker's share of the heap, which begins with its runs of free cells; null in threads that
    /// are no workers.
    pub local: *mut Local,
    /// The goroutine that runs, or null in the scheduler's loop and in other threads.
    pub goroutine: *mut G,
    /// Stack pointer of the system stack at the time of the switch to the goroutine.
    pub system_sp: u64,
    /// Lowest address of the system stack.
    pub system_low: u64,
    /// Not 0 while a safepoint is wanted: new stack limits are poisoned as long as it is.
    pub preempt: AtomicUsize,
    /// The worker that this thread is.
    pub worker: *const Worker,
    /// Not 0 while this thread does the collector's work, for profiles.
    pub collecting: AtomicUsize,
    /// The goroutine that `race_task` is about, and what the race detector keeps about it.
    pub race_goroutine: u64,
    /// See `race_goroutine`.
    pub race_task: *mut u8,
    /// What the worker keeps of goroutines; null in threads that are none.
    pub own: *mut Own,
    reserved: [u64; 3],
}

const _: () = {
    assert!(core::mem::offset_of!(Tls, stack_limit) as u64 == tls::STACK_LIMIT);
    assert!(core::mem::offset_of!(Tls, morestack_fn) as u64 == tls::MORESTACK_FN);
    assert!(core::mem::offset_of!(Tls, morestack_bytes) as u64 == tls::MORESTACK_BYTES);
    assert!(core::mem::offset_of!(Tls, goroutine) as u64 == tls::PRIVATE);
    assert!(core::mem::offset_of!(Tls, local) as u64 == tls::RUNS);
    assert!(core::mem::size_of::<Tls>() as u64 == tls::SIZE);
};

/// Address of this thread's block.
#[inline(always)]
#[must_use]
pub fn block() -> *mut Tls {
    crate::task::context::tls_block()
}

/// The running goroutine; null outside of one.
#[inline(always)]
#[must_use]
pub fn current() -> *mut G {
    // SAFETY: the block lives as long as its thread, and only this thread writes `goroutine`.
    unsafe { (*block()).goroutine }
}

/// The worker that this thread is, if it is one.
#[inline(always)]
#[must_use]
pub fn worker() -> Option<&'static Worker> {
    // SAFETY: only this thread writes `worker`; workers are never freed.
    unsafe { (*block()).worker.as_ref() }
}
