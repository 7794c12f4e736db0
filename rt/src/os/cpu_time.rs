//! Processor time that was used. Only ratios mean something: the unit is a nanosecond, on Windows a cycle.

/// Of this thread, from its beginning.
#[cfg(unix)]
#[must_use]
pub fn of_thread() -> u64 {
    read(libc::CLOCK_THREAD_CPUTIME_ID)
}

/// Of all threads of this process.
#[cfg(unix)]
#[must_use]
pub fn of_process() -> u64 {
    read(libc::CLOCK_PROCESS_CPUTIME_ID)
}

#[cfg(unix)]
fn read(clock: libc::clockid_t) -> u64 {
    // SAFETY: a time of zeros is valid, and the kernel writes nothing else.
    let mut time: libc::timespec = unsafe { std::mem::zeroed() };
    // SAFETY: as above.
    unsafe { libc::clock_gettime(clock, &raw mut time) };
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
}

#[cfg(windows)]
mod windows {
    use crate::os::windows::{
        GetCurrentProcess, GetCurrentThread, QueryProcessCycleTime, QueryThreadCycleTime,
    };

    /// Of this thread, from its beginning.
    #[must_use]
    pub fn of_thread() -> u64 {
        let mut cycles = 0;
        // SAFETY: the pseudo handle is always valid.
        unsafe { QueryThreadCycleTime(GetCurrentThread(), &raw mut cycles) };
        cycles
    }

    /// Of all threads of this process.
    #[must_use]
    pub fn of_process() -> u64 {
        let mut cycles = 0;
        // SAFETY: as above.
        unsafe { QueryProcessCycleTime(GetCurrentProcess(), &raw mut cycles) };
        cycles
    }
}
#[cfg(windows)]
pub use windows::{of_process, of_thread};
