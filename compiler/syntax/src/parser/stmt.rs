//! Statements: `let`, items, expressions, assignments.

use gos_diag::{Diagnostic, codes};

use super::block;
use super::cursor::{Input, Parsed, Steps};
use super::foreign::{separator, several, statement};
use super::{attribute, expr, item, pat, primary};
use crate::ast::{BinOp, Expr, ExprKind, LetStmt, PatKind, Stmt, StmtKind};
use crate::token::Tk;

/// Whether only a statement can begin with this token, never the rest of one.
pub(super) fn begins_with_keyword(kind: Tk) -> bool {
    use Tk::*;
    matches!(
        kind,
        Let | Return | Break | Continue | If | Match | While | For | Loop | Go | Defer
    ) || matches!(
        kind,
        Select | Fn | Struct | Enum | Trait | Impl | Use | Const | Static | Pub
    )
}

/// A statement without what ends it, and whether it ended at its own `}`.
pub(super) fn stmt(inp: &mut Input<'_, '_>) -> Parsed<(Stmt, bool)> {
    let start = inp.position();
    if inp.at(Tk::Pound) {
        return attributed(inp);
    }
    if item::is_ahead(inp) {
        let item = item::item(inp, item::Place::Body)?;
        let kind = StmtKind::Item(Box::new(item));
        return Ok((bare(inp, kind, start), true));
    }
    if inp.at(Tk::Let) || statement::is_let(inp) {
        return let_stmt(inp).map(|stmt| (stmt, false));
    }
    if primary::is_block_like(inp) {
        return block_statement(inp);
    }
    if inp.at(Tk::Ident)
        && let Some(found) = statement::statement(inp)?
    {
        return Ok(found);
    }
    let value = expr::expr(inp)?;
    if let Some(kind) = statement::continued(inp, &value, start)? {
        // `x++` ends its line in an operator, so no line break follows it.
        let ends_itself = matches!(kind, StmtKind::Expr { .. });
        return Ok((bare(inp, kind, start), ends_itself));
    }
    // `defer { … }` ends at its brace like the other statements with one.
    let ends_itself = match &value.kind {
        ExprKind::Defer(operand) => matches!(operand.kind, ExprKind::Block { .. }),
        _ => false,
    };
    let value = assignment(inp, value, start)?;
    Ok((expr_stmt(inp, value, start), ends_itself))
}

fn expr_stmt(inp: &mut Input<'_, '_>, expr: Expr, start: usize) -> Stmt {
    let kind = StmtKind::Expr {
        expr: Box::new(expr),
        semi: false,
    };
    bare(inp, kind, start)
}

/// A statement without attributes.
fn bare(inp: &mut Input<'_, '_>, kind: StmtKind, start: usize) -> Stmt {
    Stmt {
        span: inp.node_span(start),
        attrs: Vec::new(),
        kind,
    }
}

/// A statement that begins with a block-like expression ends at its `}`, unless `.` or `?` follows.
fn block_statement(inp: &mut Input<'_, '_>) -> Parsed<(Stmt, bool)> {
    let start = inp.position();
    let first = primary::block_like(inp)?;
    if !matches!(inp.kind(), Tk::Dot | Tk::Question) {
        return Ok((expr_stmt(inp, first, start), true));
    }
    let value = expr::continue_expr(inp, first, start)?;
    let value = assignment(inp, value, start)?;
    Ok((expr_stmt(inp, value, start), false))
}

/// A statement with attributes.
fn attributed(inp: &mut Input<'_, '_>) -> Parsed<(Stmt, bool)> {
    let start = inp.position();
    let checkpoint = inp.save();
    let attrs = attribute::attributes(inp)?;
    if item::is_ahead(inp) {
        // The item reads its attributes by itself.
        inp.rewind(checkpoint);
        let item = item::item(inp, item::Place::Body)?;
        let kind = StmtKind::Item(Box::new(item));
        return Ok((bare(inp, kind, start), true));
    }
    if matches!(inp.kind(), Tk::RBrace | Tk::Semi | Tk::Eof) {
        let span = attrs.first().map_or(inp.here(), |attr| attr.span);
        return Err(inp.fail_with(
            Diagnostic::error(
                codes::INVALID_ATTRIBUTE,
                span,
                "this attribute belongs to nothing",
            )
            .label(span, "no item or statement follows it"),
        ));
    }
    let (stmt, ends_itself) = stmt(inp)?;
    Ok((Stmt { attrs, ..stmt }, ends_itself))
}

/// `let p: T = e else { … }`
fn let_stmt(inp: &mut Input<'_, '_>) -> Parsed<Stmt> {
    let start = inp.position();
    if inp.at(Tk::Let) {
        inp.bump()
    } else {
        statement::eat_let(inp)
    }
    let foreign = inp.position() > start && !inp.cx().tokens[start].kind.is_keyword();
    let gaps = inp.cx().gaps.len();
    let mut pat = pat::pat(inp)?;
    // `let mut` is written for `var`, so that a change is no second mistake.
    if foreign && let PatKind::Ident { mutable, .. } = &mut pat.kind {
        *mutable = true;
    }
    if several::patterns_follow(inp, 0) {
        let kind = several::declared(inp, pat, start)?;
        return Ok(bare(inp, kind, start));
    }
    let ty = separator::typed(inp)?;
    if foreign {
        // `var x int` was reported whole.
        inp.cx().gaps.truncate(gaps);
    }
    separator::report(inp, gaps, "a variable");
    let init = if inp.eat(Tk::Eq) {
        Some(expr::expr(inp)?)
    } else {
        None
    };
    let else_block = if inp.eat(Tk::Else) {
        Some(block::block(inp)?)
    } else {
        None
    };
    let id = inp.id();
    let kind = StmtKind::Let(Box::new(LetStmt {
        id,
        pat,
        ty,
        init,
        else_block,
    }));
    Ok(bare(inp, kind, start))
}

/// What follows an expression if it is assigned to; else the expression itself.
pub(super) fn assignment(inp: &mut Input<'_, '_>, lhs: Expr, start: usize) -> Parsed<Expr> {
    let op_start = inp.position();
    let Some((op, length)) = assignment_operator(inp) else {
        return Ok(lhs);
    };
    for _ in 0..length {
        inp.bump();
    }
    let op_span = inp.node_span(op_start);
    let lhs = Box::new(lhs);
    let rhs = Box::new(expr::expr(inp)?);
    let kind = match op {
        None => ExprKind::Assign { lhs, rhs },
        Some(op) => ExprKind::AssignOp {
            op,
            op_span,
            lhs,
            rhs,
        },
    };
    Ok(Expr {
        id: inp.id(),
        span: inp.node_span(start),
        kind,
    })
}

/// The operator in front of the `=` and how many tokens both are.
fn assignment_operator(inp: &mut Input<'_, '_>) -> Option<(Option<BinOp>, usize)> {
    let compound = |op| Some((Some(op), 1));
    match inp.kind() {
        Tk::Eq => Some((None, 1)),
        Tk::PlusEq => compound(BinOp::Add),
        Tk::MinusEq => compound(BinOp::Sub),
        Tk::StarEq => compound(BinOp::Mul),
        Tk::SlashEq => compound(BinOp::Div),
        Tk::PercentEq => compound(BinOp::Rem),
        Tk::CaretEq => compound(BinOp::BitXor),
        Tk::AmpEq => compound(BinOp::BitAnd),
        Tk::PipeEq => compound(BinOp::BitOr),
        // What `expr` left of these is `<<=` or `>>=`, since it takes `<<` and `<=` itself.
        Tk::Lt if inp.at_joint(Tk::Lt, Tk::Lt) => Some((Some(BinOp::Shl), 3)),
        Tk::Gt if inp.at_joint(Tk::Gt, Tk::Gt) => Some((Some(BinOp::Shr), 3)),
        _ => None,
    }
}
