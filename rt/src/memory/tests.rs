use super::compare::{compare, differ};

/// Sizes around every step of the routines.
fn sizes() -> impl Iterator<Item = usize> {
    (0..=300).chain([511, 512, 513, 1023, 4095, 4096, 4097, 5000, 9000])
}

fn pattern(bytes: usize) -> Vec<u8> {
    (0..bytes).map(|at| (at * 7 + at / 251) as u8 | 1).collect()
}

#[cfg(all(target_arch = "x86_64", not(target_vendor = "apple")))]
mod x86_64 {
    use super::{pattern, sizes};

    unsafe extern "C" {
        fn gos_memory_copy(to: *mut u8, from: *const u8, bytes: usize) -> *mut u8;
        fn gos_memory_fill(to: *mut u8, byte: i32, bytes: usize) -> *mut u8;
    }

    #[test]
    fn copies_exactly_the_bytes_from_any_place_to_any_place() {
        for bytes in sizes() {
            for shift in [0, 1, 3, 8, 15] {
                let from = pattern(bytes + 16);
                let mut to = vec![0; bytes + 64];
                let place = &raw mut to[16 + shift];
                // SAFETY: both are long enough.
                let result = unsafe { gos_memory_copy(place, from[shift..].as_ptr(), bytes) };
                assert_eq!(result, place);
                assert_eq!(to[16 + shift..][..bytes], from[shift..][..bytes]);
                assert!(to[..16 + shift].iter().all(|&byte| byte == 0));
                assert!(to[16 + shift + bytes..].iter().all(|&byte| byte == 0));
            }
        }
    }

    #[test]
    fn overlapping_places_get_what_was_there_before() {
        for bytes in sizes() {
            for distance in [0, 1, 7, 8, 16, 17, 31, 64, 65, 100, 200] {
                for (from, to) in [(0, distance), (distance, 0)] {
                    let mut found = pattern(bytes + distance);
                    let mut expected = found.clone();
                    expected.copy_within(from..from + bytes, to);
                    let start = found.as_mut_ptr();
                    // SAFETY: the places lie in the vector.
                    unsafe { gos_memory_copy(start.add(to), start.add(from), bytes) };
                    assert_eq!(found, expected, "{bytes} bytes from {from} to {to}");
                }
            }
        }
    }

    #[test]
    fn fills_exactly_the_bytes() {
        for bytes in sizes() {
            for shift in [0, 1, 5, 15] {
                let mut found = pattern(bytes + 64);
                let mut expected = found.clone();
                expected[16 + shift..][..bytes].fill(0xa5);
                let place = &raw mut found[16 + shift];
                // SAFETY: it is long enough. Only the low byte of the value counts.
                let result = unsafe { gos_memory_fill(place, 0x77a5, bytes) };
                assert_eq!(result, place);
                assert_eq!(found, expected, "{bytes} bytes");
            }
        }
    }
}

#[test]
fn compares_like_slices() {
    for bytes in sizes() {
        let a = pattern(bytes);
        // SAFETY: both have the length.
        unsafe {
            assert_eq!(compare(a.as_ptr(), a.clone().as_ptr(), bytes), 0);
            assert_eq!(differ(a.as_ptr(), a.clone().as_ptr(), bytes), 0);
        }
        for at in (0..bytes).step_by(1 + bytes / 40) {
            for byte in [0, 0x80, 0xff] {
                let mut b = a.clone();
                b[at] = byte;
                // A later difference the other way must not count.
                if let Some(last) = b[at + 1..].last_mut() {
                    *last = if byte == 0 { 0xff } else { 0 };
                }
                // SAFETY: both have the length.
                let found = unsafe { compare(a.as_ptr(), b.as_ptr(), bytes) };
                assert_eq!(found.signum(), a.cmp(&b) as i32, "{bytes} bytes, at {at}");
                // SAFETY: as above.
                let differs = unsafe { differ(a.as_ptr(), b.as_ptr(), bytes) } != 0;
                assert_eq!(differs, a != b);
            }
        }
    }
}
