//! Interned names: a `Symbol` is four bytes and compares as an integer. The table lives as long
//! as the process, so the text of a symbol is `'static`.

use std::cmp::Ordering;
use std::fmt;
use std::sync::{OnceLock, RwLock};

use rustc_hash::FxHashMap;

/// A name, stored once per process. Orders by its text, so that sorted output does not depend on
/// which thread interned first.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Symbol(u32);

struct Interner {
    by_text: FxHashMap<&'static str, Symbol>,
    texts: Vec<&'static str>,
}

impl Interner {
    fn with_known() -> Interner {
        let mut interner = Interner {
            by_text: FxHashMap::default(),
            texts: Vec::new(),
        };
        for text in KNOWN {
            interner.add(text);
        }
        interner
    }

    fn add(&mut self, text: &'static str) -> Symbol {
        let symbol = Symbol(self.texts.len() as u32);
        self.texts.push(text);
        self.by_text.insert(text, symbol);
        symbol
    }
}

fn interner() -> &'static RwLock<Interner> {
    static INTERNER: OnceLock<RwLock<Interner>> = OnceLock::new();
    INTERNER.get_or_init(|| RwLock::new(Interner::with_known()))
}

/// The names that the compiler itself looks for, in the order of the constants below.
const KNOWN: [&str; 6] = ["", "_", "self", "Self", "super", "crate"];

impl Symbol {
    /// The empty text.
    pub const EMPTY: Symbol = Symbol(0);
    /// `_`
    pub const UNDERSCORE: Symbol = Symbol(1);
    /// `self`
    pub const SELF_VALUE: Symbol = Symbol(2);
    /// `Self`
    pub const SELF_TYPE: Symbol = Symbol(3);
    /// `super`
    pub const SUPER: Symbol = Symbol(4);
    /// `crate`
    pub const CRATE: Symbol = Symbol(5);

    /// The symbol of a text; the same text always gives the same symbol.
    pub fn intern(text: &str) -> Symbol {
        // A poisoned lock only means that some thread panicked between two complete states.
        let table = interner()
            .read()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        if let Some(&symbol) = table.by_text.get(text) {
            return symbol;
        }
        drop(table);
        let mut table = interner()
            .write()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        if let Some(&symbol) = table.by_text.get(text) {
            return symbol;
        }
        table.add(Box::leak(text.into()))
    }

    /// The text.
    pub fn as_str(self) -> &'static str {
        let table = interner()
            .read()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        table.texts[self.0 as usize]
    }

    /// The number behind the symbol, for dense tables. It differs between runs.
    pub fn index(self) -> u32 {
        self.0
    }
}

impl PartialOrd for Symbol {
    fn partial_cmp(&self, other: &Symbol) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Symbol {
    fn cmp(&self, other: &Symbol) -> Ordering {
        if self == other {
            Ordering::Equal
        } else {
            self.as_str().cmp(other.as_str())
        }
    }
}

impl fmt::Display for Symbol {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(self.as_str())
    }
}

impl fmt::Debug for Symbol {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), out)
    }
}

impl PartialEq<str> for Symbol {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for Symbol {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

#[cfg(test)]
mod tests {
    use super::Symbol;

    #[test]
    fn same_text_same_symbol() {
        assert_eq!(Symbol::intern("a_name"), Symbol::intern("a_name"));
        assert_ne!(Symbol::intern("a_name"), Symbol::intern("b_name"));
        assert_eq!(Symbol::intern("a_name").as_str(), "a_name");
    }

    #[test]
    fn known_symbols_have_their_text() {
        assert_eq!(Symbol::SELF_TYPE.as_str(), "Self");
        assert_eq!(Symbol::intern("crate"), Symbol::CRATE);
        assert_eq!(Symbol::intern(""), Symbol::EMPTY);
    }

    #[test]
    fn order_is_by_text() {
        let (late, early) = (Symbol::intern("zz_first"), Symbol::intern("aa_second"));
        assert!(early < late);
    }
}
