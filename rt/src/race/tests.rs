//! Clocks and what they order. Shadow memory and channels are tested by programs: `tests/race`.

use super::access::What;
use super::clock::Clock;
use super::shadow;
use super::task::Epoch;

fn clock(times: &[(u32, u32)]) -> Clock {
    let mut clock = Clock::new();
    for &(slot, time) in times {
        clock.set(slot, time);
    }
    clock
}

#[test]
fn a_joined_clock_has_what_both_had() {
    let mut one = clock(&[(0, 5), (2, 1)]);
    one.join(&clock(&[(0, 3), (1, 7)]));
    assert_eq!(one, clock(&[(0, 5), (1, 7), (2, 1)]));
    assert_eq!(one.time(9), 0);
}

#[test]
fn an_epoch_is_before_what_has_seen_it() {
    let seen = clock(&[(3, 4)]);
    assert!(Epoch::new(3, 4).is_before(&seen));
    assert!(!Epoch::new(3, 5).is_before(&seen));
    assert!(!Epoch::new(2, 1).is_before(&seen));
    let last = Epoch::new(u32::MAX, u32::MAX);
    assert_eq!((last.slot(), last.time()), (u32::MAX, u32::MAX));
}

#[test]
fn what_an_access_was_survives_its_word() {
    let what = What::new(u32::MAX, 0b1010_0001, true);
    assert_eq!(what.stack(), u32::MAX);
    assert_eq!(what.mask(), 0b1010_0001);
    assert!(what.wrote());
    assert!(!What::new(7, 0xFF, false).wrote());
}

#[test]
fn only_memory_that_was_handed_out_has_cells() {
    // Addresses that no mapping of this process can have.
    let address = 0x7FFF_FFFF_0000_usize | 1 << 47;
    assert!(shadow::cell(address).is_null());
    let base = (1 << 46) + (3 << 20) - 16;
    assert!(shadow::cell(base).is_null());
    // Over the end of a page of cells.
    shadow::clear(base, 40);
    let bytes = size_of::<shadow::Cell>();
    let first = shadow::cell(base) as usize;
    assert_ne!(first, 0);
    assert_eq!(shadow::cell(base + 7) as usize, first);
    assert_eq!(shadow::cell(base + 8) as usize, first + bytes);
    assert!(!shadow::cell(base + 32).is_null());
}
