//! Strings, characters, bytes and labels: everything that begins with or holds a quote.

use std::sync::Arc;

use super::Lexer;
use crate::ast::LitKind;
use crate::token::Tk;
use gos_diag::{Code, Diagnostic, FileId, Span, Symbol, codes};

/// Which escapes and characters a literal may hold.
#[derive(Clone, Copy, PartialEq)]
enum Content {
    Text,
    Bytes,
}

impl<'t> Lexer<'t> {
    /// `"…"` with the cursor on the quote.
    pub(super) fn string(&mut self, start: usize) {
        let line = self.line;
        let (body, offset) = self.quoted_body(start);
        let mut value = String::with_capacity(body.len());
        self.decode(body, offset, Content::Text, &mut |c| value.push(c));
        self.push_literal(Tk::Str, LitKind::Str(Symbol::intern(&value)), start, line);
    }

    /// `b"…"` with the cursor on the `b`.
    pub(super) fn byte_string(&mut self, start: usize) {
        self.at += 1;
        let line = self.line;
        let (body, offset) = self.quoted_body(start);
        let mut value = Vec::with_capacity(body.len());
        // Characters above 0xff were reported; the value only has to be something.
        self.decode(body, offset, Content::Bytes, &mut |c| {
            value.push(c as u32 as u8)
        });
        self.push_literal(Tk::ByteStr, LitKind::ByteStr(Arc::from(value)), start, line);
    }

    /// `br"…"` with the cursor on the `b`: there is no such literal, and it is read as `r"…"`.
    pub(super) fn raw_bytes(&mut self, start: usize) {
        self.at += 1;
        self.raw_string(start);
        let span = self.span(start);
        self.report(
            Diagnostic::error(
                codes::FOREIGN_SYNTAX,
                span,
                "Gossamer has no raw byte strings",
            )
            .label(span, "`br` does not begin a literal")
            .help("write `b\"…\"` with escapes, or `r\"…\".as_bytes()`"),
        );
    }

    /// Moves behind the closing quote and gives what stands between, with its offset. A string
    /// that never ends is reported and ended at its line, so that the lines below are still read
    /// as code.
    fn quoted_body(&mut self, start: usize) -> (&'t str, usize) {
        self.at += 1;
        let body_start = self.at;
        let rest = &self.text[body_start..];
        let bytes = rest.as_bytes();
        let mut end = 0;
        while end < bytes.len() && bytes[end] != b'"' {
            end += if bytes[end] == b'\\' { 2 } else { 1 };
        }
        if end >= bytes.len() {
            let line_end = rest.find(['\n', '\r']).unwrap_or(rest.len());
            self.at += line_end;
            self.unterminated(start, body_start, "this string never ends", "`\"`");
            return (&rest[..line_end], body_start);
        }
        self.at += end + 1;
        let body = &rest[..end];
        self.count_lines(body);
        (body, body_start)
    }

    fn count_lines(&mut self, body: &str) {
        self.line += body.bytes().filter(|&byte| byte == b'\n').count() as u32;
    }

    fn unterminated(&mut self, start: usize, open_end: usize, message: &str, closer: &str) {
        let span = Span::new(self.file, start as u32, open_end as u32);
        self.report(
            Diagnostic::error(codes::UNTERMINATED_LITERAL, span, message)
                .label(span, "begins here")
                .help(format!("close it with {closer}")),
        );
    }

    /// Whether `"` or `#…#"` stands `ahead` bytes further.
    pub(super) fn raw_string_ahead(&self, ahead: usize) -> bool {
        let rest = &self.text.as_bytes()[self.at + ahead..];
        let hashes = rest.iter().take_while(|&&byte| byte == b'#').count();
        rest.get(hashes) == Some(&b'"')
    }

    /// `r"…"`, `r#"…"#` with the cursor on the `r`.
    pub(super) fn raw_string(&mut self, start: usize) {
        let line = self.line;
        self.at += 1;
        let hashes = self.text[self.at..]
            .bytes()
            .take_while(|&byte| byte == b'#')
            .count();
        self.at += hashes + 1;
        let body_start = self.at;
        let closer = format!("\"{}", "#".repeat(hashes));
        let rest = &self.text[body_start..];
        let body = match rest.find(&closer) {
            Some(end) => {
                self.at += end + closer.len();
                self.count_lines(&rest[..end]);
                &rest[..end]
            }
            None => {
                let end = rest.find('\n').unwrap_or(rest.len());
                self.at += end;
                let closer = format!("`{closer}`");
                self.unterminated(start, body_start, "this string never ends", &closer);
                &rest[..end]
            }
        };
        let value = Symbol::intern(&body.replace("\r\n", "\n"));
        self.push_literal(Tk::Str, LitKind::Str(value), start, line);
    }

    /// `'a'` or `'label`, with the cursor on the quote.
    pub(super) fn quote(&mut self) {
        let start = self.at;
        let mut rest = self.text[start + 1..].chars();
        let (first, second) = (rest.next(), rest.next());
        let word = first.is_some_and(|c| c == '_' || unicode_ident::is_xid_start(c));
        if !word || second == Some('\'') {
            return self.char_literal(start, Content::Text);
        }
        self.at += 1;
        let name_start = self.at;
        self.skip_word();
        if self.byte(0) == b'\'' {
            self.at = start;
            return self.char_literal(start, Content::Text);
        }
        let name: &'t str = &self.text[name_start..self.at];
        self.push_named(Tk::Label, name, start);
    }

    /// `b'a'` with the cursor on the `b`.
    pub(super) fn byte_literal(&mut self, start: usize) {
        self.at += 1;
        self.char_literal(start, Content::Bytes);
    }

    /// `'…'` with the cursor on the opening quote.
    fn char_literal(&mut self, start: usize, content: Content) {
        let line = self.line;
        self.at += 1;
        let body_start = self.at;
        let rest = &self.text[body_start..];
        let bytes = rest.as_bytes();
        // `'''` is the quote itself, badly written, rather than an empty literal and a stray one.
        let mut end = usize::from(rest.starts_with("''"));
        while end < bytes.len() && !matches!(bytes[end], b'\'' | b'\n') {
            end += if bytes[end] == b'\\' { 2 } else { 1 };
        }
        let closed = end < bytes.len() && bytes[end] == b'\'';
        let body = if closed { &rest[..end] } else { "" };
        let mut chars = Vec::new();
        if closed {
            self.at += end + 1;
            self.decode(body, body_start, content, &mut |c| chars.push(c));
            self.check_one_char(start, body, chars.len());
        } else {
            self.unterminated(start, body_start, "this character never ends", "`'`");
        }
        let value = chars.first().copied().unwrap_or('\0');
        match content {
            Content::Text => self.push_literal(Tk::Char, LitKind::Char(value), start, line),
            Content::Bytes => {
                let value = LitKind::Byte(value as u32 as u8);
                self.push_literal(Tk::Byte, value, start, line);
            }
        }
    }

    fn check_one_char(&mut self, start: usize, body: &str, count: usize) {
        let span = self.span(start);
        let code = codes::INVALID_CHAR_LITERAL;
        let diagnostic = match count {
            1 if body == "'" => Diagnostic::error(code, span, "a quote must be escaped")
                .label(span, "not a character literal")
                .suggest(span, "'\\''", "escape it"),
            1 => return,
            // An escape that failed was reported and decodes to nothing.
            0 if !body.is_empty() => return,
            0 => Diagnostic::error(code, span, "this character literal is empty")
                .label(span, "expected one character between the quotes"),
            _ => Diagnostic::error(
                code,
                span,
                "a character literal holds exactly one character",
            )
            .label(span, format!("this holds {count}"))
            .suggest(
                span,
                format!("\"{}\"", body.replace('"', "\\\"")),
                "write a string",
            ),
        };
        self.report(diagnostic);
    }

    /// Decodes escapes and hands over the characters (for bytes: chars below 0x100).
    fn decode(&mut self, body: &str, offset: usize, content: Content, sink: &mut dyn FnMut(char)) {
        let file = self.file;
        decode(body, content, &mut |at, piece| match piece {
            Ok(c) => {
                if content == Content::Bytes && !c.is_ascii() && !is_escape(body, at) {
                    self.report(not_a_byte(file, offset + at, c));
                }
                sink(c);
            }
            Err(problem) => {
                let start = (offset + at) as u32;
                let span = Span::new(file, start, start + problem.length as u32);
                let mut diagnostic = Diagnostic::error(problem.code, span, problem.message)
                    .label(span, problem.label);
                if let Some(help) = problem.help {
                    diagnostic = diagnostic.help(help);
                }
                self.report(diagnostic);
            }
        });
    }
}

fn is_escape(body: &str, at: usize) -> bool {
    body.as_bytes().get(at) == Some(&b'\\')
}

fn not_a_byte(file: FileId, at: usize, c: char) -> Diagnostic {
    let span = Span::new(file, at as u32, (at + c.len_utf8()) as u32);
    let mut escaped = String::new();
    for byte in c.encode_utf8(&mut [0; 4]).bytes() {
        escaped.push_str(&format!("\\x{byte:02x}"));
    }
    Diagnostic::error(
        codes::INVALID_CHAR_LITERAL,
        span,
        "bytes hold only ASCII characters",
    )
    .label(span, "not a single byte")
    .suggest(span, escaped, "write its UTF-8 bytes")
}

/// What is wrong with an escape.
struct Problem {
    code: Code,
    length: usize,
    message: String,
    label: &'static str,
    help: Option<&'static str>,
}

/// Walks the text between the quotes: calls `sink` with the offset of each character and its
/// value, or what is wrong there.
fn decode(body: &str, content: Content, sink: &mut dyn FnMut(usize, Result<char, Problem>)) {
    let mut rest = body;
    while let Some(c) = rest.chars().next() {
        let at = body.len() - rest.len();
        if c == '\\' {
            let (length, piece) = escape(rest, content);
            match piece {
                Ok(Some(c)) => sink(at, Ok(c)),
                Ok(None) => {}
                Err(problem) => sink(at, Err(problem)),
            }
            rest = &rest[length..];
        } else if rest.starts_with("\r\n") {
            rest = &rest[1..];
        } else {
            sink(at, Ok(c));
            rest = &rest[c.len_utf8()..];
        }
    }
}

/// Length and value of the escape that `text` begins with; no value for `\` at a line's end.
fn escape(text: &str, content: Content) -> (usize, Result<Option<char>, Problem>) {
    let simple = |c| (2, Ok(Some(c)));
    match text[1..].chars().next() {
        Some('n') => simple('\n'),
        Some('r') => simple('\r'),
        Some('t') => simple('\t'),
        Some('0') => simple('\0'),
        Some(c @ ('\\' | '\'' | '"')) => simple(c),
        Some('x') => hex_escape(text, content),
        Some('u') => unicode_escape(text, content),
        Some('\n' | '\r') => (text.len() - text[1..].trim_start().len(), Ok(None)),
        other => {
            let length = 1 + other.map_or(0, char::len_utf8);

            let shown = other
                .map(|c| c.escape_debug().to_string())
                .unwrap_or_default();
            let message = format!("`\\{shown}` is not an escape");
            let label = "unknown escape";
            let help = Some("write `\\\\` for a backslash, or a raw string `r\"…\"`");
            let code = codes::INVALID_ESCAPE;
            (
                length,
                Err(Problem {
                    code,
                    length,
                    message,
                    label,
                    help,
                }),
            )
        }
    }
}

fn hex_escape(text: &str, content: Content) -> (usize, Result<Option<char>, Problem>) {
    let digits = text[2..]
        .bytes()
        .take(2)
        .take_while(u8::is_ascii_hexdigit)
        .count();
    let length = 2 + digits;
    let bad = |message: &str, label, help| {
        let code = codes::INVALID_ESCAPE;
        (
            length,
            Err(Problem {
                code,
                length,
                message: message.to_string(),
                label,
                help,
            }),
        )
    };
    if digits < 2 {
        return bad("`\\x` takes two hexadecimal digits", "too few digits", None);
    }
    let value = u8::from_str_radix(&text[2..4], 16).unwrap_or(0);
    if content == Content::Text && value > 0x7f {
        let help = Some("write `\\u{…}` for other characters, or a byte string `b\"…\"`");
        return bad(
            "`\\x` in text goes up to `\\x7f`",
            "not an ASCII character",
            help,
        );
    }
    (length, Ok(Some(char::from(value))))
}

fn unicode_escape(text: &str, content: Content) -> (usize, Result<Option<char>, Problem>) {
    let bad = |length: usize, message: &str, label| {
        let code = codes::INVALID_ESCAPE;
        (
            length,
            Err(Problem {
                code,
                length,
                message: message.to_string(),
                label,
                help: None,
            }),
        )
    };
    if content == Content::Bytes {
        return bad(
            2,
            "`\\u{…}` does not exist in bytes",
            "write its bytes as `\\x…`",
        );
    }
    let Some(inner) = text[2..].strip_prefix('{') else {
        return bad(
            2,
            "`\\u` needs braces, as in `\\u{1F600}`",
            "expected `{` behind this",
        );
    };
    let digits = inner
        .bytes()
        .take_while(|&b| b.is_ascii_hexdigit() || b == b'_')
        .count();
    if !inner[digits..].starts_with('}') {
        return bad(
            3 + digits,
            "this escape is not closed",
            "expected `}` behind this",
        );
    }
    let length = 3 + digits + 1;
    let value = u32::from_str_radix(&inner[..digits].replace('_', ""), 16).ok();
    match value.and_then(char::from_u32) {
        Some(c) => (length, Ok(Some(c))),
        None => bad(
            length,
            "this number is not a character",
            "not a Unicode scalar value",
        ),
    }
}

/// For a string literal as written, where each byte of its value stands in the literal, and its
/// length at the end. Format strings use it to point into themselves.
pub(crate) fn decode_positions(literal: &str) -> (String, Vec<u32>) {
    let (mut value, mut positions) = (String::new(), Vec::new());
    let mut push = |at: usize, c: char| {
        value.push(c);
        positions.extend(std::iter::repeat_n(at as u32, c.len_utf8()));
    };
    let end = if let Some(raw) = literal.strip_prefix('r') {
        let hashes = raw.bytes().take_while(|&byte| byte == b'#').count();
        let body_start = 1 + hashes + 1;
        let body_end = literal.len().saturating_sub(hashes + 1).max(body_start);
        let body = literal.get(body_start..body_end).unwrap_or("");
        for (at, c) in body.char_indices() {
            if !body[at..].starts_with("\r\n") {
                push(body_start + at, c);
            }
        }
        body_end
    } else {
        let end = if literal.len() > 1 && literal.ends_with('"') {
            literal.len() - 1
        } else {
            literal.len()
        };
        let body = literal.get(1..end).unwrap_or("");
        decode(body, Content::Text, &mut |at, piece| {
            if let Ok(c) = piece {
                push(1 + at, c);
            }
        });
        end
    };
    positions.push(end as u32);
    (value, positions)
}
