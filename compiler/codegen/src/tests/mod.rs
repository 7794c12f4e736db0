//! Programs built by hand from MIR, compiled, linked with a small C stand-in for the runtime, and
//! run.

mod build;
mod data;
mod harness;
pub(crate) mod items;
mod loops;
mod run;
mod traces;
mod units;
mod windows;
