//! Who owns the bytes of an executable. Symbols say it for code and data; what has no symbol is told
//! by section: texts, tables for traces, the file's own structure.
//! Keeps: the parts sum up to the file.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;

use gos_abi::symbol::{
    MANGLE_PREFIX, PROGRAM_FAULT, PROGRAM_MAIN, TRACE_SECTION, TRACE_SECTION_MACHO,
    TRACE_SECTION_PE,
};
use object::{BinaryFormat, Object as _, ObjectSection as _, ObjectSymbol as _, SymbolKind};

/// The tables for traces, in each format.
const TRACE_SECTIONS: [&str; 3] = [TRACE_SECTION, TRACE_SECTION_MACHO, TRACE_SECTION_PE];

/// Where a part of an executable comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// The user's program and its dependencies.
    Program,
    /// The standard library, of which only what is reached is there.
    Library,
    /// The runtime: scheduler, collector, sockets.
    Runtime,
    /// What the runtime uses of Rust's library.
    Rust,
    /// The C library and start-up code.
    C,
    /// Names and lines for the traces of panics.
    Traces,
    /// Texts and constants without a name, alignment.
    Unnamed,
    /// What is in the file and not in memory: symbols, headers.
    File,
}

impl Origin {
    pub const ALL: [Origin; 8] = [
        Self::Program,
        Self::Library,
        Self::Runtime,
        Self::Rust,
        Self::C,
        Self::Traces,
        Self::Unnamed,
        Self::File,
    ];
}

impl fmt::Display for Origin {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Program => "program",
            Self::Library => "library",
            Self::Runtime => "runtime",
            Self::Rust => "Rust's library",
            Self::C => "C library",
            Self::Traces => "trace tables",
            Self::Unnamed => "constants",
            Self::File => "symbols and headers",
        })
    }
}

/// A function or a piece of data, or what a section has beside those.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    pub origin: Origin,
    /// The module, crate or section.
    pub module: String,
    /// Empty for what has no name of its own.
    pub name: String,
    pub bytes: u64,
}

/// The parts of an executable, the largest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sizes {
    pub total: u64,
    pub parts: Vec<Part>,
}

impl Sizes {
    /// Of a file that was linked with symbols; without them only sections are known.
    pub fn of(file: &[u8]) -> Result<Sizes, String> {
        let object = object::File::parse(file).map_err(|error| error.to_string())?;
        let mut parts = BTreeMap::new();
        let mut add = |origin: Origin, module: &str, name: &str, bytes: u64| {
            let key = (origin, module.to_owned(), name.to_owned());
            *parts.entry(key).or_insert(0) += bytes;
        };
        let named = named_bytes(&object, &mut add);
        let mut loaded = 0;
        for section in object.sections() {
            let Some((_, bytes)) = section.file_range().filter(|_| section.address() != 0) else {
                continue;
            };
            loaded += bytes;
            let known = named.get(&section.index().0).copied().unwrap_or(0);
            let name = section.name().unwrap_or_default();
            let origin = match TRACE_SECTIONS.contains(&name) {
                true => Origin::Traces,
                false => Origin::Unnamed,
            };
            add(origin, name, "", bytes.saturating_sub(known));
        }
        let total = file.len() as u64;
        add(Origin::File, "", "", total.saturating_sub(loaded));
        let part = |((origin, module, name), bytes)| Part {
            origin,
            module,
            name,
            bytes,
        };
        let mut parts: Vec<Part> = parts.into_iter().map(part).collect();
        parts.retain(|part| part.bytes > 0);
        // Stable: parts of one size stay in the order of their names.
        parts.sort_by_key(|part| std::cmp::Reverse(part.bytes));
        Ok(Sizes { total, parts })
    }

    /// The bytes of each origin, in the order of [`Origin::ALL`].
    pub fn by_origin(&self) -> Vec<(Origin, u64)> {
        let bytes_of = |origin| {
            let parts = self.parts.iter().filter(|part| part.origin == origin);
            parts.map(|part| part.bytes).sum()
        };
        Origin::ALL
            .map(|origin| (origin, bytes_of(origin)))
            .to_vec()
    }

    /// The bytes of each module, the largest first.
    pub fn by_module(&self) -> Vec<(Origin, &str, u64)> {
        let mut modules = BTreeMap::new();
        for part in &self.parts {
            *modules
                .entry((part.origin, part.module.as_str()))
                .or_insert(0) += part.bytes;
        }
        let modules = modules.into_iter();
        let mut modules: Vec<_> = modules
            .map(|((origin, module), bytes)| (origin, module, bytes))
            .collect();
        modules.sort_by_key(|(_, _, bytes)| std::cmp::Reverse(*bytes));
        modules
    }
}

/// Adds all symbols that take room in the file; says how many bytes of each section they are.
fn named_bytes(
    object: &object::File<'_>,
    add: &mut impl FnMut(Origin, &str, &str, u64),
) -> BTreeMap<usize, u64> {
    let mut named: BTreeMap<usize, u64> = BTreeMap::new();
    let mut seen = HashSet::new();
    for symbol in symbols(object) {
        if symbol.bytes == 0 || !seen.insert((symbol.section, symbol.address)) {
            continue;
        }
        let (origin, module, name) = owner(symbol.name);
        add(origin, &module, &name, symbol.bytes);
        *named.entry(symbol.section).or_insert(0) += symbol.bytes;
    }
    named
}

/// A function or a piece of data with a name.
struct Named<'a> {
    name: &'a str,
    section: usize,
    address: u64,
    bytes: u64,
}

/// All that are in the file, by address; of several names for one place the larger one comes first.
fn symbols<'a>(object: &'a object::File<'_>) -> Vec<Named<'a>> {
    let is_macho = object.format() == BinaryFormat::MachO;
    let mut ends = HashMap::new();
    let mut symbols = Vec::new();
    for symbol in object.symbols() {
        let is_thing = matches!(symbol.kind(), SymbolKind::Text | SymbolKind::Data);
        let Some(index) = symbol.section_index().filter(|_| is_thing) else {
            continue;
        };
        let Ok(section) = object.section_by_index(index) else {
            continue;
        };
        // The runtime's marks around them are not theirs.
        let is_table = section
            .name()
            .is_ok_and(|name| TRACE_SECTIONS.contains(&name));
        let Some((_, bytes)) = section.file_range().filter(|_| !is_table) else {
            continue;
        };
        // The start of a Mach-O file counts to its first section, which begins later, and what is zero
        // at the start of a program for Windows to the section whose end the file leaves out.
        let end = section.address() + bytes;
        if !(section.address()..end).contains(&symbol.address()) {
            continue;
        }
        ends.insert(index.0, end);
        let name = symbol.name().unwrap_or_default();
        symbols.push(Named {
            // C's names have an underscore in front of them there.
            name: match is_macho {
                true => name.strip_prefix('_').unwrap_or(name),
                false => name,
            },
            section: index.0,
            address: symbol.address(),
            bytes: symbol.size(),
        });
    }
    if is_macho || object.format() == BinaryFormat::Pe {
        fill_up(&mut symbols, &ends);
    }
    symbols.sort_by_key(|symbol| (symbol.address, std::cmp::Reverse(symbol.bytes)));
    symbols
}

/// Mach-O and PE do not say how large things are: each goes on to the next one, or to the section's end.
fn fill_up(symbols: &mut [Named<'_>], ends: &HashMap<usize, u64>) {
    symbols.sort_by_key(|symbol| (symbol.section, symbol.address));
    let mut next: Option<(usize, u64)> = None;
    let mut end = 0;
    for symbol in symbols.iter_mut().rev() {
        match next {
            Some((section, _)) if section != symbol.section => end = ends[&symbol.section],
            Some((_, address)) if address > symbol.address => end = address,
            Some(_) => {}
            None => end = ends[&symbol.section],
        }
        next = Some((symbol.section, symbol.address));
        symbol.bytes = end.saturating_sub(symbol.address);
    }
}

/// A symbol as people call it: `shop::cart::total`.
pub(crate) fn spoken_name(symbol: &str) -> String {
    let (origin, module, name) = owner(symbol);
    match origin {
        Origin::Program | Origin::Library if !module.is_empty() => format!("{module}::{name}"),
        Origin::Unnamed => symbol.to_owned(),
        _ => name,
    }
}

/// What a symbol's name says: origin, module, function.
fn owner(symbol: &str) -> (Origin, String, String) {
    if let Some(path) = symbol.strip_prefix(MANGLE_PREFIX) {
        // Behind the path stands a hash that tells instances apart.
        let path = path.rsplit_once('_').map_or(path, |(path, _)| path);
        let path = path.replace('$', "::");
        let (module, name) = path.rsplit_once("::").unwrap_or(("", &path));
        let is_library = path == "std" || path.starts_with("std::");
        let origin = if is_library {
            Origin::Library
        } else {
            Origin::Program
        };
        return (origin, module.to_owned(), name.to_owned());
    }
    if let Ok(name) = rustc_demangle::try_demangle(symbol) {
        let name = format!("{name:#}");
        let krate = crate_of(&name).to_owned();
        let origin = match krate.as_str() {
            "gos_rt" | "gos_abi" => Origin::Runtime,
            _ => Origin::Rust,
        };
        return (origin, krate, name);
    }
    if symbol == PROGRAM_MAIN || symbol == PROGRAM_FAULT {
        let (origin, module) = match symbol == PROGRAM_MAIN {
            true => (Origin::Program, ""),
            false => (Origin::Library, "std::panicking"),
        };
        return (origin, module.to_owned(), symbol.to_owned());
    }
    let origin = match symbol.starts_with("gos_") {
        true => Origin::Runtime,
        false
            if ["anon.", "__xmm@", "__real@"]
                .iter()
                .any(|constant| symbol.starts_with(constant)) =>
        {
            Origin::Unnamed
        }
        false => Origin::C,
    };
    let module = match origin {
        Origin::Runtime => "gos_rt",
        Origin::Unnamed => ".rodata",
        _ => "libc",
    };
    let name = if origin == Origin::Unnamed {
        ""
    } else {
        symbol
    };
    (origin, module.to_owned(), name.to_owned())
}

/// The crate in which a Rust function stands; a generic one of Rust's library counts to the crate
/// it was made for, which pays for it.
fn crate_of(name: &str) -> &str {
    if name.contains("gos_rt::") {
        return "gos_rt";
    }
    let start = name.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(0);
    let path = &name[start..];
    let end = path
        .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .unwrap_or(path.len());
    match &path[..end] {
        "str" | "char" | "mut" | "dyn" | "u8" | "u16" | "u32" | "u64" | "usize" | "i32" | "i64"
        | "isize" | "f32" | "f64" | "u128" | "i128" => "core",
        krate => krate,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symbols_tell_their_owner() {
        let owner_of = |symbol| {
            let (origin, module, name) = owner(symbol);
            (origin, format!("{module} {name}"))
        };
        let expected = [
            (
                "_Gstd$panicking$run_defers_b687d91639ba04bb",
                Origin::Library,
                "std::panicking run_defers",
            ),
            (
                "_Gshop$cart$total_0123456789abcdef",
                Origin::Program,
                "shop::cart total",
            ),
            ("gos_rt_exit", Origin::Runtime, "gos_rt gos_rt_exit"),
            ("gos_main", Origin::Program, " gos_main"),
            ("memcpy", Origin::C, "libc memcpy"),
            (
                "_ZN6gos_rt5sched3run17h0123456789abcdefE",
                Origin::Runtime,
                "gos_rt gos_rt::sched::run",
            ),
            (
                "_ZN4core3fmt5write17h0123456789abcdefE",
                Origin::Rust,
                "core core::fmt::write",
            ),
        ];
        for (symbol, origin, text) in expected {
            assert_eq!(owner_of(symbol), (origin, text.to_owned()));
        }
    }

    #[test]
    fn what_is_no_executable_is_refused() {
        assert!(Sizes::of(b"text").is_err());
    }
}
