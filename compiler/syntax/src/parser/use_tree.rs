//! `use`

use gos_diag::Symbol;

use super::cursor::{Input, Parsed, Steps, nested};
use super::failure::Expected;
use super::list::{Element, bracketed};
use super::{literal, path};
use crate::ast::{Ident, LitKind, Path, PathAnchor, PathSegment, UseDecl, UseTree, UseTreeKind};
use crate::token::Tk;

/// `use a::b::{c, d as e}`
pub(super) fn use_decl(inp: &mut Input<'_, '_>) -> Parsed<UseDecl> {
    inp.expect(Tk::Use)?;
    Ok(UseDecl { tree: tree(inp)? })
}

fn tree(inp: &mut Input<'_, '_>) -> Parsed<UseTree> {
    nested(|| {
        let start = inp.position();
        let id = inp.id();
        let (prefix, open) = prefix(inp)?;
        let kind = kind(inp, open)?;
        Ok(UseTree {
            id,
            span: inp.node_span(start),
            prefix,
            kind,
        })
    })
}

/// What is taken; `open` when a `::` stands in front, or nothing at all.
fn kind(inp: &mut Input<'_, '_>, open: bool) -> Parsed<UseTreeKind> {
    if open {
        return match inp.kind() {
            Tk::Star => {
                inp.bump();
                Ok(UseTreeKind::Glob)
            }
            Tk::LBrace => {
                let list = bracketed(inp, Tk::LBrace, Element::new(tree))?;
                Ok(UseTreeKind::Nested(list.elements))
            }
            _ => {
                let rest = Expected::kind(Tk::Star).or(Expected::kind(Tk::LBrace));
                Err(inp.fail(rest.or(Expected::kind(Tk::Ident))))
            }
        };
    }
    let rename = if inp.eat(Tk::As) {
        Some(path::ident_or_underscore(inp)?)
    } else {
        None
    };
    Ok(UseTreeKind::Simple { rename })
}

/// The names in front, and whether something must follow them: a `*` or a list.
fn prefix(inp: &mut Input<'_, '_>) -> Parsed<(Path, bool)> {
    let start = inp.position();
    let id = inp.id();
    let mut path = Path {
        id,
        span: inp.here().at_start(),
        qself: None,
        anchor: PathAnchor::None,
        segments: Vec::new(),
    };
    let mut open = true;
    while open {
        let first = inp.position() == start;
        let (span, name) = (inp.here(), inp.symbol());
        match inp.kind() {
            Tk::Ident | Tk::SelfType => {
                inp.bump();
                path.segments.push(PathSegment::plain(Ident { name, span }));
            }
            // `self` alone, or inside of braces, is a name; in front of `::` it is an anchor.
            Tk::SelfValue if first && inp.kind_at(1) != Tk::ColonColon => {
                inp.bump();
                path.segments.push(PathSegment::plain(Ident { name, span }));
            }
            _ => match anchor(inp, path.anchor, first, path.segments.is_empty()) {
                Some(anchor) => path.anchor = anchor,
                None => break,
            },
        }
        path.span = inp.node_span(start);
        open = inp.eat(Tk::ColonColon);
    }
    Ok((path, open))
}

/// The anchor that is next, given what was read so far.
fn anchor(
    inp: &mut Input<'_, '_>,
    before: PathAnchor,
    first: bool,
    no_names: bool,
) -> Option<PathAnchor> {
    let anchor = match inp.kind() {
        Tk::Crate if first => PathAnchor::Crate,
        Tk::SelfValue if first => PathAnchor::SelfModule,
        Tk::Super if first => PathAnchor::Super(1),
        Tk::Super if no_names => match before {
            PathAnchor::Super(count) => PathAnchor::Super(count + 1),
            _ => PathAnchor::Super(1),
        },
        Tk::Str if first => PathAnchor::Package(package(inp)?),
        _ => return None,
    };
    if !matches!(anchor, PathAnchor::Package(_)) {
        inp.bump();
    }
    Some(anchor)
}

fn package(inp: &mut Input<'_, '_>) -> Option<Symbol> {
    match literal::literal(inp)?.kind {
        LitKind::Str(id) => Some(id),
        _ => None,
    }
}
