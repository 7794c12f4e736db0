//! Threads of the system that live and end by themselves. The library's threads have names, handles
//! and a record of each stack, none of which the runtime uses and all of which would be in every
//! program.

/// Starts a thread with a stack of that size; false if the system gives none.
#[cfg(unix)]
#[must_use]
pub fn start(stack_bytes: usize, work: fn(usize), with: usize) -> bool {
    use core::ffi::c_void;
    use core::mem::MaybeUninit;

    struct Start {
        work: fn(usize),
        with: usize,
    }

    extern "C" fn begin(start: *mut c_void) -> *mut c_void {
        #[cfg(target_vendor = "apple")]
        super::slot::prepare_thread();
        // SAFETY: the box given up below, taken once.
        let start = unsafe { Box::from_raw(start.cast::<Start>()) };
        (start.work)(start.with);
        core::ptr::null_mut()
    }

    let start = Box::into_raw(Box::new(Start { work, with }));
    let mut attributes = MaybeUninit::<libc::pthread_attr_t>::uninit();
    let mut thread = MaybeUninit::<libc::pthread_t>::uninit();
    // SAFETY: the attributes are used between their beginning and end; the thread gets the box.
    unsafe {
        libc::pthread_attr_init(attributes.as_mut_ptr());
        libc::pthread_attr_setstacksize(attributes.as_mut_ptr(), stack_bytes);
        libc::pthread_attr_setdetachstate(attributes.as_mut_ptr(), libc::PTHREAD_CREATE_DETACHED);
        let error = libc::pthread_create(
            thread.as_mut_ptr(),
            attributes.as_ptr(),
            begin,
            start.cast(),
        );
        libc::pthread_attr_destroy(attributes.as_mut_ptr());
        if error != 0 {
            // No thread took it.
            drop(Box::from_raw(start));
        }
        error == 0
    }
}

/// Starts a thread with a stack of that size; false if the system gives none.
#[cfg(windows)]
#[must_use]
pub fn start(stack_bytes: usize, work: fn(usize), with: usize) -> bool {
    use super::windows::{CloseHandle, CreateThread};
    use core::ffi::c_void;

    /// The size is that of the address space, not of memory.
    const IS_RESERVATION: u32 = 0x0001_0000;

    struct Start {
        work: fn(usize),
        with: usize,
    }

    unsafe extern "system" fn begin(start: *mut c_void) -> u32 {
        super::slot::prepare_thread();
        // SAFETY: the box given up below, taken once.
        let start = unsafe { Box::from_raw(start.cast::<Start>()) };
        (start.work)(start.with);
        super::slot::leave_thread();
        0
    }

    let start = Box::into_raw(Box::new(Start { work, with }));
    let none = core::ptr::null_mut();
    // SAFETY: the thread gets the box.
    unsafe {
        let thread = CreateThread(
            none,
            stack_bytes,
            begin,
            start.cast(),
            IS_RESERVATION,
            none.cast(),
        );
        if thread.is_null() {
            // No thread took it.
            drop(Box::from_raw(start));
        } else {
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
