//! A program in which every goroutine waits for another can never go on: it ends with a message.

use std::fmt::Write;

use crate::io::raw::ErrorWriter;
use crate::sched::external::external_count;
use crate::sched::{dump, idle};
use crate::task::list;
use crate::time::timers;

/// Called by a worker that is about to sleep.
pub fn check() {
    if external_count() != 0 || list::count() == 0 {
        return;
    }
    let mut is_deadlock = false;
    idle::with_all_asleep(|| {
        is_deadlock = external_count() == 0 && timers::next_deadline().is_none();
    });
    if is_deadlock {
        report();
    }
}

fn report() -> ! {
    crate::io::flush_exit();
    let mut out = ErrorWriter::new();
    let _ = writeln!(out, "fatal: all goroutines are asleep - deadlock!");
    // SAFETY: all workers sleep and nothing can wake them.
    let _ = unsafe { dump::write(&mut out) };
    drop(out);
    crate::process::exit(2)
}
