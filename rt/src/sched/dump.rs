//! What every goroutine does: its state or what it waits for, its stack, and where it was started. For
//! the deadlock message, for SIGQUIT, and for whoever asks a running program.
//! Keeps: allocates nothing while the world stands still; whoever wants the text in memory gives the
//! room for it.

use std::fmt::{self, Write};

use crate::io::raw::ErrorWriter;
use crate::sched;
use crate::task::{G, list};
use crate::trace::{CreatedBy, Trace};

/// Goroutines that are shown; of more only the number is told.
const SHOWN_MAX: usize = 10_000;

/// Writes what each goroutine does.
///
/// # Errors
/// Those of `out`.
///
/// # Safety
/// The world stands still, or all workers sleep and nothing can wake them.
#[cold]
#[inline(never)]
pub unsafe fn write(out: &mut dyn Write) -> fmt::Result {
    let mut shown = 0;
    let mut result = Ok(());
    // SAFETY: as the caller promises.
    unsafe {
        list::for_each_goroutine(&mut |goroutine| {
            shown += 1;
            if shown <= SHOWN_MAX && result.is_ok() {
                result = write_one(out, goroutine);
            }
        });
    }
    result?;
    match shown.saturating_sub(SHOWN_MAX) {
        0 => Ok(()),
        more => writeln!(out, "\n... and {more} more goroutines"),
    }
}

fn write_one(out: &mut dyn Write, goroutine: &G) -> fmt::Result {
    let (id, state) = (goroutine.id(), goroutine.reason_text());
    writeln!(out, "\ngoroutine {id} [{state}]:")?;
    write!(
        out,
        "{}{}",
        Trace::of_goroutine(goroutine),
        CreatedBy(goroutine)
    )
}

/// SIGQUIT, and the program did not ask for it: ends it (2) with what every goroutine does. On a
/// worker's system stack, outside of locks.
#[cold]
#[inline(never)]
pub fn quit() -> ! {
    let _world = sched::stop_the_world();
    crate::io::flush_exit();
    let mut out = ErrorWriter::new();
    let _ = writeln!(out, "SIGQUIT: this is what every goroutine did");
    // SAFETY: the world stands still for good.
    let _ = unsafe { write(&mut out) };
    drop(out);
    crate::process::end(2)
}
