//! Sockets of the Unix domain, and sockets that another process made. A name is a path; one that
//! begins with `@` is abstract: it exists without a file, on Linux.

use std::mem::{offset_of, size_of, zeroed};

use super::{prepare, result, socket};
use crate::net::system::{self, INVALID, Role};

const NOT_A_SOCKET: i64 = 88;
/// Waiting connections; the system cuts it to what it allows.
const BACKLOG: i32 = 4096;

/// The address of a name, and its length; none when it does not fit.
fn address_of(name: &str) -> Option<(libc::sockaddr_un, libc::socklen_t)> {
    // SAFETY: zeroed is a valid address.
    let mut address: libc::sockaddr_un = unsafe { zeroed() };
    address.sun_family = libc::AF_UNIX as libc::sa_family_t;
    let bytes = name.as_bytes();
    let is_abstract = bytes.first() == Some(&b'@');
    // A path ends in a zero byte; an abstract name begins with one.
    let is_known = !is_abstract || cfg!(target_os = "linux");
    if !is_known || bytes.is_empty() || bytes.len() >= address.sun_path.len() || bytes.contains(&0)
    {
        return None;
    }
    for (to, from) in address.sun_path.iter_mut().zip(bytes) {
        *to = *from as libc::c_char;
    }
    if is_abstract {
        address.sun_path[0] = 0;
    }
    let length = offset_of!(libc::sockaddr_un, sun_path) + bytes.len() + usize::from(!is_abstract);
    Some((address, length as libc::socklen_t))
}

/// The name in an address of the Unix domain, as a user writes it; empty for a socket without one.
pub fn name_of(storage: &libc::sockaddr_storage, length: libc::socklen_t) -> String {
    // SAFETY: the caller looked at the family; a storage is larger than the address.
    let address = unsafe { &*std::ptr::from_ref(storage).cast::<libc::sockaddr_un>() };
    let used = (length as usize).saturating_sub(offset_of!(libc::sockaddr_un, sun_path));
    let bytes: Vec<u8> = address.sun_path[..used.min(address.sun_path.len())]
        .iter()
        .map(|byte| *byte as u8)
        .collect();
    match bytes.split_first() {
        Some((0, name)) if !name.is_empty() => format!("@{}", String::from_utf8_lossy(name)),
        _ => {
            let end = bytes.iter().position(|byte| *byte == 0);
            String::from_utf8_lossy(&bytes[..end.unwrap_or(bytes.len())]).into_owned()
        }
    }
}

/// A socket of the Unix domain: its number, close-on-exec and non-blocking, or -errno.
pub fn open(name: &str, role: Role) -> i64 {
    let Some((address, length)) = address_of(name) else {
        return -INVALID;
    };
    let kind = match role {
        Role::Listener | Role::Stream => libc::SOCK_STREAM,
        Role::Receiver | Role::Sender => libc::SOCK_DGRAM,
    };
    let number = socket(libc::AF_UNIX, kind);
    if number < 0 {
        return number;
    }
    let number = number as i32;
    let to = (&raw const address).cast();
    // SAFETY: the address lives across the calls.
    let done = unsafe {
        match role {
            Role::Listener => {
                libc::bind(number, to, length) == 0 && libc::listen(number, BACKLOG) == 0
            }
            Role::Receiver => libc::bind(number, to, length) == 0,
            Role::Stream | Role::Sender => libc::connect(number, to, length) == 0,
        }
    };
    if done {
        return i64::from(number);
    }
    let error = result(-1);
    system::close(number);
    error
}

fn option(number: i32, option: i32) -> Option<i32> {
    let mut value = 0i32;
    let mut length = size_of::<i32>() as libc::socklen_t;
    // SAFETY: the value and its length are ours.
    let asked = unsafe {
        libc::getsockopt(
            number,
            libc::SOL_SOCKET,
            option,
            (&raw mut value).cast(),
            &raw mut length,
        )
    };
    (asked == 0).then_some(value)
}

/// What a descriptor is: 16 for the Unix domain or 32 for the Internet, 2 for a stream or 4 for
/// datagrams, 1 for a listener, added up; or -errno.
pub fn kind(number: i32) -> i64 {
    let Some(kind) = option(number, libc::SO_TYPE) else {
        let error = result(-1);
        return if error == 0 { -NOT_A_SOCKET } else { error };
    };
    // SAFETY: zeroed is a valid storage, and the call fills at most what the length says.
    let family = unsafe {
        let mut storage: libc::sockaddr_storage = zeroed();
        let mut length = size_of::<libc::sockaddr_storage>() as libc::socklen_t;
        if libc::getsockname(number, (&raw mut storage).cast(), &raw mut length) < 0 {
            return result(-1);
        }
        i32::from(storage.ss_family)
    };
    let family = match family {
        libc::AF_UNIX => 16,
        libc::AF_INET | libc::AF_INET6 => 32,
        _ => 0,
    };
    let kind = match kind {
        libc::SOCK_STREAM => 2,
        libc::SOCK_DGRAM => 4,
        _ => 0,
    };
    family + kind + i64::from(option(number, libc::SO_ACCEPTCONN) == Some(1))
}

/// Makes an inherited descriptor ours: close-on-exec, non-blocking. 0 or -errno.
pub fn adopt(number: i32) -> i64 {
    // SAFETY: plain system call.
    if unsafe { libc::fcntl(number, libc::F_GETFD) } < 0 {
        return result(-1);
    }
    // SAFETY: an open descriptor.
    unsafe { prepare(number) };
    0
}

/// Keeps new connections out of a listener, and lets those in that are being made: 0 or -errno.
/// For whoever holds the only descriptor of it.
pub fn stop_listening(number: i32) -> i64 {
    if kind(number) & 16 != 0 {
        return system::shutdown(number, 0);
    }
    drop_requests(number)
}

/// From now on the system drops the first packet of a connection, and no other: whoever sent it
/// tries again a second later, and then finds another listener or none. A program for the system's
/// packet filter, which sees the packet from its TCP header on.
#[cfg(target_os = "linux")]
fn drop_requests(number: i32) -> i64 {
    /// Offset of the flags in the header.
    const FLAGS: u32 = 13;
    const SYN: u32 = 0x02;
    const ACK: u32 = 0x10;
    let step = |code: u32, jump_true: u8, jump_false: u8, k: u32| libc::sock_filter {
        code: code as u16,
        jt: jump_true,
        jf: jump_false,
        k,
    };
    let mut program = [
        step(libc::BPF_LD | libc::BPF_B | libc::BPF_ABS, 0, 0, FLAGS),
        step(libc::BPF_ALU | libc::BPF_AND | libc::BPF_K, 0, 0, SYN | ACK),
        step(libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K, 0, 1, SYN),
        step(libc::BPF_RET | libc::BPF_K, 0, 0, 0),
        step(libc::BPF_RET | libc::BPF_K, 0, 0, u32::MAX),
    ];
    let filter = libc::sock_fprog {
        len: program.len() as u16,
        filter: program.as_mut_ptr(),
    };
    // SAFETY: the program lives across the call, which copies it.
    result(i64::from(unsafe {
        libc::setsockopt(
            number,
            libc::SOL_SOCKET,
            libc::SO_ATTACH_FILTER,
            (&raw const filter).cast(),
            size_of::<libc::sock_fprog>() as libc::socklen_t,
        )
    }))
}

#[cfg(not(target_os = "linux"))]
fn drop_requests(_number: i32) -> i64 {
    -38
}

/// A pipe, close-on-exec: reading end and writing end. The ends are blocking.
pub fn pipe() -> Result<[i32; 2], i64> {
    let mut ends = [0i32; 2];
    // SAFETY: two numbers.
    unsafe {
        #[cfg(target_os = "linux")]
        let made = libc::pipe2(ends.as_mut_ptr(), libc::O_CLOEXEC);
        #[cfg(not(target_os = "linux"))]
        let made = libc::pipe(ends.as_mut_ptr());
        if made < 0 {
            return Err(result(-1));
        }
        #[cfg(not(target_os = "linux"))]
        for end in ends {
            libc::fcntl(end, libc::F_SETFD, libc::FD_CLOEXEC);
        }
    }
    Ok(ends)
}
