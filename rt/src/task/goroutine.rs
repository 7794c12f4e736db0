//! A goroutine: what the scheduler, channels, panics and the collector keep about it.
//! Keeps: only the worker that runs it, or whoever took it out of a wait queue, touches the plain
//! fields; other threads read them only while the world stands still.
//! Never: lies in the collected heap. Read next: `list.rs`, `stack.rs`.

use std::ptr;

use crate::chan::waiter::Waiter;
use crate::prim::{AtomicU32, Ordering};
use crate::sched::worker::Worker;
use crate::task::context::CatchFrame;
use crate::task::foreign::ForeignStack;
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
    const ALL: [WaitReason; 10] = [
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

/// A goroutine. The first fields are read by assembly (`context/`).
#[repr(C)]
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
    /// Deferred calls not yet run; its length is the depth that marks speak of.
    pub defers: Vec<Defer>,
    /// From 1; the main goroutine is 1.
    pub id: u64,
    /// Return address of the `go` statement, 0 for the main goroutine.
    pub created_at: u64,
    /// Runs on the system stack before the goroutine is entered again, and may park again.
    pub resume: Option<unsafe fn(&mut G) -> Park>,
    /// Arguments of what it waits for.
    pub operation: Operation,
    /// A value passed to it.
    pub transfer: Transfer,
    /// Its places in wait queues of channels.
    pub waiters: Vec<Waiter>,
    /// Whoever ends a wait takes the ticket by compare-and-swap from an even number to the next:
    /// odd while it does not wait.
    pub ticket: AtomicU32,
    /// A [`WaitReason`].
    pub wait_reason: AtomicU32,
    /// The collection that scanned it, if it did not run since; else 0.
    pub scanned: AtomicU32,
    /// Next in a run queue or other list that it is on; protected by that list.
    pub next: *mut G,
    /// Place in the list of all goroutines; protected by that list.
    pub list_index: usize,
    /// The stack of the innermost call of C that it is in; belongs to `foreign.rs`.
    pub foreign: *mut ForeignStack,
    /// The worker that alone may run it, while C waits for a callback to return; null for any.
    pub bound_to: *const Worker,
    /// Its stack was used up and the panic about it began.
    pub overflowed: bool,
    /// Panic state: belongs to `panic.rs`.
    pub panic: crate::panic::PanicState,
}

impl G {
    /// A goroutine without a stack.
    #[must_use]
    pub fn new(id: u64) -> G {
        G {
            sp: 0,
            frame: 0,
            result: 0,
            chunk: ptr::null_mut(),
            catch: ptr::null_mut(),
            defers: Vec::new(),
            id,
            created_at: 0,
            resume: None,
            operation: Operation::default(),
            transfer: Transfer::default(),
            waiters: Vec::new(),
            ticket: AtomicU32::new(1),
            wait_reason: AtomicU32::new(WaitReason::Runnable as u32),
            scanned: AtomicU32::new(0),
            next: ptr::null_mut(),
            list_index: 0,
            foreign: ptr::null_mut(),
            bound_to: ptr::null(),
            overflowed: false,
            panic: crate::panic::PanicState::default(),
        }
    }

    /// Makes an ended goroutine a fresh one; only its empty buffers stay.
    pub fn begin_again(&mut self, id: u64) {
        let mut fresh = G::new(id);
        // Tickets of waits that are over stay invalid.
        fresh.ticket = AtomicU32::new(self.ticket.load(Ordering::Relaxed));
        // A buffer that grew in an unusual goroutine is not kept.
        if self.waiters.capacity() <= BUFFER_PLACES_KEPT {
            fresh.waiters = core::mem::take(&mut self.waiters);
            fresh.waiters.clear();
        }
        if self.defers.capacity() <= BUFFER_PLACES_KEPT {
            fresh.defers = core::mem::take(&mut self.defers);
            fresh.defers.clear();
        }
        *self = fresh;
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
            .iter()
            .for_each(|waiter| visit(waiter.channel as u64));
        self.operation.words.iter().for_each(|word| visit(*word));
        self.transfer.words().for_each(&mut *visit);
        self.panic.for_each_word(visit);
    }
}
