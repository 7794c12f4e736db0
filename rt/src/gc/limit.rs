//! The memory limit that the container sets, so that a service collects harder instead of being
//! killed.
//! Never: fails; without a readable limit there is none.

use crate::os::cgroup;

/// Share of the limit that the heap may use, in percent: the rest is for stacks and buffers.
const HEAP_PERCENT: usize = 85;

/// Soft limit of the heap that follows from the control groups; the largest number without any.
pub fn of_container() -> usize {
    let mut limit = usize::MAX;
    cgroup::visit(
        "memory",
        "memory.max",
        "memory.limit_in_bytes",
        &mut |text| {
            limit = limit.min(bytes_of(text));
        },
    );
    if limit == usize::MAX {
        limit
    } else {
        limit / 100 * HEAP_PERCENT
    }
}

fn bytes_of(text: &str) -> usize {
    let bytes = text.trim().parse().unwrap_or(usize::MAX);
    // Version 1 says "none" by a number near 2^63.
    if bytes >= 1 << 60 { usize::MAX } else { bytes }
}
