//! Vtables: one for each pair of a concrete type and a `dyn` type that it became.

use super::collect::Collector;
use crate::ir::{InstanceKind, Vtable, VtableId};
use gos_diag::Span;
use gos_sema::program::{FnParent, Receiver, TraitId};
use gos_sema::types::{Ty, TyKind, TyList};

impl Collector<'_> {
    pub fn vtable(&mut self, trait_: TraitId, concrete: Ty, object: Ty, from: Span) -> VtableId {
        if let Some(id) = self.state.vtable_ids.get(&(concrete, object)) {
            return *id;
        }
        let methods = self
            .types
            .vtable_methods(trait_)
            .into_iter()
            .map(|method| {
                let args = self.method_args(method, trait_, concrete, object);
                match self.program.fns[method].receiver {
                    Some(Receiver::Value) => {
                        self.instance(InstanceKind::ByValueShim(method), args, from)
                    }
                    _ => self.instance_for(method, args, from),
                }
            })
            .collect();
        let id = self.state.result.vtables.push(Vtable {
            concrete,
            object,
            methods,
        });
        self.state.vtable_ids.insert((concrete, object), id);
        id
    }

    /// The concrete type, then the trait's own arguments as the object's type has them; those of
    /// a supertrait as the trait writes them.
    fn method_args(
        &self,
        method: gos_sema::program::FnId,
        trait_: TraitId,
        concrete: Ty,
        object: Ty,
    ) -> TyList {
        let TyKind::Dyn { args, .. } = object.kind() else {
            return TyList::new(&[concrete]);
        };
        let own: TyList = std::iter::once(concrete)
            .chain(args.iter().copied())
            .collect();
        let FnParent::Trait(declared) = self.program.fns[method].parent else {
            return own;
        };
        self.supertrait_args(trait_, own, declared, 0)
            .unwrap_or(own)
    }

    fn supertrait_args(
        &self,
        trait_: TraitId,
        args: TyList,
        wanted: TraitId,
        depth: u32,
    ) -> Option<TyList> {
        if trait_ == wanted {
            return Some(args);
        }
        if depth > 64 {
            return None;
        }
        let parents = &self.program.traits[trait_].supertraits;
        parents.iter().find_map(|parent| {
            let parent_args = parent
                .args
                .iter()
                .map(|arg| self.types.concrete(*arg, args))
                .collect();
            self.supertrait_args(parent.trait_, parent_args, wanted, depth + 1)
        })
    }
}
