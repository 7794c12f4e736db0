//! Lists with commas between brackets, which survive a bad element.

use gos_diag::{Diagnostic, Span, codes};

use super::cursor::{Input, Mode, Parsed, Steps, in_mode};
use super::failure::{Expected, Failed, forget, report_failure};
use super::foreign::separator::Gap;
use crate::token::Tk;

/// What stands between two brackets.
pub(super) struct List<T> {
    pub elements: Vec<T>,
    /// Whether a comma follows the last element: `(a,)` is a tuple.
    pub trailing_comma: bool,
}

/// How the elements of a list are read.
pub(super) struct Element<'s, T> {
    /// One element.
    pub parse: fn(&mut Input<'s, '_>) -> Parsed<T>,
    /// What takes the place of a bad one, so that counts stay right.
    pub bad: fn(&mut Input<'s, '_>, Span) -> Option<T>,
}

impl<'s, T> Element<'s, T> {
    /// Elements whose bad ones are left out.
    pub fn new(parse: fn(&mut Input<'s, '_>) -> Parsed<T>) -> Element<'s, T> {
        Element {
            parse,
            bad: |_, _| None,
        }
    }
}

/// Reads `open element, element close`. Fails only where `open` is missing.
pub(super) fn bracketed<'s, T>(
    inp: &mut Input<'s, '_>,
    open: Tk,
    element: Element<'s, T>,
) -> Parsed<List<T>> {
    inp.expect(open)?;
    let close = open.closer().ok_or(Failed)?;
    Ok(in_mode(inp, Mode::default(), |inp| {
        elements(inp, close, &element)
    }))
}

/// Reads elements up to the closing bracket, and that.
fn elements<'s, T>(inp: &mut Input<'s, '_>, close: Tk, element: &Element<'s, T>) -> List<T> {
    let mut list = List {
        elements: Vec::new(),
        trailing_comma: false,
    };
    loop {
        inp.skip_newlines();
        if inp.eat(close) || inp.at(Tk::Eof) {
            return list;
        }
        let start = inp.save();
        let at = inp.position();
        forget(inp);
        match (element.parse)(inp) {
            Ok(value) => list.elements.push(value),
            Err(Failed) => {
                report_failure(inp);
                inp.rewind(start);
                let first = inp.position();
                inp.skip_until(&[Tk::Comma]);
                inp.lose(first);
                let span = inp.node_span(first);
                list.elements.extend((element.bad)(inp, span));
            }
        }
        list.trailing_comma = separator(inp, close, at);
    }
}

/// Reads the comma behind an element; reports and repairs a missing one.
fn separator(inp: &mut Input<'_, '_>, close: Tk, element: usize) -> bool {
    let broken_line = inp.at(Tk::Newline);
    let line_end = inp.here();
    inp.skip_newlines();
    if inp.eat(Tk::Comma) {
        return true;
    }
    if inp.at(close) || inp.at(Tk::Eof) {
        return false;
    }
    // Where fields are written as in Go, the comma is missing as the `:` is.
    if broken_line && matches!(inp.cx().gaps.last(), Some(Gap::Colon(..) | Gap::Comma(_))) {
        inp.cx().gaps.push(Gap::Comma(line_end));
        return false;
    }
    if broken_line {
        let diagnostic = Diagnostic::error(
            codes::MISSING_SEPARATOR,
            line_end,
            "a `,` is missing at the end of this line",
        )
        .label(line_end, "expected `,`")
        .suggest(line_end, ",", "add it");
        inp.report(diagnostic);
        return false;
    }
    if close != Tk::RBrack && begins_element(inp) {
        return missing_comma(inp);
    }
    inp.fail(Expected::kind(Tk::Comma).or(Expected::kind(close)));
    report_failure(inp);
    inp.skip_until(&[Tk::Comma, Tk::Newline]);
    // What was read is only the beginning of something else.
    inp.lose(element);
    inp.eat(Tk::Comma)
}

/// Whether what follows an element can only be another one.
fn begins_element(inp: &mut Input<'_, '_>) -> bool {
    let before = inp.position().checked_sub(1);
    let before = before.and_then(|index| inp.cx().tokens.get(index).copied());
    // Forms of other languages, such as `c ? a : b`, are explained by what failed.
    let foreign = before.is_some_and(|token| token.kind == Tk::Question);
    let words = ["is", "in", "of", "instanceof"];
    match inp.kind() {
        Tk::Ident => !foreign && !words.contains(&inp.symbol().as_str()),
        Tk::Int | Tk::Float | Tk::Str | Tk::Char => !foreign,
        _ => false,
    }
}

/// Reports that an element follows another with nothing between them. It is read all the same.
fn missing_comma(inp: &mut Input<'_, '_>) -> bool {
    let before = inp.position().checked_sub(1);
    let span = inp.here();
    let end = before
        .map_or(span, |index| inp.cx().token_span(index))
        .at_end();
    inp.fail_with(
        Diagnostic::error(
            codes::MISSING_SEPARATOR,
            span,
            "a `,` is missing in front of this",
        )
        .label(span, "expected `,` in front of this")
        .suggest(end, ",", "write `,` between the two"),
    );
    report_failure(inp);
    true
}
