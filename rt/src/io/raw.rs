//! Unbuffered output to a descriptor, for the buffers above it and for messages of a dying program.
//! Keeps: works in a signal handler: no lock, no allocation. Never: loses bytes to an interruption.

use std::fmt::{self, Write};

#[cfg(windows)]
#[path = "raw_windows.rs"]
mod platform;
#[cfg(windows)]
pub use platform::{is_terminal, write_all};

/// Writes all bytes; false when the descriptor does not take them.
#[cfg(unix)]
pub fn write_all(descriptor: i32, mut bytes: &[u8]) -> bool {
    while !bytes.is_empty() {
        // SAFETY: the bytes are readable.
        let count = unsafe { libc::write(descriptor, bytes.as_ptr().cast(), bytes.len()) };
        if count > 0 {
            bytes = &bytes[count as usize..];
            continue;
        }
        match std::io::Error::last_os_error().raw_os_error() {
            Some(libc::EINTR) => {}
            // Somebody shares the terminal or pipe with us and made it non-blocking.
            Some(libc::EAGAIN) => wait_writable(descriptor),
            Some(libc::EPIPE) if descriptor == 1 => end_by_broken_pipe(),
            _ => return false,
        }
    }
    true
}

/// Whether somebody sits there.
#[must_use]
#[cfg(unix)]
pub fn is_terminal(descriptor: i32) -> bool {
    // SAFETY: no memory is involved.
    unsafe { libc::isatty(descriptor) == 1 }
}

#[cfg(unix)]
fn wait_writable(descriptor: i32) {
    let mut poll = libc::pollfd {
        fd: descriptor,
        events: libc::POLLOUT,
        revents: 0,
    };
    // SAFETY: one valid entry.
    unsafe { libc::poll(&mut poll, 1, 1000) };
}

/// Nobody reads the output any more (`program | head`): ends as other programs do, by the signal
/// that the runtime ignores for the sake of sockets.
#[cfg(unix)]
fn end_by_broken_pipe() -> ! {
    // SAFETY: plain calls; should the signal be blocked, the exit code is that of a shell.
    unsafe {
        libc::signal(libc::SIGPIPE, libc::SIG_DFL);
        libc::raise(libc::SIGPIPE);
        libc::_exit(128 + libc::SIGPIPE)
    }
}

/// Text for standard error, handed on in pieces.
pub struct ErrorWriter {
    buffer: [u8; 1024],
    length: usize,
}

impl Default for ErrorWriter {
    fn default() -> Self {
        Self::new()
    }
}

impl ErrorWriter {
    /// An empty one.
    #[must_use]
    pub fn new() -> ErrorWriter {
        ErrorWriter {
            buffer: [0; 1024],
            length: 0,
        }
    }

    fn flush(&mut self) {
        write_all(2, &self.buffer[..self.length]);
        self.length = 0;
    }
}

impl fmt::Write for ErrorWriter {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for piece in text.as_bytes().chunks(self.buffer.len()) {
            if self.length + piece.len() > self.buffer.len() {
                self.flush();
            }
            self.buffer[self.length..self.length + piece.len()].copy_from_slice(piece);
            self.length += piece.len();
        }
        Ok(())
    }
}

impl Drop for ErrorWriter {
    fn drop(&mut self) {
        self.flush();
    }
}

/// Tells the user of something that is not as it should be, on a line of standard error. The standard library's
/// way there would be three kilobytes in every program.
pub fn warn(message: fmt::Arguments<'_>) {
    let mut out = ErrorWriter::new();
    // It takes everything.
    let _ = writeln!(out, "warning: {message}");
}
