//! Blocks: statements between braces, each of which may be bad without spoiling the others.

use gos_diag::{Diagnostic, codes};

use super::attribute::keeps;
use super::cursor::{Input, Mode, Parsed, Steps, in_mode};
use super::failure::{Expected, Failed, forget, report_failure};
use super::stmt;
use crate::ast::{Block, Expr, ExprKind, Stmt, StmtKind};
use crate::token::Tk;

/// The `{` of a body. One that stands on the next line is taken, with a message.
pub(super) fn open_brace(inp: &mut Input<'_, '_>) -> Parsed<()> {
    if inp.at(Tk::Newline) && inp.kind_at(1) == Tk::LBrace {
        inp.bump();
        let span = inp.here();
        inp.report(
            Diagnostic::error(
                codes::UNEXPECTED_TOKEN,
                span,
                "this `{` must end the line above",
            )
            .label(
                span,
                "a `{` at the beginning of a line is a block of its own",
            )
            .help("move it behind the head it belongs to"),
        );
    }
    if inp.eat(Tk::LBrace) {
        Ok(())
    } else {
        Err(inp.fail(Expected::kind(Tk::LBrace)))
    }
}

/// `{ … }` as an expression.
pub(super) fn block_expr(inp: &mut Input<'_, '_>) -> Parsed<Expr> {
    let block = block(inp)?;
    let span = block.span;
    Ok(Expr {
        id: inp.id(),
        span,
        kind: ExprKind::Block { label: None, block },
    })
}

/// `{ … }`
pub(super) fn block(inp: &mut Input<'_, '_>) -> Parsed<Block> {
    let head_newline = inp.at(Tk::Newline) && inp.kind_at(1) == Tk::LBrace;
    let start = inp.position() + usize::from(head_newline);
    open_brace(inp)?;
    let mut stmts = in_mode(inp, Mode::default(), statements);
    inp.expect(Tk::RBrace)?;
    let (tail, tail_attrs) = match stmts.pop() {
        Some(Stmt {
            kind: StmtKind::Expr { expr, semi: false },
            attrs,
            ..
        }) => (Some(expr), attrs),
        last => {
            stmts.extend(last);
            (None, Vec::new())
        }
    };
    Ok(Block {
        id: inp.id(),
        span: inp.node_span(start),
        stmts,
        tail,
        tail_attrs,
    })
}

/// Statements up to the `}`.
fn statements(inp: &mut Input<'_, '_>) -> Vec<Stmt> {
    let mut stmts = Vec::new();
    loop {
        inp.skip_terminators();
        if matches!(inp.kind(), Tk::RBrace | Tk::Eof) {
            return stmts;
        }
        let start = inp.save();
        forget(inp);
        match stmt::stmt(inp) {
            Ok((mut stmt, ends_itself)) => {
                end_of_statement(inp, &mut stmt, ends_itself);
                let attrs = match &stmt.kind {
                    StmtKind::Item(item) => &item.attrs,
                    _ => &stmt.attrs,
                };
                if keeps(inp, attrs, stmt.span) {
                    stmts.push(stmt);
                }
            }
            Err(Failed) => {
                report_failure(inp);
                inp.rewind(start);
                stmts.push(bad_statement(inp));
            }
        }
    }
}

/// Skips a statement that could not be read.
fn bad_statement(inp: &mut Input<'_, '_>) -> Stmt {
    let start = inp.position();
    inp.skip_until(&[Tk::Newline, Tk::Semi]);
    if inp.position() == start {
        // A bracket that closes nothing of ours cannot be here, but progress must not hang on it.
        inp.bump();
    }
    inp.lose(start);
    let span = inp.node_span(start);
    let expr = Box::new(Expr {
        id: inp.id(),
        span,
        kind: ExprKind::Error,
    });
    Stmt {
        span,
        attrs: Vec::new(),
        kind: StmtKind::Expr { expr, semi: true },
    }
}

/// `;`, a line break or `}` must follow a statement that did not end at a `}` of its own.
fn end_of_statement(inp: &mut Input<'_, '_>, stmt: &mut Stmt, ends_itself: bool) {
    if inp.at(Tk::Semi) {
        let semi_span = inp.here();
        stmt.span = stmt.span.to(semi_span);
        inp.bump();
        if let StmtKind::Expr { semi, .. } = &mut stmt.kind {
            *semi = true;
        }
        return;
    }
    if ends_itself || matches!(inp.kind(), Tk::Newline | Tk::RBrace | Tk::Eof) {
        return;
    }
    let span = inp.here();
    if stmt::begins_with_keyword(inp.kind()) {
        inp.report(
            Diagnostic::error(
                codes::MISSING_SEPARATOR,
                span,
                "a new statement needs a new line",
            )
            .label(span, "this begins another statement")
            .suggest(span.at_start(), "; ", "or separate them with `;`"),
        );
        return;
    }
    inp.fail(Expected::STATEMENT_END);
    report_failure(inp);
    let start = inp.position();
    inp.skip_until(&[Tk::Newline, Tk::Semi]);
    inp.lose(start);
    // What was read is only the beginning of something else.
    let error = |inp: &mut Input<'_, '_>, span| Expr {
        id: inp.id(),
        span,
        kind: ExprKind::Error,
    };
    match &mut stmt.kind {
        StmtKind::Expr { expr, semi } => {
            (**expr, *semi) = (error(inp, expr.span), true);
            inp.lose_span(stmt.span);
        }
        StmtKind::Let(stmt) => {
            if let Some(init) = &mut stmt.init {
                inp.lose_span(init.span);
                *init = error(inp, init.span);
            }
        }
        StmtKind::Item(_) => {}
    }
}
