//! How Windows starts, waits for and ends children. A process is waited for by a handle, which is kept from its start to its end, since
//! the system gives its number to another one as soon as nobody has a handle.
//! Keeps: a child has the standard descriptors it was given and no other.

use std::os::windows::io::{FromRawHandle, IntoRawHandle, OwnedHandle};
use std::process::{Command, Stdio};
use std::ptr::null_mut;
use std::sync::Mutex;

use crate::os::numbers::{error_number, last_error};
use crate::os::windows::{
    CloseHandle, DuplicateHandle, GetCurrentProcess, GetCurrentProcessId, GetExitCodeProcess,
    Handle, INFINITE, NtQueryInformationProcess, OpenProcess, TerminateProcess,
    WaitForSingleObject, handle_of,
};
use crate::process::with_environment;

const INVALID: i64 = 22;
const NO_CHILD: i64 = 10;
const NO_PROCESS: i64 = 3;
const NOT_SUPPORTED: i64 = 38;

struct Child {
    number: i64,
    handle: Handle,
}

// SAFETY: handles are the process's.
unsafe impl Send for Child {}

/// Children that nobody waited for yet.
static CHILDREN: Mutex<Vec<Child>> = Mutex::new(Vec::new());

fn children<R>(with: impl FnOnce(&mut Vec<Child>) -> R) -> R {
    let mut children = CHILDREN
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    with(&mut children)
}

/// Another handle to the same, which the caller closes.
fn duplicate(handle: Handle) -> Result<Handle, i64> {
    const SAME_ACCESS: u32 = 2;
    let mut made = null_mut();
    // SAFETY: both processes are this one.
    let done = unsafe {
        let own = GetCurrentProcess();
        DuplicateHandle(own, handle, own, &raw mut made, 0, 0, SAME_ACCESS)
    };
    if done == 0 {
        Err(last_error())
    } else {
        Ok(made)
    }
}

/// Starts a child in which `descriptors[i]` is `i`: the process's number, or -errno. Only the standard three
/// can be given.
pub(super) fn start(mut command: Command, descriptors: &[i32]) -> i64 {
    if descriptors.iter().skip(3).any(|number| *number >= 0) {
        return -NOT_SUPPORTED;
    }
    for (place, &number) in descriptors.iter().enumerate().take(3) {
        if number < 0 {
            continue;
        }
        let handle = match duplicate(handle_of(number)) {
            Ok(handle) => handle,
            Err(error) => return error,
        };
        // SAFETY: the handle was made for it.
        let given = Stdio::from(unsafe { OwnedHandle::from_raw_handle(handle) });
        match place {
            0 => command.stdin(given),
            1 => command.stdout(given),
            _ => command.stderr(given),
        };
    }
    let started = match with_environment(|| command.spawn()) {
        Ok(started) => started,
        Err(error) => return -error_number(&error),
    };
    let number = i64::from(started.id());
    let handle = started.into_raw_handle();
    children(|children| children.push(Child { number, handle }));
    number
}

/// A process cannot become another program here.
pub(super) fn replace(_command: Command) -> i64 {
    -NOT_SUPPORTED
}

/// Waits for a child's end: its exit code, -errno. One that `kill` ended has 128 and the signal's number.
pub fn wait(process: i64) -> i64 {
    let taken = children(|children| {
        let place = children.iter().position(|child| child.number == process)?;
        Some(children.swap_remove(place))
    });
    let Some(Child { handle, .. }) = taken else {
        return -NO_CHILD;
    };
    let mut code = 0;
    // SAFETY: the handle is ours, and closed once.
    unsafe {
        WaitForSingleObject(handle, INFINITE);
        GetExitCodeProcess(handle, &raw mut code);
        CloseHandle(handle);
    }
    i64::from(code)
}

/// Sends a signal: 0 or -errno. To this process one that it catches is delivered; others end the process
/// with 128 and their number, as shells tell it; 0 asks whether there is such a process.
pub fn kill(process: i64, signal: i64) -> i64 {
    const TERMINATE: u32 = 1;
    let (Ok(number), Ok(signal @ 0..64)) = (u32::try_from(process), u32::try_from(signal)) else {
        return -INVALID;
    };
    // SAFETY: the handle is closed once.
    unsafe {
        if signal != 0 && number == GetCurrentProcessId() {
            if !crate::os::signal::raise(signal) {
                crate::process::exit(128 + signal as i32);
            }
            return 0;
        }
        let handle = OpenProcess(TERMINATE, 0, number);
        if handle.is_null() {
            // An invalid parameter is a process that is not there.
            return match last_error() {
                error if error == -INVALID => -NO_PROCESS,
                error => error,
            };
        }
        let done = signal == 0 || TerminateProcess(handle, 128 + signal) != 0;
        let result = if done { 0 } else { last_error() };
        CloseHandle(handle);
        result
    }
}

/// The parent's number.
pub fn parent() -> i64 {
    const BASIC: u32 = 0;
    // The last word is the parent's number.
    let mut about = [0i64; 6];
    // SAFETY: the record is as large as it says.
    unsafe {
        NtQueryInformationProcess(
            GetCurrentProcess(),
            BASIC,
            about.as_mut_ptr().cast(),
            size_of_val(&about) as u32,
            null_mut(),
        );
    }
    about[5]
}
