//! From the scalars inside a small value to the one or two registers it travels in.
//!
//! Each 8-byte word becomes one part: the scalar itself where the word holds exactly one, at its
//! start, in all variants; else an integer of the word's bytes. So `{f64, f64}` travels in two
//! float registers, `Option<i64>` as `{i8, i64}`, `{i32, i32}` as one `i64`.

use super::{Leaf, Part, REGISTERS_BYTES_MAX, Registers, Scalar};

pub(super) fn registers(size: u64, leaves: &[Leaf]) -> Registers {
    match size {
        0 => Registers::None,
        _ if size > REGISTERS_BYTES_MAX => Registers::Memory,
        16 if matches!(leaves, [Leaf { part }] if part.scalar == Scalar::Int(16)) => {
            Registers::One(leaves[0].part)
        }
        1..=8 => Registers::One(word(0, size, leaves)),
        _ => Registers::Two(word(0, 8, leaves), word(8, size, leaves)),
    }
}

/// The part for the bytes `from .. to`.
fn word(from: u64, to: u64, leaves: &[Leaf]) -> Part {
    let as_integer = Part {
        offset: from,
        scalar: Scalar::Int((to - from) as u8),
        defined: false,
        range: None,
    };
    let mut found: Option<Part> = None;
    for Leaf { part } in leaves {
        let end = part.offset + part.scalar.bytes();
        if end <= from || part.offset >= to {
            continue;
        }
        if part.offset != from || end > to {
            return as_integer;
        }
        found = Some(match found {
            None => *part,
            Some(other) if other.scalar == part.scalar => Part {
                defined: other.defined || part.defined,
                range: both(other.range, part.range),
                ..other
            },
            Some(_) => return as_integer,
        });
    }
    found.unwrap_or(as_integer)
}

fn both(a: Option<(u128, u128)>, b: Option<(u128, u128)>) -> Option<(u128, u128)> {
    let (a, b) = (a?, b?);
    Some((a.0.min(b.0), a.1.max(b.1)))
}
