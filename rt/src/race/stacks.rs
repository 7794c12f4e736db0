//! Traces by number, each kept once: where an access or a `go` statement was.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use gos_abi::layout::SharedPlace;

use super::spin::Spin;
use crate::task::G;

/// Return addresses that are kept.
const DEPTH_MAX: usize = 12;
const SHARDS: usize = 64;

/// For keys that are hashes or addresses.
#[derive(Default)]
pub struct Mixed(u64);

impl Hasher for Mixed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes
            .iter()
            .for_each(|byte| self.write_u64(u64::from(*byte)));
    }

    fn write_u64(&mut self, word: u64) {
        self.0 = mix(self.0, word);
    }

    fn write_usize(&mut self, word: usize) {
        self.write_u64(word as u64);
    }
}

pub type MixedMap<K, V> = HashMap<K, V, BuildHasherDefault<Mixed>>;

/// A hash with one more word in it.
pub fn mix(hash: u64, word: u64) -> u64 {
    let product = (hash.rotate_left(23) ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    product ^ product >> 29
}

/// A trace.
#[derive(Clone, Debug)]
pub struct Stack {
    /// What is accessed there; null for a `go` statement.
    pub place: *const SharedPlace,
    /// Return addresses, innermost first, those of the runtime among them.
    pub pcs: Box<[u64]>,
}

struct Shard {
    numbers: Option<MixedMap<u64, u32>>,
    stacks: Vec<Stack>,
}

// SAFETY: places are constant data.
unsafe impl Send for Shard {}

static TABLE: [Spin<Shard>; SHARDS] = [const {
    Spin::new(Shard {
        numbers: None,
        stacks: Vec::new(),
    })
}; SHARDS];

/// Traces that a goroutine saw of late, by their hashes.
pub struct Known([(u64, u32); KNOWN]);

const KNOWN: usize = 16;

impl Known {
    pub const NONE: Known = Known([(0, 0); KNOWN]);
}

/// The number of the trace of a goroutine that is on the system stack, above 0.
///
/// # Safety
/// Its frames are linked, as those of compiled code are.
pub unsafe fn number(goroutine: *const G, place: *const SharedPlace, known: &mut Known) -> u32 {
    let mut pcs = [0; DEPTH_MAX];
    let mut length = 0;
    let mut hash = mix(0, place as u64);
    // SAFETY: as the caller promises.
    unsafe {
        let mut frame = (*goroutine).frame as *const u64;
        while length < DEPTH_MAX && !frame.is_null() && frame.is_aligned() {
            let pc = *frame.add(1);
            if pc == 0 {
                break;
            }
            pcs[length] = pc;
            length += 1;
            hash = mix(hash, pc);
            frame = *frame as *const u64;
        }
    }
    let known = &mut known.0[(hash >> 17) as usize % KNOWN];
    if known.0 == hash {
        return known.1;
    }
    let index = (hash >> 7) as usize % SHARDS;
    let number = TABLE[index].with(|shard| {
        let stacks = &mut shard.stacks;
        let numbers = shard.numbers.get_or_insert_default();
        let inner = *numbers.entry(hash).or_insert_with(|| {
            stacks.push(Stack {
                place,
                pcs: pcs[..length].into(),
            });
            stacks.len() as u32
        });
        inner * SHARDS as u32 + index as u32
    });
    *known = (hash, number);
    number
}

/// The trace of a number.
pub fn find(number: u32) -> Option<Stack> {
    let inner = (number as usize / SHARDS).checked_sub(1)?;
    TABLE[number as usize % SHARDS].with(|shard| shard.stacks.get(inner).cloned())
}
