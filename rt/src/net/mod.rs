//! Descriptors that goroutines read, write and wait for. Sockets stand in a table, with a
//! generation that tells a closed handle from the next use of its number (`descriptor.rs`), and are
//! watched by the poller; what a goroutine does on one is an operation that is tried again whenever
//! something happened (`operation.rs`). Files, pipes and terminals keep the system's number
//! (`plain.rs`). `system.rs` is what a platform supplies.
//! Keeps: handles of the table are at least 2^32, so both kinds share one number space.

pub mod address;
pub mod descriptor;
pub mod operation;
pub mod plain;
pub mod system;
pub mod tcp;

#[cfg(test)]
pub(crate) mod tests;
