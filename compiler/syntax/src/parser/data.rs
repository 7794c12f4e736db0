//! Structs and enums.

use super::attribute::keep_all;
use super::cursor::{Input, Parsed, Steps};
use super::failure::Expected;
use super::foreign::separator;
use super::list::{Element, bracketed};
use super::{attribute, doc, expr, generics, item, path, ty};
use crate::ast::{EnumDecl, FieldDecl, Ident, StructDecl, Variant, VariantData};
use crate::token::Tk;

/// `struct P<T> where … { … }`, `struct W(…) where …`, `struct Unit`
pub(super) fn struct_decl(inp: &mut Input<'_, '_>) -> Parsed<StructDecl> {
    inp.expect(Tk::Struct)?;
    let name = path::ident(inp)?;
    struct_of(inp, name)
}

/// What follows the name of a struct.
pub(super) fn struct_of(inp: &mut Input<'_, '_>, name: Ident) -> Parsed<StructDecl> {
    let mut generics = generics::generics(inp)?;
    generics::where_clause(inp, &mut generics)?;
    let data = data(inp)?;
    generics::where_clause(inp, &mut generics)?;
    Ok(StructDecl {
        name,
        generics,
        data,
    })
}

/// `enum E<T> where … { … }`
pub(super) fn enum_decl(inp: &mut Input<'_, '_>) -> Parsed<EnumDecl> {
    inp.expect(Tk::Enum)?;
    let name = path::ident(inp)?;
    let mut generics = generics::generics(inp)?;
    generics::where_clause(inp, &mut generics)?;
    let list = bracketed(inp, Tk::LBrace, Element::new(variant))?;
    let variants = keep_all(inp, list.elements);
    Ok(EnumDecl {
        name,
        generics,
        variants,
    })
}

fn data(inp: &mut Input<'_, '_>) -> Parsed<VariantData> {
    match inp.kind() {
        Tk::LBrace => {
            let gaps = inp.cx().gaps.len();
            let list = bracketed(inp, Tk::LBrace, Element::new(named_field))?;
            separator::report(inp, gaps, "a field");
            Ok(VariantData::Named(keep_all(inp, list.elements)))
        }
        Tk::LParen => {
            let list = bracketed(inp, Tk::LParen, Element::new(tuple_field))?;
            Ok(VariantData::Tuple(keep_all(inp, list.elements)))
        }
        _ => Ok(VariantData::Unit),
    }
}

fn variant(inp: &mut Input<'_, '_>) -> Parsed<Variant> {
    let doc = doc::doc_above(inp);
    let attrs = attribute::attributes(inp)?;
    let start = inp.position();
    let id = inp.id();
    let name = path::ident(inp)?;
    let data = data(inp)?;
    let discriminant = if inp.eat(Tk::Eq) {
        Some(expr::expr(inp)?)
    } else {
        None
    };
    let span = inp.node_span(start);
    Ok(Variant {
        id,
        span,
        doc,
        attrs,
        name,
        data,
        discriminant,
    })
}

fn named_field(inp: &mut Input<'_, '_>) -> Parsed<FieldDecl> {
    let doc = doc::doc_above(inp);
    let attrs = attribute::attributes(inp)?;
    let start = inp.position();
    let id = inp.id();
    let vis = item::visibility(inp)?;
    let name = path::ident(inp)?;
    let Some(ty) = separator::typed(inp)? else {
        return Err(inp.fail(Expected::kind(Tk::Colon)));
    };
    let span = inp.node_span(start);
    Ok(FieldDecl {
        id,
        span,
        doc,
        attrs,
        vis,
        name: Some(name),
        ty,
    })
}

fn tuple_field(inp: &mut Input<'_, '_>) -> Parsed<FieldDecl> {
    let doc = doc::doc_above(inp);
    let attrs = attribute::attributes(inp)?;
    let start = inp.position();
    let id = inp.id();
    let vis = item::visibility(inp)?;
    let ty = ty::ty(inp)?;
    let span = inp.node_span(start);
    Ok(FieldDecl {
        id,
        span,
        doc,
        attrs,
        vis,
        name: None,
        ty,
    })
}
