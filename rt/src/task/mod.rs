//! Goroutines: what one is (`goroutine.rs`), its stack (`stack.rs`), how it is entered and left
//! (`tls.rs`, `wish.rs`, `context/`, `trampoline.rs`), calls of C (`foreign.rs`), the list of all of them (`list.rs`),
//! what is kept of ended ones (`own.rs`, `stash.rs`).
//! Keeps: a goroutine's context is in `G::sp` whenever its worker is on the system stack.
//! Read next: `sched/mod.rs` (who runs what).

pub mod context;
pub mod foreign;
pub mod goroutine;
pub mod list;
pub mod own;
mod slab;
pub mod stack;
mod stash;
pub mod tls;
pub mod trampoline;
pub mod wish;

pub use goroutine::{Defer, G, Park, WaitReason};
use gos_convention::gossamer;
pub use list::{for_each_goroutine, for_each_goroutine_from};
pub use tls::{Tls, current};

#[gossamer]
#[cfg(feature = "entry")]
unsafe extern "gossamer" {
    fn gos_fault(kind: u64) -> !;
    static gos_small_frame_bytes: u64;
}

/// Address of the compiled function that turns a fault into a panic.
#[must_use]
pub fn fault_entry() -> u64 {
    #[cfg(feature = "entry")]
    let entry = gos_fault as *const () as u64;
    #[cfg(not(feature = "entry"))]
    let entry = no_program as *const () as u64;
    entry
}

/// The largest frame that the program's functions push before they compare their stack pointer with
/// the limit.
#[must_use]
pub fn small_frame_bytes() -> u64 {
    #[cfg(feature = "entry")]
    // SAFETY: a constant of the program.
    let bytes = unsafe { gos_small_frame_bytes };
    // The runtime's tests run functions of Rust, of whose frames nothing is known.
    #[cfg(not(feature = "entry"))]
    let bytes = u64::MAX / 2;
    bytes
}

#[gossamer]
#[cfg(not(feature = "entry"))]
extern "gossamer" fn no_program(_kind: u64) -> ! {
    crate::sched::fatal("a fault outside of a compiled program")
}
