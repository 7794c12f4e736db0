//! The commands of the debug socket, and what is answered.

use std::fmt::{self, Write};

use super::word;
use crate::gc;
use crate::profile::carried;
use crate::sched;
use crate::time::clock;

/// Longest line that is read as a command.
pub(super) const COMMAND_BYTES_MAX: usize = 1024;

const USAGE: &str = "\
goroutines   what every goroutine does: its state, its stack, where it was started
heap         figures of the heap, and the last collections
profile cpu SECONDS   where processor time goes, for `go tool pprof`
profile heap   who allocated what is in use, and what was since the start, for the same
help         this text
";

const NO_PROFILES: &str = "\
this program does too little to carry profiles: it starts no goroutine, never sleeps, reads nothing, grows no vector
";

/// The answer to what a client wrote: a command, or an HTTP request for it, so that
/// `curl --unix-socket PATH http://debug/goroutines` works as well.
pub(crate) fn answer(asked: &[u8]) -> Vec<u8> {
    let (mut command, mut rest) = word(asked);
    let is_http = command == b"GET";
    if is_http {
        (command, rest) = word(rest);
    }
    let mut out = Vec::new();
    let mut text = String::new();
    // Writing to a `String` does not fail.
    let _ = match command {
        b"goroutines" => goroutines(&mut text),
        b"heap" => heap(&mut text),
        b"help" | b"" => text.write_str(USAGE),
        b"profile" => match carried::profiler().map(|profiler| (profiler.answer)(rest)) {
            Some(Ok(bytes)) => {
                out = bytes;
                Ok(())
            }
            Some(Err(why)) => text.write_str(why),
            None => text.write_str(NO_PROFILES),
        },
        _ => text
            .write_str("no such command; there are:\n")
            .and_then(|()| text.write_str(USAGE)),
    };
    if out.is_empty() {
        out = text.into_bytes();
    }
    if is_http {
        let mut all =
            b"HTTP/1.0 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n".to_vec();
        all.extend_from_slice(&out);
        return all;
    }
    out
}

#[inline(never)]
fn goroutines(out: &mut dyn Write) -> fmt::Result {
    let _world = sched::stop_the_world();
    // SAFETY: the world stands still.
    unsafe { sched::dump::write(out) }
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
