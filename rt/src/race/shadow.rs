//! Memory about memory: for each eight bytes of the heap that were handed out a cell of two entries,
//! each an access. Found by address in three steps, with room made as the heap grows, in mappings of
//! four megabytes.
//! Keeps: addresses that no cell was made for have none, so stacks and constant data are not looked
//! at. Never: gives room back; what is handed out again is cleared.

use core::ptr;

use crate::os::mem;
use crate::prim::{AtomicPtr, AtomicU64, Ordering};

/// Bytes of the program's memory that one cell is about.
pub const GRANULE: usize = 8;
/// log2 of the bytes that one page of cells is about.
const PAGE_BITS: u32 = 20;
/// log2 of the pages of one directory.
const DIRECTORY_BITS: u32 = 14;
/// log2 of the directories; addresses have 48 bits at most.
const ROOT_BITS: u32 = 48 - PAGE_BITS - DIRECTORY_BITS;

const CELLS: usize = (1 << PAGE_BITS) / GRANULE;

/// In the second word of a cell's first entry: the address carries a clock (`order.rs`).
pub const CARRIES_CLOCK: u64 = 1 << 63;
/// In the second word of a cell's second entry: there are further entries (`access.rs`).
pub const HAS_MORE: u64 = 1 << 63;

/// Last accesses: (epoch, what it was) twice. An epoch of 0 is no entry.
#[repr(C)]
pub struct Cell {
    pub entries: [(AtomicU64, AtomicU64); 2],
}

type Page = [Cell; CELLS];
type Directory = [AtomicPtr<Page>; 1 << DIRECTORY_BITS];

static ROOT: [AtomicPtr<Directory>; 1 << ROOT_BITS] =
    [const { AtomicPtr::new(ptr::null_mut()) }; 1 << ROOT_BITS];

/// The cell of an address, or null.
#[inline(always)]
pub fn cell(address: usize) -> *mut Cell {
    let root = address >> (PAGE_BITS + DIRECTORY_BITS);
    if root >= ROOT.len() {
        return ptr::null_mut();
    }
    // ORDERING: acquire pairs with the release in `make`: what is found is mapped.
    let directory = ROOT[root].load(Ordering::Acquire);
    if directory.is_null() {
        return ptr::null_mut();
    }
    let index = (address >> PAGE_BITS) & ((1 << DIRECTORY_BITS) - 1);
    // SAFETY: directories are never freed.
    let page = unsafe { (*directory)[index].load(Ordering::Acquire) };
    if page.is_null() {
        return ptr::null_mut();
    }
    let index = (address & ((1 << PAGE_BITS) - 1)) / GRANULE;
    // SAFETY: an index within the page; pages are never freed.
    unsafe { page.cast::<Cell>().add(index) }
}

/// What a pointer points at, made of zeros when it points at nothing. True when it was made.
fn make<T>(at: &AtomicPtr<T>) -> (*mut T, bool) {
    let known = at.load(Ordering::Acquire);
    if !known.is_null() {
        return (known, false);
    }
    let Some(fresh) = mem::map(size_of::<T>()) else {
        crate::gc::out_of_memory("the race detector's memory");
    };
    let fresh = fresh.cast::<T>();
    // ORDERING: release, see `cell`.
    match at.compare_exchange(ptr::null_mut(), fresh, Ordering::AcqRel, Ordering::Acquire) {
        Ok(_) => (fresh, true),
        Err(other) => {
            // SAFETY: nobody knows the mapping.
            unsafe { mem::unmap(fresh.cast(), size_of::<T>()) };
            (other, false)
        }
    }
}

/// Forgets all accesses to memory that is handed out, and makes its cells if there are none.
pub fn clear(address: usize, bytes: usize) {
    let end = address.saturating_add(bytes).next_multiple_of(GRANULE);
    let mut at = address & !(GRANULE - 1);
    while at < end {
        let page_end = ((at >> PAGE_BITS) + 1) << PAGE_BITS;
        let until = end.min(page_end);
        let root = at >> (PAGE_BITS + DIRECTORY_BITS);
        if root >= ROOT.len() {
            return;
        }
        let (directory, _) = make(&ROOT[root]);
        let index = (at >> PAGE_BITS) & ((1 << DIRECTORY_BITS) - 1);
        // SAFETY: directories and pages are never freed; the cells lie in the page. Nobody else
        // uses memory that is being handed out.
        unsafe {
            let (_, is_fresh) = make(&(*directory)[index]);
            if !is_fresh {
                ptr::write_bytes(cell(at), 0, (until - at) / GRANULE);
            }
        }
        at = until;
    }
}
