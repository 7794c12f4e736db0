//! Waiting on a word: what the library's locks, wait groups and conditions are made of. Waiters are
//! kept outside of the word, in buckets by address, so a lock costs its user four bytes.
//! Keeps: a goroutine is in a bucket from the time it saw the expected value until it is woken or
//! goes on. Read next: `signal.rs`.

pub mod signal;

use core::ptr;

use crate::lock::{Rank, Ranked};
use crate::prim::{AtomicU32, Ordering, shared};
use crate::sched;
use crate::task::{G, Park, WaitReason};
use crate::time::{clock, timers};

struct Waiting {
    address: usize,
    goroutine: *mut G,
    ticket: u32,
}

// SAFETY: goroutines in a bucket are parked, and belong to who claims them.
unsafe impl Send for Waiting {}

const BUCKETS: usize = 256;
shared! {
    static BUCKET: [Ranked<Vec<Waiting>>; BUCKETS] =
        [const { Ranked::new(Rank::WaitBucket, Vec::new()) }; BUCKETS];
}

fn bucket(address: usize) -> &'static Ranked<Vec<Waiting>> {
    &BUCKET[((address >> 2).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 56) % BUCKETS]
}

const TIMED_OUT: u64 = 0;
const WOKEN: u64 = 1;

/// See `gos_rt_wait`.
///
/// # Safety
/// `word` is alive as long as the goroutine waits; on the system stack.
pub unsafe fn wait(goroutine: &mut G, word: *const AtomicU32, expected: u32, timeout: i64) -> Park {
    let address = word as usize;
    let mut waiting = bucket(address).lock();
    // ORDERING: sequentially consistent, like the waker's change of the word before it takes the
    // bucket's lock: either the change is seen here, or the waker finds this goroutine.
    if unsafe { (*word).load(Ordering::SeqCst) } != expected {
        return Park::ready(WOKEN);
    }
    if timeout == 0 {
        return Park::ready(TIMED_OUT);
    }
    goroutine.resume = Some(waited);
    goroutine.result = TIMED_OUT;
    goroutine.operation.words[0] = address as u64;
    let ticket = goroutine.begin_wait(WaitReason::Sync);
    waiting.push(Waiting {
        address,
        goroutine,
        ticket,
    });
    let timer = u64::try_from(timeout).map_or(0, |ns| {
        let when = clock::now().saturating_add(ns);
        timers::add(when, timers::Action::Wake { goroutine, ticket })
    });
    // Who goes on takes the bucket's lock before it reads this.
    goroutine.operation.words[1] = timer;
    drop(waiting);
    Park::PARKED
}

/// Goes on after [`wait`] parked.
unsafe fn waited(goroutine: &mut G) -> Park {
    let address = goroutine.waited_at();
    let timer = {
        let mut waiting = bucket(address).lock();
        let this: *mut G = goroutine;
        if goroutine.result == TIMED_OUT {
            waiting.retain(|one| !ptr::eq(one.goroutine, this));
        }
        goroutine.operation.words[1]
    };
    if goroutine.result == WOKEN && timer != 0 {
        timers::cancel(timer);
    }
    goroutine.operation = Default::default();
    Park::ready(goroutine.result)
}

/// Wakes at most `count` goroutines that wait on the word, first come first served.
pub fn wake(address: usize, count: u64) -> u64 {
    let mut first: *mut G = ptr::null_mut();
    let mut last: *mut G = ptr::null_mut();
    let mut woken = 0;
    {
        let mut waiting = bucket(address).lock();
        waiting.retain(|one| {
            if one.address != address || woken == count {
                return true;
            }
            // SAFETY: goroutines in the bucket are alive; a claimed one is ours.
            unsafe {
                if (*one.goroutine).claim(one.ticket) {
                    (*one.goroutine).result = WOKEN;
                    (*one.goroutine).next = ptr::null_mut();
                    if last.is_null() {
                        first = one.goroutine;
                    } else {
                        (*last).next = one.goroutine;
                    }
                    last = one.goroutine;
                    woken += 1;
                }
            }
            false
        });
    }
    while !first.is_null() {
        // SAFETY: linked above.
        let next = unsafe { (*first).next };
        sched::ready(first);
        first = next;
    }
    woken
}
