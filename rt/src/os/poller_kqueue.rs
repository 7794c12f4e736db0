//! Waiting on Apple's systems: a kqueue. A descriptor is watched by two filters, one for each
//! direction; both go when it is closed.

use std::ptr;

use super::{EVENTS_MAX, Event};
use crate::os::numbers::linux_error;

/// Identifier of the event that `wake` triggers.
const WAKE: usize = 0;

/// A kqueue.
#[derive(Debug)]
pub struct Poller {
    queue: i32,
}

fn change(ident: usize, filter: i16, flags: u16, key: u64) -> libc::kevent {
    libc::kevent {
        ident,
        filter,
        flags,
        fflags: 0,
        data: 0,
        udata: ptr::without_provenance_mut(key as usize),
    }
}

impl Poller {
    /// None when the process is out of descriptors.
    #[must_use]
    pub fn new() -> Option<Poller> {
        // SAFETY: plain system calls.
        let queue = unsafe { libc::kqueue() };
        if queue < 0 {
            return None;
        }
        // SAFETY: as above.
        unsafe { libc::fcntl(queue, libc::F_SETFD, libc::FD_CLOEXEC) };
        let poller = Poller { queue };
        // Whoever sees the event takes it.
        let wake = change(WAKE, libc::EVFILT_USER, libc::EV_ADD | libc::EV_CLEAR, 0);
        poller.submit(&[wake]).ok()?;
        Some(poller)
    }

    /// Watches `descriptor` until it is closed; the error is an errno.
    pub fn add(&self, descriptor: i32, key: u64) -> Result<(), i32> {
        let flags = libc::EV_ADD | libc::EV_CLEAR;
        let ident = descriptor as usize;
        self.submit(&[
            change(ident, libc::EVFILT_READ, flags, key),
            change(ident, libc::EVFILT_WRITE, flags, key),
        ])
    }

    /// Nothing to do: `add` was enough.
    pub fn ask(&self, _descriptor: i32, _key: u64, _for_writing: bool) -> Result<(), i32> {
        Ok(())
    }

    fn submit(&self, changes: &[libc::kevent]) -> Result<(), i32> {
        // SAFETY: the changes live across the call; no room for events is given, so that the first
        // change which fails fails the call.
        let result = unsafe {
            libc::kevent(
                self.queue,
                changes.as_ptr(),
                changes.len() as i32,
                ptr::null_mut(),
                0,
                ptr::null(),
            )
        };
        if result < 0 {
            Err(linux_error(crate::os::errno()))
        } else {
            Ok(())
        }
    }

    /// Waits for events, at most `timeout_ns` (for ever without), and hands each to `visit`.
    pub fn wait(&self, timeout_ns: Option<u64>, visit: &mut dyn FnMut(Event)) {
        let mut events = [const { change_of_nothing() }; EVENTS_MAX];
        let time = timeout_ns.map(|ns| libc::timespec {
            tv_sec: (ns / 1_000_000_000) as _,
            tv_nsec: (ns % 1_000_000_000) as _,
        });
        // SAFETY: the buffer has room for that many events; the time lives across the call.
        let count = unsafe {
            libc::kevent(
                self.queue,
                ptr::null(),
                0,
                events.as_mut_ptr(),
                EVENTS_MAX as i32,
                time.as_ref().map_or(ptr::null(), ptr::from_ref),
            )
        };
        for event in &events[..usize::try_from(count).unwrap_or(0)] {
            if event.filter == libc::EVFILT_USER {
                // Who only looks must not take the wake-up from who waits.
                if timeout_ns == Some(0) {
                    self.wake();
                }
                continue;
            }
            // At an end or after an error both directions go on, and find out.
            let is_over = event.flags & libc::EV_ERROR != 0
                || event.flags & libc::EV_EOF != 0 && event.fflags != 0;
            visit(Event {
                key: event.udata.addr() as u64,
                readable: is_over || event.filter == libc::EVFILT_READ,
                writable: is_over || event.filter == libc::EVFILT_WRITE,
            });
        }
    }

    /// Ends a wait, or the next one. May be called from a signal handler.
    pub fn wake(&self) {
        let trigger = libc::kevent {
            fflags: libc::NOTE_TRIGGER,
            ..change(WAKE, libc::EVFILT_USER, 0, 0)
        };
        // Fails only when the process is at its end.
        let _ = self.submit(&[trigger]);
    }
}

const fn change_of_nothing() -> libc::kevent {
    libc::kevent {
        ident: 0,
        filter: 0,
        flags: 0,
        fflags: 0,
        data: 0,
        udata: ptr::null_mut(),
    }
}
