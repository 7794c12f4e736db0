//! Threads that sleep on a word until another changes it. Spurious wake-ups are allowed.

use crate::prim::AtomicU32;

/// Sleeps while `*word == expected`, at most `timeout_ns`. False when the time was over.
pub fn wait(word: &AtomicU32, expected: u32, timeout_ns: Option<u64>) -> bool {
    platform::wait(word, expected, timeout_ns)
}

/// Wakes at most `count` sleepers.
pub fn wake(word: &AtomicU32, count: u32) {
    platform::wake(word, count);
}

#[cfg(target_os = "linux")]
mod platform {
    use super::AtomicU32;
    use std::ptr;

    pub(super) fn wait(word: &AtomicU32, expected: u32, timeout_ns: Option<u64>) -> bool {
        let time = timeout_ns.map(|ns| libc::timespec {
            tv_sec: (ns / 1_000_000_000) as _,
            tv_nsec: (ns % 1_000_000_000) as _,
        });
        let time = time
            .as_ref()
            .map_or(ptr::null(), |time| time as *const libc::timespec);
        // SAFETY: the word and the time live across the call.
        let result = unsafe {
            libc::syscall(
                libc::SYS_futex,
                word.as_ptr(),
                libc::FUTEX_WAIT | libc::FUTEX_PRIVATE_FLAG,
                expected,
                time,
            )
        };
        !(result < 0 && crate::os::errno() == libc::ETIMEDOUT)
    }

    pub(super) fn wake(word: &AtomicU32, count: u32) {
        // SAFETY: the kernel only looks at the address.
        unsafe {
            libc::syscall(
                libc::SYS_futex,
                word.as_ptr(),
                libc::FUTEX_WAKE | libc::FUTEX_PRIVATE_FLAG,
                count.min(i32::MAX as u32),
            );
        }
    }
}

#[cfg(target_vendor = "apple")]
mod platform {
    //! The calls under Apple's own locks, which the system's C++ library is built on too.
    use super::AtomicU32;

    const COMPARE_AND_WAIT: u32 = 1;
    const WAKE_ALL: u32 = 0x100;
    const NS_PER_US: u64 = 1000;

    unsafe extern "C" {
        /// 0 µs are for ever.
        fn __ulock_wait(operation: u32, word: *mut u32, expected: u64, timeout_us: u32) -> i32;
        fn __ulock_wake(operation: u32, word: *mut u32, value: u64) -> i32;
    }

    pub(super) fn wait(word: &AtomicU32, expected: u32, timeout_ns: Option<u64>) -> bool {
        // Rounded up: waking before the time would spin. A very long time ends early, as a spurious
        // wake-up.
        let timeout = timeout_ns.map_or(0, |ns| {
            u32::try_from(ns.div_ceil(NS_PER_US).max(1)).unwrap_or(u32::MAX)
        });
        let whole = timeout < u32::MAX;
        // SAFETY: the word lives across the call.
        let result = unsafe {
            __ulock_wait(
                COMPARE_AND_WAIT,
                word.as_ptr(),
                u64::from(expected),
                timeout,
            )
        };
        !(result < 0 && whole && crate::os::errno() == libc::ETIMEDOUT)
    }

    pub(super) fn wake(word: &AtomicU32, count: u32) {
        let all = if count > 1 { WAKE_ALL } else { 0 };
        // SAFETY: the system only looks at the address.
        unsafe { __ulock_wake(COMPARE_AND_WAIT | all, word.as_ptr(), 0) };
    }
}

#[cfg(windows)]
mod platform {
    use super::AtomicU32;
    use crate::os::windows::{INFINITE, WaitOnAddress, WakeByAddressAll, WakeByAddressSingle};

    const NS_PER_MS: u64 = 1_000_000;

    pub(super) fn wait(word: &AtomicU32, expected: u32, timeout_ns: Option<u64>) -> bool {
        // Rounded up: waking before the time would spin. A very long time ends early, as a spurious
        // wake-up.
        let timeout = timeout_ns.map_or(INFINITE, |ns| {
            u32::try_from(ns.div_ceil(NS_PER_MS)).unwrap_or(INFINITE - 1)
        });
        // SAFETY: both words live across the call. It fails only when the time is over.
        let woken = unsafe {
            WaitOnAddress(
                word.as_ptr().cast(),
                (&raw const expected).cast(),
                size_of::<u32>(),
                timeout,
            )
        };
        woken != 0 || timeout >= INFINITE - 1
    }

    pub(super) fn wake(word: &AtomicU32, count: u32) {
        // SAFETY: the system only looks at the address.
        unsafe {
            if count > 1 {
                WakeByAddressAll(word.as_ptr().cast());
            } else {
                WakeByAddressSingle(word.as_ptr().cast());
            }
        }
    }
}
