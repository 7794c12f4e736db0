//! Descriptors that goroutines read, write and wait for. What the runtime opened stands in a table, with
//! a generation that tells a closed handle from the next use of its number (`descriptor.rs`). Sockets are
//! watched by the poller; what a goroutine does on one is an operation that is tried again whenever
//! something happened (`operation.rs`). What the program drops is closed (`dropped.rs`).
//! Files, and what has the system's own number, such as terminals, no poller watches (`plain.rs`).
//! `system.rs` is what a platform supplies.
//! Keeps: handles of the table are at least 2^32, so they share one number space with the system's.

pub mod address;
pub mod descriptor;
pub mod dropped;
pub mod operation;
pub mod plain;
pub mod system;
pub mod tcp;

#[cfg(test)]
pub(crate) mod tests;
