//! Paths: a variable and what is reached from it, as far as the check tells places apart.

use crate::program::LocalId;

/// One step from a place to a part of it, or to what it points at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Step {
    Field(u32),
    /// An element of a fixed array, which lies inside the variable.
    Element(Key),
    /// An element of a collection or view, which lies behind its handle.
    Index(Key),
    /// Through a reference or view.
    Deref,
    /// Through a `Box`.
    Open,
}

/// Which element.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Key {
    Number(u128),
    Variable(LocalId),
    Unknown,
}

/// A place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Path {
    pub root: LocalId,
    pub steps: Vec<Step>,
}

/// How two places lie to each other.
#[derive(Clone, Copy, Debug)]
pub(super) enum Overlap<'p> {
    /// They have nothing in common.
    Apart,
    /// One place; `sure` unless they are elements that may differ.
    Same { sure: bool },
    /// The second is inside the first, these steps away.
    Inside { rest: &'p [Step] },
    /// The first is inside the second.
    Around { rest: &'p [Step] },
}

impl Path {
    pub(super) fn new(root: LocalId) -> Path {
        Path {
            root,
            steps: Vec::new(),
        }
    }

    pub(super) fn then(mut self, step: Step) -> Path {
        self.steps.push(step);
        self
    }

    /// Compares this place with another one.
    pub(super) fn overlap<'p>(&'p self, other: &'p Path) -> Overlap<'p> {
        if self.root != other.root {
            return Overlap::Apart;
        }
        let mut sure = true;
        for (mine, theirs) in self.steps.iter().zip(&other.steps) {
            match (mine, theirs) {
                (Step::Element(a), Step::Element(b)) | (Step::Index(a), Step::Index(b)) => {
                    match (a, b) {
                        (Key::Number(a), Key::Number(b)) if a != b => return Overlap::Apart,
                        (a, b) if a == b && *a != Key::Unknown => {}
                        _ => sure = false,
                    }
                }
                (a, b) if a == b => {}
                _ => return Overlap::Apart,
            }
        }
        let common = self.steps.len().min(other.steps.len());
        if self.steps.len() == other.steps.len() {
            Overlap::Same { sure }
        } else if self.steps.len() < other.steps.len() {
            Overlap::Inside {
                rest: &other.steps[common..],
            }
        } else {
            Overlap::Around {
                rest: &self.steps[common..],
            }
        }
    }

    /// Whether the place is reached through a reference or box that lies at `holder`, so that
    /// storing another one there leads elsewhere.
    pub(super) fn is_reached_through(&self, holder: &Path) -> bool {
        match holder.overlap(self) {
            Overlap::Inside { rest } => rest.iter().any(|step| is_pointer(*step)),
            _ => false,
        }
    }
}

/// Steps that leave the variable's own memory by a pointer.
pub(super) fn is_pointer(step: Step) -> bool {
    matches!(step, Step::Deref | Step::Open)
}
