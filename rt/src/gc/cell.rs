//! Cells as the collector sees them: header, descriptor, and the words of the payload that may hold
//! references.
//! Keeps: never reads beyond the payload that descriptor and capacity word give.
//! Read next: `mark.rs`, which follows what is found here; `gos_abi::layout` for the layouts.

use gos_abi::layout::{ARRAY_ELEMENTS_OFFSET, HEADER_BYTES, TABLE_FULL, table_controls};
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

/// Descriptor of every handle.
pub static HANDLE_DESC: TypeDesc = TypeDesc {
    size: 8,
    kind: CellKind::Handle as u32,
    bitmap_words: 0,
};

/// The bitmap that follows a descriptor.
///
/// # Safety
/// `desc` is a complete descriptor that lives forever.
#[inline]
pub unsafe fn bitmap(desc: *const TypeDesc) -> &'static [u64] {
    // SAFETY: the compiler emits `bitmap_words` words directly behind the struct.
    unsafe { std::slice::from_raw_parts(desc.add(1).cast(), (*desc).bitmap_words as usize) }
}

/// Control bytes that are looked at together.
const CONTROLS_AT_ONCE: usize = 8;

/// Values that lie side by side in a cell.
#[derive(Clone, Copy, Debug)]
pub struct Values {
    desc: *const TypeDesc,
    first: *mut u8,
    count: usize,
    /// Of a table: the control byte of the first; else null.
    controls: *const u8,
}

// SAFETY: addresses, and of a descriptor that lives forever.
unsafe impl Send for Values {}

impl Values {
    /// `count` values of a type from an address on.
    ///
    /// # Safety
    /// `desc` is a complete descriptor; the values are readable as long as this is used.
    pub const unsafe fn new(desc: *const TypeDesc, first: *mut u8, count: usize) -> Values {
        let controls = std::ptr::null();
        Values {
            desc,
            first,
            count,
            controls,
        }
    }

    /// All values of a cell; none if only the runtime knows what is in it.
    ///
    /// # Safety
    /// It is the header of an allocated cell that was given a value, and stays so as long as this is used.
    #[inline]
    pub unsafe fn of_cell(header: usize) -> Option<Values> {
        // SAFETY: the layouts of `gos_abi`.
        unsafe {
            let desc = *(header as *const *const TypeDesc);
            let (payload, kind) = ((header + HEADER) as *mut u8, (*desc).kind);
            if kind == CellKind::Fixed as u32 {
                return Some(Values::new(desc, payload, 1));
            }
            if kind != CellKind::Array as u32 && kind != CellKind::Table as u32 {
                return None;
            }
            let (first, count) = ((header + ELEMENTS) as *mut u8, *payload.cast::<usize>());
            let mut values = Values::new(desc, first, count);
            if kind == CellKind::Table as u32 {
                values.controls = first.add(count * values.size());
            }
            Some(values)
        }
    }

    /// Bytes of one.
    #[inline]
    pub fn size(&self) -> usize {
        // SAFETY: a complete descriptor.
        unsafe { (*self.desc).size as usize }
    }

    /// How many there are.
    #[inline]
    pub fn count(&self) -> usize {
        self.count
    }

    /// Where the first one is.
    pub fn start(&self) -> usize {
        self.first as usize
    }

    /// Parts them before the value at a place.
    #[inline]
    pub fn split(self, at: usize) -> (Values, Values) {
        let (mut before, mut rest) = (self, self);
        before.count = at.min(self.count);
        rest.count -= before.count;
        rest.first = self.first.wrapping_add(before.count * self.size());
        if !self.controls.is_null() {
            rest.controls = self.controls.wrapping_add(before.count);
        }
        (before, rest)
    }

    /// The top bits of the control bytes from one on, of as many as there are and one word holds.
    unsafe fn full_from(&self, from: usize) -> u64 {
        let count = (self.count - from).min(CONTROLS_AT_ONCE);
        let mut controls = [0; CONTROLS_AT_ONCE];
        // SAFETY: there are so many.
        unsafe {
            std::ptr::copy_nonoverlapping(self.controls.add(from), controls.as_mut_ptr(), count)
        };
        u64::from_le_bytes(controls) & u64::from_le_bytes([TABLE_FULL; CONTROLS_AT_ONCE])
    }

    /// Calls `visit` with the address of each of their words that may hold a reference.
    ///
    /// # Safety
    /// As promised when this was made.
    #[inline]
    pub unsafe fn for_each_slot(self, mut visit: impl FnMut(*mut usize)) {
        let mut group = |words: *mut usize, mut bits: u64| {
            while bits != 0 {
                visit(words.wrapping_add(bits.trailing_zeros() as usize));
                bits &= bits - 1;
            }
        };
        // SAFETY: the caller's promise.
        unsafe { self.for_each_group(&mut group) };
    }

    /// The same in groups of up to 64 words: where one begins, and a bit for each word of it that may
    /// hold a reference.
    ///
    /// # Safety
    /// As promised when this was made.
    pub unsafe fn for_each_group(self, visit: &mut dyn FnMut(*mut usize, u64)) {
        // SAFETY: the caller's promise.
        unsafe {
            let bitmap = bitmap(self.desc);
            let Some(first) = bitmap.first() else {
                return;
            };
            if !self.controls.is_null() {
                for from in (0..self.count).step_by(CONTROLS_AT_ONCE) {
                    let mut full = self.full_from(from);
                    while full != 0 {
                        self.value_groups(from + full.trailing_zeros() as usize / 8, visit);
                        full &= full - 1;
                    }
                }
            } else if self.size() == 8 {
                // Arrays of plain references, the most frequent case.
                for from in (0..self.count * (first & 1) as usize).step_by(64) {
                    let bits = u64::MAX >> (64 - (self.count - from).min(64));
                    visit(self.first.cast::<usize>().add(from), bits);
                }
            } else {
                (0..self.count).for_each(|index| self.value_groups(index, visit));
            }
        }
    }

    /// # Safety
    /// There is a value at `index`.
    #[inline]
    unsafe fn value_groups(&self, index: usize, visit: &mut dyn FnMut(*mut usize, u64)) {
        // SAFETY: bits are set only for words inside of a value.
        unsafe {
            let value: *mut usize = self.first.add(index * self.size()).cast();
            for (word, &bits) in bitmap(self.desc).iter().enumerate() {
                visit(value.wrapping_add(word * 64), bits);
            }
        }
    }
}

/// Bytes of the payload of a cell that was allocated for `count` values.
///
/// # Safety
/// `desc` is a complete descriptor of a kind that compiled code allocates.
pub unsafe fn payload_bytes(desc: *const TypeDesc, count: usize) -> usize {
    // SAFETY: the caller's promise.
    let (size, kind) = unsafe { ((*desc).size as usize, (*desc).kind) };
    let head = if kind == CellKind::Fixed as u32 {
        0
    } else {
        ELEMENTS - HEADER
    };
    let controls = if kind == CellKind::Table as u32 {
        table_controls(count)
    } else {
        0
    };
    head + size * count + controls
}
