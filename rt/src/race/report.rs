//! What the user sees of a race, once for each pair of places.

use std::collections::BTreeSet;
use std::fmt::{self, Write};

use gos_abi::settings::{RACE_EXIT, RACE_EXIT_CODE};
use gos_abi::trace::Frame;

use super::spin::Spin;
use super::stacks::{self, Stack};
use super::task::Identity;
use crate::config;
use crate::io::raw::ErrorWriter;
use crate::trace::{self, Position};

/// One of two accesses.
#[derive(Clone, Copy)]
pub struct Access {
    pub who: Identity,
    pub stack: u32,
    pub wrote: bool,
}

/// Positions of pairs that were reported.
static REPORTED: Spin<BTreeSet<(String, String)>> = Spin::new(BTreeSet::new());

/// The exit code of a program that would end with this one.
pub fn exit_code(own: i64) -> i64 {
    if REPORTED.with(|reported| reported.is_empty()) {
        return own;
    }
    let parse = |text: &str| text.parse::<u8>().ok();
    config::setting(RACE_EXIT, "an exit code from 0 to 255", parse)
        .map_or(RACE_EXIT_CODE, i64::from)
}

/// Two accesses that nothing orders; the other one was before.
pub fn race(new: Access, old: Access) {
    let (Some(new), Some(old)) = (Side::new(new), Side::new(old)) else {
        return;
    };
    let (a, b) = (new.position(), old.position());
    let pair = if a <= b { (a, b) } else { (b, a) };
    REPORTED.with(|reported| {
        if reported.insert(pair) {
            let mut text = String::new();
            let _ = write(&mut text, &new, &old);
            // As one, so that reports of several threads do not mix.
            let _ = ErrorWriter::new().write_str(&text);
        }
    });
}

struct Side {
    access: Access,
    stack: Stack,
    frames: Vec<Frame<'static>>,
}

impl Side {
    fn new(access: Access) -> Option<Self> {
        let stack = stacks::find(access.stack)?;
        let frames = frames(&stack);
        Some(Side {
            access,
            stack,
            frames,
        })
    }

    /// The innermost frame of the user's own code, or the innermost one.
    fn own(&self) -> Option<usize> {
        let own = self.frames.iter().position(|frame| !frame.is_std);
        own.or((!self.frames.is_empty()).then_some(0))
    }

    fn position(&self) -> String {
        self.own().map_or_else(String::new, |index| {
            Position(&self.frames[index]).to_string()
        })
    }

    /// What was accessed, in the user's words: a name, or the library's function that did it.
    fn what(&self) -> String {
        let called = self.own().and_then(|index| index.checked_sub(1));
        if let Some(called) = called {
            return format!(" in {}", self.frames[called].name);
        }
        // SAFETY: constant data of the program.
        let (bytes, name) = unsafe {
            let place = &*self.stack.place;
            let name = crate::string::text_of(place.name, place.name_bytes as usize);
            (place.bytes, name)
        };
        let size = match bytes {
            0 => String::new(),
            1 => " of 1 byte".to_owned(),
            bytes => format!(" of {bytes} bytes"),
        };
        match name {
            "" => size,
            name => format!("{size}, {name},"),
        }
    }
}

/// The frames of a trace, innermost first.
fn frames(stack: &Stack) -> Vec<Frame<'static>> {
    stack
        .pcs
        .iter()
        .flat_map(|&pc| trace::frames_at(pc))
        .collect()
}

fn write(out: &mut String, new: &Side, old: &Side) -> fmt::Result {
    writeln!(out, "data race:")?;
    write_side(out, new, "")?;
    write_side(out, old, "previous ")?;
    write_start(out, new.access.who)?;
    if old.access.who != new.access.who {
        write_start(out, old.access.who)?;
    }
    writeln!(out)
}

fn write_side(out: &mut String, side: &Side, before: &str) -> fmt::Result {
    let kind = if side.access.wrote { "write" } else { "read" };
    let what = side.what();
    let goroutine = side.access.who.goroutine;
    writeln!(
        out,
        "  {before}{kind}{what} by goroutine {goroutine} at {}",
        side.position()
    )?;
    for frame in &side.frames {
        let inlined = if frame.is_inlined { " (inlined)" } else { "" };
        writeln!(out, "    {}{inlined}", frame.name)?;
        writeln!(out, "        at {}", Position(frame))?;
    }
    Ok(())
}

fn write_start(out: &mut String, who: Identity) -> fmt::Result {
    let number = who.goroutine;
    let frames = stacks::find(who.started).map(|stack| frames(&stack));
    let frames = frames.unwrap_or_default();
    let own = frames.iter().find(|frame| !frame.is_std);
    match own.or(frames.first()) {
        Some(frame) => writeln!(
            out,
            "  goroutine {number} was started by {} at {}",
            frame.name,
            Position(frame)
        ),
        None if number == 1 => writeln!(out, "  goroutine 1 runs main"),
        None => writeln!(out, "  goroutine {number} was started by the runtime"),
    }
}
