//! A service as a supervisor sees it: ending under load, being replaced under load, systemd's
//! sockets and notifications, and the hardening of the guide's unit. One program,
//! `tests/http/service.gos`, for all; `GOS_ROUNDS` says how many times it ends and is replaced.

mod at_the_end;
mod idle;
mod load;
mod program;
mod sandbox;
mod scaffold;
mod supervisor;
mod under_load;

use gos_tests::{Level, build_program, checkout};
use std::path::Path;
use std::process::ExitCode;

/// A test: its name, and what it does with the program.
type Test = (&'static str, fn(&Path) -> Result<(), String>);

const TESTS: &[Test] = &[
    ("endings_lose_nothing", under_load::endings_lose_nothing),
    ("upgrades_lose_nothing", under_load::upgrades_lose_nothing),
    (
        "who_stands_in_the_queue_is_answered",
        at_the_end::who_stands_in_the_queue_is_answered,
    ),
    (
        "what_was_read_is_answered",
        at_the_end::what_was_read_is_answered,
    ),
    ("a_cut_is_told", at_the_end::a_cut_is_told),
    ("a_second_signal_cuts", at_the_end::a_second_signal_cuts),
    (
        "health_check_fails_first",
        at_the_end::health_check_fails_first,
    ),
    (
        "a_program_that_fails_replaces_nothing",
        under_load::a_program_that_fails_replaces_nothing,
    ),
    (
        "a_unix_socket_is_served",
        under_load::a_unix_socket_is_served,
    ),
    ("systemd_is_told", supervisor::systemd_is_told),
    ("systemd_gives_sockets", supervisor::systemd_gives_sockets),
    (
        "systemd_hears_of_an_upgrade",
        supervisor::systemd_hears_of_an_upgrade,
    ),
    (
        "no_upgrade_without_notify_socket",
        supervisor::no_upgrade_without_notify_socket,
    ),
    (
        "malformed_variables_are_told",
        supervisor::malformed_variables_are_told,
    ),
    ("idle_connections_rest", idle::idle_connections_rest),
    ("hardening_is_borne", sandbox::hardening_is_borne),
    (
        "a_new_service_is_deployable",
        scaffold::a_new_service_is_deployable,
    ),
];

fn main() -> ExitCode {
    let wanted: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with('-'))
        .collect();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let program = folder.path().join("service");
    let source = checkout().join("tests/http/service.gos");
    if let Err(why) = build_program(&source, Level::Release, &program) {
        println!("{why}\nservice: test result: FAILED. 0 passed; 1 failed; 0 ignored");
        return ExitCode::FAILURE;
    }
    let (mut passed, mut failed) = (0, 0);
    for (name, test) in TESTS {
        if !wanted.is_empty() && !wanted.iter().any(|word| name.contains(word.as_str())) {
            continue;
        }
        match test(&program) {
            Ok(()) => passed += 1,
            Err(why) => {
                failed += 1;
                println!("test {name} ... FAILED\n{why}");
            }
        }
    }
    let verdict = if failed == 0 { "ok" } else { "FAILED" };
    println!("\nservice: test result: {verdict}. {passed} passed; {failed} failed; 0 ignored");
    ExitCode::from(u8::from(failed > 0))
}
