//! Pages of the operating system: aligned mappings for the heap, and pages whose content is dropped.
//! Keeps: what is mapped or discarded reads as zeros. Never: allocates in any other way.

/// Maps `bytes` of zeroed memory at a multiple of `align` (a power of two); `None` when the system
/// has none. Reserves up to `bytes + align` for a moment.
#[cfg(unix)]
pub fn map_aligned(bytes: usize, align: usize) -> Option<*mut u8> {
    let start = map(bytes)?;
    if (start as usize).is_multiple_of(align) {
        return Some(start);
    }
    // Most mappings lie directly below the one before, so that from the second on they are aligned.
    unmap(start, bytes);
    let total = bytes.checked_add(align)?;
    let start = map(total)?;
    let aligned = start.wrapping_add((start as usize).wrapping_neg() % align);
    let before = aligned as usize - start as usize;
    unmap(start, before);
    unmap(aligned.wrapping_add(bytes), total - before - bytes);
    Some(aligned)
}

#[cfg(unix)]
fn map(bytes: usize) -> Option<*mut u8> {
    let protection = libc::PROT_READ | libc::PROT_WRITE;
    let flags = libc::MAP_PRIVATE | libc::MAP_ANON;
    // SAFETY: a new anonymous mapping touches no memory in use.
    let start = unsafe { libc::mmap(std::ptr::null_mut(), bytes, protection, flags, -1, 0) };
    (start != libc::MAP_FAILED).then_some(start.cast())
}

/// Gives a mapping, or the page-aligned end or beginning of one, back to the system.
#[cfg(unix)]
pub fn unmap(start: *mut u8, bytes: usize) {
    if bytes > 0 {
        // SAFETY: the caller owns the range and no longer uses it.
        unsafe { libc::munmap(start.cast(), bytes) };
    }
}

/// Asks for pages of 2 MiB where the system has them: fewer faults while a large table fills, and
/// fewer misses of the address cache while it is probed at random. Whole ones only, so that an
/// object's last part costs no more than it holds.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub fn prefer_large(start: *mut u8, bytes: usize) {
    const LARGE_PAGE_BYTES: usize = 2 << 20;
    let whole = bytes / LARGE_PAGE_BYTES * LARGE_PAGE_BYTES;
    // SAFETY: advice changes no content; a system that does not know it refuses.
    unsafe { libc::madvise(start.cast(), whole, libc::MADV_HUGEPAGE) };
}

/// Elsewhere the system decides by itself.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub fn prefer_large(_start: *mut u8, _bytes: usize) {}

/// Drops the content of whole pages: they read as zeros afterwards and cost nothing meanwhile.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub fn discard(start: *mut u8, bytes: usize) {
    // SAFETY: the caller owns the range; the mapping stays.
    unsafe {
        // The system keeps pages that are locked (`mlockall`).
        if libc::madvise(start.cast(), bytes, libc::MADV_DONTNEED) != 0 {
            start.write_bytes(0, bytes);
        }
    }
}

/// Drops the content of whole pages: they read as zeros afterwards and cost nothing meanwhile.
#[cfg(all(unix, not(any(target_os = "linux", target_os = "android"))))]
pub fn discard(start: *mut u8, bytes: usize) {
    // Elsewhere MADV_DONTNEED keeps the content, so the pages are mapped anew.
    let protection = libc::PROT_READ | libc::PROT_WRITE;
    let flags = libc::MAP_PRIVATE | libc::MAP_ANON | libc::MAP_FIXED;
    // SAFETY: the caller owns the range, which the new mapping replaces.
    unsafe { libc::mmap(start.cast(), bytes, protection, flags, -1, 0) };
}

#[cfg(windows)]
mod windows {
    use std::ffi::c_void;

    const MEM_COMMIT: u32 = 0x1000;
    const MEM_RESERVE: u32 = 0x2000;
    const MEM_DECOMMIT: u32 = 0x4000;
    const MEM_RELEASE: u32 = 0x8000;
    const PAGE_READWRITE: u32 = 4;

    unsafe extern "system" {
        fn VirtualAlloc(at: *mut c_void, bytes: usize, kind: u32, protect: u32) -> *mut c_void;
        fn VirtualFree(at: *mut c_void, bytes: usize, kind: u32) -> i32;
    }

    /// Maps zeroed memory at a multiple of `align`.
    pub fn map_aligned(bytes: usize, align: usize) -> Option<*mut u8> {
        // A mapping cannot be trimmed here: find a place, free it, and take the aligned part before
        // another thread does.
        for _ in 0..16 {
            // SAFETY: reserves and releases only fresh address space.
            unsafe {
                let kind = MEM_RESERVE | MEM_COMMIT;
                let room = VirtualAlloc(std::ptr::null_mut(), bytes + align, MEM_RESERVE, 1);
                if room.is_null() {
                    return None;
                }
                let aligned = room.wrapping_byte_add((room as usize).wrapping_neg() % align);
                VirtualFree(room, 0, MEM_RELEASE);
                let start = VirtualAlloc(aligned, bytes, kind, PAGE_READWRITE);
                if !start.is_null() {
                    return Some(start.cast());
                }
            }
        }
        None
    }

    /// Gives a whole mapping back.
    pub fn unmap(start: *mut u8, _bytes: usize) {
        // SAFETY: the caller owns the mapping.
        unsafe { VirtualFree(start.cast(), 0, MEM_RELEASE) };
    }

    /// Drops the content of whole pages.
    pub fn discard(start: *mut u8, bytes: usize) {
        // SAFETY: the caller owns the range; it is committed again at once, zeroed.
        unsafe {
            VirtualFree(start.cast(), bytes, MEM_DECOMMIT);
            VirtualAlloc(start.cast(), bytes, MEM_COMMIT, PAGE_READWRITE);
        }
    }
}
#[cfg(windows)]
pub use windows::{discard, map_aligned, unmap};

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::{discard, map_aligned, unmap};

    #[test]
    fn discarded_pages_read_as_zeros_even_if_they_are_locked() {
        let bytes = 2 << 12;
        for is_locked in [false, true] {
            let start = map_aligned(bytes, 4096).expect("two pages");
            // SAFETY: fresh pages of this size.
            unsafe {
                start.write_bytes(7, bytes);
                assert!(!is_locked || libc::mlock(start.cast(), bytes) == 0);
                discard(start, bytes);
                assert!((0..bytes).all(|at| start.add(at).read() == 0));
            }
            unmap(start, bytes);
        }
    }
}
