//! Timers, and a clock that waits move.

pub mod clock {
    pub use crate::machine::now;
}
#[path = "../../src/time/timers.rs"]
pub mod timers;
