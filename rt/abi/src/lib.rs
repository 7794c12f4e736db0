//! The application binary interface between compiled Gossamer code and the runtime: what goes in
//! is nothing, what comes out is the table of runtime functions, the layouts of heap cells and
//! runtime-visible values, and the names of symbols. The compiler declares runtime functions from
//! this crate and the runtime defines them against it, so the two cannot drift. It must never know
//! any other crate, allocate, or call the operating system.
#![no_std]

pub mod layout;
pub mod symbol;
pub mod table;

pub use layout::{CellKind, TypeDesc};
pub use table::{AbiTy, Class, RT_FUNCTIONS, RtFn};
