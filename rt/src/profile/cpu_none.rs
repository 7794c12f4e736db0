//! No system but Linux gives timers of a thread's processor time that interrupt that thread: there is no
//! profile of processors here.

/// Linux's number of an error: there is no such call.
const NOT_THERE: i64 = 38;
/// Samples of a second of processor time, unless something else is wanted.
pub const RATE: u64 = 100;

/// Gives -errno.
pub fn start(_rate: u64) -> i64 {
    -NOT_THERE
}

/// None was begun.
pub fn stop() -> Option<Vec<u8>> {
    None
}
