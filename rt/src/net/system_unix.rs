//! The system's calls on descriptors, on Unix systems.

use std::mem::{size_of, zeroed};
use std::net::SocketAddr;

use super::{INTERRUPTED, WOULD_BLOCK};
use crate::net::address::shown;
use crate::os;
use crate::os::numbers::linux_error;

#[path = "local_unix.rs"]
mod local;

pub use local::{adopt, kind, open, pipe, stop_listening};

/// Goroutines wait for pipes as for sockets, in the poller.
pub const PIPES_ARE_WATCHED: bool = true;

/// The last error, in Linux's numbers.
fn last_error() -> i64 {
    match os::errno() {
        libc::EAGAIN | libc::EINPROGRESS => -WOULD_BLOCK,
        other => -i64::from(linux_error(other)),
    }
}

fn result(value: i64) -> i64 {
    if value < 0 { last_error() } else { value }
}

/// Reads.
///
/// # Safety
/// `length` bytes at `bytes` are writable.
pub unsafe fn read(number: i32, bytes: *mut u8, length: usize) -> i64 {
    // SAFETY: passed on to the caller.
    result(unsafe { libc::read(number, bytes.cast(), length) } as i64)
}

/// Writes.
///
/// # Safety
/// `length` bytes at `bytes` are readable.
pub unsafe fn write(number: i32, bytes: *const u8, length: usize) -> i64 {
    // SAFETY: passed on to the caller.
    result(unsafe { libc::write(number, bytes.cast(), length) } as i64)
}

/// Closes.
pub fn close(number: i32) -> i64 {
    // SAFETY: the caller owns the number.
    result(i64::from(unsafe { libc::close(number) }))
}

/// Whether the number is a file, which never blocks for long.
pub fn is_regular(number: i32) -> bool {
    // SAFETY: the status is ours.
    unsafe {
        let mut status: libc::stat = zeroed();
        libc::fstat(number, &raw mut status) == 0 && status.st_mode & libc::S_IFMT == libc::S_IFREG
    }
}

/// Whether a call would not block now.
pub fn is_ready(number: i32, for_writing: bool) -> bool {
    let events = if for_writing {
        libc::POLLOUT
    } else {
        libc::POLLIN
    };
    let mut poll = libc::pollfd {
        fd: number,
        events,
        revents: 0,
    };
    // SAFETY: one entry.
    unsafe { libc::poll(&raw mut poll, 1, 0) > 0 }
}

/// A new socket: close-on-exec, non-blocking.
fn socket(family: i32, kind: i32) -> i64 {
    // SAFETY: plain system calls.
    unsafe {
        #[cfg(target_os = "linux")]
        let number = libc::socket(family, kind | libc::SOCK_CLOEXEC | libc::SOCK_NONBLOCK, 0);
        #[cfg(not(target_os = "linux"))]
        let number = prepare(libc::socket(family, kind, 0));
        result(i64::from(number))
    }
}

/// A new stream socket for an address.
fn stream_socket(address: &SocketAddr) -> i64 {
    let family = if address.is_ipv4() {
        libc::AF_INET
    } else {
        libc::AF_INET6
    };
    socket(family, libc::SOCK_STREAM)
}

/// Where a descriptor was not made so in one call.
unsafe fn prepare(number: i32) -> i32 {
    if number >= 0 {
        // SAFETY: the number is ours.
        unsafe {
            let flags = libc::fcntl(number, libc::F_GETFL);
            libc::fcntl(number, libc::F_SETFD, libc::FD_CLOEXEC);
            libc::fcntl(number, libc::F_SETFL, flags | libc::O_NONBLOCK);
        }
    }
    number
}

fn set_option(number: i32, level: i32, option: i32, value: i32) {
    // SAFETY: the value lives across the call. A system without the option does without it.
    unsafe {
        libc::setsockopt(
            number,
            level,
            option,
            (&raw const value).cast(),
            size_of::<i32>() as libc::socklen_t,
        );
    }
}

/// Small answers go out at once.
fn set_no_delay(number: i32) {
    set_option(number, libc::IPPROTO_TCP, libc::TCP_NODELAY, 1);
}

/// A listening socket's number.
pub fn listen(address: &SocketAddr, backlog: i32) -> i64 {
    let number = stream_socket(address);
    if number < 0 {
        return number;
    }
    let number = number as i32;
    set_option(number, libc::SOL_SOCKET, libc::SO_REUSEADDR, 1);
    if address.is_ipv6() && address.ip().is_unspecified() {
        set_option(number, libc::IPPROTO_IPV6, libc::IPV6_V6ONLY, 0);
    }
    let (storage, length) = to_system(address);
    // SAFETY: the address lives across the call.
    let done = unsafe {
        libc::bind(number, (&raw const storage).cast(), length) == 0
            && libc::listen(number, backlog) == 0
    };
    if done {
        return i64::from(number);
    }
    let error = last_error();
    close(number);
    error
}

/// The number of a socket that is being connected.
pub fn connect(address: &SocketAddr) -> i64 {
    let number = stream_socket(address);
    if number < 0 {
        return number;
    }
    let number = number as i32;
    set_no_delay(number);
    let (storage, length) = to_system(address);
    // SAFETY: the address lives across the call.
    let connected = unsafe { libc::connect(number, (&raw const storage).cast(), length) } == 0;
    let error = if connected {
        -WOULD_BLOCK
    } else {
        last_error()
    };
    if error == -WOULD_BLOCK || error == -INTERRUPTED {
        return i64::from(number);
    }
    close(number);
    error
}

/// The error that connecting has ended with, 0 before, in the system's numbers; or `-errno`.
pub fn connect_error(number: i32) -> Result<i32, i64> {
    let mut error = 0i32;
    let mut length = size_of::<i32>() as libc::socklen_t;
    // SAFETY: the error and its length are ours.
    let asked = unsafe {
        libc::getsockopt(
            number,
            libc::SOL_SOCKET,
            libc::SO_ERROR,
            (&raw mut error).cast(),
            &raw mut length,
        )
    };
    if asked < 0 {
        return Err(last_error());
    }
    Ok(error)
}

/// The number of a connection, close-on-exec, non-blocking, without delay.
pub fn accept(number: i32) -> i64 {
    // SAFETY: no address is asked for.
    let accepted = unsafe {
        let none = std::ptr::null_mut();
        #[cfg(target_os = "linux")]
        let accepted = libc::accept4(
            number,
            none,
            std::ptr::null_mut(),
            libc::SOCK_CLOEXEC | libc::SOCK_NONBLOCK,
        );
        #[cfg(not(target_os = "linux"))]
        let accepted = prepare(libc::accept(number, none, std::ptr::null_mut()));
        accepted
    };
    if accepted >= 0 {
        set_no_delay(accepted);
    }
    result(i64::from(accepted))
}

/// Ends reading (0), writing (1) or both (2).
pub fn shutdown(number: i32, how: i64) -> i64 {
    let how = match how {
        0 => libc::SHUT_RD,
        1 => libc::SHUT_WR,
        _ => libc::SHUT_RDWR,
    };
    // SAFETY: the caller uses the number.
    result(i64::from(unsafe { libc::shutdown(number, how) }))
}

/// The socket's own address, or name in the Unix domain.
pub fn local_address(number: i32) -> Option<String> {
    // SAFETY: the call fills at most what the length says.
    address_by(|address, length| unsafe { libc::getsockname(number, address, length) })
}

/// The other end's address.
pub fn peer_address(number: i32) -> Option<String> {
    // SAFETY: as above.
    address_by(|address, length| unsafe { libc::getpeername(number, address, length) })
}

fn address_by(
    call: impl FnOnce(*mut libc::sockaddr, *mut libc::socklen_t) -> i32,
) -> Option<String> {
    // SAFETY: zeroed is a valid storage.
    let mut storage: libc::sockaddr_storage = unsafe { zeroed() };
    let mut length = size_of::<libc::sockaddr_storage>() as libc::socklen_t;
    if call((&raw mut storage).cast(), &raw mut length) < 0 {
        return None;
    }
    if i32::from(storage.ss_family) == libc::AF_UNIX {
        return Some(local::name_of(&storage, length));
    }
    from_system(&storage).map(|address| address.to_string())
}

fn to_system(address: &SocketAddr) -> (libc::sockaddr_storage, libc::socklen_t) {
    // SAFETY: zeroed is a valid storage, large enough for both kinds.
    let mut storage: libc::sockaddr_storage = unsafe { zeroed() };
    let to = &raw mut storage;
    let length = match address {
        SocketAddr::V4(v4) => {
            // SAFETY: as above.
            let to = unsafe { &mut *to.cast::<libc::sockaddr_in>() };
            to.sin_family = libc::AF_INET as libc::sa_family_t;
            to.sin_port = v4.port().to_be();
            to.sin_addr.s_addr = u32::from_ne_bytes(v4.ip().octets());
            size_of::<libc::sockaddr_in>()
        }
        SocketAddr::V6(v6) => {
            // SAFETY: as above.
            let to = unsafe { &mut *to.cast::<libc::sockaddr_in6>() };
            to.sin6_family = libc::AF_INET6 as libc::sa_family_t;
            to.sin6_port = v6.port().to_be();
            to.sin6_addr.s6_addr = v6.ip().octets();
            to.sin6_scope_id = v6.scope_id();
            size_of::<libc::sockaddr_in6>()
        }
    };
    (storage, length as libc::socklen_t)
}

fn from_system(storage: &libc::sockaddr_storage) -> Option<SocketAddr> {
    let from: *const libc::sockaddr_storage = storage;
    match i32::from(storage.ss_family) {
        libc::AF_INET => {
            // SAFETY: the family says which kind it is.
            let from = unsafe { &*from.cast::<libc::sockaddr_in>() };
            let ip = from.sin_addr.s_addr.to_ne_bytes();
            Some(SocketAddr::from((ip, u16::from_be(from.sin_port))))
        }
        libc::AF_INET6 => {
            // SAFETY: as above.
            let from = unsafe { &*from.cast::<libc::sockaddr_in6>() };
            let port = u16::from_be(from.sin6_port);
            Some(shown(from.sin6_addr.s6_addr, port, from.sin6_scope_id))
        }
        _ => None,
    }
}
