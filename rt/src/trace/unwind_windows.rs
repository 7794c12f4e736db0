//! The way through the runtime's own frames on Windows, whose compilers do not link them by their frame
//! pointers: the system's tables say how each is left.
//! Keeps: reads the stack only where the caller says that it is one.

use core::ffi::c_void;
use core::ptr::null_mut;

use crate::os::windows::{RtlLookupFunctionEntry, RtlVirtualUnwind};

/// Where registers lie in the system's record of them, in bytes.
const RSP: usize = 0x98;
const RBP: usize = 0xa0;
const RIP: usize = 0xf8;

/// The system's record of all registers.
#[repr(C, align(16))]
struct Context([u8; 0x4d0]);

impl Context {
    fn get(&self, at: usize) -> u64 {
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&self.0[at..at + 8]);
        u64::from_le_bytes(bytes)
    }

    fn set(&mut self, at: usize, value: u64) {
        self.0[at..at + 8].copy_from_slice(&value.to_le_bytes());
    }
}

/// A place in the code, and the frame and stack that it has there.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// A return address.
    pub pc: u64,
    /// The frame pointer.
    pub frame: u64,
    /// The stack pointer.
    pub sp: u64,
}

/// Where the code without tables is that called what is at `place`; `place` itself if that has none.
/// `None` when the way leads off the stack.
pub fn caller_without_tables(mut place: Place, is_on_stack: impl Fn(u64) -> bool) -> Option<Place> {
    loop {
        let mut image = 0;
        // SAFETY: looks the address up in tables of the system.
        let entry = unsafe { RtlLookupFunctionEntry(place.pc - 1, &raw mut image, null_mut()) };
        if entry.is_null() {
            return Some(place);
        }
        if !is_on_stack(place.sp) {
            return None;
        }
        let mut context = Context([0; 0x4d0]);
        context.set(RIP, place.pc);
        context.set(RBP, place.frame);
        context.set(RSP, place.sp);
        let (mut data, mut establisher) = (null_mut::<c_void>(), 0);
        // SAFETY: the entry is that of the address; the stack below the function's frame is there, and
        // what the entry says of it is true, as the compiler made both.
        unsafe {
            RtlVirtualUnwind(
                0,
                image,
                place.pc,
                entry,
                (&raw mut context).cast(),
                &raw mut data,
                &raw mut establisher,
                null_mut(),
            );
        }
        let next = Place {
            pc: context.get(RIP),
            frame: context.get(RBP),
            sp: context.get(RSP),
        };
        if next.pc == 0 || next.sp <= place.sp {
            return None;
        }
        place = next;
    }
}
