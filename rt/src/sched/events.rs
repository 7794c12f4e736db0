//! What wakes goroutines from outside of the program: timers, sockets, signals. Workers look at it
//! between goroutines; the poller among the sleepers waits for it.

use crate::os::poller::{EVENTS_MAX, Event};
use crate::os::signal;
use crate::prim::{AtomicUsize, Ordering, shared};
use crate::sched::scheduler;
use crate::time::{clock, timers};

shared! {
    /// Descriptors that the poller watches: without any, looking at it is a waste.
    static WATCHED: AtomicUsize = AtomicUsize::new(0);
}

/// One more descriptor is watched.
pub fn watch_begins() {
    WATCHED.fetch_add(1, Ordering::Relaxed);
}

/// One less.
pub fn watch_ends() {
    WATCHED.fetch_sub(1, Ordering::Relaxed);
}

/// Nanoseconds until the next timer, if there is one.
#[must_use]
pub fn until_next_timer() -> Option<u64> {
    timers::next_deadline().map(|deadline| deadline.saturating_sub(clock::now()))
}

/// Events that were read from the poller and are not delivered yet.
#[derive(Debug)]
pub struct Happened {
    events: [Event; EVENTS_MAX],
    count: usize,
}

impl Happened {
    /// None.
    #[must_use]
    pub fn new() -> Self {
        let none = Event {
            key: 0,
            readable: false,
            writable: false,
        };
        Happened {
            events: [none; EVENTS_MAX],
            count: 0,
        }
    }

    /// Waits in the poller. Touches no goroutine, so the world may stand still meanwhile.
    pub fn collect(&mut self, timeout_ns: Option<u64>) {
        let Happened { events, count } = self;
        scheduler().poller.wait(timeout_ns, &mut |event| {
            events[*count] = event;
            *count += 1;
        });
    }

    /// Makes runnable what waited for these events, for timers and for signals.
    pub fn deliver(&self) {
        for event in &self.events[..self.count] {
            crate::net::descriptor::deliver(*event);
        }
        if signal::any_pending() {
            crate::sync::signal::deliver();
        }
        if timers::next_deadline().is_some_and(|deadline| deadline <= clock::now()) {
            timers::fire(clock::now());
        }
    }
}

impl Default for Happened {
    fn default() -> Self {
        Self::new()
    }
}

/// Looks at events without waiting.
pub fn check() {
    if WATCHED.load(Ordering::Relaxed) != 0 {
        let mut happened = Happened::new();
        happened.collect(Some(0));
        happened.deliver();
    } else if signal::any_pending() || timers::next_deadline().is_some() {
        Happened::new().deliver();
    }
}
