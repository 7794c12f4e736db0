//! What each worker keeps to itself of goroutines: places and stacks of ended ones, and how many it started
//! and ended. Keeps: only its worker changes it; others read `balance`.

use std::ptr;

use crate::prim::{AtomicI64, AtomicPtr, Ordering, shared};
use crate::task::list::Fresh;
use crate::task::slab::Pieces;
use crate::task::stash::Stash;
use crate::task::tls;

/// One worker's. Two lines of the cache each, which no other worker writes.
#[derive(Debug)]
#[repr(align(128))]
pub struct Own {
    /// Places of ended goroutines.
    pub ended: Stash,
    /// Places that were never used.
    pub fresh: Fresh,
    /// Stacks of the two sizes.
    pub small: Pieces,
    /// See `small`.
    pub large: Pieces,
    balance: AtomicI64,
    /// The worker's that attached before.
    next: *mut Own,
}

// SAFETY: what is in it belongs to who has it.
unsafe impl Send for Own {}

shared! {
    static ALL: AtomicPtr<Own> = AtomicPtr::new(ptr::null_mut());
}

/// This thread is a worker from now on.
pub fn attach_worker() {
    let own = Box::into_raw(Box::new(Own::new()));
    // ORDERING: release publishes it to `balance`, acquire what those before it point at.
    let _ = ALL.fetch_update(Ordering::AcqRel, Ordering::Acquire, |before| {
        // SAFETY: nobody knows it yet.
        unsafe { (*own).next = before };
        Some(own)
    });
    // SAFETY: this thread's block.
    unsafe { (*tls::block()).own = own };
}

/// This worker's; none on a thread that is no worker.
#[inline]
pub fn own<'a>() -> Option<&'a mut Own> {
    // SAFETY: only this thread uses it, and what has it calls nothing that asks for it again; it is never
    // freed.
    unsafe { (*tls::block()).own.as_mut() }
}

impl Own {
    /// With nothing in it.
    #[must_use]
    pub const fn new() -> Self {
        Own {
            ended: Stash::new(),
            fresh: Fresh::NONE,
            small: Pieces::new(),
            large: Pieces::new(),
            balance: AtomicI64::new(0),
            next: ptr::null_mut(),
        }
    }

    /// A goroutine more (1) or less (-1).
    #[inline]
    pub fn count(&self, change: i64) {
        let balance = self.balance.load(Ordering::Relaxed) + change;
        self.balance.store(balance, Ordering::Relaxed);
    }
}

/// Goroutines that workers started less those that they ended.
#[must_use]
pub fn balance() -> i64 {
    let mut sum = 0;
    // ORDERING: acquire pairs with `attach_worker`.
    let mut next = ALL.load(Ordering::Acquire);
    while !next.is_null() {
        // SAFETY: they are never freed. Fields that their workers change are left alone.
        unsafe {
            sum += (*next).balance.load(Ordering::Relaxed);
            next = (*next).next;
        }
    }
    sum
}

impl Default for Own {
    fn default() -> Self {
        Self::new()
    }
}
