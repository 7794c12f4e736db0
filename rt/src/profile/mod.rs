//! Profiles of a running program: where its processors spend their time (`cpu.rs`), and who allocated
//! what is on its heap (`heap.rs`), in the format that `go tool pprof` reads (the crate `gos_pprof`).
//! Keeps: costs nothing unless one is asked for. Never: knows the compiler's names but by the trace
//! tables.

pub mod carried;
#[cfg(target_os = "linux")]
pub mod cpu;
#[cfg(not(target_os = "linux"))]
#[path = "cpu_none.rs"]
pub mod cpu;
pub mod heap;
#[cfg(target_os = "linux")]
mod samples;
#[cfg(target_os = "linux")]
mod timer;
#[cfg(target_os = "linux")]
mod walk;

#[cfg(target_os = "linux")]
pub use {samples::add as add_sample, walk::after_fault};
