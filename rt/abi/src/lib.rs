//! The application binary interface between compiled Gossamer code and the runtime: what goes in
//! is nothing, what comes out is the table of runtime functions, the layouts of heap cells and
//! runtime-visible values, the names of symbols, and the format of trace tables. The compiler
//! declares runtime functions from this crate and the runtime defines them against it, so the two
//! cannot drift. It must never know any other crate or call the operating system, and it allocates
//! only in encoders, which the feature `alloc` turns on for the compiler.
#![no_std]

#[cfg(any(test, feature = "alloc"))]
extern crate alloc;

pub mod layout;
pub mod settings;
pub mod size_class;
pub mod symbol;
pub mod table;
pub mod trace;

pub use layout::{CellKind, TypeDesc};
pub use table::{AbiTy, Class, RT_FUNCTIONS, RtFn};
