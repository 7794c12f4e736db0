//! Goroutines, sleeping, safepoints, waiting on words.

use super::harness::{check, check_output, desc_of_bytes, rt};
use super::rt::expect;
use crate::gc::roots;
use crate::prim::{AtomicU32, AtomicU64, Ordering};
use crate::task::{Park, context};
use gos_convention::gossamer;

static COUNT: AtomicU64 = AtomicU64::new(0);
static WORD: AtomicU32 = AtomicU32::new(0);

#[test]
fn hundred_thousand_goroutines_all_run() {
    check("spawn_and_join");
}

#[gossamer]
pub(super) extern "gossamer" fn spawn_and_join(_: u64) {
    const GOROUTINES: u64 = 100_000;
    extern "gossamer" fn body(_: u64) {
        COUNT.fetch_add(1, Ordering::Relaxed);
    }
    // SAFETY: on a goroutine; so in all of these programs.
    unsafe {
        for i in 0..GOROUTINES {
            rt::gos_rt_go(body, i);
        }
        while COUNT.load(Ordering::Relaxed) < GOROUTINES {
            rt::gos_rt_yield();
        }
        rt::gos_rt_exit(0)
    }
}

#[test]
fn sleeping_takes_its_time_and_no_longer() {
    check("sleepers");
}

#[gossamer]
pub(super) extern "gossamer" fn sleepers(_: u64) {
    const GOROUTINES: u64 = 1000;
    extern "gossamer" fn body(ms: u64) {
        // SAFETY: as above.
        unsafe {
            let before = rt::gos_rt_now();
            rt::gos_rt_sleep(ms as i64 * 1_000_000);
            expect(rt::gos_rt_now() - before >= ms as i64 * 1_000_000, 10);
        }
        COUNT.fetch_add(1, Ordering::Relaxed);
    }
    // SAFETY: as above.
    unsafe {
        let before = rt::gos_rt_now();
        for i in 0..GOROUTINES {
            rt::gos_rt_go(body, i % 100);
        }
        while COUNT.load(Ordering::Relaxed) < GOROUTINES {
            rt::gos_rt_sleep(1_000_000);
        }
        expect(rt::gos_rt_now() - before < 5_000_000_000, 11);
        rt::gos_rt_exit(0)
    }
}

#[test]
fn loops_with_polls_let_others_run() {
    check("preempted");
}

/// A loop as the compiler emits it: polls when the limit is poisoned, keeps values in registers.
#[gossamer]
pub(super) extern "gossamer" fn preempted(_: u64) {
    extern "gossamer" fn spin(_: u64) {
        let mut sum = 0u64;
        for i in 0.. {
            // SAFETY: the block is this thread's at this moment.
            let limit = unsafe {
                (*crate::task::tls::block())
                    .stack_limit
                    .load(Ordering::Relaxed)
            };
            if limit == u64::MAX {
                // SAFETY: a safepoint.
                unsafe { rt::gos_rt_poll() };
            }
            sum = core::hint::black_box(sum.wrapping_mul(3).wrapping_add(i));
        }
    }
    // SAFETY: as above.
    unsafe {
        for _ in 0..10 {
            rt::gos_rt_go(spin, 0);
        }
        for _ in 0..5 {
            rt::gos_rt_yield();
            rt::gos_rt_sleep(1_000_000);
        }
        rt::gos_rt_exit(0)
    }
}

#[test]
fn a_deadlock_is_reported() {
    check_output(
        "deadlock",
        2,
        "fatal: all goroutines are asleep - deadlock!",
    );
}

#[gossamer]
pub(super) extern "gossamer" fn deadlock(_: u64) {
    static DESC: gos_abi::TypeDesc = desc_of_bytes(8);
    extern "gossamer" fn body(channel: u64) {
        let mut value = 0u64;
        // SAFETY: as above.
        unsafe { rt::gos_rt_chan_recv(channel as *mut u8, (&raw mut value).cast()) };
    }
    // SAFETY: as above.
    unsafe {
        let channel = rt::gos_rt_chan_new(&raw const DESC, 0);
        rt::gos_rt_go(body, channel as u64);
        body(channel as u64);
    }
}

#[test]
fn waits_end_by_wake_ups_and_time() {
    check("wait_and_wake");
}

/// A lock made of a word, as the library makes it.
#[gossamer]
pub(super) extern "gossamer" fn wait_and_wake(_: u64) {
    const GOROUTINES: u64 = 100;
    const ROUNDS: u64 = 200;
    static LOCK: AtomicU32 = AtomicU32::new(0);
    static mut SHARED: u64 = 0;
    extern "gossamer" fn body(_: u64) {
        for round in 0..ROUNDS {
            // SAFETY: the word is static; the shared number is written under the lock.
            unsafe {
                while LOCK.swap(2, Ordering::SeqCst) != 0 {
                    let timeout = if round % 2 == 0 { -1 } else { 1_000_000 };
                    rt::gos_rt_wait(LOCK.as_ptr(), 2, timeout);
                }
                SHARED += 1;
                if round % 16 == 0 {
                    rt::gos_rt_yield();
                }
                LOCK.store(0, Ordering::SeqCst);
                rt::gos_rt_wake(LOCK.as_ptr(), 1);
            }
        }
        COUNT.fetch_add(1, Ordering::SeqCst);
    }
    // SAFETY: as above.
    unsafe {
        let before = rt::gos_rt_now();
        expect(rt::gos_rt_wait(WORD.as_ptr(), 0, 20_000_000) == 0, 20);
        expect(rt::gos_rt_now() - before >= 20_000_000, 21);
        expect(rt::gos_rt_wait(WORD.as_ptr(), 1, -1) == 1, 22);
        for i in 0..GOROUTINES {
            rt::gos_rt_go(body, i);
        }
        while COUNT.load(Ordering::SeqCst) < GOROUTINES {
            rt::gos_rt_sleep(1_000_000);
        }
        expect(SHARED == GOROUTINES * ROUNDS, 23);
        rt::gos_rt_exit(0)
    }
}

#[test]
fn the_world_stops_and_goes_on() {
    check("collects_while_others_run");
}

#[gossamer]
pub(super) extern "gossamer" fn collects_while_others_run(_: u64) {
    static DESC: gos_abi::TypeDesc = desc_of_bytes(8);
    const GOROUTINES: u64 = 40;
    extern "gossamer" fn body(seed: u64) {
        // SAFETY: cells stay reachable from this stack.
        unsafe {
            for round in 0..30u64 {
                let words = rt::gos_rt_alloc_array(&raw const DESC, 64).cast::<u64>();
                for i in 0..64 {
                    words.add(i).write(seed + round);
                }
                if round % 10 == seed % 10 {
                    rt::gos_rt_gc();
                } else {
                    rt::gos_rt_yield();
                }
                for i in 0..64 {
                    expect(words.add(i).read() == seed + round, 30);
                }
            }
        }
        COUNT.fetch_add(1, Ordering::SeqCst);
    }
    // SAFETY: as above.
    unsafe {
        for i in 0..GOROUTINES {
            rt::gos_rt_go(body, i);
        }
        while COUNT.load(Ordering::SeqCst) < GOROUTINES {
            rt::gos_rt_sleep(1_000_000);
        }
        rt::gos_rt_exit(0)
    }
}

#[test]
fn one_at_a_time_stops_the_world() {
    check("stops_the_world");
}

#[gossamer]
pub(super) extern "gossamer" fn stops_the_world(_: u64) {
    const GOROUTINES: u64 = 16;
    static STOPPERS: AtomicU64 = AtomicU64::new(0);
    /// Whether the world stood still, and for this stopper alone.
    extern "gossamer" fn stop(_: usize, _: usize, _: usize, _: usize) -> Park {
        let Some(world) = roots::try_stop() else {
            return Park::ready(1);
        };
        let mut alone = STOPPERS.fetch_add(1, Ordering::SeqCst) == 0;
        for _ in 0..100 {
            alone &= STOPPERS.load(Ordering::SeqCst) == 1;
        }
        STOPPERS.fetch_sub(1, Ordering::SeqCst);
        drop(world);
        Park::ready(alone.into())
    }
    extern "gossamer" fn body(_: u64) {
        for _ in 0..300 {
            // SAFETY: on a goroutine, outside of locks.
            unsafe { expect(context::slow_call(stop, 0, 0, 0, 0) == 1, 40) };
        }
        COUNT.fetch_add(1, Ordering::SeqCst);
    }
    // SAFETY: as above.
    unsafe {
        for i in 0..GOROUTINES {
            rt::gos_rt_go(body, i);
        }
        while COUNT.load(Ordering::SeqCst) < GOROUTINES {
            rt::gos_rt_yield();
        }
        rt::gos_rt_exit(0)
    }
}
