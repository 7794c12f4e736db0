//! The scheduler, without what runs beside it.

#[path = "../../src/sched/deadlock.rs"]
pub mod deadlock;
#[path = "../../src/sched/events.rs"]
pub mod events;
#[path = "../../src/sched/external.rs"]
pub mod external;
#[path = "../../src/sched/idle.rs"]
pub mod idle;
#[path = "../../src/sched/inject.rs"]
pub mod inject;
#[path = "../../src/sched/queue.rs"]
pub mod queue;
#[path = "../../src/sched/runnable.rs"]
pub mod runnable;
#[path = "../../src/sched/safepoint.rs"]
pub mod safepoint;
#[path = "../../src/sched/worker.rs"]
pub mod worker;

pub use crate::machine::{fatal, is_started, scheduler};
pub use crate::standing::{dump, monitor};
pub use external::{external_begins, external_ends};
pub use runnable::{ready, yield_now};
pub use safepoint::{
    StoppedWorld, for_each_running, for_each_system_stack, stop_the_world, try_stop_the_world,
};
