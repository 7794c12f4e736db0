//! The list of all goroutines: for the collector's roots, dumps and counts.
//! Keeps: `list_index` of each is its place. Never: called with the lock held twice.

use core::ptr;

use crate::lock::{Rank, Ranked};
use crate::os::mem;
use crate::prim::{AtomicU64, AtomicUsize, Ordering};
use crate::task::G;

struct List {
    goroutines: Vec<*mut G>,
    /// Ended ones, linked through `G::next`: they keep their small buffers for the next goroutine.
    ended: *mut G,
    /// Rest of the newest slab.
    fresh: *mut G,
    fresh_count: usize,
}

// SAFETY: the pointers are only followed by owners or while the world stands still.
unsafe impl Send for List {}

static LIST: Ranked<List> = Ranked::new(
    Rank::Goroutines,
    List {
        goroutines: Vec::new(),
        ended: ptr::null_mut(),
        fresh: ptr::null_mut(),
        fresh_count: 0,
    },
);
static NEXT_ID: AtomicU64 = AtomicU64::new(1);
static COUNT: AtomicUsize = AtomicUsize::new(0);

/// One mapping for so many bytes of goroutines; they are never given back.
const SLAB_BYTES: usize = 256 << 10;

impl List {
    /// A place for a goroutine, initialized.
    fn take_place(&mut self, id: u64) -> *mut G {
        let ended = self.ended;
        if !ended.is_null() {
            // SAFETY: ended ones belong to the list.
            unsafe {
                self.ended = (*ended).next;
                (*ended).begin_again(id);
            }
            return ended;
        }
        if self.fresh_count == 0 {
            let Some(slab) = mem::map(SLAB_BYTES) else {
                crate::gc::out_of_memory("a goroutine");
            };
            self.fresh = slab.cast();
            self.fresh_count = SLAB_BYTES / size_of::<G>();
        }
        let place = self.fresh;
        // SAFETY: a place of the slab, aligned since the slab is; the next one or its end.
        unsafe {
            place.write(G::new(id));
            self.fresh = place.add(1);
        }
        self.fresh_count -= 1;
        place
    }
}

/// A fresh goroutine, in the list.
pub fn create() -> *mut G {
    let id = NEXT_ID.fetch_add(1, Ordering::Relaxed);
    let mut list = LIST.lock();
    let goroutine = list.take_place(id);
    // SAFETY: nobody else knows it yet.
    unsafe { (*goroutine).list_index = list.goroutines.len() };
    list.goroutines.push(goroutine);
    COUNT.store(list.goroutines.len(), Ordering::Relaxed);
    goroutine
}

/// Takes an ended goroutine out of the list.
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
        (*goroutine).next = list.ended;
        list.ended = goroutine;
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

/// Calls `visit` with each goroutine from a place in the list on until it gives false. Gives the
/// place of that one.
///
/// # Safety
/// As [`for_each_goroutine`].
pub unsafe fn for_each_goroutine_from(
    from: usize,
    visit: &mut dyn FnMut(&G) -> bool,
) -> Option<usize> {
    let list = LIST.lock();
    // SAFETY: goroutines in the list are alive while its lock is held.
    (from..list.goroutines.len()).find(|&index| !visit(unsafe { &*list.goroutines[index] }))
}
