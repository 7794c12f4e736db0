//! What ended goroutines leave for new ones (their places in the list, their stacks), as chains of free
//! things: each worker has two, so that neither of two that start and end goroutines for each other waits for
//! a lock more often than once a chain. What was freed last is used first, while it is in the cache.
//! Keeps: a thing's link is a word of its own, whose address stands for it. Never: looks at the rest of it.

use std::ptr;

/// Most things in one chain.
pub const CHAIN_MAX: u32 = if cfg!(loom) { 1 } else { 64 };

/// Free things, linked from the one that was freed last.
#[derive(Clone, Copy, Debug)]
pub struct Chain {
    first: *mut u64,
    count: u32,
}

// SAFETY: the things in a chain belong to who has it.
unsafe impl Send for Chain {}

impl Chain {
    const EMPTY: Chain = Chain {
        first: ptr::null_mut(),
        count: 0,
    };

    /// How many.
    #[must_use]
    pub fn count(self) -> u32 {
        self.count
    }

    /// # Safety
    /// `link` is a word of a thing that is the caller's.
    pub unsafe fn push(&mut self, link: *mut u64) {
        // SAFETY: as the caller promises.
        unsafe { *link = self.first as u64 };
        self.first = link;
        self.count += 1;
    }

    /// The link of the thing that was freed last.
    pub fn pop(&mut self) -> Option<*mut u64> {
        let link = self.first;
        if link.is_null() {
            return None;
        }
        // SAFETY: links of free things hold the next one's address.
        self.first = unsafe { *link } as *mut u64;
        self.count -= 1;
        Some(link)
    }
}

/// A worker's own.
#[derive(Debug)]
pub struct Stash {
    used: Chain,
    /// A whole one, or none: without it, one more or one less than a chain would go to the lock and back.
    spare: Chain,
}

impl Stash {
    /// With nothing in it.
    #[must_use]
    pub const fn new() -> Self {
        Stash {
            used: Chain::EMPTY,
            spare: Chain::EMPTY,
        }
    }

    /// Takes the link of the thing that was freed last.
    #[inline]
    pub fn take(&mut self) -> Option<*mut u64> {
        if self.used.first.is_null() {
            std::mem::swap(&mut self.used, &mut self.spare);
        }
        self.used.pop()
    }

    /// Adds a thing. Gives a chain that is to go to the others.
    ///
    /// # Safety
    /// As [`Chain::push`].
    #[inline]
    pub unsafe fn give(&mut self, link: *mut u64) -> Option<Chain> {
        let mut left = None;
        if self.used.count == CHAIN_MAX {
            left = (self.spare.count > 0).then_some(self.spare);
            self.spare = std::mem::replace(&mut self.used, Chain::EMPTY);
        }
        // SAFETY: passed on to the caller.
        unsafe { self.used.push(link) };
        left
    }

    /// Adds a chain from the others. Nothing is in it.
    pub fn refill(&mut self, chain: Chain) {
        debug_assert!(self.used.count == 0);
        self.used = chain;
    }
}

impl Default for Stash {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::{CHAIN_MAX, Stash};
    use std::collections::BTreeSet;

    #[test]
    fn the_last_comes_first_and_none_is_lost() {
        let mut things = vec![0u64; 5 * CHAIN_MAX as usize];
        let (mut stash, mut left) = (Stash::new(), Vec::new());
        for thing in &mut things {
            // SAFETY: the test's own word.
            left.extend(unsafe { stash.give(thing) });
        }
        let mut taken = BTreeSet::new();
        assert_eq!(
            stash.take(),
            Some(&raw mut things[5 * CHAIN_MAX as usize - 1])
        );
        taken.insert(&raw mut things[5 * CHAIN_MAX as usize - 1]);
        loop {
            while let Some(link) = stash.take() {
                assert!(taken.insert(link));
            }
            let Some(chain) = left.pop() else { break };
            assert_eq!(chain.count(), CHAIN_MAX);
            stash.refill(chain);
        }
        assert_eq!(taken.len(), things.len());
    }

    #[test]
    fn one_more_and_one_less_stays() {
        let mut things = vec![0u64; CHAIN_MAX as usize + 1];
        let (last, most) = things.split_last_mut().unwrap();
        let mut stash = Stash::new();
        for thing in most {
            // SAFETY: the test's own word.
            assert!(unsafe { stash.give(thing) }.is_none());
        }
        for _ in 0..10 {
            // SAFETY: as above.
            assert!(unsafe { stash.give(last) }.is_none());
            assert_eq!(stash.take(), Some(&raw mut *last));
        }
    }
}
