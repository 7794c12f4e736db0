//! A program of `tests/conc`, run with several numbers of workers, and with a collection at every
//! allocation. It checks itself and prints the same every time.

use crate::{Case, Level, Machine, build_program_for};
use std::path::Path;
use std::time::Duration;

const RUN_LIMIT: Duration = Duration::from_secs(60);

/// Builds for release and runs with each number of workers.
///
/// # Errors
/// What it does otherwise, in words.
pub fn run_concurrent(machine: Machine, case: &Case, workers: &[&str]) -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let program = folder.path().join("program");
    build_program_for(machine, &case.path, Level::Release, &program)?;
    for workers in workers {
        for stress in ["0", "1"] {
            run(machine, case, &program, (workers, stress))
                .map_err(|why| format!("[{workers} workers, stress {stress}] {why}"))?;
        }
    }
    Ok(())
}

fn run(
    machine: Machine,
    case: &Case,
    program: &Path,
    (workers, stress): (&str, &str),
) -> Result<(), String> {
    let mut env = vec![("GOSSAMER_PROCS", workers)];
    if stress == "1" {
        env.push(("GOSSAMER_GC_STRESS", "1"));
    }
    case.run(machine, program, &env, RUN_LIMIT)
}
