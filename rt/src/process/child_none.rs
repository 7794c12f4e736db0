//! A platform whose child processes the runtime does not know yet: every call says that it is not
//! supported.

const NOT_SUPPORTED: i64 = 38;

/// A program to be run.
#[derive(Debug)]
pub struct Spawn;

impl Spawn {
    /// Nothing is kept.
    #[must_use]
    pub fn new(_command: &str, _environment: &str) -> Spawn {
        Spawn
    }

    /// Not supported.
    pub fn start(self, _descriptors: &[i32]) -> i64 {
        -NOT_SUPPORTED
    }

    /// Not supported.
    pub fn replace(self) -> i64 {
        -NOT_SUPPORTED
    }
}

/// Not supported.
pub fn wait(_process: i64) -> i64 {
    -NOT_SUPPORTED
}

/// Not supported.
pub fn kill(_process: i64, _signal: i64) -> i64 {
    -NOT_SUPPORTED
}

/// None.
pub fn parent() -> i64 {
    0
}
