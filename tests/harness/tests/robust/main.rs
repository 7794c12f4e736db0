//! No input makes the compiler fail by itself: mutants of all test programs and extreme inputs are
//! either compiled or refused, in time. Mutants that are right programs are built and run too, and
//! must end by themselves or be stopped, never by a signal of the machine's.
//!
//! `GOS_ROBUST_ROUNDS=20` tries twenty times as many mutants, `GOS_ROBUST_SEED=N` others,
//! and `robust --show SEED` prints the one of a seed.

mod compile;
mod corpus;
mod extreme;
mod mutate;
mod processes;
mod worker;

use std::io::Write as _;
use std::process::ExitCode;

use corpus::Corpus;

/// Mutants of a round.
const MUTANTS: u64 = 300;
/// How many of the right ones are built and run in a round.
const BUILT: usize = 8;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize| arguments.get(at).and_then(|text| text.parse().ok());
    match (arguments.first().map(String::as_str), number(1)) {
        (Some(worker::WORKER), Some(first)) => {
            worker::work(corpus(), first, number(2).unwrap_or(first + 1));
            ExitCode::SUCCESS
        }
        (Some("--show"), Some(seed)) => {
            let mutant = mutate::mutant(&corpus(), seed);
            std::io::stdout()
                .write_all(&mutant)
                .map_or(ExitCode::FAILURE, |()| ExitCode::SUCCESS)
        }
        _ => suite(),
    }
}

fn corpus() -> Corpus {
    let folders = ["lang", "diag", "conc", "guide"];
    Corpus::read(&gos_tests::checkout().join("tests"), &folders)
}

fn setting(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

fn suite() -> ExitCode {
    let rounds = setting("GOS_ROBUST_ROUNDS").unwrap_or(1);
    let first = setting("GOS_ROBUST_SEED").unwrap_or(1);
    let corpus = corpus();
    let mut count = 0;
    let mut faults: Vec<(String, String)> = Vec::new();

    let inputs = extreme::inputs();
    count += inputs.len();
    faults.extend(processes::check_all(&inputs));

    let outcome = worker::supervise_all(first, first + MUTANTS * rounds);
    count += (MUTANTS * rounds) as usize;
    let named = |(seed, why)| (format!("mutant {seed}"), why);
    faults.extend(outcome.faults.into_iter().map(named));

    let mut right = outcome.right;
    right.truncate(BUILT * rounds as usize);
    count += right.len();
    faults.extend(processes::run_all(&corpus, &right));

    for (name, why) in &faults {
        println!("\n---- {name} ----\n{why}");
    }
    let verdict = if faults.is_empty() { "ok" } else { "FAILED" };
    println!(
        "\nrobust: test result: {verdict}. {} passed; {} failed; 0 ignored",
        count.saturating_sub(faults.len()),
        faults.len()
    );
    if faults.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
