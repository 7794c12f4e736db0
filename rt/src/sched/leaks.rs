//! Goroutines that can never wake: each waits for something that nothing can reach but goroutines of
//! which the same is true. What those hold keeps nothing alive here: first it is found what statics,
//! timers, signals and all other goroutines reach; who waits for any of that may wake, so what its
//! stack holds is reached as well; and so on until nothing changes.
//! Keeps: a goroutine that sleeps, or waits for input, output or with a time limit, may wake. Stacks are
//! looked through word by word, so what lies there still of a call that is over may hide a leak,
//! and nothing is taken for one that is none.

use std::fmt::Write;
use std::ptr;

use crate::gc::reach::Reached;
use crate::gc::roots;
use crate::io::raw::ErrorWriter;
use crate::prim::{AtomicPtr, Ordering};
use crate::task::{self, G, WaitReason, list};
use crate::trace::{CreatedBy, Trace};

/// Ends a field of the description, and a goroutine's.
const FIELD_END: char = '\x1f';
const END: char = '\x1e';

/// What is called when the program ends, if anything.
static AT_EXIT: AtomicPtr<fn()> = AtomicPtr::new(ptr::null_mut());
static REPORT: fn() = report;

/// When the program ends with 0, leaks are told of on stderr.
pub fn report_at_exit() {
    AT_EXIT.store((&raw const REPORT).cast_mut(), Ordering::Relaxed);
}

/// The program ends with 0. By a pointer, so that a program that did not ask does not carry the report.
pub fn at_exit() {
    // SAFETY: it points at a constant, if anywhere.
    if let Some(report) = unsafe { AT_EXIT.load(Ordering::Relaxed).as_ref() } {
        report();
    }
}

/// Writes all leaks to stderr.
fn report() {
    let world = roots::stop();
    let leaks = find(&world);
    if leaks.is_empty() {
        return;
    }
    let mut out = ErrorWriter::new();
    let _ = writeln!(out, "goroutines that can never wake: {}", leaks.len());
    for &goroutine in leaks.iter().take(SHOWN_MAX) {
        // SAFETY: the world stands still.
        let goroutine = unsafe { &*goroutine };
        let (trace, creator) = (Trace::of_goroutine(goroutine), CreatedBy(goroutine));
        let (id, reason) = (goroutine.id(), goroutine.reason_text());
        let _ = write!(out, "goroutine {id} [{reason}]:\n{trace}{creator}");
    }
}

/// Goroutines that a report shows.
const SHOWN_MAX: usize = 100;

/// Describes all of them: number, what it waits for, its stack, where it was started. Stops the world. On a
/// worker's system stack, outside of locks.
#[must_use]
pub fn describe() -> String {
    let mut text = String::new();
    let world = roots::stop();
    for goroutine in find(&world) {
        // SAFETY: the world stands still.
        let goroutine = unsafe { &*goroutine };
        // Writing to a text does not fail.
        let _ = write!(
            text,
            "{}{FIELD_END}{}{FIELD_END}{}{FIELD_END}{}{END}",
            goroutine.id(),
            goroutine.reason_text(),
            Trace::of_goroutine(goroutine),
            CreatedBy(goroutine)
        );
    }
    text
}

fn find(world: &roots::World) -> Vec<*const G> {
    let mut reached = Reached::new();
    world.for_each_shared(&mut |start, count| {
        // SAFETY: readable while the world stands still.
        unsafe { reached.words(start, count) };
    });
    let mut waiting: Vec<*const G> = Vec::new();
    // SAFETY: the world stands still; so below.
    unsafe {
        list::for_each_goroutine(&mut |goroutine| {
            if waits_for_others(goroutine) {
                waiting.push(goroutine);
            } else {
                hold(&mut reached, goroutine);
            }
        });
    }
    loop {
        reached.follow();
        let before = waiting.len();
        waiting.retain(|&goroutine| {
            // SAFETY: as above.
            let goroutine = unsafe { &*goroutine };
            let may_wake = may_wake(&reached, goroutine);
            if may_wake {
                // SAFETY: as above.
                unsafe { hold(&mut reached, goroutine) };
            }
            !may_wake
        });
        if waiting.len() == before {
            return waiting;
        }
    }
}

/// What a goroutine holds is reached.
unsafe fn hold(reached: &mut Reached, goroutine: &G) {
    // SAFETY: the world stands still, so every context is saved.
    unsafe {
        if !goroutine.chunk.is_null() {
            task::stack::for_each_live_range(goroutine, &mut |start, end| {
                let count = (end as usize).saturating_sub(start as usize) / 8;
                reached.words(start.cast(), count);
            });
        }
    }
    goroutine.for_each_word(&mut |word| reached.word(word as usize));
}

/// Whether only another goroutine can wake it.
fn waits_for_others(goroutine: &G) -> bool {
    // A ticket is odd when the wait is over.
    let is_over = || goroutine.ticket.load(Ordering::Relaxed) % 2 == 1;
    match goroutine.reason() {
        // Of the main goroutine that is a way to let the others work.
        WaitReason::Forever => goroutine.id() != 1,
        WaitReason::ChanSend | WaitReason::ChanRecv | WaitReason::Select => !is_over(),
        // With a time limit there is a timer.
        WaitReason::Sync => !is_over() && goroutine.operation.words[1] == 0,
        _ => false,
    }
}

fn may_wake(reached: &Reached, goroutine: &G) -> bool {
    match goroutine.reason() {
        WaitReason::Forever => false,
        // What is no cell is a static, or on a stack.
        WaitReason::Sync => reached.has(goroutine.waited_at()).unwrap_or(true),
        _ => goroutine.waiters.all().iter().any(|waiter| {
            let channel = waiter.channel as usize;
            reached.has(channel).unwrap_or(true)
        }),
    }
}
