//! The primitives of concurrency that the rest of the runtime uses, in one place so that a model
//! checker can take their place. Never: anything that is not a plain re-export.

pub use std::sync::OnceLock;
pub use std::sync::atomic::{
    AtomicBool, AtomicI32, AtomicI64, AtomicPtr, AtomicU8, AtomicU32, AtomicU64, AtomicUsize,
    Ordering, fence,
};
pub use std::thread;
