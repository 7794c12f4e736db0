//! Places of goroutines in the wait queues of channels. They lie in `G::waiters`, one for each
//! channel that the goroutine waits for, and are linked both ways, since a `select` that was served
//! by one channel leaves the queues of the others.

use core::ptr;

use crate::chan::Channel;
use crate::task::G;

/// Direction of an operation, as in `gos_abi::layout::SelectCase`.
pub const RECEIVE: u64 = 0;
/// See [`RECEIVE`].
pub const SEND: u64 = 1;

/// One place in one queue. Protected by the channel's lock while it is in the queue.
#[derive(Debug)]
pub struct Waiter {
    /// Who waits.
    pub goroutine: *mut G,
    /// Of which wait.
    pub ticket: u32,
    /// For what: a root.
    pub channel: *mut Channel,
    /// Where its value is or goes, on its own stack.
    pub slot: *mut u8,
    /// [`RECEIVE`] or [`SEND`].
    pub direction: u64,
    is_queued: bool,
    next: *mut Waiter,
    previous: *mut Waiter,
}

impl Waiter {
    /// Not in a queue yet.
    pub fn new(
        goroutine: *mut G,
        ticket: u32,
        channel: *mut Channel,
        slot: *mut u8,
        direction: u64,
    ) -> Self {
        Waiter {
            goroutine,
            ticket,
            channel,
            slot,
            direction,
            is_queued: false,
            next: ptr::null_mut(),
            previous: ptr::null_mut(),
        }
    }
}

/// A goroutine's places. One lies in the goroutine itself, those of a `select` with more arms in a list.
/// They stay where they are until all are forgotten.
#[derive(Debug, Default)]
#[repr(C)]
pub struct Waiters {
    list: Vec<Waiter>,
    one: Option<Waiter>,
}

impl Waiters {
    /// The only one.
    pub fn set_one(&mut self, waiter: Waiter) -> *mut Waiter {
        self.one.insert(waiter)
    }

    /// As many as there are.
    pub fn set_all(&mut self, waiters: impl Iterator<Item = Waiter>) -> &mut [Waiter] {
        self.list.clear();
        self.list.extend(waiters);
        &mut self.list
    }

    /// All of them.
    #[must_use]
    pub fn all(&self) -> &[Waiter] {
        match &self.one {
            Some(one) => core::slice::from_ref(one),
            None => &self.list,
        }
    }

    /// See [`Waiters::all`].
    pub fn all_mut(&mut self) -> &mut [Waiter] {
        match &mut self.one {
            Some(one) => core::slice::from_mut(one),
            None => &mut self.list,
        }
    }

    /// The wait is over.
    #[inline]
    pub fn clear(&mut self) {
        self.one = None;
        self.list.clear();
    }

    /// Room in the list.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.list.capacity()
    }
}

/// Waiters in order of arrival. All zero bits is an empty queue.
#[derive(Debug)]
#[repr(C)]
pub struct WaitQueue {
    first: *mut Waiter,
    last: *mut Waiter,
}

impl WaitQueue {
    /// Appends.
    ///
    /// # Safety
    /// Under the channel's lock; the waiter stays in its place while it is queued.
    pub unsafe fn push(&mut self, waiter: *mut Waiter) {
        // SAFETY: queued waiters are alive.
        unsafe {
            (*waiter).is_queued = true;
            (*waiter).next = ptr::null_mut();
            (*waiter).previous = self.last;
            if self.last.is_null() {
                self.first = waiter;
            } else {
                (*self.last).next = waiter;
            }
        }
        self.last = waiter;
    }

    /// Takes `waiter` out if it is queued.
    ///
    /// # Safety
    /// Under the channel's lock; it is in this queue or none.
    pub unsafe fn remove(&mut self, waiter: *mut Waiter) {
        // SAFETY: queued waiters are alive.
        unsafe {
            if !(*waiter).is_queued {
                return;
            }
            (*waiter).is_queued = false;
            let (previous, next) = ((*waiter).previous, (*waiter).next);
            if previous.is_null() {
                self.first = next;
            } else {
                (*previous).next = next;
            }
            if next.is_null() {
                self.last = previous;
            } else {
                (*next).previous = previous;
            }
        }
    }

    /// Takes waiters out until one of them is claimed: its goroutine is then the caller's.
    ///
    /// # Safety
    /// Under the channel's lock.
    pub unsafe fn claim_first(&mut self) -> Option<*mut Waiter> {
        while !self.first.is_null() {
            let waiter = self.first;
            // SAFETY: queued waiters and their goroutines are alive: a goroutine whose wait ended
            // otherwise takes its waiters out, under this lock, before it goes on.
            unsafe {
                self.remove(waiter);
                if (*(*waiter).goroutine).claim((*waiter).ticket) {
                    return Some(waiter);
                }
            }
        }
        None
    }
}

impl G {
    /// Says which of its waits ended, and whether a value was passed or the channel closed. By the
    /// claimer.
    pub fn end_channel_wait(&mut self, waiter: *const Waiter, passed: bool) {
        let base = self.waiters.all().as_ptr();
        // SAFETY: the waiter is one of this goroutine's.
        let index = unsafe { waiter.offset_from(base) };
        self.operation.words[0] = index as u64;
        self.operation.words[1] = u64::from(passed);
    }

    /// What [`G::end_channel_wait`] said.
    #[must_use]
    pub fn channel_wait_result(&self) -> (usize, bool) {
        (
            self.operation.words[0] as usize,
            self.operation.words[1] != 0,
        )
    }

    /// Copies the value that was passed to its own stack.
    ///
    /// # Safety
    /// `slot` has room for `bytes` bytes, on its stack.
    pub unsafe fn receive_transfer(&mut self, slot: *mut u8, bytes: usize) {
        // SAFETY: as the caller promises.
        unsafe { ptr::copy_nonoverlapping(self.transfer.room(bytes), slot, bytes) };
        self.transfer.clear();
    }
}
