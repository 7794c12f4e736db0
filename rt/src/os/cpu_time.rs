//! Processor time that was used, in nanoseconds.

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
    use crate::os::windows::{GetCurrentProcess, GetProcessTimes};
    use crate::prim::OnceLock;
    use std::time::Instant;

    /// Time by the clock: the system counts a thread's own in steps that are longer than what is measured.
    #[must_use]
    pub fn of_thread() -> u64 {
        static BEGAN: OnceLock<Instant> = OnceLock::new();
        BEGAN.get_or_init(Instant::now).elapsed().as_nanos() as u64
    }

    /// Of all threads of this process.
    #[must_use]
    pub fn of_process() -> u64 {
        let (mut created, mut ended, mut kernel, mut user) = (0, 0, 0, 0);
        // SAFETY: the pseudo handle is always valid, and each place has room for a time.
        unsafe {
            GetProcessTimes(
                GetCurrentProcess(),
                &raw mut created,
                &raw mut ended,
                &raw mut kernel,
                &raw mut user,
            );
        }
        (kernel + user) * 100
    }
}
#[cfg(windows)]
pub use windows::{of_process, of_thread};
