//! The system's calls on descriptors. Results are counts, numbers or `-errno`, with Linux's numbers
//! where the runtime looks at them.

/// Errnos that the runtime looks at or makes.
pub const INTERRUPTED: i64 = 4;
/// Try again.
pub const WOULD_BLOCK: i64 = 11;
/// Invalid argument.
pub const INVALID: i64 = 22;
/// Cannot assign requested address: a name without one.
pub const NO_ADDRESS: i64 = 99;
/// A connection that was gone before it was taken.
pub const ABORTED: i64 = 103;
/// A deadline passed.
pub const TIMED_OUT: i64 = 110;

pub use platform::{
    accept, close, connect, connect_result, is_ready, is_regular, listen, local_address,
    peer_address, read, shutdown, write,
};

#[cfg(unix)]
#[path = "system_unix.rs"]
mod platform;

#[cfg(not(unix))]
#[path = "system_none.rs"]
mod platform;
