//! The seam to the operating system: memory, sleeping threads, the poller's own files, signals.
//! A platform supplies each file's functions; everything else of the runtime is portable.
//! Never: knows goroutines.

#[cfg(target_env = "gnu")]
pub mod binding;
pub mod cgroup;
pub mod cpu;
pub mod cpu_time;
pub mod futex;
#[cfg(target_os = "linux")]
pub mod kernel_file;
pub mod mem;
pub mod numbers;
pub mod pages;
pub mod poller;
pub mod signal;
#[cfg(not(target_os = "linux"))]
pub mod slot;
#[cfg(windows)]
#[path = "stack_windows.rs"]
pub mod stack;
pub mod thread;
#[cfg(windows)]
pub mod windows;

/// The last call's error number, as the C library has it.
#[must_use]
pub fn errno() -> i32 {
    std::io::Error::last_os_error().raw_os_error().unwrap_or(0)
}
