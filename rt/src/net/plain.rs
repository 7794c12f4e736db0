//! Descriptors that no poller watches: files, and with the system's own numbers terminals and the
//! standard three. They are never made non-blocking, since other processes may share them. What may
//! block runs on the pool for blocking calls.

use crate::net::{descriptor, system};
use crate::sched::blocking;
use crate::task::{G, Park};

/// Bytes that a pipe or terminal which is ready takes without blocking.
const ATOMIC_WRITE_BYTES: usize = 4096;

/// A number of the system during an operation, and the handle whose use ends with that.
#[derive(Debug)]
pub struct Plain {
    number: i32,
    used: Option<u64>,
}

impl Plain {
    /// A number that stands in no table.
    #[must_use]
    pub fn bare(number: i32) -> Plain {
        Plain { number, used: None }
    }

    /// The number of a handle that the caller acquired.
    #[must_use]
    pub fn of(handle: u64, number: i32) -> Plain {
        let used = Some(handle);
        Plain { number, used }
    }

    fn number(&self) -> i32 {
        self.number
    }
}

impl Drop for Plain {
    fn drop(&mut self) {
        if let Some(handle) = self.used {
            descriptor::release(handle);
        }
    }
}

/// See `gos_rt_read`.
///
/// # Safety
/// `length` bytes at `bytes` are writable, in a cell or on the goroutine's stack.
pub unsafe fn read(goroutine: &mut G, from: Plain, bytes: *mut u8, length: usize) -> Park {
    let number = from.number();
    if number == 0 {
        crate::io::flush_idle();
    }
    if system::is_regular(number) || system::is_ready(number, false) {
        // SAFETY: as the caller promises.
        return Park::ready(unsafe { whole(|| system::read(number, bytes, length)) } as u64);
    }
    goroutine.operation.words[0] = bytes as u64;
    let address = bytes as usize;
    // SAFETY: the operation keeps the bytes alive, the goroutine waits.
    blocking::run(goroutine, move || unsafe {
        whole(|| system::read(from.number(), address as *mut u8, length)) as u64
    })
}

/// See `gos_rt_write`.
///
/// # Safety
/// `length` bytes at `bytes` are readable, in a cell or on the goroutine's stack.
pub unsafe fn write(goroutine: &mut G, to: Plain, bytes: *const u8, length: usize) -> Park {
    let number = to.number();
    if number == 1 || number == 2 {
        // What was printed before comes before.
        crate::io::print::flush();
    }
    let fits = length <= ATOMIC_WRITE_BYTES && system::is_ready(number, true);
    if fits || system::is_regular(number) {
        // SAFETY: as the caller promises.
        return Park::ready(unsafe { whole(|| system::write(number, bytes, length)) } as u64);
    }
    goroutine.operation.words[0] = bytes as u64;
    let address = bytes as usize;
    // SAFETY: the operation keeps the bytes alive, the goroutine waits.
    blocking::run(goroutine, move || unsafe {
        whole(|| system::write(to.number(), address as *const u8, length)) as u64
    })
}

/// Repeats a call that a signal interrupted, or that found a descriptor which somebody else made
/// non-blocking.
unsafe fn whole(call: impl Fn() -> i64) -> i64 {
    loop {
        let result = call();
        if result == -system::WOULD_BLOCK {
            std::thread::sleep(std::time::Duration::from_millis(1));
        } else if result != -system::INTERRUPTED {
            return result;
        }
    }
}

/// Closes a number; the standard three stay open, so that no other file gets their numbers.
pub fn close(number: i32) -> i64 {
    if (0..3).contains(&number) {
        0
    } else {
        system::close(number)
    }
}
