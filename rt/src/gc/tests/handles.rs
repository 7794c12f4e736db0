//! Handles: told once when nobody has them any more, whatever the collections were.

use super::super::handle::CLOSED;
use super::*;
use std::collections::BTreeSet;

/// Makes a handle; its address.
fn handle(number: u64) -> usize {
    // SAFETY: this thread has a share of the bench's heap.
    unsafe { alloc::handle(number) as usize }
}

fn number_of(handle: usize) -> u64 {
    // SAFETY: it is alive.
    unsafe { *(handle as *const u64) }
}

/// What was found since the last time.
fn dropped(bench: &Bench) -> Vec<u64> {
    let mut found = std::mem::take(&mut bench.heap.lock().dropped);
    found.sort_unstable();
    found
}

#[test]
fn a_dropped_handle_is_told_once() {
    let bench = Bench::new();
    let (kept, closed) = (handle(7), handle(8));
    handle(9);
    // SAFETY: alive.
    unsafe { *(closed as *mut u64) = CLOSED };
    bench.collect(&[kept]);
    assert_eq!(dropped(&bench), [9]);
    bench.collect(&[kept]);
    assert_eq!(dropped(&bench), []);
    assert_eq!(number_of(kept), 7);
    bench.collect(&[]);
    assert_eq!(dropped(&bench), [7]);
    bench.collect(&[]);
    assert_eq!(dropped(&bench), []);
}

#[test]
fn a_cell_keeps_the_handle_that_it_refers_to() {
    let bench = Bench::new();
    // SAFETY: a node of this test; its second word refers.
    let node = unsafe {
        let node = alloc::fixed(&NODE.desc);
        node.cast::<usize>().add(1).write(handle(5));
        node as usize
    };
    bench.collect(&[node]);
    assert_eq!(dropped(&bench), []);
    bench.collect(&[]);
    assert_eq!(dropped(&bench), [5]);
}

#[test]
fn a_handle_made_while_the_collector_marks_survives_that() {
    let bench = Bench::new();
    bench.heap.set_phase(Phase::MARK);
    handle(3);
    bench.collect(&[]);
    assert_eq!(dropped(&bench), []);
    bench.collect(&[]);
    assert_eq!(dropped(&bench), [3]);
}

/// Handles come and go among other cells of the same size.
fn at_random(seed: u64, minors: Minors) {
    let bench = Bench::new();
    bench.heap.set_minors(minors);
    let mut random = Random(seed);
    let mut kept: Vec<usize> = Vec::new();
    let mut told = BTreeSet::new();
    let mut made = 0;
    for _ in 0..60 {
        for _ in 0..random.below(300) {
            made += 1;
            kept.push(handle(made));
            // SAFETY: plain cells.
            unsafe { alloc::array(&NUMBERS, random.below(3)) };
        }
        for _ in 0..random.below(250).min(kept.len()) {
            kept.swap_remove(random.below(kept.len()));
        }
        bench.collect(&kept);
        for number in dropped(&bench) {
            assert!(told.insert(number), "{number} was told twice");
        }
        for &handle in &kept {
            let number = number_of(handle);
            assert!((1..=made).contains(&number) && !told.contains(&number));
        }
    }
    // The first may be a minor one, which takes what is old for alive.
    bench.heap.set_minors(Minors::Never);
    (0..3).for_each(|_| bench.collect(&kept));
    told.extend(dropped(&bench));
    assert_eq!(told.len() + kept.len(), made as usize);
}

#[test]
fn every_dropped_handle_is_told_and_no_other() {
    for seed in 1..=6 {
        at_random(seed * 0x9e37_79b9, Minors::Never);
        at_random(seed * 0x9e37_79b9, Minors::Often);
    }
}
