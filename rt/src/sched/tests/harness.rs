//! Runs a named program in a process of its own: the test binary again, with the program's name in
//! the environment and only the test [`child`] selected.

use gos_convention::gossamer;
use std::process::{Command, Output};

use gos_abi::TypeDesc;
use gos_abi::layout::CellKind;

use crate::config::Config;
use crate::{gc, os, sched};

const NAME: &str = "GOS_RT_TEST_PROGRAM";

/// Programs by name; `main` runs on goroutine 1.
#[gossamer]
const PROGRAMS: &[(&str, extern "gossamer" fn(u64))] = &[
    ("spawn_and_join", super::basic::spawn_and_join),
    ("sleepers", super::basic::sleepers),
    ("preempted", super::basic::preempted),
    ("deadlock", super::basic::deadlock),
    ("wait_and_wake", super::basic::wait_and_wake),
    (
        "collects_while_others_run",
        super::basic::collects_while_others_run,
    ),
    ("stops_the_world", super::basic::stops_the_world),
    ("deep_recursion", super::stack::deep_recursion),
    ("runaway_recursion", super::stack::runaway_recursion),
    ("null_reference", super::stack::null_reference),
    ("wild_address", super::stack::wild_address),
    ("stack_arguments", super::stack::stack_arguments),
    ("caught_on_older_chunk", super::stack::caught_on_older_chunk),
    ("ping_pong", crate::chan::tests::ping_pong),
    ("buffered", crate::chan::tests::buffered),
    ("select_fair", crate::chan::tests::select_fair),
    ("close_wakes", crate::chan::tests::close_wakes),
    ("large_values", crate::chan::tests::large_values),
    ("timers", crate::chan::tests::timers),
    ("signals", crate::chan::tests::signals),
    ("stress", crate::chan::tests::stress),
    (
        "allocates_under_stress",
        crate::gc::tests::world::allocates_under_stress,
    ),
    ("echo", crate::net::tests::echo),
    ("deadlines", crate::net::tests::deadlines),
    ("pipes", crate::net::tests::pipes),
];

/// Not a test by itself: what the processes of the others run.
#[test]
fn child() {
    let Ok(name) = std::env::var(NAME) else {
        return;
    };
    let program = PROGRAMS
        .iter()
        .find(|(known, _)| *known == name)
        .expect("a known program")
        .1;
    os::signal::install();
    let config = Config::from_environment();
    gc::init(config.heap);
    sched::start(config);
    sched::spawn(program as *const () as u64, 0, 0);
    sched::start_threads();
    sched::monitor::run();
}

fn run(name: &str, procs: &str) -> Output {
    let binary = std::env::current_exe().expect("the test binary");
    let limited = ["120", binary.to_str().expect("a plain path")];
    Command::new("timeout")
        .args(limited)
        .args([
            "--exact",
            "sched::tests::harness::child",
            "--nocapture",
            "--test-threads=1",
        ])
        .env(NAME, name)
        .env("GOSSAMER_PROCS", procs)
        .output()
        .expect("timeout runs")
}

/// The program ends with exit code 0, with any number of workers.
pub(crate) fn check(name: &str) {
    for procs in ["1", "2", "8"] {
        let output = run(name, procs);
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(
            output.status.success(),
            "{name} with {procs} workers: {:?}\n{text}",
            output.status
        );
    }
}

/// The program ends with `code` and says `needle` on standard error.
pub(crate) fn check_output(name: &str, code: i32, needle: &str) {
    for procs in ["1", "2", "8"] {
        let output = run(name, procs);
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(
            output.status.code(),
            Some(code),
            "{name} with {procs} workers\n{text}"
        );
        assert!(
            text.contains(needle),
            "{name} with {procs} workers: no {needle:?} in\n{text}"
        );
    }
}

/// A signal ends the program, after it said `needle` on standard error.
pub(crate) fn check_signal(name: &str, needle: &str) {
    let output = run(name, "2");
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success(), "{name}: {:?}", output.status);
    assert!(text.contains(needle), "{name}: no {needle:?} in\n{text}");
}

/// Describes elements of so many bytes without references.
pub(crate) const fn desc_of_bytes(size: u64) -> TypeDesc {
    TypeDesc {
        size,
        kind: CellKind::Array as u32,
        bitmap_words: 0,
    }
}

/// The runtime as compiled code sees it.
#[gossamer]
pub(crate) mod rt {
    use gos_abi::TypeDesc;
    use gos_abi::layout::SelectCase;

    use crate::string::Str;

    unsafe extern "gossamer" {
        pub(crate) fn gos_rt_alloc_array(desc: *const TypeDesc, capacity: i64) -> *mut u8;
        pub(crate) fn gos_rt_go(code: extern "gossamer" fn(u64), env: u64);
        pub(crate) fn gos_rt_yield();
        pub(crate) fn gos_rt_sleep(ns: i64);
        pub(crate) fn gos_rt_gc();
        pub(crate) fn gos_rt_now() -> i64;
        pub(crate) fn gos_rt_exit(code: i64) -> !;
        pub(crate) fn gos_rt_poll();
        pub(crate) fn gos_rt_wait(word: *const u32, expected: u32, timeout: i64) -> u8;
        pub(crate) fn gos_rt_wake(word: *const u32, count: i64) -> i64;
        pub(crate) fn gos_rt_chan_new(desc: *const TypeDesc, capacity: i64) -> *mut u8;
        pub(crate) fn gos_rt_chan_send(channel: *mut u8, slot: *const u8) -> u8;
        pub(crate) fn gos_rt_chan_recv(channel: *mut u8, slot: *mut u8) -> u8;
        pub(crate) fn gos_rt_chan_try_recv(channel: *mut u8, slot: *mut u8) -> u8;
        pub(crate) fn gos_rt_chan_close(channel: *mut u8);
        pub(crate) fn gos_rt_select(cases: *mut SelectCase, count: i64, block: u8) -> i64;
        pub(crate) fn gos_rt_timer_start(channel: *mut u8, after: i64, period: i64) -> i64;
        pub(crate) fn gos_rt_timer_stop(id: i64) -> u8;
        pub(crate) fn gos_rt_signal_on(signal: i64, channel: *mut u8) -> i64;
        pub(crate) fn gos_rt_catch(code: extern "gossamer" fn(u64), env: u64) -> i64;
        pub(crate) fn gos_rt_read(handle: i64, bytes: *mut u8, length: i64) -> i64;
        pub(crate) fn gos_rt_write(handle: i64, bytes: *const u8, length: i64) -> i64;
        pub(crate) fn gos_rt_close(handle: i64) -> i64;
        pub(crate) fn gos_rt_tcp_listen(address: *const u8, length: i64, backlog: i64) -> i64;
        pub(crate) fn gos_rt_tcp_connect(address: *const u8, length: i64, timeout: i64) -> i64;
        pub(crate) fn gos_rt_accept(handle: i64) -> i64;
        pub(crate) fn gos_rt_shutdown(handle: i64, how: i64) -> i64;
        pub(crate) fn gos_rt_set_deadline(handle: i64, direction: i64, deadline: i64) -> i64;
        pub(crate) fn gos_rt_local_address(handle: i64) -> Str;
        pub(crate) fn gos_rt_panic_finish() -> !;
    }

    /// Ends the process with an exit code that names the place.
    pub(crate) fn expect(holds: bool, place: i64) {
        if !holds {
            // SAFETY: on a goroutine.
            unsafe { gos_rt_exit(place) }
        }
    }
}
