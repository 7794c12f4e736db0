//! `tests/conc`: concurrent programs, each in release with 1, 2 and 8 workers, and with a collection
//! at every allocation. They check themselves and print the same every time.

use gos_tests::{Case, Level, build_program, run_limited, run_suite};
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Duration;

const RUN_LIMIT: Duration = Duration::from_secs(60);

fn main() -> ExitCode {
    run_suite("conc", |case| {
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let program = folder.path().join("program");
        build_program(&case.path, Level::Release, &program)?;
        for workers in ["1", "2", "8"] {
            for stress in ["0", "1"] {
                run(case, &program, workers, stress)
                    .map_err(|why| format!("[{workers} workers, stress {stress}] {why}"))?;
            }
        }
        Ok(())
    })
}

fn run(case: &Case, program: &Path, workers: &str, stress: &str) -> Result<(), String> {
    let mut command = Command::new(program);
    command.args(&case.directives.args);
    command.env("GOSSAMER_PROCS", workers);
    if stress == "1" {
        command.env("GOSSAMER_GC_STRESS", "1");
    }
    let finished = run_limited(&mut command, &case.directives.stdin, RUN_LIMIT)?;
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
    case.expect_sibling("stdout", &finished.stdout)
}
