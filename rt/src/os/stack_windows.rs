//! What a thread's environment block says of the stack that the thread is on. Functions of the system with
//! large frames, its exceptions and its kernel look there, so it must be true while they may run: of the
//! thread's own stack in the runtime, of a stack for C in C.

use core::arch::asm;

/// Upper end, lowest address that memory was given for, lowest address.
#[derive(Clone, Copy, Debug)]
pub struct Bounds([u64; 3]);

impl Bounds {
    /// Of a stack that all memory was given for.
    #[must_use]
    pub fn new(low: u64, high: u64) -> Bounds {
        Bounds([high, low, low])
    }

    /// As this thread's block says.
    #[must_use]
    pub fn of_thread() -> Bounds {
        let (high, given, low);
        // SAFETY: reads the thread's own block.
        unsafe {
            asm!(
                "mov {high}, qword ptr gs:[0x08]",
                "mov {given}, qword ptr gs:[0x10]",
                "mov {low}, qword ptr gs:[0x1478]",
                high = out(reg) high,
                given = out(reg) given,
                low = out(reg) low,
                options(nostack, preserves_flags, readonly)
            );
        }
        Bounds([high, given, low])
    }

    /// Makes this thread's block say so.
    ///
    /// # Safety
    /// The thread is on this stack, or goes there next.
    pub unsafe fn tell(self) {
        let Bounds([high, given, low]) = self;
        // SAFETY: writes the thread's own block; the rest is the caller's promise.
        unsafe {
            asm!(
                "mov qword ptr gs:[0x08], {high}",
                "mov qword ptr gs:[0x10], {given}",
                "mov qword ptr gs:[0x1478], {low}",
                high = in(reg) high,
                given = in(reg) given,
                low = in(reg) low,
                options(nostack, preserves_flags)
            );
        }
    }
}
