//! What follows a value: fields, calls, indices, `?`.

use gos_diag::{Diagnostic, Span, codes};

use super::cursor::{Input, Mode, Parsed, Steps, in_mode};
use super::failure::Expected;
use super::list::{Element, bracketed};
use super::{expr, literal, path, primary};
use crate::ast::{Expr, ExprKind, LitKind};
use crate::token::Tk;

/// A primary expression with all that follows it.
pub(super) fn postfix(inp: &mut Input<'_, '_>) -> Parsed<Expr> {
    let start = inp.position();
    let (base, open_ended) = primary::primary(inp)?;
    // `return f`, `|x| f` and the like took what follows as part of their operand.
    if open_ended {
        Ok(base)
    } else {
        continue_postfix(inp, base, start)
    }
}

/// What follows a value that is read already.
pub(super) fn continue_postfix(inp: &mut Input<'_, '_>, base: Expr, start: usize) -> Parsed<Expr> {
    let mut expr = base;
    loop {
        let base = Box::new(expr);
        let kind = match inp.kind() {
            Tk::Question => {
                inp.bump();
                ExprKind::Try(base)
            }
            Tk::LParen => ExprKind::Call {
                callee: base,
                args: arguments(inp)?,
            },
            Tk::LBrack => ExprKind::Index {
                base,
                index: Box::new(index(inp)?),
            },
            Tk::Dot => {
                inp.bump();
                member(inp, base)?
            }
            _ => return Ok(*base),
        };
        expr = Expr {
            id: inp.id(),
            span: inp.node_span(start),
            kind,
        };
    }
}

/// `(a, b)`
pub(super) fn arguments(inp: &mut Input<'_, '_>) -> Parsed<Vec<Expr>> {
    let element = Element {
        parse: expr::expr,
        bad: expr::error_expr,
    };
    bracketed(inp, Tk::LParen, element).map(|list| list.elements)
}

fn index(inp: &mut Input<'_, '_>) -> Parsed<Expr> {
    inp.expect(Tk::LBrack)?;
    let index = in_mode(inp, Mode::default(), index_value)?;
    inp.expect(Tk::RBrack)?;
    Ok(index)
}

/// An index; `1:2` is a range in other languages.
fn index_value(inp: &mut Input<'_, '_>) -> Parsed<Expr> {
    let start = inp.position();
    let from = if inp.at(Tk::Colon) {
        None
    } else {
        Some(Box::new(expr::expr(inp)?))
    };
    let span = inp.here();
    let from = match from {
        Some(from) if !inp.at(Tk::Colon) => return Ok(*from),
        from => from,
    };
    inp.report(
        Diagnostic::error(codes::FOREIGN_SYNTAX, span, "a range is written with `..`")
            .label(span, "expected `..`")
            .suggest(span, "..", "write `..`"),
    );
    inp.bump();
    let end = if inp.at(Tk::RBrack) {
        None
    } else {
        Some(Box::new(expr::expr(inp)?))
    };
    let kind = ExprKind::Range {
        start: from,
        end,
        inclusive: false,
    };
    Ok(Expr {
        id: inp.id(),
        span: inp.node_span(start),
        kind,
    })
}

/// What stands behind the `.`.
fn member(inp: &mut Input<'_, '_>, base: Box<Expr>) -> Parsed<ExprKind> {
    let span = inp.here();
    if inp.at(Tk::Int) {
        return position(inp, base);
    }
    if inp.at(Tk::Reserved) && inp.symbol() == "await" {
        let dot = Span {
            start: span.start - 1,
            ..span
        };
        inp.report(
            Diagnostic::error(codes::FOREIGN_SYNTAX, span, "there is no `await`")
                .label(span, "calls wait by themselves")
                .note("`go` runs a call beside this one")
                .suggest(dot, "", "remove it"),
        );
        inp.bump();
        return Ok(base.kind);
    }
    if inp.at(Tk::LParen) {
        inp.skip_group();
        let message = "the type of a value is fixed: there is nothing to assert";
        inp.report(
            Diagnostic::error(codes::FOREIGN_SYNTAX, span, message)
                .label(span, "expected a name")
                .help("convert numbers with `as`; tell values apart with an `enum` and `match`"),
        );
        return Ok(ExprKind::Error);
    }
    let name = path::ident(inp)?;
    let generics = path::turbofish(inp)?;
    if inp.at(Tk::LParen) {
        let args = arguments(inp)?;
        return Ok(ExprKind::MethodCall {
            receiver: base,
            method: name,
            generics,
            args,
        });
    }
    if generics.is_some() {
        return Err(inp.fail(Expected::kind(Tk::LParen)));
    }
    Ok(ExprKind::Field { base, name })
}

/// `.0`
fn position(inp: &mut Input<'_, '_>, base: Box<Expr>) -> Parsed<ExprKind> {
    let index_span = inp.here();
    let value = literal::literal(inp).map(|lit| lit.kind);
    let index = match value {
        Some(LitKind::Int {
            value,
            suffix: None,
        }) => u32::try_from(value).ok(),
        _ => None,
    };
    match index {
        Some(index) => Ok(ExprKind::TupleField {
            base,
            index,
            index_span,
        }),
        None => {
            let message = "this is not the position of a field";
            inp.report(Diagnostic::error(
                codes::INVALID_NUMBER,
                index_span,
                message,
            ));
            Ok(ExprKind::Error)
        }
    }
}
