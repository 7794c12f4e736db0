//! What is kept about each goroutine: its clock, and where it was started. Clocks name goroutines by
//! slots, small numbers that are used again when a goroutine has ended; time in a slot never runs
//! backwards, and the slot remembers which goroutine had it when.
//! Keeps: only the goroutine itself, or who claimed it while it waits, uses its `Task`.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ptr;

use super::clock::Clock;
use super::spin::Spin;
use super::stacks::Known;
use crate::task::{G, list, tls};

/// Ended goroutines are looked for when so many slots are in use, or twice as many as lived then.
const SLOTS_BEFORE_SEARCH: usize = 256;

/// A point in a slot's time, in one word.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Epoch(pub u64);

impl Epoch {
    pub fn new(slot: u32, time: u32) -> Self {
        Epoch(u64::from(slot) << 32 | u64::from(time))
    }

    pub fn slot(self) -> u32 {
        (self.0 >> 32) as u32
    }

    pub fn time(self) -> u32 {
        self.0 as u32
    }

    /// Whether it happened before whatever has the clock.
    pub fn is_before(self, clock: &Clock) -> bool {
        clock.time(self.slot()) >= self.time()
    }
}

/// Who a goroutine is, for reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identity {
    pub goroutine: u64,
    /// Trace of the `go` statement, see `stacks.rs`; 0 when there was none.
    pub started: u32,
}

/// A goroutine. The epoch comes first and is read by the quick check.
#[repr(C)]
pub struct Task {
    pub epoch: Epoch,
    pub clock: Clock,
    pub identity: Identity,
    pub stacks: Known,
}

impl Task {
    /// What it does from now on is not ordered by what it gave away until now.
    pub fn tick(&mut self) {
        let (slot, time) = (self.epoch.slot(), self.epoch.time());
        if time == u32::MAX {
            // Time is up in this slot: another one goes on.
            let (slot, time) = REGISTRY.with(|registry| registry.take_slot(self.identity));
            self.set_epoch(slot, time);
        } else {
            self.set_epoch(slot, time + 1);
        }
    }

    fn set_epoch(&mut self, slot: u32, time: u32) {
        self.epoch = Epoch::new(slot, time);
        self.clock.set(slot, time);
    }

    /// All that happened before `clock` happened before what it does from now on.
    pub fn acquire(&mut self, clock: &Clock) {
        self.clock.join(clock);
    }
}

struct Slot {
    /// From which time on the slot was whose.
    owners: Vec<(u32, Identity)>,
    next_time: u32,
}

struct Registry {
    tasks: BTreeMap<u64, *mut Task>,
    slots: Vec<Slot>,
    free: VecDeque<u32>,
    search_at: usize,
}

// SAFETY: the tasks are used as the module says.
unsafe impl Send for Registry {}

static REGISTRY: Spin<Registry> = Spin::new(Registry {
    tasks: BTreeMap::new(),
    slots: Vec::new(),
    free: VecDeque::new(),
    search_at: SLOTS_BEFORE_SEARCH,
});

impl Registry {
    fn take_slot(&mut self, identity: Identity) -> (u32, u32) {
        if self.free.is_empty() && self.slots.len() >= self.search_at {
            self.free_ended();
        }
        let index = self.free.pop_front().unwrap_or_else(|| {
            self.slots.push(Slot {
                owners: Vec::new(),
                next_time: 1,
            });
            self.slots.len() as u32 - 1
        });
        let slot = &mut self.slots[index as usize];
        let time = slot.next_time;
        slot.owners.push((time, identity));
        (index, time)
    }

    /// Gives the slots of goroutines that are no more to others.
    fn free_ended(&mut self) {
        let mut alive = BTreeSet::new();
        // SAFETY: numbers of goroutines in the list do not change.
        unsafe {
            list::for_each_goroutine(&mut |goroutine| {
                alive.insert(goroutine.id());
            });
        }
        let (slots, free) = (&mut self.slots, &mut self.free);
        self.tasks.retain(|id, task| {
            if alive.contains(id) {
                return true;
            }
            // SAFETY: its goroutine has ended, so nobody uses it any more.
            let task = unsafe { Box::from_raw(*task) };
            let slot = &mut slots[task.epoch.slot() as usize];
            if let Some(next) = task.epoch.time().checked_add(1) {
                slot.next_time = next;
                free.push_back(task.epoch.slot());
            }
            false
        });
        self.search_at = SLOTS_BEFORE_SEARCH.max(self.tasks.len() * 2);
    }

    fn add(&mut self, identity: Identity, clock: Clock) -> *mut Task {
        let (slot, time) = self.take_slot(identity);
        let mut task = Box::new(Task {
            epoch: Epoch::new(slot, time),
            clock,
            identity,
            stacks: Known::NONE,
        });
        task.set_epoch(slot, time);
        let task = Box::into_raw(task);
        self.tasks.insert(identity.goroutine, task);
        task
    }
}

/// Tells of a goroutine that has not run yet.
pub fn started(identity: Identity, clock: Clock) {
    REGISTRY.with(|registry| registry.add(identity, clock));
}

/// What is kept about a goroutine: the running one, or one that waits and was claimed.
///
/// # Safety
/// As said, and nobody else has a reference to it.
pub unsafe fn of<'a>(goroutine: *const G) -> &'a mut Task {
    // SAFETY: goroutines are never freed.
    let id = unsafe { (*goroutine).id() };
    let task = REGISTRY.with(|registry| match registry.tasks.get(&id) {
        Some(&task) => task,
        // Nobody told of it: the first goroutine, or one of the runtime's.
        None => {
            let identity = Identity {
                goroutine: id,
                started: 0,
            };
            registry.add(identity, Clock::new())
        }
    });
    // SAFETY: as the caller promises.
    unsafe { &mut *task }
}

/// What is kept about the running goroutine, if one runs.
pub fn current<'a>() -> Option<&'a mut Task> {
    let known = current_known();
    if !known.is_null() {
        // SAFETY: the running goroutine's, and this thread runs it.
        return Some(unsafe { &mut *known });
    }
    let goroutine = tls::current();
    if goroutine.is_null() {
        return None;
    }
    // SAFETY: as above; the block is this thread's.
    unsafe {
        let task = of(goroutine);
        let block = tls::block();
        (*block).race_goroutine = (*goroutine).id();
        (*block).race_task = ptr::from_mut(task).cast();
        Some(task)
    }
}

/// The same if this thread knows it already, else null.
#[inline(always)]
pub fn current_known() -> *mut Task {
    let block = tls::block();
    // SAFETY: the block is this thread's, and a goroutine that runs is alive.
    unsafe {
        let goroutine = (*block).goroutine;
        if goroutine.is_null() || (*goroutine).id() != (*block).race_goroutine {
            return ptr::null_mut();
        }
        (*block).race_task.cast()
    }
}

/// Whose the slot was at that time.
pub fn owner(epoch: Epoch) -> Identity {
    REGISTRY.with(|registry| {
        let slot = registry.slots.get(epoch.slot() as usize);
        let owners = slot.map_or(&[][..], |slot| &slot.owners);
        let at = owners.partition_point(|(from, _)| *from <= epoch.time());
        let none = Identity {
            goroutine: 0,
            started: 0,
        };
        at.checked_sub(1).map_or(none, |index| owners[index].1)
    })
}
