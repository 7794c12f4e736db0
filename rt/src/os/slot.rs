//! The slot in which each thread keeps the address of its block, on systems other than Linux: a thread-local
//! value of the system's own, which lies in the thread itself, at a place that a register tells. Compiled
//! code reads it there, in a few instructions and without a call, which a small stack could not bear.
//! Keeps: the place is compared with what was written when a thread gets its block.
//! A platform supplies where the slot is, the call that sets it and the instructions that read it.

use core::ffi::c_void;
use core::ptr::null_mut;

use gos_abi::layout::tls;

#[cfg(target_vendor = "apple")]
#[path = "slot_apple.rs"]
mod platform;
#[cfg(windows)]
#[path = "slot_windows.rs"]
mod platform;

/// Where in a thread the slot is, in bytes. Read by compiled code and by `task/context`.
#[unsafe(no_mangle)]
static mut gos_rt_tls_offset: u64 = 0;

/// A thread's block.
#[repr(C, align(64))]
struct Block([u8; tls::SIZE as usize]);

/// What threads see that the runtime did not start.
static NOBODY: Block = Block([0; tls::SIZE as usize]);

/// Makes the slot. Once, before anything else and before there are threads.
pub fn install() {
    let offset = platform::create().unwrap_or_else(|| refuse());
    // SAFETY: no other thread reads the offset yet.
    unsafe { gos_rt_tls_offset = offset };
    prepare_thread();
}

/// Gives this thread a block of zeros.
pub fn prepare_thread() {
    let block = Box::into_raw(Box::new(Block([0; tls::SIZE as usize])));
    // SAFETY: the slot exists.
    let is_set = unsafe { platform::set(gos_rt_tls_offset, block.cast()) };
    if !is_set || read() != block.cast() {
        refuse();
    }
}

/// Frees the block of a thread at its end.
pub fn leave_thread() {
    let block = read();
    // SAFETY: the slot exists; the block is from `prepare_thread`, and nobody finds it any more.
    unsafe {
        platform::set(gos_rt_tls_offset, null_mut());
        drop(Box::from_raw(block.cast::<Block>()));
    }
}

fn refuse() -> ! {
    crate::io::raw::write_all(
        2,
        b"fatal: this version of the system keeps what belongs to a thread in an unknown place\n",
    );
    crate::process::end(2)
}

/// This thread's block; one of zeros, not to be written, in a thread that has none.
#[inline(always)]
pub fn read() -> *mut c_void {
    let block = platform::get();
    if block.is_null() {
        (&raw const NOBODY).cast_mut().cast()
    } else {
        block
    }
}
