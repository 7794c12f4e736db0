//! Programs with one mistake, as people make them: each change is a single cause.

use gos_tests::pieces::{Kind, Piece};
use gos_tests::random::Random;

/// What a change does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    DeleteToken,
    Misspell,
    OtherLiteral,
    DropUse,
    DropField,
    SwapArguments,
    RemoveCloser,
    RemoveMut,
    RemoveDerive,
    RenameMethod,
    DoubleKeyword,
    RemoveParameter,
    OtherType,
}

impl Change {
    pub const ALL: [Change; 13] = [
        Change::DeleteToken,
        Change::Misspell,
        Change::OtherLiteral,
        Change::DropUse,
        Change::DropField,
        Change::SwapArguments,
        Change::RemoveCloser,
        Change::RemoveMut,
        Change::RemoveDerive,
        Change::RenameMethod,
        Change::DoubleKeyword,
        Change::RemoveParameter,
        Change::OtherType,
    ];
}

const KEYWORDS: [&str; 20] = [
    "fn", "let", "mut", "struct", "enum", "impl", "trait", "for", "in", "while", "loop", "match",
    "if", "else", "return", "use", "pub", "const", "type", "where",
];

/// A program that was changed, and where.
#[derive(Debug)]
pub struct Mutant {
    pub text: String,
    pub line: usize,
    /// What stood there.
    pub was: String,
}

/// The program with one such change, at a place that the numbers choose; none if it has no place
/// for it.
pub fn mutant(program: &[Piece], change: Change, random: &mut Random) -> Option<Mutant> {
    let sites: Vec<Site> = (0..program.len())
        .filter_map(|at| site(program, at, change))
        .collect();
    let site = random.pick(&sites)?;
    let text = |pieces: &[Piece]| -> String { pieces.iter().map(|it| it.text.as_str()).collect() };
    let before = text(&program[..site.from]);
    let was = text(&program[site.from..site.to]);
    Some(Mutant {
        line: before.matches('\n').count() + 1,
        text: format!("{before}{}{}", site.instead, text(&program[site.to..])),
        was,
    })
}

/// Pieces that a change replaces.
struct Site {
    from: usize,
    to: usize,
    instead: String,
}

fn replace(from: usize, to: usize, instead: impl Into<String>) -> Option<Site> {
    let instead = instead.into();
    Some(Site { from, to, instead })
}

fn site(program: &[Piece], at: usize, change: Change) -> Option<Site> {
    let piece = &program[at];
    let (kind, text) = (piece.kind, piece.text.as_str());
    let is_word = kind == Kind::Name && !is_keyword(text);
    match change {
        Change::DeleteToken if kind != Kind::Blank => replace(at, at + 1, ""),
        Change::Misspell if is_word && text.chars().count() > 1 && text != "self" => {
            replace(at, at + 1, misspelt(text))
        }
        Change::OtherLiteral => match (kind, text) {
            // A place in a tuple is no literal.
            (Kind::Number, _) if before(program, at) != "." => replace(at, at + 1, "\"text\""),
            (Kind::Text, _) if !is_template(program, at) => replace(at, at + 1, "7"),
            (Kind::Name, "true" | "false") => replace(at, at + 1, "0"),
            _ => None,
        },
        Change::DropUse if text == "use" && starts_line(program, at) => imported(program, at),
        Change::DropField if is_word && after(program, at).1 == ":" => field(program, at),
        Change::SwapArguments if text == "(" && at > 0 && is_function(&program[at - 1]) => {
            swapped(program, at)
        }
        Change::RemoveCloser if matches!(text, "}" | ")" | "]") => replace(at, at + 1, ""),
        Change::RemoveMut if text == "mut" => replace(at, after(program, at).0, ""),
        Change::RemoveDerive if is_word && in_derive(program, at) => {
            let (next, text) = after(program, at);
            replace(at, if text == "," { next + 1 } else { at + 1 }, "")
        }
        Change::RenameMethod if is_word && is_method(program, at) => {
            replace(at, at + 1, format!("{text}_other"))
        }
        Change::DoubleKeyword if KEYWORDS.contains(&text) => {
            replace(at, at + 1, format!("{text} {text}"))
        }
        Change::RemoveParameter if is_word && after(program, at).1 == ":" => parameter(program, at),
        Change::OtherType => other_type(program, at),
        _ => None,
    }
}

fn is_keyword(text: &str) -> bool {
    let further = [
        "as", "break", "continue", "crate", "defer", "dyn", "extern", "false", "go",
    ];
    let last = [
        "mod", "move", "ref", "select", "self", "Self", "static", "super", "true", "_",
    ];
    KEYWORDS.contains(&text) || further.contains(&text) || last.contains(&text)
}

/// The next piece that is no blank.
fn after(program: &[Piece], at: usize) -> (usize, &str) {
    let rest = program.iter().enumerate().skip(at + 1);
    let mut solid = rest.filter(|(_, piece)| piece.kind != Kind::Blank);
    solid
        .next()
        .map_or((program.len(), ""), |(index, piece)| (index, &piece.text))
}

/// The text of the piece before that is no blank.
fn before(program: &[Piece], at: usize) -> &str {
    let mut solid = program[..at].iter().rev();
    solid
        .find(|piece| piece.kind != Kind::Blank)
        .map_or("", |piece| &piece.text)
}

fn starts_line(program: &[Piece], at: usize) -> bool {
    at == 0 || program[at - 1].text.ends_with('\n')
}

fn line_end(program: &[Piece], at: usize) -> usize {
    let rest = program.iter().enumerate().skip(at);
    let mut breaks = rest.filter(|(_, piece)| piece.text.contains('\n'));
    breaks.next().map_or(program.len(), |(index, _)| index)
}

/// An import, or one name of several.
fn imported(program: &[Piece], at: usize) -> Option<Site> {
    let end = line_end(program, at);
    let names =
        (at..end).find(|&it| program[it].text == "{" && part_end(program, it + 1).is_some());
    let Some(open) = names else {
        return replace(at, end, "");
    };
    let first_end = part_end(program, open + 1)?;
    match program[first_end].text.as_str() {
        "," => replace(open + 1, after(program, first_end).0, ""),
        _ => replace(at, end, ""),
    }
}

/// With the two letters in the middle swapped, or one more if they are the same.
fn misspelt(name: &str) -> String {
    let mut letters: Vec<char> = name.chars().collect();
    let middle = letters.len() / 2;
    if letters[middle - 1] == letters[middle] || name.contains(|c: char| c.is_ascii_digit()) {
        letters.push('x');
    } else {
        letters.swap(middle - 1, middle);
    }
    letters.into_iter().collect()
}

/// Whether a string is what a macro formats by.
fn is_template(program: &[Piece], at: usize) -> bool {
    let head: Vec<&str> = program[..at]
        .iter()
        .rev()
        .map(|piece| piece.text.as_str())
        .take_while(|text| !text.contains('\n'))
        .collect();
    head.contains(&"!")
}

/// The piece behind the one where a part of a list ends: its comma, or what closes the list.
fn part_end(program: &[Piece], at: usize) -> Option<usize> {
    let mut depth = 0i32;
    for (index, piece) in program.iter().enumerate().skip(at) {
        match piece.text.as_str() {
            "(" | "[" | "{" | "<" => depth += 1,
            "->" | "=>" => {}
            ")" | "]" | "}" if depth == 0 => return Some(index),
            ")" | "]" | "}" | ">" => depth -= 1,
            "," if depth == 0 => return Some(index),
            text if depth == 0 && text.contains('\n') => return Some(index),
            _ => {}
        }
    }
    None
}

/// What the innermost open bracket at a place is, and where.
fn opener(program: &[Piece], at: usize) -> Option<usize> {
    let mut depth = 0;
    for index in (0..at).rev() {
        match program[index].text.as_str() {
            ")" | "]" | "}" => depth += 1,
            "(" | "[" | "{" if depth == 0 => return Some(index),
            "(" | "[" | "{" => depth -= 1,
            _ => {}
        }
    }
    None
}

/// A field of a struct, or of a value of one.
fn field(program: &[Piece], at: usize) -> Option<Site> {
    let open = opener(program, at)?;
    let first = ["{", ","].contains(&before(program, at)) || starts_after_blank_line(program, at);
    if program[open].text != "{" || !first {
        return None;
    }
    let end = part_end(program, at)?;
    let comma = program[end].text == ",";
    replace(at, end + usize::from(comma), "")
}

fn starts_after_blank_line(program: &[Piece], at: usize) -> bool {
    at > 0 && program[at - 1].kind == Kind::Blank && program[at - 1].text.contains('\n')
}

/// A parameter of a function.
fn parameter(program: &[Piece], at: usize) -> Option<Site> {
    if !in_signature(program, at) || !["(", ","].contains(&before(program, at)) {
        return None;
    }
    let end = part_end(program, at)?;
    let comma = program[end].text == ",";
    let to = if comma { after(program, end).0 } else { end };
    replace(at, to, "")
}

fn in_signature(program: &[Piece], at: usize) -> bool {
    let Some(open) = opener(program, at) else {
        return false;
    };
    let line: Vec<&str> = program[..open]
        .iter()
        .rev()
        .take_while(|piece| !piece.text.contains('\n'))
        .map(|piece| piece.text.as_str())
        .collect();
    program[open].text == "(" && line.contains(&"fn")
}

fn in_derive(program: &[Piece], at: usize) -> bool {
    opener(program, at).is_some_and(|open| before(program, open) == "derive")
}

/// Not a type or variant, which may also be a pattern or a declaration.
fn is_function(piece: &Piece) -> bool {
    piece.kind == Kind::Name && piece.text.starts_with(char::is_lowercase)
}

fn is_method(program: &[Piece], at: usize) -> bool {
    let called = before(program, at) == "." && after(program, at).1 == "(";
    let declared = before(program, at) == "fn" && !starts_line(program, at.saturating_sub(2));
    called || declared
}

/// The first two of a call's arguments, if they differ.
fn swapped(program: &[Piece], open: usize) -> Option<Site> {
    let text = |from: usize, to: usize| -> String {
        let pieces = program[from..to].iter();
        pieces.map(|piece| piece.text.as_str()).collect()
    };
    let first_end = part_end(program, open + 1)?;
    if program[first_end].text != "," || in_signature(program, open + 1) {
        return None;
    }
    let second = after(program, first_end).0;
    let end = part_end(program, second)?;
    let (one, other) = (text(open + 1, first_end), text(second, end));
    let plain = |text: &str| !text.contains(['"', '|', '\n']) && !text.trim().is_empty();
    let differ = one.trim() != other.trim() && plain(&one) && plain(&other);
    let swapped = format!("{}, {}", other.trim(), one.trim());
    differ.then_some(())?;
    replace(open + 1, end, swapped)
}

/// The name of a type behind `:` or `->`.
fn other_type(program: &[Piece], at: usize) -> Option<Site> {
    if !matches!(before(program, at), ":" | "->") || program[at].kind != Kind::Name {
        return None;
    }
    let other = match program[at].text.as_str() {
        "i64" | "i32" | "u8" | "usize" | "u64" | "u32" | "f64" => "String",
        "String" | "bool" | "char" => "i64",
        _ => return None,
    };
    replace(at, at + 1, other)
}
