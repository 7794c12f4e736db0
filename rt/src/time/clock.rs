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

/// Lets this process sleep as exactly as others do on other systems: without it a millisecond is up to
/// sixteen. Once, at the start.
#[cfg(windows)]
pub fn sleep_exactly() {
    use crate::os::windows::NtSetTimerResolution;
    /// In units of 100 ns.
    const MILLISECOND: u32 = 10_000;
    let mut current = 0;
    // SAFETY: the number is ours. A system that refuses sleeps longer.
    unsafe { NtSetTimerResolution(MILLISECOND, 1, &raw mut current) };
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

#[cfg(windows)]
mod platform {
    use crate::os::windows::{
        GetSystemTimePreciseAsFileTime, QueryPerformanceCounter, QueryPerformanceFrequency,
    };
    use crate::prim::{AtomicU64, Ordering};

    const NS_PER_S: u64 = 1_000_000_000;
    /// 1970 in the system's time: units of 100 ns since 1601.
    const YEAR_1970: i64 = 116_444_736_000_000_000;

    pub(super) fn now() -> u64 {
        // The same as long as the system runs.
        static PER_SECOND: AtomicU64 = AtomicU64::new(0);
        let mut count = 0;
        let mut per_second = PER_SECOND.load(Ordering::Relaxed);
        // SAFETY: both numbers are ours. The calls do not fail.
        unsafe {
            if per_second == 0 {
                let mut found = 0;
                QueryPerformanceFrequency(&raw mut found);
                per_second = found as u64;
                PER_SECOND.store(per_second, Ordering::Relaxed);
            }
            QueryPerformanceCounter(&raw mut count);
        }
        let count = count as u64;
        let (seconds, rest) = (count / per_second, count % per_second);
        seconds * NS_PER_S + rest * NS_PER_S / per_second + 1
    }

    pub(super) fn wall() -> i64 {
        let mut time = [0u32; 2];
        // SAFETY: the time is ours.
        unsafe { GetSystemTimePreciseAsFileTime(&raw mut time) };
        let time = i64::from(time[1]) << 32 | i64::from(time[0]);
        (time - YEAR_1970) * 100
    }
}
