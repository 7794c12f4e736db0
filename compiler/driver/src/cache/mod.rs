//! What `gos` keeps between runs, in the user's cache folder, by content: nothing there is ever
//! wrong for being old, only unused. Every file appears complete or not at all, so any number of
//! `gos` may share a cache; a file that was damaged is not used.
//!
//! `digest.rs` names content, `recorded.rs` notes what a compilation looked at, `programs.rs` keeps
//! executables, `units.rs` objects, `trim.rs` bounds what is kept. Must never know a stage of the compiler.

mod digest;
mod programs;
mod recorded;
mod trim;
mod units;

pub(crate) use digest::Digest;
pub(crate) use programs::{Programs, Question};
pub(crate) use recorded::{Observation, Recorded, still_hold};
pub(crate) use trim::{FOLDERS, TRIM_MARK, trim};
pub(crate) use units::Units;
