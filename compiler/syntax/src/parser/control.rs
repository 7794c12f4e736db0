//! `if`, `match` and loops.

use gos_diag::{Diagnostic, codes};

use super::attribute::{Attributed, keep};
use super::cursor::{Input, Mode, Parsed, Steps, in_mode, nested};
use super::failure::{Expected, Failed, forget, report_failure};
use super::foreign::{branch, loops};
use super::{attribute, block, expr, pat, path, primary, stmt};
use crate::ast::{BinOp, Expr, ExprKind, ForExpr, Ident, If, MatchArm};
use crate::token::Tk;

const HEAD: Mode = Mode {
    head: true,
    condition: false,
    piped: false,
};
const CONDITION: Mode = Mode {
    head: true,
    condition: true,
    piped: false,
};

/// What stands between the keyword and the `{`.
pub(super) fn head(inp: &mut Input<'_, '_>) -> Parsed<Box<Expr>> {
    in_mode(inp, HEAD, expr::expr).map(Box::new)
}

/// A condition, where `let` may stand.
pub(super) fn condition(inp: &mut Input<'_, '_>) -> Parsed<Box<Expr>> {
    let start = inp.position();
    if let Some(head) = branch::eat_declaring_head(inp) {
        return Ok(Box::new(head));
    }
    let cond = in_mode(inp, CONDITION, expr::expr)?;
    if inp.at(Tk::Eq) {
        let span = inp.here();
        inp.report(
            Diagnostic::error(
                codes::INVALID_ASSIGNMENT,
                span,
                "an assignment is not a condition",
            )
            .label(span, "assigns")
            .suggest(span, "==", "compare with `==`"),
        );
        let op_span = span;
        inp.bump();
        let rhs = head(inp)?;
        let kind = ExprKind::Binary {
            op: BinOp::Eq,
            op_span,
            lhs: Box::new(cond),
            rhs,
        };
        return Ok(Box::new(Expr {
            id: inp.id(),
            span: inp.node_span(start),
            kind,
        }));
    }
    Ok(Box::new(cond))
}

/// `let p = e` within a condition.
pub(super) fn condition_let(inp: &mut Input<'_, '_>) -> Parsed<Expr> {
    let start = inp.position();
    if !inp.cx().mode.condition {
        let span = inp.here();
        return Err(inp.fail_with(
            Diagnostic::error(codes::MISPLACED_ITEM, span, "`let` has no value")
                .label(span, "a value is expected here")
                .help("`let` stands as a statement, or in the condition of `if` and `while`"),
        ));
    }
    inp.bump();
    let pat = Box::new(pat::pat(inp)?);
    inp.expect(Tk::Eq)?;
    let init = Box::new(expr::let_value(inp)?);
    let kind = ExprKind::Let { pat, init };
    Ok(Expr {
        id: inp.id(),
        span: inp.node_span(start),
        kind,
    })
}

/// `if c { … } else { … }`
pub(super) fn if_expr(inp: &mut Input<'_, '_>) -> Parsed<ExprKind> {
    inp.expect(Tk::If)?;
    if_rest(inp)
}

/// What follows `if`.
fn if_rest(inp: &mut Input<'_, '_>) -> Parsed<ExprKind> {
    let cond = condition(inp)?;
    let then_block = branch::body(inp, "if")?;
    let else_branch = if inp.eat(Tk::Else) {
        Some(Box::new(else_branch(inp)?))
    } else if branch::eat_elif(inp) {
        let start = inp.position();
        let kind = nested(|| if_rest(inp))?;
        Some(Box::new(Expr {
            id: inp.id(),
            span: inp.node_span(start),
            kind,
        }))
    } else {
        None
    };
    Ok(ExprKind::If(If {
        cond,
        then_block,
        else_branch,
    }))
}

fn else_branch(inp: &mut Input<'_, '_>) -> Parsed<Expr> {
    let start = inp.position();
    if !inp.at(Tk::If) {
        let block = branch::body(inp, "else")?;
        let span = block.span;
        return Ok(Expr {
            id: inp.id(),
            span,
            kind: ExprKind::Block { label: None, block },
        });
    }
    let kind = nested(|| if_expr(inp))?;
    Ok(Expr {
        id: inp.id(),
        span: inp.node_span(start),
        kind,
    })
}

/// `'label: loop …`, and the same without a label; also a plain block.
pub(super) fn labelled(inp: &mut Input<'_, '_>) -> Parsed<ExprKind> {
    let label = path::label(inp);
    if label.is_some() {
        inp.expect(Tk::Colon)?;
    }
    match inp.kind() {
        Tk::Loop => {
            inp.bump();
            Ok(ExprKind::Loop {
                label,
                body: block::block(inp)?,
            })
        }
        Tk::While => {
            inp.bump();
            let cond = condition(inp)?;
            Ok(ExprKind::While {
                label,
                cond,
                body: branch::body(inp, "while")?,
            })
        }
        Tk::For => for_expr(inp, label),
        Tk::LBrace => Ok(ExprKind::Block {
            label,
            block: block::block(inp)?,
        }),
        _ => {
            let loops = Expected::kind(Tk::Loop).or(Expected::kind(Tk::While));
            Err(inp.fail(loops.or(Expected::kind(Tk::For)).or(Expected::BLOCK)))
        }
    }
}

fn for_expr(inp: &mut Input<'_, '_>, label: Option<Ident>) -> Parsed<ExprKind> {
    inp.expect(Tk::For)?;
    for_rest(inp, label)
}

/// What follows `for`.
pub(super) fn for_rest(inp: &mut Input<'_, '_>, label: Option<Ident>) -> Parsed<ExprKind> {
    if let Some(kind) = loops::for_loop(inp, label)? {
        return Ok(kind);
    }
    let pat = pat::pat(inp)?;
    inp.expect(Tk::In)?;
    let iter = *head(inp)?;
    let body = branch::body(inp, "for")?;
    Ok(ExprKind::For(Box::new(ForExpr {
        label,
        pat,
        iter,
        body,
    })))
}

/// `match e { … }`
pub(super) fn match_expr(inp: &mut Input<'_, '_>) -> Parsed<ExprKind> {
    inp.expect(Tk::Match)?;
    let scrutinee = head(inp)?;
    block::open_brace(inp)?;
    let arms = in_mode(inp, Mode::default(), |inp| arms(inp, match_arm))?;
    Ok(ExprKind::Match { scrutinee, arms })
}

/// The arms of a `match` or `select` and their closing brace.
pub(super) fn arms<'s, T: Attributed>(
    inp: &mut Input<'s, '_>,
    arm: fn(&mut Input<'s, '_>) -> Parsed<(T, bool)>,
) -> Parsed<Vec<T>> {
    let mut arms = Vec::new();
    loop {
        inp.skip_newlines();
        if inp.eat(Tk::RBrace) || inp.at(Tk::Eof) {
            return Ok(arms);
        }
        let start = inp.save();
        forget(inp);
        match arm(inp) {
            Ok((value, ends_itself)) => {
                arms.extend(keep(inp, value));
                end_of_arm(inp, ends_itself);
            }
            Err(Failed) => {
                report_failure(inp);
                inp.rewind(start);
                let first = inp.position();
                inp.skip_until(&[Tk::Comma, Tk::Newline]);
                inp.lose(first);
                inp.eat(Tk::Comma);
            }
        }
    }
}

/// `,` or a line break; not needed behind `}`.
fn end_of_arm(inp: &mut Input<'_, '_>, ends_itself: bool) {
    let ended = matches!(inp.kind(), Tk::Newline | Tk::RBrace | Tk::Eof);
    if inp.eat(Tk::Comma) || ended || ends_itself {
        return;
    }
    if inp.at(Tk::Semi) {
        let span = inp.here();
        inp.report(
            Diagnostic::error(
                codes::UNEXPECTED_TOKEN,
                span,
                "an arm does not end with `;`",
            )
            .label(span, "expected `,` or the end of the line")
            .suggest(span, ",", "write `,`"),
        );
        inp.bump();
        return;
    }
    inp.fail(Expected::kind(Tk::Comma).or(Expected::kind(Tk::RBrace)));
    report_failure(inp);
    let first = inp.position();
    inp.skip_until(&[Tk::Comma, Tk::Newline]);
    inp.lose(first);
    inp.eat(Tk::Comma);
}

fn match_arm(inp: &mut Input<'_, '_>) -> Parsed<(MatchArm, bool)> {
    let attrs = attribute::attributes(inp)?;
    let start = inp.position();
    branch::eat_case(inp);
    let pat = pat::pat(inp)?;
    // A guard may stand on a line of its own: nothing else could begin there with `if`.
    if inp.at(Tk::Newline) && inp.kind_at(1) == Tk::If {
        inp.bump();
    }
    let guard = if inp.eat(Tk::If) {
        Some(in_mode(inp, GUARD, expr::expr)?)
    } else {
        None
    };
    branch::arm_arrow(inp)?;
    let (body, ends_itself) = arm_body(inp)?;
    let span = inp.node_span(start);
    Ok((
        MatchArm {
            id: inp.id(),
            span,
            attrs,
            pat,
            guard,
            body,
        },
        ends_itself,
    ))
}

const GUARD: Mode = Mode {
    head: false,
    condition: true,
    piped: false,
};

/// The value of an arm, and whether it ended at a `}` that lets the next arm follow at once.
pub(super) fn arm_body(inp: &mut Input<'_, '_>) -> Parsed<(Expr, bool)> {
    let start = inp.position();
    if !primary::is_block_like(inp) {
        return primary::value_or_assignment(inp).map(|value| (value, false));
    }
    let first = primary::block_like(inp)?;
    if !matches!(inp.kind(), Tk::Dot | Tk::Question) {
        return Ok((first, true));
    }
    let value = expr::continue_expr(inp, first, start)?;
    Ok((stmt::assignment(inp, value, start)?, false))
}
