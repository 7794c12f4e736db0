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
        let mut lines = 0;
        while at < bytes.len() {
            match bytes[at] {
                byte if !IN_BODIES[byte as usize] => {}
                b'\n' => lines += 1,
                b'{' => depth += 1,
                b'}' if depth == 0 => break,
                b'}' => depth -= 1,
                b'"' => {
                    let end = behind_string(self.text, at);
                    lines += lines_in(&bytes[at..end.min(bytes.len())]);
                    at = end - 1;
                }
                b'\'' => at = behind_quote(self.text, at) - 1,
                b'/' if bytes.get(at + 1) == Some(&b'/') => {
                    let rest = bytes[at..].iter();
                    at += rest.take_while(|&&byte| byte != b'\n').count() - 1;
                }
                b'/' if bytes.get(at + 1) == Some(&b'*') => {
                    let rest = &self.text[at + 2..];
                    let length = rest.find("*/").map_or(rest.len(), |length| length + 2);
                    lines += lines_in(&rest.as_bytes()[..length]);
                    at += length + 1;
                }
                _ => {}
            }
            at += 1;
        }
        self.line += lines;
        self.at = at.min(bytes.len());
    }
}

/// The bytes that mean something in a body that is skipped.
static IN_BODIES: [bool; 256] = {
    let mut table = [false; 256];
    let bytes = b"\n{}\"'/";
    let mut at = 0;
    while at < bytes.len() {
        table[bytes[at] as usize] = true;
        at += 1;
    }
    table
};

fn lines_in(bytes: &[u8]) -> u32 {
    bytes.iter().filter(|&&byte| byte == b'\n').count() as u32
}

/// The offset behind `"…"`, or behind `r"…"` or `r#"…"#` of which this is the first quote.
fn behind_string(text: &str, quote: usize) -> usize {
    let bytes = text.as_bytes();
    if let Some(hashes) = raw_hashes(bytes, quote) {
        let end = format!("\"{}", "#".repeat(hashes));
        let body = quote + 1;
        let length = text[body..].find(&end).unwrap_or(text.len() - body);
        return body + length + end.len();
    }
    let mut at = quote + 1;
    while at < bytes.len() && bytes[at] != b'"' {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    at + 1
}

/// How many `#` stand between the quote and an `r` in front of it that ends no other word.
fn raw_hashes(bytes: &[u8], quote: usize) -> Option<usize> {
    let before = &bytes[..quote];
    let hashes = before.iter().rev().take_while(|&&byte| byte == b'#');
    let hashes = hashes.count();
    let (&last, before) = before[..quote - hashes].split_last()?;
    let in_word = before
        .last()
        .is_some_and(|&byte| byte.is_ascii_alphanumeric() || byte == b'_');
    (last == b'r' && !in_word).then_some(hashes)
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

#[cfg(test)]
mod tests {
    use crate::lexer::{lex, lex_outline};
    use gos_diag::FileId;

    /// What stands behind a body is cut as if the body had been read.
    #[test]
    fn a_body_is_skipped_to_its_end() {
        let bodies = [
            "",
            "\n  if a { b } else { c }\n",
            "let s = \"}\\\"}\n\"\n",
            "let s = r\"}\\\"",
            "let s = r#\"}\n\"}\"#",
            "let far\"}\"",
            "let c = '}' let d = '\\'' let e = '\"'",
            "'outer: loop { break 'outer }",
            "// }\n /* }\n } */ a / b",
            "b\"}\" br",
        ];
        for body in bodies {
            let text = format!("fn f() {{{body}}}\nfn g() {{}}");
            let ends = |lexed: crate::lexer::Lexed| {
                let tokens = lexed.tokens.into_iter().rev().take(7);
                let places = tokens.map(|token| (token.kind, token.start, token.line));
                places.collect::<Vec<_>>()
            };
            let outline = ends(lex_outline(FileId(0), &text));
            assert_eq!(outline, ends(lex(FileId(0), &text)), "{text}");
        }
    }
}
