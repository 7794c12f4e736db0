//! Timers: a heap (four children a node) of entries ordered by time, under one lock.
//! Keeps: `Entry::place` of each entry is its place in the heap; `NEXT` is the earliest time.
//! An action on a goroutine claims it while the lock is held, so after [`cancel`] a timer no longer
//! knows the goroutine. Never: calls a channel or readies a goroutine with the lock held.

use crate::lock::{Rank, Ranked};
use crate::prim::{AtomicU64, Ordering, fence, shared};
use crate::sched::{self, idle, scheduler};
use crate::task::G;

/// What happens at the time.
#[derive(Clone, Copy, Debug)]
pub enum Action {
    /// The goroutine's wait ends, unless something else ended it.
    Wake {
        /// It waits.
        goroutine: *mut G,
        /// Of this wait.
        ticket: u32,
    },
    /// The time is sent without blocking, again every `period` nanoseconds when that is not 0.
    Send {
        /// A channel of `i64`: a root.
        channel: *mut u8,
        /// Nanoseconds.
        period: u64,
    },
    /// Whoever waits for the descriptor looks at its deadline.
    Deadline {
        /// The descriptor's handle.
        handle: u64,
        /// As in `gos_rt_set_deadline`.
        direction: usize,
    },
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    when: u64,
    action: Action,
    place: usize,
    /// Tells a reused slot from the timer that an old id means.
    generation: u32,
}

struct Timers {
    entries: Vec<Entry>,
    free: Vec<usize>,
    /// Slots of entries, heap ordered by `when`.
    heap: Vec<usize>,
}

// SAFETY: goroutines are only claimed, which any thread may do.
unsafe impl Send for Timers {}

const NEVER: u64 = u64::MAX;
shared! {
    static TIMERS: Ranked<Timers> = Ranked::new(
        Rank::Timers,
        Timers {
            entries: Vec::new(),
            free: Vec::new(),
            heap: Vec::new(),
        },
    );
    static NEXT: AtomicU64 = AtomicU64::new(NEVER);
}
/// Children of a node of the heap.
const CHILDREN: usize = 4;
/// Most timers that fire under one hold of the lock.
const BATCH: usize = 64;

/// Time of the earliest timer.
#[must_use]
pub fn next_deadline() -> Option<u64> {
    let next = NEXT.load(Ordering::Relaxed);
    (next != NEVER).then_some(next)
}

/// Starts a timer; its id is not 0.
pub fn add(when: u64, action: Action) -> u64 {
    let when = when.min(NEVER - 1);
    let (id, is_first) = {
        let mut timers = TIMERS.lock();
        let id = timers.insert(when, action);
        (id, timers.publish_next() == when)
    };
    if is_first {
        // ORDERING: `NEXT` is stored before `POLLING` is read; the poller does both the other way.
        fence(Ordering::SeqCst);
        if idle::is_polling() {
            scheduler().poller.wake();
        }
    }
    id
}

/// Stops a timer; false when it fired already.
pub fn cancel(id: u64) -> bool {
    let (slot, generation) = ((id & 0xFFFF_FFFF) as usize, (id >> 32) as u32);
    let mut timers = TIMERS.lock();
    let is_alive = timers
        .entries
        .get(slot)
        .is_some_and(|entry| entry.generation == generation && entry.place != usize::MAX);
    if is_alive {
        timers.remove(slot);
        timers.publish_next();
    }
    is_alive
}

enum Fired {
    Ready(*mut G),
    Send(*mut u8),
    Deadline(u64, usize),
}

/// Does what is due at `now`. On a worker.
pub fn fire(now: u64) {
    let mut fired = Vec::with_capacity(BATCH);
    loop {
        {
            let mut timers = TIMERS.lock();
            while fired.len() < BATCH && timers.fire_first(now, &mut fired) {}
            timers.publish_next();
        }
        let is_last = fired.len() < BATCH;
        for one in fired.drain(..) {
            match one {
                Fired::Ready(goroutine) => sched::ready(goroutine),
                // SAFETY: a channel of i64, as the starter promised.
                Fired::Send(channel) => unsafe {
                    crate::chan::send_i64(channel, now as i64);
                },
                Fired::Deadline(handle, direction) => {
                    crate::net::descriptor::deadline_passed(handle, direction);
                }
            }
        }
        if is_last {
            return;
        }
    }
}

/// Calls `visit` with each timer's channel.
pub fn for_each_channel(visit: &mut dyn FnMut(u64)) {
    let timers = TIMERS.lock();
    for slot in &timers.heap {
        if let Action::Send { channel, .. } = timers.entries[*slot].action {
            visit(channel as u64);
        }
    }
}

impl Timers {
    fn insert(&mut self, when: u64, action: Action) -> u64 {
        let place = self.heap.len();
        let slot = match self.free.pop() {
            Some(slot) => slot,
            None => {
                self.entries.push(Entry {
                    when,
                    action,
                    place,
                    generation: 0,
                });
                self.entries.len() - 1
            }
        };
        let entry = &mut self.entries[slot];
        let generation = entry.generation.wrapping_add(1).max(1);
        *entry = Entry {
            when,
            action,
            place,
            generation,
        };
        self.heap.push(slot);
        self.rise(place);
        u64::from(generation) << 32 | slot as u64
    }

    fn remove(&mut self, slot: usize) {
        let place = self.entries[slot].place;
        self.entries[slot].place = usize::MAX;
        self.free.push(slot);
        let Some(moved) = self.heap.pop() else { return };
        if moved != slot {
            self.put(place, moved);
            self.rise(place);
            self.sink(self.entries[moved].place);
        }
    }

    /// Fires the earliest timer if it is due.
    fn fire_first(&mut self, now: u64, fired: &mut Vec<Fired>) -> bool {
        let Some(slot) = self.heap.first().copied() else {
            return false;
        };
        let Entry { when, action, .. } = self.entries[slot];
        if when > now {
            return false;
        }
        match action {
            Action::Send { channel, period } => {
                fired.push(Fired::Send(channel));
                // Ticks that were missed are left out.
                if let Some(missed) = (now - when).checked_div(period) {
                    self.entries[slot].when =
                        when.saturating_add((missed + 1).saturating_mul(period));
                    self.sink(0);
                    return true;
                }
            }
            Action::Wake { goroutine, ticket } => {
                // SAFETY: whoever ends the wait otherwise cancels this timer before it goes on.
                if unsafe { (*goroutine).claim(ticket) } {
                    fired.push(Fired::Ready(goroutine));
                }
            }
            Action::Deadline { handle, direction } => {
                fired.push(Fired::Deadline(handle, direction))
            }
        }
        self.remove(slot);
        true
    }

    fn publish_next(&self) -> u64 {
        let next = self
            .heap
            .first()
            .map_or(NEVER, |slot| self.entries[*slot].when);
        NEXT.store(next, Ordering::Relaxed);
        next
    }

    fn when(&self, place: usize) -> u64 {
        self.entries[self.heap[place]].when
    }

    fn put(&mut self, place: usize, slot: usize) {
        self.heap[place] = slot;
        self.entries[slot].place = place;
    }

    fn rise(&mut self, mut place: usize) {
        let slot = self.heap[place];
        while place > 0 {
            let parent = (place - 1) / CHILDREN;
            if self.when(parent) <= self.entries[slot].when {
                break;
            }
            self.put(place, self.heap[parent]);
            place = parent;
        }
        self.put(place, slot);
    }

    fn sink(&mut self, mut place: usize) {
        let slot = self.heap[place];
        loop {
            let first = place * CHILDREN + 1;
            let children = first..(first + CHILDREN).min(self.heap.len());
            let Some(least) = children.min_by_key(|child| self.when(*child)) else {
                break;
            };
            if self.when(least) >= self.entries[slot].when {
                break;
            }
            self.put(place, self.heap[least]);
            place = least;
        }
        self.put(place, slot);
    }
}
