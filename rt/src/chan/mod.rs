//! Channels. A channel is one collected cell; its values lie in an array cell that it refers to.
//! Goroutines that wait are in two queues of it (`waiter.rs`), linked through their `G`s.
//! Keeps: receivers wait only while it is empty, senders only while it is full; no queue is used
//! without the channel's lock. Never: writes into another goroutine's stack; a value for a waiting
//! receiver goes to its `G::transfer`, a waiting sender's is read from its stack.
//! Read next: `waiter.rs`, `select.rs`.

pub mod select;
pub mod waiter;

#[cfg(all(test, not(loom)))]
pub(crate) mod tests;

use core::ptr;

use gos_abi::TypeDesc;
use gos_abi::layout::CellKind;

use crate::gc::{self, alloc};
use crate::lock::{Rank, WordLock};
use crate::prim::{AtomicU32, AtomicU64, Ordering};
use crate::sched;
use crate::task::{G, Park, WaitReason};
use waiter::{WaitQueue, Waiter};

/// The payload of a channel's cell.
#[derive(Debug)]
#[repr(C)]
pub struct Channel {
    /// Element 0 of the array cell with the values; null when there is no room or no size. The one
    /// word that the collector looks at.
    buffer: *mut u8,
    lock: WordLock,
    /// 1 when closed. Written under the lock.
    closed: AtomicU32,
    element: *const TypeDesc,
    element_bytes: u64,
    capacity: u64,
    /// Place of the oldest value. Under the lock.
    head: u64,
    /// Values in the buffer. Written under the lock.
    length: AtomicU64,
    receivers: WaitQueue,
    senders: WaitQueue,
    /// Makes the cell two whole lines of the cache, the first of them all that passing a value through the
    /// buffer writes: two workers that use one channel fetch no third, and none that another object is on.
    _rest: [u64; 4],
}

#[cfg(not(loom))]
const _: () = assert!(size_of::<Channel>() as u64 + gos_abi::layout::HEADER_BYTES == 128);

#[repr(C)]
struct ChannelDesc {
    desc: TypeDesc,
    bitmap: [u64; 1],
}

static DESC: ChannelDesc = ChannelDesc {
    desc: TypeDesc {
        size: size_of::<Channel>() as u64,
        kind: CellKind::Fixed as u32,
        bitmap_words: 1,
    },
    bitmap: [1],
};

/// What an operation that does not wait came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[must_use]
pub enum Tried {
    /// A value was passed.
    Passed,
    /// It would have to wait.
    WouldBlock,
    /// The channel is closed, and drained when receiving.
    Closed,
}

/// Who is told, under the channel's lock, what passes through it. `waiting` is the goroutine that did
/// it, which waits and was claimed; none for the running one.
pub trait Watch {
    /// A value was sent into the buffer, or to a receiver of a channel that has one.
    ///
    /// # Safety
    /// As said; so of all of these.
    unsafe fn sent(channel: &Channel, waiting: Option<*const G>);
    /// A value was received from there.
    ///
    /// # Safety
    /// See [`Watch::sent`].
    unsafe fn received(channel: &Channel, waiting: Option<*const G>);
    /// Without a buffer: the running goroutine and another one passed a value.
    ///
    /// # Safety
    /// See [`Watch::sent`].
    unsafe fn met(channel: &Channel, waiting: *const G);
    /// The running goroutine closes the channel.
    ///
    /// # Safety
    /// See [`Watch::sent`].
    unsafe fn closes(channel: &Channel);
    /// A goroutine saw that it is closed.
    ///
    /// # Safety
    /// See [`Watch::sent`].
    unsafe fn saw_closed(channel: &Channel, waiting: Option<*const G>);
}

/// Nobody is told.
pub struct Unwatched;

impl Watch for Unwatched {
    #[inline(always)]
    unsafe fn sent(_: &Channel, _: Option<*const G>) {}
    #[inline(always)]
    unsafe fn received(_: &Channel, _: Option<*const G>) {}
    #[inline(always)]
    unsafe fn met(_: &Channel, _: *const G) {}
    #[inline(always)]
    unsafe fn closes(_: &Channel) {}
    #[inline(always)]
    unsafe fn saw_closed(_: &Channel, _: Option<*const G>) {}
}

impl Tried {
    /// As the table's rows give it.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Tried::WouldBlock => 0,
            Tried::Passed => 1,
            Tried::Closed => 2,
        }
    }
}

/// A new channel. On a goroutine's stack: allocation may collect.
///
/// # Safety
/// `element` describes the elements and lives as long as the program.
pub unsafe fn create(element: *const TypeDesc, capacity: u64) -> *mut Channel {
    // SAFETY: the cell comes zeroed, which is a valid empty channel; it stays reachable from this
    // stack while the buffer is allocated.
    unsafe {
        let channel = alloc::fixed(&raw const DESC.desc).cast::<Channel>();
        let bytes = (*element).size;
        (*channel).element = element;
        (*channel).element_bytes = bytes;
        (*channel).capacity = capacity;
        if capacity > 0 && bytes > 0 {
            let buffer = alloc::array(element, capacity as usize);
            (*channel).buffer = buffer;
            gc::after_store((&raw mut (*channel).buffer).cast(), buffer);
        }
        channel
    }
}

impl Channel {
    /// Values in the buffer, a moment ago.
    #[must_use]
    pub fn length(&self) -> u64 {
        self.length.load(Ordering::Relaxed)
    }

    /// Values that fit.
    #[must_use]
    pub fn capacity(&self) -> u64 {
        self.capacity
    }

    /// Whether it is closed.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Relaxed) != 0
    }

    fn acquire(&self) {
        self.lock.lock(Rank::Channel);
    }

    fn release(&self) {
        self.lock.unlock(Rank::Channel);
    }

    /// The place of the value that many behind the oldest. At most once around: a division would
    /// cost more than all else here.
    fn place(&self, behind: u64) -> *mut u8 {
        let index = self.head + behind;
        let index = index
            - if index >= self.capacity {
                self.capacity
            } else {
                0
            };
        self.buffer
            .wrapping_add((index * self.element_bytes) as usize)
    }

    /// Copies a value into the buffer, which has room. Under the lock.
    unsafe fn put(&mut self, from: *const u8) {
        let length = self.length();
        if self.element_bytes > 0 {
            let to = self.place(length);
            // SAFETY: a place of the buffer, and a value of the caller's.
            unsafe {
                copy_value(from, to, self.element_bytes as usize);
                gc::after_copy(to, self.element, 1);
            }
        }
        self.length.store(length + 1, Ordering::Relaxed);
    }

    /// Moves the oldest value out of the buffer, which has one. Under the lock.
    unsafe fn take(&mut self, to: *mut u8) {
        if self.element_bytes > 0 {
            let from = self.place(0);
            let bytes = self.element_bytes as usize;
            // SAFETY: a place of the buffer; the caller's slot is on the stack that runs.
            unsafe {
                copy_value(from, to, bytes);
                // What was received must not stay reachable from here.
                if bytes == 8 {
                    from.cast::<u64>().write_unaligned(0);
                } else {
                    ptr::write_bytes(from, 0, bytes);
                }
            }
        }
        self.head += 1;
        if self.head == self.capacity {
            self.head = 0;
        }
        self.length.store(self.length() - 1, Ordering::Relaxed);
    }

    /// Under the lock: passes the value at `from` to a receiver or the buffer. Whom to wake after
    /// the lock is given back goes into `wake`.
    unsafe fn offer<W: Watch>(&mut self, from: *const u8, wake: &mut Option<*mut G>) -> Tried {
        if self.is_closed() {
            return Tried::Closed;
        }
        // SAFETY: a claimed receiver is ours until it is readied.
        unsafe {
            if let Some(waiter) = self.receivers.claim_first() {
                let goroutine = &mut *(*waiter).goroutine;
                let bytes = self.element_bytes as usize;
                copy_value(from, goroutine.transfer.room(bytes), bytes);
                if self.capacity == 0 {
                    W::met(self, goroutine);
                } else {
                    W::sent(self, None);
                    W::received(self, Some(goroutine));
                }
                goroutine.end_channel_wait(waiter, true);
                *wake = Some(goroutine);
                return Tried::Passed;
            }
            if self.length() < self.capacity {
                self.put(from);
                W::sent(self, None);
                return Tried::Passed;
            }
        }
        Tried::WouldBlock
    }

    /// Under the lock: takes a value from the buffer or a sender.
    unsafe fn accept<W: Watch>(&mut self, to: *mut u8, wake: &mut Option<*mut G>) -> Tried {
        // SAFETY: a claimed sender waits, so its value lies still on its stack until it is readied.
        unsafe {
            if self.length() > 0 {
                self.take(to);
                W::received(self, None);
                if let Some(waiter) = self.senders.claim_first() {
                    self.put((*waiter).slot);
                    W::sent(self, Some((*waiter).goroutine));
                    (*(*waiter).goroutine).end_channel_wait(waiter, true);
                    *wake = Some((*waiter).goroutine);
                }
                return Tried::Passed;
            }
            if let Some(waiter) = self.senders.claim_first() {
                copy_value((*waiter).slot, to, self.element_bytes as usize);
                W::met(self, (*waiter).goroutine);
                (*(*waiter).goroutine).end_channel_wait(waiter, true);
                *wake = Some((*waiter).goroutine);
                return Tried::Passed;
            }
        }
        if self.is_closed() {
            // SAFETY: the lock is held.
            unsafe { W::saw_closed(self, None) };
            Tried::Closed
        } else {
            Tried::WouldBlock
        }
    }

    fn queue(&mut self, direction: u64) -> &mut WaitQueue {
        if direction == waiter::SEND {
            &mut self.senders
        } else {
            &mut self.receivers
        }
    }
}

/// Copies a value; the usual ones without a call.
///
/// # Safety
/// Both places have so many bytes and do not overlap.
#[inline]
unsafe fn copy_value(from: *const u8, to: *mut u8, bytes: usize) {
    // SAFETY: as the caller promises.
    unsafe {
        match bytes {
            8 => to
                .cast::<u64>()
                .write_unaligned(from.cast::<u64>().read_unaligned()),
            16 => to
                .cast::<u128>()
                .write_unaligned(from.cast::<u128>().read_unaligned()),
            _ => ptr::copy_nonoverlapping(from, to, bytes),
        }
    }
}

/// Sends or receives without waiting.
///
/// # Safety
/// `channel` is a channel or null, `slot` a value of its element type.
pub unsafe fn try_pass<W: Watch>(channel: *mut Channel, slot: *mut u8, direction: u64) -> Tried {
    // SAFETY: as the caller promises.
    let Some(channel) = (unsafe { channel.as_mut() }) else {
        return Tried::WouldBlock;
    };
    let mut wake = None;
    channel.acquire();
    // SAFETY: the lock is held.
    let tried = unsafe {
        if direction == waiter::SEND {
            channel.offer::<W>(slot, &mut wake)
        } else {
            channel.accept::<W>(slot, &mut wake)
        }
    };
    channel.release();
    wake.into_iter().for_each(sched::ready);
    tried
}

/// Sends or receives, and waits when it must. Its result is 1, or 0 when the channel is closed.
///
/// # Safety
/// As [`try_pass`]; on the system stack of the running goroutine, on whose stack `slot` is.
pub unsafe fn pass<W: Watch>(
    goroutine: &mut G,
    channel: *mut Channel,
    slot: *mut u8,
    direction: u64,
) -> Park {
    let reason = if direction == waiter::SEND {
        WaitReason::ChanSend
    } else {
        WaitReason::ChanRecv
    };
    // SAFETY: as the caller promises.
    let Some(channel) = (unsafe { channel.as_mut() }) else {
        return wait_forever(goroutine);
    };
    let mut wake = None;
    channel.acquire();
    // SAFETY: the lock is held; the waiter stays in its place until the wait is over.
    let tried = unsafe {
        let tried = if direction == waiter::SEND {
            channel.offer::<W>(slot, &mut wake)
        } else {
            channel.accept::<W>(slot, &mut wake)
        };
        if tried == Tried::WouldBlock {
            goroutine.resume = Some(passed);
            let ticket = goroutine.begin_wait(reason);
            let waiter = Waiter::new(goroutine, ticket, channel, slot, direction);
            let waiter = goroutine.waiters.set_one(waiter);
            channel.queue(direction).push(waiter);
        }
        tried
    };
    channel.release();
    wake.into_iter().for_each(sched::ready);
    match tried {
        Tried::Passed => Park::ready(1),
        Tried::Closed => Park::ready(0),
        Tried::WouldBlock => Park::PARKED,
    }
}

/// Nothing can end this wait.
fn wait_forever(goroutine: &mut G) -> Park {
    goroutine.set_reason(WaitReason::Forever);
    Park::PARKED
}

/// Goes on after [`pass`] waited.
unsafe fn passed(goroutine: &mut G) -> Park {
    // SAFETY: the wait is over, so the waiter is in no queue.
    unsafe {
        let (_, passed) = goroutine.channel_wait_result();
        let waiter = &raw const goroutine.waiters.all()[0];
        if passed && (*waiter).direction == waiter::RECEIVE {
            goroutine.receive_transfer((*waiter).slot, (*(*waiter).channel).element_bytes as usize);
        }
        goroutine.waiters.clear();
        Park::ready(u64::from(passed))
    }
}

/// Closes a channel and wakes everyone who waits for it.
///
/// # Safety
/// As [`try_pass`].
pub unsafe fn close<W: Watch>(channel: *mut Channel) {
    // SAFETY: as the caller promises.
    let Some(channel) = (unsafe { channel.as_mut() }) else {
        return;
    };
    let mut first: *mut G = ptr::null_mut();
    channel.acquire();
    channel.closed.store(1, Ordering::Relaxed);
    // SAFETY: the lock is held.
    unsafe { W::closes(channel) };
    for direction in [waiter::RECEIVE, waiter::SEND] {
        // SAFETY: claimed goroutines are ours until they are readied.
        unsafe {
            while let Some(waiter) = channel.queue(direction).claim_first() {
                let goroutine = (*waiter).goroutine;
                W::saw_closed(channel, Some(goroutine));
                (*goroutine).end_channel_wait(waiter, false);
                (*goroutine).next = first;
                first = goroutine;
            }
        }
    }
    channel.release();
    while !first.is_null() {
        // SAFETY: linked above.
        let next = unsafe { (*first).next };
        sched::ready(first);
        first = next;
    }
}

/// Sends a number without waiting, for timers and signals.
///
/// # Safety
/// `channel` is a channel of `i64`.
pub unsafe fn send_i64(channel: *mut u8, value: i64) {
    let mut value = value;
    // SAFETY: as the caller promises. A full or closed channel drops the value.
    let _ = unsafe { try_pass::<Unwatched>(channel.cast(), (&raw mut value).cast(), waiter::SEND) };
}
