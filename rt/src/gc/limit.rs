//! How large the heap may become: what the user or the container allows, less what the process
//! needs for everything else, so that a service collects harder instead of being killed.
//! Never: fails; without a readable limit there is none.

use crate::os::{cgroup, mem};
use crate::prim::{AtomicU64, AtomicUsize, Ordering};
use crate::time::clock;

/// Share of a limit that is used, in percent: there is always something that was not counted.
const PERCENT: usize = 85;
/// A container of this size is not given away: its share is no less than this, or than all of it.
const SHARE_MIN: usize = 64 << 20;
/// What was read counts so long: containers are resized while programs run.
const READ_AGAIN_NS: u64 = 1_000_000_000;

/// Soft limit of the process's memory that follows from the control groups; the largest number
/// without any.
pub fn of_container() -> usize {
    static LIMIT: AtomicUsize = AtomicUsize::new(usize::MAX);
    static READ_AT: AtomicU64 = AtomicU64::new(0);
    let (now, read_at) = (clock::now(), READ_AT.load(Ordering::Relaxed));
    if read_at == 0 || now - read_at >= READ_AGAIN_NS {
        LIMIT.store(read_container(), Ordering::Relaxed);
        READ_AT.store(now, Ordering::Relaxed);
    }
    LIMIT.load(Ordering::Relaxed)
}

fn read_container() -> usize {
    let mut limit = usize::MAX;
    cgroup::visit(
        "memory",
        "memory.max",
        "memory.limit_in_bytes",
        &mut |text| limit = limit.min(bytes_of(text)),
    );
    share_of(limit)
}

fn bytes_of(text: &str) -> usize {
    let bytes = text.trim().parse().unwrap_or(usize::MAX);
    // Version 1 says "none" by a number near 2^63.
    if bytes >= 1 << 60 { usize::MAX } else { bytes }
}

fn share_of(limit: usize) -> usize {
    match limit {
        usize::MAX => limit,
        _ => (limit / 100 * PERCENT).max(limit.min(SHARE_MIN)),
    }
}

/// What a heap has of the process's memory, in bytes.
#[derive(Clone, Copy, Debug)]
pub struct Share {
    /// Bytes in pages of its own.
    pub resident: usize,
    /// Bytes of address space.
    pub mapped: usize,
}

/// Bytes that the heap may have, when it has `heap` now. `asked` is what the user set, or 0: then
/// that of the container counts. A limit of the address space (`ulimit -v`) counts always, since
/// the system refuses what is beyond it.
pub fn of_heap(asked: usize, heap: Share) -> usize {
    let memory = match asked {
        0 => of_container(),
        asked => asked,
    };
    let space = share_of(mem::address_space_limit());
    if memory == usize::MAX && space == usize::MAX {
        return usize::MAX;
    }
    let process = mem::of_process();
    let left = |limit: usize, used: usize, heap: usize| match limit {
        usize::MAX => limit,
        _ => limit.saturating_sub(used.saturating_sub(heap)).max(1),
    };
    let by_memory = left(memory, process.resident, heap.resident);
    by_memory.min(left(space, process.mapped, heap.mapped))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaves_a_part_of_a_container_but_not_of_a_small_one() {
        assert_eq!(share_of(usize::MAX), usize::MAX);
        assert_eq!(share_of(1000 << 20), 850 << 20);
        assert_eq!(share_of(70 << 20), 64 << 20);
        assert_eq!(share_of(32 << 20), 32 << 20);
    }

    #[test]
    fn what_else_the_process_has_is_not_the_heaps() {
        let heap = Share {
            resident: 0,
            mapped: 0,
        };
        let (asked, other) = (8 << 30, mem::of_process().resident);
        let left = of_heap(asked, heap);
        assert!(
            other > 0 && left < asked && left > asked - 16 * other,
            "{left}"
        );
        let all = Share {
            resident: usize::MAX,
            mapped: usize::MAX,
        };
        assert_eq!(of_heap(asked, all), asked);
        assert_eq!(of_heap(1, heap), 1);
    }
}
