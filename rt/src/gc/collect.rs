//! One collection, from stopping the world to letting it go.
//! Keeps: between clearing and the end of marking no cell is handed out. Never: sweeps more than
//! the blocks that turned out empty; the rest is swept when its room is needed.
//! Read next: `roots.rs` (where marking begins), `mark.rs`, `heap.rs` (the lists).

use super::block::{Block, BlockKind, find_cell};
use super::cell::{HEADER, RuntimeDesc};
use super::chunk::{CHUNK_BLOCKS, unmap_chunk};
use super::heap::{Heap, State};
use super::mark::Tracer;
use super::size_class::BLOCK_BYTES;
use super::{limit, roots, verify};
use crate::prim::Ordering;
use std::time::Instant;

/// Free blocks that always keep their memory.
const BLOCKS_KEPT_MIN: usize = 32;

/// Collects `heap` now. Stops the world, so it runs on a system stack, outside of locks.
pub fn run(heap: &'static Heap) {
    heap.pacer.ask_for_limit(limit::of_container);
    let epoch = heap.epoch.load(Ordering::Acquire);
    // While another worker stops the world this one stands still too, and finds its work done.
    while heap.epoch.load(Ordering::Acquire) == epoch {
        let began = Instant::now();
        roots::with_stopped_world(|roots| {
            mark_and_free(heap, roots);
            let pause = began.elapsed().as_nanos() as u64;
            let mut state = heap.lock();
            state.stats.pause_ns_total += pause;
            state.stats.pause_ns_max = state.stats.pause_ns_max.max(pause);
        });
    }
}

/// The collection itself: marks from what `roots` reports, frees the rest.
///
/// The world stands still, or `heap` is used by this thread alone.
pub fn mark_and_free(heap: &Heap, roots: &mut dyn FnMut(&mut Tracer<'_>)) {
    let (mut tracer, locals) = {
        let mut state = heap.lock();
        // SAFETY: nobody uses shares, blocks or cells while this runs.
        unsafe {
            state.locals.iter().for_each(|&local| (*local).reset());
            for_each_block(&state, |block| {
                block.sweep();
                block.clear_marks();
            });
        }
        (
            Tracer::new(std::mem::take(&mut state.mark_stack)),
            state.locals.clone(),
        )
    };
    // Without the heap's lock, which ranks behind those that the roots are read under.
    roots(&mut tracer);
    tracer.drain();
    for local in locals {
        // SAFETY: as above.
        unsafe { (*local).log.drain(&mut tracer) };
    }
    tracer.drain();

    let mut state = heap.lock();
    let state = &mut *state;
    // SAFETY: as above.
    unsafe {
        if heap.pacer.is_stress() {
            verify::check_marked(state);
        }
        state.stats.live_bytes = tracer.bytes;
        state.stats.live_cells = tracer.cells;
        state.mark_stack = tracer.into_stack();
        finalize(state);
        free_unmarked(state);
        free_unmarked_huge(state);
    }
    state.stats.collections += 1;
    heap.epoch.fetch_add(1, Ordering::Release);
    let until_next = heap.pacer.collected(state.stats.live_bytes as usize);
    // What is allocated until the next collection needs these blocks again, and soon.
    state.release(until_next / BLOCK_BYTES + BLOCKS_KEPT_MIN);
}

/// Calls `visit` with every block that holds cells.
///
/// # Safety
/// Nobody else uses the blocks.
pub unsafe fn for_each_block(state: &State, mut visit: impl FnMut(&mut Block)) {
    for &chunk in &state.chunks {
        // SAFETY: chunks in the list are mapped; the caller promises the rest.
        let mut used = unsafe { !(*chunk).free };
        while used != 0 {
            // SAFETY: as above; the number is below 64.
            let block = unsafe { &mut (*chunk).blocks[used.trailing_zeros() as usize] };
            used &= used - 1;
            if matches!(block.kind, BlockKind::Small | BlockKind::Large) {
                visit(block);
            }
        }
    }
    for &chunk in &state.huge {
        // SAFETY: as above.
        visit(unsafe { &mut (*chunk).blocks[0] });
    }
}

/// Calls the finalizers of cells that were not marked.
unsafe fn finalize(state: &mut State) {
    state.finalized.retain(|&payload| {
        if find_cell(payload).is_some_and(|place| place.block.is_marked(place.index)) {
            return true;
        }
        // SAFETY: the cell is dead, but its content is still there: nothing was freed yet.
        unsafe {
            let desc = *((payload - HEADER) as *const *const RuntimeDesc);
            if let Some(finalize) = (*desc).finalize {
                finalize(payload as *mut u8);
            }
        }
        false
    });
}

/// Frees blocks without a marked cell and makes the lists of those with some free cells.
unsafe fn free_unmarked(state: &mut State) {
    state.partial.iter_mut().for_each(Vec::clear);
    for index in 0..state.chunks.len() {
        let chunk = state.chunks[index];
        for number in 0..CHUNK_BLOCKS {
            // SAFETY: chunks in the list are mapped, and nobody uses their blocks now.
            unsafe {
                let block = &raw mut (*chunk).blocks[number];
                let marked = (*block).marked.load(Ordering::Relaxed);
                match (*block).kind {
                    BlockKind::Small if marked == 0 => state.free_blocks(chunk, number, 1),
                    BlockKind::Large if marked == 0 => {
                        state.free_blocks(chunk, number, (*block).span as usize);
                    }
                    BlockKind::Small => {
                        (*block).unswept = true;
                        (*block).zeroed = false;
                        if marked < (*block).cells {
                            state.partial[(*block).class as usize].push(block);
                        }
                    }
                    BlockKind::Large | BlockKind::LargeTail | BlockKind::Free => {}
                }
            }
        }
    }
}

/// Gives the memory of huge objects that were not marked back to the system.
unsafe fn free_unmarked_huge(state: &mut State) {
    let State { huge, stats, .. } = state;
    huge.retain(|&chunk| {
        // SAFETY: chunks in the list are mapped; a dead object is nobody's.
        unsafe {
            let alive = (*chunk).blocks[0].marked.load(Ordering::Relaxed) != 0;
            if !alive {
                stats.mapped_bytes -= (*chunk).bytes as u64;
                unmap_chunk(chunk);
            }
            alive
        }
    });
}
