//! Whether the next collection is a minor one: when it is likely to cost less than a major one, and
//! what survived since the last major one, much of which may be dead by now, is not too much.
//! Keeps: what stores cost that had to be looked at is held against what marking would have cost.
//! Never: looks at cells. Read next: `cycle.rs`, which asks.

use super::cycle::Kind;
use super::pacer::Survived;

/// Work of marking, in words, that is not worth a minor collection.
const WORK_MIN: usize = 1 << 14;
/// What a store that comes to the barrier costs, in words of marking: about five nanoseconds.
const STORE_WORK: usize = 5;
/// Most major collections after which minor ones are tried again.
const PAUSE_MAX: u32 = 16;

/// Whether minor collections are made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u32)]
pub enum Minors {
    /// Never.
    Never = 0,
    /// When they are likely to pay.
    Paying = 1,
    /// Four of five, for tests.
    Often = 2,
}

impl Minors {
    /// The one with this number.
    pub fn of(number: u32) -> Minors {
        match number {
            0 => Minors::Never,
            1 => Minors::Paying,
            _ => Minors::Often,
        }
    }
}

/// What is kept from one collection to the next.
#[derive(Clone, Copy, Debug)]
pub struct Generation {
    /// Stores that came to the barrier before the collection that is under way.
    pub stores: usize,
    /// Work that marking everything would be.
    work: usize,
    /// Major collections to make before the next minor one.
    pause: u32,
    /// As many as the next time that minor ones do not pay.
    next_pause: u32,
}

impl Default for Generation {
    fn default() -> Self {
        Self::new()
    }
}

impl Generation {
    /// Before the first collection.
    pub const fn new() -> Generation {
        Generation {
            stores: 0,
            work: 0,
            pause: 0,
            next_pause: 1,
        }
    }

    /// After a collection that looked at so many words: the kind of the next one.
    pub fn next(&mut self, ended: Kind, work: usize, survived: &Survived) -> Kind {
        if ended == Kind::Major {
            self.work = work;
            if self.pause > 0 {
                self.pause -= 1;
                return Kind::Major;
            }
        } else {
            self.work += work;
            if self.stores * STORE_WORK > self.work {
                self.pause = self.next_pause;
                self.next_pause = (2 * self.next_pause).min(PAUSE_MAX);
                return Kind::Major;
            }
            self.next_pause = 1;
        }
        if self.work < WORK_MIN || survived.is_much() {
            return Kind::Major;
        }
        Kind::Minor
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    const MIB: usize = 1 << 20;

    fn survived(since_major: usize) -> Survived {
        Survived {
            base: 100 * MIB,
            old: 100 * MIB + since_major,
            growth: 50 * MIB,
            until_next: 50 * MIB - since_major,
        }
    }

    #[test]
    fn minor_ones_follow_until_much_has_survived() {
        let mut generation = Generation::new();
        assert_eq!(
            generation.next(Kind::Major, 9 * MIB, &survived(0)),
            Kind::Minor
        );
        assert_eq!(
            generation.next(Kind::Minor, MIB, &survived(10 * MIB)),
            Kind::Minor
        );
        assert_eq!(
            generation.next(Kind::Minor, MIB, &survived(26 * MIB)),
            Kind::Major
        );
        assert_eq!(
            generation.next(Kind::Major, 9 * MIB, &survived(0)),
            Kind::Minor
        );
    }

    #[test]
    fn a_small_heap_is_marked_as_a_whole() {
        let mut generation = Generation::new();
        assert_eq!(
            generation.next(Kind::Major, 1000, &survived(0)),
            Kind::Major
        );
    }

    #[test]
    fn stores_that_cost_more_than_marking_end_it_for_a_while() {
        let mut generation = Generation::new();
        for pause in [1, 2, 4, 8, 16, 16] {
            assert_eq!(generation.next(Kind::Major, MIB, &survived(0)), Kind::Minor);
            generation.stores = MIB;
            assert_eq!(generation.next(Kind::Minor, 0, &survived(0)), Kind::Major);
            for _ in 0..pause {
                assert_eq!(generation.next(Kind::Major, MIB, &survived(0)), Kind::Major);
            }
        }
    }
}
