//! `chan/`, `sync/` and the ticket of `task/goroutine.rs`: of all that could end a goroutine's wait one
//! does, what was passed arrives once, and nobody waits for what is there.

use std::ptr;

use gos_abi::TypeDesc;
use gos_abi::layout::{CellKind, SelectCase};
use loom::thread::{self, JoinHandle};

use crate::chan::select::select;
use crate::chan::waiter::{RECEIVE, SEND};
use crate::chan::{self, Channel, Tried, Unwatched};
use crate::machine::{check, goroutine};
use crate::prim::{AtomicU32, Ordering};
use crate::sched::inject;
use crate::sched::queue::Queue;
use crate::sync;
use crate::task::{G, Park};
use crate::time::timers;

static NUMBER: TypeDesc = TypeDesc {
    size: 8,
    kind: CellKind::Array as u32,
    bitmap_words: 0,
};

#[derive(Clone, Copy)]
struct Chan(*mut Channel);

// SAFETY: channels may be used by any thread.
unsafe impl Send for Chan {}
// SAFETY: as above.
unsafe impl Sync for Chan {}

fn channel(capacity: u64) -> Chan {
    // SAFETY: the descriptor lives for ever; trying to receive makes its lock.
    unsafe {
        let channel = chan::create(&raw const NUMBER, capacity);
        let mut none = 0u64;
        let tried = chan::try_pass::<Unwatched>(channel, (&raw mut none).cast(), RECEIVE);
        assert_eq!(tried, Tried::WouldBlock);
        Chan(channel)
    }
}

/// A goroutine in an operation, and its stack: slots and arms.
struct Doing {
    goroutine: *mut G,
    slots: Box<[u64; 2]>,
    arms: Option<Box<[SelectCase; 2]>>,
    result: Option<u64>,
}

// SAFETY: a parked goroutine belongs to who readied it, and its stack to who joins its thread.
unsafe impl Send for Doing {}

impl Doing {
    fn new(id: u64) -> Doing {
        Doing {
            goroutine: goroutine(id, |_| {}),
            slots: Box::new([id * 10, id * 10 + 1]),
            arms: None,
            result: None,
        }
    }

    fn slot(&mut self, index: usize) -> *mut u8 {
        (&raw mut self.slots[index]).cast()
    }

    fn take(&mut self, park: Park) {
        self.result = (park.parked == 0).then_some(park.value);
    }

    fn pass(mut self, channel: Chan, direction: u64) -> Doing {
        let slot = self.slot(0);
        // SAFETY: the goroutine is this thread's, its stack stays in its place.
        let park =
            unsafe { chan::pass::<Unwatched>(&mut *self.goroutine, channel.0, slot, direction) };
        self.take(park);
        self
    }

    fn select(mut self, arms: [(Chan, u64); 2]) -> Doing {
        let slots = [self.slot(0), self.slot(1)];
        let cases = [0, 1].map(|index| SelectCase {
            channel: arms[index].0.0.cast(),
            slot: slots[index],
            direction: arms[index].1,
            passed: 9,
        });
        let cases = self.arms.insert(Box::new(cases)).as_mut_ptr();
        // SAFETY: as above.
        let park = unsafe { select::<Unwatched>(&mut *self.goroutine, cases, 2, true) };
        self.take(park);
        self
    }

    /// What the operation came to, when all threads are done; none when it waits. Whoever was readied
    /// is in `ready` once.
    fn result(&mut self, ready: &mut Vec<*mut G>) -> Option<u64> {
        let before = ready.len();
        ready.retain(|one| !ptr::eq(*one, self.goroutine));
        let times = before - ready.len();
        if self.result.is_some() {
            assert_eq!(times, 0, "readied without having waited");
        } else if times > 0 {
            assert_eq!(times, 1, "readied twice");
            // SAFETY: the wait is over.
            unsafe {
                let resume = (*self.goroutine).resume.take();
                self.result = Some(match resume {
                    Some(resume) => resume(&mut *self.goroutine).value,
                    None => (*self.goroutine).result,
                });
            }
        }
        self.result
    }
}

/// Runs an operation on a thread of its own.
fn run(id: u64, operation: impl FnOnce(Doing) -> Doing + 'static) -> JoinHandle<Doing> {
    thread::spawn(move || operation(Doing::new(id)))
}

fn begin() {
    let _ = (inject::is_empty(), timers::next_deadline());
    timers::cancel(0);
}

/// All that were readied. On a thread that has joined the others.
fn readied() -> Vec<*mut G> {
    let queue = Queue::new();
    std::iter::from_fn(|| inject::take(&queue, usize::MAX)).collect()
}

#[test]
fn a_value_goes_from_sender_to_receiver() {
    check(0, 3, || {
        begin();
        let held = channel(0);
        let sends = run(1, move |doing| doing.pass(held, SEND));
        let receives = run(2, move |doing| doing.pass(held, RECEIVE));
        let (mut sends, mut receives) = (sends.join().unwrap(), receives.join().unwrap());
        let mut ready = readied();
        assert_eq!(sends.result(&mut ready), Some(1));
        assert_eq!(receives.result(&mut ready), Some(1));
        assert_eq!(receives.slots[0], 10);
    });
}

#[test]
fn a_buffer_keeps_order_and_lets_senders_in() {
    check(0, 3, || {
        begin();
        let held = channel(1);
        let sends = run(1, move |doing| doing.pass(held, SEND));
        let sends_too = run(2, move |doing| doing.pass(held, SEND));
        let mut receives = Doing::new(3).pass(held, RECEIVE);
        let (mut sends, mut sends_too) = (sends.join().unwrap(), sends_too.join().unwrap());
        let mut receives_too = Doing::new(4).pass(held, RECEIVE);
        let mut ready = readied();
        for doing in [&mut sends, &mut sends_too, &mut receives, &mut receives_too] {
            assert_eq!(doing.result(&mut ready), Some(1));
        }
        let mut arrived = [receives.slots[0], receives_too.slots[0]];
        arrived.sort_unstable();
        assert_eq!(arrived, [10, 20]);
    });
}

#[test]
fn closing_wakes_whoever_waits() {
    check(0, 3, || {
        begin();
        let held = channel(0);
        let receives = run(1, move |doing| doing.pass(held, RECEIVE));
        let receives_too = run(2, move |doing| doing.pass(held, RECEIVE));
        // SAFETY: a channel.
        unsafe { chan::close::<Unwatched>(held.0) };
        let mut all = [receives.join().unwrap(), receives_too.join().unwrap()];
        let mut ready = readied();
        for doing in &mut all {
            assert_eq!(doing.result(&mut ready), Some(0));
        }
    });
}

#[test]
fn a_select_takes_one_of_two() {
    check(0, 3, || {
        begin();
        let (left, right) = (channel(0), channel(0));
        let sends = run(1, move |doing| doing.pass(left, SEND));
        let sends_too = run(2, move |doing| doing.pass(right, SEND));
        let mut selects = Doing::new(3).select([(left, RECEIVE), (right, RECEIVE)]);
        let mut sends = [sends.join().unwrap(), sends_too.join().unwrap()];
        let mut ready = readied();
        let chosen = selects.result(&mut ready).expect("both were there") as usize;
        assert_eq!(selects.slots[chosen], [10, 20][chosen]);
        assert_eq!(sends[chosen].result(&mut ready), Some(1));
        // The other one still waits, and is found by who receives.
        assert_eq!(sends[1 - chosen].result(&mut ready), None);
        let mut receives = Doing::new(4).pass([left, right][1 - chosen], RECEIVE);
        assert_eq!(receives.result(&mut ready), Some(1));
        assert_eq!(sends[1 - chosen].result(&mut readied()), Some(1));
    });
}

#[test]
fn two_selects_meet_in_one_channel() {
    check(0, 3, || {
        begin();
        let (left, right) = (channel(0), channel(0));
        let selects = run(1, move |doing| {
            doing.select([(left, SEND), (right, RECEIVE)])
        });
        let mut meets = Doing::new(2).select([(right, SEND), (left, RECEIVE)]);
        let mut selects = selects.join().unwrap();
        let mut ready = readied();
        let first = selects.result(&mut ready).expect("it met the other");
        let second = meets.result(&mut ready).expect("it met the other");
        assert_ne!(first, second, "one sent where the other received");
        let arrived = if first == 0 {
            meets.slots[1]
        } else {
            selects.slots[1]
        };
        assert_eq!(arrived, if first == 0 { 10 } else { 20 });
    });
}

#[test]
fn a_select_that_waits_is_served_once() {
    check(0, 3, || {
        begin();
        let (left, right) = (channel(0), channel(0));
        let mut selects = Doing::new(1).select([(left, RECEIVE), (right, RECEIVE)]);
        let sends = run(2, move |doing| doing.pass(left, SEND));
        let mut sends_too = Doing::new(3).pass(right, SEND);
        let mut sends = sends.join().unwrap();
        let mut ready = readied();
        let chosen = selects.result(&mut ready).expect("both were there");
        assert_eq!(sends.result(&mut ready), (chosen == 0).then_some(1));
        assert_eq!(sends_too.result(&mut ready), (chosen == 1).then_some(1));
    });
}

/// A wake-up and the end of the time come together.
#[test]
fn a_wait_on_a_word_ends_once() {
    check(0, 3, || {
        begin();
        let word: &'static AtomicU32 = Box::leak(Box::new(AtomicU32::new(0)));
        word.load(Ordering::Relaxed);
        sync::wake((&raw const *word).addr(), 0);
        let waits = run(1, move |mut doing| {
            // SAFETY: the goroutine is this thread's.
            let park = unsafe { sync::wait(&mut *doing.goroutine, word, 0, 1000) };
            doing.take(park);
            doing
        });
        let fires = thread::spawn(|| timers::fire(u64::MAX - 1));
        word.store(1, Ordering::SeqCst);
        let woken = sync::wake((&raw const *word).addr(), 1);
        let mut waits = waits.join().unwrap();
        fires.join().unwrap();
        let mut ready = readied();
        // It saw the change, was woken, or the time was over: `wake` counts only what it woke.
        let result = waits.result(&mut ready).expect("the word was changed");
        assert!(woken <= result);
        // Whichever of the two it was, the other finds nothing left.
        timers::fire(u64::MAX - 1);
        assert!(readied().is_empty());
    });
}
