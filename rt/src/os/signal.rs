//! Signals of the process: which are caught, which are pending, and the stack that handlers run on.
//! Never: does more in a handler than setting a bit and waking the poller, unless the process ends.

use crate::prim::{AtomicU64, Ordering};

/// Number of the signal by which a program is asked what it does (Ctrl-\ on a terminal).
pub const QUIT: u32 = 3;

/// Bit of each caught signal that was not delivered yet.
static PENDING: AtomicU64 = AtomicU64::new(0);

/// Whether a signal is to be delivered.
#[must_use]
pub fn any_pending() -> bool {
    PENDING.load(Ordering::Relaxed) != 0
}

/// Takes the set of pending signals, a bit each.
#[must_use]
pub fn take_pending() -> u64 {
    PENDING.swap(0, Ordering::Relaxed)
}

/// Marks a signal as pending; from handlers and tests.
pub fn set_pending(signal: u32) {
    PENDING.fetch_or(1 << signal, Ordering::Relaxed);
}

#[cfg(target_os = "linux")]
pub use platform::catch_profile;
#[cfg(windows)]
pub use platform::raise;
pub use platform::{catch, install, prepare_thread, release};

#[cfg(unix)]
#[path = "signal_unix.rs"]
mod platform;

#[cfg(windows)]
#[path = "signal_windows.rs"]
mod platform;
