//! The primitives of concurrency that the rest of the runtime uses, in one place so that a model
//! checker can take their place (`rt/model`). Never: anything that is not a plain re-export or static.

pub use std::sync::OnceLock;
pub use std::sync::atomic::{
    AtomicBool, AtomicI32, AtomicI64, AtomicPtr, AtomicU8, AtomicU32, AtomicU64, AtomicUsize,
    Ordering, fence,
};
pub use std::thread;

/// Statics. A checker begins each of its executions with them anew.
macro_rules! shared {
    ($($(#[$meta:meta])* static $name:ident: $type:ty = $value:expr;)+) => {
        $($(#[$meta])* static $name: $type = $value;)+
    };
    ($($(#[$meta:meta])* pub static $name:ident: $type:ty = $value:expr;)+) => {
        $($(#[$meta])* pub static $name: $type = $value;)+
    };
}
pub(crate) use shared;
