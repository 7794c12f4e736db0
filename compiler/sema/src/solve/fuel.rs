//! A bound on the work of one body, so that no program makes the compiler run forever.

use std::cell::Cell;

/// Goals that may be tried for one body or signature.
const STEPS_MAX: u32 = 400_000;

thread_local! {
    static SPENT: Cell<u32> = const { Cell::new(0) };
    static EXHAUSTED: Cell<bool> = const { Cell::new(false) };
}

/// Takes note of one goal. False: the bound is reached, and goals are given up.
pub(super) fn spend() -> bool {
    let spent = SPENT.get().saturating_add(1);
    SPENT.set(spent);
    if spent > STEPS_MAX {
        exhaust();
    }
    !is_exhausted()
}

/// Takes note that a proof has no end.
pub(super) fn exhaust() {
    EXHAUSTED.set(true);
}

/// Whether proofs are being given up.
pub(crate) fn is_exhausted() -> bool {
    EXHAUSTED.get()
}

/// Whether proofs were given up on this thread since this was asked last; the count starts anew.
/// Who asks reports it.
pub(crate) fn take_exhausted() -> bool {
    SPENT.set(0);
    EXHAUSTED.take()
}
