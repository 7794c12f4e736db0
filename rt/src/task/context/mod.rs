//! Switching between a goroutine's stack and its worker's system stack, one file of assembly for
//! each processor. What a backend supplies: the block `gos_rt_tls` and its address, [`resume`],
//! [`slow_call`], [`spill_call`], [`initial_context`], the macros of `trampoline.rs`, and the
//! symbols of the table's `Asm` rows.
//!
//! A saved context is what [`slow_call`]'s path (`gos_context_park_call`) pushes: the callee-saved
//! registers below the return address, frame pointer linked, so that traces walk through it.

use crate::sched::safepoint;
use crate::task::stack::{self, Chunk};
use crate::task::tls;
use crate::task::{G, Park};
use gos_convention::gossamer;

#[cfg(windows)]
mod fault_windows;
pub(crate) mod notation;

#[cfg(target_arch = "x86_64")]
mod x86_64;
#[cfg(target_arch = "x86_64")]
pub(crate) use x86_64::{
    MORESTACK_FRAME, initial_context, park_trampoline, sys_trampoline, tls_block,
};

#[cfg(target_arch = "aarch64")]
mod aarch64;
#[cfg(target_arch = "aarch64")]
pub(crate) use aarch64::{
    MORESTACK_FRAME, initial_context, park_trampoline, sys_trampoline, tls_block,
};

/// What `gos_rt_catch` keeps on the goroutine's stack, below its saved registers.
#[derive(Debug)]
#[repr(C)]
pub struct CatchFrame {
    /// The next outer catch.
    pub previous: *mut CatchFrame,
    /// Depth of the defer list when it was entered.
    pub defer_mark: u64,
    /// The chunk of stack that the frame lies on.
    pub chunk: *mut Chunk,
}

/// Where `gos_rt_morestack` keeps what the implementation reads and changes, relative to its frame
/// pointer.
pub(crate) struct MorestackFrame {
    /// The function that is called when the stack is large enough.
    pub function: i64,
    /// Its first argument.
    pub argument: i64,
    /// Arguments on the stack begin here.
    pub stack_arguments: i64,
}

#[gossamer]
unsafe extern "gossamer" {
    fn gos_context_resume(goroutine: *mut u8);
    fn gos_context_spill_call(
        code: unsafe extern "gossamer" fn(usize, usize) -> usize,
        argument: usize,
    ) -> usize;
    fn gos_context_slow_call(
        code: unsafe extern "gossamer" fn(usize, usize, usize, usize) -> Park,
        a: usize,
        b: usize,
        c: usize,
        d: usize,
    ) -> usize;
}

/// Runs `goroutine` on this thread until it parks or ends.
///
/// # Safety
/// Called from the scheduler's loop on a worker's system stack; the goroutine is this worker's.
pub unsafe fn resume(goroutine: *mut G) {
    // SAFETY: the goroutine's context is saved, as the caller promises.
    unsafe { gos_context_resume(goroutine.cast()) }
}

/// Calls `code(a, b, c, d)` on the system stack with the goroutine's context saved, so that the
/// world may be stopped meanwhile. Runs it in place when already on the system stack or outside of
/// goroutines. For `Leaf` functions with a slow path. After it the thread may be another one.
///
/// # Safety
/// `code` is sound to call with these arguments.
#[gossamer]
pub unsafe fn slow_call(
    code: unsafe extern "gossamer" fn(usize, usize, usize, usize) -> Park,
    a: usize,
    b: usize,
    c: usize,
    d: usize,
) -> usize {
    // SAFETY: passed on to the caller.
    unsafe { gos_context_slow_call(code, a, b, c, d) }
}

/// Calls `code(argument, sp)` with all callee-saved registers stored at `sp` and above, so that a
/// conservative scan from `sp` on sees them.
///
/// # Safety
/// `code` is sound to call with these arguments.
#[gossamer]
pub unsafe fn spill_call(
    code: unsafe extern "gossamer" fn(usize, usize) -> usize,
    argument: usize,
) -> usize {
    // SAFETY: passed on to the caller.
    unsafe { gos_context_spill_call(code, argument) }
}

/// Behind `gos_rt_poll`.
#[gossamer]
#[unsafe(no_mangle)]
extern "gossamer" fn gos_context_poll_impl() -> Park {
    safepoint::reached()
}

/// Behind `gos_rt_morestack`: gives the new stack pointer, or 0 to try again on this chunk.
#[gossamer]
#[unsafe(no_mangle)]
unsafe extern "gossamer" fn gos_context_morestack_impl(bytes: u64, frame: u64) -> Park {
    // SAFETY: called by the assembly with the running goroutine's frame.
    unsafe { stack::more(&mut *tls::current(), bytes, frame) }
}

/// Frees the spare's successor after a return to an older chunk.
#[gossamer]
#[unsafe(no_mangle)]
unsafe extern "gossamer" fn gos_context_trim_impl() -> Park {
    // SAFETY: called by the assembly on the system stack of the goroutine's worker.
    unsafe { stack::trim(&mut *tls::current()) };
    Park::ready(0)
}

/// Behind the end of a goroutine's code.
#[gossamer]
#[unsafe(no_mangle)]
unsafe extern "gossamer" fn gos_context_exit_impl() -> Park {
    let goroutine = tls::current();
    // SAFETY: it runs on this worker, which is on its system stack now, so the stack may go.
    unsafe { crate::sched::goroutine_ended(goroutine) };
    Park::PARKED
}

/// Fills a new catch frame in and makes it the innermost.
#[gossamer]
#[unsafe(no_mangle)]
unsafe extern "gossamer" fn gos_context_catch_impl(frame: *mut CatchFrame) {
    // SAFETY: the frame lies on the running goroutine's stack.
    unsafe {
        let goroutine = &mut *tls::current();
        (*frame).previous = goroutine.catch;
        (*frame).defer_mark = goroutine.defers.len() as u64;
        (*frame).chunk = goroutine.chunk;
        goroutine.catch = frame;
    }
}

/// Behind `gos_rt_panic_finish`: the catch frame to return to.
#[gossamer]
#[unsafe(no_mangle)]
unsafe extern "gossamer" fn gos_context_panic_impl() -> *mut CatchFrame {
    // SAFETY: called by the assembly with a running goroutine.
    let goroutine = unsafe { &mut *tls::current() };
    let frame = goroutine.catch;
    if frame.is_null() {
        crate::panic::uncaught(goroutine);
    }
    crate::panic::caught(goroutine);
    goroutine.overflowed = false;
    // SAFETY: frames are unlinked before their function returns, so this one is alive.
    unsafe {
        goroutine.catch = (*frame).previous;
        stack::return_to(goroutine, (*frame).chunk);
    }
    frame
}
