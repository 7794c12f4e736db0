//! How many processors this process may use.

/// Processors by affinity and by the quota of its control group, at least 1.
#[must_use]
pub fn available() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}
