//! The runtime that every Gossamer program is linked with: what goes in are calls of the functions
//! in `gos_abi::table` from compiled code, what comes out is a C archive that schedules goroutines,
//! owns the heap and talks to the operating system. It must never know the compiler, LLVM or the
//! standard library; what it shares with them stands in `gos_abi`.
//!
//! Who runs where: compiled code and `Leaf` functions run on a goroutine's small stack, everything
//! else in this crate on the large stack of a worker thread (`task::context` switches). So no Rust
//! frame lies below a Gossamer frame, and Rust code never moves from one thread to another.
#![allow(
    clippy::not_unsafe_ptr_arg_deref,
    reason = "goroutines are passed as raw pointers by whoever owns them at that moment (`G`), and \
              nothing outside of this crate calls these functions"
)]

#[cfg(all(windows, feature = "entry"))]
mod c_runtime_windows;
#[cfg(feature = "entry")]
mod entry;

pub mod chan;
pub mod config;
pub mod debug;
pub mod exports;
pub mod gc;
pub mod io;
pub mod lock;
mod memory;
pub mod net;
pub mod os;
pub mod panic;
pub mod prim;
pub mod process;
pub mod profile;
pub mod race;
pub mod sched;
pub mod string;
pub mod sync;
pub mod task;
pub mod time;
pub mod trace;
