//! The write barrier's slow side: while the collector marks, stores of references are logged here,
//! so that no cell escapes it.
//! Keeps: a logged value is marked before marking ends. Never: runs while the phase is 0; compiled
//! code tests `gos_rt_gc_phase` first. Read next: the phase table in `mod.rs`.

use super::alloc::local;
use super::block::find_cell;
use super::cell::for_each_slot;
use super::mark::{Range, Tracer};
use crate::prim::{AtomicU32, Ordering};
use crate::task::Park;
use crate::task::context::slow_call;
use gos_abi::TypeDesc;
use gos_convention::gossamer;

/// The phase of the collector. Not 0 while stores must be logged.
#[unsafe(export_name = "gos_rt_gc_phase")]
pub static PHASE: AtomicU32 = AtomicU32::new(0);

/// Entries that a worker keeps before it hands them on.
const LOG_LENGTH: usize = 256;
/// A copy of more bytes than this is logged as one range.
const COPY_BYTES_MAX: usize = 2048;

/// One worker's log: new values of slots.
#[derive(Debug)]
pub struct Log {
    length: usize,
    values: [usize; LOG_LENGTH],
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
            values: [0; LOG_LENGTH],
        }
    }

    /// Takes what is in it.
    pub fn take(&mut self) -> &[usize] {
        let length = std::mem::take(&mut self.length);
        &self.values[..length]
    }
}

/// What workers handed on.
#[derive(Debug, Default)]
pub struct Logged {
    values: Vec<usize>,
    ranges: Vec<Range>,
}

impl Logged {
    /// Nothing.
    pub const fn new() -> Logged {
        Logged {
            values: Vec::new(),
            ranges: Vec::new(),
        }
    }

    /// Takes over what a log holds.
    pub fn take_over(&mut self, log: &mut Log) {
        self.values.extend_from_slice(log.take());
    }

    /// How many entries there are.
    pub fn entry_count(&self) -> usize {
        self.values.len() + self.ranges.len()
    }

    /// Reports everything to the tracer and forgets it.
    pub fn drain(&mut self, tracer: &mut Tracer) {
        self.values.drain(..).for_each(|value| tracer.word(value));
        self.ranges.drain(..).for_each(|range| tracer.range(range));
    }
}

/// `value` was stored at `_slot`.
///
/// # Safety
/// This thread is a worker.
pub unsafe fn write(_slot: *mut u8, value: usize) {
    if value == 0 {
        return;
    }
    // SAFETY: the caller's promise.
    unsafe {
        if (*local()).log.length == LOG_LENGTH {
            slow_call(hand_on, 0, 0, 0, 0);
        }
        let log = &mut (*local()).log;
        log.values[log.length] = value;
        log.length += 1;
    }
}

/// `count` values of a type were stored at `to`.
///
/// # Safety
/// This thread is a worker, and the values are readable.
pub unsafe fn copy(to: *mut u8, desc: *const TypeDesc, count: usize) {
    // SAFETY: the caller's promise.
    unsafe {
        // Ranges are looked through later, so they must lie in a cell: stacks go away.
        if count * (*desc).size as usize > COPY_BYTES_MAX && find_cell(to as usize + 1).is_some() {
            slow_call(log_range, to as usize, desc as usize, count, 0);
            return;
        }
        for_each_slot(desc, to, count, |slot| {
            write(slot.cast(), slot.read_volatile());
        });
    }
}

#[gossamer]
unsafe extern "gossamer" fn hand_on(_: usize, _: usize, _: usize, _: usize) -> Park {
    // SAFETY: runs on the worker whose log it is.
    let local = unsafe { &mut *local() };
    local.heap.logged.lock().take_over(&mut local.log);
    Park::ready(0)
}

#[gossamer]
unsafe extern "gossamer" fn log_range(to: usize, desc: usize, count: usize, _: usize) -> Park {
    // SAFETY: runs on a worker; descriptors live forever.
    let (heap, range) = unsafe { ((*local()).heap, Range::new(desc as *const _, to, count)) };
    heap.logged.lock().ranges.push(range);
    Park::ready(0)
}

/// Whether stores must be logged.
#[inline(always)]
pub fn is_on() -> bool {
    PHASE.load(Ordering::Relaxed) != 0
}
