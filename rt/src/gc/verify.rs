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
    let kind_and_size = |place: Place| {
        // SAFETY: headers were checked, or were found not to be zero.
        unsafe {
            let desc = *(place.header() as *const *const TypeDesc);
            ((*desc).kind, (*desc).size)
        }
    };
    crate::panic::fatal(format_args!(
        "heap check: cell {:#x} of block {:#x} (kind and size {:?}) refers at {slot:?} to the cell \
         {:#x} of block {:#x} (kind and size {:?}), which was not marked",
        place.payload(),
        place.block.start,
        kind_and_size(place),
        to.payload(),
        to.block.start,
        kind_and_size(to),
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
