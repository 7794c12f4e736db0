//! Names in code that this build leaves out: tests, and what a `#[cfg]` does not select. What is
//! used only there is used.

use crate::cx::Cx;
use gos_diag::Symbol;
use rustc_hash::FxHashSet;

/// Every word of the code that was left out. Words of comments and literals count as well: a
/// warning too few is better than one too many.
#[derive(Debug, Default)]
pub(super) struct Mentioned(FxHashSet<Symbol>);

impl Mentioned {
    pub fn new(cx: &Cx<'_>) -> Mentioned {
        let mut words = FxHashSet::default();
        for span in &cx.removed {
            let file = cx.source_map.file(span.file);
            let text = file.text.get(span.start as usize..span.end as usize);
            let parts = text.unwrap_or_default();
            let parts = parts.split(|c: char| !(c.is_alphanumeric() || c == '_'));
            words.extend(parts.filter(|part| !part.is_empty()).map(Symbol::intern));
        }
        Mentioned(words)
    }

    pub fn contains(&self, name: Symbol) -> bool {
        self.0.contains(&name)
    }

    /// Whether nothing was left out.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
