//! Handles: cells that stand for something of the system, such as a socket, by the number that the
//! runtime has for it. When nobody has the cell any more, the number is given back, so that what it
//! stands for does not stay open for ever.
//! Handles have blocks of their own, and sweeping one of these finds what died in it: nothing is asked
//! of handles while the world stands still, and programs without any pay nothing.
//! Keeps: a number is given back once, some time after the collection that found its cell dead.
//! Never: says what a number means. Read next: `sweep.rs`; `net/dropped.rs`, who closes.

use super::HEAP;
use super::heap::Heap;
use crate::prim::{AtomicPtr, Ordering};
use std::ptr;

/// The number of a handle that stands for nothing any more. No descriptor has it (`net/descriptor.rs`).
pub const CLOSED: u64 = i64::MAX as u64;

/// A function that is called when there is something to take; runs with the collection in its hands,
/// so it may not wait.
pub type Listener = fn();

/// A [`Listener`], or null: what is not named is not linked.
static LISTENER: AtomicPtr<()> = AtomicPtr::new(ptr::null_mut());

/// Has `listener` called after each collection that found dead handles.
pub fn listen(listener: Listener) {
    // Written once, since every new handle comes here.
    if LISTENER.load(Ordering::Relaxed).is_null() {
        LISTENER.store(listener as *mut (), Ordering::Relaxed);
    }
}

/// Everything is swept: calls who listens, if something was found.
pub fn announce(heap: &Heap) {
    let listener = LISTENER.load(Ordering::Relaxed);
    if listener.is_null() || heap.lock().dropped.is_empty() {
        return;
    }
    // SAFETY: only `listen` stores here.
    let listener = unsafe { std::mem::transmute::<*mut (), Listener>(listener) };
    listener();
}

/// Takes at most so many numbers of dead handles.
#[must_use]
pub fn take_dropped(most: usize) -> Vec<u64> {
    let mut state = HEAP.lock();
    let from = state.dropped.len().saturating_sub(most);
    state.dropped.split_off(from)
}
