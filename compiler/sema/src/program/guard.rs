//! Guards: values of the library that hold a lock, and what releases them.

use super::{FnId, Predicate, Program};
use crate::types::{Ty, TyKind};

impl Program {
    /// The method of the library's `Guard` trait that releases such a value; none for a type that
    /// is no guard. An `Option` of a guard is one, too.
    #[must_use]
    pub fn guard_release(&self, ty: Ty) -> Option<FnId> {
        let TyKind::Adt(adt, args) = ty.kind() else {
            return None;
        };
        if !self.modules[self.adts[*adt].module].is_std() {
            return None;
        }
        let guard = self.lang.find_trait("guard")?;
        let impls = self.impls_of_trait.get(&guard)?;
        let of_adt = |ty: Ty| matches!(ty.kind(), TyKind::Adt(own, _) if own == adt);
        let impl_ = impls
            .iter()
            .map(|&impl_| &self.impls[impl_])
            .find(|impl_| of_adt(impl_.self_ty))?;
        let TyKind::Adt(_, params) = impl_.self_ty.kind() else {
            return None;
        };
        // `impl<G: Guard> Guard for Option<G>`
        for (param, arg) in params.iter().zip(args.iter()) {
            let bounded = impl_.generics.predicates.iter().any(|predicate| {
                matches!(predicate, Predicate::Trait(bound, _)
                    if bound.trait_ == guard && bound.args.first() == Some(param))
            });
            if bounded {
                self.guard_release(*arg)?;
            }
        }
        self.traits[guard].methods.first().copied()
    }

    /// Whether values of the type hold a lock.
    #[must_use]
    pub fn is_guard(&self, ty: Ty) -> bool {
        self.guard_release(ty).is_some()
    }
}
