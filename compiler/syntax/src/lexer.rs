//! Text to tokens, by hand: a table-driven lexer would be slower and could not word its messages.
//!
//! Takes any text, never fails: what is no token is reported and skipped or replaced by the
//! nearest thing that was meant. Newline rules are not decided here but in `layout.rs`.

mod foreign;
mod number;
mod outline;
mod quoted;

pub(crate) use quoted::decode_positions;

use outline::Outline;

use gos_diag::{Diagnostic, FileId, Span, Symbol, codes};

use crate::ast::LitKind;
use crate::token::{Tk, Token};

/// A `//` comment that stands alone on its line.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Comment {
    /// Offset of the first slash.
    pub start: u32,
    /// Offset of the line's end.
    pub end: u32,
    /// The line, from 1.
    pub line: u32,
}

/// Everything that a text is cut into.
#[derive(Debug, Default)]
pub(crate) struct Lexed {
    /// The tokens, without any at the end of the file.
    pub tokens: Vec<Token>,
    /// The values of the literals.
    pub literals: Vec<LitKind>,
    /// The comments that may document something.
    pub comments: Vec<Comment>,
    /// What was wrong.
    pub diagnostics: Vec<Diagnostic>,
}

/// Cuts a text into tokens.
pub(crate) fn lex(file: FileId, text: &str) -> Lexed {
    let mut lexer = Lexer::new(file, text);
    lexer.out.tokens.reserve(text.len() / 4);
    lexer.skip_file_start();
    lexer.run()
}

/// The same of a part of a text. Lines are counted from its beginning.
pub(crate) fn lex_part(span: Span, text: &str) -> Lexed {
    let end = (span.end as usize).min(text.len());
    let mut lexer = Lexer::new(span.file, &text[..end]);
    lexer.at = (span.start as usize).min(end);
    lexer.out.tokens.reserve(span.len() as usize / 4);
    lexer.run()
}

/// The same, but of the bodies of functions only the braces.
pub(crate) fn lex_outline(file: FileId, text: &str) -> Lexed {
    let mut lexer = Lexer::new(file, text);
    lexer.outline = Some(Outline::default());
    lexer.out.tokens.reserve(text.len() / 8);
    lexer.skip_file_start();
    lexer.run()
}

/// Where the tokens of a text stand, in order; for tools that color or count.
#[must_use]
pub fn token_spans(file: FileId, text: &str) -> Vec<Span> {
    let tokens = lex(file, text).tokens;
    let span = |token: &Token| Span::new(file, token.start, token.end);
    tokens.iter().map(span).collect()
}

struct Lexer<'t> {
    file: FileId,
    text: &'t str,
    /// Offset of the next byte; always a character boundary.
    at: usize,
    line: u32,
    /// Whether a line break was passed since the last token.
    newline: bool,
    /// Where bodies are skipped.
    outline: Option<Outline>,
    out: Lexed,
}

impl<'t> Lexer<'t> {
    fn new(file: FileId, text: &'t str) -> Lexer<'t> {
        Lexer {
            file,
            text,
            at: 0,
            line: 1,
            newline: true,
            outline: None,
            out: Lexed::default(),
        }
    }

    fn run(mut self) -> Lexed {
        while self.skip_blanks() {
            self.token();
            if self.outline.is_some() {
                self.skip_body();
            }
        }
        self.out
    }

    fn byte(&self, ahead: usize) -> u8 {
        // NUL stands for the end too: it begins no token, so nobody can tell the difference.
        self.text
            .as_bytes()
            .get(self.at + ahead)
            .copied()
            .unwrap_or(0)
    }

    fn char(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn span(&self, start: usize) -> Span {
        Span::new(self.file, start as u32, self.at as u32)
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        self.out.diagnostics.push(diagnostic);
    }

    fn push(&mut self, kind: Tk, start: usize, line: u32) {
        if let Some(last) = self.out.tokens.last_mut() {
            last.joint = last.end as usize == start;
        }
        self.out.tokens.push(Token {
            kind,
            newline_before: std::mem::take(&mut self.newline),
            joint: false,
            start: start as u32,
            end: self.at as u32,
            line,
            symbol: Symbol::EMPTY,
            literal: 0,
        });
    }

    fn push_named(&mut self, kind: Tk, name: &str, start: usize) {
        let line = self.line;
        self.push(kind, start, line);
        if let Some(last) = self.out.tokens.last_mut() {
            last.symbol = Symbol::intern(name);
        }
    }

    fn push_literal(&mut self, kind: Tk, value: LitKind, start: usize, line: u32) {
        self.push(kind, start, line);
        if let Some(last) = self.out.tokens.last_mut() {
            last.literal = self.out.literals.len() as u32;
        }
        self.out.literals.push(value);
    }

    /// A byte order mark and a `#!` line are no part of the program.
    fn skip_file_start(&mut self) {
        if self.text.starts_with('\u{feff}') {
            self.at = '\u{feff}'.len_utf8();
        }
        let rest = &self.text[self.at..];
        if rest.starts_with("#!") && !rest[2..].trim_start().starts_with('[') {
            self.at += rest.find('\n').unwrap_or(rest.len());
        }
    }

    /// Skips blanks and comments; says whether something is left.
    fn skip_blanks(&mut self) -> bool {
        loop {
            match self.byte(0) {
                b'\n' => {
                    self.at += 1;
                    self.line += 1;
                    self.newline = true;
                }
                b' ' | b'\t' | b'\r' | 0x0b | 0x0c => self.at += 1,
                b'/' if self.byte(1) == b'/' => self.line_comment(),
                b'/' if self.byte(1) == b'*' => self.block_comment(),
                _ => return self.at < self.text.len(),
            }
        }
    }

    fn line_comment(&mut self) {
        let start = self.at;
        let rest = &self.text[start..];
        self.at += rest.find('\n').unwrap_or(rest.len());
        if self.newline {
            let (start, end) = (start as u32, self.at as u32);
            self.out.comments.push(Comment {
                start,
                end,
                line: self.line,
            });
        }
    }

    fn block_comment(&mut self) {
        let start = self.at;
        let rest = &self.text[start + 2..];
        let Some(length) = rest.find("*/") else {
            self.at += 2;
            let span = self.span(start);
            self.at = self.text.len();
            self.report(
                Diagnostic::error(codes::UNTERMINATED_LITERAL, span, "this comment never ends")
                    .label(span, "begins here")
                    .help("close it with `*/`"),
            );
            return;
        };
        self.at += 2 + length + 2;
        let lines = rest[..length].bytes().filter(|&byte| byte == b'\n').count() as u32;
        self.line += lines;
        self.newline |= lines > 0;
    }

    fn token(&mut self) {
        let start = self.at;
        match self.byte(0) {
            b'0'..=b'9' => self.number(),
            b'"' => self.string(start),
            b'`' if self.has_backquote_end() => self.backquoted(start),
            b'#' if self.newline && self.is_hash_comment() => self.hash_comment(start),
            b'\'' => self.quote(),
            b'r' if self.raw_string_ahead(1) => self.raw_string(start),
            b'b' if self.text[self.at..].starts_with("br") && self.raw_string_ahead(2) => {
                self.raw_bytes(start);
            }
            b'b' if self.byte(1) == b'"' => self.byte_string(start),
            b'b' if self.byte(1) == b'\'' => self.byte_literal(start),
            b'_' | b'a'..=b'z' | b'A'..=b'Z' => self.word(),
            byte if byte < 0x80 => match punctuation(byte, self.byte(1), self.byte(2)) {
                Some((kind, length)) => {
                    self.at += length;
                    let line = self.line;
                    self.push(kind, start, line);
                }
                None => self.invalid(),
            },
            _ if self.char().is_some_and(unicode_ident::is_xid_start) => self.word(),
            _ => self.invalid(),
        }
    }

    /// Moves behind a run of identifier characters.
    fn skip_word(&mut self) {
        let ascii = self.text.as_bytes()[self.at..].iter();
        let length = ascii.take_while(|&&byte| byte.is_ascii_alphanumeric() || byte == b'_');
        self.at += length.count();
        if self.byte(0) < 0x80 {
            return;
        }
        let rest = &self.text[self.at..];
        let end = rest
            .find(|c: char| !unicode_ident::is_xid_continue(c))
            .unwrap_or(rest.len());
        self.at += end;
    }

    fn word(&mut self) {
        let start = self.at;
        self.skip_word();
        let text: &'t str = &self.text[start..self.at];
        self.push_named(Tk::keyword(text).unwrap_or(Tk::Ident), text, start);
    }

    /// A run of characters that begin no token becomes one message, and an `Error` token that the
    /// parser fails at silently.
    fn invalid(&mut self) {
        let (start, line) = (self.at, self.line);
        let rest = &self.text[start..];
        let first = rest.chars().next().unwrap_or('\0');
        let end = rest.find(|c| c != first).unwrap_or(rest.len());
        self.at += end;
        let span = self.span(start);
        let message = format!("`{}` cannot be used here", first.escape_debug());
        let mut diagnostic = Diagnostic::error(codes::INVALID_CHARACTER, span, message)
            .label(span, "no token begins with this character");
        let meant = lookalike(first);
        if let Some((replacement, name)) = meant {
            diagnostic = diagnostic.suggest(span, replacement, format!("write {name} instead"));
        }
        self.report(diagnostic);
        // What looks like a blank is taken as one.
        if meant.is_none_or(|(replacement, _)| replacement != " ") {
            self.push(Tk::Error, start, line);
        }
    }
}

/// The token that begins with these bytes, and its length.
fn punctuation(first: u8, second: u8, third: u8) -> Option<(Tk, usize)> {
    let one = |kind| Some((kind, 1));
    let two = |kind| Some((kind, 2));
    match (first, second) {
        (b'(', _) => one(Tk::LParen),
        (b')', _) => one(Tk::RParen),
        (b'[', _) => one(Tk::LBrack),
        (b']', _) => one(Tk::RBrack),
        (b'{', _) => one(Tk::LBrace),
        (b'}', _) => one(Tk::RBrace),
        (b',', _) => one(Tk::Comma),
        (b';', _) => one(Tk::Semi),
        (b':', b':') => two(Tk::ColonColon),
        (b':', _) => one(Tk::Colon),
        (b'.', b'.') => match third {
            b'=' => Some((Tk::DotDotEq, 3)),
            b'.' => Some((Tk::DotDotDot, 3)),
            _ => two(Tk::DotDot),
        },
        (b'.', _) => one(Tk::Dot),
        (b'#', _) => one(Tk::Pound),
        (b'!', b'=') => two(Tk::Ne),
        (b'!', _) => one(Tk::Bang),
        (b'?', _) => one(Tk::Question),
        (b'@', _) => one(Tk::At),
        (b'=', b'=') => two(Tk::EqEq),
        (b'=', b'>') => two(Tk::FatArrow),
        (b'=', _) => one(Tk::Eq),
        (b'<', _) => one(Tk::Lt),
        (b'>', _) => one(Tk::Gt),
        (b'+', b'=') => two(Tk::PlusEq),
        (b'+', _) => one(Tk::Plus),
        (b'-', b'>') => two(Tk::Arrow),
        (b'-', b'=') => two(Tk::MinusEq),
        (b'-', _) => one(Tk::Minus),
        (b'*', b'=') => two(Tk::StarEq),
        (b'*', _) => one(Tk::Star),
        (b'/', b'=') => two(Tk::SlashEq),
        (b'/', _) => one(Tk::Slash),
        (b'%', b'=') => two(Tk::PercentEq),
        (b'%', _) => one(Tk::Percent),
        (b'^', b'=') => two(Tk::CaretEq),
        (b'^', _) => one(Tk::Caret),
        (b'&', b'&') => two(Tk::AndAnd),
        (b'&', b'=') => two(Tk::AmpEq),
        (b'&', _) => one(Tk::Amp),
        (b'|', b'|') => two(Tk::OrOr),
        (b'|', b'>') => two(Tk::PipeGt),
        (b'|', b'=') => two(Tk::PipeEq),
        (b'|', _) => one(Tk::Pipe),
        _ => None,
    }
}

/// What was meant by a character that word processors put in the place of another.
fn lookalike(c: char) -> Option<(&'static str, &'static str)> {
    Some(match c {
        '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{ab}' | '\u{bb}' => ("\"", "a straight `\"`"),
        '\u{2018}' | '\u{2019}' | '`' | '\u{b4}' => ("'", "a straight `'`"),
        '\u{2013}' | '\u{2014}' | '\u{2212}' => ("-", "a plain `-`"),
        '\u{a0}' | '\u{200b}' | '\u{2003}' | '\u{3000}' => (" ", "a plain blank"),
        '\u{ff1b}' | '\u{37e}' => (";", "a plain `;`"),
        '\u{ff0c}' => (",", "a plain `,`"),
        '\u{2192}' => ("->", "`->`"),
        '\u{21d2}' => ("=>", "`=>`"),
        '\u{2260}' => ("!=", "`!=`"),
        '\u{2264}' => ("<=", "`<=`"),
        '\u{2265}' => (">=", "`>=`"),
        _ => return None,
    })
}
