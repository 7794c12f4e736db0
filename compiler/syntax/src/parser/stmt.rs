//! Statements: `let`, items, expressions, assignments.

use gos_diag::{Diagnostic, codes};

use super::cursor::{Input, Parsed, Steps};
use super::{attribute, block, expr, item, pat, primary, ty};
use crate::ast::{
    Attribute, BinOp, Expr, ExprKind, LetStmt, Lit, LitKind, Pat, PatKind, Stmt, StmtKind,
};
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
        return Ok((
            Stmt {
                span: inp.node_span(start),
                kind,
            },
            true,
        ));
    }
    if inp.at(Tk::Let) || is_foreign_let(inp) {
        return let_stmt(inp, Vec::new()).map(|stmt| (stmt, false));
    }
    if primary::is_block_like(inp) {
        return block_statement(inp);
    }
    let value = expr::expr(inp)?;
    if let Some(kind) = foreign_statement(inp, &value)? {
        // `x++` ends its line in an operator, so no line break follows it.
        let ends_itself = matches!(kind, StmtKind::Expr { .. });
        let span = inp.node_span(start);
        return Ok((Stmt { span, kind }, ends_itself));
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
    Stmt {
        span: inp.node_span(start),
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

/// A statement with attributes: an item or a `let`.
fn attributed(inp: &mut Input<'_, '_>) -> Parsed<(Stmt, bool)> {
    let start = inp.position();
    let checkpoint = inp.save();
    let attrs = attribute::attributes(inp)?;
    if inp.at(Tk::Let) {
        return let_stmt(inp, attrs).map(|stmt| (stmt, false));
    }
    if item::is_ahead(inp) {
        // The item reads its attributes by itself.
        inp.rewind(checkpoint);
        let item = item::item(inp, item::Place::Body)?;
        let kind = StmtKind::Item(Box::new(item));
        return Ok((
            Stmt {
                span: inp.node_span(start),
                kind,
            },
            true,
        ));
    }
    let span = attrs.first().map_or(inp.here(), |attr| attr.span);
    Err(inp.fail_with(
        Diagnostic::error(
            codes::INVALID_ATTRIBUTE,
            span,
            "an attribute cannot stand here",
        )
        .label(span, "attributes belong to items and `let`"),
    ))
}

/// `let p: T = e else { … }`
fn let_stmt(inp: &mut Input<'_, '_>, attrs: Vec<Attribute>) -> Parsed<Stmt> {
    let start = inp.position();
    if inp.at(Tk::Let) {
        inp.bump()
    } else {
        foreign_let(inp)
    }
    let pat = pat::pat(inp)?;
    let ty = if inp.eat(Tk::Colon) {
        Some(ty::ty(inp)?)
    } else {
        None
    };
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
        attrs,
        pat,
        ty,
        init,
        else_block,
    }));
    Ok(Stmt {
        span: inp.node_span(start),
        kind,
    })
}

/// `var x`: what others write for `let mut x`.
fn is_foreign_let(inp: &mut Input<'_, '_>) -> bool {
    inp.at_word("var") && inp.kind_at(1) == Tk::Ident
}

fn foreign_let(inp: &mut Input<'_, '_>) {
    let span = inp.here();
    inp.report(
        Diagnostic::error(
            codes::FOREIGN_SYNTAX,
            span,
            "variables are declared with `let`",
        )
        .label(span, "not a word of Gossamer")
        .suggest(span, "let mut", "write `let mut`"),
    );
    inp.bump();
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

/// `x := e` and `x++`, read as what they are elsewhere, with a message.
fn foreign_statement(inp: &mut Input<'_, '_>, value: &Expr) -> Parsed<Option<StmtKind>> {
    if inp.at_joint(Tk::Colon, Tk::Eq) {
        return short_declaration(inp, value).map(Some);
    }
    if expr::is_step(inp) {
        return Ok(Some(step(inp, value)));
    }
    Ok(None)
}

fn short_declaration(inp: &mut Input<'_, '_>, value: &Expr) -> Parsed<StmtKind> {
    let op_start = inp.position();
    inp.bump();
    inp.bump();
    let op_span = inp.node_span(op_start);
    let mut diagnostic = Diagnostic::error(
        codes::FOREIGN_SYNTAX,
        op_span,
        "variables are declared with `let`",
    )
    .label(op_span, "not an operator of Gossamer");
    let name = match &value.kind {
        ExprKind::Path(path) => path.as_ident(),
        _ => None,
    };
    if name.is_some() {
        diagnostic = diagnostic
            .suggest(value.span.at_start(), "let ", "write `let` in front")
            .suggest(op_span, "=", "and `=` here");
    }
    inp.report(diagnostic);
    let init = Some(expr::expr(inp)?);
    let kind = match name {
        Some(name) => PatKind::Ident {
            by_ref: false,
            mutable: true,
            name,
            sub: None,
        },
        None => PatKind::Error,
    };
    let pat = Pat {
        id: inp.id(),
        span: value.span,
        kind,
    };
    let (id, attrs) = (inp.id(), Vec::new());
    Ok(StmtKind::Let(Box::new(LetStmt {
        id,
        attrs,
        pat,
        ty: None,
        init,
        else_block: None,
    })))
}

fn step(inp: &mut Input<'_, '_>, value: &Expr) -> StmtKind {
    let op_start = inp.position();
    let (op, sign) = if inp.at(Tk::Plus) {
        (BinOp::Add, "+")
    } else {
        (BinOp::Sub, "-")
    };
    inp.bump();
    inp.bump();
    let op_span = inp.node_span(op_start);
    let message = format!("there is no `{sign}{sign}`");
    inp.report(
        Diagnostic::error(codes::FOREIGN_SYNTAX, op_span, message)
            .label(op_span, "not an operator of Gossamer")
            .suggest(op_span, format!(" {sign}= 1"), format!("write `{sign}= 1`")),
    );
    let one = Lit {
        span: op_span,
        kind: LitKind::Int {
            value: 1,
            suffix: None,
        },
    };
    let rhs = Box::new(Expr {
        id: inp.id(),
        span: op_span,
        kind: ExprKind::Lit(one),
    });
    let kind = ExprKind::AssignOp {
        op,
        op_span,
        lhs: Box::new(value.clone()),
        rhs,
    };
    let span = value.span.to(op_span);
    StmtKind::Expr {
        expr: Box::new(Expr {
            id: inp.id(),
            span,
            kind,
        }),
        semi: true,
    }
}
