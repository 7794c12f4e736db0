//! Connecting and listening. Names are looked up on the pool for blocking calls.

use std::net::SocketAddr;

use crate::net::address::{self, Parsed};
use crate::net::descriptor;
use crate::net::operation::{self, Kind};
use crate::net::system;
use crate::sched::blocking;
use crate::task::{G, Park};
use crate::time::clock;

/// Waiting connections when the program does not say.
const BACKLOG: i32 = 4096;

/// What is left to do for a `tcp_connect` or `tcp_listen`: lies in Rust's memory, its address in
/// `G::operation` or `G::result`.
struct Attempt {
    addresses: std::vec::IntoIter<SocketAddr>,
    purpose: Purpose,
    last_error: i64,
}

#[derive(Clone, Copy)]
enum Purpose {
    /// Monotonic time after which it fails, or 0.
    Connect {
        deadline: u64,
    },
    Listen {
        backlog: i32,
    },
}

/// See `gos_rt_tcp_connect`.
pub fn connect(goroutine: &mut G, address: &str, timeout: i64) -> Park {
    let deadline = u64::try_from(timeout).map_or(0, |ns| clock::now().saturating_add(ns).max(1));
    begin(goroutine, address, Purpose::Connect { deadline })
}

/// See `gos_rt_tcp_listen`.
pub fn listen(goroutine: &mut G, address: &str, backlog: i64) -> Park {
    let backlog = i32::try_from(backlog)
        .ok()
        .filter(|backlog| *backlog > 0)
        .unwrap_or(BACKLOG);
    begin(goroutine, address, Purpose::Listen { backlog })
}

fn begin(goroutine: &mut G, text: &str, purpose: Purpose) -> Park {
    match address::parse(text) {
        Parsed::Invalid => Park::ready(-system::INVALID as u64),
        Parsed::Addresses(addresses) => {
            let last_error = -system::NO_ADDRESS;
            go_on(
                goroutine,
                Box::new(Attempt {
                    addresses: addresses.into_iter(),
                    purpose,
                    last_error,
                }),
            )
        }
        Parsed::Name(name) => {
            goroutine.resume = Some(looked_up);
            blocking::run(goroutine, move || {
                let (addresses, last_error) = match address::look_up(&name) {
                    Ok(addresses) => (addresses, -system::NO_ADDRESS),
                    Err(error) => (Vec::new(), error),
                };
                Box::into_raw(Box::new(Attempt {
                    addresses: addresses.into_iter(),
                    purpose,
                    last_error,
                })) as u64
            })
        }
    }
}

/// Goes on after the pool looked a name up.
unsafe fn looked_up(goroutine: &mut G) -> Park {
    // SAFETY: the job's result, used once.
    let attempt = unsafe { Box::from_raw(goroutine.result as *mut Attempt) };
    go_on(goroutine, attempt)
}

/// Tries the next address.
fn go_on(goroutine: &mut G, mut attempt: Box<Attempt>) -> Park {
    loop {
        let Some(address) = attempt.addresses.next() else {
            return Park::ready(attempt.last_error as u64);
        };
        let opened = match attempt.purpose {
            Purpose::Listen { backlog } => system::listen(&address, backlog),
            Purpose::Connect { .. } => system::connect(&address),
        };
        let handle = if opened < 0 {
            opened
        } else {
            descriptor::register(opened as i32)
        };
        if handle < 0 {
            attempt.last_error = handle;
            continue;
        }
        let Purpose::Connect { deadline } = attempt.purpose else {
            return Park::ready(handle as u64);
        };
        let handle = handle as u64;
        descriptor::set_deadline(handle, descriptor::WRITE, deadline);
        let attempt = Box::into_raw(attempt) as u64;
        return operation::begin(goroutine, Kind::Connect, handle, attempt, 0);
    }
}

/// A connection was made or failed with `result`.
pub fn connected(goroutine: &mut G, handle: u64, attempt: u64, result: i64) -> Park {
    // SAFETY: from `go_on`, used once.
    let mut attempt = unsafe { Box::from_raw(attempt as *mut Attempt) };
    if result >= 0 {
        descriptor::set_deadline(handle, descriptor::WRITE, 0);
        return Park::ready(handle);
    }
    descriptor::close(handle);
    attempt.last_error = result;
    if result == -system::TIMED_OUT {
        return Park::ready(result as u64);
    }
    go_on(goroutine, attempt)
}
