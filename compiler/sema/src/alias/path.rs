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
    /// What a pattern binds of the place, whichever part that is.
    Part,
}

/// Which element.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Key {
    Number(u128),
    Variable(LocalId),
    /// Those of `v[from..to]`, as far as the ends are known.
    Range {
        from: Option<End>,
        to: Option<End>,
    },
    Unknown,
}

/// The end of a range.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum End {
    Number(u128),
    Variable(LocalId),
}

impl Key {
    /// The end that an index stands for in a range.
    pub(super) fn end(self) -> Option<End> {
        match self {
            Key::Number(number) => Some(End::Number(number)),
            Key::Variable(local) => Some(End::Variable(local)),
            _ => None,
        }
    }

    /// Whether no element belongs to both.
    fn is_apart(self, other: Key) -> bool {
        match (self, other) {
            (Key::Number(a), Key::Number(b)) => a != b,
            (
                Key::Range { from, to },
                Key::Range {
                    from: after,
                    to: before,
                },
            ) => ends_before(to, after) || ends_before(before, from),
            _ => false,
        }
    }
}

/// Whether a range with this end lies before one with this start.
fn ends_before(end: Option<End>, start: Option<End>) -> bool {
    match (end, start) {
        (Some(End::Number(end)), Some(End::Number(start))) => end <= start,
        (Some(end), Some(start)) => end == start,
        _ => false,
    }
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
                        (a, b) if a.is_apart(*b) => return Overlap::Apart,
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
