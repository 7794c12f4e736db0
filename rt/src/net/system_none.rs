//! A platform whose sockets the runtime does not know yet: every call says that it is not
//! supported.

use std::net::SocketAddr;

use super::Role;

const NOT_SUPPORTED: i64 = 38;

/// Not supported.
///
/// # Safety
/// None needed.
pub unsafe fn read(_number: i32, _bytes: *mut u8, _length: usize) -> i64 {
    -NOT_SUPPORTED
}

/// Not supported.
///
/// # Safety
/// None needed.
pub unsafe fn write(_number: i32, _bytes: *const u8, _length: usize) -> i64 {
    -NOT_SUPPORTED
}

/// Not supported.
pub fn close(_number: i32) -> i64 {
    -NOT_SUPPORTED
}

/// Not supported.
pub fn accept(_number: i32) -> i64 {
    -NOT_SUPPORTED
}

/// Not supported.
pub fn listen(_address: &SocketAddr, _backlog: i32) -> i64 {
    -NOT_SUPPORTED
}

/// Not supported.
pub fn connect(_address: &SocketAddr) -> i64 {
    -NOT_SUPPORTED
}

/// Not supported.
pub fn connect_result(_number: i32) -> i64 {
    -NOT_SUPPORTED
}

/// Not supported.
pub fn shutdown(_number: i32, _how: i64) -> i64 {
    -NOT_SUPPORTED
}

/// Not supported.
pub fn local_address(_number: i32) -> Option<String> {
    None
}

/// Not supported.
pub fn peer_address(_number: i32) -> Option<String> {
    None
}

/// Everything is tried in place.
pub fn is_regular(_number: i32) -> bool {
    true
}

/// Unknown.
pub fn is_ready(_number: i32, _for_writing: bool) -> bool {
    false
}

/// Not supported.
pub fn open(_name: &str, _role: Role) -> i64 {
    -NOT_SUPPORTED
}

/// Not supported.
pub fn kind(_number: i32) -> i64 {
    -NOT_SUPPORTED
}

/// Not supported.
pub fn adopt(_number: i32) -> i64 {
    -NOT_SUPPORTED
}

/// Not supported.
pub fn stop_listening(_number: i32) -> i64 {
    -NOT_SUPPORTED
}

/// Not supported.
pub fn pipe() -> Result<[i32; 2], i64> {
    Err(-NOT_SUPPORTED)
}
