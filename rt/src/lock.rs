//! The runtime's lock: one word, never poisoned, with a rank. Debug builds check that locks are
//! taken in the order of their ranks, so that no two threads can wait for each other.
//! Never: held while a goroutine is switched, while cells are allocated, or at a safepoint.

use core::cell::UnsafeCell;
use core::ops::{Deref, DerefMut};

use crate::os::futex;
use crate::prim::{AtomicU32, Ordering};

/// Order in which locks may be taken: a thread that holds one may only take later ones. Equal
/// ranks may be held together where the code orders them by address.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[repr(u8)]
pub enum Rank {
    /// Who stops the world.
    World,
    /// A channel's word.
    Channel,
    /// A bucket of waiters on addresses.
    WaitBucket,
    /// Signal subscriptions.
    Signals,
    /// One descriptor.
    Descriptor,
    /// The table of descriptors.
    Descriptors,
    /// The timers.
    Timers,
    /// The pool for blocking calls.
    Blocking,
    /// Who sleeps.
    Idle,
    /// The global run queue.
    Inject,
    /// The list of all goroutines.
    Goroutines,
    /// Free first chunks of stacks.
    StackSlab,
    /// Buffers of printed text.
    Print,
    /// The heap's shared parts.
    Heap,
    /// What collections did.
    History,
    /// Profiles.
    Profile,
}

const FREE: u32 = 0;
const HELD: u32 = 1;
/// Held, and someone may sleep on the word.
const CONTENDED: u32 = 2;
/// Looks at a lock that is held before a thread sleeps on it.
const LOOKS: u32 = if cfg!(loom) { 1 } else { 5 };
/// Pauses before the first look, one or two microseconds; each of the next three looks comes after twice as
/// many. Who looks takes the line of memory from who holds the lock and works beside it; with a look after
/// each pause two workers that use one channel take three times as long (`bench/runtime`: fan, select).
const PAUSES: u32 = if cfg!(loom) { 1 } else { 100 };
const DOUBLINGS: u32 = 3;

/// The bare lock: `FREE -> HELD` (taken), `HELD -> CONTENDED` (someone sleeps), `* -> FREE`.
/// All zero bits is a free lock, so it may lie in a zeroed cell.
#[derive(Debug)]
#[repr(transparent)]
pub struct WordLock(AtomicU32);

impl WordLock {
    /// A free lock.
    #[must_use]
    pub const fn new() -> Self {
        WordLock(AtomicU32::new(FREE))
    }

    /// Takes it.
    pub fn lock(&self, rank: Rank) {
        order::taken(rank);
        // ORDERING: acquire pairs with the release in `unlock`.
        if self
            .0
            .compare_exchange(FREE, HELD, Ordering::Acquire, Ordering::Relaxed)
            .is_err()
        {
            self.lock_slow();
        }
    }

    #[cold]
    fn lock_slow(&self) {
        for look in 0..LOOKS {
            (0..PAUSES << look.min(DOUBLINGS)).for_each(|_| core::hint::spin_loop());
            let taken = self.0.load(Ordering::Relaxed) == FREE
                // ORDERING: as in `lock`.
                && self.0.compare_exchange(FREE, HELD, Ordering::Acquire, Ordering::Relaxed).is_ok();
            if taken {
                return;
            }
        }
        // ORDERING: as in `lock`.
        while self.0.swap(CONTENDED, Ordering::Acquire) != FREE {
            futex::wait(&self.0, CONTENDED, None);
        }
    }

    /// Gives it back. The caller holds it.
    pub fn unlock(&self, rank: Rank) {
        order::given_back(rank);
        // ORDERING: release pairs with the acquire in `lock`.
        if self.0.swap(FREE, Ordering::Release) == CONTENDED {
            futex::wake(&self.0, 1);
        }
    }
}

impl Default for WordLock {
    fn default() -> Self {
        Self::new()
    }
}

/// A value behind a lock with a rank.
#[derive(Debug)]
pub struct Ranked<T> {
    rank: Rank,
    word: WordLock,
    value: UnsafeCell<T>,
}

// SAFETY: the lock gives one thread at a time access.
unsafe impl<T: Send> Sync for Ranked<T> {}
// SAFETY: it owns its value.
unsafe impl<T: Send> Send for Ranked<T> {}

impl<T> Ranked<T> {
    /// A free lock around `value`.
    pub const fn new(rank: Rank, value: T) -> Self {
        Ranked {
            rank,
            word: WordLock::new(),
            value: UnsafeCell::new(value),
        }
    }

    /// Waits for the lock.
    pub fn lock(&self) -> Held<'_, T> {
        self.word.lock(self.rank);
        Held { lock: self }
    }
}

/// The lock is held as long as this lives.
#[derive(Debug)]
pub struct Held<'a, T> {
    lock: &'a Ranked<T>,
}

impl<T> Deref for Held<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        // SAFETY: the lock is held.
        unsafe { &*self.lock.value.get() }
    }
}

impl<T> DerefMut for Held<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: the lock is held, by this guard alone.
        unsafe { &mut *self.lock.value.get() }
    }
}

impl<T> Drop for Held<'_, T> {
    fn drop(&mut self) {
        self.lock.word.unlock(self.lock.rank);
    }
}

/// Sleep and wake-up around a [`Ranked`] lock.
#[derive(Debug)]
pub struct Condition(AtomicU32);

impl Condition {
    /// Nobody waits.
    #[must_use]
    pub const fn new() -> Self {
        Condition(AtomicU32::new(0))
    }

    /// Gives the lock back, sleeps until a wake-up, the time is over or for no reason, and takes
    /// the lock again.
    pub fn wait<'a, T>(&self, held: Held<'a, T>, timeout_ns: Option<u64>) -> Held<'a, T> {
        // ORDERING: the lock's release orders this load before a waker's change, which happens
        // under the lock.
        let seen = self.0.load(Ordering::Relaxed);
        let lock = held.lock;
        drop(held);
        futex::wait(&self.0, seen, timeout_ns);
        lock.lock()
    }

    /// Wakes all. Called with the lock held, or after a change made under it.
    pub fn wake_all(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
        futex::wake(&self.0, u32::MAX);
    }

    /// Wakes one.
    pub fn wake_one(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
        futex::wake(&self.0, 1);
    }
}

impl Default for Condition {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(all(debug_assertions, not(loom)))]
mod order {
    use super::Rank;
    use core::cell::Cell;

    std::thread_local! {
        /// How many locks of each rank this thread holds.
        static HELD: Cell<[u8; 16]> = const { Cell::new([0; 16]) };
    }

    pub(super) fn taken(rank: Rank) {
        HELD.with(|held| {
            let mut counts = held.get();
            let later = counts[rank as usize + 1..].iter().any(|count| *count != 0);
            assert!(
                !later,
                "lock {rank:?} taken while a later one is held: {counts:?}"
            );
            counts[rank as usize] += 1;
            held.set(counts);
        });
    }

    pub(super) fn given_back(rank: Rank) {
        HELD.with(|held| {
            let mut counts = held.get();
            counts[rank as usize] -= 1;
            held.set(counts);
        });
    }
}

#[cfg(not(all(debug_assertions, not(loom))))]
mod order {
    use super::Rank;

    pub(super) fn taken(_rank: Rank) {}

    pub(super) fn given_back(_rank: Rank) {}
}
