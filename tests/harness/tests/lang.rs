//! `tests/lang`: each program is compiled for debug and release and must print its `.stdout`.

use gos_tests::{Case, Finished, Level, build_program, run_limited, run_suite};
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Duration;

const RUN_LIMIT: Duration = Duration::from_secs(20);

fn main() -> ExitCode {
    run_suite("lang", |case| {
        for (name, level) in [("debug", Level::Debug), ("release", Level::Release)] {
            if case
                .directives
                .opt
                .as_deref()
                .is_none_or(|only| only == name)
            {
                run_case(case, level).map_err(|why| format!("[{name}] {why}"))?;
            }
        }
        Ok(())
    })
}

fn run_case(case: &Case, level: Level) -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let program = folder.path().join("program");
    build_program(&case.path, level, &program)?;
    let finished = run(case, &program, &[])?;
    check(case, &finished)?;
    case.expect_sibling("stdout", &finished.stdout)?;
    if case.directives.stress {
        let stressed = run(case, &program, &[("GOSSAMER_GC_STRESS", "1")])?;
        check(case, &stressed).map_err(|why| format!("[stress] {why}"))?;
        case.expect_sibling("stdout", &stressed.stdout)
            .map_err(|why| format!("[stress] {why}"))?;
    }
    Ok(())
}

fn run(case: &Case, program: &Path, env: &[(&str, &str)]) -> Result<Finished, String> {
    let mut command = Command::new(program);
    command.args(&case.directives.args);
    command.envs(
        case.directives
            .env
            .iter()
            .map(|(name, value)| (name, value)),
    );
    command.envs(env.iter().copied());
    run_limited(&mut command, &case.directives.stdin, RUN_LIMIT)
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
