//! Lists with commas between brackets, which survive a bad element.

use gos_diag::{Diagnostic, Span, codes};

use super::cursor::{Input, Mode, Parsed, Steps, in_mode};
use super::failure::{Expected, Failed, forget, report_failure};
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
        list.trailing_comma = separator(inp, close);
    }
}

/// Reads the comma behind an element; reports and repairs a missing one.
fn separator(inp: &mut Input<'_, '_>, close: Tk) -> bool {
    let broken_line = inp.at(Tk::Newline);
    let line_end = inp.here();
    inp.skip_newlines();
    if inp.eat(Tk::Comma) {
        return true;
    }
    if inp.at(close) || inp.at(Tk::Eof) {
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
    inp.fail(Expected::kind(Tk::Comma).or(Expected::kind(close)));
    report_failure(inp);
    let first = inp.position();
    inp.skip_until(&[Tk::Comma, Tk::Newline]);
    inp.lose(first);
    inp.eat(Tk::Comma)
}
