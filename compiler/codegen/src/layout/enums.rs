//! Enums: the tag, or the niche that makes one unnecessary.
//!
//! ```text
//! Option<Box<T>>      8 bytes, null is None
//! Option<i64>         tag at 0, value at 8
//! Option<String>     16 bytes, None in the top bit of the length
//! Option<bool>        1 byte, 2 is None
//! ```

use super::adt::{Order, best_niche, leaves_of, place, struct_layout};
use super::{
    EnumLayout, Layout, Leaf, Niche, Part, REGISTERS_BYTES_MAX, Scalar, Shape, Tag, Word, lasting,
    split,
};
use gos_sema::program::Repr;
use gos_sema::types::Ty;
use smallvec::SmallVec;
use std::rc::Rc;

/// An enum as the layout sees it: the fields of each variant and the variant's number.
pub(super) struct Variants {
    pub(super) fields: Vec<Vec<Rc<Layout>>>,
    /// The fields' types, if references into the variants may be stale: see `lasting.rs`.
    pub(super) lasting: Option<Vec<Vec<Ty>>>,
    pub(super) discriminants: Vec<i128>,
    pub(super) repr: Repr,
}

pub(super) fn enum_layout(variants: &Variants) -> Layout {
    let fixed_tag = variants.repr.tag.is_some() || variants.repr.c;
    if !fixed_tag && variants.fields.len() <= 1 {
        return single(variants);
    }
    let tagged = tagged(variants, fixed_tag);
    if fixed_tag {
        return tagged;
    }
    match niched(variants) {
        Some(niched) if niched.size < tagged.size => niched,
        _ => tagged,
    }
}

fn single(variants: &Variants) -> Layout {
    let Some(fields) = variants.fields.first() else {
        return Layout {
            shape: Shape::Enum(EnumLayout {
                variants: Vec::new(),
                tag: Tag::Single,
            }),
            ..Layout::zero_sized(1)
        };
    };
    let mut layout = struct_layout(fields, Order::LargestFirst);
    if let Shape::Fields(offsets) = layout.shape {
        layout.shape = Shape::Enum(EnumLayout {
            variants: vec![offsets],
            tag: Tag::Single,
        });
    }
    layout
}

fn tagged(variants: &Variants, fixed_tag: bool) -> Layout {
    let count = variants.fields.len();
    let values: Vec<u128> = if fixed_tag {
        variants.discriminants.iter().map(|&d| d as u128).collect()
    } else {
        (0..count as u128).collect()
    };
    let bytes: u8 = match variants.repr.tag {
        Some(int) => (int.bits() / 8) as u8,
        None if fixed_tag => 4,
        None if count <= 1 << 8 => 1,
        None if count <= 1 << 16 => 2,
        None => 4,
    };
    let mask = if bytes == 16 {
        u128::MAX
    } else {
        (1u128 << (bytes * 8)) - 1
    };
    let values: Vec<u128> = values.into_iter().map(|value| value & mask).collect();
    let order = if fixed_tag {
        Order::Declared
    } else {
        Order::SmallestFirst
    };
    let tag_align = u64::from(bytes).min(8);
    let placed: Vec<_> = match &variants.lasting {
        Some(types) => lasting::place(&variants.fields, types, u64::from(bytes)),
        None => {
            let fields = variants.fields.iter();
            fields
                .map(|fields| place(fields, order, u64::from(bytes)))
                .collect()
        }
    };
    let align = placed
        .iter()
        .map(|p| p.align)
        .max()
        .unwrap_or(1)
        .max(tag_align);
    let end = placed
        .iter()
        .map(|p| p.end)
        .max()
        .unwrap_or(0)
        .max(u64::from(bytes));
    // Bytes of a variant that was never there are zero, and may be read as this enum.
    let range = values.iter().max().map(|&max| (0, max));
    let tag = Word {
        offset: 0,
        scalar: Scalar::Int(bytes),
    };
    let all = mask.saturating_add(1);
    let niche = range.and_then(|(_, max)| {
        (max < mask).then(|| Niche {
            at: tag,
            start: max + 1,
            count: all - max - 1,
        })
    });
    let mut leaves: SmallVec<[Leaf; 2]> = SmallVec::new();
    leaves.push(Leaf {
        part: Part {
            offset: 0,
            scalar: tag.scalar,
            defined: true,
            range,
        },
    });
    let offsets: Vec<Vec<u64>> = placed.into_iter().map(|placed| placed.offsets).collect();
    finish(
        variants,
        offsets,
        Tag::Direct { at: tag, values },
        niche,
        (end, align),
        leaves,
    )
}

/// Puts the tag into an unused value of the largest variant, if there is one and the other
/// variants fit beside that word.
fn niched(variants: &Variants) -> Option<Layout> {
    let layouts: Vec<Layout> = variants
        .fields
        .iter()
        .map(|fields| struct_layout(fields, Order::LargestFirst))
        .collect();
    let dataful = (0..layouts.len()).max_by_key(|&i| (layouts[i].size, std::cmp::Reverse(i)))?;
    let main = &layouts[dataful];
    let Shape::Fields(main_offsets) = &main.shape else {
        return None;
    };
    let niche = best_niche(&variants.fields[dataful], main_offsets)?;
    if variants.lasting.is_some() && !lasting::allows(variants, dataful, niche) {
        return None;
    }
    let needed = (layouts.len() - 1) as u128;
    if niche.count < needed {
        return None;
    }
    let niche_end = niche.at.offset + niche.at.scalar.bytes();
    let mut offsets = Vec::with_capacity(layouts.len());
    let mut align = main.align;
    for (index, fields) in variants.fields.iter().enumerate() {
        if index == dataful {
            offsets.push(main_offsets.clone());
            continue;
        }
        let low = place(fields, Order::LargestFirst, 0);
        align = align.max(low.align);
        if low.end <= niche.at.offset {
            offsets.push(low.offsets);
            continue;
        }
        let high = place(fields, Order::LargestFirst, niche_end);
        if high.end > main.size {
            return None;
        }
        offsets.push(high.offsets);
    }
    let left = Niche {
        start: niche.start + needed,
        count: niche.count - needed,
        ..niche
    };
    let leaf = Leaf {
        part: Part {
            offset: niche.at.offset,
            scalar: niche.at.scalar,
            defined: true,
            range: None,
        },
    };
    Some(finish(
        variants,
        offsets,
        Tag::Niche {
            at: niche.at,
            dataful,
            first: niche.start,
        },
        Some(left).filter(|niche| niche.count > 0),
        (main.size, align),
        SmallVec::from_slice(&[leaf]),
    ))
}

/// `leaves` holds the tag's; the fields' follow, undefined in the other variants.
fn finish(
    variants: &Variants,
    offsets: Vec<Vec<u64>>,
    tag: Tag,
    niche: Option<Niche>,
    (end, align): (u64, u64),
    mut leaves: SmallVec<[Leaf; 2]>,
) -> Layout {
    let size = end.next_multiple_of(align);
    if size <= REGISTERS_BYTES_MAX {
        for (fields, offsets) in variants.fields.iter().zip(&offsets) {
            leaves.extend(leaves_of(fields, offsets).into_iter().map(|mut leaf| {
                leaf.part.defined = false;
                leaf.part.range = None;
                leaf
            }));
        }
    } else {
        leaves.clear();
    }
    let lasts = |field: &Rc<Layout>| field.starts_zeroed;
    let starts_zeroed = variants.lasting.is_some() || variants.fields.iter().flatten().any(lasts);
    Layout {
        size,
        align,
        registers: split::registers(size, &leaves),
        starts_zeroed,
        niche,
        shape: Shape::Enum(EnumLayout {
            variants: offsets,
            tag,
        }),
        leaves,
    }
}
