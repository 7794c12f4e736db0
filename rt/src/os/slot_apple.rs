//! A key of the thread library, whose values lie at eight bytes a key from where the processor's thread
//! register points.

use core::arch::asm;
use core::ffi::c_void;

/// Where a new slot is.
pub(super) fn create() -> Option<u64> {
    let mut key: libc::pthread_key_t = 0;
    // SAFETY: the key is ours.
    let failed = unsafe { libc::pthread_key_create(&raw mut key, None) };
    (failed == 0).then_some(key as u64 * 8)
}

/// Sets this thread's slot.
///
/// # Safety
/// The offset is from `create`.
pub(super) unsafe fn set(offset: u64, block: *mut c_void) -> bool {
    // SAFETY: the key exists.
    unsafe { libc::pthread_setspecific((offset / 8) as libc::pthread_key_t, block) == 0 }
}

/// What this thread's slot holds.
#[inline(always)]
pub(super) fn get() -> *mut c_void {
    let block: *mut c_void;
    // SAFETY: reads the slot. `pure` is left out, and so the address is not kept over a call that
    // may change threads.
    unsafe {
        #[cfg(target_arch = "x86_64")]
        asm!(
            "mov {block}, qword ptr [rip + {offset}]",
            "mov {block}, qword ptr gs:[{block}]",
            block = out(reg) block,
            offset = sym super::gos_rt_tls_offset,
            options(nostack, preserves_flags, readonly)
        );
        #[cfg(target_arch = "aarch64")]
        asm!(
            "mrs {block}, tpidrro_el0",
            // Systems before the eleventh kept the processor's number in the lowest bits.
            "and {block}, {block}, #-8",
            "adrp {at}, {offset}@PAGE",
            "ldr {at}, [{at}, {offset}@PAGEOFF]",
            "ldr {block}, [{block}, {at}]",
            block = out(reg) block,
            at = out(reg) _,
            offset = sym super::gos_rt_tls_offset,
            options(nostack, preserves_flags, readonly)
        );
    }
    block
}
