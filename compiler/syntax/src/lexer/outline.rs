//! Outlines: texts of which the bodies of functions are skipped, for those whose bodies are read
//! when something needs them. The texts are known to be right, as the library's are.

use super::Lexer;
use crate::token::Tk;

/// Whether a body is near.
#[derive(Debug, Default)]
pub(super) struct Outline {
    /// Whether the header of a function is being read.
    in_header: bool,
    /// How many `(` and `[` are open in it.
    depth: u32,
}

impl Lexer<'_> {
    /// After a token: skips the body if it was the `{` of one.
    pub(super) fn skip_body(&mut self) {
        let Some(last) = self.out.tokens.last().map(|token| token.kind) else {
            return;
        };
        let next = self.byte(0);
        let Some(outline) = &mut self.outline else {
            return;
        };
        match last {
            // `fn(A) -> B` is a type.
            Tk::Fn => {
                *outline = Outline {
                    in_header: outline.in_header || next != b'(',
                    depth: if next == b'(' { outline.depth } else { 0 },
                };
            }
            Tk::LParen | Tk::LBrack => outline.depth += 1,
            Tk::RParen | Tk::RBrack => outline.depth = outline.depth.saturating_sub(1),
            Tk::LBrace if outline.in_header && outline.depth == 0 => {
                outline.in_header = false;
                self.skip_to_brace();
            }
            // What a trait requires has no body.
            Tk::RBrace | Tk::Semi if outline.depth == 0 => outline.in_header = false,
            _ => {}
        }
    }

    /// Moves from behind a `{` to the `}` that belongs to it.
    fn skip_to_brace(&mut self) {
        let bytes = self.text.as_bytes();
        let mut depth = 0u32;
        let mut at = self.at;
        while at < bytes.len() {
            match bytes[at] {
                b'{' => depth += 1,
                b'}' if depth == 0 => break,
                b'}' => depth -= 1,
                b'"' => at = behind_string(bytes, at) - 1,
                b'\'' => at = behind_quote(self.text, at) - 1,
                b'/' if bytes.get(at + 1) == Some(&b'/') => {
                    let rest = bytes[at..].iter();
                    at += rest.take_while(|&&byte| byte != b'\n').count() - 1;
                }
                b'/' if bytes.get(at + 1) == Some(&b'*') => {
                    let rest = &self.text[at + 2..];
                    at += rest.find("*/").map_or(rest.len(), |length| length + 2) + 1;
                }
                b'r' if begins_raw(bytes, at) => at = behind_raw(self.text, at) - 1,
                _ => {}
            }
            at += 1;
        }
        let skipped = &bytes[self.at..at.min(bytes.len())];
        self.line += skipped.iter().filter(|&&byte| byte == b'\n').count() as u32;
        self.at = at.min(bytes.len());
    }
}

/// The offset behind `"…"`.
fn behind_string(bytes: &[u8], quote: usize) -> usize {
    let mut at = quote + 1;
    while at < bytes.len() && bytes[at] != b'"' {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    at + 1
}

/// The offset behind `'c'`, or behind the quote of a label.
fn behind_quote(text: &str, quote: usize) -> usize {
    let rest = &text[quote + 1..];
    if rest.starts_with('\\') {
        let end = rest[2..].find('\'').unwrap_or(0);
        return quote + 1 + 2 + end + 1;
    }
    let first = rest.chars().next().map_or(1, char::len_utf8);
    if rest.as_bytes().get(first) == Some(&b'\'') {
        return quote + 1 + first + 1;
    }
    quote + 1
}

/// Whether a raw string begins at the `r`, which ends no other word.
fn begins_raw(bytes: &[u8], at: usize) -> bool {
    let in_word = at > 0 && (bytes[at - 1].is_ascii_alphanumeric() || bytes[at - 1] == b'_');
    let hashes = bytes[at + 1..].iter().take_while(|&&byte| byte == b'#');
    !in_word && bytes.get(at + 1 + hashes.count()) == Some(&b'"')
}

/// The offset behind `r"…"`, `r#"…"#`.
fn behind_raw(text: &str, at: usize) -> usize {
    let hashes = text[at + 1..].bytes().take_while(|&byte| byte == b'#');
    let hashes = hashes.count();
    let body = at + 1 + hashes + 1;
    let end = format!("\"{}", "#".repeat(hashes));
    let length = text[body..].find(&end).unwrap_or(text.len() - body);
    body + length + end.len()
}
