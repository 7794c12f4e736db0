//! Rows of the table: print buffers, files and paths. Reading, writing and closing descriptors
//! stand in `net.rs`, since sockets share them.

use crate::exports::net::{FIRST_HANDLE, with};
use crate::io::{file, print};
use crate::net::descriptor::{self, BAD_DESCRIPTOR};
use crate::string::{self, Str};
use gos_convention::gossamer;

/// Prints to a buffered descriptor.
#[gossamer]
#[unsafe(no_mangle)]
unsafe extern "gossamer" fn gos_rt_print_impl(descriptor: i64, bytes: *const u8, length: usize) {
    // SAFETY: compiled code passes strings and runs on workers only; so everywhere below.
    print::print(descriptor, unsafe { string::bytes_of(bytes, length) });
}

/// Writes the print buffers out.
#[gossamer]
#[unsafe(no_mangle)]
extern "gossamer" fn gos_rt_flush_impl() {
    print::flush();
}

/// Opens a file.
#[gossamer]
#[unsafe(no_mangle)]
unsafe extern "gossamer" fn gos_rt_open_impl(
    path: *const u8,
    length: usize,
    flags: i64,
    mode: i64,
) -> i64 {
    // SAFETY: as above.
    match file::open(unsafe { string::text_of(path, length) }, flags, mode) {
        number @ 0.. => descriptor::keep(number as i32),
        error => error,
    }
}

/// Calls `call` with the system's number of a descriptor, or of a number that is the system's.
fn with_number(descriptor: i64, call: impl FnOnce(i32) -> i64) -> i64 {
    if descriptor >= FIRST_HANDLE {
        return with(descriptor, call).unwrap_or(-BAD_DESCRIPTOR);
    }
    i32::try_from(descriptor).map_or(-BAD_DESCRIPTOR, call)
}

/// Moves a file's position.
#[gossamer]
#[unsafe(no_mangle)]
extern "gossamer" fn gos_rt_seek_impl(descriptor: i64, offset: i64, whence: i64) -> i64 {
    with_number(descriptor, |number| file::seek(number, offset, whence))
}

/// Bytes of a file.
#[gossamer]
#[unsafe(no_mangle)]
extern "gossamer" fn gos_rt_file_size_impl(descriptor: i64) -> i64 {
    with_number(descriptor, file::size)
}

/// Something with a path.
#[gossamer]
#[unsafe(no_mangle)]
unsafe extern "gossamer" fn gos_rt_path_op_impl(
    operation: i64,
    path: *const u8,
    length: usize,
    other: *const u8,
    other_length: usize,
) -> i64 {
    const EINVAL: i64 = 22;
    let Some(operation) = file::PathOperation::from_number(operation) else {
        return -EINVAL;
    };
    // SAFETY: as above.
    let (path, other) = unsafe {
        (
            string::text_of(path, length),
            string::text_of(other, other_length),
        )
    };
    file::path_operation(operation, path, other)
}

/// The text of an error number.
#[gossamer]
#[unsafe(no_mangle)]
unsafe extern "gossamer" fn gos_rt_error_text_impl(number: i64) -> Str {
    // SAFETY: as above.
    unsafe { string::copy(file::error_text(number).as_bytes()) }
}
