//! The compiler as a program, and what it builds.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use gos_tests::{gos, run_limited};

use super::corpus::Corpus;
use super::extreme::Extreme;
use super::mutate::mutant;

const CHECK_LIMIT: Duration = Duration::from_secs(30);
const BUILD_LIMIT: Duration = Duration::from_secs(60);
/// A mutant may well loop; what it does in this time shows enough.
const RUN_LIMIT: Duration = Duration::from_secs(2);

type Fault = (String, String);

/// Does something with all items on all cores.
fn each<T: Sync>(items: &[T], run: impl Fn(&T) -> Vec<Fault> + Sync) -> Vec<Fault> {
    let next = AtomicUsize::new(0);
    let faults = Mutex::new(Vec::new());
    let workers = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let found = run(item);
                    if let Ok(mut faults) = faults.lock() {
                        faults.extend(found);
                    }
                }
            });
        }
    });
    let mut faults = faults.into_inner().unwrap_or_default();
    faults.sort();
    faults
}

/// Checks extreme inputs, and builds those that are meant to be built.
pub fn check_all(inputs: &[Extreme]) -> Vec<Fault> {
    each(inputs, |input| {
        let folder = tempfile::tempdir().expect("a scratch folder");
        let file = folder.path().join("main.gos");
        fs::write(&file, &input.text).expect("the scratch folder takes files");
        let verbs: &[&[&str]] = match input.build {
            true => &[&["build"], &["build", "--release"]],
            false => &[&["check"]],
        };
        let tries = verbs.iter().filter_map(|verb| {
            let why = compile(folder.path(), verb).err()?;
            Some((format!("{} ({})", input.name, verb.join(" ")), why))
        });
        tries.collect()
    })
}

/// Builds and runs the mutants of these seeds.
pub fn run_all(corpus: &Corpus, seeds: &[u64]) -> Vec<Fault> {
    each(seeds, |&seed| {
        let folder = tempfile::tempdir().expect("a scratch folder");
        fs::write(folder.path().join("main.gos"), mutant(corpus, seed))
            .expect("the scratch folder takes files");
        let tries = [&["build"][..], &["build", "--release"]];
        let tries = tries.into_iter().filter_map(|verb| {
            let why = build_and_run(folder.path(), verb).err()?;
            Some((format!("mutant {seed} ({})", verb.join(" ")), why))
        });
        tries.collect()
    })
}

/// Runs `gos` on the folder's program, and gives its exit code if that is one a program may cause.
fn compile(folder: &Path, verb: &[&str]) -> Result<i32, String> {
    let mut command = Command::new(gos());
    command.args(verb).arg("main.gos").current_dir(folder);
    let limit = if verb[0] == "check" {
        CHECK_LIMIT
    } else {
        command.args(["-o", "program"]);
        BUILD_LIMIT
    };
    let finished = run_limited(&mut command, "", limit).map_err(|why| first_part(&why))?;
    match finished.code {
        code @ (0 | 1) => Ok(code),
        code => Err(format!(
            "exit code {code}: {}",
            first_part(&finished.stderr)
        )),
    }
}

fn build_and_run(folder: &Path, verb: &[&str]) -> Result<(), String> {
    if compile(folder, verb)? != 0 {
        return Ok(());
    }
    let mut program = Command::new(folder.join("program"));
    program.current_dir(folder);
    match run_limited(&mut program, "", RUN_LIMIT) {
        // Ended by a signal, which only a fault of the compiler or the runtime can cause.
        Ok(finished) if finished.code == -1 => Err(format!(
            "the program dies of a signal: {}",
            first_part(&finished.stderr)
        )),
        _ => Ok(()),
    }
}

fn first_part(text: &str) -> String {
    text.chars().take(600).collect()
}
