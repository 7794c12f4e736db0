//! Goroutines.

#[path = "../../src/task/goroutine.rs"]
mod goroutine;
#[path = "../../src/task/wish.rs"]
pub mod wish;

pub use crate::machine::{context, tls};
pub use crate::standing::{foreign, list, own, stack};
pub use goroutine::{G, Park, WaitReason};
pub use list::for_each_goroutine_from;
