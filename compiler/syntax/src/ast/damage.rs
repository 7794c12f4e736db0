//! What a file lost to syntax errors, so that later stages can tell a mistake from its echo.

use gos_diag::{Span, Symbol};

/// The parts of a file that are not in its tree.
#[derive(Clone, Debug, Default)]
pub struct Damage {
    /// Every name that stands in text which was skipped: something of that name may well be
    /// declared, only nobody knows. Sorted.
    pub names: Vec<Symbol>,
    /// The text that was skipped.
    pub skipped: Vec<Span>,
    /// Parts of expressions whose brackets do not match: what belongs together there is a guess.
    pub torn: Vec<Span>,
    /// The innermost functions, types and other items that syntax errors lie in.
    pub items: Vec<Span>,
}

impl Damage {
    /// Whether nothing was lost.
    pub fn is_none(&self) -> bool {
        self.items.is_empty() && self.skipped.is_empty() && self.names.is_empty()
    }
}
