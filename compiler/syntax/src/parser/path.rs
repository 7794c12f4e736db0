//! Names, paths and generic arguments.

use chumsky::{IterParser, Parser};
use gos_diag::{Diagnostic, Span, Symbol, codes};

use super::cursor::{Input, Parsed, Steps, rule, token};
use super::failure::Expected;
use super::{block, generics, literal, ty};
use crate::ast::{
    Expr, ExprKind, GenericArg, GenericArgs, Ident, Path, PathAnchor, PathSegment, QSelf, UnOp,
};
use crate::token::Tk;

/// How the segments of a path are written.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Style {
    /// Generic arguments only behind `::`.
    Expr,
    /// `Vec<T>`, `Fn(A) -> B`.
    Type,
    /// In a cast: as in expressions, so that `n as i64 < m` compares.
    Cast,
}

/// A name.
pub(super) fn ident(inp: &mut Input<'_, '_>) -> Parsed<Ident> {
    let span = inp.here();
    let token = inp.expect(Tk::Ident)?;
    Ok(Ident {
        name: token.symbol,
        span,
    })
}

/// A name, or `_` where a thing may go unnamed.
pub(super) fn ident_or_underscore(inp: &mut Input<'_, '_>) -> Parsed<Ident> {
    let span = inp.here();
    if inp.eat(Tk::Underscore) {
        return Ok(Ident {
            name: Symbol::UNDERSCORE,
            span,
        });
    }
    ident(inp)
}

/// `'label`
pub(super) fn label(inp: &mut Input<'_, '_>) -> Option<Ident> {
    let (span, name) = (inp.here(), inp.symbol());
    inp.eat(Tk::Label).then_some(Ident { name, span })
}

/// Whether a path begins with this token.
pub(super) fn begins(kind: Tk) -> bool {
    matches!(
        kind,
        Tk::Ident | Tk::SelfValue | Tk::SelfType | Tk::Super | Tk::Crate | Tk::Lt
    )
}

/// A path in an expression or pattern.
pub(super) fn expr_path(inp: &mut Input<'_, '_>) -> Parsed<Path> {
    path(inp, Style::Expr)
}

/// A path in a type or bound.
pub(super) fn type_path(inp: &mut Input<'_, '_>) -> Parsed<Path> {
    path(inp, Style::Type)
}

/// A path.
pub(super) fn path(inp: &mut Input<'_, '_>, style: Style) -> Parsed<Path> {
    let start = inp.position();
    let id = inp.id();
    let mut path = Path {
        id,
        span: inp.here(),
        qself: None,
        anchor: PathAnchor::None,
        // Most paths are one name, and trees are full of them.
        segments: Vec::with_capacity(1),
    };
    if inp.at(Tk::Lt) {
        path.qself = Some(Box::new(qself(inp)?));
        inp.expect(Tk::ColonColon)?;
    } else {
        path.anchor = anchor(inp)?;
    }
    loop {
        let segment = segment(inp, style, path.segments.is_empty())?;
        path.segments.push(segment);
        let more = inp.at(Tk::ColonColon) && matches!(inp.kind_at(1), Tk::Ident | Tk::SelfType);
        if !more {
            break;
        }
        inp.bump();
    }
    path.span = inp.node_span(start);
    Ok(path)
}

/// `crate::`, `self::`, `super::super::`, with the `::` behind it.
fn anchor(inp: &mut Input<'_, '_>) -> Parsed<PathAnchor> {
    let qualified = inp.kind_at(1) == Tk::ColonColon;
    match inp.kind() {
        Tk::Crate => {
            inp.bump();
            inp.expect(Tk::ColonColon)?;
            Ok(PathAnchor::Crate)
        }
        Tk::SelfValue if qualified => {
            inp.bump();
            inp.bump();
            Ok(PathAnchor::SelfModule)
        }
        Tk::Super => {
            let mut count = 0;
            while inp.eat(Tk::Super) {
                inp.expect(Tk::ColonColon)?;
                count += 1;
            }
            Ok(PathAnchor::Super(count))
        }
        _ => Ok(PathAnchor::None),
    }
}

fn segment(inp: &mut Input<'_, '_>, style: Style, first: bool) -> Parsed<PathSegment> {
    let (span, name) = (inp.here(), inp.symbol());
    match inp.kind() {
        Tk::Ident | Tk::SelfType => inp.bump(),
        Tk::SelfValue if first => inp.bump(),
        kind if kind.is_keyword() => return Err(inp.fail(Expected::kind(Tk::Ident))),
        _ if first => return Err(inp.fail(Expected::PATH)),
        _ => return Err(inp.fail(Expected::kind(Tk::Ident))),
    }
    let ident = Ident { name, span };
    let args = match inp.kind() {
        Tk::Lt if style == Style::Type => Some(angle_args(inp)?),
        Tk::ColonColon if inp.kind_at(1) == Tk::Lt => {
            inp.bump();
            Some(angle_args(inp)?)
        }
        Tk::LParen if style != Style::Expr && is_callable(name) => Some(paren_args(inp)?),
        _ => None,
    };
    Ok(PathSegment { ident, args })
}

fn is_callable(name: Symbol) -> bool {
    matches!(name.as_str(), "Fn" | "FnMut" | "FnOnce")
}

/// `<T as Trait>`
fn qself(inp: &mut Input<'_, '_>) -> Parsed<QSelf> {
    inp.expect(Tk::Lt)?;
    let ty = ty::ty(inp)?;
    let trait_ = inp.parse(token(Tk::As).ignore_then(rule(type_path)).or_not())?;
    inp.expect(Tk::Gt)?;
    Ok(QSelf { ty, trait_ })
}

/// `::<…>` behind a method's name.
pub(super) fn turbofish(inp: &mut Input<'_, '_>) -> Parsed<Option<GenericArgs>> {
    if inp.at(Tk::ColonColon) {
        inp.bump();
        return angle_args(inp).map(Some);
    }
    Ok(None)
}

fn angle_args(inp: &mut Input<'_, '_>) -> Parsed<GenericArgs> {
    let start = inp.position();
    let args = rule(angle_arg)
        .separated_by(token(Tk::Comma))
        .allow_trailing()
        .collect::<Vec<_>>();
    let args = inp.parse(args.delimited_by(token(Tk::Lt), token(Tk::Gt)))?;
    let args = args.into_iter().flatten().collect();
    Ok(GenericArgs::Angle {
        span: inp.node_span(start),
        args,
    })
}

/// One argument; nothing for a lifetime, which is reported.
fn angle_arg(inp: &mut Input<'_, '_>) -> Parsed<Option<GenericArg>> {
    match inp.kind() {
        Tk::Label => {
            no_lifetime(inp);
            Ok(None)
        }
        Tk::Int | Tk::Char | Tk::Byte | Tk::Str | Tk::True | Tk::False | Tk::Minus => {
            Ok(Some(GenericArg::Const(signed_literal(inp)?)))
        }
        Tk::LBrace => Ok(Some(GenericArg::Const(block::block_expr(inp)?))),
        Tk::Ident if inp.kind_at(1) == Tk::Eq => {
            let name = ident(inp)?;
            inp.bump();
            Ok(Some(GenericArg::AssocType {
                name,
                ty: ty::ty(inp)?,
            }))
        }
        Tk::Ident if inp.kind_at(1) == Tk::Colon => {
            let name = ident(inp)?;
            inp.bump();
            Ok(Some(GenericArg::AssocBound {
                name,
                bounds: generics::bounds(inp)?,
            }))
        }
        _ => Ok(Some(GenericArg::Type(ty::ty(inp)?))),
    }
}

/// A literal, with a `-` in front or without.
pub(super) fn signed_literal(inp: &mut Input<'_, '_>) -> Parsed<Expr> {
    let start = inp.position();
    let negative = inp.eat(Tk::Minus);
    let Some(lit) = literal::literal(inp) else {
        return Err(inp.fail(Expected::NUMBER));
    };
    let operand = Expr {
        id: inp.id(),
        span: lit.span,
        kind: ExprKind::Lit(lit),
    };
    if !negative {
        return Ok(operand);
    }
    let kind = ExprKind::Unary {
        op: UnOp::Neg,
        operand: Box::new(operand),
    };
    Ok(Expr {
        id: inp.id(),
        span: inp.node_span(start),
        kind,
    })
}

/// `(A, B) -> C`
fn paren_args(inp: &mut Input<'_, '_>) -> Parsed<GenericArgs> {
    let start = inp.position();
    let inputs = ty::type_list(inp)?;
    let output = ty::result_type(inp)?.map(Box::new);
    Ok(GenericArgs::Paren {
        span: inp.node_span(start),
        inputs,
        output,
    })
}

/// Reports and skips a lifetime.
pub(super) fn no_lifetime(inp: &mut Input<'_, '_>) {
    let span = inp.here();
    let at = inp.position();
    let state = inp.cx();
    let kind = |index: usize| state.tokens.get(index).map(|token| token.kind);
    let alone = at > 0 && kind(at - 1) == Some(Tk::Lt) && kind(at + 1) == Some(Tk::Gt);
    let separator = matches!(kind(at + 1), Some(Tk::Comma | Tk::Plus));
    let behind = at + 1 + usize::from(separator);
    // `T: Trait + 'a`, `T: 'a`
    let joined = at > 1 && matches!(kind(at - 1), Some(Tk::Plus | Tk::Colon));
    let last_bound = joined && kind(at + 1) != Some(Tk::Plus);
    let edited = if alone {
        state.token_span(at - 1).to(state.token_span(at + 1))
    } else if last_bound {
        Span {
            start: state.token_span(at - 2).end,
            ..span
        }
    } else {
        let end = state.token_span(behind).start.max(span.end);
        Span { end, ..span }
    };
    inp.report(
        Diagnostic::error(codes::NO_LIFETIMES, span, "Gossamer has no lifetimes")
            .label(span, "nothing has to be written here")
            .note("references stay valid as long as they are used; the collector sees to it")
            .suggest(edited, "", "remove it"),
    );
    inp.bump();
}
