//! Strings: pointer and length, the bytes in constant data or behind the used mark of a buffer cell.
//! Keeps: bytes below a buffer's used mark never change, so any number of strings may share them;
//! whoever moves the mark owns the bytes that it passed. Never: reads beyond a string's length.
//! Read next: `append.rs` (growing in place), `float.rs`.

pub mod append;
pub mod float;

#[cfg(test)]
mod tests;

use crate::gc::alloc;

/// A string or byte view, as the ABI returns it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct Str {
    /// First byte; null in "none", any address when the length is 0.
    pub bytes: *const u8,
    /// Bytes.
    pub length: usize,
}

impl Str {
    /// What a function gives back that found nothing.
    pub const NONE: Str = Str {
        bytes: std::ptr::null(),
        length: 0,
    };
    /// The empty string.
    pub const EMPTY: Str = Str::of_static("");

    /// A string in constant data.
    #[must_use]
    pub const fn of_static(text: &'static str) -> Str {
        Str {
            bytes: text.as_ptr(),
            length: text.len(),
        }
    }
}

/// The bytes of a string argument.
///
/// # Safety
/// `bytes` and `length` are those of one string, which is not collected while the result is used.
#[inline(always)]
pub unsafe fn bytes_of<'a>(bytes: *const u8, length: usize) -> &'a [u8] {
    if length == 0 {
        return &[];
    }
    // SAFETY: the caller's promise.
    unsafe { std::slice::from_raw_parts(bytes, length) }
}

/// The text of a string argument; the part before the first damage, should it not be UTF-8.
///
/// # Safety
/// As for [`bytes_of`].
#[must_use]
pub unsafe fn text_of<'a>(bytes: *const u8, length: usize) -> &'a str {
    // SAFETY: the caller's promise.
    let bytes = unsafe { bytes_of(bytes, length) };
    match std::str::from_utf8(bytes) {
        Ok(text) => text,
        // SAFETY: valid up to there, as the error says.
        Err(error) => unsafe { std::str::from_utf8_unchecked(&bytes[..error.valid_up_to()]) },
    }
}

/// A string of its own with these bytes.
///
/// # Safety
/// This thread is a worker.
#[must_use]
pub unsafe fn copy(bytes: &[u8]) -> Str {
    if bytes.is_empty() {
        return Str::EMPTY;
    }
    // SAFETY: the new buffer has room for the bytes.
    unsafe {
        let buffer = alloc::string(bytes.len(), bytes.len());
        std::ptr::copy_nonoverlapping(bytes.as_ptr(), buffer, bytes.len());
        Str {
            bytes: buffer,
            length: bytes.len(),
        }
    }
}
