//! The write barrier's slow side: while the collector marks, stores of references are logged here,
//! so that no cell escapes it.
//! Keeps: a logged value is marked before marking ends. Never: runs while the phase is 0; compiled
//! code tests `gos_rt_gc_phase` first. Read next: the phase table in `mod.rs`.

use super::alloc::local;
use super::cell::for_each_slot;
use super::mark::Tracer;
use crate::prim::{AtomicU32, Ordering};
use crate::task::Park;
use crate::task::context::slow_call;
use gos_abi::TypeDesc;

/// The phase of the collector. Not 0 while stores must be logged.
#[unsafe(export_name = "gos_rt_gc_phase")]
pub static PHASE: AtomicU32 = AtomicU32::new(0);

/// Entries that a worker keeps before it hands them on.
const LOG_LENGTH: usize = 256;

/// One worker's log: new values of slots. (The object that was written to follows from the slot and
/// is needed only once minor cycles exist.)
pub struct Log {
    length: usize,
    entries: [(usize, usize); LOG_LENGTH],
    /// Full logs, handed on.
    handed_on: Vec<(usize, usize)>,
}

impl Default for Log {
    fn default() -> Self {
        Self::new()
    }
}

impl Log {
    /// An empty log.
    pub const fn new() -> Log {
        Log {
            length: 0,
            entries: [(0, 0); LOG_LENGTH],
            handed_on: Vec::new(),
        }
    }

    /// Reports all values to the tracer and forgets them.
    pub fn drain(&mut self, tracer: &mut Tracer<'_>) {
        let kept = self.entries[..self.length].iter().chain(&self.handed_on);
        kept.for_each(|&(_, value)| tracer.word(value));
        self.length = 0;
        self.handed_on.clear();
    }

    /// How many entries it holds.
    pub fn entry_count(&self) -> usize {
        self.length + self.handed_on.len()
    }
}

/// `value` was stored at `slot`.
///
/// # Safety
/// This thread is a worker.
pub unsafe fn write(slot: *mut u8, value: usize) {
    if value == 0 {
        return;
    }
    // SAFETY: the caller's promise.
    unsafe {
        if (*local()).log.length == LOG_LENGTH {
            slow_call(hand_on, 0, 0, 0, 0);
        }
        let log = &mut (*local()).log;
        log.entries[log.length] = (slot as usize, value);
        log.length += 1;
    }
}

/// `count` values of a type were stored at `to`.
///
/// # Safety
/// This thread is a worker, and the values are readable.
pub unsafe fn copy(to: *mut u8, desc: *const TypeDesc, count: usize) {
    // SAFETY: the caller's promise.
    unsafe { for_each_slot(desc, to, count, |slot| write(slot.cast(), *slot)) };
}

unsafe extern "C" fn hand_on(_: usize, _: usize, _: usize, _: usize) -> Park {
    // SAFETY: runs on the worker whose log it is.
    let log = unsafe { &mut (*local()).log };
    log.handed_on.extend_from_slice(&log.entries[..log.length]);
    log.length = 0;
    Park::ready(0)
}

/// Whether stores must be logged.
#[inline(always)]
pub fn is_on() -> bool {
    PHASE.load(Ordering::Relaxed) != 0
}
