//! Packs bytes as gzip does: repetitions are found by a table of the last place of each three bytes,
//! and all is written with the format's fixed code. Profiles shrink to a third or less by that, for
//! a kilobyte of code.

/// Bits of the hash of three bytes.
const HASH_BITS: u32 = 13;
const LENGTH_MIN: usize = 3;
const LENGTH_MAX: usize = 258;
const DISTANCE_MAX: usize = 32 << 10;

/// `bytes`, packed.
pub fn pack(bytes: &[u8]) -> Vec<u8> {
    // No name, no time, no system.
    let mut out = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    out.reserve(bytes.len() / 2);
    let mut bits = Bits {
        out,
        held: 0,
        count: 0,
    };
    // The last block, with the fixed code.
    bits.put(0b011, 3);
    deflate(&mut bits, bytes);
    bits.literal(256);
    bits.put(0, 7);
    let mut out = bits.out;
    out.extend_from_slice(&checksum(bytes).to_le_bytes());
    out.extend_from_slice(&(bytes.len() as u32).to_le_bytes());
    out
}

fn deflate(bits: &mut Bits, bytes: &[u8]) {
    // Places plus one; 0 is none.
    let mut last = vec![0u32; 1 << HASH_BITS];
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        if let [a, b, c, ..] = *rest {
            let key = u32::from_le_bytes([a, b, c, 0]).wrapping_mul(0x9E37_79B1);
            let place = &mut last[(key >> (32 - HASH_BITS)) as usize];
            let before = core::mem::replace(place, at as u32 + 1) as usize;
            let distance = at + 1 - before;
            if before != 0 && distance <= DISTANCE_MAX {
                let pairs = rest.iter().zip(&bytes[before - 1..]).take(LENGTH_MAX);
                let length = pairs.take_while(|(a, b)| a == b).count();
                if length >= LENGTH_MIN {
                    bits.repetition(length, distance);
                    at += length;
                    continue;
                }
            }
        }
        bits.literal(rest[0].into());
        at += 1;
    }
}

struct Bits {
    out: Vec<u8>,
    held: u64,
    count: u32,
}

impl Bits {
    /// Writes the lowest bits of `value`, the lowest first.
    #[inline(never)]
    fn put(&mut self, value: u32, count: u32) {
        self.held |= u64::from(value) << self.count;
        self.count += count;
        while self.count >= 8 {
            self.out.push(self.held as u8);
            self.held >>= 8;
            self.count -= 8;
        }
    }

    /// Writes a code, whose highest bit comes first.
    fn code(&mut self, code: u32, count: u32) {
        self.put(code.reverse_bits() >> (32 - count), count);
    }

    /// A byte, the end (256), or a class of lengths.
    #[inline(never)]
    fn literal(&mut self, symbol: u32) {
        match symbol {
            0..=143 => self.code(0x30 + symbol, 8),
            144..=255 => self.code(0x190 + symbol - 144, 9),
            256..=279 => self.code(symbol - 256, 7),
            _ => self.code(0xC0 + symbol - 280, 8),
        }
    }

    fn repetition(&mut self, length: usize, distance: usize) {
        if length == LENGTH_MAX {
            self.literal(285);
        } else {
            let (class, extra, rest) = class(length as u32 - 3, 4);
            self.literal(257 + class);
            self.put(rest, extra);
        }
        let (class, extra, rest) = class(distance as u32 - 1, 2);
        self.code(class, 5);
        self.put(rest, extra);
    }
}

/// Classes of numbers, `step` of them for each power of two and each with one bit more to tell its
/// numbers apart: the class of `value`, how many bits, and these.
fn class(value: u32, step: u32) -> (u32, u32, u32) {
    if value < 2 * step {
        return (value, 0, 0);
    }
    let extra = value.ilog2() - step.ilog2();
    (
        (extra << step.ilog2()) + (value >> extra),
        extra,
        value & ((1 << extra) - 1),
    )
}

/// The format's checksum: CRC-32.
fn checksum(bytes: &[u8]) -> u32 {
    let mut sum = u32::MAX;
    for &byte in bytes {
        sum ^= u32::from(byte);
        for _ in 0..8 {
            sum = sum >> 1 ^ (0xEDB8_8320 & (sum & 1).wrapping_neg());
        }
    }
    !sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use std::process::{Command, Stdio};

    /// What the system's own tool makes of it.
    fn unpack(packed: &[u8]) -> Vec<u8> {
        let mut child = Command::new("gzip")
            .args(["-d", "-c"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("gzip");
        let mut stdin = child.stdin.take().expect("piped");
        let packed = packed.to_vec();
        let writer = std::thread::spawn(move || stdin.write_all(&packed));
        let output = child.wait_with_output().expect("its end");
        writer.join().expect("a thread").expect("all is read");
        assert!(output.status.success());
        output.stdout
    }

    #[test]
    fn what_is_packed_comes_back() {
        let mut seed = 1u64;
        let mut random = || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (seed >> 56) as u8
        };
        let noise: Vec<u8> = (0..70_000).map(|_| random()).collect();
        // Repetitions of every length and many distances.
        let mut repeats = noise[..40_000].to_vec();
        for length in 1..600 {
            let from = repeats.len() - 1 - (length * 53) % 33_000;
            let end = (from + length).min(repeats.len());
            repeats.extend_from_within(from..end);
        }
        let all: [&[u8]; 5] = [b"", b"a", &[7; 5000], &noise, &repeats];
        for bytes in all {
            let packed = pack(bytes);
            assert_eq!(unpack(&packed), bytes);
        }
        assert!(pack(&[7; 5000]).len() < 100);
    }
}
