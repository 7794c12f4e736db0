//! `tests/fix`: `gos check --fix` turns each program into its sibling `.fixed`, says how many mistakes
//! it fixed, changes nothing when it is run again, and never leaves more errors than there were.

use gos_tests::{gos, run_limited, run_suite};
use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(20);

fn main() -> ExitCode {
    run_suite("fix", |case| {
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let file = folder.path().join("main.gos");
        fs::write(&file, &case.text).map_err(|error| error.to_string())?;
        let before = errors(&file, &[])?;
        let said = check(&file, &["--fix"])?;
        let fixed = read(&file)?;
        case.expect_sibling("fixed", &fixed)?;
        if (fixed != case.text) != said.contains(" fixed\n") {
            return Err(format!("says\n{said}of\n{fixed}"));
        }
        let after = errors(&file, &[])?;
        if after > before {
            return Err(format!("{after} errors instead of {before}:\n{fixed}"));
        }
        check(&file, &["--fix"])?;
        let again = read(&file)?;
        if again == fixed {
            Ok(())
        } else {
            Err(format!("a second run changes it to\n{again}"))
        }
    })
}

fn read(file: &Path) -> Result<String, String> {
    fs::read_to_string(file).map_err(|error| error.to_string())
}

fn check(file: &Path, arguments: &[&str]) -> Result<String, String> {
    let mut command = Command::new(gos());
    command
        .arg("check")
        .args(arguments)
        .arg(file)
        .env("NO_COLOR", "1");
    let finished = run_limited(&mut command, "", LIMIT)?;
    match finished.code {
        0 | 1 => Ok(finished.stderr),
        code => Err(format!("exit code {code}:\n{}", finished.stderr)),
    }
}

fn errors(file: &Path, arguments: &[&str]) -> Result<usize, String> {
    let said = check(file, arguments)?;
    Ok(said.matches("] error: ").count())
}
