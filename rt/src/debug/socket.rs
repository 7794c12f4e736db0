//! Listens for whoever wants to know, on a thread of the runtime's own: a program whose workers are
//! all busy or blocked answers too.

use std::mem::zeroed;

use super::answer::{COMMAND_BYTES_MAX, answer};
use crate::io::raw::warn;
use crate::net::system::{self, Role};
use crate::os;

/// Walking stacks and writing profiles takes little.
const STACK_BYTES: usize = 128 << 10;
/// A client that says nothing for so long is not waited for.
const PATIENCE_MS: i32 = 5_000;

/// How long until it is looked again whether another process still has the path.
const RETRY_MS: i32 = 500;

/// Linux's numbers, which `system` gives everywhere.
const IN_USE: i32 = 98;
const REFUSED: i32 = 111;

/// What the thread begins with.
struct Start {
    path: String,
    /// None while the path is another process's.
    listener: Option<i32>,
}

/// Opens the socket. A path that cannot be is a warning: the program runs on. While another process
/// listens there, this one waits for the path: so it goes to the successor in a hot swap.
pub fn start(path: &str) {
    let listener = match open(path) {
        Ok(listener) => Some(listener),
        Err(error) if error == IN_USE && is_socket(path) => {
            warn(format_args!(
                "GOSSAMER_DEBUG=unix:{path} is another process's until that ends"
            ));
            None
        }
        Err(error) => {
            warn(format_args!(
                "GOSSAMER_DEBUG=unix:{path} cannot be opened: error {error}"
            ));
            return;
        }
    };
    let path = path.to_owned();
    let start = Box::into_raw(Box::new(Start { path, listener }));
    if !os::thread::start(STACK_BYTES, listen, start as usize) {
        warn(format_args!("GOSSAMER_DEBUG: there is no thread for it"));
    }
}

/// A listener at `path`, or the error's number. The socket that a process left behind is replaced, other
/// files never are.
fn open(path: &str) -> Result<i32, i32> {
    let mut number = system::open(path, Role::Listener);
    if number == -i64::from(IN_USE) && is_socket(path) && nobody_listens(path) {
        // SAFETY: a path that ends in a zero byte.
        with_c_path(path, |path| unsafe { libc::unlink(path) });
        number = system::open(path, Role::Listener);
    }
    if number < 0 {
        return Err(-number as i32);
    }
    // For the program's own user alone.
    // SAFETY: a path that ends in a zero byte.
    with_c_path(path, |path| unsafe { libc::chmod(path, 0o600) });
    Ok(number as i32)
}

fn is_socket(path: &str) -> bool {
    // SAFETY: zeroed is a valid record, and the path ends in a zero byte.
    unsafe {
        let mut about: libc::stat = zeroed();
        let found = with_c_path(path, |path| libc::lstat(path, &raw mut about)) == 0;
        found && about.st_mode & libc::S_IFMT == libc::S_IFSOCK
    }
}

fn nobody_listens(path: &str) -> bool {
    let number = system::open(path, Role::Stream);
    if number >= 0 {
        system::close(number as i32);
    }
    number == -i64::from(REFUSED)
}

/// `path` was the name of a socket, so it is short and has no zero byte.
fn with_c_path(path: &str, call: impl FnOnce(*const libc::c_char) -> i32) -> i32 {
    let mut text = Vec::with_capacity(path.len() + 1);
    text.extend_from_slice(path.as_bytes());
    text.push(0);
    call(text.as_ptr().cast())
}

fn listen(start: usize) {
    // SAFETY: the box given up when the thread was started, taken once.
    let start = unsafe { Box::from_raw(start as *mut Start) };
    let listener = loop {
        match start.listener.map_or_else(|| open(&start.path), Ok) {
            Ok(listener) => break listener,
            // SAFETY: no descriptors: a pause.
            Err(_) => unsafe {
                libc::poll(std::ptr::null_mut(), 0, RETRY_MS);
            },
        }
    };
    loop {
        wait(listener, libc::POLLIN, -1);
        let number = system::accept(listener);
        if number >= 0 {
            serve(number as i32);
        }
    }
}

/// Waits until the descriptor is ready; false when it is not in time.
fn wait(number: i32, events: i16, timeout_ms: i32) -> bool {
    // SAFETY: zeroed is a valid entry; one is given.
    unsafe {
        let mut entry: libc::pollfd = zeroed();
        entry.fd = number;
        entry.events = events;
        libc::poll(&raw mut entry, 1, timeout_ms) > 0
    }
}

fn serve(number: i32) {
    let mut line = [0u8; COMMAND_BYTES_MAX];
    let mut length = 0;
    while length < line.len() && !line[..length].contains(&b'\n') {
        let rest = &mut line[length..];
        if !wait(number, libc::POLLIN, PATIENCE_MS) {
            break;
        }
        // SAFETY: the rest of the line is writable.
        let count = unsafe { libc::read(number, rest.as_mut_ptr().cast(), rest.len()) };
        match count {
            1.. => length += count as usize,
            _ => break,
        }
    }
    write(number, &answer(&line[..length]));
    system::close(number);
}

/// Writes as long as the client reads.
fn write(number: i32, mut bytes: &[u8]) {
    while !bytes.is_empty() && wait(number, libc::POLLOUT, PATIENCE_MS) {
        // SAFETY: the bytes are readable.
        let count = unsafe { libc::write(number, bytes.as_ptr().cast(), bytes.len()) };
        match count {
            1.. => bytes = &bytes[count as usize..],
            _ if os::errno() == libc::EINTR => {}
            _ => return,
        }
    }
}
