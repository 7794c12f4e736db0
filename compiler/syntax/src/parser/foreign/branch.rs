//! Branches as other languages write them: bodies without braces, `elif`, `case x:`, an assignment in
//! front of the condition.

use gos_diag::{Applicability, Diagnostic, Edit, Span, codes};

use super::{foreign, same_line, skip_line, span_at, word_at};
use crate::ast::{Block, Expr, ExprKind, Stmt, StmtKind};
use crate::parser::cursor::{Input, Mode, Parsed, Steps, in_mode};
use crate::parser::failure::Expected;
use crate::parser::{block, expr, stmt};
use crate::token::Tk;

/// The body behind the head of `if`, `while` or `for`, as `word` says.
pub(in crate::parser) fn body(inp: &mut Input<'_, '_>, word: &str) -> Parsed<Block> {
    match inp.kind() {
        Tk::LBrace => block::block(inp),
        Tk::Newline if inp.kind_at(1) == Tk::LBrace => block::block(inp),
        Tk::Semi if inp.kind_at(1) == Tk::LBrace => {
            let span = inp.here();
            inp.report(
                Diagnostic::error(
                    codes::UNEXPECTED_TOKEN,
                    span,
                    "no `;` stands in front of `{`",
                )
                .label(span, format!("the `{{` of `{word}` is expected here"))
                .suggest(span, "", "remove it"),
            );
            inp.bump();
            block::block(inp)
        }
        Tk::Colon => Ok(indented(inp, word)),
        Tk::Ident if matches!(word_at(inp, 0), "then" | "do") && same_line(inp, 0) => {
            Ok(indented(inp, word))
        }
        Tk::Newline => {
            let span = inp.here();
            Err(inp.fail_with(no_braces(span, word).label(span, "expected `{` here")))
        }
        kind if expr::begins(kind) && same_line(inp, 0) => bare(inp, word),
        _ => Err(inp.fail(Expected::kind(Tk::LBrace))),
    }
}

fn no_braces(span: Span, word: &str) -> Diagnostic {
    Diagnostic::error(
        codes::UNEXPECTED_TOKEN,
        span,
        format!("the body of `{word}` stands in braces"),
    )
}

/// `if x: …` and `if x then …`: what follows is told by its indentation, which means nothing here.
fn indented(inp: &mut Input<'_, '_>, word: &str) -> Block {
    let span = inp.here();
    inp.report(
        no_braces(span, word)
            .label(span, "expected `{`")
            .help("write `{` here and `}` behind the last line of the body"),
    );
    inp.bump();
    let start = inp.position();
    skip_line(inp);
    // What closes or continues such a body elsewhere.
    for name in ["end", "elif", "fi", "done"] {
        inp.cx().damage.names.push(gos_diag::Symbol::intern(name));
    }
    empty(inp, start)
}

fn empty(inp: &mut Input<'_, '_>, start: usize) -> Block {
    let span = inp.node_span(start);
    let expr = Box::new(Expr {
        id: inp.id(),
        span,
        kind: ExprKind::Error,
    });
    Block {
        tail_attrs: Vec::new(),
        id: inp.id(),
        span,
        stmts: Vec::new(),
        tail: Some(expr),
    }
}

/// `if (x) f()`
fn bare(inp: &mut Input<'_, '_>, word: &str) -> Parsed<Block> {
    let start = inp.position();
    let (stmt, _) = in_mode(inp, Mode::default(), stmt::stmt)?;
    let span = stmt.span;
    let edits = vec![
        Edit::new(span.at_start(), "{ "),
        Edit::new(span.at_end(), " }"),
    ];
    inp.report(
        no_braces(span, word)
            .label(span, "not in braces")
            .suggest_edits(Applicability::Machine, edits, "put it in braces"),
    );
    // `if (x) f()` and `else …` on the next line belong together elsewhere.
    if matches!(inp.kind(), Tk::Semi | Tk::Newline) && inp.kind_at(1) == Tk::Else {
        inp.bump();
    }
    Ok(as_block(inp, stmt, start))
}

fn as_block(inp: &mut Input<'_, '_>, stmt: Stmt, start: usize) -> Block {
    let (stmts, tail) = match stmt.kind {
        StmtKind::Expr { expr, semi: false } => (Vec::new(), Some(expr)),
        kind => (vec![Stmt { kind, ..stmt }], None),
    };
    Block {
        tail_attrs: Vec::new(),
        id: inp.id(),
        span: inp.node_span(start),
        stmts,
        tail,
    }
}

/// `elif`, `elsif`, `elseif`: reads it and says so.
pub(in crate::parser) fn eat_elif(inp: &mut Input<'_, '_>) -> bool {
    let ahead = usize::from(inp.at(Tk::Newline));
    let word = word_at(inp, ahead);
    if !matches!(word, "elif" | "elsif" | "elseif") || !same_line(inp, ahead + 1) {
        return false;
    }
    if ahead == 1 {
        inp.bump();
    }
    let span = inp.here();
    inp.bump();
    inp.report(
        foreign(span, "a further condition begins with `else if`")
            .label(span, "not a word of Gossamer")
            .suggest(span, "else if", "write `else if`"),
    );
    true
}

/// `if v, err := f(); err != nil {`: reports and skips the head, if it is one.
pub(in crate::parser) fn eat_declaring_head(inp: &mut Input<'_, '_>) -> Option<Expr> {
    let mut ahead = 0;
    loop {
        match inp.kind_at(ahead) {
            Tk::Semi if inp.kind_at(ahead + 1) != Tk::LBrace => break,
            Tk::Semi | Tk::LBrace | Tk::Newline | Tk::Eof => return None,
            kind if kind.is_closer() => return None,
            _ => ahead = super::behind_group(inp, ahead),
        }
    }
    let start = inp.position();
    let span = span_at(inp, 0).to(span_at(inp, ahead));
    inp.report(
        foreign(span, "nothing is declared in front of a condition")
            .label(span, "a condition stands here alone")
            .help("declare it on the line above; or take a `Result` apart with `if let Ok(v) = f() { … }` or `match f() { Ok(v) => …, Err(err) => … }`"),
    );
    inp.skip_until(&[Tk::LBrace, Tk::Newline]);
    while inp.at(Tk::Semi) {
        inp.bump();
    }
    inp.lose(start);
    Some(super::error_from(inp, start))
}

/// `case` in front of a pattern.
pub(in crate::parser) fn eat_case(inp: &mut Input<'_, '_>) {
    use Tk::*;
    let pattern = matches!(
        inp.kind_at(1),
        Ident | Int | Str | Char | True | False | Underscore
    );
    if word_at(inp, 0) != "case" || !pattern || !same_line(inp, 1) {
        return;
    }
    let (span, next) = (inp.here(), span_at(inp, 1));
    inp.report(
        foreign(span, "an arm begins with its pattern")
            .label(span, "not needed")
            .suggest(
                Span {
                    end: next.start,
                    ..span
                },
                "",
                "remove it",
            ),
    );
    inp.bump();
}

/// The `=>` of an arm, or what other languages write for it.
pub(in crate::parser) fn arm_arrow(inp: &mut Input<'_, '_>) -> Parsed<()> {
    let span = inp.here();
    if !matches!(inp.kind(), Tk::Arrow | Tk::Colon) {
        return inp.expect(Tk::FatArrow).map(drop);
    }
    let mark = if inp.at(Tk::Colon) { " =>" } else { "=>" };
    inp.report(
        foreign(span, "`=>` stands between a pattern and its value")
            .label(span, "expected `=>`")
            .suggest(span, mark, "write `=>`"),
    );
    inp.bump();
    inp.skip_newlines();
    Ok(())
}
