//! A program in which every goroutine waits for another can never go on: it ends with a message.

use crate::sched::{external_count, idle};
use crate::task::{G, list};
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
    eprintln!("fatal: all goroutines are asleep - deadlock!");
    // SAFETY: all workers sleep and nothing can wake them.
    unsafe { list::for_each_goroutine(&mut dump) };
    crate::process::exit(2)
}

fn dump(goroutine: &G) {
    eprintln!(
        "\ngoroutine {} [{}]:",
        goroutine.id,
        goroutine.reason_text()
    );
    crate::trace::print_goroutine(goroutine);
}
