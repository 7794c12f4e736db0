//! The slot in which each thread of Apple's systems keeps the address of its block: a key of the
//! thread library, whose values lie in the thread itself, at eight bytes a key from where the
//! processor's thread register points. Compiled code reads it there, in a few instructions and
//! without a call, which a small stack could not bear.
//! Keeps: the place is compared with what the library says when a thread gets its block.

use core::arch::asm;
use core::ffi::c_void;

use gos_abi::layout::tls;

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
    let mut key: libc::pthread_key_t = 0;
    // SAFETY: the key is ours; no other thread reads the offset yet.
    unsafe {
        if libc::pthread_key_create(&raw mut key, Some(free)) != 0 {
            refuse();
        }
        gos_rt_tls_offset = key as u64 * 8;
    }
    prepare_thread();
}

/// Gives this thread a block of zeros.
pub fn prepare_thread() {
    let block = Box::into_raw(Box::new(Block([0; tls::SIZE as usize])));
    // SAFETY: the key exists.
    unsafe {
        let key = (gos_rt_tls_offset / 8) as libc::pthread_key_t;
        if libc::pthread_setspecific(key, block.cast()) != 0 || read() != block.cast() {
            refuse();
        }
    }
}

unsafe extern "C" fn free(block: *mut c_void) {
    // SAFETY: from `prepare_thread`; the thread is at its end.
    drop(unsafe { Box::from_raw(block.cast::<Block>()) });
}

fn refuse() -> ! {
    const MESSAGE: &[u8] =
        b"fatal: this version of the system keeps what belongs to a thread in an unknown place\n";
    // SAFETY: plain system calls.
    unsafe {
        libc::write(2, MESSAGE.as_ptr().cast(), MESSAGE.len());
        libc::_exit(2)
    }
}

/// This thread's block; one of zeros, not to be written, in a thread that has none.
#[inline(always)]
pub fn read() -> *mut c_void {
    let block: *mut c_void;
    // SAFETY: reads the slot. `pure` is left out, and so the address is not kept over a call that
    // may change threads.
    unsafe {
        #[cfg(target_arch = "x86_64")]
        asm!(
            "mov {block}, qword ptr [rip + {offset}]",
            "mov {block}, qword ptr gs:[{block}]",
            block = out(reg) block,
            offset = sym gos_rt_tls_offset,
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
