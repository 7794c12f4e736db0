//! All goroutines: for the collector's roots, dumps and counts. They lie in mappings that are never given
//! back; an ended one stays in its place, is told by its state, and is used again. So a worker that starts or
//! ends one takes no lock but for a chain of them, or a run of places that were never used.
//! Keeps: a place was written before its state says anything but `Ended`, which zeroed memory says.
//! Read next: `own.rs`.

use crate::lock::{Rank, Ranked};
use crate::os::mem;
use crate::prim::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Ordering, shared};
use crate::task::G;
use crate::task::own::{self, Own};
use crate::task::stash::Chain;

/// With so many slabs it is a program with many goroutines, which will use all of each.
const SPARSE_SLABS: usize = 8;
/// One mapping.
const SLAB_BYTES: usize = if cfg!(loom) {
    size_of::<Slab>() + 2 * size_of::<G>()
} else {
    256 << 10
};
/// Places of one slab, behind its beginning.
const PLACES: usize = (SLAB_BYTES - size_of::<Slab>()) / size_of::<G>();
/// Most places that a worker takes at once that were never used; fewer while there are few.
const FRESH_MAX: usize = 128;
/// That fit a page.
const FRESH_MIN: usize = if cfg!(loom) { 1 } else { 4096 / size_of::<G>() };

/// What a slab begins with.
#[derive(Debug)]
#[repr(C, align(64))]
pub struct Slab {
    /// A goroutine began here since it was seen that there was none.
    is_used: AtomicBool,
    /// The collection that scanned all goroutines here, if none of them began or ran since; else 0.
    scanned: AtomicU32,
}

impl Slab {
    /// A goroutine begins here, or what one holds may be other than what was seen.
    #[inline]
    pub fn forget_scan(&self) {
        if !self.is_used.load(Ordering::Relaxed) {
            self.is_used.store(true, Ordering::Relaxed);
        }
        if self.scanned.load(Ordering::Relaxed) != 0 {
            self.scanned.store(0, Ordering::Relaxed);
        }
    }

    #[inline]
    fn place(&self, index: usize) -> *mut G {
        // A place behind the beginning of the mapping, or its end.
        let places = (&raw const *self).wrapping_add(1).cast::<G>();
        places.wrapping_add(index).cast_mut()
    }
}

struct List {
    slabs: Vec<&'static Slab>,
    /// Places of the newest one that were given out.
    given_out: usize,
    /// Ended ones, linked through `G::next`.
    ended: Vec<Chain>,
}

shared! {
    static LIST: Ranked<List> = Ranked::new(
        Rank::Goroutines,
        List {
            slabs: Vec::new(),
            given_out: PLACES,
            ended: Vec::new(),
        },
    );
    static NEXT_ID: AtomicU64 = AtomicU64::new(1);
    /// Goroutines started by threads that are no workers.
    static FROM_OUTSIDE: AtomicUsize = AtomicUsize::new(0);
    /// What such threads took at once.
    static OUTSIDE: Ranked<Option<Box<Own>>> = Ranked::new(Rank::Goroutines, None);
    /// Places that were given out, less ended ones that came back.
    static IN_USE: AtomicUsize = AtomicUsize::new(0);
}

impl List {
    /// Gives `own` places that were never used, unless there are ended ones.
    fn refill(&mut self, own: &mut Own) {
        if let Some(chain) = self.ended.pop() {
            IN_USE.fetch_add(chain.count() as usize, Ordering::Relaxed);
            own.ended.refill(chain);
            return;
        }
        if self.given_out == PLACES {
            let Some(slab) = mem::map(SLAB_BYTES) else {
                crate::gc::out_of_memory("a goroutine");
            };
            // SAFETY: zeroed memory is a slab where nothing began, and it is never given back.
            self.slabs.push(unsafe { &*slab.cast::<Slab>() });
            self.given_out = 0;
        }
        let (slab, first) = (self.slabs[self.slabs.len() - 1], self.given_out);
        let share = if self.slabs.len() == 1 { first } else { PLACES };
        let count = share.clamp(FRESH_MIN, FRESH_MAX).min(PLACES - first);
        self.given_out += count;
        IN_USE.fetch_add(count, Ordering::Relaxed);
        own.fresh = Fresh {
            slab: Some(slab),
            first,
            end: first + count,
        };
    }

    /// How many places of the slab at an index were given out.
    fn given_out_of(&self, index: usize) -> usize {
        if index + 1 == self.slabs.len() {
            self.given_out
        } else {
            PLACES
        }
    }
}

/// Places of a slab that were never used.
#[derive(Clone, Copy, Debug)]
pub struct Fresh {
    slab: Option<&'static Slab>,
    first: usize,
    end: usize,
}

impl Fresh {
    /// None.
    pub const NONE: Fresh = Fresh {
        slab: None,
        first: 0,
        end: 0,
    };

    /// Backs what is left.
    fn populate(self) {
        if let Some(slab) = self.slab.filter(|_| self.first != self.end) {
            let bytes = (self.end - self.first) * size_of::<G>();
            mem::populate(slab.place(self.first).addr(), bytes);
        }
    }

    #[inline]
    fn take(&mut self) -> Option<*mut G> {
        let slab = self.slab.filter(|_| self.first != self.end)?;
        let place = slab.place(self.first);
        self.first += 1;
        // SAFETY: a place that is given out once, and zeroed as all of the mapping.
        unsafe { G::prepare(place, slab) };
        Some(place)
    }
}

/// A fresh goroutine, in the list.
#[inline]
pub fn create() -> *mut G {
    let id = NEXT_ID.fetch_add(1, Ordering::Relaxed);
    let Some(own) = own::own() else {
        return create_outside(id);
    };
    own.count(1);
    let place = take_place(own);
    // SAFETY: a free place is this worker's.
    unsafe { begin(place, id) };
    place
}

#[inline]
fn take_place(own: &mut Own) -> *mut G {
    match take_ended(own) {
        Some(place) => place,
        None => take_fresh(own),
    }
}

#[inline]
fn take_ended(own: &mut Own) -> Option<*mut G> {
    let link = own.ended.take()?.cast::<u8>();
    let place = link.wrapping_sub(core::mem::offset_of!(G, next));
    Some(place.cast())
}

/// A place that was never used, or one of a chain that others left.
#[inline(never)]
fn take_fresh(own: &mut Own) -> *mut G {
    loop {
        if let Some(place) = own.fresh.take() {
            return place;
        }
        refill(own);
        if let Some(place) = take_ended(own) {
            return place;
        }
    }
}

fn refill(own: &mut Own) {
    let is_dense = {
        let mut list = LIST.lock();
        list.refill(own);
        list.slabs.len() > SPARSE_SLABS
    };
    if is_dense {
        own.fresh.populate();
    }
}

unsafe fn begin(place: *mut G, id: u64) {
    // SAFETY: as the caller promises.
    unsafe {
        (*place).begin(id);
        (*place).forget_scan();
    }
}

/// On a thread that is no worker, which keeps nothing.
#[cold]
fn create_outside(id: u64) -> *mut G {
    let mut own = OUTSIDE.lock();
    FROM_OUTSIDE.fetch_add(1, Ordering::Relaxed);
    let own = own.get_or_insert_with(|| Box::new(Own::new()));
    let place = take_place(own);
    // SAFETY: a free place is the caller's.
    unsafe { begin(place, id) };
    place
}

/// An ended goroutine's place is free.
///
/// # Safety
/// It ended on this worker, and nobody else knows it any more.
#[inline]
pub unsafe fn destroy(goroutine: *mut G) {
    let Some(own) = own::own() else {
        crate::sched::fatal("a goroutine ended on a thread that is no worker");
    };
    own.count(-1);
    // SAFETY: as the caller promises.
    unsafe {
        (*goroutine).end();
        if let Some(chain) = own.ended.give((&raw mut (*goroutine).next).cast()) {
            IN_USE.fetch_sub(chain.count() as usize, Ordering::Relaxed);
            LIST.lock().ended.push(chain);
        }
    }
}

/// How many there are.
#[must_use]
pub fn count() -> usize {
    let count = FROM_OUTSIDE.load(Ordering::Relaxed) as i64 + own::balance();
    // Workers may start and end some meanwhile.
    usize::try_from(count).unwrap_or(0)
}

/// About as many: a few chains for each worker more.
#[must_use]
pub fn count_roughly() -> usize {
    IN_USE.load(Ordering::Relaxed)
}

/// Calls `visit` with each goroutine.
///
/// # Safety
/// The world stands still, or `visit` looks at nothing but [`G::id`].
pub unsafe fn for_each_goroutine(visit: &mut dyn FnMut(&G)) {
    let list = LIST.lock();
    for (index, slab) in list.slabs.iter().enumerate() {
        for place in 0..list.given_out_of(index) {
            // SAFETY: a place of the slab, zeroed or written.
            unsafe {
                let goroutine = slab.place(place);
                if (*goroutine).is_alive() {
                    visit(&*goroutine);
                }
            }
        }
    }
}

/// Which goroutines the collector need not look at.
pub trait Scanned {
    /// Of the collection.
    fn number(&self) -> u32;
    /// Of a goroutine's, or a slab's.
    fn is_done(&self, scanned: u32) -> bool;
}

/// Calls `visit` with each goroutine that must be scanned, from a place in the list on until it gives false,
/// and with none after each slab that was looked through. Gives the place where to go on.
///
/// # Safety
/// The world stands still.
pub unsafe fn for_each_goroutine_from(
    from: usize,
    scan: &dyn Scanned,
    visit: &mut dyn FnMut(Option<&G>) -> bool,
) -> Option<usize> {
    let list = LIST.lock();
    let mut first = from % PLACES;
    for index in from / PLACES..list.slabs.len() {
        let slab = list.slabs[index];
        let places = first..list.given_out_of(index);
        first = 0;
        let is_done = scan.is_done(slab.scanned.load(Ordering::Relaxed));
        if is_done || !slab.is_used.load(Ordering::Relaxed) {
            continue;
        }
        let (mut is_used, mut all_done) = (places.start > 0, places.start == 0);
        for place in places {
            // SAFETY: a place of the slab, zeroed or written.
            let goroutine = unsafe { &*slab.place(place) };
            if !goroutine.is_alive() {
                continue;
            }
            is_used = true;
            let is_done = || scan.is_done(goroutine.scanned.load(Ordering::Relaxed));
            if !is_done() && !visit(Some(goroutine)) {
                return Some(index * PLACES + place);
            }
            all_done &= is_done();
        }
        // Those that begin or run say so again, once the world goes on.
        slab.is_used.store(is_used, Ordering::Relaxed);
        let number = if all_done { scan.number() } else { 0 };
        slab.scanned.store(number, Ordering::Relaxed);
        if !visit(None) {
            return Some((index + 1) * PLACES);
        }
    }
    None
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::Slab;
    use crate::prim::{AtomicBool, AtomicU32, Ordering};
    use crate::task::G;

    /// A blocking call ends, or C calls back from a thread of its own, while the collector looks at the slab.
    #[test]
    fn one_that_runs_is_seen_although_its_slab_was_written_off() {
        let slab: &'static Slab = Box::leak(Box::new(Slab {
            is_used: AtomicBool::new(false),
            scanned: AtomicU32::new(7),
        }));
        let goroutine = G::new_in(slab, 1);
        goroutine.forget_scan();
        assert!(slab.is_used.load(Ordering::Relaxed));
        assert_eq!(slab.scanned.load(Ordering::Relaxed), 0);
    }
}
