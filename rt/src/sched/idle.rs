//! Who sleeps, and who is woken. One sleeper waits in the poller, for sockets and timers too; the
//! others on a word each.
//! Keeps: a worker goes to sleep only after it is in the list and has looked at all queues once
//! more, and whoever adds work looks at the list after adding; so no work waits for a sleeper.
//! A worker that searches counts as awake for everybody: there is no second wake-up meanwhile, and
//! the searcher itself looks for more when it found something.

use crate::lock::{Rank, Ranked};
use crate::os::futex;
use crate::prim::{AtomicBool, AtomicUsize, Ordering, fence, shared};
use crate::sched::events::{self, Happened};
use crate::sched::worker::{Worker, state};
use crate::sched::{deadlock, inject, monitor, safepoint, scheduler};

struct Sleepers {
    /// Indices of sleeping workers.
    workers: Vec<usize>,
    /// The one that waits in the poller.
    polling: Option<usize>,
}

shared! {
    static SLEEPERS: Ranked<Sleepers> = Ranked::new(
        Rank::Idle,
        Sleepers {
            workers: Vec::new(),
            polling: None,
        },
    );
    /// Length of the list, readable without the lock.
    static SLEEPING: AtomicUsize = AtomicUsize::new(0);
    static SEARCHING: AtomicUsize = AtomicUsize::new(0);
    static POLLING: AtomicBool = AtomicBool::new(false);
}

/// How many workers sleep.
#[must_use]
pub fn sleeping() -> usize {
    SLEEPING.load(Ordering::Relaxed)
}

/// Whether a sleeper waits for sockets and timers.
#[must_use]
pub fn is_polling() -> bool {
    POLLING.load(Ordering::Relaxed)
}

/// A worker without work may search the others' queues: about half of those awake may.
#[must_use]
pub fn begin_search() -> bool {
    let awake = scheduler().workers.len() - sleeping();
    if 2 * SEARCHING.load(Ordering::Relaxed) >= awake {
        return false;
    }
    // ORDERING: sequentially consistent like the fences here, see `end_search`.
    SEARCHING.fetch_add(1, Ordering::SeqCst);
    true
}

/// The search is over.
pub fn end_search() {
    // ORDERING: who adds work while this search counts skips its wake-up; the searcher looks at the
    // queues after this, in `wake_for_visible_work` or `sleep`.
    SEARCHING.fetch_sub(1, Ordering::SeqCst);
}

/// After a successful search: wakes another worker when there is more to do.
pub fn wake_for_visible_work() {
    fence(Ordering::SeqCst);
    if is_work_visible() {
        wake_one();
    }
}

/// Wakes a sleeper to search for work, unless someone searches already. Called after work was added.
pub fn wake_one() {
    // ORDERING: the added work is visible before these loads; pairs with the fence in `sleep`.
    fence(Ordering::SeqCst);
    if SEARCHING.load(Ordering::Relaxed) != 0 || SLEEPING.load(Ordering::Relaxed) == 0 {
        return;
    }
    wake_any();
}

/// Wakes a sleeper.
pub fn wake_any() {
    wake_at(|sleepers| {
        // The poller last: it is of use where it is.
        let place = sleepers
            .workers
            .iter()
            .rposition(|index| Some(*index) != sleepers.polling);
        place.or_else(|| sleepers.workers.len().checked_sub(1))
    });
}

/// Wakes this worker, if it sleeps: something was added that only it may run. It is in the list by now,
/// or sees what was added when it has been: the list's lock orders both.
pub fn wake(worker: &Worker) {
    wake_at(|sleepers| {
        let mut indices = sleepers.workers.iter();
        indices.position(|index| *index == worker.index)
    });
}

/// Wakes the sleeper at a place of the list.
fn wake_at(choose: impl FnOnce(&Sleepers) -> Option<usize>) {
    let (index, polls) = {
        let mut sleepers = SLEEPERS.lock();
        let Some(place) = choose(&sleepers) else {
            return;
        };
        let index = sleepers.workers.swap_remove(place);
        SLEEPING.store(sleepers.workers.len(), Ordering::Relaxed);
        (index, sleepers.polling == Some(index))
    };
    let worker = &scheduler().workers[index];
    // ORDERING: release, pairs with the sleeper's acquire.
    worker.woken.store(1, Ordering::Release);
    if polls {
        scheduler().poller.wake();
    } else {
        futex::wake(&worker.woken, 1);
    }
    monitor::wake();
}

/// What is in a worker's slot for the next goroutine is not counted, nor what has its turn soon: that worker runs.
fn is_work_visible() -> bool {
    !inject::is_empty() || scheduler().workers.iter().any(Worker::has_spare)
}

/// Sleeps until there may be work.
#[inline(never)]
pub fn sleep(worker: &Worker) {
    crate::io::flush_idle();
    let polls = {
        let mut sleepers = SLEEPERS.lock();
        worker.woken.store(0, Ordering::Relaxed);
        sleepers.workers.push(worker.index);
        SLEEPING.store(sleepers.workers.len(), Ordering::Relaxed);
        let polls = sleepers.polling.is_none();
        if polls {
            sleepers.polling = Some(worker.index);
            POLLING.store(true, Ordering::Relaxed);
        }
        polls
    };
    // ORDERING: in the list before looking at the queues; pairs with the fence in `wake_one`.
    fence(Ordering::SeqCst);
    let mut happened = Happened::new();
    if !is_work_visible() && !worker.has_bound() && worker.woken.load(Ordering::Relaxed) == 0 {
        let timeout = if polls {
            events::until_next_timer()
        } else {
            None
        };
        deadlock::check();
        safepoint::leave_running(worker);
        if polls {
            happened.collect(timeout);
        } else {
            // ORDERING: acquire pairs with the release in `wake_any`.
            while worker.woken.load(Ordering::Acquire) == 0 {
                futex::wait(&worker.woken, 0, None);
            }
        }
        safepoint::enter_running(worker);
    }
    {
        let mut sleepers = SLEEPERS.lock();
        if let Some(place) = sleepers
            .workers
            .iter()
            .position(|index| *index == worker.index)
        {
            sleepers.workers.swap_remove(place);
            SLEEPING.store(sleepers.workers.len(), Ordering::Relaxed);
        }
        if polls {
            sleepers.polling = None;
            POLLING.store(false, Ordering::Relaxed);
        }
    }
    if polls {
        happened.deliver();
    }
    monitor::wake();
    debug_assert_eq!(worker.state.load(Ordering::Relaxed), state::RUNNING);
}

/// Calls `check` with whether all workers sleep, while none can be woken.
pub fn with_all_asleep(check: impl FnOnce()) {
    let sleepers = SLEEPERS.lock();
    let workers = &scheduler().workers;
    let is_bound_work = workers.iter().any(Worker::has_bound);
    if sleepers.workers.len() == workers.len() && !is_work_visible() && !is_bound_work {
        check();
    }
    drop(sleepers);
}
