//! Values as other languages write them: `func() { … }`, `new T(…)`, `make(…)`, `f"…"`, `async { … }`.

use gos_diag::{Applicability, Edit, Span};

use super::{behind_group, error_from, foreign, operator, same_line, text_at, types, word_at};
use crate::ast::{Expr, ExprKind};
use crate::parser::cursor::{Input, Parsed, Steps};
use crate::parser::{closure, expr, literal, postfix};
use crate::token::Tk;

/// A foreign value, if one begins here.
pub(in crate::parser) fn operand(inp: &mut Input<'_, '_>) -> Parsed<Option<Expr>> {
    let start = inp.position();
    let kind = match inp.kind() {
        Tk::Ident => match named(inp)? {
            Some(kind) => kind,
            None => return Ok(None),
        },
        Tk::LBrack if types::literal_is_ahead(inp) => match sequence(inp)? {
            Some(kind) => kind,
            None => return Ok(None),
        },
        Tk::Lt if operator::is_receive(inp) => operator::receive(inp)?,
        Tk::Reserved => match asynchronous(inp)? {
            Some(kind) => kind,
            None => return Ok(None),
        },
        Tk::Plus if inp.at_joint(Tk::Plus, Tk::Plus) => step_in_front(inp)?,
        _ => return Ok(None),
    };
    Ok(Some(Expr {
        id: inp.id(),
        span: inp.node_span(start),
        kind,
    }))
}

fn named(inp: &mut Input<'_, '_>) -> Parsed<Option<ExprKind>> {
    let next = inp.kind_at(1);
    match word_at(inp, 0) {
        "func" | "function" if next == Tk::LParen && is_function(inp) => function(inp).map(Some),
        "new" if next == Tk::Ident && same_line(inp, 1) => new_value(inp).map(Some),
        "make" if next == Tk::LParen && is_make(inp) => Ok(Some(make(inp))),
        "lambda" if matches!(next, Tk::Ident | Tk::Colon) => Ok(Some(lambda(inp))),
        "not" if same_line(inp, 1) && (next == Tk::Ident || next == Tk::True) => {
            negation(inp).map(Some)
        }
        "map" if types::literal_is_ahead(inp) => sequence(inp),
        "f" | "s" | "u" if inp.at_joint(Tk::Ident, Tk::Str) => Ok(Some(prefixed_string(inp))),
        _ => Ok(None),
    }
}

/// Whether `func(…)` goes on as a function and not as a call.
fn is_function(inp: &mut Input<'_, '_>) -> bool {
    let behind = behind_group(inp, 1);
    let typed = inp.kind_at(behind) == Tk::Ident && inp.kind_at(behind + 1) == Tk::LBrace;
    let head = inp.cx().mode.head;
    !head && same_line(inp, behind) && (inp.kind_at(behind) == Tk::LBrace || typed)
}

fn function(inp: &mut Input<'_, '_>) -> Parsed<ExprKind> {
    let (span, word) = (inp.here(), word_at(inp, 0));
    inp.report(
        foreign(span, "a function without a name begins with `fn`")
            .label(span, format!("`{word}` is not a word of Gossamer"))
            .suggest(span, "fn", "write `fn`"),
    );
    inp.bump();
    closure::unnamed(inp)
}

/// `new Point(1)`
fn new_value(inp: &mut Input<'_, '_>) -> Parsed<ExprKind> {
    let start = inp.position();
    let word = inp.here();
    inp.bump();
    let callee = inp.here();
    postfix::postfix(inp)?;
    let span = inp.node_span(start);
    inp.lose(start);
    let name = text_at(inp, callee);
    let edits = vec![
        Edit::new(
            Span {
                end: callee.start,
                ..word
            },
            "",
        ),
        Edit::new(callee.at_end(), "::new"),
    ];
    inp.report(
        foreign(span, "there is no `new`")
            .label(word, "not a word of Gossamer")
            .help(format!("a struct is written `{name} {{ field: value }}`; what makes one for others is a function"))
            .suggest_edits(Applicability::Maybe, edits, "call its function `new`"),
    );
    Ok(ExprKind::Error)
}

fn is_make(inp: &mut Input<'_, '_>) -> bool {
    let map_or_chan = matches!(word_at(inp, 2), "map" | "chan");
    map_or_chan || inp.kind_at(2) == Tk::LBrack && inp.kind_at(3) == Tk::RBrack
}

/// `make([]int, 3)`, `make(map[string]int)`, `make(chan int)`
fn make(inp: &mut Input<'_, '_>) -> ExprKind {
    let start = inp.position();
    let of = word_at(inp, 2);
    inp.bump();
    inp.skip_group();
    let span = inp.node_span(start);
    let (message, help) = match of {
        "map" => (
            "there is no `make`: a map is made with `HashMap::new()`",
            "or with its content: `map!{\"a\" => 1}`",
        ),
        "chan" => (
            "there is no `make`: a channel is made with `channel`",
            "`let (tx, rx) = channel::<i64>()`, with a number for a buffer: `channel::<i64>(16)`",
        ),
        _ => (
            "there is no `make`: a sequence is made with `[value; count]`",
            "`[0; 3]` has three elements, `[]` none, `Vec::with_capacity(3)` none and room for three",
        ),
    };
    inp.report(
        foreign(span, message)
            .label(span, "not a call of Gossamer")
            .help(help),
    );
    ExprKind::Error
}

/// `lambda x: e`
fn lambda(inp: &mut Input<'_, '_>) -> ExprKind {
    let start = inp.position();
    let span = inp.here();
    inp.report(
        foreign(span, "a closure is written `|x| …`")
            .label(span, "not a word of Gossamer")
            .help("for example `|x| x * 2`, or `|a, b| { … }`"),
    );
    inp.skip_until(&[Tk::Newline, Tk::Semi]);
    inp.lose(start);
    ExprKind::Error
}

/// `not a`
fn negation(inp: &mut Input<'_, '_>) -> Parsed<ExprKind> {
    let span = inp.here();
    let next = super::span_at(inp, 1);
    inp.report(
        foreign(span, "there is no `not`")
            .label(span, "not an operator of Gossamer")
            .suggest(
                Span {
                    end: next.start,
                    ..span
                },
                "!",
                "write `!`",
            ),
    );
    inp.bump();
    let operand = Box::new(postfix::postfix(inp)?);
    Ok(ExprKind::Unary {
        op: crate::ast::UnOp::Not,
        operand,
    })
}

/// `f"…"`
fn prefixed_string(inp: &mut Input<'_, '_>) -> ExprKind {
    let span = inp.here();
    inp.bump();
    let text = inp.here();
    // Within `println!(…)` and the like the string is a template already.
    let before = inp.position().checked_sub(3);
    let bang = before
        .and_then(|at| inp.cx().tokens.get(at))
        .is_some_and(|t| t.kind == Tk::Bang);
    let error = foreign(span, "a string has no prefix that fills it in").label(span, "not needed");
    inp.report(if bang {
        error.suggest(span, "", "remove it: `{name}` works in every format string")
    } else {
        let edits = vec![Edit::new(span, "format!("), Edit::new(text.at_end(), ")")];
        error.suggest_edits(Applicability::Machine, edits, "fill it in with `format!`")
    });
    literal::literal(inp).map_or(ExprKind::Error, ExprKind::Lit)
}

/// `[]int{1, 2}`, `map[string]int{…}`
fn sequence(inp: &mut Input<'_, '_>) -> Parsed<Option<ExprKind>> {
    let checkpoint = inp.save();
    match types::literal_of(inp) {
        Ok(Some(diagnostic)) => {
            inp.report(diagnostic);
            Ok(Some(ExprKind::Error))
        }
        _ => {
            inp.rewind(checkpoint);
            Ok(None)
        }
    }
}

/// `async { … }`, `await x`
fn asynchronous(inp: &mut Input<'_, '_>) -> Parsed<Option<ExprKind>> {
    let (span, word) = (inp.here(), inp.symbol().as_str());
    let next = super::span_at(inp, 1);
    let gap = Span {
        end: next.start,
        ..span
    };
    match word {
        "async" => inp.report(
            foreign(span, "there is no `async`")
                .label(span, "every function may wait, and none needs to be marked")
                .help("to run something beside this, write `go fn() { … }` and send its result over a channel")
                .suggest(gap, "", "remove it"),
        ),
        "await" => inp.report(
            foreign(span, "there is no `await`")
                .label(span, "calls wait by themselves")
                .suggest(gap, "", "remove it"),
        ),
        _ => return Ok(None),
    }
    inp.bump();
    Ok(Some(expr::expr(inp)?.kind))
}

/// `++x`
fn step_in_front(inp: &mut Input<'_, '_>) -> Parsed<ExprKind> {
    let start = inp.position();
    inp.bump();
    inp.bump();
    let op = inp.node_span(start);
    let target = postfix::postfix(inp)?;
    let edits = vec![Edit::new(op, ""), Edit::new(target.span.at_end(), " += 1")];
    inp.report(
        foreign(op, "there is no `++`")
            .label(op, "not an operator of Gossamer")
            .suggest_edits(Applicability::Machine, edits, "add 1"),
    );
    Ok(error_from(inp, start).kind)
}
