//! How values lie in memory and how they travel in registers.
//!
//! Owns the answer for every concrete type: size, alignment, offsets, enum tags and niches, the
//! one or two registers a small value is split into, and which words may hold references. All of
//! it is decided here, so that loads, stores, calls and type descriptors cannot disagree.
//! Must not know LLVM. Read next: `adt.rs` for structs, `enums.rs` for tags and niches,
//! `lasting.rs` for enums that references look into, `split.rs` for registers.

mod adt;
mod enums;
mod lasting;
mod primitive;
mod references;
mod split;
#[cfg(test)]
mod tests;
mod types;

pub use references::{has_references, reference_bitmap};
pub use types::{Types, array_length};

use smallvec::SmallVec;

/// Where everything of one type lies.
#[derive(Debug, Clone)]
pub struct Layout {
    pub size: u64,
    pub align: u64,
    pub shape: Shape,
    /// How a value travels.
    pub registers: Registers,
    /// Bit patterns no value of the type has.
    pub niche: Option<Niche>,
    /// Memory for a value is zero before the value is written, which may leave some bytes out
    /// that copies then carry along: see `lasting.rs`.
    pub starts_zeroed: bool,
    /// The scalars inside, for types of at most [`REGISTERS_BYTES_MAX`] bytes.
    pub(super) leaves: SmallVec<[Leaf; 2]>,
}

/// Larger values travel by address.
pub const REGISTERS_BYTES_MAX: u64 = 16;

/// What a type is made of.
#[derive(Debug, Clone)]
pub enum Shape {
    /// Nothing inside that code can name.
    Primitive,
    /// Offsets in order of declaration.
    Fields(Vec<u64>),
    Array {
        stride: u64,
        count: u64,
    },
    Enum(EnumLayout),
}

/// Variants and how to tell them apart.
#[derive(Debug, Clone)]
pub struct EnumLayout {
    /// Offsets of each variant's fields in order of declaration.
    pub variants: Vec<Vec<u64>>,
    pub tag: Tag,
}

/// How the variant is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tag {
    /// There is at most one variant.
    Single,
    /// An integer of its own; `values[i]` stands for variant `i`.
    Direct { at: Word, values: Vec<u128> },
    /// The dataful variant's own word, unless it holds one of its unused values: `first + k`
    /// stands for the `k`-th of the other variants, in order.
    Niche {
        at: Word,
        dataful: usize,
        first: u128,
    },
}

/// An integer or pointer at an offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word {
    pub offset: u64,
    pub scalar: Scalar,
}

/// A value of one register.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scalar {
    /// One bit in registers, a byte in memory.
    Bool,
    /// Width in bytes: 1 to 8, or 16.
    Int(u8),
    F32,
    F64,
    Ptr,
}

impl Scalar {
    /// Bytes in memory.
    #[must_use]
    pub fn bytes(self) -> u64 {
        match self {
            Scalar::Bool => 1,
            Scalar::Int(bytes) => u64::from(bytes),
            Scalar::F32 => 4,
            Scalar::F64 | Scalar::Ptr => 8,
        }
    }
}

/// A part of a value that fills one register.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    pub offset: u64,
    pub scalar: Scalar,
    /// False where some variant leaves it undefined.
    pub defined: bool,
    /// Smallest and largest value, where not all occur.
    pub range: Option<(u128, u128)>,
}

/// How a value travels to and from calls and through operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Registers {
    /// No bytes.
    None,
    One(Part),
    Two(Part, Part),
    /// By address.
    Memory,
}

impl Registers {
    /// The kinds of registers; values of types that agree in them need no conversion.
    #[must_use]
    pub fn scalars(self) -> (Option<Scalar>, Option<Scalar>, bool) {
        match self {
            Registers::None => (None, None, false),
            Registers::One(a) => (Some(a.scalar), None, false),
            Registers::Two(a, b) => (Some(a.scalar), Some(b.scalar), false),
            Registers::Memory => (None, None, true),
        }
    }
}

/// Unused values of a word: `start .. start + count`, without wrapping.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Niche {
    pub at: Word,
    pub start: u128,
    pub count: u128,
}

/// A scalar at an offset, as found by looking through structs and variants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Leaf {
    part: Part,
}

impl Layout {
    /// True for types without bytes.
    #[must_use]
    pub fn is_zero_sized(&self) -> bool {
        self.size == 0
    }

    /// The scalars inside and where they lie, of a type of at most [`REGISTERS_BYTES_MAX`] bytes.
    pub fn scalars(&self) -> impl Iterator<Item = (u64, Scalar)> {
        let leaves = self.leaves.iter();
        leaves.map(|leaf| (leaf.part.offset, leaf.part.scalar))
    }

    /// True when each register is one scalar that every value has, so that loading and storing
    /// the registers splits and merges nothing.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        let is = |leaf: &Leaf, part: Part| {
            leaf.part.defined && leaf.part.offset == part.offset && leaf.part.scalar == part.scalar
        };
        match self.registers {
            Registers::None => true,
            Registers::One(part) => self.leaves.iter().all(|leaf| is(leaf, part)),
            Registers::Two(a, b) => self.leaves.iter().all(|leaf| is(leaf, a) || is(leaf, b)),
            Registers::Memory => false,
        }
    }
}
