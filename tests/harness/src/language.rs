//! A program of `tests/lang`, built and held against what its files say it does.

use crate::{Case, Finished, Level, Machine, build_program_for, run_limited};
use std::path::Path;
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
    let finished = run(machine, case, &program, &[])?;
    check(case, &finished)?;
    case.expect_sibling("stdout", &finished.stdout)?;
    if case.directives.stress {
        let stressed = run(machine, case, &program, &[("GOSSAMER_GC_STRESS", "1")])?;
        check(case, &stressed).map_err(|why| format!("[stress] {why}"))?;
        case.expect_sibling("stdout", &stressed.stdout)
            .map_err(|why| format!("[stress] {why}"))?;
    }
    Ok(())
}

fn run(
    machine: Machine,
    case: &Case,
    program: &Path,
    env: &[(&str, &str)],
) -> Result<Finished, String> {
    let mut command = machine.command(program);
    command.args(&case.directives.args);
    command.envs(
        case.directives
            .env
            .iter()
            .map(|(name, value)| (name, value)),
    );
    command.envs(env.iter().copied());
    run_limited(
        &mut command,
        &case.directives.stdin,
        machine.patience(RUN_LIMIT),
    )
}

fn check(case: &Case, finished: &Finished) -> Result<(), String> {
    if finished.code != case.directives.exit {
        return Err(format!(
            "exit code {} instead of {}\nstdout: {}\nstderr: {}",
            finished.code, case.directives.exit, finished.stdout, finished.stderr
        ));
    }
    for part in &case.directives.stderr {
        if !finished.stderr.contains(part.as_str()) {
            return Err(format!("stderr lacks `{part}`:\n{}", finished.stderr));
        }
    }
    Ok(())
}
