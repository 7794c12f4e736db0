//! Time: the clocks (`clock.rs`) and what happens at a time (`timers.rs`).

pub mod clock;
pub mod timers;

use crate::task::{G, Park, WaitReason};

/// Parks the running goroutine for `ns` nanoseconds.
pub fn sleep(goroutine: &mut G, ns: i64) -> Park {
    let Some(ns) = u64::try_from(ns).ok().filter(|ns| *ns > 0) else {
        return crate::sched::yield_now(goroutine);
    };
    goroutine.result = 0;
    let when = clock::now().saturating_add(ns);
    let ticket = goroutine.begin_wait(WaitReason::Sleep);
    timers::add(when, timers::Action::Wake { goroutine, ticket });
    Park::PARKED
}
