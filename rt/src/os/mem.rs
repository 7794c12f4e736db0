//! Memory of the process: mappings and the page size.

use crate::prim::{AtomicUsize, Ordering};

/// Bytes of a page.
#[must_use]
pub fn page_bytes() -> u64 {
    4096.max(real_page_bytes()) as u64
}

fn real_page_bytes() -> usize {
    static BYTES: AtomicUsize = AtomicUsize::new(0);
    let known = BYTES.load(Ordering::Relaxed);
    if known != 0 {
        return known;
    }
    let bytes = platform::page_bytes();
    BYTES.store(bytes, Ordering::Relaxed);
    bytes
}

/// `bytes` bytes of zeroed memory that is backed when touched, or none when there is none left.
#[must_use]
pub fn map(bytes: usize) -> Option<*mut u8> {
    platform::map(bytes)
}

/// Backs part of a mapping now, all of which will be touched soon: one call instead of a fault for each page.
/// Where the system has no such call, they come one by one.
pub fn populate(address: usize, bytes: usize) {
    #[cfg(target_os = "linux")]
    {
        let page = real_page_bytes();
        let (start, end) = (address & !(page - 1), address + bytes);
        // SAFETY: pages of our own mapping, which keep what they hold.
        unsafe {
            libc::madvise(start as *mut _, end - start, libc::MADV_POPULATE_WRITE);
        }
    }
    #[cfg(not(target_os = "linux"))]
    let _ = (address, bytes);
}

/// Gives a mapping back.
///
/// # Safety
/// `address` and `bytes` are those of one mapping, which nobody uses.
pub unsafe fn unmap(address: *mut u8, bytes: usize) {
    // SAFETY: passed on to the caller.
    unsafe { platform::unmap(address, bytes) }
}

/// Makes the first `bytes` bytes of a mapping untouchable: an access ends the process.
///
/// # Safety
/// They are whole pages of a mapping, which nobody uses.
pub unsafe fn protect(address: *mut u8, bytes: usize) {
    // SAFETY: passed on to the caller.
    unsafe { platform::protect(address, bytes) }
}

/// Memory of this process, in bytes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Process {
    /// Address space.
    pub mapped: usize,
    /// Pages that are there.
    pub resident: usize,
}

/// What this process has now; nothing where the system does not tell.
#[must_use]
pub fn of_process() -> Process {
    #[cfg(target_os = "linux")]
    {
        // Pages: all, resident, and others.
        let text = super::kernel_file::read(&["/proc/self/statm"]);
        let mut pages = text.split(' ').map(|number| number.parse().unwrap_or(0));
        let mut bytes = || pages.next().unwrap_or(0) * real_page_bytes();
        Process {
            mapped: bytes(),
            resident: bytes(),
        }
    }
    #[cfg(not(target_os = "linux"))]
    Process::default()
}

/// Bytes of address space that this process may have; the largest number without a limit.
#[must_use]
pub fn address_space_limit() -> usize {
    #[cfg(target_os = "linux")]
    {
        let mut limit = libc::rlimit {
            rlim_cur: libc::RLIM_INFINITY,
            rlim_max: libc::RLIM_INFINITY,
        };
        // SAFETY: the limit is ours to be written.
        let told = unsafe { libc::getrlimit(libc::RLIMIT_AS, &raw mut limit) } == 0;
        if told && limit.rlim_cur != libc::RLIM_INFINITY {
            return usize::try_from(limit.rlim_cur).unwrap_or(usize::MAX);
        }
    }
    usize::MAX
}

#[cfg(unix)]
mod platform {
    use std::ptr;

    pub(super) fn page_bytes() -> usize {
        // SAFETY: no memory is involved.
        let bytes = unsafe { libc::sysconf(libc::_SC_PAGESIZE) };
        usize::try_from(bytes).unwrap_or(4096)
    }

    pub(super) fn map(bytes: usize) -> Option<*mut u8> {
        // SAFETY: a new private mapping at an address of the kernel's choice.
        let address = unsafe {
            libc::mmap(
                ptr::null_mut(),
                bytes,
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_PRIVATE | libc::MAP_ANON | libc::MAP_NORESERVE,
                -1,
                0,
            )
        };
        if address == libc::MAP_FAILED {
            return None;
        }
        // A stack that touches one page must not be given two megabytes.
        #[cfg(target_os = "linux")]
        // SAFETY: advice about our own mapping.
        unsafe {
            libc::madvise(address, bytes, libc::MADV_NOHUGEPAGE);
        }
        Some(address.cast())
    }

    pub(super) unsafe fn unmap(address: *mut u8, bytes: usize) {
        // SAFETY: passed on to the caller.
        unsafe {
            libc::munmap(address.cast(), bytes);
        }
    }

    pub(super) unsafe fn protect(address: *mut u8, bytes: usize) {
        // SAFETY: passed on to the caller.
        unsafe {
            libc::mprotect(address.cast(), bytes, libc::PROT_NONE);
        }
    }
}

#[cfg(windows)]
mod platform {
    use std::ffi::c_void;

    #[link(name = "kernel32")]
    unsafe extern "system" {
        fn VirtualAlloc(address: *mut c_void, bytes: usize, kind: u32, protect: u32)
        -> *mut c_void;
        fn VirtualFree(address: *mut c_void, bytes: usize, kind: u32) -> i32;
        fn VirtualProtect(address: *mut c_void, bytes: usize, new: u32, old: *mut u32) -> i32;
    }
    const MEM_COMMIT_RESERVE: u32 = 0x3000;
    const MEM_RELEASE: u32 = 0x8000;
    const PAGE_READWRITE: u32 = 4;
    const PAGE_NOACCESS: u32 = 1;

    pub(super) fn page_bytes() -> usize {
        4096
    }

    pub(super) fn map(bytes: usize) -> Option<*mut u8> {
        // SAFETY: new memory at an address of the system's choice.
        let address = unsafe {
            VirtualAlloc(
                std::ptr::null_mut(),
                bytes,
                MEM_COMMIT_RESERVE,
                PAGE_READWRITE,
            )
        };
        (!address.is_null()).then_some(address.cast())
    }

    pub(super) unsafe fn unmap(address: *mut u8, _bytes: usize) {
        // SAFETY: passed on to the caller.
        unsafe {
            VirtualFree(address.cast(), 0, MEM_RELEASE);
        }
    }

    pub(super) unsafe fn protect(address: *mut u8, bytes: usize) {
        let mut before = 0;
        // SAFETY: passed on to the caller.
        unsafe {
            VirtualProtect(address.cast(), bytes, PAGE_NOACCESS, &raw mut before);
        }
    }
}
