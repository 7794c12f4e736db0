//! A keyed hash of bytes: folded 64-by-64-bit multiplications, 16 bytes at a time, three lanes for
//! long input. Fast and, with a random seed, hard to flood; not cryptographic.
//! Keeps: equal bytes and seeds give equal hashes within one program. Never: reads out of bounds.

/// Odd numbers without structure: the fractional digits of square roots of primes.
const KEYS: [u64; 4] = [
    0x6a09_e667_f3bc_c909,
    0xbb67_ae85_84ca_a73b,
    0x3c6e_f372_fe94_f82b,
    0xa54f_f53a_5f1d_36f1,
];

/// Hashes `bytes` under `seed`.
#[must_use]
pub fn hash(bytes: &[u8], seed: u64) -> u64 {
    let length = bytes.len();
    let mut state = seed ^ fold(seed ^ KEYS[0], KEYS[1]);
    let (a, b) = if length <= 16 {
        short(bytes)
    } else {
        let mut rest = bytes;
        if length > 48 {
            let (mut second, mut third) = (state, state);
            while rest.len() > 48 {
                state = fold(word(rest, 0) ^ KEYS[1], word(rest, 8) ^ state);
                second = fold(word(rest, 16) ^ KEYS[2], word(rest, 24) ^ second);
                third = fold(word(rest, 32) ^ KEYS[3], word(rest, 40) ^ third);
                rest = &rest[48..];
            }
            state ^= second ^ third;
        }
        while rest.len() > 16 {
            state = fold(word(rest, 0) ^ KEYS[1], word(rest, 8) ^ state);
            rest = &rest[16..];
        }
        // The last 16 bytes, some of which were read before.
        (word(bytes, length - 16), word(bytes, length - 8))
    };
    fold(KEYS[1] ^ length as u64, fold(a ^ KEYS[1], b ^ state))
}

/// Up to 16 bytes as two words.
fn short(bytes: &[u8]) -> (u64, u64) {
    let length = bytes.len();
    if length >= 8 {
        (word(bytes, 0), word(bytes, length - 8))
    } else if length >= 4 {
        (half(bytes, 0), half(bytes, length - 4))
    } else if length > 0 {
        let [first, middle, last] = [bytes[0], bytes[length / 2], bytes[length - 1]];
        (
            u64::from(first) << 16 | u64::from(middle) << 8 | u64::from(last),
            0,
        )
    } else {
        (0, 0)
    }
}

/// The two halves of the product, combined: each bit of the result depends on all of both.
#[inline(always)]
fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    product as u64 ^ (product >> 64) as u64
}

#[inline(always)]
fn word(bytes: &[u8], at: usize) -> u64 {
    let mut word = [0; 8];
    word.copy_from_slice(&bytes[at..at + 8]);
    u64::from_le_bytes(word)
}

#[inline(always)]
fn half(bytes: &[u8], at: usize) -> u64 {
    let mut half = [0; 4];
    half.copy_from_slice(&bytes[at..at + 4]);
    u64::from(u32::from_le_bytes(half))
}

#[cfg(test)]
mod tests {
    use super::hash;
    use std::collections::HashSet;

    #[test]
    fn differs_by_byte_length_and_seed() {
        let mut seen = HashSet::new();
        for length in 0..200 {
            let mut bytes = vec![0u8; length];
            assert!(seen.insert(hash(&bytes, 1)), "length {length}");
            for index in 0..length {
                bytes[index] = 1;
                assert!(seen.insert(hash(&bytes, 1)), "byte {index} of {length}");
                bytes[index] = 0;
            }
            assert!(seen.insert(hash(&bytes, 2)), "seed, length {length}");
            assert_eq!(hash(&bytes, 3), hash(&bytes.clone(), 3));
        }
    }

    #[test]
    fn spreads_small_numbers() {
        let mut buckets = [0u32; 256];
        for number in 0..65_536u64 {
            buckets[hash(&number.to_le_bytes(), 7) as usize % 256] += 1;
        }
        assert!(
            buckets.iter().all(|&count| (160..360).contains(&count)),
            "{buckets:?}"
        );
    }
}
