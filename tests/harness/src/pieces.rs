//! Cuts a program into pieces, so that a suite can change one of them. Coarser than a lexer on purpose:
//! a fault of the lexer must not hide here too.

/// What a piece of text is, as far as a mutation cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Name,
    Number,
    Text,
    Bracket,
    Sign,
    Blank,
}

/// A piece of a program: the pieces one after the other are the program.
#[derive(Clone, Debug)]
pub struct Piece {
    pub kind: Kind,
    pub text: String,
}

/// Cuts a text into pieces. Coarser than a lexer on purpose: a fault of the lexer must not hide
/// here too.
pub fn cut(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (kind, length) = first_piece(rest, first);
        let (piece, after) = rest.split_at(length);
        pieces.push(Piece {
            kind,
            text: piece.to_owned(),
        });
        rest = after;
    }
    pieces
}

fn first_piece(rest: &str, first: char) -> (Kind, usize) {
    let until = |stop: fn(char) -> bool| rest.find(stop).unwrap_or(rest.len());
    if rest.starts_with("//") {
        return (Kind::Blank, until(|c| c == '\n'));
    }
    match first {
        c if c.is_whitespace() => (Kind::Blank, until(|c| !c.is_whitespace())),
        '0'..='9' => (Kind::Number, until(|c| !c.is_alphanumeric() && c != '_')),
        c if c.is_alphabetic() || c == '_' => {
            (Kind::Name, until(|c| !c.is_alphanumeric() && c != '_'))
        }
        '"' => (Kind::Text, closing_quote(rest)),
        '(' | ')' | '[' | ']' | '{' | '}' => (Kind::Bracket, 1),
        _ => {
            let pairs = ["->", "=>", "::", "|>", "==", "!=", "&&", "||", "..", "+="];
            let paired = pairs.iter().any(|pair| rest.starts_with(pair));
            (Kind::Sign, if paired { 2 } else { first.len_utf8() })
        }
    }
}

/// The length of a string literal, or of the rest of the text.
fn closing_quote(rest: &str) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            '"' if !escaped => return at + 1,
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    rest.len()
}
