//! `tests/lang` and `tests/conc` again, compiled for 64-bit ARM and run by qemu. Its memory is as
//! ordered as x86-64's, so what only a weaker order breaks is not seen here.

use gos_tests::concurrent::run_concurrent;
use gos_tests::language::run_program;
use gos_tests::{Machine, run_suites};
use std::process::ExitCode;

fn main() -> ExitCode {
    run_suites("aarch64", &["lang", "conc"], |case| {
        if case.name.starts_with("conc") {
            run_concurrent(Machine::Aarch64, case, &["2"])
        } else {
            run_program(Machine::Aarch64, case)
        }
    })
}
