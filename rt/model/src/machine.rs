//! The machine that the checked files run on: loom's threads are workers, a goroutine's turn is one
//! call of a function, and the kernel's part of sleeping is done by loom's locks.

use std::cell::Cell;
use std::ptr;

use loom::sync::{Condvar, Mutex};

use crate::prim::{AtomicU64, Ordering, shared};
use crate::sched::worker::Worker;
use crate::task::G;

/// As `rt/src/sched/mod.rs` has it.
pub struct Scheduler {
    pub workers: Box<[Worker]>,
    pub poller: os::poller::Poller,
}

thread_local! {
    /// How many workers the scheduler of the next execution has.
    static WORKERS: Cell<usize> = const { Cell::new(0) };
}

loom::lazy_static! {
    static ref SCHEDULER: Scheduler = Scheduler {
        workers: (0..WORKERS.get()).map(Worker::new).collect(),
        poller: os::poller::Poller::new(),
    };
}

shared! {
    /// Nanoseconds; a wait with a time limit moves it.
    static NOW: AtomicU64 = AtomicU64::new(1);
}

pub fn scheduler() -> &'static Scheduler {
    &SCHEDULER
}

pub fn is_started() -> bool {
    true
}

pub fn now() -> u64 {
    NOW.load(Ordering::Relaxed)
}

pub fn fatal(message: &str) -> ! {
    panic!("{message}")
}

/// Checks `program` with so many workers, in every order of steps with at most so many switches from
/// a thread that could have gone on.
pub fn check(workers: usize, preemptions: usize, program: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.max_branches = 20_000;
    builder.preemption_bound.get_or_insert(preemptions);
    builder.check(move || {
        WORKERS.set(workers);
        crate::gc::alloc::begin_again();
        os::mem::begin_again();
        // What is a constant in the program was there before its threads.
        now();
        for worker in &scheduler().workers {
            touch(worker);
        }
        let _ = crate::sched::idle::sleeping();
        program();
    });
}

/// This thread's block is known to others from now on.
pub fn touch_block() {
    // SAFETY: this thread's block.
    let block = unsafe { &*tls::block() };
    block.stack_limit.load(Ordering::Relaxed);
    block.preempt.load(Ordering::Relaxed);
}

fn touch(worker: &Worker) {
    worker.state.load(Ordering::Relaxed);
    worker.block.load(Ordering::Relaxed);
    worker.woken.load(Ordering::Relaxed);
    worker.turns.load(Ordering::Relaxed);
    worker.pace.load(Ordering::Relaxed);
    worker.stopped_sp.load(Ordering::Relaxed);
    worker.preempted.load(Ordering::Relaxed);
    let _ = worker.queue.is_empty();
    worker.has_next();
    worker.has_bound();
}

/// A goroutine whose turns are calls of `turn`. It lives as long as the process.
pub fn goroutine(id: u64, turn: fn(&mut G)) -> *mut G {
    let goroutine = Box::into_raw(Box::new(G::new(id)));
    prepare(goroutine, turn);
    goroutine
}

/// The turns of a new goroutine are calls of `turn`.
pub fn prepare(goroutine: *mut G, turn: fn(&mut G)) {
    static CHUNK: crate::task::stack::Chunk = crate::task::stack::Chunk { limit: 0 };
    // SAFETY: nobody else has it.
    let goroutine = unsafe { &mut *goroutine };
    goroutine.sp = turn as usize as u64;
    goroutine.chunk = (&raw const CHUNK).cast_mut();
    let _ = goroutine.id();
    goroutine.ticket.load(Ordering::Relaxed);
    goroutine.wait_reason.load(Ordering::Relaxed);
    goroutine.scanned.load(Ordering::Relaxed);
}

/// Starts a thread that is this worker.
pub fn be_worker(
    index: usize,
    program: impl FnOnce(&'static Worker) + 'static,
) -> loom::thread::JoinHandle<()> {
    loom::thread::spawn(move || {
        let worker = &scheduler().workers[index];
        // SAFETY: this thread's block.
        unsafe { (*tls::block()).worker = worker };
        program(worker);
    })
}

pub mod context {
    use gos_convention::gossamer;

    use crate::task::{G, Park, tls};

    #[derive(Debug)]
    pub struct CatchFrame;

    pub unsafe fn resume(goroutine: *mut G) {
        // SAFETY: it is this worker's; `sp` is what `machine::goroutine` put there.
        unsafe {
            (*tls::block()).goroutine = goroutine;
            let turn: fn(&mut G) = std::mem::transmute((*goroutine).sp as usize);
            turn(&mut *goroutine);
            (*tls::block()).goroutine = std::ptr::null_mut();
        }
    }

    #[gossamer]
    pub unsafe fn slow_call(
        code: unsafe extern "gossamer" fn(usize, usize, usize, usize) -> Park,
        a: usize,
        b: usize,
        c: usize,
        d: usize,
    ) -> usize {
        // SAFETY: as the caller promises.
        unsafe { code(a, b, c, d) }.value as usize
    }

    #[gossamer]
    pub unsafe fn spill_call(
        code: unsafe extern "gossamer" fn(usize, usize) -> usize,
        argument: usize,
    ) -> usize {
        // SAFETY: as the caller promises.
        unsafe { code(argument, 0) }
    }
}

pub mod tls {
    use super::{G, Worker, ptr};
    use crate::gc::local::Local;
    use crate::prim::{AtomicU64, AtomicUsize};
    use crate::task::own::Own;

    /// The fields of `rt/src/task/tls.rs` that checked files use.
    pub struct Tls {
        pub stack_limit: AtomicU64,
        pub goroutine: *mut G,
        pub system_sp: u64,
        pub system_low: u64,
        pub preempt: AtomicUsize,
        pub worker: *const Worker,
        pub collecting: AtomicUsize,
        pub local: *mut Local,
        pub own: *mut Own,
    }

    loom::thread_local! {
        static BLOCK: *mut Tls = Box::into_raw(Box::new(Tls {
            stack_limit: AtomicU64::new(0),
            goroutine: ptr::null_mut(),
            system_sp: 0,
            system_low: 0,
            preempt: AtomicUsize::new(0),
            worker: ptr::null(),
            collecting: AtomicUsize::new(0),
            local: ptr::null_mut(),
            own: ptr::null_mut(),
        }));
    }

    pub fn block() -> *mut Tls {
        BLOCK.with(|block| *block)
    }

    pub fn current() -> *mut G {
        // SAFETY: this thread's block.
        unsafe { (*block()).goroutine }
    }

    pub fn worker() -> Option<&'static Worker> {
        // SAFETY: this thread's block; workers live as long as the execution.
        unsafe { (*block()).worker.as_ref() }
    }
}

pub mod os {
    pub mod cpu_time {
        pub fn of_thread() -> u64 {
            0
        }
    }

    pub mod futex {
        use std::sync::Arc;

        use super::super::{Condvar, Mutex};
        use crate::prim::{AtomicU32, Ordering, fence};

        struct Sleeper {
            word: usize,
            woken: Arc<Condvar>,
        }

        loom::lazy_static! {
            static ref SLEEPERS: Mutex<Vec<Sleeper>> = Mutex::new(Vec::new());
        }

        /// As the kernel: the word is looked at under the lock that wakers take.
        pub fn wait(word: &AtomicU32, expected: u32, _timeout_ns: Option<u64>) -> bool {
            fence(Ordering::SeqCst);
            let mut sleepers = SLEEPERS.lock().unwrap();
            if word.load(Ordering::Relaxed) != expected {
                return true;
            }
            let woken = Arc::new(Condvar::new());
            let address = (&raw const *word).addr();
            sleepers.push(Sleeper {
                word: address,
                woken: woken.clone(),
            });
            while sleepers.iter().any(|one| Arc::ptr_eq(&one.woken, &woken)) {
                sleepers = woken.wait(sleepers).unwrap();
            }
            true
        }

        pub fn wake(word: &AtomicU32, count: u32) {
            fence(Ordering::SeqCst);
            let address = (&raw const *word).addr();
            let mut sleepers = SLEEPERS.lock().unwrap();
            for _ in 0..count {
                let place = sleepers.iter().position(|one| one.word == address);
                let Some(place) = place else { break };
                sleepers.remove(place).woken.notify_one();
            }
        }
    }

    pub mod mem {
        use std::cell::Cell;

        const WORDS: usize = 16 << 10;

        /// Aligned as a page is.
        #[repr(align(4096))]
        struct Memory([u128; WORDS]);

        thread_local! {
            static MEMORY: *mut Memory = Box::into_raw(Box::new(Memory([0; WORDS])));
            static USED: Cell<usize> = const { Cell::new(0) };
        }

        /// As at the beginning of a program.
        pub fn begin_again() {
            let words = USED.take();
            // SAFETY: in bounds, and nobody's any more.
            MEMORY.with(|memory| unsafe { memory.cast::<u128>().write_bytes(0, words) });
        }

        pub fn map(bytes: usize) -> Option<*mut u8> {
            let first = USED.get();
            USED.set(first + bytes.next_multiple_of(4096) / 16);
            assert!(USED.get() <= WORDS, "the model's memory is full");
            // SAFETY: in bounds.
            Some(MEMORY.with(|memory| unsafe { memory.cast::<u128>().add(first).cast() }))
        }

        pub fn populate(_address: usize, _bytes: usize) {}

        pub fn page_bytes() -> u64 {
            4096
        }
    }

    pub mod poller {
        use super::super::{Condvar, Mutex, NOW};
        use crate::prim::Ordering;

        #[derive(Clone, Copy, Debug)]
        pub struct Event {
            pub key: u64,
            pub readable: bool,
            pub writable: bool,
        }

        pub const EVENTS_MAX: usize = 1;

        /// The event descriptor of the one for Linux. Nothing else happens.
        pub struct Poller {
            is_set: Mutex<bool>,
            changed: Condvar,
        }

        impl Poller {
            pub fn new() -> Poller {
                Poller {
                    is_set: Mutex::new(false),
                    changed: Condvar::new(),
                }
            }

            pub fn wait(&self, timeout_ns: Option<u64>, _visit: &mut dyn FnMut(Event)) {
                let mut is_set = self.is_set.lock().unwrap();
                match timeout_ns {
                    Some(0) => {}
                    Some(_) if *is_set => *is_set = false,
                    // Nothing else is as fast as the time passes here.
                    Some(ns) => {
                        NOW.fetch_add(ns, Ordering::Relaxed);
                    }
                    None => {
                        while !*is_set {
                            is_set = self.changed.wait(is_set).unwrap();
                        }
                        *is_set = false;
                    }
                }
            }

            pub fn wake(&self) {
                *self.is_set.lock().unwrap() = true;
                self.changed.notify_one();
            }
        }
    }

    pub mod signal {
        pub const QUIT: u32 = 3;

        pub fn any_pending() -> bool {
            false
        }

        pub fn take_pending() -> u64 {
            0
        }

        pub fn catch(_signal: u32) -> Result<(), i32> {
            Ok(())
        }

        pub fn release(_signal: u32) {}

        pub fn prepare_thread() {}
    }

    pub mod thread {
        pub fn start(_stack_bytes: usize, _code: fn(usize), _argument: usize) -> bool {
            panic!("threads are started by tests")
        }

        pub fn number() -> i32 {
            0
        }
    }
}
