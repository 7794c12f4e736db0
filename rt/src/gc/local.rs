//! A worker's share of the heap: for each class a run of zeroed cells, handed out by bumping a
//! pointer, and the block that the next run comes from.
//! Keeps: only its worker touches it, or a collection while the world stands still; cells of a run
//! are zero up to the payload's end. Never: locks. Read next: `alloc.rs`, the paths that use it.

use super::block::Block;
use super::heap::Heap;
use super::size_class::{CLASS_BYTES, CLASS_COUNT};
use crate::prim::Ordering;
use crate::profile::heap::Sampler;
use gos_abi::layout::run;
use std::ptr;

/// Most bytes that are zeroed ahead: few enough to be in the nearest cache when they are used.
const RUN_BYTES_MAX: usize = 4096;

/// Cells that are ready: `bump..end`. See `gos_abi::layout::run`.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Run {
    /// Header of the next cell.
    pub bump: usize,
    /// End of the last one.
    pub end: usize,
}

impl Run {
    const NONE: Run = Run { bump: 0, end: 0 };
}

const _: () = {
    assert!(std::mem::size_of::<Run>() as u64 == run::BYTES);
    assert!(std::mem::offset_of!(Run, bump) as u64 == run::BUMP);
    assert!(std::mem::offset_of!(Run, end) as u64 == run::END);
    assert!(std::mem::offset_of!(Local, runs) == 0);
};

/// See the module. `gos_rt_tls` holds its address, and compiled code takes cells of the runs.
#[repr(C)]
pub struct Local {
    /// For each class the run that is handed out.
    pub runs: [Run; CLASS_COUNT],
    /// For each class the block that it was cut from, or null.
    blocks: [*mut Block; CLASS_COUNT],
    /// For each class the cell at which to look for the next run.
    cursors: [u32; CLASS_COUNT],
    /// The heap it belongs to.
    pub heap: &'static Heap,
    /// What stores met while the collector marked; see `barrier.rs`.
    pub log: super::barrier::Log,
    /// For each class what comes behind a run that was cut: the cell that a profile chose, first.
    rests: [Run; CLASS_COUNT],
    /// Chooses it.
    pub sampler: Sampler,
}

impl Local {
    /// An empty share.
    pub fn new(heap: &'static Heap) -> Local {
        Local {
            runs: [Run::NONE; CLASS_COUNT],
            blocks: [ptr::null_mut(); CLASS_COUNT],
            cursors: [0; CLASS_COUNT],
            heap,
            log: super::barrier::Log::new(),
            rests: [Run::NONE; CLASS_COUNT],
            sampler: Sampler::new(),
        }
    }

    /// Takes a cell of `class` from its run: the address of the header. `None` when it is used up.
    #[inline(always)]
    pub fn take(&mut self, class: usize) -> Option<usize> {
        // SAFETY: `class_of` gives only classes that exist.
        let (run, bytes) = unsafe {
            (
                self.runs.get_unchecked_mut(class),
                *CLASS_BYTES.get_unchecked(class),
            )
        };
        let cell = run.bump;
        let next = cell + bytes as usize;
        if next > run.end {
            return None;
        }
        run.bump = next;
        Some(cell)
    }

    /// Ends the run before the cell that a profile chooses of it.
    fn cut(&mut self, class: usize) {
        let run = &mut self.runs[class];
        if let Some(before) = self.sampler.pass(run.end - run.bump) {
            let bytes = CLASS_BYTES[class] as usize;
            let chosen = run.bump + before / bytes * bytes;
            self.rests[class] = Run {
                bump: chosen,
                end: run.end,
            };
            run.end = chosen;
        }
    }

    /// Takes the cell that a profile chose, if the class's run is used up to it.
    pub fn take_chosen(&mut self, class: usize) -> Option<usize> {
        let rest = std::mem::replace(&mut self.rests[class], Run::NONE);
        if rest.bump == rest.end {
            return None;
        }
        self.runs[class] = Run {
            bump: rest.bump + CLASS_BYTES[class] as usize,
            end: rest.end,
        };
        self.cut(class);
        Some(rest.bump)
    }

    /// Makes the next free cells of the class's block its run. False when the block has none left, and
    /// it is let go then, or when a chosen cell comes next. Small enough a frame for a goroutine's stack.
    pub fn refill(&mut self, class: usize) -> bool {
        if self.rests[class].bump != self.rests[class].end {
            return false;
        }
        let block = self.blocks[class];
        if block.is_null() {
            return false;
        }
        // SAFETY: a block in use belongs to this share alone; the heap frees none of these.
        let block = unsafe { &mut *block };
        let cell_bytes = block.cell_bytes;
        let mut index = self.cursors[class] as usize;
        while index < block.cells as usize {
            let bits = block.allocated[index / 64].load(Ordering::Relaxed);
            let free = !bits >> (index % 64);
            if free == 0 {
                index = (index / 64 + 1) * 64;
                continue;
            }
            index += free.trailing_zeros() as usize;
            if index >= block.cells as usize {
                break;
            }
            let room = (!(free >> free.trailing_zeros())).trailing_zeros() as usize;
            let most = (RUN_BYTES_MAX / cell_bytes)
                .max(1)
                .min(block.cells as usize - index);
            let count = room.min(most);
            let mask = (u64::MAX >> (64 - count)) << (index % 64);
            let start = block.cell_at(index);
            if !block.zeroed {
                // SAFETY: these cells are free, hence ours.
                unsafe { ptr::write_bytes(start as *mut u8, 0, count * cell_bytes) };
            }
            block.hand_out(index / 64, mask, self.heap.is_marking());
            self.runs[class] = Run {
                bump: start,
                end: start + count * cell_bytes,
            };
            self.cursors[class] = (index + count) as u32;
            self.cut(class);
            return true;
        }
        self.blocks[class] = ptr::null_mut();
        false
    }

    /// Uses `block`, which has the class, is swept and belongs to nobody else, from now on.
    pub fn adopt(&mut self, class: usize, block: *mut Block) {
        self.blocks[class] = block;
        self.cursors[class] = 0;
    }

    /// Lets everything go, and what is left of the runs is free again. While the world stands still.
    pub fn give_back(&mut self) {
        for ((run, rest), &block) in self.runs.iter().zip(&self.rests).zip(&self.blocks) {
            // The rest follows its run.
            let end = run.end.max(rest.end);
            if run.bump < end && !block.is_null() {
                // SAFETY: a block in use belongs to this share; its run lies in it.
                let block = unsafe { &*block };
                let index = |address: usize| (address - block.start) / block.cell_bytes;
                block.take_back(index(run.bump), index(end));
            }
        }
        self.reset();
    }

    /// Lets everything go: the next allocation of each class asks the heap.
    pub fn reset(&mut self) {
        self.runs = [Run::NONE; CLASS_COUNT];
        self.rests = [Run::NONE; CLASS_COUNT];
        self.blocks = [ptr::null_mut(); CLASS_COUNT];
    }
}
