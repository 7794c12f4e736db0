//! The list of all goroutines: for the collector's roots, dumps and counts.
//! Keeps: `list_index` of each is its place. Never: called with the lock held twice.

use crate::lock::{Rank, Ranked};
use crate::prim::{AtomicU64, AtomicUsize, Ordering};
use crate::task::G;

struct List {
    goroutines: Vec<*mut G>,
}

// SAFETY: the pointers are only followed by owners or while the world stands still.
unsafe impl Send for List {}

static LIST: Ranked<List> = Ranked::new(
    Rank::Goroutines,
    List {
        goroutines: Vec::new(),
    },
);
static NEXT_ID: AtomicU64 = AtomicU64::new(1);
static COUNT: AtomicUsize = AtomicUsize::new(0);

/// A fresh goroutine, in the list.
pub fn create() -> *mut G {
    let goroutine = Box::into_raw(G::new(NEXT_ID.fetch_add(1, Ordering::Relaxed)));
    let mut list = LIST.lock();
    // SAFETY: nobody else knows it yet.
    unsafe { (*goroutine).list_index = list.goroutines.len() };
    list.goroutines.push(goroutine);
    COUNT.store(list.goroutines.len(), Ordering::Relaxed);
    goroutine
}

/// Takes an ended goroutine out of the list and frees it.
///
/// # Safety
/// Nobody else knows the goroutine any more.
pub unsafe fn destroy(goroutine: *mut G) {
    let mut list = LIST.lock();
    // SAFETY: as the caller promises; others in the list are alive.
    unsafe {
        let index = (*goroutine).list_index;
        list.goroutines.swap_remove(index);
        if let Some(moved) = list.goroutines.get(index) {
            (**moved).list_index = index;
        }
        COUNT.store(list.goroutines.len(), Ordering::Relaxed);
        drop(list);
        drop(Box::from_raw(goroutine));
    }
}

/// How many there are.
#[must_use]
pub fn count() -> usize {
    COUNT.load(Ordering::Relaxed)
}

/// Calls `visit` with each goroutine.
///
/// # Safety
/// The world stands still, or `visit` follows no field that changes.
pub unsafe fn for_each_goroutine(visit: &mut dyn FnMut(&G)) {
    for goroutine in &LIST.lock().goroutines {
        // SAFETY: goroutines in the list are alive while its lock is held.
        visit(unsafe { &**goroutine });
    }
}

/// Calls `visit` with `(lowest address, end)` of the live words of each chunk of each goroutine's
/// stack. Saved registers lie there too.
///
/// # Safety
/// The world stands still.
pub unsafe fn for_each_goroutine_stack(visit: &mut dyn FnMut(*const u64, *const u64)) {
    // SAFETY: as the caller promises, so every context is saved.
    unsafe {
        for_each_goroutine(&mut |goroutine| {
            crate::task::stack::for_each_live_range(goroutine, visit)
        })
    }
}

/// Calls `visit` with each word outside of the stacks that may be a reference, of all goroutines.
///
/// # Safety
/// The world stands still.
pub unsafe fn for_each_goroutine_word(visit: &mut dyn FnMut(u64)) {
    // SAFETY: as the caller promises.
    unsafe { for_each_goroutine(&mut |goroutine| goroutine.for_each_word(visit)) }
}
