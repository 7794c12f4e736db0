//! The collector's course, roots and barrier over a heap of a few cells with one reference each.
//! A reference is a cell's number; 0 is none.

#[path = "../../src/gc/barrier.rs"]
pub mod barrier;
#[path = "../../src/gc/cell.rs"]
pub mod cell;
#[path = "../../src/gc/cycle.rs"]
pub mod cycle;
#[path = "../../src/gc/generation.rs"]
pub mod generation;
pub mod heap;
#[path = "../../src/gc/roots.rs"]
pub mod roots;

pub use heap::{block, calm, handle, history, local, mark, pacer, size_class, verify};

pub mod alloc {
    pub use super::local::local;
    use gos_abi::TypeDesc;
    use std::cell::Cell;

    const HEAP_WORDS: usize = 1 << 10;

    thread_local! {
        static HEAP: *mut u128 = vec![0; HEAP_WORDS].leak().as_mut_ptr();
        static USED: Cell<usize> = const { Cell::new(0) };
    }

    /// Locks are ordered by their addresses, so those must be the same in each execution.
    pub fn begin_again() {
        USED.set(0);
    }

    pub unsafe fn fixed(desc: *const TypeDesc) -> *mut u8 {
        // SAFETY: as the caller promises.
        zeroed(unsafe { (*desc).size } as usize)
    }

    pub unsafe fn array(element: *const TypeDesc, capacity: usize) -> *mut u8 {
        // SAFETY: as the caller promises.
        zeroed(unsafe { (*element).size } as usize * capacity)
    }

    fn zeroed(bytes: usize) -> *mut u8 {
        let (first, words) = (USED.get(), bytes.div_ceil(16));
        USED.set(first + words);
        assert!(USED.get() <= HEAP_WORDS, "the model's heap is full");
        // SAFETY: in bounds, and nobody else's until the next execution.
        unsafe {
            let place = HEAP.with(|heap| heap.add(first));
            place.write_bytes(0, words);
            place.cast()
        }
    }
}

use gos_abi::TypeDesc;

pub fn attach_worker() {}

pub fn out_of_memory(what: &str) -> ! {
    panic!("out of memory for {what}")
}

pub fn work_while_idle() -> bool {
    false
}

pub unsafe fn after_copy(_to: *mut u8, _desc: *const TypeDesc, _count: u64) {}

pub unsafe fn after_store(_slot: *mut u8, _value: *const u8) {}
