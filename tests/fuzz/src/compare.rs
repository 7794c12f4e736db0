//! Builds samples with `gos` and holds what they print against what they mean.

use crate::{Sample, sample};
use gos_tests::{Level, build_program, run_limited};
use std::fmt::Write as _;
use std::fs;
use std::process::Command;
use std::time::Duration;

/// Samples in one program: a build costs more than a sample.
pub const BATCH: u64 = 25;

const LIMIT: Duration = Duration::from_secs(120);

/// A sample that does not do what it means.
#[derive(Debug)]
pub struct Mismatch {
    /// Of the sample.
    pub seed: u64,
    /// The program alone, as text.
    pub program: String,
    /// What went wrong, at which level.
    pub reason: String,
}

/// Tries the samples of these seeds, at both levels. Gives those that fail.
#[must_use]
pub fn try_all(seeds: impl Iterator<Item = u64>) -> Vec<Mismatch> {
    let samples: Vec<Sample> = seeds.map(sample).collect();
    if samples.is_empty() || try_together(&samples).is_ok() {
        return Vec::new();
    }
    // Alone, each shows whether it is at fault.
    let alone = |one: &Sample| {
        let reason = try_together(std::slice::from_ref(one)).err()?;
        Some(Mismatch {
            seed: one.seed,
            program: text(std::slice::from_ref(one)),
            reason,
        })
    };
    let mut found: Vec<Mismatch> = samples.iter().filter_map(alone).collect();
    if found.is_empty() {
        found.push(Mismatch {
            seed: samples[0].seed,
            program: text(&samples),
            reason: "only together, as one program, do they fail".to_owned(),
        });
    }
    found
}

/// The program that runs all samples.
#[must_use]
pub fn text(samples: &[Sample]) -> String {
    let mut program = String::from("fn main() {\n");
    for one in samples {
        let seed = one.seed;
        let _ = writeln!(program, "    println!(\"== {seed}\")\n    m{seed}::run()");
    }
    program.push_str("}\n");
    for one in samples {
        let _ = write!(program, "\nmod m{} {{\n{}}}\n", one.seed, one.items);
    }
    program
}

fn try_together(samples: &[Sample]) -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let source = folder.path().join("main.gos");
    fs::write(&source, text(samples)).map_err(|error| error.to_string())?;
    let mut expected = String::new();
    for one in samples {
        let _ = write!(expected, "== {}\n{}", one.seed, one.output);
    }
    let program = folder.path().join("program");
    for level in [Level::Debug, Level::Release] {
        build_program(&source, level, &program)?;
        let ran = run_limited(&mut Command::new(&program), "", LIMIT)?;
        if ran.code != 0 {
            return Err(format!(
                "{level:?}: exit code {}:\n{}",
                ran.code, ran.stderr
            ));
        }
        if ran.stdout != expected {
            return Err(difference(level, &expected, &ran.stdout));
        }
    }
    Ok(())
}

/// The first line that differs.
fn difference(level: Level, expected: &str, found: &str) -> String {
    let lines = expected.lines().zip(found.lines()).enumerate();
    let first = lines.into_iter().find(|(_, (a, b))| a != b);
    match first {
        Some((line, (expected, found))) => format!(
            "{level:?}: line {} of the output is\n  {found}\ninstead of\n  {expected}",
            line + 1
        ),
        None => format!(
            "{level:?}: the output has {} lines instead of {}",
            found.lines().count(),
            expected.lines().count()
        ),
    }
}
