//! A program of `tests/lang`, built and held against what its files say it does.

use crate::{Case, Level, Machine, build_program_for};
use std::time::Duration;

const RUN_LIMIT: Duration = Duration::from_secs(20);

/// Builds for debug and release, unless the program is about one of them, and runs both.
///
/// # Errors
/// What it does otherwise, in words.
pub fn run_program(machine: Machine, case: &Case) -> Result<(), String> {
    for (name, level) in [("debug", Level::Debug), ("release", Level::Release)] {
        if case
            .directives
            .opt
            .as_deref()
            .is_none_or(|only| only == name)
        {
            run_at(machine, case, level).map_err(|why| format!("[{name}] {why}"))?;
        }
    }
    Ok(())
}

fn run_at(machine: Machine, case: &Case, level: Level) -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let program = folder.path().join("program");
    build_program_for(machine, &case.path, level, &program)?;
    case.run(machine, &program, &[], RUN_LIMIT)?;
    if case.directives.stress {
        let stress = [("GOSSAMER_GC_STRESS", "1")];
        case.run(machine, &program, &stress, RUN_LIMIT)
            .map_err(|why| format!("[stress] {why}"))?;
    }
    Ok(())
}
