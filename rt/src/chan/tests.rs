//! Programs over channels; see `sched/tests.rs` for how they run.

use gos_abi::TypeDesc;
use gos_abi::layout::SelectCase;
use gos_convention::gossamer;

use crate::prim::{AtomicU64, Ordering};
use crate::sched::tests::rt::{self, expect};
use crate::sched::tests::{check, desc_of_bytes};

static WORD: TypeDesc = desc_of_bytes(8);
static COUNT: AtomicU64 = AtomicU64::new(0);
static CHANNELS: [AtomicU64; 4] = [const { AtomicU64::new(0) }; 4];

fn channel(index: usize) -> *mut u8 {
    CHANNELS[index].load(Ordering::Relaxed) as *mut u8
}

/// Makes a channel that the goroutines of the program find by its index. Statics are no roots, so
/// the main goroutine holds it too.
unsafe fn create(index: usize, capacity: i64) -> *mut u8 {
    // SAFETY: on a goroutine.
    let channel = unsafe { rt::gos_rt_chan_new(&raw const WORD, capacity) };
    CHANNELS[index].store(channel as u64, Ordering::Relaxed);
    channel
}

fn send(channel: *mut u8, value: u64) -> u8 {
    // SAFETY: a channel of words.
    unsafe { rt::gos_rt_chan_send(channel, (&raw const value).cast()) }
}

fn receive(channel: *mut u8) -> Option<u64> {
    let mut value = u64::MAX;
    // SAFETY: as above.
    let passed = unsafe { rt::gos_rt_chan_recv(channel, (&raw mut value).cast()) };
    (passed == 1).then_some(value)
}

fn exit() -> ! {
    // SAFETY: on a goroutine.
    unsafe { rt::gos_rt_exit(0) }
}

#[test]
fn unbuffered_channels_hand_over() {
    check("ping_pong");
}

#[gossamer]
pub(crate) extern "gossamer" fn ping_pong(_: u64) {
    extern "gossamer" fn pong(_: u64) {
        while let Some(value) = receive(channel(0)) {
            send(channel(1), value + 1);
        }
        send(channel(1), 0);
    }
    // SAFETY: on a goroutine.
    let held = unsafe {
        let held = [create(0, 0), create(1, 0)];
        rt::gos_rt_go(pong, 0);
        held
    };
    for i in 0..100_000 {
        expect(send(held[0], i) == 1, 10);
        expect(receive(held[1]) == Some(i + 1), 11);
    }
    // SAFETY: as above.
    unsafe { rt::gos_rt_chan_close(held[0]) };
    expect(receive(held[1]) == Some(0), 12);
    exit()
}

#[test]
fn buffered_channels_keep_order_and_lose_nothing() {
    check("buffered");
}

#[gossamer]
pub(crate) extern "gossamer" fn buffered(_: u64) {
    const PRODUCERS: u64 = 8;
    const EACH: u64 = 20_000;
    extern "gossamer" fn produce(index: u64) {
        for i in 0..EACH {
            expect(send(channel(0), index << 32 | i) == 1, 20);
        }
    }
    // SAFETY: on a goroutine.
    let held = unsafe {
        let held = create(0, 16);
        for i in 0..PRODUCERS {
            rt::gos_rt_go(produce, i);
        }
        held
    };
    let mut next = [0; PRODUCERS as usize];
    for _ in 0..PRODUCERS * EACH {
        let Some(value) = receive(held) else {
            return expect(false, 21);
        };
        let producer = (value >> 32) as usize;
        expect(value & 0xFFFF_FFFF == next[producer], 22);
        next[producer] += 1;
    }
    exit()
}

#[test]
fn select_serves_every_arm() {
    check("select_fair");
}

fn arm(channel: *mut u8, slot: &mut u64, direction: u64) -> SelectCase {
    SelectCase {
        channel,
        slot: (slot as *mut u64).cast(),
        direction,
        passed: 9,
    }
}

#[gossamer]
pub(crate) extern "gossamer" fn select_fair(_: u64) {
    extern "gossamer" fn produce(index: u64) {
        for i in 0..5000 {
            send(channel(index as usize), i);
        }
        COUNT.fetch_add(1, Ordering::SeqCst);
    }
    extern "gossamer" fn consume(_: u64) {
        for i in 0..5000 {
            expect(receive(channel(2)) == Some(i), 30);
        }
        COUNT.fetch_add(1, Ordering::SeqCst);
    }
    // SAFETY: on a goroutine; slots and arms outlive each call.
    unsafe {
        let held = [create(0, 0), create(1, 4), create(2, 0), create(3, 0)];
        let mut slots = [0u64; 3];
        let mut none = [arm(held[0], &mut slots[0], 0)];
        expect(rt::gos_rt_select(none.as_mut_ptr(), 1, 0) == -1, 31);
        rt::gos_rt_go(produce, 0);
        rt::gos_rt_go(produce, 1);
        rt::gos_rt_go(consume, 0);
        let mut served = [0u64; 3];
        for _ in 0..15_000 {
            let [a, b, c] = &mut slots;
            *c = served[2];
            let mut arms = [
                arm(held[0], a, 0),
                arm(
                    if served[1] < 5000 {
                        held[1]
                    } else {
                        core::ptr::null_mut()
                    },
                    b,
                    0,
                ),
                arm(
                    if served[2] < 5000 {
                        held[2]
                    } else {
                        core::ptr::null_mut()
                    },
                    c,
                    1,
                ),
                arm(core::ptr::null_mut(), &mut 0, 0),
            ];
            let index = rt::gos_rt_select(arms.as_mut_ptr(), 4, 1) as usize;
            expect(index < 3, 32);
            expect(arms[index].passed == 1, 33);
            if index < 2 {
                expect(slots[index] == served[index], 34);
            }
            served[index] += 1;
        }
        expect(served == [5000; 3], 35);
        while COUNT.load(Ordering::SeqCst) < 3 {
            rt::gos_rt_yield();
        }
        rt::gos_rt_chan_close(held[3]);
        let mut closed = [arm(held[3], &mut slots[0], 0)];
        expect(rt::gos_rt_select(closed.as_mut_ptr(), 1, 1) == 0, 36);
        expect(closed[0].passed == 0, 37);
    }
    exit()
}

#[test]
fn closing_wakes_all_who_wait() {
    check("close_wakes");
}

#[gossamer]
pub(crate) extern "gossamer" fn close_wakes(_: u64) {
    extern "gossamer" fn wait(index: u64) {
        if index.is_multiple_of(2) {
            expect(receive(channel(0)).is_none(), 40);
        } else {
            expect(send(channel(1), 1) == 0, 41);
        }
        COUNT.fetch_add(1, Ordering::SeqCst);
    }
    // SAFETY: on a goroutine.
    unsafe {
        let held = [create(0, 0), create(1, 0)];
        for i in 0..100 {
            rt::gos_rt_go(wait, i);
        }
        rt::gos_rt_sleep(10_000_000);
        rt::gos_rt_chan_close(held[0]);
        rt::gos_rt_chan_close(held[1]);
        while COUNT.load(Ordering::SeqCst) < 100 {
            rt::gos_rt_yield();
        }
        expect(send(held[1], 1) == 0, 42);
    }
    exit()
}

#[test]
fn values_of_any_size_arrive_whole() {
    check("large_values");
}

#[gossamer]
pub(crate) extern "gossamer" fn large_values(_: u64) {
    const WORDS: usize = 40;
    static LARGE: TypeDesc = desc_of_bytes(8 * WORDS as u64);
    static NONE: TypeDesc = desc_of_bytes(0);
    extern "gossamer" fn produce(seed: u64) {
        let value = [seed; WORDS];
        // SAFETY: a channel of that type.
        unsafe { rt::gos_rt_chan_send(channel(0), value.as_ptr().cast()) };
    }
    // SAFETY: on a goroutine.
    unsafe {
        for capacity in [0, 3] {
            let held = rt::gos_rt_chan_new(&raw const LARGE, capacity);
            CHANNELS[0].store(held as u64, Ordering::SeqCst);
            for i in 0..100 {
                rt::gos_rt_go(produce, i);
            }
            let mut sum = 0;
            for _ in 0..100 {
                let mut value = [0u64; WORDS];
                expect(
                    rt::gos_rt_chan_recv(held, value.as_mut_ptr().cast()) == 1,
                    50,
                );
                expect(value.iter().all(|word| *word == value[0]), 51);
                sum += value[0];
            }
            expect(sum == 4950, 52);
        }
        let held = rt::gos_rt_chan_new(&raw const NONE, 2);
        for _ in 0..2 {
            expect(rt::gos_rt_chan_send(held, held) == 1, 53);
        }
        for _ in 0..2 {
            expect(rt::gos_rt_chan_try_recv(held, held) == 1, 54);
        }
        expect(rt::gos_rt_chan_try_recv(held, held) == 0, 55);
    }
    exit()
}

#[test]
fn timers_send_and_stop() {
    check("timers");
}

#[gossamer]
pub(crate) extern "gossamer" fn timers(_: u64) {
    // SAFETY: on a goroutine.
    unsafe {
        let held = [create(0, 1), create(1, 1)];
        let before = rt::gos_rt_now();
        rt::gos_rt_timer_start(held[0], 330_000_000, 0);
        // Soon enough to fire before the other, late enough to be stopped on a busy machine.
        let stopped = rt::gos_rt_timer_start(held[1], 300_000_000, 0);
        expect(rt::gos_rt_timer_stop(stopped) == 1, 60);
        expect(rt::gos_rt_timer_stop(stopped) == 0, 61);
        expect(receive(held[0]).is_some(), 62);
        let took = rt::gos_rt_now() - before;
        expect((330_000_000..5_000_000_000).contains(&took), 63);
        let mut value = 0u64;
        expect(
            rt::gos_rt_chan_try_recv(held[1], (&raw mut value).cast()) == 0,
            64,
        );
        let tick = rt::gos_rt_timer_start(held[1], 2_000_000, 2_000_000);
        for _ in 0..10 {
            expect(receive(held[1]).is_some(), 65);
        }
        expect(rt::gos_rt_timer_stop(tick) == 1, 66);
    }
    exit()
}

#[test]
fn signals_arrive_in_channels() {
    check("signals");
}

#[gossamer]
pub(crate) extern "gossamer" fn signals(_: u64) {
    // SAFETY: on a goroutine; the signal is caught.
    unsafe {
        let held = create(0, 1);
        expect(
            rt::gos_rt_signal_on(i64::from(libc::SIGUSR1), held) == 0,
            70,
        );
        expect(rt::gos_rt_signal_on(i64::from(libc::SIGKILL), held) < 0, 71);
        for _ in 0..20 {
            libc::kill(libc::getpid(), libc::SIGUSR1);
            expect(receive(held) == Some(libc::SIGUSR1 as u64), 72);
        }
    }
    exit()
}

#[test]
fn many_goroutines_over_few_channels() {
    check("stress");
}

/// Each goroutine passes numbers on by one of several ways, with collections meanwhile.
#[gossamer]
pub(crate) extern "gossamer" fn stress(_: u64) {
    const GOROUTINES: u64 = 300;
    const ROUNDS: u64 = 100;
    extern "gossamer" fn body(seed: u64) {
        for round in 0..ROUNDS {
            let (from, to) = if seed.is_multiple_of(2) {
                (0, 1)
            } else {
                (1, 0)
            };
            let mut out = 1u64;
            let mut in_ = 0u64;
            let mut arms = [
                arm(channel(from), &mut in_, 0),
                arm(channel(to), &mut out, 1),
            ];
            // SAFETY: on a goroutine.
            let index = unsafe { rt::gos_rt_select(arms.as_mut_ptr(), 2, 1) };
            if index == 0 {
                COUNT.fetch_sub(in_, Ordering::SeqCst);
            } else {
                COUNT.fetch_add(1, Ordering::SeqCst);
            }
            if (seed + round).is_multiple_of(97) {
                // SAFETY: as above.
                unsafe { rt::gos_rt_gc() };
            }
        }
        send(channel(2), seed);
    }
    // SAFETY: as above.
    unsafe {
        let held = [create(0, 3), create(1, 0), create(2, 1)];
        for i in 0..GOROUTINES {
            rt::gos_rt_go(body, i);
        }
        let mut ended = 0;
        while ended < GOROUTINES {
            let mut values = [0u64; 4];
            let [end, first, second, sent] = &mut values;
            let mut arms = [
                arm(held[2], end, 0),
                arm(held[0], first, 0),
                arm(held[1], second, 0),
                arm(held[0], sent, 1),
            ];
            ended += u64::from(rt::gos_rt_select(arms.as_mut_ptr(), 4, 1) == 0);
            // One arm is always ready, and only compiled loops have polls.
            rt::gos_rt_yield();
        }
    }
    exit()
}
