//! Profiles as files: what goes in are stacks of addresses with figures (`stacks.rs`) and the program's
//! trace tables, what comes out are the bytes that `go tool pprof` reads (`encode.rs`, `gzip.rs`). It
//! must never know the runtime. A crate of its own, since it is in every program and runs rarely, so
//! that it is compiled to be small.

mod encode;
mod gzip;
mod stacks;

#[cfg(test)]
mod tests;

pub use encode::{COLLECTOR, FOREIGN, Kind, LOST, RUNTIME, SCHEDULER, Unit, encode};
pub use stacks::{Entry, Figures, Numbers, Stacks};
