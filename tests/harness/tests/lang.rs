//! `tests/lang`: each program is compiled for debug and release and must print its `.stdout`.

use gos_tests::language::run_program;
use gos_tests::{Machine, run_suite};
use std::process::ExitCode;

fn main() -> ExitCode {
    run_suite("lang", |case| run_program(Machine::X86_64, case))
}
