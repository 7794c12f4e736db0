//! Signal subscriptions: channels that get a number when a signal of the process arrives.
//! Keeps: a signal is caught as long as it has a subscription.

use crate::lock::{Rank, Ranked};
use crate::os::signal;
use crate::prim::shared;
use crate::sched;

struct Subscription {
    signal: u32,
    /// A root.
    channel: *mut u8,
}

// SAFETY: channels may be used by any thread.
unsafe impl Send for Subscription {}

shared! {
    static SUBSCRIPTIONS: Ranked<Vec<Subscription>> = Ranked::new(Rank::Signals, Vec::new());
}

/// Largest signal number that may be subscribed to.
const SIGNAL_MAX: i64 = 63;
/// Errno: invalid argument.
const INVALID: i64 = 22;

/// Sends `number` to `channel` whenever that signal arrives. 0 or -errno.
pub fn subscribe(number: i64, channel: *mut u8) -> i64 {
    let Some(signal) = u32::try_from(number)
        .ok()
        .filter(|_| (1..=SIGNAL_MAX).contains(&number))
    else {
        return -INVALID;
    };
    let mut subscriptions = SUBSCRIPTIONS.lock();
    if let Err(error) = signal::catch(signal) {
        return -i64::from(error);
    }
    subscriptions.push(Subscription { signal, channel });
    sched::external_begins();
    0
}

/// Ends that.
pub fn unsubscribe(number: i64, channel: *mut u8) {
    let mut subscriptions = SUBSCRIPTIONS.lock();
    subscriptions.retain(|one| {
        let stays = i64::from(one.signal) != number || one.channel != channel;
        if !stays {
            sched::external_ends();
        }
        stays
    });
    if !subscriptions
        .iter()
        .any(|one| i64::from(one.signal) == number)
        && let Ok(signal) = u32::try_from(number)
        && number <= SIGNAL_MAX
    {
        signal::release(signal);
    }
}

/// Sends what arrived. On a worker.
pub fn deliver() {
    let pending = signal::take_pending();
    if pending == 0 {
        return;
    }
    let mut due = Vec::new();
    for one in SUBSCRIPTIONS.lock().iter() {
        if pending & (1 << one.signal) != 0 {
            due.push((one.channel, one.signal));
        }
    }
    if pending & (1 << signal::QUIT) != 0 && due.iter().all(|&(_, due)| due != signal::QUIT) {
        sched::dump::quit();
    }
    for (channel, signal) in due {
        // SAFETY: a channel of i64, as the subscriber promised.
        unsafe { crate::chan::send_i64(channel, i64::from(signal)) };
    }
}

/// Calls `visit` with each subscribed channel.
pub fn for_each_channel(visit: &mut dyn FnMut(u64)) {
    SUBSCRIPTIONS
        .lock()
        .iter()
        .for_each(|one| visit(one.channel as u64));
}
