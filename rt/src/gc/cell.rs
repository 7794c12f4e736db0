//! Cells as the collector sees them: header, descriptor, and the words of the payload that may hold
//! references.
//! Keeps: never reads beyond the payload that descriptor and capacity word give.
//! Read next: `mark.rs`, which follows what is found here; `gos_abi::layout` for the layouts.

use super::mark::Tracer;
use gos_abi::layout::{ARRAY_ELEMENTS_OFFSET, HEADER_BYTES};
use gos_abi::{CellKind, TypeDesc};

/// Bytes before the payload.
pub const HEADER: usize = HEADER_BYTES as usize;
/// Bytes before element 0 of an array or byte 0 of a string, header included.
pub const ELEMENTS: usize = HEADER + ARRAY_ELEMENTS_OFFSET as usize;

/// Descriptor of every string buffer.
pub static STRING_DESC: TypeDesc = TypeDesc {
    size: 1,
    kind: CellKind::String as u32,
    bitmap_words: 0,
};

/// Descriptor of a cell that belongs to the runtime, such as a channel. The address of `desc` is
/// what stands in the header.
#[repr(C)]
pub struct RuntimeDesc {
    /// Kind `Runtime`; the size is not used, every cell has its own.
    pub desc: TypeDesc,
    /// Reports the references of the cell with this payload.
    pub trace: unsafe fn(payload: *mut u8, tracer: &mut Tracer),
    /// Called once, during a collection that found the cell dead: may not allocate, block or look
    /// at other cells. Only for cells made with `alloc_finalized`.
    pub finalize: Option<unsafe fn(payload: *mut u8)>,
}

impl RuntimeDesc {
    /// A descriptor with these hooks.
    pub const fn new(
        trace: unsafe fn(*mut u8, &mut Tracer),
        finalize: Option<unsafe fn(*mut u8)>,
    ) -> Self {
        let desc = TypeDesc {
            size: 0,
            kind: CellKind::Runtime as u32,
            bitmap_words: 0,
        };
        Self {
            desc,
            trace,
            finalize,
        }
    }
}

/// The bitmap that follows a descriptor.
///
/// # Safety
/// `desc` is a complete descriptor that lives forever.
#[inline]
pub unsafe fn bitmap(desc: *const TypeDesc) -> &'static [u64] {
    // SAFETY: the compiler emits `bitmap_words` words directly behind the struct.
    unsafe { std::slice::from_raw_parts(desc.add(1).cast(), (*desc).bitmap_words as usize) }
}

/// Calls `visit` with the address of each word of `count` values at `start` that may hold a
/// reference.
///
/// # Safety
/// `desc` is a complete descriptor, and the values are readable.
#[inline]
pub unsafe fn for_each_slot(
    desc: *const TypeDesc,
    start: *mut u8,
    count: usize,
    mut visit: impl FnMut(*mut usize),
) {
    // SAFETY: bits are set only for words inside of a value.
    unsafe {
        let bitmap = bitmap(desc);
        if bitmap.is_empty() {
            return;
        }
        let words: *mut usize = start.cast();
        if (*desc).size == 8 {
            // Arrays of plain references, the most frequent case.
            if bitmap[0] & 1 != 0 {
                (0..count).for_each(|index| visit(words.add(index)));
            }
            return;
        }
        for index in 0..count {
            let value: *mut usize = start.add(index * (*desc).size as usize).cast();
            for (word, &bits) in bitmap.iter().enumerate() {
                let mut bits = bits;
                while bits != 0 {
                    visit(value.add(word * 64 + bits.trailing_zeros() as usize));
                    bits &= bits - 1;
                }
            }
        }
    }
}
