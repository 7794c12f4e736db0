//! Descriptors.
use crate::os::poller::Event;

/// An event.
pub fn deliver(_event: Event) {}

/// A deadline.
pub fn deadline_passed(_handle: u64, _direction: usize) {}
