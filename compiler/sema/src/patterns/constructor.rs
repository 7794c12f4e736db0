//! The outermost form that a value can have.

use crate::program::{AdtId, VariantIdx};
use crate::types::{IntTy, Ty, TyKind};
use std::sync::Arc;

/// One form, or for integers a range of them.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Ctor {
    /// A variant of an enum with this many variants.
    Variant {
        adt: AdtId,
        variant: VariantIdx,
        of: usize,
    },
    /// A tuple, array, struct, or what a reference points at: the only form of its type.
    Single(Shape),
    Bool(bool),
    /// Integers and chars, as keys that order like the values; both ends belong to it.
    Range(Domain, u128, u128),
    Text(Arc<str>),
    /// Something compared by value that nothing else is known of.
    Opaque,
    /// A sequence of exactly this length.
    Length(usize),
    /// A sequence of at least this length.
    AtLeast(usize),
    /// All that no constructor of the column names.
    Rest,
}

/// How a value with only one form is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Shape {
    Tuple,
    Array,
    Struct(AdtId),
    Deref,
}

/// The type that a range is of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Domain {
    Int(IntTy),
    Char,
}

impl Domain {
    /// The domain of a type whose values are ranges.
    pub(super) fn of(ty: Ty) -> Option<Domain> {
        match ty.kind() {
            TyKind::Int(int) => Some(Domain::Int(*int)),
            TyKind::Char => Some(Domain::Char),
            _ => None,
        }
    }

    /// The key of a value given in two's complement: keys order as the values do.
    pub(super) fn key(self, bits: u128) -> u128 {
        match self {
            Domain::Int(int) if int.is_signed() => {
                let shift = 128 - int.bits();
                let value = ((bits << shift) as i128) >> shift;
                (value as u128) ^ (1 << 127)
            }
            Domain::Int(int) if int.bits() < 128 => bits & ((1 << int.bits()) - 1),
            Domain::Int(_) | Domain::Char => bits,
        }
    }

    /// All keys, as ranges.
    pub(super) fn all(self) -> Vec<(u128, u128)> {
        match self {
            Domain::Char => vec![(0, 0xD7FF), (0xE000, 0x0010_FFFF)],
            Domain::Int(int) if int.is_signed() => {
                let min = self.key(1 << (int.bits() - 1));
                let max = self.key((1 << (int.bits() - 1)) - 1);
                vec![(min, max)]
            }
            Domain::Int(int) => {
                let max = if int.bits() == 128 {
                    u128::MAX
                } else {
                    (1 << int.bits()) - 1
                };
                vec![(0, max)]
            }
        }
    }

    /// The value of a key as it is written.
    pub(super) fn show(self, key: u128) -> String {
        match self {
            Domain::Char => match u32::try_from(key).ok().and_then(char::from_u32) {
                Some(char) => format!("{char:?}"),
                None => "_".to_string(),
            },
            Domain::Int(int) => {
                let ends = self.all();
                let (min, max) = (ends[0].0, ends[ends.len() - 1].1);
                if key == max && int.bits() > 8 {
                    format!("{}::MAX", int.name())
                } else if key == min && int.is_signed() && int.bits() > 8 {
                    format!("{}::MIN", int.name())
                } else if int.is_signed() {
                    ((key ^ (1 << 127)) as i128).to_string()
                } else {
                    key.to_string()
                }
            }
        }
    }
}

impl Ctor {
    /// Whether every value of `part` has this form too. `part` comes from [`split`], so it is
    /// never larger than what it is compared with by accident.
    pub(super) fn covers(&self, part: &Ctor) -> bool {
        match (self, part) {
            (Ctor::Range(_, from, to), Ctor::Range(_, low, high)) => from <= low && high <= to,
            (Ctor::AtLeast(least), Ctor::Length(length) | Ctor::AtLeast(length)) => least <= length,
            (Ctor::Opaque, _) | (_, Ctor::Opaque | Ctor::Rest) => false,
            _ => self == part,
        }
    }
}

/// Splits the values of a column into parts that each constructor covers wholly or not at all.
pub(super) fn split(heads: &[&Ctor]) -> Vec<Ctor> {
    let Some(first) = heads.first() else {
        return vec![Ctor::Rest];
    };
    match first {
        Ctor::Variant { adt, of, .. } => (0..*of)
            .map(|variant| Ctor::Variant {
                adt: *adt,
                variant: VariantIdx::from(variant),
                of: *of,
            })
            .collect(),
        Ctor::Single(shape) => vec![Ctor::Single(*shape)],
        Ctor::Bool(_) => vec![Ctor::Bool(true), Ctor::Bool(false)],
        Ctor::Range(domain, ..) => split_ranges(*domain, heads),
        Ctor::Text(_) => {
            let mut parts: Vec<Ctor> = Vec::new();
            for head in heads {
                if matches!(head, Ctor::Text(_)) && !parts.contains(head) {
                    parts.push((*head).clone());
                }
            }
            parts.push(Ctor::Rest);
            parts
        }
        Ctor::Opaque | Ctor::Rest => match heads.iter().find(|head| ***head != Ctor::Opaque) {
            Some(known) if !matches!(known, Ctor::Rest) => {
                let known: Vec<&Ctor> = heads
                    .iter()
                    .copied()
                    .filter(|head| **head != Ctor::Opaque)
                    .collect();
                split(&known)
            }
            _ => vec![Ctor::Rest],
        },
        Ctor::Length(_) | Ctor::AtLeast(_) => split_lengths(heads),
    }
}

fn split_ranges(domain: Domain, heads: &[&Ctor]) -> Vec<Ctor> {
    // Where a part begins.
    let mut starts: Vec<u128> = Vec::new();
    for head in heads {
        if let Ctor::Range(_, from, to) = head {
            starts.push(*from);
            starts.extend(to.checked_add(1));
        }
    }
    starts.sort_unstable();
    starts.dedup();
    let mut parts = Vec::new();
    for (low, high) in domain.all() {
        let mut from = low;
        for &start in starts
            .iter()
            .filter(|start| low < **start && **start <= high)
        {
            parts.push(Ctor::Range(domain, from, start - 1));
            from = start;
        }
        parts.push(Ctor::Range(domain, from, high));
    }
    parts
}

fn split_lengths(heads: &[&Ctor]) -> Vec<Ctor> {
    let longest = heads.iter().map(|head| match head {
        Ctor::Length(length) => length + 1,
        Ctor::AtLeast(length) => *length,
        _ => 0,
    });
    let longest = longest.max().unwrap_or(0);
    let exact = (0..longest).map(Ctor::Length);
    exact.chain([Ctor::AtLeast(longest)]).collect()
}
