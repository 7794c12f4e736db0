//! Reads format strings.

use super::{
    Align, ArgRef, ArgRefKind, Count, DebugHex, FormatString, FormatTrait, Piece, Placeholder, Spec,
};
use crate::lexer::decode_positions;
use gos_diag::{Diagnostic, Span, Symbol, codes};

/// Takes a format string apart. `span` is where the literal stands, `literal` its text as
/// written, with prefix and quotes. Boxed, since nearly all of them are fine.
pub fn parse(span: Span, literal: &str) -> Result<FormatString, Box<Diagnostic>> {
    let (value, positions) = decode_positions(literal);
    let mut reader = Reader {
        span,
        value: &value,
        positions: &positions,
        at: 0,
        next_position: 0,
    };
    let mut pieces = Vec::new();
    let mut text = String::new();
    while let Some(c) = reader.peek() {
        match c {
            '{' if reader.rest().starts_with("{{") => {
                reader.at += 2;
                text.push('{');
            }
            '{' => {
                if !text.is_empty() {
                    pieces.push(Piece::Text(std::mem::take(&mut text)));
                }
                pieces.push(Piece::Placeholder(reader.placeholder()?));
            }
            '}' if reader.rest().starts_with("}}") => {
                reader.at += 2;
                text.push('}');
            }
            '}' => return Err(reader.stray_brace()),
            _ => {
                text.push(c);
                reader.at += c.len_utf8();
            }
        }
    }
    if !text.is_empty() {
        pieces.push(Piece::Text(text));
    }
    Ok(FormatString { span, pieces })
}

struct Reader<'v> {
    span: Span,
    value: &'v str,
    positions: &'v [u32],
    /// Offset into `value`.
    at: usize,
    /// What the next `{}` or `*` takes.
    next_position: usize,
}

type Read<T> = Result<T, Box<Diagnostic>>;

impl<'v> Reader<'v> {
    fn rest(&self) -> &'v str {
        &self.value[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn eat(&mut self, c: char) -> bool {
        let here = self.peek() == Some(c);
        if here {
            self.at += c.len_utf8();
        }
        here
    }

    /// The span of `value[start..end]` in the source.
    fn span_of(&self, start: usize, end: usize) -> Span {
        let last = self.positions.len() - 1;
        let base = self.span.start;
        let (start, end) = (
            self.positions[start.min(last)],
            self.positions[end.min(last)],
        );
        Span {
            start: base + start,
            end: base + end.max(start),
            ..self.span
        }
    }

    fn error(&self, start: usize, message: impl Into<String>) -> Diagnostic {
        let end = self
            .at
            .max(start + self.value[start..].chars().next().map_or(0, char::len_utf8));
        Diagnostic::error(codes::FORMAT_STRING, self.span_of(start, end), message)
    }

    fn stray_brace(&self) -> Box<Diagnostic> {
        let span = self.span_of(self.at, self.at + 1);
        Box::new(
            self.error(self.at, "this `}` closes nothing")
                .label(span, "no `{` is open")
                .suggest(span, "}}", "write `}}` for a brace in the text"),
        )
    }

    /// `{arg:spec}` with the cursor on the `{`.
    fn placeholder(&mut self) -> Read<Placeholder> {
        let start = self.at;
        self.at += 1;
        self.skip_blanks();
        let arg = self.argument()?;
        self.skip_blanks();
        let spec = if self.eat(':') {
            self.spec()?
        } else {
            Spec::default()
        };
        self.skip_blanks();
        if !self.eat('}') {
            return Err(Box::new(self.unclosed(start)));
        }
        let span = self.span_of(start, self.at);
        // `{:.*}` takes its precision first, so the value is numbered only now.
        let arg = arg.unwrap_or_else(|| self.next_arg(span));
        Ok(Placeholder { span, arg, spec })
    }

    fn unclosed(&self, start: usize) -> Diagnostic {
        let open = self.span_of(start, start + 1);
        let Some(c) = self.peek() else {
            return self
                .error(start, "this `{` is never closed")
                .label(open, "opened here")
                .suggest(open, "{{", "write `{{` for a brace in the text");
        };
        let here = self.span_of(self.at, self.at + c.len_utf8());
        let diagnostic = Diagnostic::error(
            codes::FORMAT_STRING,
            here,
            format!(
                "expected `}}` in the placeholder, found `{}`",
                c.escape_debug()
            ),
        )
        .label(open, "the placeholder begins here");
        if matches!(c, '.' | '[' | '(' | '+' | '-' | '*') {
            return diagnostic
                .label(here, "only names and numbers can stand in a placeholder")
                .help("give the value behind the string, and write `{}` here");
        }
        diagnostic.help("write `{{` for a brace in the text")
    }

    fn skip_blanks(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }

    fn next_arg(&mut self, span: Span) -> ArgRef {
        let index = self.next_position;
        self.next_position += 1;
        ArgRef {
            span,
            kind: ArgRefKind::Position {
                index,
                implicit: true,
            },
        }
    }

    /// A number or name, if one is written.
    fn argument(&mut self) -> Read<Option<ArgRef>> {
        let start = self.at;
        if let Some(index) = self.number()? {
            let span = self.span_of(start, self.at);
            let kind = ArgRefKind::Position {
                index,
                implicit: false,
            };
            return Ok(Some(ArgRef { span, kind }));
        }
        let Some(name) = self.word() else {
            return Ok(None);
        };
        let kind = ArgRefKind::Name(Symbol::intern(name));
        Ok(Some(ArgRef {
            span: self.span_of(start, self.at),
            kind,
        }))
    }

    fn word(&mut self) -> Option<&'v str> {
        let rest = self.rest();
        let first = rest.chars().next()?;
        if first != '_' && !unicode_ident::is_xid_start(first) {
            return None;
        }
        let end = rest
            .find(|c| !unicode_ident::is_xid_continue(c))
            .unwrap_or(rest.len());
        self.at += end;
        Some(&rest[..end])
    }

    fn number(&mut self) -> Read<Option<usize>> {
        let rest = self.rest();
        let end = rest
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(rest.len());
        if end == 0 {
            return Ok(None);
        }
        let start = self.at;
        self.at += end;
        // Rust's limit too, and what a formatter can keep in a field.
        match rest[..end].parse::<u16>() {
            Ok(number) => Ok(Some(usize::from(number))),
            Err(_) => Err(Box::new(
                self.error(start, "this number is too large")
                    .label(self.span_of(start, self.at), "the largest is 65535"),
            )),
        }
    }

    /// What stands behind the `:`.
    fn spec(&mut self) -> Read<Spec> {
        let mut spec = Spec::default();
        self.fill_and_align(&mut spec);
        spec.plus = self.eat('+');
        spec.minus = !spec.plus && self.eat('-');
        spec.alternate = self.eat('#');
        // `0$` is a width, `0` alone a flag.
        spec.zero = !self.rest().starts_with("0$") && self.eat('0');
        spec.width = self.count()?;
        if self.eat('.') {
            spec.precision = if self.eat('*') {
                let span = self.span_of(self.at - 1, self.at);
                Some(Count::Arg(self.next_arg(span)))
            } else {
                self.count()?
            };
            if spec.precision.is_none() {
                return Err(Box::new(
                    self.error(self.at, "the precision is missing").label(
                        self.span_of(self.at - 1, self.at),
                        "expected a number behind this",
                    ),
                ));
            }
        }
        self.trait_of(&mut spec)?;
        Ok(spec)
    }

    fn fill_and_align(&mut self, spec: &mut Spec) {
        let align = |c: Option<char>| match c {
            Some('<') => Some(Align::Left),
            Some('^') => Some(Align::Center),
            Some('>') => Some(Align::Right),
            _ => None,
        };
        let mut chars = self.rest().chars();
        let (first, second) = (chars.next(), chars.next());
        if let (Some(fill), Some(found)) = (first, align(second)) {
            (spec.fill, spec.align) = (Some(fill), Some(found));
            self.at += fill.len_utf8() + 1;
        } else if let Some(found) = align(first) {
            spec.align = Some(found);
            self.at += 1;
        }
    }

    /// `12`, `0$`, `name$`, or nothing.
    fn count(&mut self) -> Read<Option<Count>> {
        let start = self.at;
        if let Some(number) = self.number()? {
            if !self.eat('$') {
                return Ok(Some(Count::Number(number)));
            }
            let span = self.span_of(start, self.at - 1);
            let kind = ArgRefKind::Position {
                index: number,
                implicit: false,
            };
            return Ok(Some(Count::Arg(ArgRef { span, kind })));
        }
        if let Some(name) = self.word() {
            let span = self.span_of(start, self.at);
            if self.eat('$') {
                let kind = ArgRefKind::Name(Symbol::intern(name));
                return Ok(Some(Count::Arg(ArgRef { span, kind })));
            }
            self.at = start;
        }
        Ok(None)
    }

    /// The letter or `?` at the end.
    fn trait_of(&mut self, spec: &mut Spec) -> Read<()> {
        let start = self.at;
        if self.eat('?') {
            spec.trait_ = FormatTrait::Debug;
            return Ok(());
        }
        let Some(word) = self.word() else {
            return Ok(());
        };
        spec.trait_ = match word {
            "x" if self.eat('?') => {
                spec.debug_hex = Some(DebugHex::Lower);
                FormatTrait::Debug
            }
            "X" if self.eat('?') => {
                spec.debug_hex = Some(DebugHex::Upper);
                FormatTrait::Debug
            }
            "x" => FormatTrait::LowerHex,
            "X" => FormatTrait::UpperHex,
            "o" => FormatTrait::Octal,
            "b" => FormatTrait::Binary,
            "e" => FormatTrait::LowerExp,
            "E" => FormatTrait::UpperExp,
            _ => {
                let span = self.span_of(start, self.at);
                return Err(Box::new(
                    self.error(start, format!("there is no format `{word}`"))
                        .label(span, "unknown format")
                        .help("the formats are `?`, `x`, `X`, `o`, `b`, `e` and `E`"),
                ));
            }
        };
        Ok(())
    }
}
