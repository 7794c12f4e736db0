//! The table of descriptors that the runtime opened: sockets and pipes, which the poller watches, and
//! files, which it cannot.
//! Keeps: a slot's descriptor is open as long as it is used by a goroutine or not closed; the last
//! user of a closed one closes the number. After a slot is freed its generation differs, so old
//! handles, events and timers find nothing.
//! Never: makes a goroutine runnable with a slot's lock held.

use core::ptr;

use crate::lock::{Rank, Ranked};
use crate::net::system;
use crate::os::poller::Event;
use crate::prim::{AtomicPtr, Ordering};
use crate::sched::{self, events, scheduler};
use crate::task::{G, Park, WaitReason};
use crate::time::{clock, timers};

/// Index of a direction.
pub const READ: usize = 0;
/// See [`READ`].
pub const WRITE: usize = 1;

/// Errno of a handle that is no descriptor, or is closed meanwhile.
pub const BAD_DESCRIPTOR: i64 = 9;
/// Errno when the process has too many descriptors, or the table is full.
const TOO_MANY: i64 = 24;
/// Errno when all processes together have.
const TOO_MANY_IN_ALL: i64 = 23;
/// Handles are positive numbers of 64 bits, and none is `gc::handle::CLOSED`.
const GENERATION_MAX: u32 = i32::MAX as u32 - 1;

/// Whether an errno says that there are no descriptors left.
#[must_use]
pub fn is_shortage(error: i64) -> bool {
    error == TOO_MANY || error == TOO_MANY_IN_ALL
}

/// Goroutines that wait for one direction.
#[derive(Debug)]
struct Direction {
    /// Something happened since the last time that nothing was there.
    is_ready: bool,
    /// The poller was asked to tell when something happens, and did not tell yet.
    is_asked: bool,
    /// Monotonic time after which operations fail; 0 for none.
    deadline: u64,
    /// Time of the timer that is set, and its id; 0 for none. It may be earlier than the deadline:
    /// when it fires it is set again, so moving a deadline costs nothing.
    timer_at: u64,
    timer: u64,
    /// Linked through `G::next`.
    waiting: *mut G,
}

impl Direction {
    const NEW: Direction = Direction {
        is_ready: false,
        is_asked: false,
        deadline: 0,
        timer_at: 0,
        timer: 0,
        waiting: ptr::null_mut(),
    };
}

#[derive(Debug)]
struct State {
    generation: u32,
    /// The system's number, while the slot is in use.
    descriptor: i32,
    /// Goroutines in an operation, waiting ones included.
    users: u32,
    is_open: bool,
    /// The poller tells when something happens.
    is_watched: bool,
    directions: [Direction; 2],
}

// SAFETY: waiting goroutines belong to the slot.
unsafe impl Send for State {}

/// One place of the table.
#[derive(Debug)]
pub struct Slot(Ranked<State>);

const SLOTS_PER_PAGE: usize = 1024;
const PAGES: usize = 1024;

/// Pages of slots are never given back, so a slot may be looked at without a lock on the table.
static TABLE: [AtomicPtr<[Slot; SLOTS_PER_PAGE]>; PAGES] =
    [const { AtomicPtr::new(ptr::null_mut()) }; PAGES];

struct Places {
    free: Vec<u32>,
    /// Slots that were ever in use.
    used: usize,
}

static PLACES: Ranked<Places> = Ranked::new(
    Rank::Descriptors,
    Places {
        free: Vec::new(),
        used: 0,
    },
);

fn find_slot(handle: u64) -> Option<&'static Slot> {
    let index = (handle & 0xFFFF_FFFF) as usize;
    // ORDERING: acquire pairs with the release in `take_place`.
    let page = TABLE.get(index / SLOTS_PER_PAGE)?.load(Ordering::Acquire);
    // SAFETY: pages live for ever.
    unsafe { page.as_ref().map(|page| &page[index % SLOTS_PER_PAGE]) }
}

fn generation(handle: u64) -> u32 {
    (handle >> 32) as u32
}

fn take_place() -> Option<u32> {
    let mut places = PLACES.lock();
    if let Some(index) = places.free.pop() {
        return Some(index);
    }
    let index = places.used;
    let page = TABLE.get(index / SLOTS_PER_PAGE)?;
    if index.is_multiple_of(SLOTS_PER_PAGE) {
        let slots: Box<[Slot; SLOTS_PER_PAGE]> = Box::new(
            [const {
                Slot(Ranked::new(
                    Rank::Descriptor,
                    State {
                        generation: 1,
                        descriptor: -1,
                        users: 0,
                        is_open: false,
                        is_watched: false,
                        directions: [Direction::NEW, Direction::NEW],
                    },
                ))
            }; SLOTS_PER_PAGE],
        );
        // ORDERING: release publishes the slots.
        page.store(Box::into_raw(slots), Ordering::Release);
    }
    places.used += 1;
    Some(index as u32)
}

/// Puts an open descriptor into the table: its handle, or none (it is closed then).
fn enter(descriptor: i32, is_watched: bool) -> Option<u64> {
    let Some(index) = take_place() else {
        system::close(descriptor);
        return None;
    };
    let slot = find_slot(u64::from(index)).expect("a place that was taken");
    let mut state = slot.0.lock();
    state.descriptor = descriptor;
    state.users = 0;
    state.is_open = true;
    state.is_watched = is_watched;
    state.directions = [Direction::NEW, Direction::NEW];
    Some(u64::from(state.generation) << 32 | u64::from(index))
}

/// Puts an open descriptor that no poller can watch into the table: its handle, or -errno (it is
/// closed then).
pub fn keep(descriptor: i32) -> i64 {
    enter(descriptor, false).map_or(-TOO_MANY, |handle| handle as i64)
}

/// Puts an open, non-blocking descriptor into the table: its handle, or -errno (it is closed then).
pub fn register(descriptor: i32) -> i64 {
    let Some(handle) = enter(descriptor, true) else {
        return -TOO_MANY;
    };
    events::watch_begins();
    match scheduler().poller.add(descriptor, handle) {
        Ok(()) => handle as i64,
        Err(error) => {
            close(handle);
            -i64::from(error)
        }
    }
}

/// An open descriptor that a goroutine uses.
#[derive(Clone, Copy, Debug)]
pub struct Opened {
    /// The system's number.
    pub number: i32,
    /// Waits for it go through the poller, and it never blocks.
    pub is_watched: bool,
}

/// Use of an open descriptor by one goroutine; ends with [`release`].
#[must_use]
pub fn acquire(handle: u64) -> Option<Opened> {
    let mut state = find_slot(handle)?.0.lock();
    if state.generation != generation(handle) || !state.is_open {
        return None;
    }
    state.users += 1;
    Some(Opened {
        number: state.descriptor,
        is_watched: state.is_watched,
    })
}

/// The system's number of a handle that the caller uses; none once it is closed.
#[must_use]
pub fn number(handle: u64) -> Option<i32> {
    let state = find_slot(handle)?.0.lock();
    state.is_open.then_some(state.descriptor)
}

/// Ends a use; the last one of a closed descriptor closes it.
pub fn release(handle: u64) {
    let Some(slot) = find_slot(handle) else {
        return;
    };
    let is_last = {
        let mut state = slot.0.lock();
        state.users -= 1;
        state.users == 0 && !state.is_open
    };
    if is_last {
        free(slot, handle);
    }
}

/// Uses of several descriptors, for a call that runs elsewhere meanwhile: handles of the table and
/// numbers of the system, of which nobody keeps the latter open.
#[derive(Debug)]
pub struct Uses {
    handles: Vec<u64>,
    numbers: Vec<i32>,
}

impl Uses {
    /// None when one is closed.
    #[must_use]
    pub fn of(descriptors: &[i64]) -> Option<Uses> {
        let mut uses = Uses {
            handles: Vec::new(),
            numbers: Vec::new(),
        };
        for &descriptor in descriptors {
            let number = match i32::try_from(descriptor) {
                Ok(number) => number,
                Err(_) => {
                    let number = acquire(descriptor as u64)?.number;
                    uses.handles.push(descriptor as u64);
                    number
                }
            };
            uses.numbers.push(number);
        }
        Some(uses)
    }

    /// The system's numbers, in order.
    #[must_use]
    pub fn numbers(&self) -> &[i32] {
        &self.numbers
    }
}

impl Drop for Uses {
    fn drop(&mut self) {
        self.handles.iter().for_each(|handle| release(*handle));
    }
}

/// Closes a handle: 0 or -errno. Whoever waits for it fails.
pub fn close(handle: u64) -> i64 {
    let Some(slot) = find_slot(handle) else {
        return -BAD_DESCRIPTOR;
    };
    let (woken, is_last) = {
        let mut state = slot.0.lock();
        if state.generation != generation(handle) || !state.is_open {
            return -BAD_DESCRIPTOR;
        }
        state.is_open = false;
        let woken = [state.take_waiting(READ), state.take_waiting(WRITE)];
        (woken, state.users == 0)
    };
    woken.into_iter().for_each(wake_all);
    if is_last {
        free(slot, handle);
    }
    0
}

/// Nobody uses the closed slot any more.
fn free(slot: &Slot, handle: u64) {
    let (descriptor, is_watched, timers_set) = {
        let mut state = slot.0.lock();
        state.generation = state.generation % GENERATION_MAX + 1;
        let timers_set = [state.directions[READ].timer, state.directions[WRITE].timer];
        let descriptor = core::mem::replace(&mut state.descriptor, -1);
        (descriptor, state.is_watched, timers_set)
    };
    for timer in timers_set.into_iter().filter(|timer| *timer != 0) {
        timers::cancel(timer);
    }
    system::close(descriptor);
    if is_watched {
        events::watch_ends();
    }
    PLACES.lock().free.push((handle & 0xFFFF_FFFF) as u32);
}

/// What an operation does that found nothing.
#[derive(Debug)]
#[must_use]
pub enum Wait {
    /// Something happened meanwhile: try again.
    Again,
    /// The goroutine is in the list of waiters, and may run already.
    Parked,
    /// Give up with this result.
    Failed(i64),
}

/// Waits for `direction`, for an operation of `goroutine` that holds a use of `handle`.
pub fn wait(
    goroutine: &mut G,
    handle: u64,
    direction: usize,
    resume: unsafe fn(&mut G) -> Park,
) -> Wait {
    let Some(slot) = find_slot(handle) else {
        return Wait::Failed(-BAD_DESCRIPTOR);
    };
    let mut state = slot.0.lock();
    if !state.is_open {
        return Wait::Failed(-BAD_DESCRIPTOR);
    }
    let descriptor = state.descriptor;
    let side = &mut state.directions[direction];
    if side.is_ready {
        side.is_ready = false;
        return Wait::Again;
    }
    if side.deadline != 0 && side.deadline <= clock::now() {
        return Wait::Failed(-system::TIMED_OUT);
    }
    if !side.is_asked {
        let poller = &scheduler().poller;
        if let Err(error) = poller.ask(descriptor, handle, direction == WRITE) {
            return Wait::Failed(-i64::from(error));
        }
        side.is_asked = true;
    }
    goroutine.set_reason(WaitReason::Io);
    goroutine.resume = Some(resume);
    goroutine.next = side.waiting;
    side.waiting = goroutine;
    sched::external_begins();
    side.set_timer(handle, direction);
    Wait::Parked
}

/// Whether the direction's deadline is over.
#[must_use]
pub fn is_late(handle: u64, direction: usize) -> bool {
    let Some(slot) = find_slot(handle) else {
        return false;
    };
    let deadline = slot.0.lock().directions[direction].deadline;
    deadline != 0 && deadline <= clock::now()
}

/// Sets a deadline (0 for none): 0 or -errno.
pub fn set_deadline(handle: u64, direction: usize, deadline: u64) -> i64 {
    let Some(slot) = find_slot(handle) else {
        return -BAD_DESCRIPTOR;
    };
    let woken = {
        let mut state = slot.0.lock();
        if state.generation != generation(handle) || !state.is_open {
            return -BAD_DESCRIPTOR;
        }
        let side = &mut state.directions[direction];
        side.deadline = deadline;
        if side.waiting.is_null() {
            return 0;
        }
        if deadline != 0 && deadline <= clock::now() {
            state.take_waiting(direction)
        } else {
            side.set_timer(handle, direction);
            return 0;
        }
    };
    wake_all(woken);
    0
}

/// A timer of [`set_deadline`] fired.
pub fn deadline_passed(handle: u64, direction: usize) {
    let Some(slot) = find_slot(handle) else {
        return;
    };
    let woken = {
        let mut state = slot.0.lock();
        if state.generation != generation(handle) {
            return;
        }
        let side = &mut state.directions[direction];
        (side.timer, side.timer_at) = (0, 0);
        if side.waiting.is_null() {
            return;
        }
        if side.deadline == 0 || side.deadline > clock::now() {
            side.set_timer(handle, direction);
            return;
        }
        state.take_waiting(direction)
    };
    wake_all(woken);
}

/// Something happened to a descriptor.
pub fn deliver(event: Event) {
    let Some(slot) = find_slot(event.key) else {
        return;
    };
    let woken = {
        let mut state = slot.0.lock();
        if state.generation != generation(event.key) || !state.is_open {
            return;
        }
        let happened = [event.readable, event.writable];
        [READ, WRITE].map(|direction| {
            if !happened[direction] {
                return ptr::null_mut();
            }
            state.directions[direction].is_asked = false;
            // Who waits tries again anyway.
            state.directions[direction].is_ready = state.directions[direction].waiting.is_null();
            state.take_waiting(direction)
        })
    };
    woken.into_iter().for_each(wake_all);
}

fn wake_all(mut first: *mut G) {
    while !first.is_null() {
        // SAFETY: taken out of the list, so ours.
        let next = unsafe { (*first).next };
        sched::ready(first);
        sched::external_ends();
        first = next;
    }
}

impl State {
    fn take_waiting(&mut self, direction: usize) -> *mut G {
        core::mem::replace(&mut self.directions[direction].waiting, ptr::null_mut())
    }
}

impl Direction {
    /// Sees to it that a timer fires at the deadline or before.
    fn set_timer(&mut self, handle: u64, direction: usize) {
        if self.deadline == 0 || (self.timer != 0 && self.timer_at <= self.deadline) {
            return;
        }
        if self.timer != 0 {
            timers::cancel(self.timer);
        }
        self.timer_at = self.deadline;
        self.timer = timers::add(
            self.deadline,
            timers::Action::Deadline { handle, direction },
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gc::handle::CLOSED;
    use crate::io::file;

    #[test]
    fn an_old_handle_never_means_the_next_descriptor() {
        let open = || keep(file::open("/dev/null", 0, 0) as i32);
        let mut old = open() as u64;
        // As after two billion uses of the place.
        find_slot(old).unwrap().0.lock().generation = GENERATION_MAX - 2;
        assert!(acquire(old).is_none());
        old = (old & 0xFFFF_FFFF) | u64::from(GENERATION_MAX - 2) << 32;
        for _ in 0..6 {
            assert_eq!(close(old), 0);
            let new = open();
            assert!(new >= 1 << 32 && new as u64 != CLOSED, "{new}");
            assert_eq!(old & 0xFFFF_FFFF, new as u64 & 0xFFFF_FFFF);
            assert!(acquire(old).is_none());
            assert_eq!(close(old), -BAD_DESCRIPTOR);
            old = new as u64;
        }
        assert_eq!(close(CLOSED), -BAD_DESCRIPTOR);
        // Who uses it keeps it open.
        let number = acquire(old).unwrap().number;
        assert_eq!(close(old), 0);
        assert!(acquire(old).is_none());
        assert_eq!(file::size(number), 0);
        release(old);
        assert_eq!(file::size(number), -BAD_DESCRIPTOR);
        assert_eq!(close(old), -BAD_DESCRIPTOR);
    }
}
