//! Traits and `impl` blocks.

use gos_diag::{Diagnostic, codes};

use super::cursor::{Input, Parsed, Steps};
use super::item::{Place, item_block};
use super::{generics, path, ty};
use crate::ast::{ImplDecl, Path, TraitDecl, TypeExpr, TypeKind};
use crate::token::Tk;

/// `trait T<A>: B + C where … { … }`
pub(super) fn trait_decl(inp: &mut Input<'_, '_>, is_unsafe: bool) -> Parsed<TraitDecl> {
    inp.expect(Tk::Trait)?;
    let name = path::ident(inp)?;
    let mut generics = generics::generics(inp)?;
    let supertraits = if inp.eat(Tk::Colon) {
        generics::bounds(inp)?
    } else {
        Vec::new()
    };
    generics::where_clause(inp, &mut generics)?;
    let items = item_block(inp, Place::Trait)?;
    Ok(TraitDecl {
        name,
        is_unsafe,
        generics,
        supertraits,
        items,
    })
}

/// `impl<T> Trait for Type where … { … }`, `impl<T> Type { … }`
pub(super) fn impl_decl(inp: &mut Input<'_, '_>, is_unsafe: bool) -> Parsed<ImplDecl> {
    let start = inp.position();
    inp.expect(Tk::Impl)?;
    let mut generics = generics::generics(inp)?;
    let first = ty::ty(inp)?;
    let (trait_, self_ty) = if inp.eat(Tk::For) {
        let trait_ = trait_path(inp, first)?;
        (Some(trait_), ty::ty(inp)?)
    } else {
        (None, first)
    };
    generics::where_clause(inp, &mut generics)?;
    let header_span = inp.node_span(start);
    let items = item_block(inp, Place::Impl)?;
    Ok(ImplDecl {
        header_span,
        is_unsafe,
        generics,
        trait_,
        self_ty,
        items,
    })
}

/// The trait in front of `for`, which was read as a type.
fn trait_path(inp: &mut Input<'_, '_>, ty: TypeExpr) -> Parsed<Path> {
    match ty.kind {
        TypeKind::Path(path) => Ok(path),
        _ => Err(inp.fail_with(
            Diagnostic::error(codes::UNEXPECTED_TOKEN, ty.span, "this is not a trait")
                .label(ty.span, "expected the name of a trait in front of `for`"),
        )),
    }
}
