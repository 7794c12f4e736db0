//! Structs, tuples, closure environments and arrays.

use super::{Layout, Leaf, Niche, REGISTERS_BYTES_MAX, Shape, split};
use smallvec::SmallVec;
use std::rc::Rc;

/// In which order fields are placed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// As written: `repr(C)`.
    Declared,
    /// Largest alignment first: no holes but at the end.
    LargestFirst,
    /// Smallest alignment first: behind a tag, small fields fill the hole it leaves.
    SmallestFirst,
}

/// Fields placed one behind the other.
pub(super) struct Placed {
    /// In order of declaration.
    pub(super) offsets: Vec<u64>,
    /// End of the last byte, not rounded to the alignment.
    pub(super) end: u64,
    pub(super) align: u64,
}

/// Places fields from `start` on.
pub(super) fn place(fields: &[Rc<Layout>], order: Order, start: u64) -> Placed {
    let mut turns: Vec<usize> = (0..fields.len()).collect();
    match order {
        Order::Declared => {}
        Order::LargestFirst => turns.sort_by_key(|&i| std::cmp::Reverse(fields[i].align)),
        Order::SmallestFirst => turns.sort_by_key(|&i| fields[i].align),
    }
    let mut placed = Placed {
        offsets: vec![0; fields.len()],
        end: start,
        align: 1,
    };
    for index in turns {
        let field = &fields[index];
        let offset = placed.end.next_multiple_of(field.align);
        placed.offsets[index] = offset;
        placed.end = offset.saturating_add(field.size);
        placed.align = placed.align.max(field.align);
    }
    placed
}

/// The scalars of placed fields.
pub(super) fn leaves_of(fields: &[Rc<Layout>], offsets: &[u64]) -> SmallVec<[Leaf; 2]> {
    let mut leaves = SmallVec::new();
    for (field, &offset) in fields.iter().zip(offsets) {
        leaves.extend(field.leaves.iter().map(|leaf| leaf.moved_by(offset)));
    }
    leaves
}

/// The field's niche with the most values.
pub(super) fn best_niche(fields: &[Rc<Layout>], offsets: &[u64]) -> Option<Niche> {
    fields
        .iter()
        .zip(offsets)
        .filter_map(|(field, &offset)| Some(field.niche?.moved_by(offset)))
        .max_by_key(|niche| niche.count)
}

pub(super) fn struct_layout(fields: &[Rc<Layout>], order: Order) -> Layout {
    let placed = place(fields, order, 0);
    let size = placed.end.next_multiple_of(placed.align);
    if size == 0 {
        let mut layout = Layout::zero_sized(placed.align);
        layout.shape = Shape::Fields(placed.offsets);
        return layout;
    }
    let leaves = if size <= REGISTERS_BYTES_MAX {
        leaves_of(fields, &placed.offsets)
    } else {
        SmallVec::new()
    };
    Layout {
        size,
        align: placed.align,
        starts_zeroed: fields.iter().any(|field| field.starts_zeroed),
        niche: best_niche(fields, &placed.offsets),
        shape: Shape::Fields(placed.offsets),
        registers: split::registers(size, &leaves),
        leaves,
    }
}

pub(super) fn array_layout(element: &Layout, count: u64) -> Layout {
    let size = element.size.saturating_mul(count);
    let mut leaves = SmallVec::new();
    if size <= REGISTERS_BYTES_MAX && element.size > 0 {
        for index in 0..count {
            let offset = index * element.size;
            leaves.extend(element.leaves.iter().map(|leaf| leaf.moved_by(offset)));
        }
    }
    Layout {
        size,
        align: element.align,
        shape: Shape::Array {
            stride: element.size,
            count,
        },
        registers: split::registers(size, &leaves),
        starts_zeroed: element.starts_zeroed,
        niche: element.niche.filter(|_| count > 0),
        leaves,
    }
}
