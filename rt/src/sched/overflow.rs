//! A goroutine that uses up its stack goes on in the program's panic entry instead of the function
//! that asked for more.

use crate::task::G;
use crate::task::context::MORESTACK_FRAME;

/// What `gos_fault` gets as its argument.
pub mod fault {
    /// A null reference was followed.
    pub const NULL: u64 = 1;
    /// The stack is used up.
    pub const STACK_OVERFLOW: u64 = 2;
}

/// Changes the frame of `gos_rt_morestack` so that it calls the panic entry. False when the
/// goroutine is in that entry already.
///
/// # Safety
/// `frame` is that frame, of the running goroutine.
#[must_use]
pub unsafe fn divert(goroutine: &mut G, frame: u64) -> bool {
    if goroutine.overflowed {
        return false;
    }
    goroutine.overflowed = true;
    let function = frame.wrapping_add_signed(MORESTACK_FRAME.function) as *mut u64;
    let argument = frame.wrapping_add_signed(MORESTACK_FRAME.argument) as *mut u64;
    // SAFETY: the frame has these slots.
    unsafe {
        function.write(crate::task::fault_entry());
        argument.write(fault::STACK_OVERFLOW);
    }
    true
}
