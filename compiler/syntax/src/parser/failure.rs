//! What went wrong furthest into the text, which is nearly always what the user has to fix.

use chumsky::error::{Error, LabelError};
use chumsky::util::MaybeRef;
use gos_diag::{Diagnostic, codes};

use super::cursor::{Input, Steps, Tokens};
use super::foreign;
use crate::token::{Tk, Token};

/// That a rule failed. Empty on purpose: what was expected is in the state's `Failure`.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Failed;

impl<'s> Error<'s, Tokens<'s>> for Failed {}

impl<'s, L> LabelError<'s, Tokens<'s>, L> for Failed {
    fn expected_found<E: IntoIterator<Item = L>>(
        _: E,
        _: Option<MaybeRef<'s, Token>>,
        _: chumsky::span::SimpleSpan<usize>,
    ) -> Failed {
        Failed
    }
}

/// A set of things that would have been accepted.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Expected {
    kinds: u128,
    phrases: u16,
}

/// What messages call a whole area of the grammar.
const PHRASES: [&str; 8] = [
    "an expression",
    "a type",
    "a pattern",
    "an item",
    "a path",
    "a block",
    "a number",
    "the end of the statement",
];

impl Expected {
    pub const EXPR: Expected = Expected::phrase(0);
    pub const TYPE: Expected = Expected::phrase(1);
    pub const PAT: Expected = Expected::phrase(2);
    pub const ITEM: Expected = Expected::phrase(3);
    pub const PATH: Expected = Expected::phrase(4);
    pub const BLOCK: Expected = Expected::phrase(5);
    pub const NUMBER: Expected = Expected::phrase(6);
    pub const STATEMENT_END: Expected = Expected::phrase(7);

    const fn phrase(index: u16) -> Expected {
        Expected {
            kinds: 0,
            phrases: 1 << index,
        }
    }

    /// A single token.
    pub const fn kind(kind: Tk) -> Expected {
        Expected {
            kinds: 1 << kind as u8,
            phrases: 0,
        }
    }

    /// Either.
    pub const fn or(self, other: Expected) -> Expected {
        Expected {
            kinds: self.kinds | other.kinds,
            phrases: self.phrases | other.phrases,
        }
    }

    /// In words: "`,` or `)`".
    fn words(self) -> String {
        let phrases = PHRASES
            .iter()
            .enumerate()
            .filter(|(i, _)| self.phrases >> i & 1 == 1);
        let mut words: Vec<&str> = phrases.map(|(_, text)| *text).collect();
        let kinds = (0..128).filter(|index| self.kinds >> index & 1 == 1);
        words.extend(kinds.filter_map(Tk::from_index).map(Tk::text));
        match words.split_last() {
            None => "something else".to_string(),
            Some((last, [])) => last.to_string(),
            Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
        }
    }
}

/// The furthest place where a rule failed since the last report.
#[derive(Debug, Default)]
pub(super) struct Failure {
    at: usize,
    expected: Expected,
    exact: Option<Box<Diagnostic>>,
    /// Where the last report was, so that one place is reported once.
    reported: Option<usize>,
}

impl Failure {
    pub fn note(&mut self, at: usize, expected: Expected) {
        if at > self.at {
            (self.at, self.expected, self.exact) = (at, expected, None);
        } else if at == self.at {
            self.expected = self.expected.or(expected);
        }
    }

    pub fn note_exact(&mut self, at: usize, diagnostic: Diagnostic) {
        if at >= self.at {
            (self.at, self.expected) = (at, Expected::default());
            self.exact = Some(Box::new(diagnostic));
        }
    }
}

/// Forgets what failed before here. Rules that succeed leave notes about what else they would
/// have taken; those must not be blamed on what comes later.
pub(super) fn forget(inp: &mut Input<'_, '_>) {
    let at = inp.position();
    let failure = &mut inp.cx().failure;
    (failure.at, failure.expected, failure.exact) = (at, Expected::default(), None);
}

/// Reports the furthest failure, once per place.
pub(super) fn report_failure(inp: &mut Input<'_, '_>) {
    let failure = std::mem::take(&mut inp.cx().failure);
    let at = failure.at;
    inp.cx().failure.reported = Some(at);
    let by_lexer = inp
        .cx()
        .tokens
        .get(at)
        .is_some_and(|token| token.kind == Tk::Error);
    if failure.reported == Some(at) || by_lexer || is_rest_of_reported(inp, failure.reported, at) {
        return;
    }
    let diagnostic = match failure.exact {
        Some(diagnostic) => *diagnostic,
        None => match foreign::afterwards::explain(inp.cx(), at) {
            Some(diagnostic) => diagnostic,
            None => describe(inp, at, failure.expected),
        },
    };
    inp.report(diagnostic);
}

/// Whether something is missing at the end of a line in which a failure was reported: what that one
/// left over could not be more than a beginning.
fn is_rest_of_reported(inp: &mut Input<'_, '_>, reported: Option<usize>, at: usize) -> bool {
    let tokens = &inp.cx().tokens;
    let is_end = |token: &Token| matches!(token.kind, Tk::Newline | Tk::Eof);
    let (Some(reported), Some(token)) = (reported, tokens.get(at)) else {
        return false;
    };
    let between = tokens.get(reported..at).unwrap_or_default();
    reported < at && is_end(token) && !between.iter().any(is_end)
}

fn describe(inp: &mut Input<'_, '_>, at: usize, expected: Expected) -> Diagnostic {
    let state = inp.cx();
    let span = state.token_span(at);
    let words = expected.words();
    let Some(token) = state.tokens.get(at) else {
        let message = format!("expected {words}, found the end of the file");
        return Diagnostic::error(codes::UNEXPECTED_TOKEN, span, message);
    };
    let text = &state.text[token.start as usize..token.end as usize];
    let found = found_words(token.kind, text);
    let name_wanted = expected == Expected::kind(Tk::Ident);
    if name_wanted && (token.kind.is_keyword() || token.kind == Tk::Underscore) {
        let message = format!("expected a name, found {found}");
        return Diagnostic::error(codes::RESERVED_WORD, span, message)
            .label(span, "a word of the language cannot be a name");
    }
    let mut diagnostic = Diagnostic::error(
        codes::UNEXPECTED_TOKEN,
        span,
        format!("expected {words}, found {found}"),
    )
    .label(span, format!("expected {words}"));
    if token.kind == Tk::Reserved {
        diagnostic = diagnostic.note(format!("`{text}` is reserved for later use"));
    }
    diagnostic
}

fn found_words(kind: Tk, text: &str) -> String {
    match kind {
        Tk::Newline => "the end of the line".to_string(),
        Tk::Str | Tk::ByteStr => "a string".to_string(),
        Tk::Reserved => format!("the reserved word `{text}`"),
        _ if kind.is_keyword() => format!("the keyword `{text}`"),
        _ if text.is_empty() => kind.text().to_string(),
        _ => format!("`{text}`"),
    }
}
