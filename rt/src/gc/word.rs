//! Reads of words that a program may write at the same time, or that lie where Rust knows of nothing: parts
//! of stacks, and fields of cells while the collector marks. Whatever is read is looked at as a
//! reference that may be one; that a new value is missed is made good by the barrier and by
//! the stops (`mod.rs`). Sanitizers, which would call each a fault, do not see these reads.

/// The word at an address.
///
/// # Safety
/// It is mapped.
#[inline(always)]
pub unsafe fn read(at: *const usize) -> usize {
    #[cfg(not(gos_sanitized))]
    // SAFETY: the caller's promise.
    unsafe {
        at.read_volatile()
    }
    #[cfg(gos_sanitized)]
    // SAFETY: the caller's promise.
    unsafe {
        let word;
        core::arch::asm!("mov {}, [{}]", out(reg) word, in(reg) at, options(nostack, preserves_flags, readonly));
        word
    }
}
