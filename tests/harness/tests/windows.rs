//! `tests/lang` and `tests/conc` again, compiled for Windows and run by Wine, as far as they are not about
//! what Windows has otherwise.

use gos_tests::concurrent::run_concurrent;
use gos_tests::language::run_program;
use gos_tests::{Machine, run_suites};
use std::process::ExitCode;

fn main() -> ExitCode {
    if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        println!(
            "windows: Wine runs programs for this processor alone: test result: 0 passed; 0 failed"
        );
        return ExitCode::SUCCESS;
    }
    run_suites("windows", &["lang", "conc"], |case| {
        if case.directives.unix {
            Ok(())
        } else if case.name.starts_with("conc") {
            run_concurrent(Machine::Windows, case, &["2"])
        } else {
            run_program(Machine::Windows, case)
        }
    })
}
