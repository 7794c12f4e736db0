//! Bounds and `where` clauses of every item, with what they imply.

use super::{generics, identity_args, parent_generics, with_lower};
use crate::cx::{Cx, Scope};
use crate::program::{Predicate, Program};
use crate::types::{TraitRef, substitute};
use gos_syntax::ast;
use rustc_hash::FxHashSet;

/// Lowers the predicates of all items.
pub(super) fn lower_all(cx: &mut Cx<'_>) {
    for id in cx.fresh_traits() {
        let scope = cx.items.traits[id].scope.clone();
        let decl = cx.items.traits[id].decl;
        let trait_ref = TraitRef {
            trait_: id,
            args: identity_args(&cx.program.traits[id].generics.params),
        };
        let own = Predicate::Trait(trait_ref, cx.program.traits[id].span);
        let mut all = vec![own];
        all.extend(written(cx, &scope, &decl.generics));
        cx.program.traits[id].generics.predicates = elaborate(&cx.program, all);
    }
    for id in cx.fresh_adts() {
        let scope = cx.items.adts[id].scope.clone();
        let generics = cx.items.adts[id].decl.generics();
        let found = written(cx, &scope, generics);
        cx.program.adts[id].generics.predicates = elaborate(&cx.program, found);
    }
    for id in cx.fresh_impls() {
        let Some(decl) = cx.items.impls[id].decl else {
            continue;
        };
        let scope = cx.items.impls[id].scope.clone();
        let found = written(cx, &scope, &decl.generics);
        cx.program.impls[id].generics.predicates = elaborate(&cx.program, found);
    }
    for id in cx.fresh_fns() {
        let Some(decl) = cx.items.fns[id].decl else {
            continue;
        };
        let scope = cx.items.fns[id].scope.clone();
        let own = written(cx, &scope, &decl.generics);
        let own = elaborate(&cx.program, own);
        let around = parent_generics(&cx.program, cx.program.fns[id].parent);
        let mut all = around.map_or_else(Vec::new, |g| g.predicates.clone());
        all.extend(own);
        cx.program.fns[id].generics.predicates = all;
    }
    for id in cx.fresh_consts() {
        let around = parent_generics(&cx.program, cx.program.consts[id].parent);
        let all = around.map_or_else(Vec::new, |g| g.predicates.clone());
        cx.program.consts[id].generics.predicates = all;
    }
}

fn written(cx: &mut Cx<'_>, scope: &Scope<'_>, written: &ast::Generics) -> Vec<Predicate> {
    if written.is_empty() {
        return Vec::new();
    }
    with_lower(cx, scope, |lower| generics::predicates(lower, written))
}

/// Adds what supertraits promise.
pub(super) fn elaborate(program: &Program, predicates: Vec<Predicate>) -> Vec<Predicate> {
    let mut all = predicates;
    let mut seen: FxHashSet<TraitRef> = FxHashSet::default();
    for predicate in &all {
        if let Predicate::Trait(trait_ref, _) = predicate {
            seen.insert(*trait_ref);
        }
    }
    let mut at = 0;
    while at < all.len() {
        if let Predicate::Trait(trait_ref, span) = all[at] {
            for implied in &program.traits[trait_ref.trait_].super_predicates {
                match substitute(implied.clone(), trait_ref.args) {
                    Predicate::Trait(implied, _) => {
                        if seen.insert(implied) {
                            all.push(Predicate::Trait(implied, span));
                        }
                    }
                    other => all.push(other),
                }
            }
        }
        at += 1;
    }
    all
}
