//! Interned names: a `Symbol` is four bytes and compares as an integer. The table lives as long
//! as the process, so the text of a symbol is `'static`.

use std::cell::Cell;
use std::cmp::Ordering;
use std::fmt;
use std::sync::{OnceLock, PoisonError, RwLock};

use rustc_hash::FxHashMap;

/// A name, stored once per process. Orders by its text, so that sorted output does not depend on
/// which thread interned first.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Symbol(u32);

/// The symbols by their texts. Who only wants the text of a symbol does not come here.
type Interner = FxHashMap<&'static str, Symbol>;

fn interner() -> &'static RwLock<Interner> {
    static INTERNER: OnceLock<RwLock<Interner>> = OnceLock::new();
    INTERNER.get_or_init(|| {
        let mut interner = Interner::default();
        for text in KNOWN {
            add(&mut interner, text);
        }
        RwLock::new(interner)
    })
}

fn add(interner: &mut Interner, text: &'static str) -> Symbol {
    let symbol = Symbol(interner.len() as u32);
    let (chunk, offset) = place_of(symbol);
    let chunk_texts = TEXTS[chunk].get_or_init(|| vec![OnceLock::new(); FIRST_CHUNK << chunk]);
    let _ = chunk_texts[offset].set(text);
    interner.insert(text, symbol);
    symbol
}

/// How many texts the first chunk holds; each further one holds twice as many as the one before.
const FIRST_CHUNK: usize = 1 << 11;

/// The texts by symbol, in chunks that stay where they are: threads read them without a lock.
static TEXTS: [OnceLock<Vec<OnceLock<&'static str>>>; 21] = [const { OnceLock::new() }; 21];

/// The chunk that a symbol's text is in, and where in it.
fn place_of(symbol: Symbol) -> (usize, usize) {
    let at = symbol.0 as usize + FIRST_CHUNK;
    let chunk = (at / FIRST_CHUNK).ilog2();
    (chunk as usize, at - (FIRST_CHUNK << chunk))
}

/// How many names a thread remembers: those of a file come again and again, and threads that ask
/// the one table for each would wait for each other.
const REMEMBERED: usize = 1 << 10;

thread_local! {
    static RECENT: [Cell<(&'static str, Symbol)>; REMEMBERED] =
        const { [const { Cell::new(("", Symbol::EMPTY)) }; REMEMBERED] };
}

/// Where a thread remembers this text, if it does.
fn slot_of(text: &str) -> usize {
    let bytes = text.as_bytes();
    let word = |part: Option<&[u8; 8]>| part.map_or(0, |part| u64::from_le_bytes(*part));
    let (first, last) = match bytes.len() {
        8.. => (word(bytes.first_chunk()), word(bytes.last_chunk())),
        _ => (
            bytes
                .iter()
                .fold(0, |sum, &byte| sum << 8 | u64::from(byte)),
            0,
        ),
    };
    let mixed = (first ^ last.rotate_left(29)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed >> 54) as usize % REMEMBERED
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
        RECENT.with(|recent| {
            let slot = &recent[slot_of(text)];
            let (known, symbol) = slot.get();
            if known == text {
                return symbol;
            }
            let symbol = find_or_add(text);
            slot.set((symbol.as_str(), symbol));
            symbol
        })
    }

    /// The text.
    pub fn as_str(self) -> &'static str {
        if let Some(known) = KNOWN.get(self.0 as usize) {
            return known;
        }
        let (chunk, offset) = place_of(self);
        let text = TEXTS[chunk].get().and_then(|texts| texts[offset].get());
        text.expect("a symbol comes from `intern`")
    }

    /// The number behind the symbol, for dense tables. It differs between runs.
    pub fn index(self) -> u32 {
        self.0
    }
}

/// The symbol of a text that this thread does not remember.
fn find_or_add(text: &str) -> Symbol {
    // A poisoned lock only means that some thread panicked between two complete states.
    let table = interner().read().unwrap_or_else(PoisonError::into_inner);
    if let Some(&symbol) = table.get(text) {
        return symbol;
    }
    drop(table);
    let mut table = interner().write().unwrap_or_else(PoisonError::into_inner);
    if let Some(&symbol) = table.get(text) {
        return symbol;
    }
    add(&mut table, Box::leak(text.into()))
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
    fn every_text_is_found_again() {
        let text = |n: usize| format!("name number {n}");
        let symbols: Vec<Symbol> = (0..20_000).map(|n| Symbol::intern(&text(n))).collect();
        for (n, symbol) in symbols.into_iter().enumerate() {
            assert_eq!(symbol.as_str(), text(n));
            assert_eq!(Symbol::intern(&text(n)), symbol);
        }
    }

    #[test]
    fn threads_agree() {
        let intern = || (0..5000).map(|n| Symbol::intern(&format!("shared{n}")));
        let threads = [(); 4].map(|()| std::thread::spawn(move || intern().collect::<Vec<_>>()));
        let here: Vec<Symbol> = intern().collect();
        for thread in threads {
            assert_eq!(thread.join().unwrap(), here);
        }
    }

    #[test]
    fn order_is_by_text() {
        let (late, early) = (Symbol::intern("zz_first"), Symbol::intern("aa_second"));
        assert!(early < late);
    }
}
