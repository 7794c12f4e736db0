//! What goroutines do on descriptors of the table: tried at once, and again each time that
//! something happened, until it succeeds or fails. A goroutine that waits is in no Rust frame: what
//! it does is in `G::operation`, and the worker that runs it next tries again before it enters it.

use crate::net::descriptor::{self, READ, WRITE, Wait};
use crate::net::plain::{self, Plain};
use crate::net::{system, tcp};
use crate::task::{G, Park};

/// Words of `G::operation`.
const HANDLE: usize = 0;
const KIND: usize = 1;
/// Address of the bytes, which the collector sees here; or what the kind needs.
const DATA: usize = 2;
const LENGTH: usize = 3;

/// What is done.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u64)]
pub enum Kind {
    /// Reads what is there, up to a length.
    Read,
    /// Writes what there is room for.
    Write,
    /// Takes a connection.
    Accept,
    /// Waits until connected; `DATA` is the list of addresses to try (`tcp.rs`).
    Connect,
}

/// Begins an operation of the running goroutine.
pub fn begin(goroutine: &mut G, kind: Kind, handle: u64, data: u64, length: u64) -> Park {
    let Some(opened) = descriptor::acquire(handle) else {
        return Park::ready(-descriptor::BAD_DESCRIPTOR as u64);
    };
    if !opened.is_watched {
        let number = Plain::of(handle, opened.number);
        // SAFETY: who begins an operation has the bytes, and waits.
        return unsafe {
            match kind {
                Kind::Read => plain::read(goroutine, number, data as *mut u8, length as usize),
                Kind::Write => plain::write(goroutine, number, data as *const u8, length as usize),
                Kind::Accept | Kind::Connect => Park::ready(-system::NO_SOCKET as u64),
            }
        };
    }
    let direction = if matches!(kind, Kind::Read | Kind::Accept) {
        READ
    } else {
        WRITE
    };
    goroutine.operation.words[..4].copy_from_slice(&[handle, kind as u64, data, length]);
    if descriptor::is_late(handle, direction) {
        return end(goroutine, -system::TIMED_OUT);
    }
    // SAFETY: the operation was just filled in.
    unsafe { attempt(goroutine) }
}

/// Tries the operation of `goroutine`.
unsafe fn attempt(goroutine: &mut G) -> Park {
    let [handle, kind, data, length, ..] = goroutine.operation.words;
    loop {
        let Some(number) = descriptor::number(handle) else {
            return end(goroutine, -descriptor::BAD_DESCRIPTOR);
        };
        // SAFETY: the bytes are alive: the operation is a root.
        let (result, direction) = unsafe {
            match kind {
                kind if kind == Kind::Read as u64 => {
                    (system::read(number, data as *mut u8, length as usize), READ)
                }
                kind if kind == Kind::Write as u64 => (
                    system::write(number, data as *const u8, length as usize),
                    WRITE,
                ),
                kind if kind == Kind::Accept as u64 => (system::accept(number), READ),
                _ => (system::connect_result(number), WRITE),
            }
        };
        if result == -system::INTERRUPTED || result == -system::ABORTED {
            continue;
        }
        if result != -system::WOULD_BLOCK {
            return end(goroutine, result);
        }
        match descriptor::wait(goroutine, handle, direction, attempt) {
            Wait::Again => {}
            Wait::Parked => return Park::PARKED,
            Wait::Failed(error) => return end(goroutine, error),
        }
    }
}

/// The operation came to `result`.
fn end(goroutine: &mut G, result: i64) -> Park {
    let [handle, kind, data, ..] = goroutine.operation.words;
    goroutine.operation = Default::default();
    descriptor::release(handle);
    if kind == Kind::Connect as u64 {
        return tcp::connected(goroutine, handle, data, result);
    }
    let is_connection = kind == Kind::Accept as u64 && result >= 0;
    let result = if is_connection {
        descriptor::register(result as i32)
    } else {
        result
    };
    Park::ready(result as u64)
}

const _: () = assert!(HANDLE == 0 && KIND == 1 && DATA == 2 && LENGTH == 3);
