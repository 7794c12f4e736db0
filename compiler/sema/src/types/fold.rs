//! Rebuilding types bottom-up, and substitution of generic parameters.

use super::{Flags, FnSig, TraitRef, Ty, TyKind, TyList};
use crate::program::Predicate;

/// Something made of types.
pub trait Fold: Sized {
    /// Rebuilds the value, `f` applied to every type after its parts were rebuilt.
    #[must_use]
    fn fold(self, f: &mut dyn FnMut(Ty) -> Ty) -> Self {
        self.fold_where(Flags::ANY, f)
    }

    /// The same, where only types in which one of `flags` occurs are rebuilt.
    #[must_use]
    fn fold_where(self, flags: Flags, f: &mut dyn FnMut(Ty) -> Ty) -> Self;
}

impl Fold for Ty {
    fn fold_where(self, flags: Flags, f: &mut dyn FnMut(Ty) -> Ty) -> Ty {
        if !self.has(flags) {
            return self;
        }
        let rebuilt = match self.kind() {
            TyKind::Tuple(items) => Ty::new(TyKind::Tuple(items.fold_where(flags, f))),
            TyKind::Adt(id, args) => Ty::new(TyKind::Adt(*id, args.fold_where(flags, f))),
            TyKind::Array(element, length) => Ty::new(TyKind::Array(
                element.fold_where(flags, f),
                length.fold_where(flags, f),
            )),
            TyKind::Vec(element) => Ty::vec(element.fold_where(flags, f)),
            TyKind::View(element, mutability) => {
                Ty::view(element.fold_where(flags, f), *mutability)
            }
            TyKind::Ref(to, mutability) => Ty::reference(to.fold_where(flags, f), *mutability),
            TyKind::Box(inner, cell) => Ty::cell(inner.fold_where(flags, f), *cell),
            TyKind::FnPtr(sig) => Ty::new(TyKind::FnPtr(sig.fold_where(flags, f))),
            TyKind::FnObj(sig) => Ty::new(TyKind::FnObj(sig.fold_where(flags, f))),
            TyKind::FnDef(id, args) => Ty::new(TyKind::FnDef(*id, args.fold_where(flags, f))),
            TyKind::Closure(id, args) => Ty::new(TyKind::Closure(*id, args.fold_where(flags, f))),
            TyKind::Dyn {
                trait_,
                args,
                assocs,
            } => {
                let folded: Vec<_> = assocs
                    .iter()
                    .map(|&(name, ty)| (name, ty.fold_where(flags, f)))
                    .collect();
                let assocs: &'static [(gos_diag::Symbol, Ty)] = if folded == *assocs {
                    assocs
                } else {
                    Box::leak(folded.into_boxed_slice())
                };
                Ty::new(TyKind::Dyn {
                    trait_: *trait_,
                    args: args.fold_where(flags, f),
                    assocs,
                })
            }
            TyKind::Projection { trait_ref, name } => Ty::new(TyKind::Projection {
                trait_ref: trait_ref.fold_where(flags, f),
                name: *name,
            }),
            TyKind::Opaque(id, args) => Ty::new(TyKind::Opaque(*id, args.fold_where(flags, f))),
            TyKind::Error
            | TyKind::Never
            | TyKind::Bool
            | TyKind::Char
            | TyKind::Int(_)
            | TyKind::Float(_)
            | TyKind::String
            | TyKind::Ptr
            | TyKind::Param { .. }
            | TyKind::ConstInt(_)
            | TyKind::Infer(_) => self,
        };
        f(rebuilt)
    }
}

impl Fold for TyList {
    fn fold_where(self, flags: Flags, f: &mut dyn FnMut(Ty) -> Ty) -> TyList {
        if !self.iter().any(|ty| ty.has(flags)) {
            return self;
        }
        self.iter().map(|ty| ty.fold_where(flags, f)).collect()
    }
}

impl Fold for FnSig {
    fn fold_where(self, flags: Flags, f: &mut dyn FnMut(Ty) -> Ty) -> FnSig {
        FnSig {
            params: self.params.fold_where(flags, f),
            result: self.result.fold_where(flags, f),
            abi: self.abi,
        }
    }
}

impl Fold for TraitRef {
    fn fold_where(self, flags: Flags, f: &mut dyn FnMut(Ty) -> Ty) -> TraitRef {
        TraitRef {
            trait_: self.trait_,
            args: self.args.fold_where(flags, f),
        }
    }
}

/// Replaces each generic parameter by the argument at its index. Parameters beyond the list stay.
#[must_use]
pub fn substitute<T: Fold>(value: T, args: TyList) -> T {
    if args.is_empty() {
        return value;
    }
    value.fold_where(Flags::PARAM, &mut |ty| match ty.kind() {
        TyKind::Param { index, .. } => args.get(*index as usize).copied().unwrap_or(ty),
        _ => ty,
    })
}

impl Fold for Predicate {
    fn fold_where(self, flags: Flags, f: &mut dyn FnMut(Ty) -> Ty) -> Predicate {
        match self {
            Predicate::Trait(trait_ref, span) => {
                Predicate::Trait(trait_ref.fold_where(flags, f), span)
            }
            Predicate::Projection {
                trait_ref,
                name,
                ty,
                span,
            } => Predicate::Projection {
                trait_ref: trait_ref.fold_where(flags, f),
                name,
                ty: ty.fold_where(flags, f),
                span,
            },
            Predicate::Callable { callee, sig, span } => Predicate::Callable {
                callee: callee.fold_where(flags, f),
                sig: sig.fold_where(flags, f),
                span,
            },
        }
    }
}
