//! When to collect: so that marking is done when the heap has grown to a factor of what was alive,
//! earlier when a limit is near. Marking begins ahead of that by what was allocated during the
//! last one, and something more; allocations that run ahead of it must help.
//! Keeps: marking is done when the heap is as large as the factor says, and collections never follow
//! one another without some allocation between them. Never: collects itself.
//! Read next: `collect.rs`, which asks at each slow path of an allocation.

use super::cycle::Kind;
use crate::prim::{AtomicBool, AtomicUsize, Ordering};

/// A heap smaller than this is not worth a collection, unless the settings say otherwise.
pub const HEAP_BYTES_MIN: usize = 4 << 20;
/// Allocation between two collections, however near the limit is.
const STEP_BYTES_MIN: usize = 1 << 20;

/// What a user can set.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Heap at the next collection over live heap, in percent.
    pub target_percent: usize,
    /// Soft limit of the process's memory in bytes; without one that of the container counts.
    pub limit: Option<usize>,
    /// No collection before the heap is as large as this.
    pub heap_bytes_min: usize,
    /// Collect at every chance.
    pub is_stress: bool,
}

impl Settings {
    /// Without any wishes.
    pub const DEFAULT: Settings = Settings {
        target_percent: 150,
        limit: None,
        heap_bytes_min: HEAP_BYTES_MIN,
        is_stress: false,
    };
}

/// What a collection left.
#[derive(Clone, Copy, Debug)]
pub struct Survived {
    /// Bytes that the last major collection left.
    pub base: usize,
    /// Bytes that count as alive now: these, and what survived since.
    pub old: usize,
    /// How far the heap may grow above `base`.
    pub growth: usize,
    /// Bytes that may be allocated until the next collection is done.
    pub until_next: usize,
}

impl Survived {
    /// Whether so much survived since the last major collection, or so little may be allocated, that
    /// the next one should be major.
    pub fn is_much(&self) -> bool {
        self.old - self.base > self.growth / 2 || self.until_next < self.growth / 4
    }
}

/// Settings and state; written by `configure` and at the end of each collection.
pub struct Pacer {
    target_percent: AtomicUsize,
    /// What the user set; 0 is nothing.
    limit: AtomicUsize,
    /// Bytes that the heap may have, measured when the last collection began.
    room: AtomicUsize,
    heap_min: AtomicUsize,
    stress: AtomicBool,
    /// Size of the heap when the last major collection was done.
    base: AtomicUsize,
    /// Size of the heap when the last collection was done.
    live: AtomicUsize,
    /// Bytes handed out since then, whole blocks' worth at once.
    allocated: AtomicUsize,
    /// Bytes handed out before that.
    allocated_before: AtomicUsize,
    /// `allocated` at which to begin to mark.
    trigger: AtomicUsize,
    /// `allocated` at which marking should be done.
    goal: AtomicUsize,
    /// `allocated` when marking began.
    begun_at: AtomicUsize,
    /// Bytes that may be alive and that it has to mark.
    to_mark: AtomicUsize,
    /// Bytes marked since then.
    marked: AtomicUsize,
    /// Bytes allocated while the last collection of each kind marked.
    last_run: [AtomicUsize; 2],
    /// A [`Kind`]: of the next one.
    next: AtomicUsize,
}

impl Default for Pacer {
    fn default() -> Self {
        Self::new()
    }
}

impl Pacer {
    /// The defaults.
    pub const fn new() -> Pacer {
        Pacer {
            target_percent: AtomicUsize::new(Settings::DEFAULT.target_percent),
            limit: AtomicUsize::new(0),
            room: AtomicUsize::new(usize::MAX),
            heap_min: AtomicUsize::new(Settings::DEFAULT.heap_bytes_min),
            stress: AtomicBool::new(false),
            base: AtomicUsize::new(0),
            live: AtomicUsize::new(0),
            allocated: AtomicUsize::new(0),
            allocated_before: AtomicUsize::new(0),
            trigger: AtomicUsize::new(HEAP_BYTES_MIN),
            goal: AtomicUsize::new(HEAP_BYTES_MIN + STEP_BYTES_MIN),
            begun_at: AtomicUsize::new(0),
            to_mark: AtomicUsize::new(0),
            marked: AtomicUsize::new(0),
            last_run: [const { AtomicUsize::new(0) }; 2],
            next: AtomicUsize::new(Kind::Major as usize),
        }
    }

    /// Changes the settings, from now on.
    pub fn configure(&self, settings: Settings) {
        self.target_percent
            .store(settings.target_percent.max(105), Ordering::Relaxed);
        self.limit.store(
            settings.limit.map_or(0, |limit| limit.max(1)),
            Ordering::Relaxed,
        );
        self.heap_min
            .store(settings.heap_bytes_min, Ordering::Relaxed);
        self.stress.store(settings.is_stress, Ordering::Relaxed);
        self.set_trigger(self.live.load(Ordering::Relaxed));
    }

    /// The limit that the user set, or 0.
    pub fn limit(&self) -> usize {
        self.limit.load(Ordering::Relaxed)
    }

    /// Sets it; gives the one before.
    pub fn set_limit(&self, bytes: usize) -> usize {
        self.limit.swap(bytes, Ordering::Relaxed)
    }

    /// Says how much the heap may have. That is measured when a collection begins: it costs some file
    /// reads, too many for the start of a program that never collects.
    pub fn set_room(&self, bytes: usize) {
        let before = self.room.swap(bytes, Ordering::Relaxed);
        // While one is under way its end sets the next trigger.
        if bytes != before && self.begun_at.load(Ordering::Relaxed) == 0 {
            self.set_trigger(self.live.load(Ordering::Relaxed));
        }
    }

    /// Counts cells that were made available to a worker.
    pub fn add_allocated(&self, bytes: usize) {
        self.allocated.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Whether it is time to begin.
    pub fn is_due(&self) -> bool {
        self.allocated.load(Ordering::Relaxed) >= self.trigger.load(Ordering::Relaxed)
    }

    /// Whether every chance to collect is taken.
    pub fn is_stress(&self) -> bool {
        self.stress.load(Ordering::Relaxed)
    }

    /// Marking begins.
    pub fn begin(&self, kind: Kind) {
        let allocated = self.allocated.load(Ordering::Relaxed);
        let old = match kind {
            Kind::Major => self.live.load(Ordering::Relaxed),
            Kind::Minor => 0,
        };
        self.to_mark.store(old + allocated, Ordering::Relaxed);
        self.begun_at.store(allocated, Ordering::Relaxed);
        self.marked.store(0, Ordering::Relaxed);
    }

    /// So many bytes were marked since it began.
    pub fn set_marked(&self, bytes: usize) {
        self.marked.store(bytes, Ordering::Relaxed);
    }

    /// Whether the heap is as large as it should become.
    pub fn is_over(&self) -> bool {
        self.allocated.load(Ordering::Relaxed) >= self.end()
    }

    /// Whether less was marked than must be by now, so that all is when the goal is reached.
    pub fn is_behind(&self) -> bool {
        let begun_at = self.begun_at.load(Ordering::Relaxed);
        let used = self.allocated.load(Ordering::Relaxed) - begun_at;
        let room = self.end() - begun_at;
        let work = self.to_mark.load(Ordering::Relaxed);
        let wanted = work as f64 * used as f64 / room as f64;
        (self.marked.load(Ordering::Relaxed) as f64) < wanted
    }

    /// `allocated` at which marking should be done: the goal, or later when it began late.
    fn end(&self) -> usize {
        let least = self.begun_at.load(Ordering::Relaxed) + STEP_BYTES_MIN;
        self.goal.load(Ordering::Relaxed).max(least)
    }

    /// A collection marked `marked` bytes: begins to count anew.
    pub fn collected(&self, kind: Kind, marked: usize) -> Survived {
        let allocated = self.allocated.swap(0, Ordering::Relaxed);
        self.allocated_before
            .fetch_add(allocated, Ordering::Relaxed);
        // What was allocated meanwhile counts as alive.
        let meanwhile = allocated - self.begun_at.swap(0, Ordering::Relaxed);
        self.last_run[kind as usize].store(meanwhile, Ordering::Relaxed);
        let mut old = marked + meanwhile;
        match kind {
            Kind::Major => self.base.store(old, Ordering::Relaxed),
            Kind::Minor => old += self.live.load(Ordering::Relaxed),
        }
        self.live.store(old, Ordering::Relaxed);
        Survived {
            base: self.base.load(Ordering::Relaxed),
            old,
            growth: self.growth(),
            until_next: self.set_trigger(old),
        }
    }

    /// Of which kind the next one is.
    pub fn next_kind(&self) -> Kind {
        match self.next.load(Ordering::Relaxed) {
            major if major == Kind::Major as usize => Kind::Major,
            _ => Kind::Minor,
        }
    }

    /// Says of which kind the next one will be.
    pub fn expect(&self, kind: Kind) {
        self.next.store(kind as usize, Ordering::Relaxed);
        self.set_trigger(self.live.load(Ordering::Relaxed));
    }

    /// Bytes alive at the last collection, plus those handed out since.
    pub fn heap_bytes(&self) -> usize {
        self.live.load(Ordering::Relaxed) + self.allocated.load(Ordering::Relaxed)
    }

    /// Bytes handed out since the start.
    pub fn allocated_total(&self) -> usize {
        self.allocated_before.load(Ordering::Relaxed) + self.allocated.load(Ordering::Relaxed)
    }

    /// How far the heap may grow above what the last major collection left.
    fn growth(&self) -> usize {
        let base = self.base.load(Ordering::Relaxed);
        let grown = base / 100 * (self.target_percent.load(Ordering::Relaxed) - 100);
        let heap_min = self.heap_min.load(Ordering::Relaxed);
        grown.max(heap_min.saturating_sub(base))
    }

    fn set_trigger(&self, live: usize) -> usize {
        let end = self.base.load(Ordering::Relaxed) + self.growth();
        let wanted = end.saturating_sub(live).max(STEP_BYTES_MIN);
        let room = self.room.load(Ordering::Relaxed).saturating_sub(live);
        // Blocks are not filled evenly: a tenth of the limit stays free for that.
        let goal = wanted.min(room / 10 * 9).max(STEP_BYTES_MIN);
        let last_run = self.last_run[self.next.load(Ordering::Relaxed)].load(Ordering::Relaxed);
        let ahead = (last_run + last_run / 4).clamp(goal / 8, goal / 8 * 5);
        self.goal.store(goal, Ordering::Relaxed);
        self.trigger.store(goal - ahead, Ordering::Relaxed);
        goal
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_for_growth_but_minds_the_limit() {
        let pacer = Pacer::new();
        pacer.add_allocated(HEAP_BYTES_MIN - 1);
        assert!(!pacer.is_due());
        pacer.add_allocated(1);
        assert!(pacer.is_due());
        pacer.begin(Kind::Major);
        assert_eq!(pacer.collected(Kind::Major, 100 << 20).until_next >> 20, 50);
        let settings = Settings {
            target_percent: 200,
            ..Settings::DEFAULT
        };
        pacer.configure(settings);
        assert_eq!(
            pacer.collected(Kind::Major, 100 << 20).until_next >> 20,
            100
        );
        pacer.set_room(110 << 20);
        assert_eq!(pacer.collected(Kind::Major, 100 << 20).until_next >> 20, 9);
        assert_eq!(
            pacer.collected(Kind::Major, 200 << 20).until_next,
            STEP_BYTES_MIN
        );
        assert_eq!(pacer.allocated_total(), HEAP_BYTES_MIN);
    }

    #[test]
    fn allocations_that_run_ahead_of_marking_must_help() {
        let pacer = Pacer::new();
        pacer.begin(Kind::Major);
        pacer.collected(Kind::Major, 100 << 20);
        // Half of the heap's size may be allocated; an eighth of that while it marks.
        pacer.add_allocated(43 << 20);
        assert!(!pacer.is_due());
        pacer.add_allocated(1 << 20);
        assert!(pacer.is_due());
        pacer.begin(Kind::Major);
        assert!(!pacer.is_behind());
        pacer.add_allocated(3 << 20);
        assert!(pacer.is_behind() && !pacer.is_over());
        pacer.set_marked(80 << 20);
        assert!(!pacer.is_behind());
        pacer.add_allocated(4 << 20);
        assert!(pacer.is_behind() && pacer.is_over());
        // Seven MiB were allocated meanwhile: the next one begins earlier.
        assert_eq!(pacer.collected(Kind::Major, 100 << 20).until_next >> 20, 53);
        pacer.add_allocated(44 << 20);
        assert!(!pacer.is_due());
        pacer.add_allocated(1 << 20);
        assert!(pacer.is_due());
    }
}
