//! Sockets of Windows: not blocking, not inherited by children, small answers sent at once.

use std::mem::{size_of, zeroed};
use std::net::SocketAddr;
use std::ptr::{null, null_mut};
use std::sync::Once;

use crate::net::address::shown;
use crate::net::system::{INVALID, WOULD_BLOCK};
use crate::os::numbers::linux_error;
use crate::os::windows::{
    HANDLE_FLAG_INHERIT, Handle, SetHandleInformation, number_of_socket, socket_of,
};

const BAD_DESCRIPTOR: i64 = 9;
const INTERNET_4: u16 = 2;
const INTERNET_6: u16 = 23;
const STREAM: i32 = 1;
const OVERLAPPED: u32 = 0x01;
const NO_HANDLE_INHERIT: u32 = 0x80;
const NO_SOCKET: usize = usize::MAX;
const SET_NON_BLOCKING: i32 = 0x8004_667E_u32 as i32;
const LEVEL_SOCKET: i32 = 0xffff;
const LEVEL_TCP: i32 = 6;
const LEVEL_IPV6: i32 = 41;
const ERROR: i32 = 0x1007;
const NO_DELAY: i32 = 1;
const ONLY_IPV6: i32 = 27;
/// Room for an address of either kind, as the system's own record has it.
const ADDRESS_BYTES: usize = 128;

/// An address; the family says what follows.
#[repr(C, align(8))]
struct Storage([u8; ADDRESS_BYTES]);

#[link(name = "ws2_32")]
unsafe extern "system" {
    fn WSAStartup(version: u16, data: *mut [u64; 64]) -> i32;
    fn WSAGetLastError() -> i32;
    fn WSASocketW(
        family: i32,
        kind: i32,
        protocol: i32,
        information: *const u8,
        group: u32,
        flags: u32,
    ) -> usize;
    fn closesocket(socket: usize) -> i32;
    fn ioctlsocket(socket: usize, command: i32, argument: *mut u32) -> i32;
    fn setsockopt(socket: usize, level: i32, option: i32, value: *const i32, bytes: i32) -> i32;
    fn getsockopt(socket: usize, level: i32, option: i32, value: *mut i32, bytes: *mut i32) -> i32;
    fn bind(socket: usize, address: *const Storage, bytes: i32) -> i32;
    #[link_name = "listen"]
    fn listen_on(socket: usize, backlog: i32) -> i32;
    #[link_name = "connect"]
    fn connect_to(socket: usize, address: *const Storage, bytes: i32) -> i32;
    #[link_name = "accept"]
    fn accept_from(socket: usize, address: *mut Storage, bytes: *mut i32) -> usize;
    fn recv(socket: usize, bytes: *mut u8, length: i32, flags: i32) -> i32;
    #[link_name = "send"]
    fn send_to(socket: usize, bytes: *const u8, length: i32, flags: i32) -> i32;
    #[link_name = "shutdown"]
    fn shut(socket: usize, how: i32) -> i32;
    fn getsockname(socket: usize, address: *mut Storage, bytes: *mut i32) -> i32;
    fn getpeername(socket: usize, address: *mut Storage, bytes: *mut i32) -> i32;
}

/// The last error of a socket, in Linux's numbers.
fn last_error() -> i64 {
    // SAFETY: no memory is involved.
    -i64::from(linux_error(unsafe { WSAGetLastError() }))
}

fn result(value: i32) -> i64 {
    if value < 0 {
        last_error()
    } else {
        i64::from(value)
    }
}

/// Reads from a socket.
///
/// # Safety
/// `length` bytes at `bytes` are writable.
pub(super) unsafe fn receive(socket: usize, bytes: *mut u8, length: usize) -> i64 {
    // SAFETY: passed on to the caller.
    result(unsafe { recv(socket, bytes, i32::try_from(length).unwrap_or(i32::MAX), 0) })
}

/// Writes to a socket.
///
/// # Safety
/// `length` bytes at `bytes` are readable.
pub(super) unsafe fn send(socket: usize, bytes: *const u8, length: usize) -> i64 {
    // SAFETY: passed on to the caller.
    result(unsafe { send_to(socket, bytes, i32::try_from(length).unwrap_or(i32::MAX), 0) })
}

/// Closes a socket.
pub(super) fn close(socket: usize) -> i64 {
    // SAFETY: the caller owns the socket.
    result(unsafe { closesocket(socket) })
}

/// A new stream socket for an address.
fn stream_socket(address: &SocketAddr) -> Result<usize, i64> {
    static STARTED: Once = Once::new();
    STARTED.call_once(|| {
        let mut about = [0; 64];
        // SAFETY: the record has room for what is told. Should it fail, so do the calls that follow.
        unsafe { WSAStartup(0x0202, &raw mut about) };
    });
    let family = if address.is_ipv4() {
        INTERNET_4
    } else {
        INTERNET_6
    };
    // SAFETY: no memory is involved.
    let socket = unsafe {
        let flags = OVERLAPPED | NO_HANDLE_INHERIT;
        WSASocketW(i32::from(family), STREAM, 0, null(), 0, flags)
    };
    if socket == NO_SOCKET {
        return Err(last_error());
    }
    prepare(socket);
    Ok(socket)
}

fn prepare(socket: usize) {
    let mut yes = 1;
    // SAFETY: the value lives across the call.
    unsafe { ioctlsocket(socket, SET_NON_BLOCKING, &raw mut yes) };
}

fn set_option(socket: usize, level: i32, option: i32, value: i32) {
    // SAFETY: the value lives across the call. A system without the option does without it.
    unsafe {
        setsockopt(
            socket,
            level,
            option,
            &raw const value,
            size_of::<i32>() as i32,
        )
    };
}

/// A listening socket's number.
pub fn listen(address: &SocketAddr, backlog: i32) -> i64 {
    let socket = match stream_socket(address) {
        Ok(socket) => socket,
        Err(error) => return error,
    };
    if address.is_ipv6() && address.ip().is_unspecified() {
        set_option(socket, LEVEL_IPV6, ONLY_IPV6, 0);
    }
    let (storage, bytes) = to_system(address);
    // SAFETY: the address lives across the call.
    let done =
        unsafe { bind(socket, &raw const storage, bytes) == 0 && listen_on(socket, backlog) == 0 };
    if done {
        return i64::from(number_of_socket(socket));
    }
    let error = last_error();
    close(socket);
    error
}

/// The number of a socket that is being connected.
pub fn connect(address: &SocketAddr) -> i64 {
    let socket = match stream_socket(address) {
        Ok(socket) => socket,
        Err(error) => return error,
    };
    set_option(socket, LEVEL_TCP, NO_DELAY, 1);
    let (storage, bytes) = to_system(address);
    // SAFETY: the address lives across the call.
    let error = match unsafe { connect_to(socket, &raw const storage, bytes) } {
        0 => -WOULD_BLOCK,
        _ => last_error(),
    };
    if error == -WOULD_BLOCK {
        return i64::from(number_of_socket(socket));
    }
    close(socket);
    error
}

/// The error that connecting has ended with, 0 before, in the system's numbers; or `-errno`.
pub fn connect_error(number: i32) -> Result<i32, i64> {
    let socket = socket_of(number).ok_or(-BAD_DESCRIPTOR)?;
    let (mut error, mut bytes) = (0, size_of::<i32>() as i32);
    // SAFETY: the error and its length are ours.
    let asked = unsafe { getsockopt(socket, LEVEL_SOCKET, ERROR, &raw mut error, &raw mut bytes) };
    if asked < 0 {
        return Err(last_error());
    }
    Ok(error)
}

/// The number of a connection.
pub fn accept(number: i32) -> i64 {
    let Some(socket) = socket_of(number) else {
        return -BAD_DESCRIPTOR;
    };
    // SAFETY: no address is asked for.
    let accepted = unsafe { accept_from(socket, null_mut(), null_mut()) };
    if accepted == NO_SOCKET {
        return last_error();
    }
    // SAFETY: the socket is ours.
    unsafe {
        let handle: Handle = std::ptr::without_provenance_mut(accepted);
        SetHandleInformation(handle, HANDLE_FLAG_INHERIT, 0);
    }
    prepare(accepted);
    set_option(accepted, LEVEL_TCP, NO_DELAY, 1);
    i64::from(number_of_socket(accepted))
}

/// A listener cannot be told to let nobody in any more and keep who is in: it stays as it is until it is
/// closed.
pub fn stop_listening(_number: i32) -> i64 {
    0
}

/// Ends reading (0), writing (1) or both (2).
pub fn shutdown(number: i32, how: i64) -> i64 {
    let (Some(socket), Ok(how @ 0..=2)) = (socket_of(number), i32::try_from(how)) else {
        return -INVALID;
    };
    // SAFETY: the caller uses the number.
    result(unsafe { shut(socket, how) })
}

/// The socket's own address.
pub fn local_address(number: i32) -> Option<String> {
    let socket = socket_of(number)?;
    // SAFETY: the call fills at most what the length says.
    address_by(|address, bytes| unsafe { getsockname(socket, address, bytes) })
}

/// The other end's address.
pub fn peer_address(number: i32) -> Option<String> {
    let socket = socket_of(number)?;
    // SAFETY: as above.
    address_by(|address, bytes| unsafe { getpeername(socket, address, bytes) })
}

fn address_by(call: impl FnOnce(*mut Storage, *mut i32) -> i32) -> Option<String> {
    // SAFETY: zeroed is a valid storage.
    let mut storage: Storage = unsafe { zeroed() };
    let mut bytes = ADDRESS_BYTES as i32;
    if call(&raw mut storage, &raw mut bytes) < 0 {
        return None;
    }
    from_system(&storage).map(|address| address.to_string())
}

/// Family, port and then: four bytes; or flow, sixteen bytes and scope.
fn to_system(address: &SocketAddr) -> (Storage, i32) {
    let mut storage = Storage([0; ADDRESS_BYTES]);
    let mut put = |at: usize, bytes: &[u8]| storage.0[at..at + bytes.len()].copy_from_slice(bytes);
    put(2, &address.port().to_be_bytes());
    let bytes = match address {
        SocketAddr::V4(v4) => {
            put(0, &INTERNET_4.to_ne_bytes());
            put(4, &v4.ip().octets());
            16
        }
        SocketAddr::V6(v6) => {
            put(0, &INTERNET_6.to_ne_bytes());
            put(8, &v6.ip().octets());
            put(24, &v6.scope_id().to_ne_bytes());
            28
        }
    };
    (storage, bytes)
}

fn from_system(storage: &Storage) -> Option<SocketAddr> {
    fn part<const N: usize>(storage: &Storage, at: usize) -> [u8; N] {
        core::array::from_fn(|index| storage.0[at + index])
    }
    let port = u16::from_be_bytes(part(storage, 2));
    match u16::from_ne_bytes(part(storage, 0)) {
        INTERNET_4 => Some(SocketAddr::from((part::<4>(storage, 4), port))),
        INTERNET_6 => {
            let scope = u32::from_ne_bytes(part(storage, 24));
            Some(shown(part(storage, 8), port, scope))
        }
        _ => None,
    }
}
