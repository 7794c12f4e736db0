//! The clocks: monotonic nanoseconds, and nanoseconds since 1970.

/// Monotonic nanoseconds since some moment before the start of the program; never 0.
#[must_use]
pub fn now() -> u64 {
    platform::now()
}

/// Nanoseconds since 1970-01-01 00:00 UTC.
#[must_use]
pub fn wall() -> i64 {
    platform::wall()
}

#[cfg(unix)]
mod platform {
    fn read(clock: libc::clockid_t) -> i64 {
        let mut time = libc::timespec {
            tv_sec: 0,
            tv_nsec: 0,
        };
        // SAFETY: the clock exists, the time is ours.
        unsafe { libc::clock_gettime(clock, &raw mut time) };
        time.tv_sec * 1_000_000_000 + time.tv_nsec
    }

    pub(super) fn now() -> u64 {
        read(libc::CLOCK_MONOTONIC) as u64 + 1
    }

    pub(super) fn wall() -> i64 {
        read(libc::CLOCK_REALTIME)
    }
}

#[cfg(not(unix))]
mod platform {
    use crate::prim::OnceLock;
    use std::time::{Instant, SystemTime, UNIX_EPOCH};

    static START: OnceLock<Instant> = OnceLock::new();

    pub(super) fn now() -> u64 {
        START.get_or_init(Instant::now).elapsed().as_nanos() as u64 + 1
    }

    pub(super) fn wall() -> i64 {
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |time| time.as_nanos() as i64)
    }
}
