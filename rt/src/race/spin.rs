//! A lock that compiled code may hold over one inlined instruction: it spins, and knows no ranks,
//! since nothing else is locked under it.

use core::cell::UnsafeCell;

use crate::prim::{AtomicBool, Ordering, thread};

/// Turns before the processor is left to others.
const SPINS: u32 = 200;

/// A value behind such a lock.
pub struct Spin<T> {
    held: AtomicBool,
    value: UnsafeCell<T>,
}

// SAFETY: the value is only reached while the lock is held.
unsafe impl<T: Send> Sync for Spin<T> {}

impl<T> Spin<T> {
    pub const fn new(value: T) -> Self {
        Spin {
            held: AtomicBool::new(false),
            value: UnsafeCell::new(value),
        }
    }

    /// Takes the lock if it is free.
    pub fn try_take(&self) -> bool {
        // ORDERING: acquire pairs with the release in `give_back`.
        !self.held.load(Ordering::Relaxed) && !self.held.swap(true, Ordering::Acquire)
    }

    /// Waits for the lock. On a large stack.
    pub fn take(&self) {
        let mut turns = 0;
        while !self.try_take() {
            turns += 1;
            if turns % SPINS == 0 {
                thread::yield_now();
            }
            core::hint::spin_loop();
        }
    }

    /// Gives the lock back.
    pub fn give_back(&self) {
        // ORDERING: release pairs with the acquire in `try_take`.
        self.held.store(false, Ordering::Release);
    }

    /// The value.
    ///
    /// # Safety
    /// The caller holds the lock, and nobody else uses what it got by it.
    #[expect(clippy::mut_from_ref, reason = "the lock is what makes it unique")]
    pub unsafe fn value(&self) -> &mut T {
        // SAFETY: as the caller promises.
        unsafe { &mut *self.value.get() }
    }

    /// Calls `f` with the value while the lock is held.
    pub fn with<R>(&self, f: impl FnOnce(&mut T) -> R) -> R {
        self.take();
        // SAFETY: the lock is held.
        let result = f(unsafe { self.value() });
        self.give_back();
        result
    }
}
