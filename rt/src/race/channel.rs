//! What channels order, as Go's memory model has it: a send happens before the receive of its value;
//! a receive from a channel with room for C values before the end of the C-th send after its own; a
//! close before a receive that finds the channel closed; without room, both sides before what the
//! other does next.

use super::clock::Clock;
use super::order;
use super::spin::Spin;
use super::stacks::MixedMap;
use super::task::{self, Task};
use crate::chan::{Channel, Watch};
use crate::task::G;

const STRIPES: usize = 64;

/// A channel's clocks.
#[derive(Default)]
struct Clocks {
    /// What is in each place of the buffer, or was taken out of it.
    places: Vec<Clock>,
    sent: u64,
    received: u64,
    closed: Clock,
}

type Stripe = Spin<Option<MixedMap<usize, Clocks>>>;

static STRIPE: [Stripe; STRIPES] = [const { Spin::new(None) }; STRIPES];

/// Watches for the detector. All calls are made under the channel's lock.
pub struct Watched;

fn with_clocks(channel: &Channel, f: impl FnOnce(&mut Clocks)) {
    let address = std::ptr::from_ref(channel) as usize;
    STRIPE[(address >> 5) % STRIPES].with(|map| {
        let clocks = map.get_or_insert_default().entry(address).or_default();
        if !order::mark(address) {
            *clocks = Clocks::default();
        }
        f(clocks);
    });
}

/// The running goroutine, or another one, which waits.
///
/// # Safety
/// The other one was claimed.
unsafe fn whose<'a>(waiting: Option<*const G>) -> Option<&'a mut Task> {
    match waiting {
        // SAFETY: as the caller promises.
        Some(goroutine) => Some(unsafe { task::of(goroutine) }),
        None => task::current(),
    }
}

/// The place's last user happened before, and the next one will be after.
fn pass_through(place: &mut Clock, task: &mut Task) {
    let before = std::mem::replace(place, task.clock.clone());
    task.acquire(&before);
    task.tick();
}

fn place<'c>(clocks: &'c mut Clocks, number: u64, channel: &Channel) -> Option<&'c mut Clock> {
    let capacity = channel.capacity();
    if capacity == 0 {
        return None;
    }
    let index = (number % capacity) as usize;
    if clocks.places.len() <= index {
        clocks.places.resize(index + 1, Clock::new());
    }
    clocks.places.get_mut(index)
}

impl Watch for Watched {
    unsafe fn sent(channel: &Channel, waiting: Option<*const G>) {
        // SAFETY: as `Watch` demands.
        let Some(task) = (unsafe { whose(waiting) }) else {
            return;
        };
        with_clocks(channel, |clocks| {
            let number = clocks.sent;
            clocks.sent += 1;
            if let Some(place) = place(clocks, number, channel) {
                pass_through(place, task);
            }
        });
    }

    unsafe fn received(channel: &Channel, waiting: Option<*const G>) {
        // SAFETY: as `Watch` demands.
        let Some(task) = (unsafe { whose(waiting) }) else {
            return;
        };
        with_clocks(channel, |clocks| {
            let number = clocks.received;
            clocks.received += 1;
            if let Some(place) = place(clocks, number, channel) {
                pass_through(place, task);
            }
        });
    }

    unsafe fn met(_: &Channel, waiting: *const G) {
        // SAFETY: as `Watch` demands.
        let (Some(one), other) = (task::current(), unsafe { task::of(waiting) }) else {
            return;
        };
        one.acquire(&other.clock);
        let both = one.clock.clone();
        other.acquire(&both);
        one.tick();
        other.tick();
    }

    unsafe fn closes(channel: &Channel) {
        if let Some(task) = task::current() {
            with_clocks(channel, |clocks| clocks.closed.join(&task.clock));
            task.tick();
        }
    }

    unsafe fn saw_closed(channel: &Channel, waiting: Option<*const G>) {
        // SAFETY: as `Watch` demands.
        if let Some(task) = unsafe { whose(waiting) } {
            with_clocks(channel, |clocks| task.acquire(&clocks.closed));
        }
    }
}
