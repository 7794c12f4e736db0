//! `lock.rs`: who holds the lock is alone, and no sleeper is forgotten.

use std::sync::Arc;

use loom::cell::UnsafeCell;
use loom::thread;

use crate::lock::{Condition, Rank, Ranked};
use crate::machine::check;

/// Counts what it protects; loom sees whether two threads are there at once.
type Count = Ranked<UnsafeCell<usize>>;

fn count(from: usize) -> Count {
    let count = Ranked::new(Rank::Heap, UnsafeCell::new(from));
    drop(count.lock());
    count
}

fn add(count: &Count) {
    let held = count.lock();
    // SAFETY: what is checked.
    held.with_mut(|count| unsafe { *count += 1 });
}

fn value(count: &Count) -> usize {
    let held = count.lock();
    // SAFETY: what is checked.
    held.with(|count| unsafe { *count })
}

#[test]
fn one_holder_at_a_time() {
    check(0, 3, || {
        let counter = Arc::new(count(0));
        let threads: Vec<_> = (0..2)
            .map(|_| {
                let counter = counter.clone();
                thread::spawn(move || {
                    add(&counter);
                    add(&counter);
                })
            })
            .collect();
        add(&counter);
        for thread in threads {
            thread.join().unwrap();
        }
        assert_eq!(value(&counter), 5);
    });
}

#[test]
fn a_condition_wakes_who_waits() {
    check(0, 3, || {
        let shared = Arc::new((count(0), Condition::new()));
        // A constant in the program.
        shared.1.wake_all();
        let threads: Vec<_> = (0..2)
            .map(|_| {
                let shared = shared.clone();
                thread::spawn(move || {
                    let (counter, changed) = &*shared;
                    add(counter);
                    changed.wake_all();
                })
            })
            .collect();
        let (counter, changed) = &*shared;
        let mut held = counter.lock();
        // SAFETY: under the lock.
        while held.with(|count| unsafe { *count }) != 2 {
            held = changed.wait(held, None);
        }
        drop(held);
        for thread in threads {
            thread.join().unwrap();
        }
    });
}
