//! Threads of the system that live and end by themselves. The library's threads have names, handles
//! and a record of each stack, none of which the runtime uses and all of which would be in every
//! program.

use core::ffi::c_void;

/// What a new thread does.
struct Start {
    work: fn(usize),
    with: usize,
}

/// Starts a thread with a stack of that size; false if the system gives none.
#[must_use]
pub fn start(stack_bytes: usize, work: fn(usize), with: usize) -> bool {
    let start = Box::into_raw(Box::new(Start { work, with }));
    let is_started = begin(stack_bytes, start.cast());
    if !is_started {
        // SAFETY: no thread took it.
        drop(unsafe { Box::from_raw(start) });
    }
    is_started
}

/// All that a thread does.
///
/// # Safety
/// It has been given a start of its own.
unsafe fn run(start: *mut c_void) {
    #[cfg(not(target_os = "linux"))]
    super::slot::prepare_thread();
    // SAFETY: the caller's promise.
    let Start { work, with } = *unsafe { Box::from_raw(start.cast::<Start>()) };
    work(with);
    #[cfg(not(target_os = "linux"))]
    super::slot::leave_thread();
}

#[cfg(unix)]
fn begin(stack_bytes: usize, start: *mut c_void) -> bool {
    use core::mem::MaybeUninit;

    extern "C" fn entry(start: *mut c_void) -> *mut c_void {
        // SAFETY: as it was given to the system.
        unsafe { run(start) };
        core::ptr::null_mut()
    }

    let mut attributes = MaybeUninit::<libc::pthread_attr_t>::uninit();
    let mut thread = MaybeUninit::<libc::pthread_t>::uninit();
    // SAFETY: the attributes are used between their beginning and end.
    unsafe {
        libc::pthread_attr_init(attributes.as_mut_ptr());
        libc::pthread_attr_setstacksize(attributes.as_mut_ptr(), stack_bytes);
        libc::pthread_attr_setdetachstate(attributes.as_mut_ptr(), libc::PTHREAD_CREATE_DETACHED);
        let error = libc::pthread_create(thread.as_mut_ptr(), attributes.as_ptr(), entry, start);
        libc::pthread_attr_destroy(attributes.as_mut_ptr());
        error == 0
    }
}

#[cfg(windows)]
fn begin(stack_bytes: usize, start: *mut c_void) -> bool {
    use super::windows::{CloseHandle, CreateThread};

    /// The size is that of the address space, not of memory.
    const IS_RESERVATION: u32 = 0x0001_0000;

    unsafe extern "system" fn entry(start: *mut c_void) -> u32 {
        // SAFETY: as it was given to the system.
        unsafe { run(start) };
        0
    }

    let none = core::ptr::null_mut();
    // SAFETY: nothing is asked for but the thread.
    unsafe {
        let thread = CreateThread(none, stack_bytes, entry, start, IS_RESERVATION, none.cast());
        if !thread.is_null() {
            CloseHandle(thread);
        }
        !thread.is_null()
    }
}

/// The system's number of this thread; 0 where nobody needs it.
#[must_use]
pub fn number() -> i32 {
    #[cfg(target_os = "linux")]
    // SAFETY: no memory is involved.
    let number = unsafe { libc::syscall(libc::SYS_gettid) as i32 };
    #[cfg(not(target_os = "linux"))]
    let number = 0;
    number
}
