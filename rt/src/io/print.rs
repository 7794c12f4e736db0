//! The print buffers of standard output and standard error.
//! Keeps: bytes of one descriptor leave in the order in which they came; a terminal gets whole lines
//! at once. Never: holds bytes for longer than until the program idles, 100 ms, or its end.
//! Read next: `raw.rs`, which they are written with.

use super::raw;
use crate::prim::{AtomicBool, Ordering};
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
            .get_or_insert_with(|| raw::is_terminal(self.descriptor));
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

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::io::Read;
    use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

    /// An output into a pipe, and the pipe's other end.
    fn output(is_terminal: bool) -> (Output, OwnedFd, std::fs::File) {
        let mut ends = [0; 2];
        // SAFETY: makes two descriptors, which are owned from here on.
        let (read, write) = unsafe {
            assert_eq!(libc::pipe(ends.as_mut_ptr()), 0);
            libc::fcntl(ends[0], libc::F_SETFL, libc::O_NONBLOCK);
            (
                std::fs::File::from_raw_fd(ends[0]),
                OwnedFd::from_raw_fd(ends[1]),
            )
        };
        let output = Output::new(write.as_raw_fd());
        output.lock().is_terminal = Some(is_terminal);
        (output, write, read)
    }

    fn arrived(read: &mut std::fs::File) -> String {
        let mut bytes = vec![0; 1 << 17];
        let count = read.read(&mut bytes).unwrap_or(0);
        String::from_utf8(bytes[..count].to_vec()).unwrap()
    }

    #[test]
    fn blocks_wait_for_a_flush() {
        let (output, _write, mut read) = output(false);
        output.print(b"one\n");
        output.print(b"two\n");
        assert_eq!(arrived(&mut read), "");
        output.flush();
        assert_eq!(arrived(&mut read), "one\ntwo\n");
        output.print(b"three");
        // Too large for the buffer: what came before goes first.
        output.print(&[b'x'; BUFFER_BYTES + 1]);
        let text = arrived(&mut read);
        assert!(text.starts_with("threex") && text.len() == BUFFER_BYTES + 6);
        output.print(b"end");
        output.flush_patiently();
        assert_eq!(arrived(&mut read), "end");
        assert!(!output.is_pending.load(Ordering::Relaxed));
    }

    #[test]
    fn terminals_get_whole_lines_at_once() {
        let (output, _write, mut read) = output(true);
        output.print(b"one\ntwo");
        assert_eq!(arrived(&mut read), "one\n");
        output.print(b" and more");
        assert_eq!(arrived(&mut read), "");
        output.print(b"\n");
        assert_eq!(arrived(&mut read), "two and more\n");
    }
}
