//! One of the first 64 thread-local values of the system, which lie in the thread's environment block, at a
//! place that has been the same since there are 64-bit systems.

use core::arch::asm;
use core::ffi::c_void;

use crate::os::windows::{TlsAlloc, TlsSetValue};

/// Where the values lie in the environment block, which the register `gs` points to.
const VALUES: u64 = 0x1480;
/// How many lie there.
const VALUES_COUNT: u32 = 64;

/// Where a new slot is.
pub(super) fn create() -> Option<u64> {
    // SAFETY: no memory is involved.
    let index = unsafe { TlsAlloc() };
    (index < VALUES_COUNT).then_some(VALUES + 8 * u64::from(index))
}

/// Sets this thread's slot.
///
/// # Safety
/// The offset is from `create`.
pub(super) unsafe fn set(offset: u64, block: *mut c_void) -> bool {
    // SAFETY: the value exists.
    unsafe { TlsSetValue(((offset - VALUES) / 8) as u32, block) != 0 }
}

/// What this thread's slot holds.
#[inline(always)]
pub(super) fn get() -> *mut c_void {
    let block: *mut c_void;
    // SAFETY: reads the slot. `pure` is left out, and so the address is not kept over a call that
    // may change threads.
    unsafe {
        asm!(
            "mov {block}, qword ptr [rip + {offset}]",
            "mov {block}, qword ptr gs:[{block}]",
            block = out(reg) block,
            offset = sym super::gos_rt_tls_offset,
            options(nostack, preserves_flags, readonly)
        );
    }
    block
}
