//! A bounded pool of threads for calls that block and that no poller can wait for: names, files
//! that are terminals or pipes, child processes. The goroutine parks meanwhile.
//! Keeps: at most `THREADS_MAX` threads; jobs beyond wait in order. Never: touches cells, except
//! that a job may fill or read bytes that the parked goroutine keeps alive.

use std::collections::VecDeque;
use std::ptr;

use crate::lock::{Condition, Rank, Ranked};
use crate::os::thread;
use crate::sched;
use crate::task::{G, Park, WaitReason};

const THREADS_MAX: usize = 64;
const THREAD_STACK_BYTES: usize = 512 << 10;
/// A thread without work ends after so long.
const LINGER_NS: u64 = 10_000_000_000;

type Work = Box<dyn FnOnce() -> u64 + Send>;

struct Job {
    work: Work,
    goroutine: Parked,
}

/// Who waits for the job, or null.
struct Parked(*mut G);

// SAFETY: the parked goroutine belongs to its job.
unsafe impl Send for Parked {}

struct Pool {
    jobs: VecDeque<Job>,
    threads: usize,
    idle: usize,
}

static POOL: Ranked<Pool> = Ranked::new(
    Rank::Blocking,
    Pool {
        jobs: VecDeque::new(),
        threads: 0,
        idle: 0,
    },
);
static ARRIVED: Condition = Condition::new();

/// Parks the running goroutine until `work` has run on a thread of the pool; its result becomes the
/// call's. Addresses that `work` uses must be kept alive by `G::operation`.
pub fn run(goroutine: &mut G, work: impl FnOnce() -> u64 + Send + 'static) -> Park {
    goroutine.set_reason(WaitReason::Blocking);
    sched::external_begins();
    if !add(Box::new(work), Parked(goroutine)) {
        sched::fatal("the system gives no thread for a blocking call");
    }
    Park::PARKED
}

/// Runs `work` on a thread of the pool some time; nobody waits for it. If the system gives no thread,
/// with the next call that finds one.
pub fn run_alone(work: impl FnOnce() + Send + 'static) {
    let work = move || {
        work();
        0
    };
    add(Box::new(work), Parked(ptr::null_mut()));
}

/// False when there is no thread that will ever do it.
fn add(work: Work, goroutine: Parked) -> bool {
    let job = Job { work, goroutine };
    let needs_thread = {
        let mut pool = POOL.lock();
        pool.jobs.push_back(job);
        let needs_thread = pool.idle < pool.jobs.len() && pool.threads < THREADS_MAX;
        pool.threads += usize::from(needs_thread);
        needs_thread
    };
    ARRIVED.wake_one();
    if needs_thread && !thread::start(THREAD_STACK_BYTES, |_| serve(), 0) {
        let mut pool = POOL.lock();
        pool.threads -= 1;
        return pool.threads > 0;
    }
    true
}

fn serve() {
    let mut pool = POOL.lock();
    loop {
        let Some(Job { work, goroutine }) = pool.jobs.pop_front() else {
            let before = crate::time::clock::now();
            pool.idle += 1;
            pool = ARRIVED.wait(pool, Some(LINGER_NS));
            pool.idle -= 1;
            if pool.jobs.is_empty() && crate::time::clock::now() - before >= LINGER_NS {
                pool.threads -= 1;
                return;
            }
            continue;
        };
        drop(pool);
        let result = work();
        // SAFETY: parked for this job alone.
        if let Some(goroutine) = unsafe { goroutine.0.as_mut() } {
            goroutine.result = result;
            goroutine.operation = Default::default();
            sched::ready(goroutine);
            sched::external_ends();
        }
        pool = POOL.lock();
    }
}
