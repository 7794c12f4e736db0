//! The slot in which each thread keeps the address of its block: a thread-local value of the system's
//! own, of which the first 64 lie in the thread's environment block, at a place that has been the same
//! since there are 64-bit systems. Compiled code reads it there, in two instructions and without a
//! call, which a small stack could not bear.
//! Keeps: the place is compared with what was written when a thread gets its block.

use core::arch::asm;
use core::ffi::c_void;

use super::windows::{TlsAlloc, TlsSetValue};
use gos_abi::layout::tls;

/// Where the values lie in the environment block, which the register `gs` points to.
const VALUES: u64 = 0x1480;
/// How many lie there.
const VALUES_COUNT: u32 = 64;

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
    // SAFETY: no other thread reads the offset yet.
    unsafe {
        let index = TlsAlloc();
        if index >= VALUES_COUNT {
            refuse();
        }
        gos_rt_tls_offset = VALUES + 8 * u64::from(index);
    }
    prepare_thread();
}

/// Gives this thread a block of zeros.
pub fn prepare_thread() {
    let block = Box::into_raw(Box::new(Block([0; tls::SIZE as usize])));
    // SAFETY: the slot exists.
    unsafe {
        let index = (gos_rt_tls_offset - VALUES) / 8;
        if TlsSetValue(index as u32, block.cast()) == 0 || read() != block.cast() {
            refuse();
        }
    }
}

/// Frees the block of a thread at its end.
pub fn leave_thread() {
    // SAFETY: from `prepare_thread`.
    drop(unsafe { Box::from_raw(read().cast::<Block>()) });
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
    let block: *mut c_void;
    // SAFETY: reads the slot. `pure` is left out, and so the address is not kept over a call that
    // may change threads.
    unsafe {
        asm!(
            "mov {block}, qword ptr [rip + {offset}]",
            "mov {block}, qword ptr gs:[{block}]",
            block = out(reg) block,
            offset = sym gos_rt_tls_offset,
            options(nostack, preserves_flags, readonly)
        );
    }
    if block.is_null() {
        (&raw const NOBODY).cast_mut().cast()
    } else {
        block
    }
}
