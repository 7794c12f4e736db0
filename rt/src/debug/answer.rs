//! The commands of the debug socket, and what is answered.

use std::fmt::{self, Write};

use crate::gc;
use crate::sched;
use crate::time::clock;

/// Longest line that is read as a command.
pub(super) const COMMAND_BYTES_MAX: usize = 1024;

const USAGE: &str = "\
goroutines   what every goroutine does: its state, its stack, where it was started
heap         figures of the heap, and the last collections
help         this text
";

/// The answer to what a client wrote: a command, or an HTTP request for it, so that
/// `curl --unix-socket PATH http://debug/goroutines` works as well.
pub(crate) fn answer(asked: &[u8]) -> String {
    let mut out = String::new();
    let mut command = word(asked);
    if command == b"GET" {
        out.push_str("HTTP/1.0 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n");
        command = word(&asked[command.len()..]);
        command = command.strip_prefix(b"/").unwrap_or(command);
    }
    // Writing to a `String` does not fail.
    let _ = match command {
        b"goroutines" => goroutines(&mut out),
        b"heap" => heap(&mut out),
        b"help" | b"" => out.write_str(USAGE),
        _ => out
            .write_str("no such command; there are:\n")
            .and_then(|()| out.write_str(USAGE)),
    };
    out
}

/// The first word. Bytes, since every program carries this: text would bring tables along.
fn word(bytes: &[u8]) -> &[u8] {
    let is_blank = |byte: &u8| *byte <= b' ';
    let from = bytes.iter().position(|byte| !is_blank(byte));
    let word = &bytes[from.unwrap_or(bytes.len())..];
    &word[..word.iter().position(is_blank).unwrap_or(word.len())]
}

#[inline(never)]
fn goroutines(out: &mut dyn Write) -> fmt::Result {
    while !sched::stop_the_world() {}
    // SAFETY: the world stands still.
    let done = unsafe { sched::dump::write(out) };
    sched::start_the_world();
    done
}

#[inline(never)]
fn heap(out: &mut dyn Write) -> fmt::Result {
    let stats = gc::stats();
    let figures = [
        ("heap_bytes", gc::heap_bytes()),
        ("live_bytes", stats.live_bytes),
        ("live_cells", stats.live_cells),
        ("mapped_bytes", stats.mapped_bytes),
        ("allocated_bytes", gc::allocated_bytes()),
        ("collections", stats.collections),
        ("stopped_ns", stats.pause_ns_total),
        ("longest_stop_ns", stats.pause_ns_max),
    ];
    for (name, value) in figures {
        row(out, name, &[value])?;
        out.write_str("\n")?;
    }
    let now = clock::now();
    out.write_str("\ncollection ago_ms marking_us heap_bytes live_bytes stopped_us")?;
    gc::history::for_each(&mut |one| {
        let figures = [
            one.number,
            now.saturating_sub(one.began_ns) / 1_000_000,
            one.marked_ns / 1000,
            one.heap_bytes,
            one.live_bytes,
            one.stopped_ns / 1000,
        ];
        // A text takes everything.
        let _ = row(out, "\n", &figures);
    });
    out.write_str("\n")
}

/// A name, and numbers behind it. No columns: the formatter's widths would be in every program.
#[inline(never)]
fn row(out: &mut dyn Write, name: &str, values: &[u64]) -> fmt::Result {
    out.write_str(name)?;
    for value in values {
        write!(out, " {value}")?;
    }
    Ok(())
}
