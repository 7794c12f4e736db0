//! Fairness: beside R goroutines that compute without end on one worker, one
//! that becomes ready runs after at most R slices of ten milliseconds and twenty milliseconds more. Slices are
//! counted instead of time, so that the machine's load plays no part.

use gos_tests::{Level, build_program};
use std::process::Command;

const COMPUTING: usize = 4;
const ROUNDS: usize = 30;

/// Each that computes tells when it is another's turn than before. The main goroutine sleeps for less than
/// a slice, or waits for an answer of a goroutine that was just started, and counts turns meanwhile.
const PROGRAM: &str = r#"
use std::sync::atomic::AtomicI64
use std::time::{self, Duration}

fn compute(id: i64, last: AtomicI64, turns: AtomicI64) {
    let mut state = id
    loop {
        for i in 0..1000 { state = (state * 31 + i) & 65535 }
        if last.load() != id + state / 65536 {
            last.store(id)
            turns.fetch_add(1)
        }
    }
}

fn main() {
    let (last, turns) = (AtomicI64::new(0), AtomicI64::new(0))
    for id in 1..=COMPUTING { go compute(id, last, turns) }
    time::sleep(Duration::from_millis(200))
    for round in 0..ROUNDS {
        let before = turns.load()
        time::sleep(Duration::from_millis(1))
        println!("timer {}", turns.load() - before)
        let before = turns.load()
        let (send, receive) = channel::<i64>()
        go fn() { send.send(round) }()
        receive.recv()
        println!("start {}", turns.load() - before)
    }
    println!("turns {}", turns.load())
}
"#;

#[test]
fn who_becomes_ready_waits_for_a_slice_of_each_that_computes_at_most() {
    let folder = tempfile::tempdir().expect("a folder");
    let source = folder.path().join("main.gos");
    let text = PROGRAM
        .replace("COMPUTING", &COMPUTING.to_string())
        .replace("ROUNDS", &ROUNDS.to_string());
    std::fs::write(&source, text).expect("written");
    let program = folder.path().join("program");
    build_program(&source, Level::Release, &program).expect("it compiles");
    let output = Command::new(&program).env("GOSSAMER_PROCS", "1").output();
    let output = output.expect("it runs");
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).expect("text");
    let counts = |kind: &str| -> Vec<usize> {
        let lines = text.lines().filter_map(|line| line.strip_prefix(kind));
        lines
            .map(|count| count.trim().parse().expect("a number"))
            .collect()
    };
    for kind in ["timer ", "start "] {
        let counts = counts(kind);
        assert_eq!(counts.len(), ROUNDS);
        // Twenty milliseconds are two slices.
        assert!(
            counts.iter().all(|&count| count <= COMPUTING + 2),
            "{kind}{counts:?}"
        );
    }
    // They did compute, and in turns.
    assert!(counts("turns ")[0] > ROUNDS, "{text}");
}
