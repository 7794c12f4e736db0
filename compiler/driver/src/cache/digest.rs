//! Names for content.

use std::fmt::Write as _;

/// 128-bit FNV-1a over words of eight bytes, with its upper half mixed into the lower: fast enough
/// for whole executables. It names files in the user's own cache, where nobody gains from a
/// collision.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Digest(u128);

impl Digest {
    pub(crate) fn new() -> Self {
        Self(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d)
    }

    /// Adds one part; parts cannot run into each other, as each is followed by its length.
    pub(crate) fn add(mut self, bytes: &[u8]) -> Self {
        let (words, rest) = bytes.as_chunks::<8>();
        for word in words {
            self.mix(u64::from_le_bytes(*word));
        }
        let mut last = [0; 8];
        last[..rest.len()].copy_from_slice(rest);
        self.mix(u64::from_le_bytes(last));
        self.mix(bytes.len() as u64);
        self
    }

    fn mix(&mut self, word: u64) {
        let product =
            (self.0 ^ u128::from(word)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b);
        self.0 = product ^ (product >> 64);
    }

    /// 32 hexadecimal digits.
    pub(crate) fn name(&self) -> String {
        let mut name = String::with_capacity(32);
        let written = write!(name, "{:032x}", self.0);
        debug_assert!(written.is_ok(), "strings take all text");
        name
    }

    /// The name of one content.
    pub(crate) fn of(bytes: &[u8]) -> String {
        Self::new().add(bytes).name()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bit_counts() {
        let plain = vec![0x55u8; 40];
        let mut seen = std::collections::BTreeSet::from([Digest::of(&plain)]);
        for bit in 0..plain.len() * 8 {
            let mut changed = plain.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(seen.insert(Digest::of(&changed)), "bit {bit}");
        }
    }

    #[test]
    fn parts_do_not_run_into_each_other() {
        let of = |parts: &[&[u8]]| {
            let all = parts
                .iter()
                .fold(Digest::new(), |digest, part| digest.add(part));
            all.name()
        };
        assert_ne!(of(&[b"ab", b"c"]), of(&[b"a", b"bc"]));
        assert_ne!(of(&[b"a"]), of(&[b"a\0"]));
        assert_ne!(of(&[b""]), of(&[]));
    }
}
