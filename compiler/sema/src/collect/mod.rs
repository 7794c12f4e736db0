//! From declared items to items with types: generics, bounds, fields, signatures, impls.
//!
//! Runs once, after loading, in passes over the tables; each pass may rely on what the passes
//! before it filled for all items. Read next: `lower_ty.rs` (types), `header.rs` (generics and
//! impl headers), `signature.rs`, `adt.rs`, `check_impl.rs`.

mod adt;
mod alias;
mod array_length;
mod boxing;
mod check_impl;
mod const_ints;
mod entry;
mod generics;
mod header;
mod lower_args;
mod lower_ty;
mod object;
mod predicates;
mod signature;
mod test_case;
mod trait_;

#[cfg(test)]
mod tests;

pub(crate) use generics::{identity_args, param_names};
pub(crate) use lower_ty::{ImplMode, Lower};

use crate::cx::{Cx, Scope};
use crate::derive;
use crate::infer::any_part;
use crate::program::{FnParent, Program};
use crate::solve::normalize_in;
use crate::types::{Ty, TyKind};

/// Gives every declared item its types.
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
    boxing::box_recursive_fields(&mut cx.program);
    signature::lower_all(cx);
    derive::declare_all(cx);
    index_impls(&mut cx.program);
    // From here on the tables are complete, so the solver may look at them.
    cx.program.index_impls();
    normalize_tables(&mut cx.program);
    check_impl::check_all(cx);
    entry::find_main(cx);
    test_case::collect(cx);
    let main = cx.program.main.map(|id| cx.program.fns[id].span);
    cx.diagnostics
        .extend(crate::refused::report(main.unwrap_or_default()));
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

/// Sorts impls by what they implement.
fn index_impls(program: &mut Program) {
    for (id, impl_) in program.impls.iter() {
        match impl_.trait_ref {
            Some(trait_ref) => program
                .impls_of_trait
                .entry(trait_ref.trait_)
                .or_default()
                .push(id),
            None => program.inherent_impls.push(id),
        }
    }
}

/// Replaces `<T as Trait>::Name` in signatures and fields by what it is, where that is known.
fn normalize_tables(program: &mut Program) {
    let open = |ty: Ty| {
        any_part(ty, &mut |part| {
            matches!(part.kind(), TyKind::Projection { .. })
        })
    };
    let mut sigs = Vec::new();
    for (id, fn_) in program.fns.iter() {
        if fn_.sig.params.iter().any(|ty| open(*ty)) || open(fn_.sig.result) {
            let env = &fn_.generics.predicates;
            sigs.push((id, normalize_in(program, env, fn_.sig)));
        }
    }
    for (id, sig) in sigs {
        program.fns[id].sig = sig;
    }
    let mut fields = Vec::new();
    for (id, adt) in program.adts.iter() {
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
