//! Targets and linking: takes object files and the name of a target, finds what can link for it,
//! and leaves an executable file, or one clear sentence that says what is missing.
//!
//! The order is `target` (facts), `discover` (which linker, and every place that was looked at),
//! `plan` (pure: which command) and `run` (the one place that links). `kit` holds what a target
//! needs beside the linker. This crate must never know a phase of the compiler: it sees objects,
//! not programs.

mod asked;
mod cache;
mod cause;
mod cpu;
mod difference;
mod discover;
mod error;
mod kit;
mod lld;
mod place;
mod plan;
mod plan_coff;
mod plan_macho;
mod run;
mod size;
mod target;

#[cfg(test)]
mod tests;

pub use asked::plan_as_asked;
pub use cache::{cache_dir, publish_dir};
pub use cpu::{NATIVE, UnknownCpu};
pub use difference::Difference;
pub use discover::{Discovery, Host, Linker, LinkerChoice, Probe, SystemHost, discover};
pub use error::LinkError;
pub use kit::{Kit, KitFiles};
pub use lld::{lld_command, lld_is_built_in};
pub use place::is_special;
pub use plan::{Flavor, LinkPlan, LinkRequest, Strip, plan};
pub use run::{LinkOutcome, run};
pub use size::{Origin, Part, Sizes};
pub use target::{CodeKind, Format, Install, Libc, Target, UnknownTarget};
