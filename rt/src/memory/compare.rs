//! Comparing, eight bytes at a time: which of two differing words is less is seen when their first
//! bytes are the most significant ones.

use core::ffi::c_int;

/// `memcmp`: less than, equal to or greater than zero as the first differing byte of `a` is less
/// than, nowhere or greater than that of `b`.
///
/// # Safety
/// `bytes` bytes are readable at both places.
#[cfg_attr(any(target_env = "musl", windows), unsafe(export_name = "memcmp"))]
pub unsafe extern "C" fn compare(a: *const u8, b: *const u8, bytes: usize) -> c_int {
    // SAFETY: every load lies in the bytes that the caller names.
    unsafe {
        if bytes < 8 {
            return compare_few(a, b, bytes);
        }
        let last = bytes - 8;
        let mut at = 0;
        while at < last {
            let order = compare_word(a.add(at), b.add(at));
            if order != 0 {
                return order;
            }
            at += 8;
        }
        // What it shares with the word before is equal.
        compare_word(a.add(last), b.add(last))
    }
}

/// `bcmp`: zero if they are equal.
///
/// # Safety
/// As [`compare`].
#[cfg_attr(any(target_env = "musl", windows), unsafe(export_name = "bcmp"))]
pub unsafe extern "C" fn differ(a: *const u8, b: *const u8, bytes: usize) -> c_int {
    // SAFETY: as the caller promises.
    unsafe { compare(a, b, bytes) }
}

/// Eight bytes.
#[inline(always)]
unsafe fn compare_word(a: *const u8, b: *const u8) -> c_int {
    // SAFETY: as the caller promises; the loads need no alignment.
    let (a, b) = unsafe {
        (
            a.cast::<u64>().read_unaligned(),
            b.cast::<u64>().read_unaligned(),
        )
    };
    if a == b {
        return 0;
    }
    if u64::from_be(a) < u64::from_be(b) {
        -1
    } else {
        1
    }
}

/// Less than eight bytes: two halves, or two quarters and what lies between, put into one word in
/// order.
#[inline(always)]
unsafe fn compare_few(a: *const u8, b: *const u8, bytes: usize) -> c_int {
    // SAFETY: as the caller promises.
    unsafe {
        if bytes >= 4 {
            let (x, y) = (halves(a, bytes), halves(b, bytes));
            return c_int::from(x > y) - c_int::from(x < y);
        }
        if bytes == 0 {
            return 0;
        }
        let (x, y) = (thirds(a, bytes), thirds(b, bytes));
        x as c_int - y as c_int
    }
}

#[inline(always)]
unsafe fn halves(at: *const u8, bytes: usize) -> u64 {
    // SAFETY: there are at least four bytes.
    unsafe {
        let first = at.cast::<u32>().read_unaligned();
        let last = at.add(bytes - 4).cast::<u32>().read_unaligned();
        u64::from(u32::from_be(first)) << 32 | u64::from(u32::from_be(last))
    }
}

/// The first, the middle and the last of up to three bytes, which may be the same ones.
#[inline(always)]
unsafe fn thirds(at: *const u8, bytes: usize) -> u32 {
    // SAFETY: there is at least one byte.
    unsafe {
        let [first, middle, last] =
            [0, bytes / 2, bytes - 1].map(|offset| u32::from(*at.add(offset)));
        first << 16 | middle << 8 | last
    }
}
