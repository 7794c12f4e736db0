//! Settings of a run, read once from the environment.

use crate::os::cpu;

/// More workers than this are no use and cost memory.
pub const PROCS_MAX: usize = 256;

/// What the user or a test may choose.
#[derive(Clone, Copy, Debug)]
pub struct Config {
    /// Worker threads (`GOSSAMER_PROCS`).
    pub procs: usize,
}

impl Config {
    /// As the environment says.
    #[must_use]
    pub fn from_environment() -> Self {
        let chosen = std::env::var("GOSSAMER_PROCS")
            .ok()
            .and_then(|text| text.trim().parse().ok());
        let procs = chosen
            .filter(|procs| *procs > 0)
            .unwrap_or_else(cpu::available);
        Config {
            procs: procs.min(PROCS_MAX),
        }
    }
}
