//! `tests/lang`: each program is compiled for debug and release and must print its `.stdout`.

use gos_tests::{Case, Finished, gos, run_limited, run_suite};
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Duration;

const BUILD_LIMIT: Duration = Duration::from_secs(60);
const RUN_LIMIT: Duration = Duration::from_secs(20);

fn main() -> ExitCode {
    run_suite("lang", |case| {
        for level in ["debug", "release"] {
            if case
                .directives
                .opt
                .as_deref()
                .is_none_or(|only| only == level)
            {
                run_case(case, level).map_err(|why| format!("[{level}] {why}"))?;
            }
        }
        Ok(())
    })
}

fn run_case(case: &Case, level: &str) -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let program = folder.path().join("program");
    build(case, level, &program)?;
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

fn build(case: &Case, level: &str, program: &Path) -> Result<(), String> {
    let mut command = Command::new(gos());
    command
        .args(["build", "--target", "x86_64-unknown-linux-musl"])
        .arg(&case.path)
        .arg("-o")
        .arg(program);
    if level == "release" {
        command.arg("--release");
    }
    let built = run_limited(&mut command, "", BUILD_LIMIT)?;
    if built.code == 0 {
        Ok(())
    } else {
        Err(format!("does not compile:\n{}", built.stderr))
    }
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
