//! Rows of the table: strings.

use crate::gc::alloc;
use crate::profile::carried;
use crate::string::{self, Str, append, float};
use gos_convention::gossamer;

/// The same text in a buffer of its own.
#[gossamer]
#[unsafe(no_mangle)]
unsafe extern "gossamer" fn gos_rt_string_copy(bytes: *const u8, length: usize) -> Str {
    // SAFETY: compiled code passes strings and runs on workers only; so everywhere below.
    unsafe { string::copy(string::bytes_of(bytes, length)) }
}

/// Both texts, one after the other.
#[gossamer]
#[unsafe(no_mangle)]
unsafe extern "gossamer" fn gos_rt_string_append(
    head: *const u8,
    head_length: usize,
    tail: *const u8,
    tail_length: usize,
) -> Str {
    let head = Str {
        bytes: head,
        length: head_length,
    };
    // SAFETY: as above.
    unsafe {
        append::append(
            head,
            Str {
                bytes: tail,
                length: tail_length,
            },
        )
    }
}

/// A buffer of zeroed bytes that counts as used.
#[gossamer]
#[unsafe(no_mangle)]
unsafe extern "gossamer" fn gos_rt_string_buffer(capacity: usize) -> *mut u8 {
    // SAFETY: as above.
    unsafe { alloc::string(capacity, capacity) }
}

/// Whether `{:?}` shows a character as it is, quotes and backslashes aside.
#[gossamer]
#[unsafe(no_mangle)]
extern "gossamer" fn gos_rt_char_printable(character: u32) -> u8 {
    u8::from(char::from_u32(character).is_some_and(|c| c.escape_debug().len() == 1))
}

/// A float as text.
#[gossamer]
#[unsafe(no_mangle)]
unsafe extern "gossamer" fn gos_rt_format_f64_impl(
    value: f64,
    precision: i64,
    mode: i64,
    buffer: *mut u8,
) -> usize {
    carried::carry();
    // SAFETY: the caller passes a buffer of the agreed size.
    let buffer = unsafe { std::slice::from_raw_parts_mut(buffer, float::BUFFER_BYTES) };
    float::format(value, precision, mode, buffer)
}

/// Text as a float; 1 when it is one.
#[gossamer]
#[unsafe(no_mangle)]
unsafe extern "gossamer" fn gos_rt_parse_f64_impl(
    bytes: *const u8,
    length: usize,
    to: *mut f64,
) -> u8 {
    // SAFETY: as above; `to` is a float of the caller's.
    unsafe {
        let parsed = float::parse(string::bytes_of(bytes, length));
        if let Some(value) = parsed {
            *to = value;
        }
        u8::from(parsed.is_some())
    }
}

/// Text as a float of half the width, rounded once; 1 when it is one.
#[gossamer]
#[unsafe(no_mangle)]
unsafe extern "gossamer" fn gos_rt_parse_f32_impl(
    bytes: *const u8,
    length: usize,
    to: *mut f32,
) -> u8 {
    // SAFETY: as above.
    unsafe {
        let parsed = float::parse(string::bytes_of(bytes, length));
        if let Some(value) = parsed {
            *to = value;
        }
        u8::from(parsed.is_some())
    }
}
