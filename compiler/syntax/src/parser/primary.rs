//! Expressions that begin with a token of their own.

use gos_diag::{Diagnostic, Span, codes};

use super::cursor::{Input, Mode, Parsed, Steps, in_mode};
use super::failure::{Expected, Failed};
use super::foreign::{operand, separator};
use super::list::{Element, bracketed};
use super::{
    attribute, block, closure, control, expr, literal, macro_call, pat, path, select, stmt,
};
use crate::ast::{Attribute, Expr, ExprKind, FieldInit, Ident, Path, PathSegment, StructLit};
use crate::token::Tk;

/// An expression without operators around it, and whether it took everything up to its end: then
/// nothing is applied to it from behind.
pub(super) fn primary(inp: &mut Input<'_, '_>) -> Parsed<(Expr, bool)> {
    let start = inp.position();
    let mut open_ended = false;
    if let Some(found) = operand::operand(inp)? {
        return Ok((found, false));
    }
    let kind = match inp.kind() {
        Tk::LParen => return Ok((parenthesized(inp)?, false)),
        Tk::LBrack => array(inp)?,
        Tk::LBrace
        | Tk::If
        | Tk::Match
        | Tk::Loop
        | Tk::While
        | Tk::For
        | Tk::Unsafe
        | Tk::Label
        | Tk::Select => control_kind(inp)?,
        Tk::Fn => closure::anonymous_fn(inp)?,
        Tk::Let => return Ok((control::condition_let(inp)?, true)),
        Tk::Pipe | Tk::OrOr | Tk::Return | Tk::Break | Tk::Continue | Tk::Go | Tk::Defer => {
            open_ended = true;
            open_kind(inp)?
        }
        Tk::Ident if closure::is_move(inp) => {
            closure::skip_move(inp);
            return primary(inp);
        }
        Tk::Ident if macro_call::is_ahead(inp) => macro_call::macro_call(inp)?,
        kind if literal::begins(kind) => match literal::literal(inp) {
            Some(lit) => ExprKind::Lit(lit),
            None => ExprKind::Error,
        },
        kind if path::begins(kind) => path_or_struct(inp)?,
        Tk::Underscore => underscore(inp)?,
        Tk::ColonColon => return Err(missing_turbofish(inp)),
        _ => return Err(inp.fail(Expected::EXPR)),
    };
    Ok((
        Expr {
            id: inp.id(),
            span: inp.node_span(start),
            kind,
        },
        open_ended,
    ))
}

/// `_`, which an assignment may discard to.
fn underscore(inp: &mut Input<'_, '_>) -> Parsed<ExprKind> {
    let name = path::ident_or_underscore(inp)?;
    Ok(ExprKind::Path(path_of(inp, name)))
}

/// `Vec<T>::new()`: up to the `>` it reads as a comparison.
fn missing_turbofish(inp: &mut Input<'_, '_>) -> Failed {
    let before = inp.position().checked_sub(1);
    let state = inp.cx();
    let closes = |index: usize| state.tokens.get(index).is_some_and(|t| t.kind == Tk::Gt);
    if !before.is_some_and(closes) {
        return inp.fail(Expected::EXPR);
    }
    let span = inp.here();
    let diagnostic = Diagnostic::error(codes::UNEXPECTED_TOKEN, span, "this reads as a comparison")
        .label(span, "expected an expression to compare with");
    let diagnostic = match opening_angle(inp) {
        Some(open) => diagnostic.suggest(open.at_start(), "::", "write `::` in front of the `<`"),
        None => diagnostic.help("generic arguments in an expression are written `Vec::<T>::new()`"),
    };
    inp.fail_with(diagnostic)
}

/// The `<` that belongs to the `>` in front.
fn opening_angle(inp: &mut Input<'_, '_>) -> Option<Span> {
    let last = inp.position();
    let state = inp.cx();
    let mut depth = 0usize;
    for index in (0..last).rev() {
        match state.tokens[index].kind {
            Tk::Gt => depth += 1,
            Tk::Lt if depth == 1 => return Some(state.token_span(index)),
            Tk::Lt => depth -= 1,
            Tk::Newline | Tk::Semi | Tk::LBrace | Tk::RBrace => return None,
            _ => {}
        }
    }
    None
}

/// Elements between braces, where other languages put those of an array; whether there are some.
pub(super) fn braced_elements(inp: &mut Input<'_, '_>) -> Parsed<bool> {
    let element = Element {
        parse: element_of_braces,
        bad: expr::error_expr,
    };
    bracketed(inp, Tk::LBrace, element).map(|list| !list.elements.is_empty())
}

/// `value`, `key: value`
fn element_of_braces(inp: &mut Input<'_, '_>) -> Parsed<Expr> {
    let key = expr::expr(inp)?;
    if inp.eat(Tk::Colon) {
        return expr::expr(inp);
    }
    Ok(key)
}

/// Whether a statement that begins with this token ends at its `}`.
pub(super) fn is_block_like(inp: &mut Input<'_, '_>) -> bool {
    match inp.kind() {
        Tk::If | Tk::Match | Tk::Loop | Tk::While | Tk::For | Tk::LBrace | Tk::Select => true,
        Tk::Unsafe => inp.kind_at(1) == Tk::LBrace,
        Tk::Label => inp.kind_at(1) == Tk::Colon,
        _ => false,
    }
}

/// A block-like expression alone.
pub(super) fn block_like(inp: &mut Input<'_, '_>) -> Parsed<Expr> {
    let start = inp.position();
    let kind = control_kind(inp)?;
    Ok(Expr {
        id: inp.id(),
        span: inp.node_span(start),
        kind,
    })
}

fn control_kind(inp: &mut Input<'_, '_>) -> Parsed<ExprKind> {
    match inp.kind() {
        Tk::If => control::if_expr(inp),
        Tk::Match => control::match_expr(inp),
        Tk::Select => select::select(inp),
        Tk::Unsafe => {
            inp.bump();
            Ok(ExprKind::Unsafe(block::block(inp)?))
        }
        _ => control::labelled(inp),
    }
}

/// Expressions whose last operand reaches as far as it can.
fn open_kind(inp: &mut Input<'_, '_>) -> Parsed<ExprKind> {
    match inp.kind() {
        Tk::Pipe | Tk::OrOr => closure::closure(inp),
        Tk::Return => {
            inp.bump();
            Ok(ExprKind::Return(same_line_value(inp)?))
        }
        Tk::Break => {
            inp.bump();
            let label = path::label(inp);
            Ok(ExprKind::Break {
                label,
                value: same_line_value(inp)?,
            })
        }
        Tk::Continue => {
            inp.bump();
            Ok(ExprKind::Continue {
                label: path::label(inp),
            })
        }
        Tk::Go => {
            inp.bump();
            let operand = expr::expr(inp)?;
            Ok(match expr::is_call_operand(inp, "go", &operand) {
                true => ExprKind::Go(Box::new(operand)),
                false => ExprKind::Error,
            })
        }
        _ => defer(inp),
    }
}

fn defer(inp: &mut Input<'_, '_>) -> Parsed<ExprKind> {
    inp.expect(Tk::Defer)?;
    let operand = if inp.at(Tk::LBrace) {
        block::block_expr(inp)?
    } else {
        expr::expr(inp)?
    };
    Ok(match expr::is_call_operand(inp, "defer", &operand) {
        true => ExprKind::Defer(Box::new(operand)),
        false => ExprKind::Error,
    })
}

/// The value of `return` and `break`, which must begin on the same line.
fn same_line_value(inp: &mut Input<'_, '_>) -> Parsed<Option<Box<Expr>>> {
    let same_line = inp.look(0).is_some_and(|token| !token.newline_before);
    let body_ahead = inp.cx().mode.head && inp.at(Tk::LBrace);
    if !same_line || body_ahead || !expr::begins(inp.kind()) {
        return Ok(None);
    }
    expr::expr(inp).map(|value| Some(Box::new(value)))
}

fn expr_element<'s>() -> Element<'s, Expr> {
    Element {
        parse: expr::expr,
        bad: expr::error_expr,
    }
}

/// `()`, `(a)`, `(a,)`, `(a, b)`
fn parenthesized(inp: &mut Input<'_, '_>) -> Parsed<Expr> {
    let start = inp.position();
    let mut list = bracketed(inp, Tk::LParen, expr_element())?;
    if list.elements.len() == 1
        && !list.trailing_comma
        && let Some(mut only) = list.elements.pop()
    {
        only.span = inp.node_span(start);
        return Ok(only);
    }
    let kind = ExprKind::Tuple(list.elements);
    Ok(Expr {
        id: inp.id(),
        span: inp.node_span(start),
        kind,
    })
}

/// `[a, b]`, `[v; n]`
fn array(inp: &mut Input<'_, '_>) -> Parsed<ExprKind> {
    if let Some((value, len)) = repeat(inp)? {
        return Ok(ExprKind::Repeat { value, len });
    }
    bracketed(inp, Tk::LBrack, expr_element()).map(|list| ExprKind::Array(list.elements))
}

/// `[v; n]`, if a `;` stands in the brackets; also for `vec!`.
pub(super) fn repeat(inp: &mut Input<'_, '_>) -> Parsed<Option<(Box<Expr>, Box<Expr>)>> {
    if !semicolon_inside(inp) {
        return Ok(None);
    }
    let close = inp.kind().closer().unwrap_or(Tk::RBrack);
    inp.bump();
    let parts = in_mode(inp, Mode::default(), |inp| {
        let value = Box::new(expr::expr(inp)?);
        inp.expect(Tk::Semi)?;
        Ok((value, Box::new(expr::expr(inp)?)))
    })?;
    inp.expect(close)?;
    Ok(Some(parts))
}

/// Whether the group that begins here holds a `;` on its own level.
fn semicolon_inside(inp: &mut Input<'_, '_>) -> bool {
    let mut depth = 0usize;
    for ahead in 0.. {
        match inp.kind_at(ahead) {
            Tk::Eof => return false,
            Tk::Semi if depth == 1 => return true,
            Tk::Comma if depth == 1 => return false,
            kind if kind.closer().is_some() => depth += 1,
            kind if kind.is_closer() => {
                depth -= 1;
                if depth == 0 {
                    return false;
                }
            }
            _ => {}
        }
    }
    false
}

/// A path, or the struct literal that it begins.
fn path_or_struct(inp: &mut Input<'_, '_>) -> Parsed<ExprKind> {
    let start = inp.position();
    let path = path::expr_path(inp)?;
    if !inp.at(Tk::LBrace) {
        return Ok(ExprKind::Path(path));
    }
    if !inp.cx().mode.head {
        return struct_literal(inp, path).map(ExprKind::Struct);
    }
    let field = inp.kind_at(1) == Tk::Ident && inp.kind_at(2) == Tk::Colon;
    if !field {
        return Ok(ExprKind::Path(path));
    }
    let name_span = path.span;
    let literal = struct_literal(inp, path)?;
    let span = inp.node_span(start);
    let message = "a struct literal cannot stand here without parentheses";
    inp.report(
        Diagnostic::error(codes::STRUCT_LITERAL_IN_HEAD, span, message)
            .label(name_span, "its `{` would begin the body")
            .help("put the literal in parentheses"),
    );
    Ok(ExprKind::Struct(literal))
}

/// A field, or the base at the end.
enum FieldOrBase {
    Field(Vec<Attribute>, FieldInit),
    Base(Expr),
}

fn struct_literal(inp: &mut Input<'_, '_>, path: Path) -> Parsed<StructLit> {
    let gaps = inp.cx().gaps.len();
    let list = bracketed(inp, Tk::LBrace, Element::new(field_or_base))?;
    separator::report(inp, gaps, "a field's value");
    let mut fields = Vec::new();
    let mut base = None;
    for entry in list.elements {
        match entry {
            FieldOrBase::Field(attrs, field) => {
                if attribute::keeps(inp, &attrs, field.span) {
                    fields.push(field);
                }
            }
            FieldOrBase::Base(expr) => base = Some(Box::new(expr)),
        }
    }
    Ok(StructLit { path, fields, base })
}

/// `P { 1, 2 }`
fn unnamed_field(inp: &mut Input<'_, '_>) -> Failed {
    let span = inp.here();
    inp.fail_with(
        Diagnostic::error(codes::UNEXPECTED_TOKEN, span, "the fields of a struct are named")
            .label(span, "which field is this?")
            .help("write `P { x: 1, y: 2 }`; a tuple struct, `struct P(i64, i64)`, is made with `P(1, 2)`"),
    )
}

fn field_or_base(inp: &mut Input<'_, '_>) -> Parsed<FieldOrBase> {
    let attrs = attribute::conditions(inp)?;
    if inp.at(Tk::DotDot) {
        // Alone it leaves fields out where an assignment takes a struct apart.
        if inp.kind_at(1) != Tk::RBrace {
            inp.bump();
        }
        return expr::expr(inp).map(FieldOrBase::Base);
    }
    let start = inp.position();
    if literal::begins(inp.kind()) && inp.kind_at(1) != Tk::Colon {
        return Err(unnamed_field(inp));
    }
    let name = pat::field_name(inp)?;
    let equals = inp.here();
    if inp.at(Tk::Eq) {
        inp.cx().gaps.push(separator::Gap::Equals(equals));
    }
    if inp.eat(Tk::Colon) || inp.eat(Tk::Eq) {
        let value = expr::expr(inp)?;
        let span = inp.node_span(start);
        return Ok(FieldOrBase::Field(
            attrs,
            FieldInit {
                span,
                name,
                value,
                shorthand: false,
            },
        ));
    }
    inp.fail(Expected::kind(Tk::Colon));
    let path = path_of(inp, name);
    let value = Expr {
        id: inp.id(),
        span: name.span,
        kind: ExprKind::Path(path),
    };
    Ok(FieldOrBase::Field(
        attrs,
        FieldInit {
            span: name.span,
            name,
            value,
            shorthand: true,
        },
    ))
}

fn path_of(inp: &mut Input<'_, '_>, name: Ident) -> Path {
    Path {
        id: inp.id(),
        span: name.span,
        qself: None,
        anchor: crate::ast::PathAnchor::None,
        segments: vec![PathSegment::plain(name)],
    }
}

/// An expression where an assignment may stand too: statements, arms, bodies of closures.
pub(super) fn value_or_assignment(inp: &mut Input<'_, '_>) -> Parsed<Expr> {
    let start = inp.position();
    let value = expr::expr(inp)?;
    stmt::assignment(inp, value, start)
}
