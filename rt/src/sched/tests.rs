//! Programs of goroutines, each run in a process of its own with 1, 2 and 8 workers. Goroutines
//! are `extern "gossamer"` functions here: they call the runtime by its symbols, as compiled code does.
mod basic;
pub(crate) mod harness;
mod stack;

pub(crate) use harness::{check, desc_of_bytes, rt};
