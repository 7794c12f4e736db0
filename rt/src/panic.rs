//! Panics and fatal errors: what is kept between `panic_start` and the catch, and what is printed
//! when there is none.
//! Keeps: a panic is dropped exactly by the catch that was innermost when it began, so a caught
//! panic inside of a deferred call leaves the outer one alone. Never: unwinds; compiled code runs
//! the deferred calls. Read next: `trace.rs`, `exports/panic.rs`.

#[cfg(test)]
mod tests;

use crate::io::{self, raw::ErrorWriter};
use crate::process;
use crate::task::{G, current};
use crate::trace::{self, CreatedBy, Position, Trace};
use std::fmt::{self, Write};

/// Exit code after a panic that nobody caught.
const EXIT_PANIC: i32 = 101;
/// Exit code after a fatal error.
const EXIT_FATAL: i32 = 2;

/// What a goroutine keeps about its panics; most have none.
#[derive(Debug, Default)]
pub struct PanicState(Option<Box<Panics>>);

#[derive(Debug, Default)]
struct Panics {
    /// Panics that began and were not caught yet, the newest last.
    active: Vec<Panic>,
    /// Message of the panic caught last.
    caught: String,
    /// Where it began.
    place: Place,
}

/// A position in a source file; empty when it is not known.
#[derive(Debug, Default)]
pub struct Place {
    pub file: String,
    pub line: u32,
    pub column: u32,
}

#[derive(Debug)]
struct Panic {
    message: String,
    trace: Box<Trace>,
    /// Address of the innermost catch at its beginning, or 0.
    catch: usize,
}

impl PanicState {
    /// Calls `visit` with every word that may be a reference: there are none, messages are copies.
    pub fn for_each_word(&self, _visit: &mut dyn FnMut(u64)) {}

    /// Whether its goroutine ever panicked.
    pub fn is_in_use(&self) -> bool {
        self.0.is_some()
    }

    fn active(&self) -> &[Panic] {
        self.0.as_ref().map_or(&[], |panics| &panics.active)
    }

    fn panics(&mut self) -> &mut Panics {
        self.0.get_or_insert_default()
    }

    /// Message of the panic caught last.
    pub fn caught_message(&self) -> &str {
        self.0.as_ref().map_or("", |panics| &panics.caught)
    }

    /// Where the panic caught last began.
    pub fn caught_place(&self) -> &Place {
        static NOWHERE: Place = Place {
            file: String::new(),
            line: 0,
            column: 0,
        };
        self.0.as_ref().map_or(&NOWHERE, |panics| &panics.place)
    }
}

/// A panic begins.
pub fn start(goroutine: &mut G, message: &str) {
    let trace = Box::new(Trace::of_goroutine(goroutine));
    let catch = goroutine.catch as usize;
    goroutine.panic.panics().active.push(Panic {
        message: message.to_owned(),
        trace,
        catch,
    });
}

/// `gos_rt_panic_finish` found a catch and is about to return to it with 1.
pub fn caught(goroutine: &mut G) {
    let catch = goroutine.catch as usize;
    let state = goroutine.panic.panics();
    if let Some(newest) = state.active.last() {
        state.caught.clone_from(&newest.message);
        let place = newest.trace.position().map(|frame| Place {
            file: frame.file.to_owned(),
            line: frame.line,
            column: frame.column,
        });
        state.place = place.unwrap_or_default();
    }
    state.active.retain(|panic| panic.catch != catch);
    // SAFETY: the innermost catch's frame is alive until it is left.
    if let Some(frame) = unsafe { goroutine.catch.as_ref() } {
        goroutine.defers.truncate(frame.defer_mark as usize);
    }
}

/// `gos_rt_panic_finish` found no catch: prints the panic of `g` and ends the process (101).
pub fn uncaught(goroutine: &mut G) -> ! {
    io::flush_exit();
    {
        let mut out = ErrorWriter::new();
        for (index, panic) in goroutine.panic.active().iter().enumerate() {
            if index > 0 {
                let _ = writeln!(out, "then, in a deferred call:");
            }
            let _ = show(&mut out, goroutine, panic);
        }
        if goroutine.panic.active().is_empty() {
            let _ = writeln!(out, "goroutine {} panicked", goroutine.id());
        }
    }
    process::end(EXIT_PANIC)
}

fn show(out: &mut impl Write, goroutine: &G, panic: &Panic) -> fmt::Result {
    begin_line(out, goroutine, &panic.trace)?;
    writeln!(out, ": {}", panic.message)?;
    write!(out, "{}{}", panic.trace, CreatedBy(goroutine))
}

fn begin_line(out: &mut impl Write, goroutine: &G, trace: &Trace) -> fmt::Result {
    write!(out, "goroutine {} panicked", goroutine.id())?;
    match trace.position() {
        Some(position) => write!(out, " at {}", Position(&position)),
        None => Ok(()),
    }
}

/// Ends the process as a panic that nobody caught does (101): memory or stack is used up, so nothing
/// of the program runs any more, its deferred calls neither.
pub fn exhausted(message: fmt::Arguments<'_>) -> ! {
    io::flush_exit();
    {
        let mut out = ErrorWriter::new();
        let trace = trace::of_current();
        // SAFETY: the running goroutine is this thread's.
        match unsafe { current().as_ref() } {
            Some(goroutine) => {
                let _ = begin_line(&mut out, goroutine, &trace);
            }
            None => {
                let _ = write!(out, "the program panicked");
            }
        }
        let _ = write!(out, ": {message}\n{trace}");
    }
    process::end(EXIT_PANIC)
}

/// Ends the process (2) with a message and the trace of the running goroutine, if there is one.
pub fn fatal(message: fmt::Arguments<'_>) -> ! {
    io::flush_exit();
    {
        let mut out = ErrorWriter::new();
        let _ = writeln!(out, "fatal: {message}");
        let _ = write!(out, "{}", trace::of_current());
    }
    process::end(EXIT_FATAL)
}
