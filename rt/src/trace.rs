//! Stack traces: walks frame pointers over a goroutine's chunks of stack and shows what the trace
//! tables know about the return addresses.
//! Keeps: reads only memory of the goroutine's own stack, however damaged the chain is; printing
//! allocates nothing, so that a signal handler may do it. Never: needs symbols or DWARF.
//! Read next: `trace/section.rs` (where the tables are), `gos_abi::trace` (their format).

mod section;
#[cfg(test)]
pub mod tests;
#[cfg(windows)]
mod unwind_windows;

use crate::io::raw::ErrorWriter;
use crate::task::{G, current};
use gos_abi::trace::Frame;
use std::fmt::{self, Write};

pub use section::table;

/// Frames that a trace keeps; deeper ones are only mentioned.
pub const FRAMES_MAX: usize = 96;

/// Return addresses, innermost first.
#[derive(Clone, Debug)]
pub struct Trace {
    pcs: [u64; FRAMES_MAX],
    length: usize,
    /// There were more frames than were kept.
    is_cut: bool,
}

impl Trace {
    const EMPTY: Trace = Trace {
        pcs: [0; FRAMES_MAX],
        length: 0,
        is_cut: false,
    };

    /// The trace of a goroutine that is on its worker's system stack or parked.
    pub fn of_goroutine(goroutine: &G) -> Trace {
        let mut trace = Trace::EMPTY;
        trace.walk(goroutine, goroutine.frame);
        trace
    }

    /// The trace that begins at an interrupted instruction.
    pub fn of_interrupted(goroutine: &G, pc: u64, frame: u64) -> Trace {
        let mut trace = Trace::EMPTY;
        // Callers keep return addresses; this one is looked up as it stands.
        trace.push(pc + 1);
        trace.walk(goroutine, frame);
        trace
    }

    fn walk(&mut self, goroutine: &G, mut frame: u64) {
        while is_on_stack(goroutine, frame) {
            // SAFETY: both words lie on the goroutine's stack.
            let (next, pc) = unsafe { (*(frame as *const u64), *((frame + 8) as *const u64)) };
            #[cfg(windows)]
            let Some((next, pc)) = past_runtime(goroutine, (next, pc), frame + 16) else {
                return;
            };
            if pc == 0 || !self.push(pc) {
                return;
            }
            // Frames of one chunk go up; the chunk before may lie anywhere.
            if next <= frame && chunk_of(goroutine, next) == chunk_of(goroutine, frame) {
                return;
            }
            frame = next;
        }
    }

    /// The return addresses, innermost first.
    pub fn calls(&self) -> &[u64] {
        &self.pcs[..self.length]
    }

    fn push(&mut self, pc: u64) -> bool {
        self.is_cut = self.length == FRAMES_MAX;
        if !self.is_cut {
            self.pcs[self.length] = pc;
            self.length += 1;
        }
        !self.is_cut
    }

    /// All frames that the tables know, inlined ones included, innermost first.
    pub fn frames(&self) -> impl Iterator<Item = Frame<'static>> {
        let pcs = self.pcs[..self.length].iter();
        pcs.filter_map(|&pc| section::table().lookup(pc - 1))
            .flat_map(|hit| hit.frames())
    }

    /// Where the user's code is: the first frame outside of the standard library.
    pub fn position(&self) -> Option<Frame<'static>> {
        self.frames()
            .find(|frame| !frame.is_std)
            .or_else(|| self.frames().next())
    }
}

/// The frames of a return address, inlined ones included, innermost first.
pub fn frames_at(pc: u64) -> impl Iterator<Item = Frame<'static>> {
    let hit = section::table().lookup(pc.wrapping_sub(1));
    hit.into_iter().flat_map(|hit| hit.frames())
}

/// One or two lines for each frame.
impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let table = section::table();
        for &pc in &self.pcs[..self.length] {
            match table.lookup(pc - 1) {
                Some(hit) => hit.frames().try_for_each(|frame| show_frame(f, &frame))?,
                // The runtime's own frames are of no interest, unless nothing else is known.
                None if table.function_count() == 0 => writeln!(f, "    at {pc:#x}")?,
                None => {}
            }
        }
        if self.is_cut {
            writeln!(f, "  ... and more")
        } else {
            Ok(())
        }
    }
}

fn show_frame(f: &mut fmt::Formatter<'_>, frame: &Frame<'_>) -> fmt::Result {
    let inlined = if frame.is_inlined { " (inlined)" } else { "" };
    writeln!(f, "  {}{inlined}", frame.name)?;
    writeln!(f, "      at {}", Position(frame))
}

/// `file:line:column`, without what is not known.
pub struct Position<'a>(pub &'a Frame<'a>);

impl fmt::Display for Position<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Frame {
            file, line, column, ..
        } = *self.0;
        match (line, column) {
            (0, _) => write!(f, "{file}"),
            (_, 0) => write!(f, "{file}:{line}"),
            _ => write!(f, "{file}:{line}:{column}"),
        }
    }
}

/// Where a goroutine was started.
pub struct CreatedBy<'a>(pub &'a G);

impl fmt::Display for CreatedBy<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(hit) = section::table().lookup(self.0.created_at.wrapping_sub(1)) else {
            return Ok(());
        };
        match hit.frames().next() {
            Some(frame) => writeln!(f, "  started by {} at {}", frame.name, Position(&frame)),
            None => Ok(()),
        }
    }
}

/// The frame and return address behind frames of the runtime's that are not linked.
#[cfg(windows)]
fn past_runtime(goroutine: &G, (frame, pc): (u64, u64), sp: u64) -> Option<(u64, u64)> {
    if pc == 0 {
        return None;
    }
    let place = unwind_windows::Place { pc, frame, sp };
    let is_here = |address| is_on_stack(goroutine, address);
    let place = unwind_windows::caller_without_tables(place, is_here)?;
    Some((place.frame, place.pc))
}

fn is_on_stack(goroutine: &G, address: u64) -> bool {
    address.is_multiple_of(8) && chunk_of(goroutine, address).is_some()
}

/// The base of the chunk that a frame at `address` lies in.
fn chunk_of(goroutine: &G, address: u64) -> Option<u64> {
    let mut chunk = goroutine.chunk;
    // SAFETY: chunks are the goroutine's own, linked to the first; the goroutine does not run.
    while let Some(current) = unsafe { chunk.as_ref() } {
        if address >= current.base && address + 16 <= current.base + current.size {
            return Some(current.base);
        }
        chunk = current.previous;
    }
    None
}

/// Writes a trace that starts at `pc` with frame pointer `frame` to standard error, from a signal
/// handler: no allocation, no lock.
pub fn print_from(pc: usize, frame: usize) {
    let mut out = ErrorWriter::new();
    // SAFETY: the goroutine was interrupted on this thread and stays as it is.
    match unsafe { current().as_ref() } {
        Some(goroutine) => {
            let trace = Trace::of_interrupted(goroutine, pc as u64, frame as u64);
            let _ = write!(out, "{trace}{}", CreatedBy(goroutine));
        }
        None => {
            let _ = writeln!(out, "    at {pc:#x}, outside of goroutines");
        }
    }
}

/// The trace of the goroutine that runs on this thread, which is on the system stack.
pub fn of_current() -> Trace {
    // SAFETY: it waits for this call.
    unsafe { current().as_ref() }.map_or(Trace::EMPTY, Trace::of_goroutine)
}
