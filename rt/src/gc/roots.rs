//! Where marking begins: stacks, what goroutines and the runtime hold outside of them, and what
//! Rust code registered.
//! Keeps: every word that may lead to a cell is reported, more than once rather than never. A
//! goroutine that was scanned and did not run since, and to which nothing was passed, is not
//! scanned again in the same collection, nor in minor ones that follow.
//! Read next: `cycle.rs`; `sched/safepoint.rs` for how the world is stopped.

use super::cycle::Kind;
use super::mark::{Slice, Tracer};
use crate::lock::{Rank, Ranked};
use crate::prim::{Ordering, shared};
use crate::sched::{self, StoppedWorld};
use crate::task::list::Scanned;
use crate::task::{self, G};
use crate::time;
use std::time::Instant;

/// Reports references that Rust memory holds.
pub type Reporter = fn(&mut Tracer);

shared! {
    static REPORTERS: Ranked<Vec<Reporter>> = Ranked::new(Rank::Heap, Vec::new());
}
/// Goroutines that are scanned between two looks at the clock.
const SCANS_BETWEEN_LOOKS: usize = 8;

/// Adds a function that is called while the world stands still. It may take no lock that is held
/// while cells are allocated.
pub fn register(reporter: Reporter) {
    REPORTERS.lock().push(reporter);
}

shared! {
    static STATICS: Ranked<Vec<(usize, usize)>> = Ranked::new(Rank::Heap, Vec::new());
}

/// Adds memory of the program that refers to cells as long as the process lives: so many words at
/// an address. It is written once, before `main`.
pub fn add_static(address: usize, words: usize) {
    STATICS.lock().push((address, words));
}

fn report_statics(tracer: &mut Tracer) {
    let statics = STATICS.lock().clone();
    for (address, words) in statics {
        // SAFETY: the program's own data, aligned to words and this long.
        unsafe { tracer.words(address as *const usize, words) };
    }
}

/// Which goroutines need not be scanned.
#[derive(Clone, Copy, Debug)]
pub struct Scan {
    /// Of the collection.
    pub number: u32,
    /// Of the collection: what one that did not run since it was scanned holds is old.
    pub kind: Kind,
}

impl Scanned for Scan {
    fn number(&self) -> u32 {
        self.number
    }

    fn is_done(&self, scanned: u32) -> bool {
        match self.kind {
            Kind::Major => scanned == self.number,
            Kind::Minor => scanned != 0,
        }
    }
}

/// The world stands still as long as this lives.
#[derive(Debug)]
pub struct World {
    /// None before the scheduler is started: then there is one thread.
    stopped: Option<StoppedWorld>,
}

/// Stops the world. `None` when another worker did so meanwhile, and it goes on again.
#[must_use]
pub fn try_stop() -> Option<World> {
    if !sched::is_started() {
        return Some(World { stopped: None });
    }
    let stopped = Some(sched::try_stop_the_world()?);
    Some(World { stopped })
}

/// Stops the world, after those who stop it now.
#[must_use]
pub fn stop() -> World {
    let stopped = sched::is_started().then(sched::stop_the_world);
    World { stopped }
}

impl World {
    /// Reports all that is no goroutine's, and the system stacks.
    pub fn report_shared(&self, tracer: &mut Tracer) {
        let reporters = REPORTERS.lock().clone();
        reporters.iter().for_each(|report| report(tracer));
        report_statics(tracer);
        if self.stopped.is_none() {
            return;
        }
        // SAFETY: the world stands still.
        unsafe { sched::for_each_system_stack(&mut |start, end| words(tracer, start, end)) };
        let mut word = |word: u64| tracer.word(word as usize);
        time::timers::for_each_channel(&mut word);
        crate::sync::signal::for_each_channel(&mut word);
    }

    /// Calls `visit` with the same as parts of memory, words at an address: all but what Rust code
    /// registered and what is on this thread's system stack, where nothing but the caller is.
    pub fn for_each_shared(&self, visit: &mut dyn FnMut(*const usize, usize)) {
        let statics = STATICS.lock().clone();
        for (address, words) in statics {
            visit(address as *const usize, words);
        }
        if self.stopped.is_none() {
            return;
        }
        // SAFETY: this thread's block; and the world stands still.
        unsafe {
            let own = (*task::tls::block()).system_sp as *const u64;
            sched::for_each_system_stack(&mut |start, end| {
                if end == own {
                    return;
                }
                let count = (end as usize).saturating_sub(start as usize) / 8;
                visit(start.cast(), count);
            });
        }
        let mut word = |word: u64| visit((&raw const word).cast(), 1);
        time::timers::for_each_channel(&mut word);
        crate::sync::signal::for_each_channel(&mut word);
    }

    /// Reports what goroutines hold, from a place in their list on, of those that must be scanned. Gives
    /// the place where the slice was over.
    pub fn report_goroutines(
        &self,
        tracer: &mut Tracer,
        scan: Scan,
        from: usize,
        slice: Slice,
    ) -> Option<usize> {
        self.stopped.as_ref()?;
        let mut running = Vec::new();
        sched::for_each_running(&mut |goroutine| running.push(goroutine));
        let mut scans = 0;
        let is_over = || matches!(slice, Slice::Until(time) if Instant::now() >= time);
        let mut visit = |goroutine: Option<&G>| {
            let Some(goroutine) = goroutine else {
                return !is_over();
            };
            let is_look_due = scans % SCANS_BETWEEN_LOOKS == SCANS_BETWEEN_LOOKS - 1;
            if is_look_due && is_over() {
                return false;
            }
            scans += 1;
            // SAFETY: the world stands still, so every context is saved.
            unsafe {
                task::stack::for_each_live_range(goroutine, &mut |start, end| {
                    words(tracer, start, end);
                });
            }
            goroutine.for_each_word(&mut |word| tracer.word(word as usize));
            // Those that run go on without another turn, and must be scanned again.
            if !running.contains(&(&raw const *goroutine)) {
                goroutine.scanned.store(scan.number, Ordering::Relaxed);
            }
            true
        };
        // SAFETY: as above.
        unsafe { task::for_each_goroutine_from(from, &scan, &mut visit) }
    }
}

/// Reports the words of a part of a stack.
fn words(tracer: &mut Tracer, start: *const u64, end: *const u64) {
    let count = (end as usize).saturating_sub(start as usize) / 8;
    // SAFETY: the live part of a stack that stands still.
    unsafe { tracer.words(start.cast(), count) };
}
