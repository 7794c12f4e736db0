//! Appending: in place when the string ends at its buffer's used mark, else into a copy with room.
//! Keeps: of two that append to the same buffer at the same place one moves the mark, the other
//! copies. Never: writes below the mark. Read next: `mod.rs` for what the mark promises.

use super::Str;
use crate::gc::alloc;
use crate::gc::block::find_cell;
use crate::gc::cell::{ELEMENTS, HEADER, STRING_DESC};
use crate::prim::{AtomicUsize, Ordering};
use gos_abi::TypeDesc;
use std::ptr;

/// Copies get room for as much again up to this size, and for half as much beyond it.
const DOUBLING_BYTES_MAX: usize = 1 << 20;

/// `head` followed by `tail`.
///
/// # Safety
/// Both are strings, and this thread is a worker.
#[inline]
pub unsafe fn append(head: Str, tail: Str) -> Str {
    if tail.length == 0 {
        return head;
    }
    let length = head.length + tail.length;
    // SAFETY: the caller's promise; claimed or new bytes are ours to write.
    unsafe {
        if head.length != 0 && claim(head, tail.length) {
            let end = head.bytes.cast_mut().add(head.length);
            ptr::copy_nonoverlapping(tail.bytes, end, tail.length);
            return Str {
                bytes: head.bytes,
                length,
            };
        }
        let extra = if length <= DOUBLING_BYTES_MAX {
            length
        } else {
            length / 2
        };
        let buffer = alloc::string(length + extra, length);
        ptr::copy_nonoverlapping(head.bytes, buffer, head.length);
        ptr::copy_nonoverlapping(tail.bytes, buffer.add(head.length), tail.length);
        Str {
            bytes: buffer,
            length,
        }
    }
}

/// Moves the used mark of the string's buffer by `bytes`, if the string ends there and there is
/// room.
unsafe fn claim(head: Str, bytes: usize) -> bool {
    let end = head.bytes as usize + head.length;
    let Some(place) = find_cell(end) else {
        return false;
    };
    let header = place.header();
    // SAFETY: a found cell is mapped, and its header is set; the string keeps it alive.
    unsafe {
        if *(header as *const *const TypeDesc) != &raw const STRING_DESC {
            return false;
        }
        let at = end - (header + ELEMENTS);
        if at + bytes > place.block.cell_bytes - ELEMENTS {
            return false;
        }
        let used = &*((header + HEADER) as *const AtomicUsize);
        // ORDERING: pairs with itself: the bytes above the mark belong to whoever moved it.
        let (success, failure) = (Ordering::AcqRel, Ordering::Relaxed);
        used.compare_exchange(at, at + bytes, success, failure)
            .is_ok()
    }
}
