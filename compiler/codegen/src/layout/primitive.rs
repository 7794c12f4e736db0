//! Types that are not made of others.

use super::{Layout, Leaf, Niche, Part, Registers, Scalar, Shape, Word};
use smallvec::{SmallVec, smallvec};

/// Lengths never have the top bit set, so a string or view can say "none" there. Its pointer
/// cannot: the view of a `Vec` without a buffer is null.
const LENGTH_MAX: u128 = i64::MAX as u128;

impl Layout {
    pub(super) fn zero_sized(align: u64) -> Layout {
        Layout {
            size: 0,
            align,
            shape: Shape::Fields(Vec::new()),
            registers: Registers::None,
            niche: None,
            starts_zeroed: false,
            leaves: SmallVec::new(),
        }
    }

    pub(super) fn scalar(scalar: Scalar, range: Option<(u128, u128)>) -> Layout {
        let part = Part {
            offset: 0,
            scalar,
            defined: true,
            range,
        };
        let niche = match (scalar, range) {
            (Scalar::Bool, _) => Some((2, 254)),
            (Scalar::Int(bytes), Some((_, max))) => {
                let all = 1u128 << (u32::from(bytes) * 8);
                (max + 1 < all).then(|| (max + 1, all - max - 1))
            }
            (Scalar::Ptr, Some((1, _))) => Some((0, 1)),
            _ => None,
        };
        let in_memory = match scalar {
            Scalar::Bool => Scalar::Int(1),
            other => other,
        };
        Layout {
            size: scalar.bytes(),
            align: scalar.bytes().min(8),
            shape: Shape::Primitive,
            registers: Registers::One(part),
            niche: niche.map(|(start, count)| Niche {
                at: Word {
                    offset: 0,
                    scalar: in_memory,
                },
                start,
                count,
            }),
            starts_zeroed: false,
            leaves: smallvec![Leaf { part }],
        }
    }

    /// A reference that is never null.
    pub(super) fn reference() -> Layout {
        Layout::scalar(Scalar::Ptr, Some((1, u128::from(u64::MAX))))
    }

    /// Pointer and length.
    pub(super) fn text_or_view() -> Layout {
        let pointer = Layout::scalar(Scalar::Ptr, None);
        let length = Layout::scalar(Scalar::Int(8), Some((0, LENGTH_MAX)));
        Layout::two_words(&pointer, &length)
    }

    /// Value and vtable.
    pub(super) fn object() -> Layout {
        Layout::two_words(&Layout::scalar(Scalar::Ptr, None), &Layout::reference())
    }

    /// Code and environment.
    pub(super) fn callable() -> Layout {
        Layout::two_words(&Layout::reference(), &Layout::scalar(Scalar::Ptr, None))
    }

    fn two_words(first: &Layout, second: &Layout) -> Layout {
        let mut leaves = first.leaves.clone();
        leaves.extend(second.leaves.iter().map(|leaf| leaf.moved_by(8)));
        let niche = first
            .niche
            .or_else(|| second.niche.map(|niche| niche.moved_by(8)));
        Layout {
            size: 16,
            align: 8,
            shape: Shape::Primitive,
            registers: super::split::registers(16, &leaves),
            niche,
            starts_zeroed: false,
            leaves,
        }
    }
}

impl Niche {
    pub(super) fn moved_by(mut self, offset: u64) -> Niche {
        self.at.offset += offset;
        self
    }
}

impl Leaf {
    pub(super) fn moved_by(mut self, offset: u64) -> Leaf {
        self.part.offset += offset;
        self
    }
}
