//! How the program is bound to shared libraries: whole when it starts, or each function when it is first
//! called, by code that takes kilobytes of whatever stack that is on.
//! Keeps: asks nobody, reads the tables that the system's loader was given.

/// What the kernel tells: where the program's headers are, and how many.
const HEADERS: u64 = 3;
const HEADERS_COUNT: u64 = 5;
/// Tags of the loader's table, and the flags that say that nothing is left for later.
const CALLED_FUNCTIONS: u64 = 23;
const BIND_NOW: u64 = 24;
const FLAGS: u64 = 30;
const FLAGS_1: u64 = 0x6fff_fffb;
const FLAG_BIND_NOW: u64 = 8;
const FLAG_1_NOW: u64 = 1;

/// Whether no function of a shared library that the program names is left to be bound.
#[must_use]
pub fn is_whole() -> bool {
    let Some(mut entry) = loader_table() else {
        // Linked into one file.
        return true;
    };
    let (mut calls, mut now) = (false, false);
    loop {
        // SAFETY: the table ends with a tag of zero.
        let [tag, value] = unsafe { *entry };
        match tag {
            0 => return now || !calls,
            CALLED_FUNCTIONS => calls = true,
            BIND_NOW => now = true,
            FLAGS => now |= value & FLAG_BIND_NOW != 0,
            FLAGS_1 => now |= value & FLAG_1_NOW != 0,
            _ => {}
        }
        // SAFETY: as above.
        entry = unsafe { entry.add(1) };
    }
}

/// The program's table of tags and values, if it has one.
fn loader_table() -> Option<*const [u64; 2]> {
    // SAFETY: the kernel gives the place and the number of the program's headers, which stay.
    let headers = unsafe {
        let first = libc::getauxval(HEADERS) as *const libc::Elf64_Phdr;
        if first.is_null() {
            return None;
        }
        core::slice::from_raw_parts(first, libc::getauxval(HEADERS_COUNT) as usize)
    };
    let find = |kind| headers.iter().find(|header| header.p_type == kind);
    // Where the program lies, less where it was linked for.
    let moved = find(libc::PT_PHDR).map_or(0, |header| {
        (headers.as_ptr() as u64).wrapping_sub(header.p_vaddr)
    });
    let table = find(libc::PT_DYNAMIC)?;
    Some(table.p_vaddr.wrapping_add(moved) as *const [u64; 2])
}
