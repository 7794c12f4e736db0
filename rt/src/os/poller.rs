//! Waiting for many descriptors at once, and being woken from that wait.
//! A platform supplies [`Poller`]: `new`, `add`, `ask`, `wait`, `wake`. Descriptors are watched for both
//! directions, edge-triggered, from `add` until they are closed; where that cannot be, a direction is
//! watched from `ask` until something happened.

/// One thing that happened to the descriptor with this key.
#[derive(Clone, Copy, Debug)]
pub struct Event {
    /// As given to `add`.
    pub key: u64,
    /// Reading may go on (data, end or error).
    pub readable: bool,
    /// Writing may go on (room or error).
    pub writable: bool,
}

/// Most events of one wait.
pub const EVENTS_MAX: usize = 128;

pub use platform::Poller;

#[cfg(target_os = "linux")]
mod platform {
    use super::{EVENTS_MAX, Event};
    use crate::prim::{AtomicBool, Ordering};

    /// Number of the system call on every processor.
    const EPOLL_PWAIT2: libc::c_long = 441;
    /// The call failed once.
    static NO_PWAIT2: AtomicBool = AtomicBool::new(false);

    /// Key of the descriptor that `wake` writes to.
    const WAKE_KEY: u64 = u64::MAX;

    /// An epoll instance and an event descriptor in it (level-triggered: its wake-up stays until
    /// somebody who waits has seen it).
    #[derive(Debug)]
    pub struct Poller {
        epoll: i32,
        event: i32,
    }

    impl Poller {
        /// None when the process is out of descriptors.
        #[must_use]
        pub fn new() -> Option<Poller> {
            // SAFETY: plain system calls.
            let (epoll, event) = unsafe {
                (
                    libc::epoll_create1(libc::EPOLL_CLOEXEC),
                    libc::eventfd(0, libc::EFD_CLOEXEC | libc::EFD_NONBLOCK),
                )
            };
            if epoll < 0 || event < 0 {
                return None;
            }
            let poller = Poller { epoll, event };
            poller.control(event, WAKE_KEY, libc::EPOLLIN).ok()?;
            Some(poller)
        }

        /// Watches `descriptor` until it is closed; the error is an errno.
        pub fn add(&self, descriptor: i32, key: u64) -> Result<(), i32> {
            let interest = libc::EPOLLIN | libc::EPOLLOUT | libc::EPOLLRDHUP | libc::EPOLLET;
            self.control(descriptor, key, interest)
        }

        /// Nothing to do: `add` was enough.
        pub fn ask(&self, _descriptor: i32, _key: u64, _for_writing: bool) -> Result<(), i32> {
            Ok(())
        }

        fn control(&self, descriptor: i32, key: u64, interest: i32) -> Result<(), i32> {
            let mut event = libc::epoll_event {
                events: interest as u32,
                u64: key,
            };
            // SAFETY: the event lives across the call.
            let result = unsafe {
                libc::epoll_ctl(self.epoll, libc::EPOLL_CTL_ADD, descriptor, &raw mut event)
            };
            if result < 0 {
                Err(crate::os::errno())
            } else {
                Ok(())
            }
        }

        /// Waits for events, at most `timeout_ns` (for ever without), and hands each to `visit`.
        pub fn wait(&self, timeout_ns: Option<u64>, visit: &mut dyn FnMut(Event)) {
            let mut events = [const { libc::epoll_event { events: 0, u64: 0 } }; EVENTS_MAX];
            let count = self.wait_for(&mut events, timeout_ns);
            for event in &events[..usize::try_from(count).unwrap_or(0)] {
                let (key, bits) = (event.u64, event.events as i32);
                if key == WAKE_KEY {
                    // Who only looks must not take the wake-up from who waits.
                    if timeout_ns != Some(0) {
                        self.drain();
                    }
                    continue;
                }
                let broken = bits & (libc::EPOLLERR | libc::EPOLLHUP) != 0;
                visit(Event {
                    key,
                    readable: broken || bits & (libc::EPOLLIN | libc::EPOLLRDHUP) != 0,
                    writable: broken || bits & libc::EPOLLOUT != 0,
                });
            }
        }

        /// Waits to the nanosecond where the kernel can, else to the next millisecond.
        fn wait_for(
            &self,
            events: &mut [libc::epoll_event; EVENTS_MAX],
            timeout_ns: Option<u64>,
        ) -> i32 {
            let precise = timeout_ns.filter(|ns| *ns != 0 && !NO_PWAIT2.load(Ordering::Relaxed));
            if let Some(ns) = precise {
                let time = [ns / 1_000_000_000, ns % 1_000_000_000];
                // SAFETY: the buffer has room for that many events; the time is that of a 64-bit
                // kernel.
                let count = unsafe {
                    libc::syscall(
                        EPOLL_PWAIT2,
                        self.epoll,
                        events.as_mut_ptr(),
                        EVENTS_MAX,
                        time.as_ptr(),
                        std::ptr::null::<u8>(),
                        0usize,
                    )
                };
                if count >= 0 || crate::os::errno() == libc::EINTR {
                    return count as i32;
                }
                // An old kernel, or a sandbox that forbids the call.
                NO_PWAIT2.store(true, Ordering::Relaxed);
            }
            // Rounded up: waking before the time would spin.
            let timeout = timeout_ns.map_or(-1, |ns| {
                i32::try_from(ns.div_ceil(1_000_000)).unwrap_or(i32::MAX)
            });
            // SAFETY: as above.
            unsafe { libc::epoll_wait(self.epoll, events.as_mut_ptr(), EVENTS_MAX as i32, timeout) }
        }

        fn drain(&self) {
            let mut count = 0u64;
            // SAFETY: eight bytes are read into eight.
            unsafe {
                libc::read(self.event, (&raw mut count).cast(), 8);
            }
        }

        /// Ends a wait, or the next one. May be called from a signal handler.
        pub fn wake(&self) {
            let one = 1u64;
            // SAFETY: eight bytes are written from eight; a full counter is as good as a wake-up.
            unsafe {
                libc::write(self.event, (&raw const one).cast(), 8);
            }
        }
    }
}

#[cfg(target_vendor = "apple")]
#[path = "poller_kqueue.rs"]
mod platform;

#[cfg(windows)]
#[path = "poller_windows.rs"]
mod platform;
