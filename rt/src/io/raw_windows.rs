//! Unbuffered output on Windows. A console takes UTF-16, everything else the bytes.

use std::io::IsTerminal;
use std::ptr::{null, null_mut};

use crate::os::windows::{GetConsoleMode, Handle, WriteConsoleW, WriteFile, handle_of};

/// Units of UTF-16 that are handed on at once.
const UNITS: usize = 512;

/// Writes all bytes; false when the descriptor does not take them.
pub fn write_all(descriptor: i32, mut bytes: &[u8]) -> bool {
    let handle = handle_of(descriptor);
    let mut mode = 0;
    // SAFETY: the mode is ours.
    if descriptor < 3 && unsafe { GetConsoleMode(handle, &raw mut mode) } != 0 {
        return write_text(handle, bytes);
    }
    while !bytes.is_empty() {
        let mut count = 0;
        let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        // SAFETY: the bytes are readable.
        let done = unsafe { WriteFile(handle, bytes.as_ptr(), length, &raw mut count, null_mut()) };
        if done == 0 || count == 0 {
            return false;
        }
        bytes = &bytes[count as usize..];
    }
    true
}

/// Whether somebody sits there. Those of Cygwin are pipes with names that the library knows.
#[must_use]
pub fn is_terminal(descriptor: i32) -> bool {
    match descriptor {
        1 => std::io::stdout().is_terminal(),
        _ => std::io::stderr().is_terminal(),
    }
}

fn write_text(handle: Handle, bytes: &[u8]) -> bool {
    let mut units = [0u16; UNITS];
    let mut length = 0;
    // What is no UTF-8 shows as the character for that.
    for chunk in bytes.utf8_chunks() {
        let broken = (!chunk.invalid().is_empty()).then_some('\u{FFFD}');
        for character in chunk.valid().chars().chain(broken) {
            if length + 2 > UNITS {
                if !write_units(handle, &units[..length]) {
                    return false;
                }
                length = 0;
            }
            length += character.encode_utf16(&mut units[length..]).len();
        }
    }
    write_units(handle, &units[..length])
}

fn write_units(handle: Handle, mut units: &[u16]) -> bool {
    while !units.is_empty() {
        let mut count = 0;
        let length = units.len() as u32;
        // SAFETY: the units are readable.
        let done = unsafe { WriteConsoleW(handle, units.as_ptr(), length, &raw mut count, null()) };
        if done == 0 || count == 0 {
            return false;
        }
        units = &units[count as usize..];
    }
    true
}
