//! Items of the standard library that the compiler itself refers to.

use super::{AdtId, FnId, TraitId};
use rustc_hash::FxHashMap;

/// What a name of the library stands for in the compiler.
///
/// The library marks them with `#[lang = "name"]`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LangItem {
    Adt(AdtId),
    Trait(TraitId),
    Fn(FnId),
}

/// The marked items that were reached, by the name in their attribute.
///
/// Used by MIR: `panic` (`fn(String) -> !`), `panic_bounds` (`fn(usize, usize) -> !`: index,
/// length), `panic_slice` (`fn(usize, usize, usize) -> !`: from, to, length), both also with
/// `_signed`, where `isize` stands for the positions, `panic_char_boundary` (`fn(String, usize) -> !`), `panic_overflow` (`fn(String) -> !`: the operation in words),
/// `panic_divide_by_zero`, `panic_missing_key`, `run_defers` (`fn(usize)`: the mark), `start`
/// (`fn(fn()) -> i64`), `fault` (`fn(usize) -> !`), `range` types.
#[derive(Debug, Default)]
pub struct LangItems {
    items: FxHashMap<&'static str, LangItem>,
}

impl LangItems {
    /// Records a marked item; the later of two wins.
    pub fn insert(&mut self, name: &'static str, item: LangItem) {
        self.items.insert(name, item);
    }

    /// The function of that name.
    #[must_use]
    pub fn find_fn(&self, name: &str) -> Option<FnId> {
        match self.items.get(name)? {
            LangItem::Fn(id) => Some(*id),
            _ => None,
        }
    }

    /// The trait of that name.
    #[must_use]
    pub fn find_trait(&self, name: &str) -> Option<TraitId> {
        match self.items.get(name)? {
            LangItem::Trait(id) => Some(*id),
            _ => None,
        }
    }

    /// The struct or enum of that name.
    #[must_use]
    pub fn find_adt(&self, name: &str) -> Option<AdtId> {
        match self.items.get(name)? {
            LangItem::Adt(id) => Some(*id),
            _ => None,
        }
    }
}
