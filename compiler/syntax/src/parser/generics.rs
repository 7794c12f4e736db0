//! Generic parameters, bounds and `where`.

use chumsky::{IterParser, Parser};

use super::cursor::{Input, Parsed, Steps, rule, token};
use super::path::{self, ident};
use super::{block, ty};
use crate::ast::{Bound, Expr, GenericParam, GenericParamKind, Generics, WherePredicate};
use crate::token::Tk;

/// `<T: A, const N: usize>`, or nothing. The `where` clause comes later in the header.
pub(super) fn generics(inp: &mut Input<'_, '_>) -> Parsed<Generics> {
    let start = inp.position();
    let mut params = Vec::new();
    if inp.at(Tk::Lt) {
        let list = rule(param).separated_by(token(Tk::Comma)).allow_trailing();
        let list = list
            .collect::<Vec<_>>()
            .delimited_by(token(Tk::Lt), token(Tk::Gt));
        params = inp.parse(list)?.into_iter().flatten().collect();
    }
    Ok(Generics {
        span: inp.node_span(start),
        params,
        where_clause: Vec::new(),
    })
}

/// One parameter; nothing for a lifetime, which is reported.
fn param(inp: &mut Input<'_, '_>) -> Parsed<Option<GenericParam>> {
    if inp.at(Tk::Label) {
        path::no_lifetime(inp);
        if inp.eat(Tk::Colon) {
            inp.eat(Tk::Label);
        }
        return Ok(None);
    }
    let start = inp.position();
    if inp.eat(Tk::Const) {
        let name = ident(inp)?;
        inp.expect(Tk::Colon)?;
        let ty = ty::ty(inp)?;
        let default = inp.parse(token(Tk::Eq).ignore_then(rule(const_value)).or_not())?;
        let kind = GenericParamKind::Const {
            ty,
            default: default.map(Box::new),
        };
        return Ok(Some(GenericParam {
            id: inp.id(),
            span: inp.node_span(start),
            name,
            kind,
        }));
    }
    let name = ident(inp)?;
    let bounds = if inp.eat(Tk::Colon) {
        bounds(inp)?
    } else {
        Vec::new()
    };
    let default = inp.parse(token(Tk::Eq).ignore_then(rule(ty::ty)).or_not())?;
    let kind = GenericParamKind::Type { bounds, default };
    Ok(Some(GenericParam {
        id: inp.id(),
        span: inp.node_span(start),
        name,
        kind,
    }))
}

/// The default of a const parameter: what may stand between angle brackets.
fn const_value(inp: &mut Input<'_, '_>) -> Parsed<Expr> {
    if inp.at(Tk::LBrace) {
        block::block_expr(inp)
    } else {
        path::signed_literal(inp)
    }
}

/// `A + B`
pub(super) fn bounds(inp: &mut Input<'_, '_>) -> Parsed<Vec<Bound>> {
    let list = rule(bound)
        .separated_by(token(Tk::Plus))
        .at_least(1)
        .collect::<Vec<_>>();
    Ok(inp.parse(list)?.into_iter().flatten().collect())
}

fn bound(inp: &mut Input<'_, '_>) -> Parsed<Option<Bound>> {
    if inp.at(Tk::Label) {
        path::no_lifetime(inp);
        return Ok(None);
    }
    let start = inp.position();
    let wrapped = inp.eat(Tk::LParen);
    let maybe = inp.eat(Tk::Question);
    let path = path::type_path(inp)?;
    if wrapped {
        inp.expect(Tk::RParen)?;
    }
    Ok(Some(Bound {
        span: inp.node_span(start),
        maybe,
        path,
    }))
}

/// `where T: A, U: B`, into the generics of the item. Line breaks in front of it mean nothing.
pub(super) fn where_clause(inp: &mut Input<'_, '_>, generics: &mut Generics) -> Parsed<()> {
    if !inp.eat(Tk::Where) {
        return Ok(());
    }
    while !matches!(
        inp.kind(),
        Tk::LBrace | Tk::Newline | Tk::Semi | Tk::Eq | Tk::Eof
    ) {
        if inp.at(Tk::Label) {
            path::no_lifetime(inp);
            inp.expect(Tk::Colon)?;
            bounds(inp)?;
        } else {
            generics.where_clause.push(predicate(inp)?);
        }
        if !inp.eat(Tk::Comma) {
            break;
        }
    }
    Ok(())
}

fn predicate(inp: &mut Input<'_, '_>) -> Parsed<WherePredicate> {
    let start = inp.position();
    let ty = ty::ty(inp)?;
    inp.expect(Tk::Colon)?;
    let bounds = bounds(inp)?;
    Ok(WherePredicate {
        span: inp.node_span(start),
        ty,
        bounds,
    })
}
