//! The print buffers of standard output and standard error.
//! Keeps: bytes of one descriptor leave in the order in which they came; a terminal gets whole lines
//! at once. Never: holds bytes for longer than until the program idles, 100 ms, or its end.
//! Read next: `raw.rs`, which they are written with.

use super::raw;
use crate::prim::{AtomicBool, Ordering};
use std::io::IsTerminal;
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::{Duration, Instant};

/// Bytes at which a buffer is written out.
const BUFFER_BYTES: usize = 32 << 10;
/// How long the end of the program waits for a thread that is in the middle of a print.
const EXIT_WAIT: Duration = Duration::from_millis(200);

struct Output {
    descriptor: i32,
    buffer: Mutex<Buffer>,
    /// The buffer may hold something: idle workers look here first.
    is_pending: AtomicBool,
}

struct Buffer {
    bytes: Vec<u8>,
    /// Whether lines go out at once; known from the first print on.
    is_terminal: Option<bool>,
}

impl Output {
    const fn new(descriptor: i32) -> Output {
        let buffer = Mutex::new(Buffer {
            bytes: Vec::new(),
            is_terminal: None,
        });
        Output {
            descriptor,
            buffer,
            is_pending: AtomicBool::new(false),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Buffer> {
        self.buffer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn print(&self, bytes: &[u8]) {
        let mut buffer = self.lock();
        let is_terminal = *buffer
            .is_terminal
            .get_or_insert_with(|| match self.descriptor {
                1 => std::io::stdout().is_terminal(),
                _ => std::io::stderr().is_terminal(),
            });
        if buffer.bytes.len() + bytes.len() > BUFFER_BYTES {
            self.write_out(&mut buffer);
        }
        if bytes.len() > BUFFER_BYTES {
            raw::write_all(self.descriptor, bytes);
            return;
        }
        buffer.bytes.extend_from_slice(bytes);
        if is_terminal && bytes.contains(&b'\n') {
            let lines = buffer
                .bytes
                .iter()
                .rposition(|&byte| byte == b'\n')
                .map_or(0, |at| at + 1);
            raw::write_all(self.descriptor, &buffer.bytes[..lines]);
            buffer.bytes.drain(..lines);
        }
        self.is_pending
            .store(!buffer.bytes.is_empty(), Ordering::Release);
    }

    fn write_out(&self, buffer: &mut Buffer) {
        if !buffer.bytes.is_empty() {
            raw::write_all(self.descriptor, &buffer.bytes);
            buffer.bytes.clear();
        }
        self.is_pending.store(false, Ordering::Release);
    }

    fn flush(&self) {
        if self.is_pending.load(Ordering::Acquire) {
            self.write_out(&mut self.lock());
        }
    }

    /// As `flush`, but gives up when another thread keeps the buffer.
    fn flush_patiently(&self) {
        let began = Instant::now();
        loop {
            match self.buffer.try_lock() {
                Ok(mut buffer) => return self.write_out(&mut buffer),
                Err(TryLockError::Poisoned(error)) => {
                    return self.write_out(&mut error.into_inner());
                }
                Err(TryLockError::WouldBlock) if began.elapsed() < EXIT_WAIT => {
                    crate::prim::thread::yield_now();
                }
                Err(TryLockError::WouldBlock) => return,
            }
        }
    }
}

static STDOUT: Output = Output::new(1);
static STDERR: Output = Output::new(2);

/// Prints to standard output (1) or standard error (2).
pub fn print(descriptor: i64, bytes: &[u8]) {
    if descriptor == 2 {
        STDERR.print(bytes)
    } else {
        STDOUT.print(bytes)
    }
}

/// Writes both buffers out.
pub fn flush() {
    STDOUT.flush();
    STDERR.flush();
}

/// Writes both buffers out before the process ends, even when a thread died in the middle of a
/// print.
pub fn flush_exit() {
    STDOUT.flush_patiently();
    STDERR.flush_patiently();
}
