//! The race detector, linked only into programs that are built with `--race`: compiled code tells of
//! each access to memory that goroutines may share and of what orders goroutines, and two accesses
//! that nothing orders are reported.
//!
//! The method is FastTrack's: each goroutine has a vector clock (`clock.rs`, `task.rs`), each eight
//! bytes of the heap remember their last accesses as epochs (`shadow.rs`, `access.rs`), atomics and
//! channels carry clocks from one goroutine to another (`order.rs`, `channel.rs`). Where an access
//! came from is a number for its trace (`stacks.rs`); `report.rs` writes.
//!
//! Keeps: no lock of this module is held at a safepoint or while a cell is allocated, and none while
//! another one of it is taken, but that of the reports. Never: called by any other part of the runtime.

mod access;
mod channel;
mod clock;
mod order;
mod report;
mod rows;
mod shadow;
mod spin;
mod stacks;
mod task;

#[cfg(test)]
mod tests;
