//! Operators: one table gives precedence, one loop applies it.

use gos_diag::{Diagnostic, Span, codes};

use super::cursor::{Input, Parsed, Steps, nested};
use super::foreign::operator;
use super::{literal, path, postfix, ty};
use crate::ast::{BinOp, Expr, ExprKind, UnOp};
use crate::token::Tk;

/// How tightly an operator binds. A right operand is read one level higher, so all of them
/// associate to the left.
type Level = u8;

const PIPE: Level = 1;
const RANGE: Level = 2;
const OR: Level = 3;
const AND: Level = 4;
const COMPARE: Level = 5;
const BIT_OR: Level = 6;
const BIT_XOR: Level = 7;
const BIT_AND: Level = 8;
const SHIFT: Level = 9;
const ADD: Level = 10;
const MUL: Level = 11;
const CAST: Level = 12;

/// An infix operator, as it stands in the text.
#[derive(Clone, Copy)]
enum Infix {
    Binary(BinOp),
    /// One that is spelled otherwise here.
    Foreign(BinOp),
    /// `<-`
    Send,
    /// `**`
    Power,
    Range {
        inclusive: bool,
    },
    Pipe,
    Cast,
}

/// The operator that begins here, its level, and how many tokens it is. Those of an assignment
/// are none.
fn infix(inp: &mut Input<'_, '_>) -> Option<(Infix, Level, usize)> {
    let binary = |op, level| Some((Infix::Binary(op), level, 1));
    if let Some((op, length)) = operator::infix(inp) {
        let level = match op {
            BinOp::And => AND,
            BinOp::Or => OR,
            _ => COMPARE,
        };
        return Some((Infix::Foreign(op), level, length));
    }
    match inp.kind() {
        Tk::Lt if operator::is_send(inp) => Some((Infix::Send, COMPARE, 0)),
        Tk::Star if operator::is_power(inp) => Some((Infix::Power, MUL, 0)),
        Tk::DotDotDot => Some((Infix::Range { inclusive: true }, RANGE, 1)),
        Tk::OrOr => binary(BinOp::Or, OR),
        Tk::AndAnd => binary(BinOp::And, AND),
        Tk::EqEq => binary(BinOp::Eq, COMPARE),
        Tk::Ne => binary(BinOp::Ne, COMPARE),
        Tk::Lt => angle(inp, Tk::Lt, [BinOp::Lt, BinOp::Le, BinOp::Shl]),
        Tk::Gt => angle(inp, Tk::Gt, [BinOp::Gt, BinOp::Ge, BinOp::Shr]),
        Tk::Pipe => binary(BinOp::BitOr, BIT_OR),
        Tk::Caret => binary(BinOp::BitXor, BIT_XOR),
        Tk::Amp => binary(BinOp::BitAnd, BIT_AND),
        Tk::Plus | Tk::Minus if is_step(inp) => None,
        Tk::Plus => binary(BinOp::Add, ADD),
        Tk::Minus => binary(BinOp::Sub, ADD),
        Tk::Star => binary(BinOp::Mul, MUL),
        Tk::Slash => binary(BinOp::Div, MUL),
        Tk::Percent => binary(BinOp::Rem, MUL),
        Tk::DotDot => Some((Infix::Range { inclusive: false }, RANGE, 1)),
        Tk::DotDotEq => Some((Infix::Range { inclusive: true }, RANGE, 1)),
        Tk::PipeGt => Some((Infix::Pipe, PIPE, 1)),
        Tk::As => Some((Infix::Cast, CAST, 1)),
        _ => None,
    }
}

/// What `<` or `>` is with what follows it closely: alone, with `=`, doubled. `<<=` assigns.
fn angle(inp: &mut Input<'_, '_>, kind: Tk, ops: [BinOp; 3]) -> Option<(Infix, Level, usize)> {
    let joint = |inp: &mut Input<'_, '_>, at: usize| inp.look(at).is_some_and(|t| t.joint);
    let [single, equal, shift] = ops;
    if inp.at_joint(kind, Tk::Eq) {
        return Some((Infix::Binary(equal), COMPARE, 2));
    }
    if inp.at_joint(kind, kind) {
        let assigns = joint(inp, 1) && inp.kind_at(2) == Tk::Eq;
        return (!assigns).then_some((Infix::Binary(shift), SHIFT, 2));
    }
    Some((Infix::Binary(single), COMPARE, 1))
}

/// `x++` and `x--` at the end of a statement; `stmt.rs` words the message.
pub(super) fn is_step(inp: &mut Input<'_, '_>) -> bool {
    let kind = inp.kind();
    if !matches!(kind, Tk::Plus | Tk::Minus) || !inp.at_joint(kind, kind) {
        return false;
    }
    // A line that ends in an operator goes on, so the line break shows only on the next token.
    let line_ends = inp.look(2).is_none_or(|next| next.newline_before);
    let close = inp.position().checked_sub(1);
    let touches = close.is_some_and(|index| inp.cx().tokens[index].joint);
    match inp.kind_at(2) {
        Tk::Newline | Tk::Semi | Tk::RBrace | Tk::Eof | Tk::LBrace => true,
        next => line_ends && (kind == Tk::Plus || touches || !begins(next) || next.is_keyword()),
    }
}

/// An expression; an assignment is none.
pub(super) fn expr(inp: &mut Input<'_, '_>) -> Parsed<Expr> {
    operators(inp, PIPE)
}

/// The value of a `let` in a condition: `&&` and `||` belong to the condition.
pub(super) fn let_value(inp: &mut Input<'_, '_>) -> Parsed<Expr> {
    operators(inp, COMPARE)
}

/// The body of a closure, up to the next `|>` where the closure is piped into.
pub(super) fn closure_value(inp: &mut Input<'_, '_>) -> Parsed<Expr> {
    let piped = inp.cx().mode.piped;
    operators(inp, if piped { RANGE } else { PIPE })
}

/// What follows a block-like expression that a statement began with.
pub(super) fn continue_expr(inp: &mut Input<'_, '_>, first: Expr, start: usize) -> Parsed<Expr> {
    let base = postfix::continue_postfix(inp, first, start)?;
    continue_operators(inp, base, start, PIPE)
}

fn operators(inp: &mut Input<'_, '_>, least: Level) -> Parsed<Expr> {
    nested(|| {
        let start = inp.position();
        let first = match inp.kind() {
            Tk::DotDot | Tk::DotDotEq => open_range(inp)?,
            _ => prefix(inp)?,
        };
        continue_operators(inp, first, start, least)
    })
}

fn continue_operators(
    inp: &mut Input<'_, '_>,
    first: Expr,
    start: usize,
    least: Level,
) -> Parsed<Expr> {
    let mut lhs = first;
    let mut compared = false;
    while let Some((op, level, length)) = infix(inp) {
        if level < least {
            break;
        }
        if compared && level == COMPARE {
            chained_comparison(inp, length);
        }
        compared = level == COMPARE;
        let op_start = inp.position();
        if inp.at(Tk::DotDotDot) {
            operator::three_dots(inp);
        }
        for _ in 0..length {
            inp.bump();
        }
        let op_span = inp.node_span(op_start);
        // Behind an infix `>` or `*` a line break means nothing; `layout.rs` left it here because
        // the same tokens also end types and imports.
        if matches!(op, Infix::Binary(_)) {
            inp.eat(Tk::Newline);
        }
        let op = match op {
            Infix::Foreign(op) => {
                operator::report(inp, op, op_span);
                Infix::Binary(op)
            }
            op => op,
        };
        let kind = apply(inp, op, op_span, lhs, level)?;
        lhs = Expr {
            id: inp.id(),
            span: inp.node_span(start),
            kind,
        };
    }
    Ok(lhs)
}

/// Reads the right side of an operator.
fn apply(
    inp: &mut Input<'_, '_>,
    op: Infix,
    op_span: Span,
    lhs: Expr,
    level: Level,
) -> Parsed<ExprKind> {
    let lhs = Box::new(lhs);
    match op {
        Infix::Binary(op) => {
            let rhs = Box::new(operators(inp, level + 1)?);
            if op == BinOp::Or {
                reject_let(inp, &lhs);
                reject_let(inp, &rhs);
            }
            Ok(ExprKind::Binary {
                op,
                op_span,
                lhs,
                rhs,
            })
        }
        Infix::Range { inclusive } => {
            let end = range_end(inp, inclusive)?;
            Ok(ExprKind::Range {
                start: Some(lhs),
                end,
                inclusive,
            })
        }
        Infix::Foreign(_) => Ok(ExprKind::Error),
        Infix::Send => operator::send(inp, *lhs),
        Infix::Power => operator::power(inp, lhs.span),
        Infix::Cast => Ok(ExprKind::Cast {
            operand: lhs,
            ty: Box::new(ty::cast_type(inp)?),
        }),
        Infix::Pipe => {
            let outer = std::mem::replace(&mut inp.cx().mode.piped, true);
            let rhs = operators(inp, level + 1);
            inp.cx().mode.piped = outer;
            let rhs = Box::new(rhs?);
            check_pipe_target(inp, &rhs);
            Ok(ExprKind::Pipe { lhs, op_span, rhs })
        }
    }
}

/// `..b`, `..=b`, `..`
fn open_range(inp: &mut Input<'_, '_>) -> Parsed<Expr> {
    let start = inp.position();
    let inclusive = inp.at(Tk::DotDotEq);
    inp.bump();
    let end = range_end(inp, inclusive)?;
    let kind = ExprKind::Range {
        start: None,
        end,
        inclusive,
    };
    Ok(Expr {
        id: inp.id(),
        span: inp.node_span(start),
        kind,
    })
}

fn range_end(inp: &mut Input<'_, '_>, inclusive: bool) -> Parsed<Option<Box<Expr>>> {
    let body_ahead = inp.cx().mode.head && inp.at(Tk::LBrace);
    let present = begins(inp.kind()) && !body_ahead && !matches!(inp.kind(), Tk::DotDot);
    if !present && !inclusive {
        return Ok(None);
    }
    operators(inp, OR).map(|end| Some(Box::new(end)))
}

/// Whether an expression begins with this token.
pub(super) fn begins(kind: Tk) -> bool {
    use Tk::*;
    literal::begins(kind)
        || path::begins(kind)
        || matches!(
            kind,
            LParen | LBrack | LBrace | Minus | Bang | Star | Amp | AndAnd | Pipe
        )
        || matches!(
            kind,
            OrOr | If | Match | Loop | While | For | Unsafe | Fn | Return | Break
        )
        || matches!(
            kind,
            Continue | Go | Select | Defer | Label | DotDot | DotDotEq
        )
}

/// Prefix operators. Iterated rather than recursive: `- - - …` is cheap to write.
fn prefix(inp: &mut Input<'_, '_>) -> Parsed<Expr> {
    enum Prefix {
        Unary(UnOp),
        Ref { mutable: bool },
    }
    let mut seen = Vec::new();
    loop {
        let start = inp.position();
        let op = match inp.kind() {
            Tk::Minus => Prefix::Unary(UnOp::Neg),
            Tk::Bang => Prefix::Unary(UnOp::Not),
            Tk::Star => Prefix::Unary(UnOp::Deref),
            Tk::Amp | Tk::AndAnd => {
                if inp.at(Tk::AndAnd) {
                    seen.push((start, Prefix::Ref { mutable: false }));
                }
                inp.bump();
                let mutable = inp.eat(Tk::Mut);
                seen.push((start, Prefix::Ref { mutable }));
                continue;
            }
            _ => break,
        };
        inp.bump();
        seen.push((start, op));
    }
    let mut expr = postfix::postfix(inp)?;
    for (start, op) in seen.into_iter().rev() {
        let operand = Box::new(expr);
        let kind = match op {
            Prefix::Unary(op) => ExprKind::Unary { op, operand },
            Prefix::Ref { mutable } => ExprKind::Ref { mutable, operand },
        };
        expr = Expr {
            id: inp.id(),
            span: inp.node_span(start),
            kind,
        };
    }
    Ok(expr)
}

fn chained_comparison(inp: &mut Input<'_, '_>, length: usize) {
    let first = inp.position();
    let state = inp.cx();
    let span = state
        .token_span(first)
        .to(state.token_span(first + length - 1));
    let closes_generics = inp.at(Tk::Gt);
    if closes_generics && inp.kind_at(length) == Tk::ColonColon {
        // `Vec<T>::new()`: `primary.rs` reports it at the `::`.
        return;
    }
    let mut diagnostic = Diagnostic::error(
        codes::CHAINED_COMPARISON,
        span,
        "comparisons cannot be chained",
    )
    .label(span, "the left side of this is a comparison already")
    .help("join two comparisons with `&&`, or put one in parentheses");
    if closes_generics {
        diagnostic = diagnostic.help("generic arguments in an expression are written `f::<T>()`");
    }
    inp.report(diagnostic);
}

/// `let` binds for what follows its `&&`; under `||` it may not have matched.
fn reject_let(inp: &mut Input<'_, '_>, operand: &Expr) {
    match &operand.kind {
        ExprKind::Let { .. } => {
            let span = operand.span;
            inp.report(
                Diagnostic::error(
                    codes::UNEXPECTED_TOKEN,
                    span,
                    "`let` cannot stand beside `||`",
                )
                .label(span, "its variables would not always exist")
                .help("use `&&`, or a `match`"),
            );
        }
        ExprKind::Binary {
            op: BinOp::And,
            lhs,
            rhs,
            ..
        } => {
            reject_let(inp, lhs);
            reject_let(inp, rhs);
        }
        _ => {}
    }
}

fn check_pipe_target(inp: &mut Input<'_, '_>, target: &Expr) {
    let called = match &target.kind {
        ExprKind::Try(inner) => is_call(inner),
        ExprKind::Path(_) | ExprKind::Closure(_) | ExprKind::Error => true,
        _ => is_call(target),
    };
    if called {
        return;
    }
    let span = target.span;
    let help = match &target.kind {
        ExprKind::Field { .. } => {
            "write a method with its parentheses, `value.name()`, a function in a field `(value.name)()`"
        }
        _ => {
            "the value stands on the left, what takes it on the right: a function, a call, a method call, a macro call or a closure"
        }
    };
    inp.report(
        Diagnostic::error(
            codes::PIPE_TARGET,
            span,
            "`|>` needs something to call on its right",
        )
        .label(span, "this cannot take the value")
        .help(help),
    );
}

fn is_call(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Call { .. } | ExprKind::MethodCall { .. } | ExprKind::Macro(_) => true,
        ExprKind::Try(inner) => is_call(inner),
        _ => false,
    }
}

/// Whether `go` or `defer` may stand before the operand; reports one that is no call.
pub(super) fn is_call_operand(inp: &mut Input<'_, '_>, word: &str, operand: &Expr) -> bool {
    let fine = match &operand.kind {
        ExprKind::Call { .. } | ExprKind::MethodCall { .. } | ExprKind::Macro(_) => true,
        ExprKind::Closure(_) => word == "go",
        ExprKind::Block { label, .. } => word == "defer" && label.is_none(),
        ExprKind::Error => true,
        _ => false,
    };
    if fine {
        return true;
    }
    let span = operand.span;
    let form = if word == "go" {
        "go fn() { … }"
    } else {
        "defer { … }"
    };
    inp.report(
        Diagnostic::error(codes::GO_OPERAND, span, format!("`{word}` needs a call"))
            .label(span, "not a call")
            .help(format!("call a function here, or write `{form}`")),
    );
    false
}

/// A bad expression's node.
pub(super) fn error_expr(inp: &mut Input<'_, '_>, span: Span) -> Option<Expr> {
    Some(Expr {
        id: inp.id(),
        span,
        kind: ExprKind::Error,
    })
}
