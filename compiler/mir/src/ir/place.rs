//! Memory locations.

use super::Local;
use gos_sema::program::{FieldIdx, VariantIdx};
use smallvec::SmallVec;

/// A local and the way from it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Place {
    pub local: Local,
    pub projection: SmallVec<[Projection; 2]>,
}

/// One step from a location to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Projection {
    /// What a `Ref` or `Box` points at.
    Deref,
    /// A field of a struct, tuple, closure environment or (after `Variant`) enum variant.
    Field(FieldIdx),
    /// The place seen as one variant.
    Variant(VariantIdx),
    /// Element by the `usize` in a local, of an `Array`, `Vec`, `View` or `String` (a `u8`, read
    /// only). Not checked.
    Index(Local),
    /// Element by number. Not checked.
    ConstIndex(u64),
}

impl From<Local> for Place {
    fn from(local: Local) -> Place {
        Place {
            local,
            projection: SmallVec::new(),
        }
    }
}

impl Place {
    /// The place one step further.
    #[must_use]
    pub fn then(&self, step: Projection) -> Place {
        let mut place = self.clone();
        place.projection.push(step);
        place
    }

    #[must_use]
    pub fn deref(&self) -> Place {
        self.then(Projection::Deref)
    }

    #[must_use]
    pub fn field(&self, index: usize) -> Place {
        self.then(Projection::Field(FieldIdx::from(index)))
    }

    /// The whole local, if the place has no projection.
    #[must_use]
    pub fn as_local(&self) -> Option<Local> {
        self.projection.is_empty().then_some(self.local)
    }

    /// True when the place goes through a reference, box or buffer, so that a store to it may be
    /// a store to the heap.
    #[must_use]
    pub fn is_indirect_by_deref(&self) -> bool {
        self.projection.contains(&Projection::Deref)
    }
}
