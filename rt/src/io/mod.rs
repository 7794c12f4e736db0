//! Input and output outside of sockets: print buffers (`print.rs`), files and paths (`file.rs`),
//! messages of a dying program (`raw.rs`).
//! Keeps: results are counts, or `-errno` with Linux's numbers. Never: parks; what may block goes to
//! the pool of `sched`. Read next: `print.rs`.

pub mod file;
pub mod print;
pub mod raw;

/// A worker is about to sleep: print buffers go out.
pub fn flush_idle() {
    print::flush();
}

/// Called by the monitor at least each 100 ms while the program runs.
pub fn flush_tick() {
    print::flush();
}

/// Flushes everything before the process ends.
pub fn flush_exit() {
    print::flush_exit();
}
