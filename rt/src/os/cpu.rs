//! How many processors this process may use.

/// Processors by affinity and by the quota of its control group, at least 1.
#[cfg(target_os = "linux")]
#[must_use]
pub fn available() -> usize {
    use crate::os::cgroup;

    let mut quota = usize::MAX;
    cgroup::visit("cpu", "cpu.max", "cpu.cfs_quota_us", &mut |text| {
        quota = quota.min(processors_of(text));
    });
    by_affinity().min(quota).max(1)
}

/// Others have no quota.
#[cfg(not(target_os = "linux"))]
#[must_use]
pub fn available() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

#[cfg(target_os = "linux")]
fn by_affinity() -> usize {
    // Room for 8192 processors: the kernel fills only what it knows.
    let mut mask = [0u64; 128];
    // SAFETY: the kernel writes at most that many bytes.
    let filled =
        unsafe { libc::sched_getaffinity(0, size_of_val(&mask), mask.as_mut_ptr().cast()) };
    match filled {
        0 => mask.iter().map(|word| word.count_ones() as usize).sum(),
        _ => 1,
    }
}

/// How many processors a quota is worth: `200000 100000`, `max 100000`, or version 1's quota alone,
/// whose period is 100 ms unless somebody changed it.
#[cfg(target_os = "linux")]
fn processors_of(text: &str) -> usize {
    const PERIOD_US: usize = 100_000;
    let mut words = text.split_ascii_whitespace();
    let quota: Option<usize> = words.next().and_then(|word| word.parse().ok());
    let period = words.next().and_then(|word| word.parse().ok());
    match quota {
        Some(quota) => (quota / period.unwrap_or(PERIOD_US).max(1)).max(1),
        None => usize::MAX,
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn quotas_are_processors() {
        assert_eq!(processors_of("200000 100000\n"), 2);
        assert_eq!(processors_of("250000 50000\n"), 5);
        assert_eq!(processors_of("max 100000\n"), usize::MAX);
        assert_eq!(processors_of("-1\n"), usize::MAX);
        assert_eq!(processors_of("50000\n"), 1);
        assert_eq!(processors_of(""), usize::MAX);
    }

    #[test]
    fn there_is_at_least_one_and_no_more_than_the_library_says() {
        let library = std::thread::available_parallelism().map_or(1, usize::from);
        assert_eq!(available(), library);
    }
}
