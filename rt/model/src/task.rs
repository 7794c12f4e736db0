//! Goroutines.

#[path = "../../src/task/goroutine.rs"]
mod goroutine;
#[path = "../../src/task/list.rs"]
pub mod list;
#[path = "../../src/task/own.rs"]
pub mod own;
#[path = "../../src/task/slab.rs"]
pub mod slab;
#[path = "../../src/task/stash.rs"]
pub mod stash;
#[path = "../../src/task/wish.rs"]
pub mod wish;

pub use crate::machine::{context, tls};
pub use crate::standing::{foreign, stack};
pub use goroutine::{G, Park, WaitReason};
pub use list::for_each_goroutine_from;
