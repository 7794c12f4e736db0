//! Accesses: each is held against those that its memory remembers, then remembered itself.
//!
//! An entry is forgotten when what comes after it sees every race that it would: it happened before
//! the new access, which touches all its bytes and is a write unless it was only a read. So a granule
//! has two entries as a rule, and readers that nothing orders, or bytes that belong to several, have
//! more, aside.

use core::sync::atomic::AtomicU64;

use gos_abi::layout::SharedPlace;

use super::report::{self, Access};
use super::shadow::{self, CARRIES_CLOCK, Cell, GRANULE, HAS_MORE};
use super::spin::Spin;
use super::stacks::{self, MixedMap};
use super::task::{self, Epoch, Task};
use crate::gc::chunk;
use crate::prim::Ordering;
use crate::task::tls;

/// Entries that a granule keeps beside its two.
const MORE_MAX: usize = 62;
const STRIPES: usize = 1024;

/// What an access was: its trace's number, a bit for each byte, and whether it wrote.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct What(u64);

const WROTE: u64 = 1 << 40;
/// Without the marks that cells keep in the same word.
const WHAT: u64 = WROTE | (WROTE - 1);

impl What {
    pub fn new(stack: u32, mask: u8, wrote: bool) -> Self {
        let wrote = if wrote { WROTE } else { 0 };
        What(u64::from(stack) | u64::from(mask) << 32 | wrote)
    }

    pub fn stack(self) -> u32 {
        self.0 as u32
    }

    pub fn mask(self) -> u8 {
        (self.0 >> 32) as u8
    }

    pub fn wrote(self) -> bool {
        self.0 & WROTE != 0
    }

    /// Whether the other differs in its bytes at most.
    fn is_like(self, other: What) -> bool {
        self.stack() == other.stack() && self.wrote() == other.wrote()
    }

    /// This one, of the other's bytes too.
    fn with(self, other: What) -> What {
        What(self.0 | u64::from(other.mask()) << 32)
    }

    /// Whether the other is a read or write of some of the same bytes that it does not go with.
    fn conflicts(self, other: What) -> bool {
        self.mask() & other.mask() != 0 && (self.wrote() || other.wrote())
    }

    /// Whether whatever conflicts with the other conflicts with this one.
    fn covers(self, other: What) -> bool {
        other.mask() & !self.mask() == 0 && (self.wrote() || !other.wrote())
    }
}

/// One remembered access.
pub type Entry = (Epoch, What);

/// Further entries by the granule's address. The lock protects the granules' cells too.
type Stripe = Spin<Option<MixedMap<usize, Vec<Entry>>>>;

static STRIPE: [Stripe; STRIPES] = [const { Spin::new(None) }; STRIPES];

/// The bytes of an access that lie in a granule.
fn mask(address: usize, bytes: usize) -> u8 {
    let bits = if bytes >= GRANULE {
        0xFF
    } else {
        (1u16 << bytes) - 1
    };
    (bits << (address % GRANULE)) as u8
}

/// Whether the goroutine did the same or more to these bytes since it last gave or took anything:
/// then there is nothing new. Without a lock, so it may miss that.
#[inline(always)]
pub fn is_known(address: usize, bytes: usize, wrote: bool) -> bool {
    let cell = shadow::cell(address);
    if cell.is_null() {
        return true;
    }
    let task = task::current_known();
    if task.is_null() || address % GRANULE + bytes > GRANULE {
        return false;
    }
    let new = What::new(0, mask(address, bytes), wrote);
    // SAFETY: cells are never freed; the task is the running goroutine's.
    unsafe {
        let now = (*task).epoch;
        (*cell).entries.iter().any(|(epoch, what)| {
            epoch.load(Ordering::Relaxed) == now.0 && What(what.load(Ordering::Relaxed)).covers(new)
        })
    }
}

/// An access of the running goroutine, on the system stack.
///
/// # Safety
/// `place` is constant data.
pub unsafe fn happened(address: usize, bytes: usize, place: *const SharedPlace) {
    let goroutine = tls::current();
    let Some(task) = task::current() else {
        return;
    };
    // SAFETY: as the caller promises; the running goroutine is on the system stack.
    let (wrote, stack) = unsafe {
        let stack = stacks::number(goroutine, place, &mut task.stacks);
        ((*place).is_write != 0, stack)
    };
    let mut at = address;
    let end = address + bytes;
    while at < end {
        let next = ((at / GRANULE + 1) * GRANULE).min(end);
        let what = What::new(stack, mask(at, next - at), wrote);
        if let Some(other) = in_granule(at & !(GRANULE - 1), task, what) {
            found(task, address, (what, other));
            return;
        }
        at = next;
    }
}

/// Remembers the access. Gives another that nothing orders with it.
fn in_granule(address: usize, task: &Task, what: What) -> Option<Entry> {
    let cell = shadow::cell(address);
    if cell.is_null() {
        return None;
    }
    let stripe = &STRIPE[(address >> 6) % STRIPES];
    stripe.take();
    // SAFETY: the lock is held; cells are never freed.
    let raced = unsafe { remember(&*cell, stripe.value(), address, (task, what)) };
    stripe.give_back();
    raced
}

fn remember(
    cell: &Cell,
    more: &mut Option<MixedMap<usize, Vec<Entry>>>,
    address: usize,
    (task, what): (&Task, What),
) -> Option<Entry> {
    let mut raced = None;
    let mut is_known = false;
    let mut new = what;
    let mut is_outdated = |(epoch, old): Entry| {
        let is_ordered = epoch.is_before(&task.clock);
        if !is_ordered && old.conflicts(what) {
            raced = raced.or(Some((epoch, old)));
        }
        if epoch == task.epoch && old.covers(what) {
            is_known = true;
            return false;
        }
        // The same line of code, walking over bytes: one entry for all of them.
        if epoch == task.epoch && old.is_like(what) {
            new = new.with(old);
            return true;
        }
        is_ordered && what.covers(old)
    };
    let mut free = None;
    for (index, entry) in cell.entries.iter().enumerate() {
        let old = load(entry);
        if old.0 == Epoch(0) || is_outdated(old) {
            store(entry, (Epoch(0), What(0)));
            free = free.or(Some(index));
        }
    }
    let has_more = cell.entries[1].1.load(Ordering::Relaxed) & HAS_MORE != 0;
    let list = match (has_more, &mut *more) {
        (true, Some(map)) => map.get_mut(&address),
        _ => None,
    };
    let mut is_listed = false;
    if let Some(list) = list {
        list.retain(|old| !is_outdated(*old));
        is_listed = !list.is_empty();
    }
    if has_more && !is_listed {
        cell.entries[1].1.fetch_and(!HAS_MORE, Ordering::Relaxed);
        more.as_mut().and_then(|map| map.remove(&address));
    }
    if is_known {
        return raced;
    }
    match free {
        Some(index) => store(&cell.entries[index], (task.epoch, new)),
        None => {
            let list = more.get_or_insert_default().entry(address).or_default();
            if !is_listed {
                // What stands there is about memory that was handed out anew since.
                list.clear();
                cell.entries[1].1.fetch_or(HAS_MORE, Ordering::Relaxed);
            }
            if list.len() >= MORE_MAX {
                list.remove(0);
            }
            list.push((task.epoch, new));
        }
    }
    raced
}

fn load(entry: &(AtomicU64, AtomicU64)) -> Entry {
    let epoch = entry.0.load(Ordering::Relaxed);
    (Epoch(epoch), What(entry.1.load(Ordering::Relaxed) & WHAT))
}

/// Writes an entry, whose word may hold a mark of the cell, which stays: `order.rs` sets its own
/// without the stripe's lock.
fn store(entry: &(AtomicU64, AtomicU64), (epoch, what): Entry) {
    const { assert!(CARRIES_CLOCK & WHAT == 0 && HAS_MORE & WHAT == 0) };
    entry.0.store(epoch.0, Ordering::Relaxed);
    entry.1.fetch_and(!WHAT, Ordering::Relaxed);
    entry.1.fetch_or(what.0, Ordering::Relaxed);
}

fn found(task: &Task, address: usize, (new, old): (What, Entry)) {
    // Memory of a chunk that was given back may be a stack now.
    if chunk::find_chunk(address).is_none() {
        return;
    }
    report::race(
        Access {
            who: task.identity,
            stack: new.stack(),
            wrote: new.wrote(),
        },
        Access {
            who: task::owner(old.0),
            stack: old.1.stack(),
            wrote: old.1.wrote(),
        },
    );
}
