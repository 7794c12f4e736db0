//! Associated items by name, so that looking up a method does not walk every `impl`.

use crate::cx::Cx;
use crate::program::{ConstId, FnId, FnKind, ImplId, TraitId};
use gos_diag::Symbol;
use rustc_hash::FxHashMap;

/// Shared by all bodies.
#[derive(Debug, Default)]
pub(crate) struct ItemIndex {
    inherent_fns: FxHashMap<Symbol, Vec<(ImplId, FnId)>>,
    inherent_consts: FxHashMap<Symbol, Vec<(ImplId, ConstId)>>,
    trait_fns: FxHashMap<Symbol, Vec<(TraitId, FnId)>>,
    trait_consts: FxHashMap<Symbol, Vec<(TraitId, ConstId)>>,
    intrinsics: FxHashMap<Symbol, FnId>,
}

impl ItemIndex {
    /// Adds the fresh items.
    pub(crate) fn add_fresh(&mut self, cx: &Cx<'_>) {
        let program = &cx.program;
        for id in cx.fresh_impls() {
            let impl_ = &program.impls[id];
            if impl_.trait_ref.is_some() {
                continue;
            }
            for &fn_ in &impl_.methods {
                let name = program.fns[fn_].name;
                self.inherent_fns.entry(name).or_default().push((id, fn_));
            }
            for &const_ in &impl_.assoc_consts {
                let name = program.consts[const_].name;
                let found = self.inherent_consts.entry(name).or_default();
                found.push((id, const_));
            }
        }
        for id in cx.fresh_fns() {
            let fn_ = &program.fns[id];
            if fn_.kind == FnKind::Intrinsic {
                self.intrinsics.insert(fn_.name, id);
            }
        }
        for id in cx.fresh_traits() {
            let trait_ = &program.traits[id];
            for &fn_ in &trait_.methods {
                let name = program.fns[fn_].name;
                self.trait_fns.entry(name).or_default().push((id, fn_));
            }
            for &const_ in &trait_.assoc_consts {
                let name = program.consts[const_].name;
                let found = self.trait_consts.entry(name).or_default();
                found.push((id, const_));
            }
        }
    }

    /// Functions of inherent impls with this name.
    pub(super) fn inherent_fns(&self, name: Symbol) -> &[(ImplId, FnId)] {
        self.inherent_fns.get(&name).map_or(&[], Vec::as_slice)
    }

    /// Constants of inherent impls with this name.
    pub(super) fn inherent_consts(&self, name: Symbol) -> &[(ImplId, ConstId)] {
        self.inherent_consts.get(&name).map_or(&[], Vec::as_slice)
    }

    /// Functions that traits declare with this name.
    pub(super) fn trait_fns(&self, name: Symbol) -> &[(TraitId, FnId)] {
        self.trait_fns.get(&name).map_or(&[], Vec::as_slice)
    }

    /// Constants that traits declare with this name.
    pub(super) fn trait_consts(&self, name: Symbol) -> &[(TraitId, ConstId)] {
        self.trait_consts.get(&name).map_or(&[], Vec::as_slice)
    }

    /// A function that the compiler expands, by name.
    pub(super) fn intrinsic(&self, name: &str) -> Option<FnId> {
        self.intrinsics.get(&Symbol::intern(name)).copied()
    }

    /// Names of all inherent functions, for suggestions.
    pub(super) fn inherent_names(&self) -> impl Iterator<Item = (Symbol, &[(ImplId, FnId)])> {
        self.inherent_fns
            .iter()
            .map(|(name, found)| (*name, found.as_slice()))
    }
}
