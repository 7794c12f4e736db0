//! From declared items to items with types: generics, bounds, fields, signatures, impls.
//!
//! Runs after loading, in passes over what is fresh in the tables; each pass may rely on what the
//! passes before it filled for all items. Read next: `lower_ty.rs` (types), `header.rs` (generics and
//! impl headers), `signature.rs`, `adt.rs`, `check_impl.rs`.

mod adt;
mod alias;
mod array_length;
mod boxing;
mod check_impl;
mod const_ints;
mod entry;
mod foreign;
mod generics;
mod header;
mod impl_params;
mod lower_args;
mod lower_ty;
mod object;
mod predicates;
mod signature;
mod test_case;
mod trait_;

#[cfg(test)]
mod tests;

pub(crate) use check_impl::has_other_signature;
pub(crate) use generics::{identity_args, param_names};
pub(crate) use lower_ty::{ImplMode, Lower};

use crate::cx::{Cx, Scope};
use crate::derive;
use crate::program::{FnParent, Program};
use crate::solve::normalize_in;
use crate::types::{Flags, Ty};

/// Gives every fresh item its types.
pub(crate) fn collect(cx: &mut Cx<'_>) {
    const_ints::compute(cx);
    header::name_params(cx);
    trait_::name_members(cx);
    object::find_unsafe(cx);
    alias::lower_all(cx);
    header::fill_params(cx);
    trait_::lower_supertraits(cx);
    header::lower_impls(cx);
    trait_::lower_assoc_types(cx);
    predicates::lower_all(cx);
    adt::lower_all(cx);
    boxing::box_recursive_fields(cx);
    signature::lower_all(cx);
    foreign::find_same_symbols(cx);
    derive::declare_all(cx);
    index_impls(cx);
    // From here on the tables are complete, so the solver may look at them.
    normalize_tables(cx);
}

/// Checks what the user's items promise, and finds where the program begins.
pub(crate) fn check_user(cx: &mut Cx<'_>) {
    check_impl::check_all(cx, false);
    entry::find_main(cx);
    test_case::collect(cx);
    let main = cx.program.main.map(|id| cx.program.fns[id].span);
    cx.diagnostics
        .extend(crate::refused::report(main.unwrap_or_default()));
}

/// Checks what the library's items promise.
pub(crate) fn check_library(cx: &mut Cx<'_>) {
    check_impl::check_all(cx, true);
}

/// Runs `f` with what it takes to lower types in `scope`.
fn with_lower<R>(cx: &mut Cx<'_>, scope: &Scope<'_>, f: impl FnOnce(&mut Lower<'_>) -> R) -> R {
    let mut diagnostics = std::mem::take(&mut cx.diagnostics);
    let result = {
        let mut lower = Lower::of_scope(&cx.names, &cx.program, scope, &mut diagnostics);
        f(&mut lower)
    };
    cx.diagnostics = diagnostics;
    result
}

/// Sorts fresh impls by what they implement.
fn index_impls(cx: &mut Cx<'_>) {
    let fresh = cx.fresh_impls();
    let program = &mut cx.program;
    for id in fresh {
        match program.impls[id].trait_ref {
            Some(trait_ref) => program
                .impls_of_trait
                .entry(trait_ref.trait_)
                .or_default()
                .push(id),
            None => program.inherent_impls.push(id),
        }
        program.index_impl(id);
    }
}

/// Replaces `<T as Trait>::Name` in fresh signatures and fields by what it is, where that is known.
fn normalize_tables(cx: &mut Cx<'_>) {
    let open = |ty: Ty| ty.has(Flags::PROJECTION);
    let (fns, adts) = (cx.fresh_fns(), cx.fresh_adts());
    let program = &mut cx.program;
    let mut sigs = Vec::new();
    for id in fns {
        let fn_ = &program.fns[id];
        if fn_.sig.params.iter().any(|ty| open(*ty)) || open(fn_.sig.result) {
            let env = &fn_.generics.predicates;
            sigs.push((id, normalize_in(program, env, fn_.sig)));
        }
    }
    for (id, sig) in sigs {
        program.fns[id].sig = sig;
    }
    let mut fields = Vec::new();
    for id in adts {
        let adt = &program.adts[id];
        for (v, variant) in adt.variants.iter().enumerate() {
            for (f, field) in variant.fields.iter().enumerate() {
                if open(field.ty) {
                    let ty = normalize_in(program, &adt.generics.predicates, field.ty);
                    fields.push((id, v, f, ty));
                }
            }
        }
    }
    for (id, variant, field, ty) in fields {
        program.adts[id].variants[variant].fields[field].ty = ty;
    }
}

/// The generics, with predicates, that members of an item inherit.
fn parent_generics(program: &Program, parent: FnParent) -> Option<&crate::program::Generics> {
    match parent {
        FnParent::Module => None,
        FnParent::Impl(id) => Some(&program.impls[id].generics),
        FnParent::Trait(id) => Some(&program.traits[id].generics),
    }
}
