//! Child processes, and becoming another program: what is to be run. How it is done, and how children are
//! waited for and signalled, differs from system to system.
//! Read next: `child_unix.rs`, `child_windows.rs`.

use std::process::Command;

#[cfg(unix)]
#[path = "child_unix.rs"]
mod platform;

#[cfg(windows)]
#[path = "child_windows.rs"]
mod platform;

pub use platform::{kill, parent, wait};

/// A program to be run.
#[derive(Debug)]
pub struct Spawn {
    command: Command,
}

impl Spawn {
    /// Program and arguments, and changes of the environment, each joined by zero bytes.
    #[must_use]
    pub fn new(command: &str, environment: &str) -> Spawn {
        let mut words = command.split('\0');
        let mut made = Command::new(words.next().unwrap_or_default());
        made.args(words);
        for change in environment.split('\0').filter(|change| !change.is_empty()) {
            match change.split_once('=') {
                Some((name, value)) => made.env(name, value),
                None => made.env_remove(change),
            };
        }
        Spawn { command: made }
    }

    /// Starts it as a child in which `descriptors[i]` is `i`: the process's number, or -errno.
    pub fn start(self, descriptors: &[i32]) -> i64 {
        platform::start(self.command, descriptors)
    }

    /// Runs it in this process's place; returns only -errno.
    pub fn replace(self) -> i64 {
        platform::replace(self.command)
    }
}
