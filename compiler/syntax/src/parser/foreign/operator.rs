//! Operators that other languages have: `===`, `<>`, `and`, `or`, `**`, `<-`, `...`.

use gos_diag::{Applicability, Edit, Span, codes};

use super::{foreign, same_line, span_at, text_at, word_at};
use crate::ast::{BinOp, Expr, ExprKind, Ident};
use crate::parser::cursor::{Input, Parsed, Steps};
use crate::parser::{expr, postfix};
use crate::token::Tk;

/// A foreign infix operator: what it is here, and how many tokens it is.
pub(in crate::parser) fn infix(inp: &mut Input<'_, '_>) -> Option<(BinOp, usize)> {
    let joint = |inp: &mut Input<'_, '_>, at: usize| inp.look(at).is_some_and(|t| t.joint);
    match inp.kind() {
        Tk::EqEq if inp.at_joint(Tk::EqEq, Tk::Eq) => Some((BinOp::Eq, 2)),
        Tk::Ne if inp.at_joint(Tk::Ne, Tk::Eq) => Some((BinOp::Ne, 2)),
        Tk::Lt if inp.at_joint(Tk::Lt, Tk::Gt) && !joint(inp, 1) => Some((BinOp::Ne, 2)),
        Tk::Ident if same_line(inp, 0) && same_line(inp, 1) && expr::begins(inp.kind_at(1)) => {
            match word_at(inp, 0) {
                "and" => Some((BinOp::And, 1)),
                "or" => Some((BinOp::Or, 1)),
                _ => None,
            }
        }
        _ => None,
    }
}

/// Reports a foreign infix operator that was read.
pub(in crate::parser) fn report(inp: &mut Input<'_, '_>, op: BinOp, span: Span) {
    let meant = match op {
        BinOp::And => "&&",
        BinOp::Or => "||",
        BinOp::Eq => "==",
        _ => "!=",
    };
    let text = text_at(inp, span);
    inp.report(
        foreign(span, format!("there is no `{text}`"))
            .label(span, "not an operator of Gossamer")
            .suggest(span, meant, format!("write `{meant}`")),
    );
}

/// `a ** b`: as a product with a dereference it would be written apart.
pub(in crate::parser) fn is_power(inp: &mut Input<'_, '_>) -> bool {
    let apart = inp.look(1).is_some_and(|star| !star.joint);
    inp.at_joint(Tk::Star, Tk::Star) && (apart || inp.kind_at(2) == Tk::Int)
}

/// Reports `**` and reads what follows it.
pub(in crate::parser) fn power(inp: &mut Input<'_, '_>, base: Span) -> Parsed<ExprKind> {
    let op = span_at(inp, 0).to(span_at(inp, 1));
    inp.bump();
    inp.bump();
    let first = inp.position();
    postfix::postfix(inp)?;
    let exponent = inp.node_span(first);
    let (base_text, power) = (text_at(inp, base), text_at(inp, exponent));
    let written = format!("{base_text}.pow({power})");
    inp.report(
        foreign(op, "there is no `**`")
            .label(op, "not an operator of Gossamer")
            .help("integers have `pow(n)`, floats `powi(n)` and `powf(x)`")
            .suggest_maybe(base.to(exponent), &written, format!("write `{written}`")),
    );
    Ok(ExprKind::Error)
}

/// `tx <- v`: sends in Go. `a < -b` is written apart.
pub(in crate::parser) fn is_send(inp: &mut Input<'_, '_>) -> bool {
    inp.at_joint(Tk::Lt, Tk::Minus) && inp.look(1).is_some_and(|minus| !minus.joint)
}

/// Reports `tx <- v` as what it means.
pub(in crate::parser) fn send(inp: &mut Input<'_, '_>, channel: Expr) -> Parsed<ExprKind> {
    let op = span_at(inp, 0).to(span_at(inp, 1));
    inp.bump();
    inp.bump();
    let value = expr::expr(inp)?;
    let gap = Span {
        start: channel.span.end,
        end: value.span.start,
        ..op
    };
    let edits = vec![
        Edit::new(gap, ".send("),
        Edit::new(value.span.at_end(), ")"),
    ];
    inp.report(
        foreign(op, "a value is sent with a method")
            .label(op, "not an operator of Gossamer")
            .suggest_edits(Applicability::Machine, edits, "write it as a call"),
    );
    Ok(method(channel, "send", op, vec![value]))
}

/// `<-rx`: receives in Go.
pub(in crate::parser) fn is_receive(inp: &mut Input<'_, '_>) -> bool {
    inp.at_joint(Tk::Lt, Tk::Minus)
}

/// Reports `<-rx` as what it means.
pub(in crate::parser) fn receive(inp: &mut Input<'_, '_>) -> Parsed<ExprKind> {
    let op = span_at(inp, 0).to(span_at(inp, 1));
    inp.bump();
    inp.bump();
    let channel = postfix::postfix(inp)?;
    let edits = vec![
        Edit::new(op, ""),
        Edit::new(channel.span.at_end(), ".recv()"),
    ];
    inp.report(
        foreign(op, "a value is received with a method")
            .label(op, "not an operator of Gossamer")
            .note("`recv()` gives an `Option`: `None` when the channel is closed and empty")
            .suggest_edits(Applicability::Machine, edits, "write it as a call"),
    );
    Ok(method(channel, "recv", op, Vec::new()))
}

fn method(receiver: Expr, name: &str, span: Span, args: Vec<Expr>) -> ExprKind {
    let method = Ident {
        name: gos_diag::Symbol::intern(name),
        span,
    };
    ExprKind::MethodCall {
        receiver: Box::new(receiver),
        method,
        generics: None,
        args,
    }
}

/// `a...b`: includes its end in some languages and leaves it out in others.
pub(in crate::parser) fn three_dots(inp: &mut Input<'_, '_>) {
    let span = inp.here();
    inp.report(
        gos_diag::Diagnostic::error(codes::FOREIGN_SYNTAX, span, "there is no `...` range")
            .label(span, "not an operator of Gossamer")
            .help("`a..b` leaves the end out, `a..=b` includes it")
            .suggest_maybe(span, "..=", "write `..=` to include the end"),
    );
}
