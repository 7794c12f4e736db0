//! The scheduler: workers (threads) that run goroutines. A goroutine that becomes runnable goes to
//! the queue of the worker that made it so (`queue.rs`) or to the global one (`inject.rs`), as
//! `runnable.rs` decides; a worker without work looks for timers and sockets (`events.rs`), steals, and
//! then sleeps (`idle.rs`). The monitor (`monitor.rs`) asks for safepoints (`safepoint.rs`).
//! Keeps: a goroutine is in at most one queue, and in none while it runs or waits.
//! Read next: `worker.rs` (the loop).

pub mod blocking;
pub mod deadlock;
pub mod dump;
pub mod events;
pub mod external;
pub mod idle;
pub mod inject;
pub mod leaks;
pub mod monitor;
pub mod overflow;
pub mod queue;
pub mod runnable;
pub mod safepoint;
pub mod worker;

#[cfg(test)]
pub(crate) mod tests;

use crate::config::Config;
use crate::os::poller::Poller;
use crate::prim::OnceLock;
use crate::task::{G, context, list, stack};
use worker::Worker;

pub use external::{external_begins, external_ends};
pub use runnable::{ready, yield_now};
pub use safepoint::{
    StoppedWorld, for_each_running, for_each_system_stack, stop_the_world, try_stop_the_world,
};

/// Everything that the workers share.
#[derive(Debug)]
pub struct Scheduler {
    /// All workers; never grows or shrinks.
    pub workers: Box<[Worker]>,
    /// Where idle workers wait for sockets.
    pub poller: Poller,
}

static SCHEDULER: OnceLock<Scheduler> = OnceLock::new();

/// The scheduler; it has been started when any goroutine runs.
#[must_use]
pub fn scheduler() -> &'static Scheduler {
    SCHEDULER
        .get()
        .unwrap_or_else(|| fatal("the runtime was called before it was started"))
}

/// Whether `start` was called.
#[must_use]
pub fn is_started() -> bool {
    SCHEDULER.get().is_some()
}

/// Sets up the workers' shared parts. Their threads start with [`start_threads`].
pub fn start(config: Config) {
    let Some(poller) = Poller::new() else {
        fatal("no descriptors left to start the scheduler with");
    };
    let workers = (0..config.procs).map(Worker::new).collect();
    if SCHEDULER.set(Scheduler { workers, poller }).is_err() {
        fatal("the scheduler was started twice");
    }
}

/// Starts a thread for each worker.
pub fn start_threads() {
    for worker in &scheduler().workers {
        worker::spawn_thread(worker);
    }
}

/// Makes a goroutine that will run `code(env)` and puts it into a queue. `created_at` is the return
/// address of the `go` statement.
pub fn spawn(code: u64, env: u64, created_at: u64) -> u64 {
    spawn_known(code, env, created_at, |_| {})
}

/// The same; `knows` is told the goroutine's number before it runs.
#[inline(always)]
pub fn spawn_known(code: u64, env: u64, created_at: u64, knows: impl FnOnce(u64)) -> u64 {
    let goroutine = list::create();
    // SAFETY: fresh, and nobody else follows the pointer while the world does not stand still.
    let (one, id) = unsafe {
        let one = &mut *goroutine;
        one.created_at = created_at;
        one.operation.words[0] = code;
        one.operation.words[1] = env;
        one.resume = Some(first_turn);
        let id = one.id();
        (goroutine, id)
    };
    knows(id);
    runnable::begin(one);
    id
}

/// Gives a goroutine its stack when it runs first, so that waiting to run costs none.
unsafe fn first_turn(goroutine: &mut G) -> crate::task::Park {
    if !stack::allocate_first(goroutine) {
        crate::gc::out_of_memory("a goroutine's stack");
    }
    let [code, env, ..] = goroutine.operation.words;
    goroutine.operation.words = Default::default();
    // SAFETY: the stack is new.
    goroutine.sp = unsafe { context::initial_context(stack::first_top(goroutine), code, env) };
    crate::task::Park::ready(0)
}

/// Frees what an ended goroutine had.
///
/// # Safety
/// It ran on this worker, which is on its system stack.
pub unsafe fn goroutine_ended(goroutine: *mut G) {
    // SAFETY: as the caller promises.
    unsafe {
        stack::free_all(&mut *goroutine);
        list::destroy(goroutine);
    }
}

/// Ends the process at once with a constant message: the runtime cannot go on.
pub fn fatal(message: &str) -> ! {
    crate::process::fatal(message)
}
