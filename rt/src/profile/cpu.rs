//! The profile of what processors do: every so much processor time of a worker a signal interrupts it,
//! and the stack that it has then is counted.
//! Keeps: at most one at a time. Read next: `samples.rs`, `walk.rs`, `timer.rs`.

use super::{samples, timer, walk};
use crate::lock::{Rank, Ranked};
use crate::os::{futex, thread};
use crate::prim::AtomicU32;
use crate::sched::scheduler;
use crate::time::clock;
use crate::trace;
use gos_pprof::{Figures, Kind, LOST, Stacks, Unit};
use std::time::Duration;

/// Samples of a second of processor time, unless something else is wanted.
pub const RATE: u64 = 100;
const RATE_MAX: u64 = 1000;
/// Between two looks at the samples that came.
const LOOK: Duration = Duration::from_millis(100);
const THREAD_STACK_BYTES: usize = 128 << 10;
const FIGURES: [Unit; 2] = [("samples", "count"), ("cpu", "nanoseconds")];

/// Linux's numbers of errors.
const BUSY: i64 = 16;
const NO_MEMORY: i64 = 12;
const INVALID: i64 = 22;

struct Session {
    number: usize,
    stacks: Stacks,
    period_ns: u64,
    timers: Vec<Option<timer::Timer>>,
    wall: i64,
    began: u64,
}

struct Sessions {
    count: usize,
    current: Option<Session>,
}

static SESSIONS: Ranked<Sessions> = Ranked::new(
    Rank::Profile,
    Sessions {
        count: 0,
        current: None,
    },
);

/// Begins one: 0, or -errno.
pub fn start(rate: u64) -> i64 {
    if !(1..=RATE_MAX).contains(&rate) {
        return -INVALID;
    }
    let mut sessions = SESSIONS.lock();
    if sessions.current.is_some() {
        return -BUSY;
    }
    walk::prepare();
    if !samples::prepare() {
        return -NO_MEMORY;
    }
    crate::os::signal::catch_profile();
    let mut session = Session {
        number: sessions.count,
        stacks: Stacks::new(),
        period_ns: 1_000_000_000 / rate,
        timers: scheduler().workers.iter().map(|_| None).collect(),
        wall: clock::wall(),
        began: clock::now(),
    };
    session.look();
    if !thread::start(THREAD_STACK_BYTES, keep_looking, session.number) {
        return -NO_MEMORY;
    }
    sessions.count += 1;
    sessions.current = Some(session);
    0
}

/// Ends it: the profile, or nothing when there is none.
pub fn stop() -> Option<Vec<u8>> {
    let mut session = SESSIONS.lock().current.take()?;
    // Timers end, so that the last look sees all.
    session.timers.clear();
    session.look_at_samples();
    if samples::lost() > 0 {
        let number = session.stacks.number(&[LOST], 0);
        session.stacks.figures(number)[0] = samples::lost() as u64;
    }
    let kind = Kind {
        figures: &FIGURES,
        period_unit: FIGURES[1],
        period: session.period_ns,
        time: [session.wall as u64, clock::now() - session.began],
    };
    Some(gos_pprof::encode(
        &kind,
        &session.stacks,
        trace::table(),
        scale,
    ))
}

fn scale(kind: &Kind, _bytes: u64, figures: Figures) -> Figures {
    [figures[0], figures[0] * kind.period, 0, 0]
}

/// The loop of a session's thread.
fn keep_looking(number: usize) {
    let never = AtomicU32::new(0);
    loop {
        futex::wait(&never, 0, Some(LOOK.as_nanos() as u64));
        match &mut SESSIONS.lock().current {
            Some(session) if session.number == number => session.look(),
            _ => return,
        }
    }
}

impl Session {
    fn look(&mut self) {
        // Workers may have begun since the last look.
        for (worker, timer) in scheduler().workers.iter().zip(&mut self.timers) {
            if timer.is_none() {
                *timer = timer::Timer::start(worker, self.period_ns);
            }
        }
        self.look_at_samples();
    }

    fn look_at_samples(&mut self) {
        let stacks = &mut self.stacks;
        samples::take_all(&mut |content| {
            let number = stacks.number(content.stack(), 0);
            stacks.figures(number)[0] += u64::from(content.count);
        });
    }
}
