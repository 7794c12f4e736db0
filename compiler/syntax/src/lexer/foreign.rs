//! Tokens of other languages: `# comment` and Go's raw strings.

use gos_diag::{Diagnostic, Symbol, codes};

use super::Lexer;
use crate::ast::LitKind;
use crate::token::Tk;

impl Lexer<'_> {
    /// Whether a `#` at the beginning of a line begins words rather than an attribute.
    pub(super) fn is_hash_comment(&self) -> bool {
        let next = self.byte(1);
        next == b' ' || next == b'#' || next.is_ascii_alphabetic()
    }

    /// `# words`
    pub(super) fn hash_comment(&mut self, start: usize) {
        let rest = &self.text[start..];
        let directive = rest.starts_with("#include") || rest.starts_with("#define");
        let line = rest.find('\n').unwrap_or(rest.len());
        self.at += rest.len() - rest.trim_start_matches('#').len();
        let mark = self.span(start);
        self.at = start + line;
        let diagnostic = if directive {
            Diagnostic::error(codes::FOREIGN_SYNTAX, mark, "there is no preprocessor")
                .label(mark, "not a line of Gossamer")
                .help("other modules are named with `use`, constants are declared with `const`")
        } else {
            Diagnostic::error(codes::FOREIGN_SYNTAX, mark, "a comment begins with `//`")
                .label(mark, "not a comment of Gossamer")
                .suggest(mark, "//", "write `//`")
        };
        self.report(diagnostic);
    }

    /// Whether a backquote ends what the one here begins.
    pub(super) fn has_backquote_end(&self) -> bool {
        self.text[self.at + 1..].contains('`')
    }

    /// Text between backquotes
    pub(super) fn backquoted(&mut self, start: usize) {
        let rest = &self.text[start + 1..];
        let length = rest.find('`').unwrap_or(rest.len());
        let content = &rest[..length];
        let line = self.line;
        self.line += content.bytes().filter(|&byte| byte == b'\n').count() as u32;
        self.at = (start + length + 2).min(self.text.len());
        let span = self.span(start);
        let hash = if content.contains('"') { "#" } else { "" };
        let written = format!("r{hash}\"{content}\"{hash}");
        self.report(
            Diagnostic::error(codes::FOREIGN_SYNTAX, span, "a raw string begins with `r`")
                .label(span, "not a string of Gossamer")
                .suggest(span, written, "write it with `r` and double quotes"),
        );
        let value = LitKind::Str(Symbol::intern(content));
        self.push_literal(Tk::Str, value, start, line);
    }
}
