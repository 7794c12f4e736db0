//! Waiting on words.

use crate::exports::go::running;
use crate::prim::AtomicU32;
use crate::sync;
use crate::task::Park;
use gos_convention::gossamer;

#[gossamer]
#[unsafe(no_mangle)]
unsafe extern "gossamer" fn gos_rt_wait_impl(
    word: *const AtomicU32,
    expected: u32,
    timeout: i64,
) -> Park {
    // SAFETY: the word lies in a cell that the caller's stack keeps alive.
    unsafe { sync::wait(running(), word, expected, timeout) }
}

#[gossamer]
#[unsafe(no_mangle)]
extern "gossamer" fn gos_rt_wake_impl(word: *const AtomicU32, count: i64) -> i64 {
    sync::wake(word as usize, u64::try_from(count).unwrap_or(0)) as i64
}
