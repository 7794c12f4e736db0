//! `tests/conc`: concurrent programs, each in release with 1, 2 and 8 workers, and with a collection
//! at every allocation.

use gos_tests::concurrent::run_concurrent;
use gos_tests::{Machine, run_suite};
use std::process::ExitCode;

fn main() -> ExitCode {
    run_suite("conc", |case| {
        run_concurrent(Machine::X86_64, case, &["1", "2", "8"])
    })
}
