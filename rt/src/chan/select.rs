//! `select`: waits for the first of several channel operations. All channels are locked in order
//! of address, the arms tried from a random one on, and only when none is ready the goroutine
//! queues on all of them. The goroutine itself leaves the other queues when it goes on.

use gos_abi::layout::SelectCase;

use crate::chan::waiter::{self, Waiter};
use crate::chan::{Channel, Tried, Watch, wait_forever};
use crate::sched;
use crate::task::{G, Park, WaitReason, tls};

/// Index of no arm.
const NONE_READY: u64 = u64::MAX;

/// See `gos_rt_select`.
///
/// # Safety
/// `cases` are `count` arms on the running goroutine's stack; on the system stack.
pub unsafe fn select<W: Watch>(
    goroutine: &mut G,
    cases: *mut SelectCase,
    count: usize,
    block: bool,
) -> Park {
    // SAFETY: as the caller promises.
    let cases = unsafe { core::slice::from_raw_parts_mut(cases, count) };
    if cases.iter().all(|case| case.channel.is_null()) {
        return if block {
            wait_forever(goroutine)
        } else {
            Park::ready(NONE_READY)
        };
    }
    let start = tls::worker().map_or(0, |worker| worker.random() as usize) % count;
    let mut wake = None;
    lock_all(cases);
    // SAFETY: all channels are locked.
    let chosen = unsafe { try_all::<W>(cases, start, &mut wake) };
    let park = match chosen {
        Some(index) => Park::ready(index as u64),
        None if block => {
            // SAFETY: all channels are locked.
            unsafe { queue_on_all(goroutine, cases) };
            Park::PARKED
        }
        None => Park::ready(NONE_READY),
    };
    unlock_all(cases);
    wake.into_iter().for_each(sched::ready);
    park
}

unsafe fn try_all<W: Watch>(
    cases: &mut [SelectCase],
    start: usize,
    wake: &mut Option<*mut G>,
) -> Option<usize> {
    let count = cases.len();
    for index in (start..count).chain(0..start) {
        let case = &mut cases[index];
        // SAFETY: the channel is locked, the slot on the running stack.
        unsafe {
            let Some(channel) = case.channel.cast::<Channel>().as_mut() else {
                continue;
            };
            let tried = if case.direction == waiter::SEND {
                channel.offer::<W>(case.slot, wake)
            } else {
                channel.accept::<W>(case.slot, wake)
            };
            if tried != Tried::WouldBlock {
                case.passed = u64::from(tried == Tried::Passed);
                return Some(index);
            }
        }
    }
    None
}

unsafe fn queue_on_all(goroutine: &mut G, cases: &mut [SelectCase]) {
    goroutine.resume = Some(selected);
    goroutine.operation.words[2] = cases.as_mut_ptr() as u64;
    let ticket = goroutine.begin_wait(WaitReason::Select);
    let this: *mut G = goroutine;
    let waiters = cases
        .iter()
        .map(|case| Waiter::new(this, ticket, case.channel.cast(), case.slot, case.direction));
    for waiter in goroutine.waiters.set_all(waiters) {
        // SAFETY: the channel is locked; the list of waiters stays as it is until the wait is over.
        unsafe {
            if let Some(channel) = waiter.channel.as_mut() {
                channel.queue(waiter.direction).push(waiter);
            }
        }
    }
}

/// Goes on after a wait: leaves the other queues and takes what was passed.
unsafe fn selected(goroutine: &mut G) -> Park {
    let (index, passed) = goroutine.channel_wait_result();
    let cases = goroutine.operation.words[2] as *mut SelectCase;
    // SAFETY: the wait is over; waiters still queued are taken out under their channels' locks.
    unsafe {
        for waiter in goroutine.waiters.all_mut() {
            if let Some(channel) = waiter.channel.as_mut() {
                channel.acquire();
                channel.queue(waiter.direction).remove(waiter);
                channel.release();
            }
        }
        let chosen = &goroutine.waiters.all()[index];
        let (slot, direction) = (chosen.slot, chosen.direction);
        let bytes = (*chosen.channel).element_bytes as usize;
        if passed && direction == waiter::RECEIVE {
            goroutine.receive_transfer(slot, bytes);
        }
        (*cases.add(index)).passed = u64::from(passed);
    }
    goroutine.waiters.clear();
    Park::ready(index as u64)
}

/// The channel with the least address above `after`, and so each channel once.
fn next_channel(cases: &[SelectCase], after: usize) -> Option<usize> {
    cases
        .iter()
        .map(|case| case.channel as usize)
        .filter(|address| *address > after)
        .min()
}

fn lock_all(cases: &[SelectCase]) {
    let mut address = 0;
    while let Some(next) = next_channel(cases, address) {
        // SAFETY: arms hold channels.
        unsafe { (*(next as *const Channel)).acquire() };
        address = next;
    }
}

/// Gives all locks back. When the goroutine is parked it may go on as soon as the last one is
/// given back, so nothing of it is read after that.
fn unlock_all(cases: &[SelectCase]) {
    let mut current = next_channel(cases, 0);
    while let Some(address) = current {
        current = next_channel(cases, address);
        // SAFETY: arms hold channels, and this thread holds their locks.
        unsafe { (*(address as *const Channel)).release() };
    }
}
