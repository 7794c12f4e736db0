//! The system's calls on descriptors, on Windows. Sockets and files have handles of two kinds, which
//! their numbers tell apart (`os/windows.rs`).

use std::ptr::{null, null_mut};

use super::Role;
use crate::os::numbers::{last_error, linux_error};
use crate::os::windows::{
    CloseHandle, CreatePipe, GetFileType, GetLastError, Handle, PeekNamedPipe, ReadFile, WriteFile,
    handle_of, number_of, socket_of,
};

#[path = "socket_windows.rs"]
mod socket;

pub use socket::{
    accept, connect, connect_error, listen, local_address, peer_address, shutdown, stop_listening,
};

const NOT_SUPPORTED: i64 = 38;
const FILE: u32 = 1;
const PIPE: u32 = 3;

/// Goroutines wait for pipes in the pool of threads: the poller knows sockets alone.
pub const PIPES_ARE_WATCHED: bool = false;

/// Reads.
///
/// # Safety
/// `length` bytes at `bytes` are writable.
pub unsafe fn read(number: i32, bytes: *mut u8, length: usize) -> i64 {
    const BROKEN_PIPE: u32 = 109;
    const END_OF_FILE: u32 = 38;
    if let Some(from) = socket_of(number) {
        // SAFETY: passed on to the caller.
        return unsafe { socket::receive(from, bytes, length) };
    }
    let length = u32::try_from(length).unwrap_or(u32::MAX);
    let mut count = 0;
    // SAFETY: passed on to the caller.
    unsafe {
        if ReadFile(handle_of(number), bytes, length, &raw mut count, null_mut()) != 0 {
            return i64::from(count);
        }
        match GetLastError() {
            // Nobody writes any more.
            BROKEN_PIPE | END_OF_FILE => 0,
            error => -i64::from(linux_error(error as i32)),
        }
    }
}

/// Writes.
///
/// # Safety
/// `length` bytes at `bytes` are readable.
pub unsafe fn write(number: i32, bytes: *const u8, length: usize) -> i64 {
    if let Some(to) = socket_of(number) {
        // SAFETY: passed on to the caller.
        return unsafe { socket::send(to, bytes, length) };
    }
    let length = u32::try_from(length).unwrap_or(u32::MAX);
    let mut count = 0;
    // SAFETY: passed on to the caller.
    let done = unsafe { WriteFile(handle_of(number), bytes, length, &raw mut count, null_mut()) };
    if done == 0 {
        return last_error();
    }
    i64::from(count)
}

/// Closes.
pub fn close(number: i32) -> i64 {
    if let Some(closed) = socket_of(number) {
        return socket::close(closed);
    }
    // SAFETY: the caller owns the number.
    if unsafe { CloseHandle(handle_of(number)) } == 0 {
        return last_error();
    }
    0
}

/// Whether the number is a file, which never blocks for long.
pub fn is_regular(number: i32) -> bool {
    // SAFETY: no memory is involved.
    socket_of(number).is_none() && unsafe { GetFileType(handle_of(number)) } == FILE
}

/// Whether a call would not block now.
pub fn is_ready(number: i32, for_writing: bool) -> bool {
    if for_writing || socket_of(number).is_some() {
        return false;
    }
    let mut available = 0;
    // SAFETY: only a number is asked for.
    unsafe {
        let handle = handle_of(number);
        GetFileType(handle) == PIPE
            // It fails when nobody writes any more, which reading tells.
            && (PeekNamedPipe(handle, null_mut(), 0, null_mut(), &raw mut available, null_mut())
                == 0
                || available > 0)
    }
}

/// There are no such sockets here.
pub fn open(_name: &str, _role: Role) -> i64 {
    -NOT_SUPPORTED
}

/// Sockets are not handed from process to process here.
pub fn kind(_number: i32) -> i64 {
    -NOT_SUPPORTED
}

/// Sockets are not handed from process to process here.
pub fn adopt(_number: i32) -> i64 {
    -NOT_SUPPORTED
}

/// A pipe: the end to read and the end to write.
pub fn pipe() -> Result<[i32; 2], i64> {
    const BYTES: u32 = 64 << 10;
    let (mut read, mut write): (Handle, Handle) = (null_mut(), null_mut());
    // SAFETY: both handles are ours.
    if unsafe { CreatePipe(&raw mut read, &raw mut write, null(), BYTES) } == 0 {
        return Err(last_error());
    }
    Ok([number_of(read), number_of(write)])
}
