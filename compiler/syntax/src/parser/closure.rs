//! Closures and anonymous functions.

use chumsky::{IterParser, Parser};
use gos_diag::{Diagnostic, codes};

use super::cursor::{Input, Parsed, Steps, rule, token};
use super::foreign::separator;
use super::list::{Element, bracketed};
use super::{block, expr, pat, stmt, ty};
use crate::ast::{Closure, ClosureParam, ClosureStyle, Expr, ExprKind};
use crate::token::Tk;

/// Whether a `move` stands here that belongs to a closure; elsewhere it is a name.
pub(super) fn is_move(inp: &mut Input<'_, '_>) -> bool {
    inp.at_word("move") && matches!(inp.kind_at(1), Tk::Pipe | Tk::OrOr | Tk::Fn)
}

/// Skips `move` with a hint.
pub(super) fn skip_move(inp: &mut Input<'_, '_>) {
    let span = inp.here();
    inp.report(
        Diagnostic::hint(codes::REDUNDANT_MOVE, span, "`move` does nothing")
            .label(span, "closures share what they capture")
            .suggest(span, "", "remove it"),
    );
    inp.bump();
}

/// `|a, b: T| -> R { … }`, `|a| e`
pub(super) fn closure(inp: &mut Input<'_, '_>) -> Parsed<ExprKind> {
    let params = if inp.eat(Tk::OrOr) {
        Vec::new()
    } else {
        let list = rule(bar_param)
            .separated_by(token(Tk::Comma))
            .allow_trailing();
        inp.parse(
            list.collect()
                .delimited_by(token(Tk::Pipe), token(Tk::Pipe)),
        )?
    };
    let ret = ty::result_type(inp)?;
    let body = if ret.is_some() {
        block::block_expr(inp)?
    } else {
        body(inp)?
    };
    let style = ClosureStyle::Bars;
    Ok(ExprKind::Closure(Box::new(Closure {
        style,
        params,
        ret,
        body,
    })))
}

/// The body of a closure without a result type, which may be an assignment.
fn body(inp: &mut Input<'_, '_>) -> Parsed<Expr> {
    let start = inp.position();
    let value = expr::closure_value(inp)?;
    stmt::assignment(inp, value, start)
}

/// `fn(a: T) -> R { … }`
pub(super) fn anonymous_fn(inp: &mut Input<'_, '_>) -> Parsed<ExprKind> {
    inp.expect(Tk::Fn)?;
    unnamed(inp)
}

/// An anonymous function behind its `fn`.
pub(super) fn unnamed(inp: &mut Input<'_, '_>) -> Parsed<ExprKind> {
    let gaps = inp.cx().gaps.len();
    let params = bracketed(inp, Tk::LParen, Element::new(fn_param))?.elements;
    separator::report(inp, gaps, "a parameter");
    let ret = separator::result_type(inp)?;
    let body = block::block_expr(inp)?;
    let style = ClosureStyle::Fn;
    Ok(ExprKind::Closure(Box::new(Closure {
        style,
        params,
        ret,
        body,
    })))
}

/// Between bars `|` ends the list, so a pattern with alternatives needs parentheses.
fn bar_param(inp: &mut Input<'_, '_>) -> Parsed<ClosureParam> {
    let pat = pat::single(inp)?;
    let ty = if inp.eat(Tk::Colon) {
        Some(ty::ty(inp)?)
    } else {
        None
    };
    Ok(ClosureParam { pat, ty })
}

fn fn_param(inp: &mut Input<'_, '_>) -> Parsed<ClosureParam> {
    let pat = pat::pat(inp)?;
    let ty = separator::typed(inp)?;
    Ok(ClosureParam { pat, ty })
}
