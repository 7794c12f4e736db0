//! `#[…]` and `#![…]`

use chumsky::{IterParser, Parser};
use gos_diag::{Diagnostic, Span, Symbol, codes};

use super::cursor::{Input, Parsed, Steps, rule, token};
use super::failure::{Expected, Failed, report_failure};
use super::list::{Element, bracketed};
use super::literal;
use crate::ast::{
    AttrArg, Attribute, FieldDecl, Ident, Item, MatchArm, Meta, MetaKind, Param, SelectArm, Variant,
};
use crate::token::Tk;

/// The attributes in front of something, and the line breaks behind them.
pub(super) fn attributes(inp: &mut Input<'_, '_>) -> Parsed<Vec<Attribute>> {
    let mut attrs = Vec::new();
    while inp.at(Tk::Pound) {
        if inp.kind_at(1) == Tk::Bang {
            let span = inp.here();
            inp.report(
                Diagnostic::error(codes::INVALID_ATTRIBUTE, span, "`#!` belongs at the top")
                    .label(span, "only a whole file can be meant by this")
                    .help("remove the `!`"),
            );
        }
        attrs.extend(attribute(inp)?);
        inp.skip_newlines();
    }
    Ok(attrs)
}

/// Those of a field in a literal or a pattern, which only conditions mean something for.
pub(super) fn conditions(inp: &mut Input<'_, '_>) -> Parsed<Vec<Attribute>> {
    let attrs = attributes(inp)?;
    for attr in &attrs {
        if attr.meta.name.name != "cfg" {
            inp.report(
                Diagnostic::error(
                    codes::INVALID_ATTRIBUTE,
                    attr.span,
                    "only `#[cfg(…)]` can stand here",
                )
                .label(attr.span, "in front of a field of a literal or a pattern"),
            );
        }
    }
    Ok(attrs)
}

/// The attributes of the file itself.
pub(super) fn inner_attributes(inp: &mut Input<'_, '_>) -> Vec<Attribute> {
    let mut attrs = Vec::new();
    loop {
        inp.skip_terminators();
        if !(inp.at(Tk::Pound) && inp.kind_at(1) == Tk::Bang) {
            return attrs;
        }
        match attribute(inp) {
            Ok(attr) => attrs.extend(attr),
            Err(Failed) => {
                report_failure(inp);
                inp.skip_until(&[Tk::Newline, Tk::Semi]);
            }
        }
    }
}

/// What may carry attributes.
pub(super) trait Attributed {
    fn attrs(&self) -> &[Attribute];
    fn span(&self) -> Span;
}

/// The node, unless a `#[cfg]` of it does not hold.
pub(super) fn keep<T: Attributed>(inp: &mut Input<'_, '_>, node: T) -> Option<T> {
    keeps(inp, node.attrs(), node.span()).then_some(node)
}

/// The nodes that stay.
pub(super) fn keep_all<T: Attributed>(inp: &mut Input<'_, '_>, nodes: Vec<T>) -> Vec<T> {
    let stay = nodes.into_iter().filter_map(|node| keep(inp, node));
    stay.collect()
}

/// Whether what stands at `span` under these attributes stays; otherwise notes that it went.
pub(super) fn keeps(inp: &mut Input<'_, '_>, attrs: &[Attribute], span: Span) -> bool {
    let state = inp.cx();
    let keep = attrs.is_empty() || (state.keep.0)(attrs);
    if !keep {
        state.removed.push(span);
    }
    keep
}

macro_rules! attributed {
    ($($node:ty),*) => {$(
        impl Attributed for $node {
            fn attrs(&self) -> &[Attribute] {
                &self.attrs
            }
            fn span(&self) -> Span {
                self.span
            }
        }
    )*};
}

attributed!(Item, FieldDecl, Variant, MatchArm, SelectArm, Param);

/// One attribute; nothing when what it holds was bad and reported.
fn attribute(inp: &mut Input<'_, '_>) -> Parsed<Option<Attribute>> {
    let start = inp.position();
    inp.expect(Tk::Pound)?;
    inp.eat(Tk::Bang);
    let mut list = bracketed(inp, Tk::LBrack, Element::new(meta))?;
    let span = inp.node_span(start);
    if list.elements.len() > 1 {
        inp.report(
            Diagnostic::error(
                codes::INVALID_ATTRIBUTE,
                span,
                "one `#[…]` holds one attribute",
            )
            .label(span, "write one `#[…]` for each"),
        );
    }
    if list.elements.is_empty() {
        return Ok(None);
    }
    Ok(Some(Attribute {
        span,
        meta: list.elements.swap_remove(0),
    }))
}

/// `derive(Debug)`, `deprecated = "…"`
fn meta(inp: &mut Input<'_, '_>) -> Parsed<Meta> {
    let start = inp.position();
    let names = rule(word)
        .separated_by(token(Tk::ColonColon))
        .at_least(1)
        .collect::<Vec<_>>();
    let names = inp.parse(names)?;
    let name_span = inp.node_span(start);
    let name = match names.as_slice() {
        [only] => *only,
        many => {
            let joined: Vec<&str> = many.iter().map(|name| name.as_str()).collect();
            Symbol::intern(&joined.join("::"))
        }
    };
    let kind = match inp.kind() {
        Tk::Eq => {
            inp.bump();
            match literal::literal(inp) {
                Some(lit) => MetaKind::Value(lit),
                None => return Err(inp.fail(Expected::kind(Tk::Str))),
            }
        }
        Tk::LParen => MetaKind::List(bracketed(inp, Tk::LParen, Element::new(argument))?.elements),
        _ => MetaKind::Word,
    };
    let name = Ident {
        name,
        span: name_span,
    };
    Ok(Meta {
        span: inp.node_span(start),
        name,
        kind,
    })
}

/// A name; keywords too, as in `#[macro]` or `cfg(unsafe)`.
fn word(inp: &mut Input<'_, '_>) -> Parsed<Symbol> {
    let name = inp.symbol();
    if !inp.kind().is_keyword() {
        inp.expect(Tk::Ident)?;
    } else {
        inp.bump();
    }
    Ok(name)
}

fn argument(inp: &mut Input<'_, '_>) -> Parsed<AttrArg> {
    match literal::literal(inp) {
        Some(lit) => Ok(AttrArg::Lit(lit)),
        None => meta(inp).map(AttrArg::Meta),
    }
}
