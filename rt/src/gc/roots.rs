//! Where marking begins: stacks, what goroutines and the runtime hold outside of them, and what
//! Rust code registered.
//! Keeps: every word that may lead to a cell is reported, more than once rather than never.
//! Read next: `collect.rs`; `sched/safepoint.rs` for how the world is stopped.

use super::mark::Tracer;
use crate::lock::{Rank, Ranked};
use crate::{sched, task};

/// Reports references that Rust memory holds.
pub type Reporter = fn(&mut Tracer<'_>);

static REPORTERS: Ranked<Vec<Reporter>> = Ranked::new(Rank::Heap, Vec::new());

/// Adds a function that each collection calls while the world stands still. It may take no lock
/// that is held while cells are allocated.
pub fn register(reporter: Reporter) {
    REPORTERS.lock().push(reporter);
}

static STATICS: Ranked<Vec<(usize, usize)>> = Ranked::new(Rank::Heap, Vec::new());

/// Adds memory of the program that refers to cells as long as the process lives: so many words at
/// an address. It is written once, before `main`.
pub fn add_static(address: usize, words: usize) {
    STATICS.lock().push((address, words));
}

fn report_statics(tracer: &mut Tracer<'_>) {
    let statics = STATICS.lock().clone();
    for (address, words) in statics {
        // SAFETY: the program's own data, aligned to words and this long.
        unsafe { tracer.words(address as *const usize, words) };
    }
}

/// Stops the world, calls `collect` with what reports all roots, and lets the world go on. False
/// when another worker stopped the world meanwhile: then nothing was called.
pub fn with_stopped_world(collect: impl FnOnce(&mut dyn FnMut(&mut Tracer<'_>))) -> bool {
    if !sched::is_started() {
        collect(&mut report_registered);
        return true;
    }
    if !sched::stop_the_world() {
        return false;
    }
    collect(&mut |tracer| {
        report_registered(tracer);
        // SAFETY: the world stands still.
        unsafe { report_all(tracer) };
    });
    sched::start_the_world();
    true
}

fn report_registered(tracer: &mut Tracer<'_>) {
    let reporters = REPORTERS.lock().clone();
    reporters.iter().for_each(|report| report(tracer));
    report_statics(tracer);
}

unsafe fn report_all(tracer: &mut Tracer<'_>) {
    let mut range = |start: *const u64, end: *const u64| {
        let count = (end as usize).saturating_sub(start as usize) / 8;
        // SAFETY: live parts of stacks that stand still.
        unsafe { tracer.words(start.cast(), count) };
    };
    // SAFETY: the world stands still, as the caller promises.
    unsafe {
        task::for_each_goroutine_stack(&mut range);
        sched::for_each_system_stack(&mut range);
        sched::for_each_runtime_word(&mut |word| tracer.word(word as usize));
    }
}
