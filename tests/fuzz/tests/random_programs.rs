//! Two thousand random programs from fixed seeds do in debug and release builds what they mean.
//! `ci/fuzz` tries others.

use gos_fuzz::compare::{BATCH, try_all};

/// Programs of one test; the tests run side by side.
const COUNT: u64 = 250;

fn check(part: u64) {
    let first = part * COUNT;
    for start in (first..first + COUNT).step_by(BATCH as usize) {
        let found = try_all(start..start + BATCH);
        for mismatch in &found {
            println!(
                "---- seed {}\n{}\n{}",
                mismatch.seed, mismatch.program, mismatch.reason
            );
        }
        assert!(
            found.is_empty(),
            "{} programs do something else",
            found.len()
        );
    }
}

#[test]
fn seeds_from_0() {
    check(0);
}

#[test]
fn seeds_from_250() {
    check(1);
}

#[test]
fn seeds_from_500() {
    check(2);
}

#[test]
fn seeds_from_750() {
    check(3);
}

#[test]
fn seeds_from_1000() {
    check(4);
}

#[test]
fn seeds_from_1250() {
    check(5);
}

#[test]
fn seeds_from_1500() {
    check(6);
}

#[test]
fn seeds_from_1750() {
    check(7);
}
