//! One error per cause: right programs from `tests/lang` and `tests/diag` with a single mistake put in,
//! in an order that a fixed seed decides. Counts the errors that each gets.
//!
//! `GOS_CASCADE_ROUNDS=20` tries twenty times as many, `GOS_CASCADE_SHOW=2` prints those with so many
//! errors or more.
//!
//! The bounds below stand a little under what is reached, since a new test program is a new place for
//! mistakes: 92 % of all mutants; least with a type changed where it is declared (77 %), whose uses each
//! fail in their own way.

mod mutant;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use gos_diag::Diagnostic;
use gos_tests::in_memory::{Findings, InMemory};
use gos_tests::pieces::{self, Piece};
use gos_tests::random::Random;
use mutant::{Change, Mutant};

/// Mutants of each kind of change.
const MUTANTS: usize = 60;
/// The least share of mutants with exactly one error: of all, and of each kind of change.
const ONE_OF_ALL: f64 = 0.90;
const ONE_OF_KIND: f64 = 0.65;
/// The most errors that one mistake leads to.
const ERRORS_MAX: usize = 8;

/// As the compiler's own.
const STACK_BYTES: usize = 1 << 28;

struct Program {
    name: String,
    pieces: Vec<Piece>,
}

/// What a mutant got.
struct Outcome {
    change: Change,
    errors: usize,
    place: String,
    shown: String,
}

fn main() -> ExitCode {
    let programs = programs();
    let rounds = setting("GOS_CASCADE_ROUNDS").unwrap_or(1);
    let jobs: Vec<(Change, u64)> = (0..MUTANTS * rounds)
        .flat_map(|seed| Change::ALL.map(|change| (change, seed as u64)))
        .collect();
    let outcomes = on_all_cores(&jobs, |&(change, seed)| try_one(&programs, change, seed));
    report(&outcomes)
}

fn setting(name: &str) -> Option<usize> {
    std::env::var(name).ok()?.parse().ok()
}

/// The right programs that stand alone, in a fixed order.
fn programs() -> Vec<Program> {
    let root = gos_tests::checkout().join("tests");
    let mut paths = Vec::new();
    gos_tests::collect(&root.join("lang"), &mut paths);
    gos_tests::collect(&root.join("diag"), &mut paths);
    paths.sort();
    let read = |path: &std::path::PathBuf| {
        let text = std::fs::read_to_string(path).ok()?;
        let right = !text.contains("//~ E") && !text.contains("//~^");
        let alone = !text.contains("//@ aux") && text.contains("fn main");
        (right && alone && errors(&check(&text)) == 0).then_some(())?;
        Some(Program {
            name: name(path, &root),
            pieces: pieces::cut(&text),
        })
    };
    let found: Vec<Program> = on_all_cores(&paths, read).into_iter().flatten().collect();
    assert!(found.len() > 50, "the conformance programs are missing");
    found
}

fn name(path: &Path, root: &Path) -> String {
    path.strip_prefix(root)
        .unwrap_or(path)
        .display()
        .to_string()
}

fn check(text: &str) -> Findings {
    InMemory::new(text, None).check(false)
}

fn errors(findings: &Findings) -> usize {
    let errors = findings.diagnostics.iter();
    errors.filter(|message| message.is_error()).count()
}

/// A program of the seed's choice with the change in it. None where the change does no harm.
fn try_one(programs: &[Program], change: Change, seed: u64) -> Option<Outcome> {
    let mut random = Random::new(seed * 64 + change as u64);
    for _ in 0..20 {
        let program = random.pick(programs)?;
        let Some(Mutant { text, line, was }) = mutant::mutant(&program.pieces, change, &mut random)
        else {
            continue;
        };
        let findings = check(&text);
        let errors = errors(&findings);
        if errors > 0 {
            return Some(Outcome {
                change,
                errors,
                place: format!("{}:{line}: `{was}`", program.name),
                shown: shown(&findings),
            });
        }
    }
    None
}

/// Line, code and text of each error.
fn shown(findings: &Findings) -> String {
    let errors = findings.diagnostics.iter().filter(|it| it.is_error());
    let line = |message: &Diagnostic| {
        let line = findings.sources.line_col(message.span()).line;
        format!("    {line}: {} {}\n", message.code.id, message.message)
    };
    errors.map(line).collect()
}

/// What a function gives for each job, in their order.
fn on_all_cores<J: Sync, R: Send>(jobs: &[J], work: impl Fn(&J) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let results = Mutex::new(BTreeMap::new());
    let worker = || {
        while let Some((index, job)) = {
            let index = next.fetch_add(1, Ordering::Relaxed);
            jobs.get(index).map(|job| (index, job))
        } {
            let result = work(job);
            results
                .lock()
                .expect("no worker panics")
                .insert(index, result);
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(2, usize::from) {
            let builder = std::thread::Builder::new().stack_size(STACK_BYTES);
            builder.spawn_scoped(scope, worker).expect("a thread");
        }
    });
    let results = results.into_inner().expect("no worker panics");
    results.into_values().collect()
}

fn report(outcomes: &[Option<Outcome>]) -> ExitCode {
    let shown = setting("GOS_CASCADE_SHOW").unwrap_or(ERRORS_MAX + 1);
    let mut failures = Vec::new();
    let outcomes: Vec<&Outcome> = outcomes.iter().flatten().collect();
    for change in Change::ALL {
        let of_kind = outcomes.iter().filter(|it| it.change == change);
        let of_kind: Vec<&Outcome> = of_kind.copied().collect();
        let share = share_of_ones(&of_kind);
        let most = of_kind.iter().map(|it| it.errors).max().unwrap_or(0);
        let (count, percent) = (of_kind.len(), share * 100.0);
        println!("{change:?}: {count} mutants, {percent:.0} % with one error, at most {most}");
        if share < ONE_OF_KIND || of_kind.is_empty() {
            failures.push(format!("{change:?}: only {percent:.0} % have one error"));
        }
        for outcome in of_kind.iter().filter(|it| it.errors >= shown) {
            let Outcome { errors, place, .. } = outcome;
            println!("#### {change:?} {errors} {place}\n{}", outcome.shown);
        }
    }
    for outcome in outcomes.iter().filter(|it| it.errors > ERRORS_MAX) {
        failures.push(format!("{}: {} errors", outcome.place, outcome.errors));
    }
    let share = share_of_ones(&outcomes);
    println!("{:.1} % of all have one error", share * 100.0);
    if share < ONE_OF_ALL {
        failures.push("too few mutants have one error".to_owned());
    }
    for why in &failures {
        println!("{why}");
    }
    let verdict = if failures.is_empty() { "ok" } else { "FAILED" };
    let (all, failed) = (outcomes.len(), failures.len());
    println!(
        "\ncascade: test result: {verdict}. {} passed; {failed} failed; 0 ignored",
        all.saturating_sub(failed)
    );
    match failures.is_empty() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}

/// Of these mutants, the share that gets exactly one error.
fn share_of_ones(outcomes: &[&Outcome]) -> f64 {
    let ones = outcomes.iter().filter(|it| it.errors == 1).count();
    ones as f64 / outcomes.len().max(1) as f64
}
