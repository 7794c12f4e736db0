//! Safepoints, and stopping the world at them.
//!
//! ```text
//! running compiled code --check sees POISON--> reached() --stop wanted--> STOPPED --> goes on
//!                                                        --yield wanted-> end of the global queue
//! running the scheduler --stop_if_wanted()--> STOPPED --> goes on
//! IDLE --stopper--> HELD --world goes on--> IDLE
//! ```
//! Keeps: while the world stands still each other worker is `HELD` or `STOPPED`, so each
//! goroutine's context is saved and each system stack's live part known.

use crate::lock::{Condition, Rank, Ranked};
use crate::prim::{AtomicBool, Ordering, fence, shared};
use crate::sched::scheduler;
use crate::sched::worker::{Worker, state};
use crate::task::tls::{self, Tls};
use crate::task::{G, Park, context, wish};
use gos_convention::gossamer;

/// Bits of `Tls::preempt`.
const YIELD: usize = 1;
const STOP: usize = 2;

struct World {
    stopping: bool,
}

shared! {
    static WORLD: Ranked<World> = Ranked::new(Rank::World, World { stopping: false });
    /// `World::stopping`, readable without the lock.
    static STOPPING: AtomicBool = AtomicBool::new(false);
    /// A worker stopped.
    static STOPPED: Condition = Condition::new();
    /// The world goes on.
    static GOES_ON: Condition = Condition::new();
}
/// A stopped worker may be waited for so long before its request is repeated.
const RECHECK_NS: u64 = 1_000_000;

/// A worker's thread is about to begin its loop.
pub fn worker_started(worker: &Worker, block: *mut Tls) {
    let mut world = WORLD.lock();
    // ORDERING: under the lock, so a stopper either waits for this worker or is waited for.
    while world.stopping {
        world = GOES_ON.wait(world, None);
    }
    // ORDERING: release publishes the block's fields.
    worker.block.store(block, Ordering::Release);
}

/// A safepoint of the running goroutine, on the system stack.
pub fn reached() -> Park {
    // SAFETY: this thread's own block; a goroutine runs.
    let (block, goroutine) = unsafe { (&*tls::block(), tls::current()) };
    // ORDERING: acquire pairs with `ask`.
    let wanted = block.preempt.swap(0, Ordering::AcqRel);
    stop_if_wanted();
    if wanted & YIELD != 0 {
        // SAFETY: the goroutine is this worker's, its context is saved.
        let goroutine = unsafe { &mut *goroutine };
        if let Some(worker) = tls::worker() {
            worker.preempted.store(true, Ordering::Relaxed);
        }
        return crate::sched::yield_now(goroutine);
    }
    // SAFETY: the running goroutine has a chunk.
    unsafe { wish::set_limit(block, (*(*goroutine).chunk).limit) };
    Park::ready(0)
}

/// A turn begins: a wish that the last one ends is over.
pub fn turn_begins(block: &Tls) {
    if block.preempt.load(Ordering::Relaxed) & YIELD != 0 {
        block.preempt.fetch_and(!YIELD, Ordering::Relaxed);
    }
}

/// Asks the worker's goroutine to let others run.
pub fn ask_for_yield(worker: &Worker) {
    ask(worker, YIELD);
}

fn ask(worker: &Worker, wish: usize) {
    // ORDERING: acquire pairs with the worker's start.
    let block = worker.block.load(Ordering::Acquire);
    if !block.is_null() {
        // SAFETY: workers' threads never end, so their blocks live on.
        wish::ask_for_safepoint(unsafe { &*block }, wish);
    }
}

/// Stops here when someone stops the world. On a worker's system stack, outside of locks.
pub fn stop_if_wanted() {
    if STOPPING.load(Ordering::Relaxed) {
        wait_for_the_world();
    }
}

#[cold]
fn wait_for_the_world() {
    // SAFETY: `stop_here` only needs a worker.
    unsafe { context::spill_call(stop_here, 0) };
}

#[gossamer]
unsafe extern "gossamer" fn stop_here(_: usize, sp: usize) -> usize {
    let Some(worker) = tls::worker() else {
        return 0;
    };
    let mut world = WORLD.lock();
    while world.stopping {
        worker.stopped_sp.store(sp as u64, Ordering::Relaxed);
        worker.state.store(state::STOPPED, Ordering::Relaxed);
        STOPPED.wake_all();
        world = GOES_ON.wait(world, None);
    }
    worker.state.store(state::RUNNING, Ordering::Relaxed);
    0
}

/// The worker is about to sleep in a system call.
pub fn leave_running(worker: &Worker) {
    // ORDERING: release publishes what this worker did to the stopper that holds it.
    worker.state.store(state::IDLE, Ordering::Release);
    // ORDERING: pairs with the fence in `stop_others`: either the stopper sees `IDLE`, or this
    // thread sees that it waits.
    fence(Ordering::SeqCst);
    if STOPPING.load(Ordering::Relaxed) {
        let world = WORLD.lock();
        STOPPED.wake_all();
        drop(world);
    }
}

/// The worker is awake; waits until the world goes on if it stands still.
pub fn enter_running(worker: &Worker) {
    // ORDERING: acquire pairs with the release when the world goes on.
    while worker
        .state
        .compare_exchange(
            state::IDLE,
            state::RUNNING,
            Ordering::AcqRel,
            Ordering::Relaxed,
        )
        .is_err()
    {
        let mut world = WORLD.lock();
        while world.stopping {
            world = GOES_ON.wait(world, None);
        }
    }
}

/// The world stands still as long as this lives, stopped by who holds it.
#[derive(Debug)]
pub struct StoppedWorld(());

/// Stops all other workers at safepoints. On a worker's system stack, outside of locks. While
/// another worker does the same, waits until the world went on and gives none: then nothing is
/// stopped, and whatever the caller wanted (a collection) has likely been done.
#[must_use]
pub fn try_stop_the_world() -> Option<StoppedWorld> {
    // SAFETY: `stop_others` only needs a worker's system stack or a thread that is no worker.
    let is_stopped = unsafe { context::spill_call(stop_others, 0) != 0 };
    // By a closure: one made and thrown away would let the world go on, whoever stopped it.
    is_stopped.then(|| StoppedWorld(()))
}

/// The same, after those who stop it now.
#[must_use]
pub fn stop_the_world() -> StoppedWorld {
    loop {
        if let Some(stopped) = try_stop_the_world() {
            return stopped;
        }
    }
}

#[gossamer]
unsafe extern "gossamer" fn stop_others(_: usize, sp: usize) -> usize {
    let this = tls::worker();
    let mut world = WORLD.lock();
    if world.stopping {
        drop(world);
        // SAFETY: as for this function.
        unsafe { stop_here(0, sp) };
        return 0;
    }
    world.stopping = true;
    // ORDERING: see `leave_running`.
    STOPPING.store(true, Ordering::Relaxed);
    fence(Ordering::SeqCst);
    if let Some(worker) = this {
        worker.stopped_sp.store(sp as u64, Ordering::Relaxed);
    }
    loop {
        let mut waited_for = 0;
        for worker in &scheduler().workers {
            let is_this = this.is_some_and(|this| this.index == worker.index);
            let is_started = !worker.block.load(Ordering::Acquire).is_null();
            if is_this || !is_started || hold(worker) {
                continue;
            }
            waited_for += 1;
            ask(worker, STOP);
        }
        if waited_for == 0 {
            return 1;
        }
        world = STOPPED.wait(world, Some(RECHECK_NS));
    }
}

/// Whether `worker` is stopped, or sleeps and is now held.
fn hold(worker: &Worker) -> bool {
    // ORDERING: acquire: what the worker wrote before it stopped is seen by the stopper.
    match worker.state.load(Ordering::Acquire) {
        state::HELD | state::STOPPED => true,
        state::IDLE => worker
            .state
            .compare_exchange(
                state::IDLE,
                state::HELD,
                Ordering::AcqRel,
                Ordering::Relaxed,
            )
            .is_ok(),
        _ => false,
    }
}

impl Drop for StoppedWorld {
    /// Lets all workers go on.
    fn drop(&mut self) {
        let mut world = WORLD.lock();
        world.stopping = false;
        STOPPING.store(false, Ordering::Relaxed);
        for worker in &scheduler().workers {
            // ORDERING: release publishes what was done meanwhile.
            let _ = worker.state.compare_exchange(
                state::HELD,
                state::IDLE,
                Ordering::Release,
                Ordering::Relaxed,
            );
        }
        GOES_ON.wake_all();
    }
}

/// Calls `visit` with the live range of each worker's system stack that has one: the frames of
/// runtime calls that goroutines are in, from the innermost to the switch.
///
/// # Safety
/// The world stands still, stopped by this thread.
pub unsafe fn for_each_system_stack(visit: &mut dyn FnMut(*const u64, *const u64)) {
    for worker in &scheduler().workers {
        let block = worker.block.load(Ordering::Acquire);
        if block.is_null() {
            continue;
        }
        // SAFETY: the block lives as long as the process; its owner stands still.
        let (goroutine, end) = unsafe { ((*block).goroutine, (*block).system_sp) };
        if !goroutine.is_null() {
            visit(
                worker.stopped_sp.load(Ordering::Relaxed) as *const u64,
                end as *const u64,
            );
        }
    }
}

/// Calls `visit` with each goroutine that runs, or would if the world did not stand still.
pub fn for_each_running(visit: &mut dyn FnMut(*const G)) {
    for worker in &scheduler().workers {
        // ORDERING: acquire pairs with the worker's start.
        let block = worker.block.load(Ordering::Acquire);
        // SAFETY: the block lives as long as the process; its owner stands still.
        if let Some(block) = unsafe { block.as_ref() } {
            visit(block.goroutine);
        }
    }
}
