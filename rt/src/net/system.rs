//! The system's calls on descriptors. Results are counts, numbers or `-errno`, with Linux's numbers
//! where the runtime looks at them.

use crate::os::numbers::linux_error;

/// Errnos that the runtime looks at or makes.
pub const INTERRUPTED: i64 = 4;
/// Try again.
pub const WOULD_BLOCK: i64 = 11;
/// Invalid argument.
pub const INVALID: i64 = 22;
/// Not a socket.
pub const NO_SOCKET: i64 = 88;
/// Cannot assign requested address: a name without one.
pub const NO_ADDRESS: i64 = 99;
/// A connection that was gone before it was taken.
pub const ABORTED: i64 = 103;
/// A deadline passed.
pub const TIMED_OUT: i64 = 110;

/// What a socket of the Unix domain is opened for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
    /// Takes connections.
    Listener,
    /// Is a connection.
    Stream,
    /// Has a name to which datagrams are sent.
    Receiver,
    /// Sends datagrams to a name.
    Sender,
}

impl Role {
    /// The role of a number in the table's rows.
    #[must_use]
    pub fn from_number(number: i64) -> Option<Role> {
        [Role::Listener, Role::Stream, Role::Receiver, Role::Sender]
            .get(usize::try_from(number).ok()?)
            .copied()
    }
}

pub use platform::{
    PIPES_ARE_WATCHED, accept, adopt, close, connect, is_ready, is_regular, kind, listen,
    local_address, open, peer_address, pipe, read, shutdown, stop_listening, write,
};

/// What became of a `connect`: 0 when connected, `-WOULD_BLOCK` when not yet, else why not.
#[must_use]
pub fn connect_result(number: i32) -> i64 {
    match platform::connect_error(number) {
        Ok(0) if peer_address(number).is_some() => 0,
        Ok(0) => -WOULD_BLOCK,
        Ok(error) => -i64::from(linux_error(error)),
        Err(error) => error,
    }
}

#[cfg(unix)]
#[path = "system_unix.rs"]
mod platform;

#[cfg(windows)]
#[path = "system_windows.rs"]
mod platform;
