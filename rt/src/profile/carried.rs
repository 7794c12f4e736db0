//! Which programs carry profiles. Who starts one at the debug socket wrote no code for it, so nothing in
//! the program names what it takes, and as much again as all of a small program should not be in every
//! one. So the few operations without which hardly any program runs for long name it (`carry`): a
//! program that has none of them does not link it.
//! Keeps: what always is linked reaches the rest through `PROFILER` only.

use super::{cpu, heap};
use crate::os::futex;
use crate::prim::{AtomicBool, AtomicPtr, AtomicU32, Ordering};
use crate::task::Park;
use crate::task::context::slow_call;
use gos_convention::gossamer;
use std::ptr;

/// What other parts of the runtime call of it.
#[derive(Debug)]
pub struct Profiler {
    /// The profile that words ask for, or what is wrong.
    pub answer: fn(&[u8]) -> Result<Vec<u8>, &'static str>,
    /// `heap::add`.
    pub chosen: fn(usize, usize),
    /// `heap::marked`.
    pub marked: fn(),
}

static ALL: Profiler = Profiler {
    answer,
    chosen: heap::add,
    marked: heap::marked,
};
static PROFILER: AtomicPtr<Profiler> = AtomicPtr::new(ptr::null_mut());
/// Somebody may ask for a profile of the heap.
static IS_ASKED: AtomicBool = AtomicBool::new(false);

const SECONDS: u64 = 10;
const SECONDS_MAX: u64 = 3600;
/// Linux's number of the error when there is one already.
const BUSY: i64 = -16;

/// The profiler, once the program did something that carries it.
pub fn profiler() -> Option<&'static Profiler> {
    // SAFETY: it points at a constant, if anywhere.
    unsafe { PROFILER.load(Ordering::Relaxed).as_ref() }
}

/// Before goroutines run: the heap is to be sampled from the start.
pub fn ask() {
    IS_ASKED.store(true, Ordering::Relaxed);
}

/// Called by operations of programs that run for long.
#[inline(always)]
pub fn carry() {
    if PROFILER.load(Ordering::Relaxed).is_null() {
        begin();
    }
}

#[cold]
#[inline(never)]
fn begin() {
    // SAFETY: this thread is a worker.
    unsafe { slow_call(begin_here, 0, 0, 0, 0) };
}

#[gossamer]
unsafe extern "gossamer" fn begin_here(_: usize, _: usize, _: usize, _: usize) -> Park {
    link();
    if IS_ASKED.load(Ordering::Relaxed) {
        heap::start();
    }
    Park::ready(0)
}

/// Makes the profiler known.
pub fn link() {
    PROFILER.store((&raw const ALL).cast_mut(), Ordering::Relaxed);
}

fn answer(asked: &[u8]) -> Result<Vec<u8>, &'static str> {
    let (what, rest) = crate::debug::word(asked);
    match what {
        b"heap" => heap::profile().ok_or("the heap was not sampled\n"),
        b"cpu" => cpu_for(seconds(crate::debug::word(rest).0)),
        _ => Err("there are `profile cpu SECONDS` and `profile heap`\n"),
    }
}

fn seconds(digits: &[u8]) -> u64 {
    if !digits.first().is_some_and(u8::is_ascii_digit) {
        return SECONDS;
    }
    let add = |sum: u64, digit: &u8| sum.saturating_mul(10).saturating_add(u64::from(digit & 15));
    digits.iter().fold(0, add).min(SECONDS_MAX)
}

fn cpu_for(seconds: u64) -> Result<Vec<u8>, &'static str> {
    match cpu::start(cpu::RATE) {
        0 => {}
        BUSY => return Err("another profile is under way\n"),
        _ => return Err("this system has no timers for it\n"),
    }
    let never = AtomicU32::new(0);
    futex::wait(&never, 0, Some(seconds * 1_000_000_000));
    cpu::stop().ok_or("the program ended it\n")
}
