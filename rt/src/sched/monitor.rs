//! The monitor: a thread that sees to it that no goroutine keeps a worker for long, that somebody
//! looks at timers and sockets, and that printed text does not wait.
//! Never: touches goroutines or cells; it reads figures, asks and wakes. Sleeps while all workers do.

use crate::os::futex;
use crate::prim::{AtomicU32, Ordering};
use crate::sched::worker::state;
use crate::sched::{idle, runnable, safepoint, scheduler};
use crate::time::clock;

const TICK_NS: u64 = 1_000_000;
/// Ticks that a turn may last before its goroutine is asked to let others run.
const TURN_TICKS: u32 = 10;
/// Ticks between two looks at printed text.
const FLUSH_TICKS: u32 = 80;
/// Ticks in which nobody ran before the monitor sleeps too.
const QUIET_TICKS: u32 = 20;
/// Ticks, or sleeps, between two looks at the heap.
const LOOK_TICKS: u32 = 8;

/// 1 while the monitor sleeps until a worker wakes up.
static ASLEEP: AtomicU32 = AtomicU32::new(0);

/// A worker woke up.
pub fn wake() {
    if ASLEEP.load(Ordering::Relaxed) == 0 {
        return;
    }
    if ASLEEP.swap(0, Ordering::Relaxed) == 1 {
        futex::wake(&ASLEEP, 1);
    }
}

#[derive(Clone, Copy, Default)]
struct Seen {
    turns: u32,
    ticks: u32,
}

/// The monitor's loop, on a thread of its own.
pub fn run() -> ! {
    let workers = &scheduler().workers;
    let mut seen = vec![Seen::default(); workers.len()];
    let never = AtomicU32::new(0);
    let (mut quiet, mut unflushed, mut looks) = (0, 0, 0);
    loop {
        futex::wait(&never, 0, Some(TICK_NS));
        looks += 1;
        if looks >= LOOK_TICKS {
            looks = 0;
            if crate::gc::is_calm(clock::now()) {
                idle::wake_any();
            }
        }
        let (mut running, mut neglects, mut ended) = (0, false, 0u32);
        for (worker, seen) in workers.iter().zip(&mut seen) {
            let turns = worker.turns.load(Ordering::Relaxed);
            let runs = worker.state.load(Ordering::Relaxed) == state::RUNNING;
            running += u32::from(runs);
            ended = ended.wrapping_add(turns.wrapping_sub(seen.turns));
            worker
                .pace
                .store(turns.wrapping_sub(seen.turns), Ordering::Relaxed);
            // What was to run next waits for a goroutine that does not park, or turns are no longer short.
            neglects |= turns == seen.turns && worker.has_next() || worker.has_spare();
            if !runs || turns != seen.turns {
                *seen = Seen { turns, ticks: 0 };
                continue;
            }
            seen.ticks += 1;
            if seen.ticks.is_multiple_of(TURN_TICKS) {
                safepoint::ask_for_yield(worker);
            }
        }
        runnable::note_turns(ended);
        unflushed += 1;
        if unflushed >= FLUSH_TICKS {
            unflushed = 0;
            crate::io::flush_tick();
        }
        if neglects {
            idle::wake_one();
        }
        if running > 0 {
            quiet = 0;
            // Someone sleeps and nobody waits for sockets: the poller left to run a goroutine.
            if idle::sleeping() > 0 && !idle::is_polling() {
                idle::wake_any();
            }
            continue;
        }
        quiet += 1;
        if quiet >= QUIET_TICKS {
            crate::io::flush_tick();
            ASLEEP.store(1, Ordering::Relaxed);
            // A worker that woke up just before saw no sleeping monitor; the time limit covers it.
            futex::wait(&ASLEEP, 1, Some(50 * TICK_NS));
            ASLEEP.store(0, Ordering::Relaxed);
        }
    }
}
