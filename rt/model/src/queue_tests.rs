//! `sched/queue.rs`: each goroutine is taken once, by its owner or a thief.

use std::ptr;
use std::sync::Arc;

use loom::thread;

use crate::machine::check;
use crate::sched::queue::{CAPACITY, HALF, Queue};
use crate::task::G;

fn queue() -> Queue {
    let queue = Queue::new();
    let _ = queue.is_empty();
    queue
}

/// Only counted, never looked at.
fn goroutine(number: usize) -> *mut G {
    ptr::without_provenance_mut(number * 8)
}

fn number(goroutine: *mut G) -> usize {
    goroutine.addr() / 8
}

/// Takes all there is; what is not its own is a place that nobody wrote.
fn drain(queue: &Queue, taken: &mut Vec<usize>) {
    while let Some(goroutine) = queue.pop() {
        taken.push(number(goroutine));
    }
}

fn assert_all_once(mut taken: Vec<usize>, count: usize) {
    taken.sort_unstable();
    assert_eq!(taken, (1..=count).collect::<Vec<_>>());
}

/// The places of the queue before were used, so that they are used again.
fn used_queue(turns: usize) -> Queue {
    let queue = queue();
    for _ in 0..turns {
        assert!(queue.push(goroutine(100)).is_ok());
        assert!(queue.pop().is_some());
    }
    queue
}

fn thief(victim: &Arc<Queue>) -> thread::JoinHandle<Vec<usize>> {
    let victim = victim.clone();
    thread::spawn(move || {
        let own = queue();
        let mut taken = Vec::new();
        if let Some(first) = victim.steal_into(&own) {
            taken.push(number(first));
        }
        drain(&own, &mut taken);
        taken
    })
}

#[test]
fn owner_and_thief_take_each_once() {
    check(0, 3, || {
        let victim = Arc::new(used_queue(3));
        let thief = thief(&victim);
        let mut taken = Vec::new();
        for number in 1..=3 {
            assert!(victim.push(goroutine(number)).is_ok());
        }
        taken.extend(victim.pop().map(number));
        assert!(victim.push(goroutine(4)).is_ok());
        drain(&victim, &mut taken);
        taken.extend(thief.join().unwrap());
        assert_all_once(taken, 4);
    });
}

#[test]
fn two_thieves_take_each_once() {
    check(0, 2, || {
        let victim = Arc::new(used_queue(0));
        for number in 1..=2 {
            assert!(victim.push(goroutine(number)).is_ok());
        }
        let thieves = [thief(&victim), thief(&victim)];
        assert!(victim.push(goroutine(3)).is_ok());
        let mut taken = Vec::new();
        drain(&victim, &mut taken);
        for thief in thieves {
            taken.extend(thief.join().unwrap());
        }
        assert_all_once(taken, 3);
    });
}

#[test]
fn a_full_queue_gives_back() {
    check(0, 2, || {
        let victim = Arc::new(used_queue(0));
        for number in 1..=CAPACITY {
            assert!(victim.push(goroutine(number)).is_ok());
        }
        let thief = thief(&victim);
        let mut taken = Vec::new();
        if let Err(back) = victim.push(goroutine(CAPACITY + 1)) {
            taken.push(number(back));
        }
        drain(&victim, &mut taken);
        taken.extend(thief.join().unwrap());
        assert_all_once(taken, CAPACITY + 1);
    });
}

#[test]
fn half_of_a_full_queue_leaves_it_once() {
    check(0, 2, || {
        let victim = Arc::new(used_queue(1));
        for number in 1..=CAPACITY {
            assert!(victim.push(goroutine(number)).is_ok());
        }
        let thief = thief(&victim);
        let mut half = [ptr::null_mut(); HALF];
        let count = victim.take_half(&mut half);
        let mut taken: Vec<usize> = half[..count].iter().copied().map(number).collect();
        // Room was made, by the owner or the thief.
        assert!(victim.push(goroutine(CAPACITY + 1)).is_ok());
        drain(&victim, &mut taken);
        taken.extend(thief.join().unwrap());
        assert_all_once(taken, CAPACITY + 1);
    });
}

#[test]
fn a_thief_with_little_room_takes_as_much() {
    check(0, 2, || {
        let victim = Arc::new(used_queue(0));
        for number in 1..=CAPACITY {
            assert!(victim.push(goroutine(number)).is_ok());
        }
        let other = victim.clone();
        let thief = thread::spawn(move || {
            let own = queue();
            let mut taken = Vec::new();
            for number in CAPACITY + 1..2 * CAPACITY {
                assert!(own.push(goroutine(number)).is_ok());
            }
            taken.extend(other.steal_into(&own).map(number));
            drain(&own, &mut taken);
            taken
        });
        let mut taken = Vec::new();
        taken.extend(victim.pop().map(number));
        taken.extend(thief.join().unwrap());
        drain(&victim, &mut taken);
        assert_all_once(taken, 2 * CAPACITY - 1);
    });
}
