//! Checks of the heap for tests and for `GOSSAMER_GC_STRESS=1`: a wrong type map or a lost cell is
//! found near its cause.
//! Keeps: reads only. Never: repairs. Read next: `cycle.rs`, which calls it after marking.

use super::block::{Block, BlockKind, Place, find_cell};
use super::cell::{HEADER, Values, bitmap, payload_bytes};
use super::heap::State;
use gos_abi::{CellKind, TypeDesc};

/// After marking and before anything is freed: each marked cell has a sound header, and each cell
/// that it refers to is marked.
///
/// # Safety
/// Nobody else uses the heap.
pub unsafe fn check_marked(state: &State) {
    // SAFETY: the caller's promise.
    unsafe {
        for_each_block(state, |block| {
            let block: *const Block = block;
            for index in 0..(*block).cells as usize {
                let block = &*block;
                let place = Place { block, index };
                // What is left of a thread's run is marked, and has no header yet.
                if block.is_marked(index) && *(place.header() as *const usize) != 0 {
                    check_cell(place);
                }
            }
        });
    }
}

/// Calls `visit` with every block that holds cells.
unsafe fn for_each_block(state: &State, mut visit: impl FnMut(&Block)) {
    for &chunk in &state.chunks {
        // SAFETY: chunks in the list are mapped; the caller promises the rest.
        for block in unsafe { &(*chunk).blocks } {
            if block.kind() == BlockKind::SMALL || block.kind() == BlockKind::LARGE {
                visit(block);
            }
        }
    }
    for &chunk in &state.huge {
        // SAFETY: as above.
        visit(unsafe { &(*chunk).blocks[0] });
    }
}

unsafe fn check_cell(place: Place) {
    // SAFETY: the cell is marked, hence allocated.
    unsafe {
        let desc = *(place.header() as *const *const TypeDesc);
        check(
            !desc.is_null() && (desc as usize).is_multiple_of(8),
            place,
            "its header is no descriptor",
        );
        let (size, kind) = ((*desc).size as usize, (*desc).kind);
        check(
            kind <= CellKind::Table as u32,
            place,
            "its descriptor has no known kind",
        );
        let room = place.block.cell_bytes - HEADER;
        let Some(values) = Values::of_cell(place.header()) else {
            return;
        };
        let fits = values.count() <= room && payload_bytes(desc, values.count()) <= room;
        check(fits, place, "it is smaller than what it holds");
        let words = bitmap(desc)
            .iter()
            .enumerate()
            .rev()
            .find(|(_, word)| **word != 0);
        let bits = words.map_or(0, |(index, word)| {
            index * 64 + 64 - word.leading_zeros() as usize
        });
        check(
            bits * 8 <= size,
            place,
            "its type map is larger than its type",
        );
        values.for_each_slot(|slot| {
            if let Some(to) = find_cell(*slot)
                && !to.block.is_marked(to.index)
            {
                lost(place, slot, to);
            }
        });
    }
}

/// A cell that is alive would be freed: says all that may tell why.
fn lost(place: Place, slot: *const usize, to: Place) -> ! {
    // SAFETY: the one header was checked, the other was found not to be zero.
    let (kind, of_kind) = unsafe {
        let desc = |place: Place| &**(place.header() as *const *const TypeDesc);
        (desc(place).kind, desc(to).kind)
    };
    let (at, offset) = (place.payload(), slot as usize - place.payload());
    let (lost, from) = (to.payload(), to.block.start);
    let (block, bytes) = (place.block.start, place.block.cell_bytes);
    crate::panic::fatal(format_args!(
        "heap check: cell {at:#x} of block {block:#x} (kind {kind}, {bytes} bytes) refers at {offset} \
         to the cell {lost:#x} of block {from:#x} (kind {of_kind}), which was not marked"
    ));
}

fn check(holds: bool, place: Place, what: &str) {
    if !holds {
        let (at, block) = (place.payload(), place.block.start);
        crate::panic::fatal(format_args!(
            "heap check: cell {at:#x} of block {block:#x}: {what}"
        ));
    }
}
