//! The memory limit that the container sets, so that a service collects harder instead of being
//! killed.
//! Keeps: the tightest limit of the process's control group and all groups above it counts, since a
//! parent's may be lower. Never: fails; without a readable limit there is none.

/// Share of the limit that the heap may use, in percent: the rest is for stacks and buffers.
#[cfg(target_os = "linux")]
const HEAP_PERCENT: usize = 85;

/// Soft limit of the heap that follows from the control groups; the largest number without any.
#[cfg(target_os = "linux")]
pub fn of_container() -> usize {
    let own = std::fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
    let mut limit = usize::MAX;
    for line in own.lines() {
        // Version 2 is `0::/path`, version 1 `4:memory:/path`.
        let mut parts = line.splitn(3, ':');
        let (_, controllers, path) = (parts.next(), parts.next(), parts.next().unwrap_or(""));
        let (root, file) = match controllers {
            Some("") => ("/sys/fs/cgroup", "memory.max"),
            Some(names) if names.split(',').any(|name| name == "memory") => {
                ("/sys/fs/cgroup/memory", "memory.limit_in_bytes")
            }
            _ => continue,
        };
        let mut path = path.trim_end_matches('/');
        loop {
            limit = limit.min(read_limit(&format!("{root}{path}/{file}")));
            match path.rfind('/') {
                Some(end) => path = &path[..end],
                None => break,
            }
        }
    }
    if limit == usize::MAX {
        limit
    } else {
        limit / 100 * HEAP_PERCENT
    }
}

#[cfg(target_os = "linux")]
fn read_limit(file: &str) -> usize {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let bytes = text.trim().parse().unwrap_or(usize::MAX);
    // Version 1 says "none" by a number near 2^63.
    if bytes >= 1 << 60 { usize::MAX } else { bytes }
}

/// Other systems have no control groups.
#[cfg(not(target_os = "linux"))]
pub fn of_container() -> usize {
    usize::MAX
}
