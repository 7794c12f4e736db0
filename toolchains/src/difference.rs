//! Where two files that should be equal differ first, in words that lead to the cause: the section
//! and the symbol of an executable, the line of a text.

use std::fmt;

use object::{Object as _, ObjectSection as _, ObjectSymbol as _, SymbolKind};

use crate::size::spoken_name;

/// How many bytes are shown of each file.
const BYTES_SHOWN: usize = 8;

/// The first difference of two files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Where it is in the first file.
    pub offset: u64,
    /// The section and the symbol there, or the line.
    pub place: String,
    /// What stands there in each of the files.
    pub contents: [String; 2],
}

impl Difference {
    /// None for files that are the same.
    pub fn of(first: &[u8], second: &[u8]) -> Option<Difference> {
        if first == second {
            return None;
        }
        let objects = (object::File::parse(first), object::File::parse(second));
        let in_section = match &objects {
            (Ok(first), Ok(second)) => in_sections(first, second),
            _ => None,
        };
        Some(in_section.unwrap_or_else(|| {
            let at = first_different(first, second);
            let place = match std::str::from_utf8(first) {
                Ok(text) => format!("line {}", line_of(text, at)),
                Err(_) => "outside of all sections".to_owned(),
            };
            Difference {
                offset: at as u64,
                place,
                contents: [shown(first, at), shown(second, at)],
            }
        }))
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, second] = &self.contents;
        write!(
            out,
            "byte {:#x}, {}: {first} in the first, {second} in the second",
            self.offset, self.place
        )
    }
}

/// A section of other length moves what stands behind it, so it is named before one that differs
/// in its bytes alone.
fn in_sections(first: &object::File<'_>, second: &object::File<'_>) -> Option<Difference> {
    let pairs = || {
        first.sections().filter_map(|section| {
            let other = second.section_by_name(section.name().ok()?);
            Some((section, other))
        })
    };
    let missing = pairs().find(|(_, other)| other.is_none());
    if let Some((section, _)) = missing {
        return Some(Difference {
            offset: section.file_range()?.0,
            place: format!("section {}", section.name().ok()?),
            contents: ["there".to_owned(), "missing".to_owned()],
        });
    }
    let pairs = || pairs().filter_map(|(section, other)| Some((section, other?)));
    let longer = pairs().find(|(section, other)| section.size() != other.size());
    let (section, other) = longer
        .or_else(|| pairs().find(|(section, other)| section.data().ok() != other.data().ok()))?;
    let (data, others) = (section.data().ok()?, other.data().ok()?);
    let at = first_different(data, others);
    let mut place = format!("section {}", section.name().ok()?);
    if section.size() != other.size() {
        place += &format!(" ({} bytes and {})", section.size(), other.size());
    }
    if let Some((symbol, inside)) = symbol_at(first, &section, at as u64) {
        place += &format!(", {symbol} + {inside:#x}");
    }
    Some(Difference {
        offset: section.file_range()?.0 + at as u64,
        place,
        contents: [shown(data, at), shown(others, at)],
    })
}

/// The function or piece of data at a place in a section, and how far inside it that is.
fn symbol_at(
    object: &object::File<'_>,
    section: &object::Section<'_, '_>,
    at: u64,
) -> Option<(String, u64)> {
    let address = section.address() + at;
    let symbol = object
        .symbols()
        .filter(|symbol| matches!(symbol.kind(), SymbolKind::Text | SymbolKind::Data))
        .filter(|symbol| symbol.section_index() == Some(section.index()))
        .filter(|symbol| symbol.address() <= address)
        .max_by_key(|symbol| symbol.address())?;
    let name = spoken_name(symbol.name().ok()?);
    Some((name, address - symbol.address()))
}

fn first_different(first: &[u8], second: &[u8]) -> usize {
    let same = first.iter().zip(second).take_while(|(a, b)| a == b);
    same.count()
}

fn line_of(text: &str, at: usize) -> usize {
    text.as_bytes()[..at]
        .iter()
        .filter(|byte| **byte == b'\n')
        .count()
        + 1
}

fn shown(bytes: &[u8], at: usize) -> String {
    let rest = &bytes[at.min(bytes.len())..];
    if rest.is_empty() {
        return "nothing".to_owned();
    }
    let words = rest.iter().take(BYTES_SHOWN);
    let words: Vec<String> = words.map(|byte| format!("{byte:02x}")).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_files_have_none() {
        assert_eq!(Difference::of(b"same", b"same"), None);
    }

    #[test]
    fn a_text_is_told_by_line() {
        let found = Difference::of(b"one\ntwo\nthree", b"one\ntwo\nthere").unwrap();
        assert_eq!((found.offset, found.place.as_str()), (10, "line 3"));
        assert_eq!(found.contents, ["72 65 65", "65 72 65"].map(str::to_owned));
    }

    #[test]
    fn a_text_that_goes_on_differs_at_the_end_of_the_other() {
        let found = Difference::of(b"one", b"one\n").unwrap();
        assert_eq!(found.contents, ["nothing", "0a"].map(str::to_owned));
    }
}
