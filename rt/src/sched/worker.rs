//! A worker: one thread that runs goroutines on their stacks and the runtime on its own.
//! Keeps: `state` is `RUNNING` whenever it touches goroutines or the heap.
//! Read next: `idle.rs` (when it finds nothing), `safepoint.rs` (when it must stop).

use core::ptr;

use crate::os::thread;
use crate::prim::{AtomicBool, AtomicI32, AtomicPtr, AtomicU32, AtomicU64, Ordering};
use crate::sched::queue::{HALF, Queue};
use crate::sched::{events, idle, inject, safepoint, scheduler};
use crate::task::tls::{self, Tls};
use crate::task::{G, Park, WaitReason, context, wish};

/// Stack of a worker: what runs on it may be deep Rust.
pub const SYSTEM_STACK_BYTES: usize = 2 << 20;
/// Every so many turns a worker looks at the global queue and at events first, so that local work
/// cannot starve them. A prime, so that it keeps no step with the program.
const FAIRNESS_TURNS: u32 = 61;
/// Most turns in a row that a worker takes from the slot for the goroutine made ready last.
const NEXT_IN_A_ROW_MAX: u32 = 16;

/// Rounds of a thief through all queues. In the last one it takes from slots too.
const STEAL_ROUNDS: usize = if cfg!(loom) { 1 } else { 3 };
/// Looks at a slot, some microseconds in all, before a thief takes from it.
const NEGLECT_SPINS: u32 = if cfg!(loom) { 1 } else { 200 };

/// Turns in a tick of the monitor, a millisecond, from which on they are short: less work than to hand a goroutine
/// and what it works with to another processor.
const SHORT_TURNS: u32 = 1000;
/// Parts of a tick, twenty microseconds each, in which a goroutine has its turn soon: no other worker would be
/// awake much earlier.
const SOON_PARTS: u32 = 50;

/// A worker's state, seen by who stops the world.
pub mod state {
    /// Runs goroutines or the scheduler.
    pub const RUNNING: u32 = 0;
    /// Sleeps, and touches nothing; goes to `RUNNING` only by compare-and-swap.
    pub const IDLE: u32 = 1;
    /// `IDLE`, and must stay so until the world goes on.
    pub const HELD: u32 = 2;
    /// Waits at a safepoint until the world goes on.
    pub const STOPPED: u32 = 3;
}

/// One worker.
#[derive(Debug)]
pub struct Worker {
    /// Its place among the workers.
    pub index: usize,
    /// One of [`state`].
    pub state: AtomicU32,
    /// Its block `gos_rt_tls`, for those who ask it for a safepoint; null before it started.
    pub block: AtomicPtr<Tls>,
    /// The system's number of its thread, for its timer; 0 before it started.
    pub thread: AtomicI32,
    /// What it sleeps on: 1 when it was woken.
    pub woken: AtomicU32,
    /// Turns begun; the monitor sees by it that a turn takes long.
    pub turns: AtomicU32,
    /// Turns in the last tick of the monitor, which writes it.
    pub pace: AtomicU32,
    /// While it is stopped: stack pointer on the system stack, and end of what is to be scanned.
    pub stopped_sp: AtomicU64,
    /// Its runnable goroutines.
    pub queue: Queue,
    /// The goroutine that was made ready last, run before the queue: it likely shares the data of
    /// the one that woke it. Thieves take it last.
    next: AtomicPtr<G>,
    next_in_a_row: AtomicU32,
    /// Runnable goroutines that may run here only, linked by `G::next`, the newest first. Anyone
    /// adds, the owner takes all.
    bound: AtomicPtr<G>,
    /// Its goroutine was asked to let others run: there may be events that nobody looked at.
    pub preempted: AtomicBool,
    seed: AtomicU64,
}

/// Starts the thread of `worker`.
pub fn spawn_thread(worker: &'static Worker) {
    let run = |index: usize| scheduler().workers[index].run();
    if !thread::start(SYSTEM_STACK_BYTES, run, worker.index) {
        crate::sched::fatal("the system gives no thread for a worker");
    }
}

impl Worker {
    /// The worker at this place.
    #[must_use]
    pub fn new(index: usize) -> Self {
        Worker {
            index,
            state: AtomicU32::new(state::RUNNING),
            block: AtomicPtr::new(ptr::null_mut()),
            thread: AtomicI32::new(0),
            woken: AtomicU32::new(0),
            turns: AtomicU32::new(0),
            pace: AtomicU32::new(0),
            stopped_sp: AtomicU64::new(0),
            queue: Queue::new(),
            next: AtomicPtr::new(ptr::null_mut()),
            next_in_a_row: AtomicU32::new(0),
            bound: AtomicPtr::new(ptr::null_mut()),
            preempted: AtomicBool::new(false),
            seed: AtomicU64::new((index as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15)),
        }
    }

    fn run(&'static self) -> ! {
        let block = tls::block();
        // SAFETY: the block is this thread's, and nobody knows it before it is published below.
        unsafe {
            (*block).worker = self;
            let here = (&raw const block) as u64;
            (*block).system_low = here - (SYSTEM_STACK_BYTES as u64 - (64 << 10));
        }
        crate::os::signal::prepare_thread();
        self.thread.store(thread::number(), Ordering::Relaxed);
        crate::gc::attach_worker();
        crate::task::own::attach_worker();
        safepoint::worker_started(self, block);
        loop {
            let goroutine = self.find();
            self.execute(goroutine);
        }
    }

    /// Runs `goroutine` until it parks or ends.
    pub(crate) fn execute(&self, goroutine: *mut G) {
        let turns = self.turns.load(Ordering::Relaxed).wrapping_add(1);
        self.turns.store(turns, Ordering::Relaxed);
        // SAFETY: it came out of a queue, so it is this worker's now.
        unsafe {
            let one = &mut *goroutine;
            one.forget_scan();
            if let Some(resume) = one.resume.take() {
                let Park { value, parked } = resume(one);
                if parked != 0 {
                    return;
                }
                one.result = value;
            }
            one.set_reason(WaitReason::None);
            let block = &*tls::block();
            safepoint::turn_begins(block);
            wish::set_limit(block, (*one.chunk).limit);
            context::resume(goroutine);
        }
    }

    /// The next goroutine to run; sleeps until there is one.
    pub(crate) fn find(&self) -> *mut G {
        loop {
            safepoint::stop_if_wanted();
            if self.preempted.load(Ordering::Relaxed) {
                self.preempted.store(false, Ordering::Relaxed);
                events::check();
            }
            if let Some(goroutine) = self.find_local() {
                return goroutine;
            }
            events::check();
            if let Some(goroutine) = self.find_local() {
                return goroutine;
            }
            if idle::begin_search() {
                let found = self.steal();
                idle::end_search();
                if let Some(goroutine) = found {
                    idle::wake_for_visible_work();
                    return goroutine;
                }
            }
            // A slice, then another look for goroutines.
            if !crate::gc::work_while_idle() {
                idle::sleep(self);
            }
        }
    }

    fn find_local(&self) -> Option<*mut G> {
        let workers = scheduler().workers.len();
        if self
            .turns
            .load(Ordering::Relaxed)
            .is_multiple_of(FAIRNESS_TURNS)
        {
            events::check();
            if let Some(goroutine) = inject::take(&self.queue, workers) {
                return Some(goroutine);
            }
        }
        if let Some(goroutine) = self.take_bound() {
            return Some(goroutine);
        }
        let in_a_row = self.next_in_a_row.load(Ordering::Relaxed);
        if in_a_row < NEXT_IN_A_ROW_MAX
            && let Some(goroutine) = self.take_next()
        {
            self.next_in_a_row.store(in_a_row + 1, Ordering::Relaxed);
            return Some(goroutine);
        }
        self.next_in_a_row.store(0, Ordering::Relaxed);
        let found = self
            .queue
            .pop()
            .or_else(|| inject::take(&self.queue, workers));
        found.or_else(|| self.take_next())
    }

    /// Takes the goroutine out of the slot.
    fn take_next(&self) -> Option<*mut G> {
        if self.next.load(Ordering::Relaxed).is_null() {
            return None;
        }
        // ORDERING: acquire pairs with the release in `push_next`.
        let goroutine = self.next.swap(ptr::null_mut(), Ordering::Acquire);
        (!goroutine.is_null()).then_some(goroutine)
    }

    /// Owner: puts `goroutine` at the end of the queue. True when others had to leave it for the global one.
    #[inline]
    pub fn push(&self, goroutine: *mut G) -> bool {
        self.queue.push(goroutine).is_err() && self.push_overflowing(goroutine)
    }

    #[cold]
    fn push_overflowing(&self, goroutine: *mut G) -> bool {
        let mut half = [ptr::null_mut(); HALF];
        let count = self.queue.take_half(&mut half);
        inject::push_all(&half[..count]);
        // Thieves may have made room; nobody fills it.
        if self.queue.push(goroutine).is_err() {
            inject::push(goroutine);
        }
        count > 0
    }

    /// Whether what is in its queue has its turn here soon, so that nobody else is to take it: turns are short,
    /// and few wait. Should one last longer than those before, the monitor says so a tick later.
    #[must_use]
    pub fn is_soon(&self) -> bool {
        let pace = self.pace.load(Ordering::Relaxed);
        pace >= SHORT_TURNS && self.queue.length() as u32 <= pace / SOON_PARTS
    }

    /// Whether goroutines wait in its queue that another worker may take.
    #[must_use]
    #[inline(never)]
    pub fn has_spare(&self) -> bool {
        !self.queue.is_empty() && !self.is_soon()
    }

    /// Whether a goroutine is to run next here.
    pub fn has_next(&self) -> bool {
        !self.next.load(Ordering::Relaxed).is_null()
    }

    /// Owner: makes `goroutine` the next to run. True when that sends another one to the queue.
    pub fn push_next(&self, goroutine: *mut G) -> bool {
        // ORDERING: release publishes the goroutine to thieves; acquire takes the other one over.
        let before = self.next.swap(goroutine, Ordering::AcqRel);
        if before.is_null() {
            return false;
        }
        self.push(before);
        true
    }

    /// Adds a goroutine that may run here only.
    pub fn push_bound(&self, goroutine: *mut G) {
        let mut newest = self.bound.load(Ordering::Relaxed);
        loop {
            // SAFETY: the caller owns the goroutine.
            unsafe { (*goroutine).next = newest };
            // ORDERING: release publishes the goroutine to `take_bound`.
            match self.bound.compare_exchange(
                newest,
                goroutine,
                Ordering::Release,
                Ordering::Relaxed,
            ) {
                Ok(_) => return,
                Err(other) => newest = other,
            }
        }
    }

    /// Whether one waits that may run here only.
    pub fn has_bound(&self) -> bool {
        !self.bound.load(Ordering::Relaxed).is_null()
    }

    /// Owner: takes the oldest of those that may run here only.
    fn take_bound(&self) -> Option<*mut G> {
        if !self.has_bound() {
            return None;
        }
        // ORDERING: acquire pairs with the release in `push_bound`.
        let mut newest = self.bound.swap(ptr::null_mut(), Ordering::Acquire);
        let mut oldest_first = ptr::null_mut::<G>();
        while !newest.is_null() {
            // SAFETY: the list's goroutines are the owner's now.
            unsafe {
                let older = (*newest).next;
                (*newest).next = oldest_first;
                oldest_first = newest;
                newest = older;
            }
        }
        let oldest = oldest_first;
        if oldest.is_null() {
            return None;
        }
        // SAFETY: as above; the list is walked before each goes back.
        unsafe {
            let mut rest = (*oldest).next;
            while !rest.is_null() {
                let after = (*rest).next;
                self.push_bound(rest);
                rest = after;
            }
        }
        Some(oldest)
    }

    /// Thief: takes the goroutine out of the slot, unless the owner is about to take it.
    fn take_neglected_next(&self) -> Option<*mut G> {
        let turns = self.turns.load(Ordering::Relaxed);
        for _ in 0..NEGLECT_SPINS {
            if self.next.load(Ordering::Relaxed).is_null()
                || self.turns.load(Ordering::Relaxed) != turns
            {
                return None;
            }
            core::hint::spin_loop();
        }
        self.take_next()
    }

    #[inline(never)]
    fn steal(&self) -> Option<*mut G> {
        let workers = &scheduler().workers;
        for round in 0..STEAL_ROUNDS {
            let start = self.random() as usize;
            for i in 0..workers.len() {
                let victim = &workers[(start + i) % workers.len()];
                if victim.index == self.index {
                    continue;
                }
                if victim.has_spare()
                    && let Some(goroutine) = victim.queue.steal_into(&self.queue)
                {
                    return Some(goroutine);
                }
                if round == STEAL_ROUNDS - 1
                    && let Some(goroutine) = victim.take_neglected_next()
                {
                    return Some(goroutine);
                }
            }
            if let Some(goroutine) = inject::take(&self.queue, workers.len()) {
                return Some(goroutine);
            }
            core::hint::spin_loop();
        }
        None
    }

    /// A number for fair choices (xorshift; only the owner calls it).
    pub fn random(&self) -> u64 {
        let mut seed = self.seed.load(Ordering::Relaxed);
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        self.seed.store(seed, Ordering::Relaxed);
        seed
    }
}
