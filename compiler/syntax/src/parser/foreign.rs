//! Syntax of other languages, read as what it means there. Each form is reported once, with what is
//! written here, and gives a node that the rest of the file can be checked against.
//!
//! Forms that no Gossamer program can begin with are told apart by looking ahead, before the grammar
//! fails (`item`, `statement`, `several`, `loops`, `branch`, `operand`, `operator`, `types`); what only
//! shows once it has failed is in `afterwards`. It must never accept a form without a message, nor take
//! over a text that is correct.

pub(super) mod afterwards;
pub(super) mod branch;
pub(super) mod item;
pub(super) mod loops;
pub(super) mod operand;
pub(super) mod operator;
pub(super) mod separator;
pub(super) mod several;
pub(super) mod statement;
pub(super) mod types;

use gos_diag::{Diagnostic, Span, codes};

use super::cursor::{Input, Steps};
use crate::ast::{Expr, ExprKind};
use crate::token::Tk;

/// The message about a foreign form.
fn foreign(span: Span, message: impl Into<String>) -> Diagnostic {
    Diagnostic::error(codes::FOREIGN_SYNTAX, span, message)
}

/// What stands at a place.
fn text_at<'s>(inp: &mut Input<'s, '_>, span: Span) -> &'s str {
    let text = inp.cx().text;
    text.get(span.start as usize..span.end as usize)
        .unwrap_or_default()
}

/// The place of the token `ahead` tokens further.
fn span_at(inp: &mut Input<'_, '_>, ahead: usize) -> Span {
    let at = inp.position() + ahead;
    inp.cx().token_span(at)
}

/// The name spelled `ahead` tokens further; empty for anything else.
fn word_at(inp: &mut Input<'_, '_>, ahead: usize) -> &'static str {
    match inp.look(ahead) {
        Some(token) if token.kind == Tk::Ident => token.symbol.as_str(),
        _ => "",
    }
}

/// Whether the token `ahead` tokens further stands on the line of the one before.
fn same_line(inp: &mut Input<'_, '_>, ahead: usize) -> bool {
    inp.look(ahead)
        .is_some_and(|token| !token.newline_before && token.kind != Tk::Newline)
}

/// How many tokens ahead the bracket that opens `ahead` tokens further has closed.
fn behind_group(inp: &mut Input<'_, '_>, mut ahead: usize) -> usize {
    let mut depth = 0usize;
    loop {
        let kind = inp.kind_at(ahead);
        if kind == Tk::Eof {
            return ahead;
        }
        depth += usize::from(kind.closer().is_some());
        depth = depth.saturating_sub(usize::from(kind.is_closer()));
        ahead += 1;
        if depth == 0 {
            return ahead;
        }
    }
}

/// A node for what was read from `start` to here.
fn error_from(inp: &mut Input<'_, '_>, start: usize) -> Expr {
    Expr {
        id: inp.id(),
        span: inp.node_span(start),
        kind: ExprKind::Error,
    }
}

/// Skips to the end of the line, brackets with all that is in them.
fn skip_line(inp: &mut Input<'_, '_>) {
    let start = inp.position();
    inp.skip_until(&[Tk::Newline, Tk::Semi]);
    inp.lose(start);
}
