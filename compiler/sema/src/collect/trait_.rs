//! Traits: what they require and which associated types they have.

use super::with_lower;
use crate::cx::Cx;
use crate::program::{AssocType, Predicate};
use crate::types::{TraitRef, Ty, TyKind};
use gos_diag::{Diagnostic, codes};
use gos_syntax::ast::{ItemKind, TypeAlias};
use rustc_hash::FxHashMap;

/// Notes the names of associated types, which other headers may mention.
pub(super) fn name_members(cx: &mut Cx<'_>) {
    for id in cx.fresh_traits() {
        let decl = cx.items.traits[id].decl;
        let mut seen = FxHashMap::default();
        for item in &decl.items {
            let Some(name) = item.name() else { continue };
            if let Some(first) = seen.insert(name.name, name.span) {
                let text = format!("`{}` is declared twice in this trait", name.name);
                cx.report(
                    Diagnostic::error(codes::DUPLICATE_DEFINITION, name.span, text)
                        .label(first, "first declared here"),
                );
                continue;
            }
            if let ItemKind::TypeAlias(_) = &item.kind {
                cx.program.traits[id].assoc_types.push(AssocType {
                    name: name.name,
                    bounds: Vec::new(),
                    predicates: Vec::new(),
                    default: None,
                });
            }
        }
    }
}

/// Lowers `trait A: B + C` and `where Self: D`.
pub(super) fn lower_supertraits(cx: &mut Cx<'_>) {
    for id in cx.fresh_traits() {
        let decl = cx.items.traits[id].decl;
        let scope = cx.items.traits[id].scope.clone();
        let Some(self_ty) = scope.self_ty else {
            continue;
        };
        if decl.supertraits.is_empty() {
            continue;
        }
        let found = with_lower(cx, &scope, |lower| lower.bounds(&decl.supertraits, self_ty));
        let trait_ = &mut cx.program.traits[id];
        trait_.supertraits = traits_of(&found, self_ty);
        trait_.super_predicates = found;
    }
    for id in cx.fresh_traits() {
        let mut at = cx.program.traits[id].supertraits.clone();
        let mut steps = 0;
        while let Some(next) = at.pop() {
            steps += 1;
            if next.trait_ == id || steps > 1000 {
                let span = cx.program.traits[id].span;
                let name = cx.program.traits[id].name;
                let text = format!("the trait `{name}` requires itself");
                cx.report(Diagnostic::error(codes::UNMET_SUPERTRAIT, span, text));
                cx.program.traits[id].supertraits.clear();
                cx.program.traits[id].super_predicates.clear();
                break;
            }
            at.extend(cx.program.traits[next.trait_].supertraits.iter().copied());
        }
    }
}

fn traits_of(predicates: &[Predicate], ty: Ty) -> Vec<TraitRef> {
    let traits = predicates.iter().filter_map(|predicate| match predicate {
        Predicate::Trait(trait_ref, _) if trait_ref.args.first() == Some(&ty) => Some(*trait_ref),
        _ => None,
    });
    traits.collect()
}

/// Lowers bounds and defaults of associated types, and the types that impls give.
pub(super) fn lower_assoc_types(cx: &mut Cx<'_>) {
    for id in cx.fresh_traits() {
        let decl = cx.items.traits[id].decl;
        let scope = cx.items.traits[id].scope.clone();
        let args = super::identity_args(&cx.program.traits[id].generics.params);
        for item in &decl.items {
            let ItemKind::TypeAlias(assoc) = &item.kind else {
                continue;
            };
            let ty = Ty::new(TyKind::Projection {
                trait_ref: TraitRef { trait_: id, args },
                name: assoc.name.name,
            });
            let (predicates, default) = with_lower(cx, &scope, |lower| {
                let predicates = lower.bounds(&assoc.bounds, ty);
                (
                    predicates,
                    assoc.ty.as_ref().map(|default| lower.ty(default)),
                )
            });
            let bounds = traits_of(&predicates, ty);
            let all = &mut cx.program.traits[id].assoc_types;
            if let Some(found) = all.iter_mut().find(|found| found.name == assoc.name.name) {
                found.bounds = bounds;
                found.predicates = predicates;
                found.default = default;
            }
        }
    }
    for id in cx.fresh_impls() {
        let Some(decl) = cx.items.impls[id].decl else {
            continue;
        };
        let scope = cx.items.impls[id].scope.clone();
        let written = decl.items.iter().filter_map(|item| match &item.kind {
            ItemKind::TypeAlias(alias) => Some(alias),
            _ => None,
        });
        let aliases: Vec<&TypeAlias> = written.collect();
        for alias in aliases {
            let Some(written) = &alias.ty else { continue };
            let ty = with_lower(cx, &scope, |lower| lower.ty(written));
            cx.program.impls[id].assoc_types.push((alias.name.name, ty));
        }
    }
}
