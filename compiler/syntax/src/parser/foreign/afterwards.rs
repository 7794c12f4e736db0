//! What a failed rule can tell once it is known where it failed: `c ? a : b`, `x => e`, `a ?? b`,
//! `x in v`.

use gos_diag::{Applicability, Diagnostic, Edit, Span};

use super::foreign;
use crate::parser::cursor::State;
use crate::token::{Tk, Token};

/// A better message for the failure at the token `at`, if one of these forms is there.
pub(in crate::parser) fn explain(state: &State<'_>, at: usize) -> Option<Diagnostic> {
    let found = *state.tokens.get(at)?;
    let before = at.checked_sub(1).map(|index| state.tokens[index])?;
    match found.kind {
        Tk::FatArrow => arrow_function(state, at),
        Tk::In if before.kind != Tk::For => membership(state, at),
        Tk::Colon => None,
        Tk::For => comprehension(state, at),
        Tk::Ident if found.symbol == "is" || found.symbol == "instanceof" => {
            let span = span_of(state, found);
            Some(
                foreign(span, format!("there is no `{}`", found.symbol))
                    .label(span, "not an operator of Gossamer")
                    .help("ask an `Option` with `is_none()`, an enum with `matches!(x, Pattern)`, and compare values with `==`"),
            )
        }
        _ if before.kind == Tk::Question => {
            let twice =
                at >= 2 && state.tokens[at - 2].kind == Tk::Question && state.tokens[at - 2].joint;
            if twice {
                coalescing(state, at)
            } else {
                ternary(state, at)
            }
        }
        _ => None,
    }
}

fn span_of(state: &State<'_>, token: Token) -> Span {
    Span::new(state.file, token.start, token.end)
}

fn text<'s>(state: &State<'s>, span: Span) -> &'s str {
    state
        .text
        .get(span.start as usize..span.end as usize)
        .unwrap_or_default()
}

/// The first token of the expression that ends in front of `at`, as far as brackets and separators
/// tell.
fn beginning(state: &State<'_>, at: usize) -> usize {
    let mut depth = 0usize;
    for index in (0..at).rev() {
        let kind = state.tokens[index].kind;
        depth += usize::from(kind.is_closer());
        if depth == 0 {
            let separator = matches!(
                kind,
                Tk::Eq | Tk::Comma | Tk::Newline | Tk::Semi | Tk::Return | Tk::FatArrow
            );
            if separator || kind.closer().is_some() {
                return index + 1;
            }
        }
        if kind.closer().is_some() {
            depth -= 1;
        }
    }
    0
}

/// The token behind the expression that begins at `at`.
fn end(state: &State<'_>, at: usize, stop: Tk) -> usize {
    let mut depth = 0usize;
    for (index, token) in state.tokens.iter().enumerate().skip(at) {
        let kind = token.kind;
        if depth == 0
            && (kind == stop
                || kind.is_closer()
                || matches!(kind, Tk::Comma | Tk::Newline | Tk::Semi))
        {
            return index;
        }
        depth += usize::from(kind.closer().is_some());
        depth = depth.saturating_sub(usize::from(kind.is_closer()));
    }
    state.tokens.len()
}

/// `c ? a : b`, failed at the first token of `a`.
fn ternary(state: &State<'_>, at: usize) -> Option<Diagnostic> {
    let colon = end(state, at, Tk::Colon);
    if state.tokens.get(colon)?.kind != Tk::Colon {
        return None;
    }
    let last = end(state, colon + 1, Tk::Colon)
        .checked_sub(1)
        .filter(|&last| last > colon)?;
    let span = |index: usize| span_of(state, state.tokens[index]);
    let question = span(at - 1);
    let first = span(beginning(state, at - 1));
    let cond = Span {
        start: first.start,
        end: span(at - 2).end,
        ..question
    };
    let yes = span(at).to(span(colon - 1));
    let no = span(colon + 1).to(span(last));
    let written = format!(
        "if {} {{ {} }} else {{ {} }}",
        text(state, cond),
        text(state, yes),
        text(state, no)
    );
    let whole = cond.to(no);
    Some(
        foreign(question, "there is no `? :`; `if` is an expression")
            .label(question, "not an operator of Gossamer")
            .suggest_edits(
                Applicability::Machine,
                vec![Edit::new(whole, &written)],
                format!("write `{written}`"),
            ),
    )
}

/// `a ?? b`, failed at the first token of `b`.
fn coalescing(state: &State<'_>, at: usize) -> Option<Diagnostic> {
    let last = end(state, at, Tk::Eof)
        .checked_sub(1)
        .filter(|&last| last >= at)?;
    let span = |index: usize| span_of(state, state.tokens[index]);
    let operator = span(at - 2).to(span(at - 1));
    let value = span(at).to(span(last));
    let before = span(at.checked_sub(3)?);
    let gap = Span {
        start: before.end,
        end: value.start,
        ..operator
    };
    let edits = vec![
        Edit::new(gap, ".unwrap_or("),
        Edit::new(value.at_end(), ")"),
    ];
    Some(
        foreign(operator, "there is no `??`")
            .label(operator, "not an operator of Gossamer")
            .suggest_edits(Applicability::Machine, edits, "write it with `unwrap_or`"),
    )
}

/// `(x) => e`, `x => e`, failed at the arrow.
fn arrow_function(state: &State<'_>, at: usize) -> Option<Diagnostic> {
    let first = beginning(state, at);
    let params = &state.tokens[first..at];
    let plain = |kind| {
        matches!(
            kind,
            Tk::Ident | Tk::Comma | Tk::LParen | Tk::RParen | Tk::Underscore
        )
    };
    if params.is_empty() || !params.iter().all(|token| plain(token.kind)) {
        return None;
    }
    let arrow = span_of(state, state.tokens[at]);
    let head = span_of(state, params[0]).to(arrow);
    let names = span_of(state, params[0]).to(span_of(state, params[params.len() - 1]));
    let names = text(state, names)
        .trim_start_matches('(')
        .trim_end_matches(')');
    let written = format!("|{names}|");
    Some(
        foreign(head, "a closure is written with bars")
            .label(head, "not a closure of Gossamer")
            .suggest(head, &written, format!("write `{written}`")),
    )
}

/// `x in v`
fn membership(state: &State<'_>, at: usize) -> Option<Diagnostic> {
    let value = span_of(state, state.tokens[at]);
    Some(
        foreign(value, "`in` stands only in the head of `for`")
            .label(value, "not an operator of Gossamer")
            .help(
                "ask a collection with a method: `v.contains(x)`, a map with `m.contains_key(k)`",
            ),
    )
}

/// `[e for x in v]`
fn comprehension(state: &State<'_>, at: usize) -> Option<Diagnostic> {
    let opens = beginning(state, at).checked_sub(1)?;
    if state.tokens[opens].kind != Tk::LBrack {
        return None;
    }
    let span = span_of(state, state.tokens[at]);
    Some(
        foreign(span, "a list is not made with `for` inside of brackets")
            .label(span, "expected `,` or `]`")
            .help("write `v.iter().map(|x| x * 2).collect::<Vec<_>>()`"),
    )
}
