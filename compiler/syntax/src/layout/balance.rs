//! Makes brackets match: what is missing is reported and put in, what is too much is reported and
//! left out. So the parser can skip over a bracketed group whatever is in it.

use super::{Open, Pass, Region};
use crate::token::{Tk, Token};
use gos_diag::{Diagnostic, Symbol, codes};

impl Pass<'_> {
    /// Takes a closing bracket.
    pub(super) fn close(&mut self, token: Token) {
        // A `}` closes everything inside its block. Another bracket in the middle of a line does
        // not close a block around it that began further up: there it is the one too much.
        let through_blocks = token.kind == Tk::RBrace || token.newline_before;
        let is_on_line = |open: &Open| open.token.is_some_and(|t| t.line == token.line);
        let candidates = self.open.iter().enumerate().rev();
        let depth = candidates
            .take_while(|(_, open)| {
                through_blocks || open.region == Region::Flat || is_on_line(open)
            })
            .find(|(_, open)| open.token.and_then(|t| t.kind.closer()) == Some(token.kind))
            .map(|(depth, _)| depth);
        let Some(depth) = depth.filter(|&depth| !self.stands_inside(token, depth)) else {
            self.stray(token);
            return;
        };
        while self.open.len() - 1 > depth {
            self.unclosed_before(token);
        }
        self.note_indent(token);
        self.pop(token);
    }

    /// Whether a `}` that begins its line stands further right than what it would close: where brackets
    /// do not match it is the one too much.
    fn stands_inside(&self, token: Token, depth: usize) -> bool {
        let begins_line = token.kind == Tk::RBrace && token.newline_before;
        self.by_indent && begins_line && self.line_indent > self.open[depth].indent
    }

    fn pop(&mut self, token: Token) {
        if self.skip_to.is_some_and(|depth| self.open.len() <= depth) {
            self.skip_to = None;
        }
        self.drop_newline();
        let closed = self.open.pop();
        // What a bracket over several lines belongs to began where the bracket did.
        if let Some(closed) = closed.filter(|closed| closed.region == Region::Flat) {
            self.line_indent = self.line_indent.min(closed.indent);
        }
        self.emit(token);
    }

    /// A `Newline` in front of a closing bracket separates nothing.
    fn drop_newline(&mut self) {
        if self.skip_to.is_none() && self.out.last().is_some_and(|t| t.kind == Tk::Newline) {
            self.out.pop();
        }
    }

    /// A bracket that closes nothing. Where `(` is open and `]` comes, or the other way round, it
    /// is taken for the right one, so that only this place is wrong and not all that follows.
    fn stray(&mut self, token: Token) {
        let span = self.span(token);
        let text = token.kind.text();
        if token.kind != Tk::RBrace {
            let line_start = self.text[..token.start as usize].rfind('\n');
            let line_start = line_start.map_or(0, |at| at as u32 + 1);
            self.torn.push(line_start..token.end);
        }
        let innermost = self.innermost();
        let (opening, flat) = (innermost.token, innermost.region == Region::Flat);
        let code = codes::UNMATCHED_DELIMITER;
        let Some(opening) = opening.filter(|_| flat && token.kind != Tk::RBrace) else {
            let has_open = innermost.token.is_some();
            let label = match has_open && token.kind == Tk::RBrace {
                true => "nothing that is open begins in this column",
                false => "no bracket is open that this could close",
            };
            let diagnostic =
                Diagnostic::error(code, span, format!("unexpected {text}")).label(span, label);
            self.diagnostics
                .push(diagnostic.suggest(span, "", "remove it"));
            return;
        };
        let opening_text = opening.kind.text();
        let closer = opening.kind.closer().unwrap_or(Tk::RParen);
        let message = format!("{text} cannot close {opening_text}");
        let replacement = closer.text().trim_matches('`');
        let diagnostic = Diagnostic::error(code, span, message)
            .label(span, format!("expected {}", closer.text()))
            .label(self.span(opening), "opened here")
            .suggest(span, replacement, format!("write {}", closer.text()));
        self.diagnostics.push(diagnostic);
        self.pop(Token {
            kind: closer,
            ..token
        });
    }

    /// Closes the innermost bracket in front of `token`, which belongs to one further out.
    pub(super) fn unclosed_before(&mut self, token: Token) {
        if let Some(opening) = self.innermost().token {
            let span = self.span(opening);
            let closer = opening.kind.closer().unwrap_or(Tk::RBrace);
            let message = format!("{} is never closed", opening.kind.text());
            let label = format!("{} belongs in front of this", closer.text());
            let diagnostic = Diagnostic::error(codes::UNCLOSED_DELIMITER, span, message)
                .label(span, "opened here")
                .label(self.span(token), label);

            self.diagnostics.push(diagnostic);
            self.repaired.push(span.start..token.start);
            if opening.kind != Tk::LBrace {
                self.torn.push(span.start..token.start);
            }
        }
        self.close_silently(token.start, token.line);
    }

    /// Puts in the closing bracket of the innermost open one.
    pub(super) fn close_silently(&mut self, at: u32, line: u32) {
        let Some(opening) = self.innermost().token else {
            return;
        };
        let kind = opening.kind.closer().unwrap_or(Tk::RBrace);
        self.pop(Token {
            kind,
            newline_before: false,
            joint: false,
            start: at,
            end: at,
            line,
            symbol: Symbol::EMPTY,
            literal: 0,
        });
    }

    /// Remembers the first brace whose closing one does not stand below its line's beginning:
    /// when one is missing at the end of the file, it is most likely missing there.
    fn note_indent(&mut self, token: Token) {
        if self.suspect.is_some() || token.kind != Tk::RBrace || !token.newline_before {
            return;
        }
        let indent = self.line_indent;
        let open = self.innermost();
        if open.indent > indent {
            self.suspect = open.token;
        }
    }

    /// The end of the file: whatever is open was never closed.
    pub(super) fn finish(&mut self) {
        let end = self.text.len() as u32;
        let line = self.out.last().map_or(1, |token| token.line);
        if self.open.len() > 1 {
            let first = self.open[1].token;
            let innermost_flat = self.open.iter().rev().find(|o| o.region == Region::Flat);
            let missing = self
                .suspect
                .or(innermost_flat.and_then(|open| open.token))
                .or(first);
            if let Some(opening) = missing {
                self.report_unclosed(opening, end);
            }
        }
        while self.open.len() > 1 {
            self.close_silently(end, line);
        }
        self.drop_newline();
    }

    fn report_unclosed(&mut self, opening: Token, end: u32) {
        let span = self.span(opening);
        let closer = opening.kind.closer().unwrap_or(Tk::RBrace);
        let message = format!("{} is never closed", opening.kind.text());
        let mut diagnostic = Diagnostic::error(codes::UNCLOSED_DELIMITER, span, message)
            .label(span, "opened here")
            .help(format!("add the missing {}", closer.text()));
        if self.suspect == Some(opening) {
            diagnostic = diagnostic.note("the `}` that closes it by count stands further left");
        } else {
            let end_span = gos_diag::Span::new(self.file, end, end);

            diagnostic = diagnostic.label(end_span, "still open at the end of the file");
        }
        self.diagnostics.push(diagnostic);
        if opening.kind != Tk::LBrace {
            self.repaired.push(opening.start..end);
            self.torn.push(opening.start..end);
        }
    }
}
