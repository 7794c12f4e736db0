//! `tests/race`: programs built with `--race`. Those in `racy` end with exit code 66 and report
//! exactly the lines that end in `//~ race`, whatever the number of workers; those in `clean`, and the
//! programs of `tests/conc`, report nothing. Some run on 64-bit ARM too, and on the system's glibc.

use gos_tests::{Case, Finished, gos, run_limited, run_suites};
use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Duration;

const BUILD_LIMIT: Duration = Duration::from_secs(120);
const RUN_LIMIT: Duration = Duration::from_secs(60);
const RACE: i32 = 66;

/// Where a program is built for and how it is run.
struct Side {
    triple: &'static str,
    runner: &'static [&'static str],
    release: bool,
    workers: &'static [&'static str],
}

const DEBUG: Side = Side {
    triple: "x86_64-unknown-linux-musl",
    runner: &[],
    release: false,
    workers: &["1", "2"],
};

const RELEASE: Side = Side {
    release: true,
    ..DEBUG
};

const GLIBC: Side = Side {
    triple: "x86_64-unknown-linux-gnu",
    workers: &["2"],
    ..DEBUG
};

const ARM: Side = Side {
    triple: "aarch64-unknown-linux-musl",
    runner: &["qemu-aarch64-static"],
    release: true,
    workers: &["2"],
};

/// Also built for the other targets: one kind of access or order each.
const EVERYWHERE: [&str; 8] = [
    "racy/captured_counter",
    "racy/vec_push",
    "racy/map_insert_and_read",
    "racy/read_lock_writes",
    "clean/mutex",
    "clean/buffered_channel",
    "clean/select_arms",
    "clean/atomics",
];

fn main() -> ExitCode {
    run_suites("race", &["race", "conc"], |case| {
        let mut sides = vec![&RELEASE];
        if case.name.starts_with("race") {
            sides.push(&DEBUG);
        }
        if EVERYWHERE.iter().any(|name| case.name.contains(name)) {
            sides.extend([&GLIBC, &ARM]);
        }
        sides.iter().try_for_each(|side| run_on(side, case))
    })
}

fn run_on(side: &Side, case: &Case) -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let program = folder.path().join("program");
    build(side, case, &program)?;
    for workers in side.workers {
        let mut words = side.runner.iter().map(Path::new).chain([program.as_path()]);
        let mut command = Command::new(words.next().unwrap_or(&program));
        command.args(words).env("GOSSAMER_PROCS", workers);
        command.env_remove("GOSSAMER_RACE_EXIT");
        run_limited(&mut command, "", RUN_LIMIT)
            .and_then(|finished| expect(case, &finished))
            .map_err(|why| {
                let level = if side.release { "release" } else { "debug" };
                format!("[{} {level}, {workers} workers] {why}", side.triple)
            })?;
    }
    Ok(())
}

fn build(side: &Side, case: &Case, program: &Path) -> Result<(), String> {
    let mut command = Command::new(gos());
    command.args(["build", "--race", "--target", side.triple]);
    command.args(side.release.then_some("--release"));
    command.arg(&case.path).arg("-o").arg(program);
    let built = run_limited(&mut command, "", BUILD_LIMIT)?;
    match built.code {
        0 => Ok(()),
        _ => Err(format!("does not compile:\n{}", built.stderr)),
    }
}

fn expect(case: &Case, finished: &Finished) -> Result<(), String> {
    let marked: BTreeSet<usize> = (1..)
        .zip(case.text.lines())
        .filter(|(_, line)| line.ends_with("//~ race"))
        .map(|(number, _)| number)
        .collect();
    if marked.is_empty() == case.name.contains("racy") {
        return Err("only a program in `racy` has lines marked with `//~ race`".into());
    }
    let code = if marked.is_empty() { 0 } else { RACE };
    let found = reported(&finished.stderr);
    if finished.code == code && found == marked {
        return Ok(());
    }
    Err(format!(
        "exit code {} instead of {code}, lines {found:?} instead of {marked:?}\n{}",
        finished.code, finished.stderr
    ))
}

/// The lines of both sides of all reports: `  previous write …, by goroutine 2 at a.gos:9:13`.
fn reported(stderr: &str) -> BTreeSet<usize> {
    let sides = stderr.lines().filter_map(|line| {
        let side = line.strip_prefix("  ")?;
        let side = side.strip_prefix("previous ").unwrap_or(side);
        let is_side = side.starts_with("write") || side.starts_with("read");
        let (_, at) = side.split_once(" by goroutine ").filter(|_| is_side)?;
        at.rsplit(':').nth(1)?.parse().ok()
    });
    sides.collect()
}
