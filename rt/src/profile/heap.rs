//! The profile of the heap: of the bytes that are allocated one in 512 KiB is chosen, each with the same
//! chance, and the object that it belongs to is kept in mind with the stack that made it, until a
//! collection finds it dead.
//! Keeps: the fast path of an allocation knows nothing of it: a run of cells that has a chosen byte is
//! cut there, so that its cell is taken on the slow path (`gc/local.rs`).

use crate::gc::block::find_cell;
use crate::gc::cell::HEADER;
use crate::gc::{self, HEAP, roots};
use crate::lock::{Rank, Ranked};
use crate::prim::{AtomicUsize, Ordering};
use crate::time::clock;
use crate::trace;
use gos_pprof::{Figures, Kind, RUNTIME, Stacks, Unit};

/// Bytes between two that are chosen, on average.
const DISTANCE: usize = 512 << 10;
const FIGURES: [Unit; 4] = [
    ("alloc_objects", "count"),
    ("alloc_space", "bytes"),
    ("inuse_objects", "count"),
    ("inuse_space", "bytes"),
];

/// The average distance, or 0 while nobody wants a profile.
static WANTED: AtomicUsize = AtomicUsize::new(0);

/// When a worker's next byte is chosen.
#[derive(Debug)]
pub struct Sampler {
    /// The average distance; 0 for none.
    distance: usize,
    /// Bytes until then.
    until_next: usize,
    seed: u64,
}

impl Sampler {
    /// Of a new worker.
    pub fn new() -> Sampler {
        let mut sampler = Sampler {
            distance: 0,
            until_next: 0,
            seed: 0,
        };
        sampler.set_distance(WANTED.load(Ordering::Relaxed));
        sampler
    }

    fn set_distance(&mut self, distance: usize) {
        self.distance = distance;
        if distance != 0 {
            self.seed = crate::process::random() | 1;
            self.until_next = self.draw();
        }
    }

    /// So many bytes are handed out: how many come before the one among them that is chosen, if one is.
    #[inline]
    pub fn pass(&mut self, bytes: usize) -> Option<usize> {
        if self.distance == 0 {
            return None;
        }
        if self.until_next >= bytes {
            self.until_next -= bytes;
            return None;
        }
        let next = self.draw();
        Some(core::mem::replace(&mut self.until_next, next))
    }

    /// A distance, such that every byte has the same chance whatever was chosen before.
    #[cold]
    fn draw(&mut self) -> usize {
        self.seed ^= self.seed << 13;
        self.seed ^= self.seed >> 7;
        self.seed ^= self.seed << 17;
        let unit = ((self.seed >> 11) + 1) as f64 / (1u64 << 53) as f64;
        (-ln(unit) * self.distance as f64) as usize
    }
}

impl Default for Sampler {
    fn default() -> Self {
        Self::new()
    }
}

/// The natural logarithm to three or four digits. The C library's would be in every program.
fn ln(x: f64) -> f64 {
    let bits = x.to_bits();
    let power = (bits >> 52) as i64 - 1023;
    let mantissa = f64::from_bits(bits & ((1 << 52) - 1) | 1023 << 52);
    let z = (mantissa - 1.0) / (mantissa + 1.0);
    let square = z * z;
    let series = 2.0 * z * (1.0 + square * (1.0 / 3.0 + square * (1.0 / 5.0 + square / 7.0)));
    power as f64 * core::f64::consts::LN_2 + series
}

/// e to the power of `x`, which is not below 0, to three or four digits.
fn exp(x: f64) -> f64 {
    let part = x / 1024.0;
    let mut power = 1.0 + part * (1.0 + part * 0.5);
    for _ in 0..10 {
        power *= power;
    }
    power
}

struct Samples {
    /// Figures: how many objects were chosen, and how many of these were found dead.
    stacks: Stacks,
    /// Objects that were not found dead yet: address of the payload, number of the stack.
    objects: Vec<(usize, usize)>,
    began: i64,
}

static SAMPLES: Ranked<Samples> = Ranked::new(
    Rank::Profile,
    Samples {
        stacks: Stacks::new(),
        objects: Vec::new(),
        began: 0,
    },
);

/// From now on allocations are sampled. On a system stack or before the first worker starts.
pub fn start() {
    if WANTED.swap(DISTANCE, Ordering::Relaxed) != 0 {
        return;
    }
    super::carried::link();
    SAMPLES.lock().began = clock::wall();
    let _world = roots::stop();
    for &local in &HEAP.lock().locals {
        // SAFETY: nobody uses shares while the world stands still.
        unsafe { (*local).sampler.set_distance(DISTANCE) };
    }
}

/// An object was chosen whose cell begins here. On a system stack.
#[cold]
pub fn add(cell: usize, bytes: usize) {
    let trace = trace::of_current();
    let calls = trace.calls();
    let mut stack = [RUNTIME; trace::FRAMES_MAX];
    for (to, from) in stack.iter_mut().zip(calls) {
        *to = from - 1;
    }
    let mut samples = SAMPLES.lock();
    // What the runtime allocated for itself is its own.
    let stack = &stack[..calls.len().max(1)];
    let number = samples.stacks.number(stack, bytes as u64);
    samples.stacks.figures(number)[0] += 1;
    samples.objects.push((cell + HEADER, number));
}

/// The profile, after a collection, so that what counts as in use is. `None` unless it was begun. Not on
/// a goroutine's stack.
pub fn profile() -> Option<Vec<u8>> {
    if WANTED.load(Ordering::Relaxed) == 0 {
        return None;
    }
    gc::collect();
    let samples = SAMPLES.lock();
    let kind = Kind {
        figures: &FIGURES,
        period_unit: ("space", "bytes"),
        period: DISTANCE as u64,
        time: [samples.began as u64, (clock::wall() - samples.began) as u64],
    };
    Some(gos_pprof::encode(
        &kind,
        &samples.stacks,
        trace::table(),
        scale,
    ))
}

/// Marking ended: forgets the objects that are dead.
pub fn marked() {
    let Samples {
        stacks, objects, ..
    } = &mut *SAMPLES.lock();
    objects.retain(|&(payload, number)| {
        let is_alive = find_cell(payload).is_some_and(|place| place.block.is_marked(place.index));
        stacks.figures(number)[1] += u64::from(!is_alive);
        is_alive
    });
}

/// What the chosen objects of one size stand for: an object was chosen with a chance that is known.
fn scale(kind: &Kind, bytes: u64, [chosen, dead, ..]: Figures) -> Figures {
    // Of objects this large all are chosen.
    let share = exp((bytes as f64 / kind.period as f64).min(40.0));
    let each = share / (share - 1.0);
    let objects = |count: u64| (count as f64 * each + 0.5) as u64;
    let sizes = |count: u64| ((count * bytes) as f64 * each) as u64;
    let alive = chosen - dead;
    [objects(chosen), sizes(chosen), objects(alive), sizes(alive)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logarithms_and_powers_are_near() {
        for step in 1..1000 {
            let unit = f64::from(step) / 1000.0;
            assert!((ln(unit) - unit.ln()).abs() < 1e-4, "{unit}");
            let x = unit * 20.0;
            assert!((exp(x) / x.exp() - 1.0).abs() < 2e-3, "{x}");
        }
    }

    #[test]
    fn what_is_chosen_stands_for_what_was_allocated() {
        // Sizes of objects from far below the distance to far above it.
        for bytes in [32usize, 3000, 100 << 10, 5 << 20] {
            let mut sampler = Sampler::new();
            sampler.set_distance(DISTANCE);
            let objects = (4000 * DISTANCE / bytes).max(4000);
            let chosen = (0..objects)
                .filter(|_| sampler.pass(bytes).is_some())
                .count();
            let kind = Kind {
                figures: &FIGURES,
                period_unit: ("space", "bytes"),
                period: DISTANCE as u64,
                time: [0; 2],
            };
            let figures = scale(
                &kind,
                bytes as u64,
                [chosen as u64, chosen as u64 / 2, 0, 0],
            );
            let ratio = figures[0] as f64 / objects as f64;
            // Four thousand choices: seven times the error that is to be expected.
            assert!((ratio - 1.0).abs() < 0.11, "{bytes}: {ratio}");
            assert!((figures[2] as f64 / figures[0] as f64 - 0.5).abs() < 0.01);
            assert!((figures[1] as f64 / (objects * bytes) as f64 - 1.0).abs() < 0.12);
        }
    }
}
