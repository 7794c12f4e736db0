//! Waiting on Windows: a completion port, to which the driver of sockets reports. It is asked about one
//! direction of one socket at a time and answers once, so nothing is watched that nobody waits for.

use std::ffi::c_void;
use std::ptr::{null, null_mut};

use super::{EVENTS_MAX, Event};
use crate::os::numbers::linux_error;
use crate::os::windows::{
    CloseHandle, CreateIoCompletionPort, GetLastError, GetQueuedCompletionStatusEx, Handle,
    INFINITE, INVALID_HANDLE, IoStatusBlock, NtCreateFile, NtDeviceIoControlFile, ObjectAttributes,
    OverlappedEntry, PostQueuedCompletionStatus, RtlNtStatusToDosError,
    SetFileCompletionNotificationModes, UnicodeString, socket_of,
};
use crate::prim::{AtomicBool, AtomicPtr, Ordering};

/// Key of the packet that `wake` posts.
const WAKE_KEY: usize = 1;
/// Key of the driver's answers.
const DRIVER_KEY: usize = 0;

/// The driver's request to tell what a socket is ready for.
const IOCTL_POLL: u32 = 0x0001_2024;
const STATUS_PENDING: i32 = 0x103;
/// What the driver tells: data, urgent data, room, end, reset, closed here, a connection to accept,
/// one that failed.
const RECEIVE: u32 = 0x1;
const RECEIVE_URGENT: u32 = 0x2;
const SEND: u32 = 0x4;
const DISCONNECT: u32 = 0x8;
const ABORT: u32 = 0x10;
const LOCAL_CLOSE: u32 = 0x20;
const ACCEPT: u32 = 0x80;
const CONNECT_FAILED: u32 = 0x100;
const FOR_READING: u32 =
    RECEIVE | RECEIVE_URGENT | DISCONNECT | ABORT | LOCAL_CLOSE | ACCEPT | CONNECT_FAILED;
const FOR_WRITING: u32 = SEND | ABORT | LOCAL_CLOSE | CONNECT_FAILED;

/// The driver's record of a request about one socket.
#[repr(C)]
struct PollInfo {
    timeout: i64,
    sockets: u32,
    exclusive: u32,
    socket: usize,
    events: u32,
    status: i32,
}

/// One request; the driver's until its answer comes.
struct Request {
    status: IoStatusBlock,
    info: PollInfo,
    key: u64,
    for_writing: bool,
}

/// A completion port, and the driver once the first socket is there.
#[derive(Debug)]
pub struct Poller {
    port: Handle,
    driver: AtomicPtr<c_void>,
    /// A wake-up is on its way.
    is_woken: AtomicBool,
}

// SAFETY: handles are the process's.
unsafe impl Send for Poller {}
// SAFETY: as above.
unsafe impl Sync for Poller {}

impl Poller {
    /// None when the process is out of handles.
    #[must_use]
    pub fn new() -> Option<Poller> {
        // SAFETY: a port of its own.
        let port = unsafe { CreateIoCompletionPort(INVALID_HANDLE, null_mut(), 0, 0) };
        (!port.is_null()).then(|| Poller {
            port,
            driver: AtomicPtr::new(null_mut()),
            is_woken: AtomicBool::new(false),
        })
    }

    /// Readies the poller for sockets: the error is an errno. What happens to this one is told after
    /// [`Poller::ask`].
    pub fn add(&self, _descriptor: i32, _key: u64) -> Result<(), i32> {
        // ORDERING: a handle says all there is to know.
        if self.driver.load(Ordering::Relaxed).is_null() {
            let driver = self.open_driver()?;
            let (null, order) = (null_mut(), Ordering::Relaxed);
            if self
                .driver
                .compare_exchange(null, driver, order, order)
                .is_err()
            {
                // SAFETY: another thread was first, and nobody else has this handle.
                unsafe { CloseHandle(driver) };
            }
        }
        Ok(())
    }

    fn open_driver(&self) -> Result<Handle, i32> {
        const SYNCHRONIZE: u32 = 0x0010_0000;
        const SHARE_READ_WRITE: u32 = 3;
        const OPEN: u32 = 1;
        const SKIP_SET_EVENT: u8 = 2;
        let name: Vec<u16> = "\\Device\\Afd\\Gossamer".encode_utf16().collect();
        let bytes = size_of_val(&name[..]) as u16;
        let name = UnicodeString {
            length: bytes,
            maximum_length: bytes,
            buffer: name.as_ptr(),
        };
        let attributes = ObjectAttributes {
            length: size_of::<ObjectAttributes>() as u32,
            root: null_mut(),
            name: &raw const name,
            attributes: 0,
            security_descriptor: null(),
            security_quality: null(),
        };
        let mut status = IoStatusBlock {
            status: 0,
            information: 0,
        };
        let mut driver = null_mut();
        // SAFETY: all records live across the calls.
        unsafe {
            let failed = NtCreateFile(
                &raw mut driver,
                SYNCHRONIZE,
                &raw const attributes,
                &raw mut status,
                null(),
                0,
                SHARE_READ_WRITE,
                OPEN,
                0,
                null(),
                0,
            );
            if failed < 0 {
                return Err(linux_error(RtlNtStatusToDosError(failed) as i32));
            }
            if CreateIoCompletionPort(driver, self.port, DRIVER_KEY, 0).is_null() {
                let error = GetLastError() as i32;
                CloseHandle(driver);
                return Err(linux_error(error));
            }
            SetFileCompletionNotificationModes(driver, SKIP_SET_EVENT);
        }
        Ok(driver)
    }

    /// Asks to be told once when a direction of a socket is ready; the error is an errno.
    pub fn ask(&self, descriptor: i32, key: u64, for_writing: bool) -> Result<(), i32> {
        let driver = self.driver.load(Ordering::Relaxed);
        let request = Box::into_raw(Box::new(Request {
            status: IoStatusBlock {
                status: STATUS_PENDING as isize,
                information: 0,
            },
            info: PollInfo {
                timeout: i64::MAX,
                sockets: 1,
                exclusive: 0,
                socket: socket_of(descriptor).unwrap_or(usize::MAX),
                events: if for_writing {
                    FOR_WRITING
                } else {
                    FOR_READING
                },
                status: 0,
            },
            key,
            for_writing,
        }));
        // SAFETY: the request lives until its answer comes, which is the port's.
        unsafe {
            let info = &raw mut (*request).info;
            let failed = NtDeviceIoControlFile(
                driver,
                null_mut(),
                null(),
                request.cast(),
                &raw mut (*request).status,
                IOCTL_POLL,
                info.cast(),
                size_of::<PollInfo>() as u32,
                info.cast(),
                size_of::<PollInfo>() as u32,
            );
            if failed < 0 {
                drop(Box::from_raw(request));
                return Err(linux_error(RtlNtStatusToDosError(failed) as i32));
            }
        }
        Ok(())
    }

    /// Waits for events, at most `timeout_ns` (for ever without), and hands each to `visit`.
    pub fn wait(&self, timeout_ns: Option<u64>, visit: &mut dyn FnMut(Event)) {
        let mut entries = [const {
            OverlappedEntry {
                key: 0,
                context: null_mut(),
                internal: 0,
                bytes: 0,
            }
        }; EVENTS_MAX];
        let mut count = 0;
        // Rounded up: waking before the time would spin.
        let timeout = timeout_ns.map_or(INFINITE, |ns| {
            u32::try_from(ns.div_ceil(1_000_000)).unwrap_or(INFINITE - 1)
        });
        // SAFETY: there is room for that many entries.
        let any = unsafe {
            GetQueuedCompletionStatusEx(
                self.port,
                entries.as_mut_ptr(),
                EVENTS_MAX as u32,
                &raw mut count,
                timeout,
                0,
            )
        };
        if any == 0 {
            return;
        }
        for entry in &entries[..count as usize] {
            if entry.key == WAKE_KEY {
                // ORDERING: from here on wake-ups are posted again; what they tell of is looked at
                // after this wait.
                self.is_woken.store(false, Ordering::SeqCst);
                // Who only looks must not take the wake-up from who waits.
                if timeout_ns == Some(0) {
                    self.wake();
                }
                continue;
            }
            // SAFETY: given up in `ask`, answered once.
            let request = unsafe { Box::from_raw(entry.context.cast::<Request>()) };
            visit(Event {
                key: request.key,
                readable: !request.for_writing,
                writable: request.for_writing,
            });
        }
    }

    /// Ends a wait, or the next one. May be called from any thread.
    pub fn wake(&self) {
        if self.is_woken.swap(true, Ordering::SeqCst) {
            return;
        }
        // SAFETY: no memory is involved. Fails only when the process is at its end.
        unsafe { PostQueuedCompletionStatus(self.port, 0, WAKE_KEY, null_mut::<c_void>()) };
    }
}
