//! The write barrier's slow side. While the collector marks, new values of references are logged, so
//! that no cell escapes it. Between collections of which the next is a minor one, what survived the
//! last (old cells) and is written to is remembered: those cells are roots of it.
//! Keeps: a logged value is marked before marking ends; an old cell that refers to a younger one is
//! remembered. Never: runs while the phase is idle; compiled code tests `gos_rt_gc_phase` first.
//! Read next: the phase table in `mod.rs`.

use super::alloc::local;
use super::block::{BlockKind, Place, find_cell, find_old};
use super::cell::Values;
use super::local::Local;
use super::mark::Tracer;
use crate::prim::{AtomicU32, Ordering, shared};
use crate::task::Park;
use crate::task::context::slow_call;
use gos_abi::TypeDesc;
use gos_abi::layout::phase;
use gos_convention::gossamer;

shared! {
    /// The phase of the program's collector.
    #[cfg_attr(not(loom), unsafe(export_name = "gos_rt_gc_phase"))]
    pub static PHASE: AtomicPhase = AtomicPhase::new(Phase::IDLE);
}

/// What a store of a reference owes the collector.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Phase(u32);

impl Phase {
    /// Nothing.
    pub const IDLE: Phase = Phase(0);
    /// Logs the new value.
    pub const MARK: Phase = Phase(phase::MARKING);
    /// Remembers the cell, if it is old.
    pub const REMEMBER: Phase = Phase(phase::REMEMBERING);
}

/// A phase that compiled code tests by its bits.
#[derive(Debug)]
#[repr(transparent)]
pub struct AtomicPhase(AtomicU32);

impl AtomicPhase {
    /// Holds this phase.
    pub const fn new(phase: Phase) -> AtomicPhase {
        AtomicPhase(AtomicU32::new(phase.0))
    }

    /// What it holds.
    #[inline(always)]
    pub fn load(&self) -> Phase {
        Phase(self.0.load(Ordering::Relaxed))
    }

    /// Changes it: while the world stands still.
    pub fn store(&self, phase: Phase) {
        self.0.store(phase.0, Ordering::Relaxed);
    }
}

/// Entries that a worker keeps before it hands them on.
const LOG_LENGTH: usize = if cfg!(loom) { 1 } else { 256 };
/// A copy of more bytes than this is logged as one range.
const COPY_BYTES_MAX: usize = 2048;

/// One worker's log: new values of slots while the collector marks, else what is remembered.
#[derive(Debug)]
pub struct Log {
    length: usize,
    words: [usize; LOG_LENGTH],
    /// Stores that came here between collections.
    pub stores: usize,
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
            words: [0; LOG_LENGTH],
            stores: 0,
        }
    }

    /// Takes what is in it.
    pub fn take(&mut self) -> &[usize] {
        let length = std::mem::take(&mut self.length);
        &self.words[..length]
    }
}

/// What workers handed on.
#[derive(Debug, Default)]
pub struct Logged {
    values: Vec<usize>,
    ranges: Vec<Values>,
    /// Old cells and cards that were written to.
    remembered: Vec<usize>,
    /// Stores that came to the barrier since the last collection.
    stores: usize,
}

impl Logged {
    /// Nothing.
    pub const fn new() -> Logged {
        Logged {
            values: Vec::new(),
            ranges: Vec::new(),
            remembered: Vec::new(),
            stores: 0,
        }
    }

    /// Takes over what a log holds, of a time in which the collector marked or not.
    pub fn take_over(&mut self, log: &mut Log, is_marking: bool) {
        self.stores += std::mem::take(&mut log.stores);
        let words = if is_marking {
            &mut self.values
        } else {
            &mut self.remembered
        };
        words.extend_from_slice(log.take());
    }

    /// Takes over what the workers with these shares have logged.
    ///
    /// # Safety
    /// Nobody uses the shares: the world stands still.
    pub unsafe fn gather(&mut self, locals: &[*mut Local], is_marking: bool) {
        for &local in locals {
            // SAFETY: the caller's promise.
            self.take_over(unsafe { &mut (*local).log }, is_marking);
        }
    }

    /// How many entries there are.
    #[cfg(all(test, not(loom)))]
    pub fn entry_count(&self) -> usize {
        self.values.len() + self.ranges.len() + self.remembered.len()
    }

    /// Stores that came to the barrier since this was last asked, between collections.
    pub fn take_stores(&mut self) -> usize {
        std::mem::take(&mut self.stores)
    }

    /// What is remembered.
    pub fn remembered(&mut self) -> &mut Vec<usize> {
        &mut self.remembered
    }

    /// Reports the new values to the tracer and forgets them.
    pub fn drain(&mut self, tracer: &mut Tracer) {
        self.values.drain(..).for_each(|value| tracer.word(value));
        self.ranges.drain(..).for_each(|range| tracer.range(range));
    }
}

/// `value` was stored at `slot`.
///
/// # Safety
/// This thread is a worker.
#[inline]
pub unsafe fn write(slot: *mut u8, value: usize) {
    if value == 0 {
        return;
    }
    // SAFETY: the caller's promise.
    unsafe {
        let local = local();
        if (*local).heap.is_marking() {
            log(value);
        } else {
            (*local).log.stores += 1;
            remember(slot as usize);
        }
    }
}

/// Remembers the cell or card of a word, if it is old and was not remembered yet.
unsafe fn remember(slot: usize) {
    let Some(Place { block, index }) = find_old(slot + 1) else {
        return;
    };
    let at = block.remembered_as(index, slot);
    if block.remember(index, at) {
        // SAFETY: the caller's promise.
        unsafe { log(at) };
    }
}

unsafe fn log(word: usize) {
    // SAFETY: the caller's promise.
    unsafe {
        if (*local()).log.length == LOG_LENGTH {
            slow_call(hand_on, 0, 0, 0, 0);
        }
        let log = &mut (*local()).log;
        log.words[log.length] = word;
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
        if (*local()).heap.is_marking() {
            log_values(to, desc, count);
        } else {
            (*local()).log.stores += 1;
            remember_range(to as usize, count * (*desc).size as usize);
        }
    }
}

unsafe fn log_values(to: *mut u8, desc: *const TypeDesc, count: usize) {
    // SAFETY: the caller's promise.
    unsafe {
        // Ranges are looked through later, so they must lie in a cell: stacks go away.
        if count * (*desc).size as usize > COPY_BYTES_MAX && find_cell(to as usize + 1).is_some() {
            slow_call(log_range, to as usize, desc as usize, count, 0);
            return;
        }
        Values::new(desc, to, count).for_each_slot(|slot| {
            let value = slot.read_volatile();
            if value != 0 {
                log(value);
            }
        });
    }
}

unsafe fn remember_range(start: usize, bytes: usize) {
    let Some(place) = find_cell(start + 1) else {
        return;
    };
    let (block, end) = (place.block, start + bytes);
    let mut at = start;
    while at < end {
        // SAFETY: the caller's promise.
        unsafe { remember(at) };
        if block.kind() != BlockKind::LARGE {
            // All of it is looked at again.
            break;
        }
        at = block.remembered_as(place.index, at) + block.card_bytes();
    }
}

#[gossamer]
unsafe extern "gossamer" fn hand_on(_: usize, _: usize, _: usize, _: usize) -> Park {
    // SAFETY: runs on the worker whose log it is.
    let local = unsafe { &mut *local() };
    let heap = local.heap;
    heap.lock()
        .logged
        .take_over(&mut local.log, heap.is_marking());
    Park::ready(0)
}

#[gossamer]
unsafe extern "gossamer" fn log_range(to: usize, desc: usize, count: usize, _: usize) -> Park {
    // SAFETY: runs on a worker; descriptors live forever.
    let heap = unsafe { (*local()).heap };
    // SAFETY: `log_values` made sure that they lie in a cell.
    let values = unsafe { Values::new(desc as *const _, to as *mut u8, count) };
    heap.lock().logged.ranges.push(values);
    Park::ready(0)
}

/// Whether stores owe anything.
#[inline(always)]
pub fn is_on() -> bool {
    PHASE.load() != Phase::IDLE
}
