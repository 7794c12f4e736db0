//! A goroutine: what the scheduler, channels, panics and the collector keep about it.
//! Keeps: only the worker that runs it, or whoever took it out of a wait queue, touches the plain
//! fields; other threads read them only while the world stands still.
//! Never: lies in the collected heap. Read next: `list.rs`, `stack.rs`.

use std::mem::MaybeUninit;
use std::ptr;

use crate::chan::waiter::Waiters;
use crate::prim::{AtomicU32, AtomicU64, Ordering};
use crate::sched::worker::Worker;
use crate::task::context::CatchFrame;
use crate::task::foreign::ForeignStack;
use crate::task::list::Slab;
use crate::task::stack::Chunk;

/// What a `Park` function gives back, in two registers: a result, or that the goroutine is parked
/// and another may run. Once parked, someone else may own the goroutine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
#[must_use]
pub struct Park {
    /// The result when not parked.
    pub value: u64,
    /// 1 when parked.
    pub parked: u64,
}

impl Park {
    /// The goroutine waits; `G::result` or `G::resume` says how it goes on.
    pub const PARKED: Park = Park {
        value: 0,
        parked: 1,
    };

    /// Goes on at once with `value`.
    pub fn ready(value: u64) -> Park {
        Park { value, parked: 0 }
    }
}

/// Why a goroutine waits, for the deadlock message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum WaitReason {
    /// It ended, or its place in the list was never used: then all is zero.
    Ended,
    /// It runs or is about to.
    None,
    /// In a run queue.
    Runnable,
    /// `gos_rt_sleep`.
    Sleep,
    /// `send` on a channel.
    ChanSend,
    /// `recv` on a channel.
    ChanRecv,
    /// `select`.
    Select,
    /// A `select` without arms, or an operation on no channel.
    Forever,
    /// `gos_rt_wait`: locks, wait groups, conditions.
    Sync,
    /// Socket or pipe.
    Io,
    /// A call on the pool for blocking calls.
    Blocking,
}

impl WaitReason {
    const ALL: [WaitReason; 11] = [
        WaitReason::Ended,
        WaitReason::None,
        WaitReason::Runnable,
        WaitReason::Sleep,
        WaitReason::ChanSend,
        WaitReason::ChanRecv,
        WaitReason::Select,
        WaitReason::Forever,
        WaitReason::Sync,
        WaitReason::Io,
        WaitReason::Blocking,
    ];

    /// As the deadlock message shows it.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            WaitReason::Ended => "ended",
            WaitReason::None => "running",
            WaitReason::Runnable => "runnable",
            WaitReason::Sleep => "sleep",
            WaitReason::ChanSend => "channel send",
            WaitReason::ChanRecv => "channel receive",
            WaitReason::Select => "select",
            WaitReason::Forever => "waits forever",
            WaitReason::Sync => "lock",
            WaitReason::Io => "input/output",
            WaitReason::Blocking => "blocking call",
        }
    }
}

/// One deferred call.
#[derive(Clone, Copy, Debug)]
pub struct Defer {
    /// `fn(env)`.
    pub code: *mut u8,
    /// Its environment: a root.
    pub env: *mut u8,
}

/// Words of a parked operation; scanned conservatively, so what they point at stays alive.
#[derive(Clone, Copy, Debug, Default)]
pub struct Operation {
    /// Meaning depends on `G::resume`.
    pub words: [u64; 6],
}

/// A value that another goroutine passed while this one was parked. The receiver copies it to its
/// own stack when it resumes, so nobody writes into a foreign stack.
#[derive(Debug, Default)]
pub struct Transfer {
    inline: [u64; 8],
    large: Vec<u64>,
}

impl Transfer {
    /// Room for `bytes` bytes.
    pub fn room(&mut self, bytes: usize) -> *mut u8 {
        let words = bytes.div_ceil(8);
        if words <= self.inline.len() {
            return self.inline.as_mut_ptr().cast();
        }
        if self.large.len() < words {
            self.large.resize(words, 0);
        }
        self.large.as_mut_ptr().cast()
    }

    /// Forgets the value, so that it is no root any more.
    pub fn clear(&mut self) {
        self.inline = [0; 8];
        self.large = Vec::new();
    }

    fn words(&self) -> impl Iterator<Item = u64> + '_ {
        self.inline.iter().chain(self.large.iter()).copied()
    }
}

/// Places of waiters and deferred calls that an ended goroutine keeps for the next one.
const BUFFER_PLACES_KEPT: usize = 8;

/// A goroutine. Those that only start and end, without a wait, are written to in the first two lines of
/// the cache alone, which is what goes from the worker that started one to the one that runs it and back.
#[repr(C, align(64))]
pub struct G {
    /// Stack pointer while it does not run compiled code: its saved registers lie there.
    pub sp: u64,
    /// Frame pointer at the same time: it points at the caller's frame pointer, above which the
    /// return address into compiled code lies. 0 before the first turn.
    pub frame: u64,
    /// What the `Park` call that it waits in returns.
    pub result: u64,
    /// The chunk of stack it runs on.
    pub chunk: *mut Chunk,
    /// Innermost `gos_rt_catch`, or null.
    pub catch: *mut CatchFrame,
    id: AtomicU64,
    /// Return address of the `go` statement, 0 for the main goroutine.
    pub created_at: u64,
    /// Runs on the system stack before the goroutine is entered again, and may park again.
    pub resume: Option<unsafe fn(&mut G) -> Park>,
    /// Arguments of what it waits for.
    pub operation: Operation,
    /// Next in a run queue or other list that it is on; protected by that list.
    pub next: *mut G,
    /// A [`WaitReason`].
    pub wait_reason: AtomicU32,
    /// The collection that scanned it, if it did not run since; else 0.
    pub scanned: AtomicU32,
    /// Whoever ends a wait takes the ticket by compare-and-swap from an even number to the next:
    /// odd while it does not wait.
    pub ticket: AtomicU32,
    /// Its stack was used up and the panic about it began.
    pub overflowed: bool,
    /// Where it lies, for `list.rs`.
    pub slab: *const Slab,
    /// The stack of the innermost call of C that it is in; belongs to `foreign.rs`.
    pub foreign: *mut ForeignStack,
    /// The worker that alone may run it, while C waits for a callback to return; null for any.
    pub bound_to: *const Worker,
    /// Deferred calls not yet run; its length is the depth that marks speak of.
    pub defers: Vec<Defer>,
    /// Panic state: belongs to `panic.rs`.
    pub panic: crate::panic::PanicState,
    /// Its places in wait queues of channels.
    pub waiters: Waiters,
    /// A value passed to it.
    pub transfer: Transfer,
}

/// Six lines of the cache: with less than 2.7 KB for a parked goroutine, its stack has 2 KiB.
#[cfg(not(loom))]
const _: () = assert!(size_of::<usize>() != 8 || size_of::<G>() == 384);

impl G {
    /// Makes zeroed memory a place for a goroutine in `slab`: writes what is not all zero bits, and leaves the
    /// other lines of the cache alone.
    ///
    /// # Safety
    /// The place is the caller's.
    pub unsafe fn prepare(place: *mut G, slab: *const Slab) {
        // SAFETY: as the caller promises; the fields that are not written are atomics, numbers, pointers and
        // options of pointers, for all of which zero is a value: 0, null or none.
        unsafe {
            (&raw mut (*place).ticket).write(AtomicU32::new(1));
            (&raw mut (*place).slab).write(slab);
            (&raw mut (*place).defers).write(Vec::new());
            (&raw mut (*place).panic).write(crate::panic::PanicState::default());
            (&raw mut (*place).waiters).write(Waiters::default());
            (&raw mut (*place).transfer.large).write(Vec::new());
        }
    }

    /// A goroutine that is in no list and has no stack.
    #[must_use]
    pub fn new(id: u64) -> G {
        G::new_in(ptr::null(), id)
    }

    /// The same, of which `slab` is told.
    #[must_use]
    pub fn new_in(slab: *const Slab, id: u64) -> G {
        let mut place = MaybeUninit::<G>::zeroed();
        // SAFETY: zeroed, and prepared.
        let mut goroutine = unsafe {
            G::prepare(place.as_mut_ptr(), slab);
            place.assume_init()
        };
        goroutine.begin(id);
        goroutine
    }

    /// A goroutine begins in an unused place.
    #[inline]
    pub fn begin(&mut self, id: u64) {
        self.id.store(id, Ordering::Relaxed);
        self.scanned.store(0, Ordering::Relaxed);
        // ORDERING: release, so that who sees it alive sees its number.
        self.wait_reason
            .store(WaitReason::Runnable as u32, Ordering::Release);
    }

    /// It is about to run, or something was passed to it: what it holds may be other than what the collector
    /// saw.
    #[inline]
    pub fn forget_scan(&self) {
        if self.scanned.load(Ordering::Relaxed) != 0 {
            self.scanned.store(0, Ordering::Relaxed);
        }
        // Also when this one was not scanned: a thread that no stop waits for may have been here while the
        // collector wrote down what it had seen of the slab.
        // SAFETY: slabs live as long as the process.
        if let Some(slab) = unsafe { self.slab.as_ref() } {
            slab.forget_scan();
        }
    }

    /// It ended: makes its place an unused one again, but for small empty buffers. Tickets of waits that are
    /// over stay invalid.
    #[inline]
    pub fn end(&mut self) {
        self.wait_reason
            .store(WaitReason::Ended as u32, Ordering::Relaxed);
        self.frame = 0;
        self.result = 0;
        self.operation = Operation::default();
        let has_more = !self.catch.is_null()
            || self.overflowed
            || self.defers.capacity() != 0
            || self.waiters.capacity() != 0
            || self.transfer.large.capacity() != 0
            || self.panic.is_in_use();
        if has_more {
            self.end_more();
        }
    }

    #[cold]
    fn end_more(&mut self) {
        self.catch = ptr::null_mut();
        self.overflowed = false;
        self.panic = crate::panic::PanicState::default();
        self.transfer.clear();
        self.waiters.clear();
        self.defers.clear();
        // A buffer that grew in an unusual goroutine is not kept.
        if self.waiters.capacity() > BUFFER_PLACES_KEPT {
            self.waiters = Waiters::default();
        }
        if self.defers.capacity() > BUFFER_PLACES_KEPT {
            self.defers = Vec::new();
        }
    }

    /// Its number, from 1; the main goroutine is 1.
    #[must_use]
    #[inline]
    pub fn id(&self) -> u64 {
        self.id.load(Ordering::Relaxed)
    }

    /// Whether it has begun and not ended.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        // ORDERING: acquire pairs with `begin`.
        self.wait_reason.load(Ordering::Acquire) != WaitReason::Ended as u32
    }

    /// Says why it waits.
    pub fn set_reason(&self, reason: WaitReason) {
        self.wait_reason.store(reason as u32, Ordering::Relaxed);
    }

    /// Why it waits.
    #[must_use]
    pub fn reason(&self) -> WaitReason {
        let reason = self.wait_reason.load(Ordering::Relaxed);
        let all = WaitReason::ALL.iter();
        all.copied()
            .find(|known| *known as u32 == reason)
            .unwrap_or(WaitReason::None)
    }

    /// Why it waits, in words.
    #[must_use]
    pub fn reason_text(&self) -> &'static str {
        self.reason().text()
    }

    /// Begins a wait: whoever passes the result to [`G::claim`] first ends it.
    pub fn begin_wait(&self, reason: WaitReason) -> u32 {
        self.set_reason(reason);
        // Only the running goroutine comes here, nobody else changes an odd ticket.
        let ticket = self.ticket.load(Ordering::Relaxed).wrapping_add(1);
        // ORDERING: release, so that who claims sees what was written before.
        self.ticket.store(ticket, Ordering::Release);
        ticket
    }

    /// Ends the wait with this ticket; false when someone else did.
    #[must_use]
    pub fn claim(&self, ticket: u32) -> bool {
        // ORDERING: acquire pairs with the release in `begin_wait`, release with the next claimer.
        self.ticket
            .compare_exchange(
                ticket,
                ticket.wrapping_add(1),
                Ordering::AcqRel,
                Ordering::Relaxed,
            )
            .is_ok()
    }

    /// Address that `sync::wait` waits at.
    #[must_use]
    pub fn waited_at(&self) -> usize {
        self.operation.words[0] as usize
    }

    /// Calls `visit` with every word outside of the stack that may be a reference.
    pub fn for_each_word(&self, visit: &mut dyn FnMut(u64)) {
        visit(self.result);
        for defer in &self.defers {
            visit(defer.env as u64);
        }
        self.waiters
            .all()
            .iter()
            .for_each(|waiter| visit(waiter.channel as u64));
        self.operation.words.iter().for_each(|word| visit(*word));
        self.transfer.words().for_each(&mut *visit);
        self.panic.for_each_word(visit);
    }
}
