//! Rebuilding types bottom-up, and substitution of generic parameters.

use super::{FnSig, TraitRef, Ty, TyKind, TyList};
use crate::program::Predicate;

/// Something made of types.
pub trait Fold: Sized {
    /// Rebuilds the value, `f` applied to every type after its parts were rebuilt.
    #[must_use]
    fn fold(self, f: &mut dyn FnMut(Ty) -> Ty) -> Self;
}

impl Fold for Ty {
    fn fold(self, f: &mut dyn FnMut(Ty) -> Ty) -> Ty {
        let rebuilt = match self.kind() {
            TyKind::Tuple(items) => Ty::new(TyKind::Tuple(items.fold(f))),
            TyKind::Adt(id, args) => Ty::new(TyKind::Adt(*id, args.fold(f))),
            TyKind::Array(element, length) => {
                Ty::new(TyKind::Array(element.fold(f), length.fold(f)))
            }
            TyKind::Vec(element) => Ty::vec(element.fold(f)),
            TyKind::View(element, mutability) => Ty::view(element.fold(f), *mutability),
            TyKind::Ref(to, mutability) => Ty::reference(to.fold(f), *mutability),
            TyKind::Box(inner, cell) => Ty::cell(inner.fold(f), *cell),
            TyKind::FnPtr(sig) => Ty::new(TyKind::FnPtr(sig.fold(f))),
            TyKind::FnObj(sig) => Ty::new(TyKind::FnObj(sig.fold(f))),
            TyKind::FnDef(id, args) => Ty::new(TyKind::FnDef(*id, args.fold(f))),
            TyKind::Closure(id, args) => Ty::new(TyKind::Closure(*id, args.fold(f))),
            TyKind::Dyn {
                trait_,
                args,
                assocs,
            } => {
                let folded: Vec<_> = assocs
                    .iter()
                    .map(|&(name, ty)| (name, ty.fold(f)))
                    .collect();
                let assocs: &'static [(gos_diag::Symbol, Ty)] = if folded == *assocs {
                    assocs
                } else {
                    Box::leak(folded.into_boxed_slice())
                };
                Ty::new(TyKind::Dyn {
                    trait_: *trait_,
                    args: args.fold(f),
                    assocs,
                })
            }
            TyKind::Projection { trait_ref, name } => Ty::new(TyKind::Projection {
                trait_ref: trait_ref.fold(f),
                name: *name,
            }),
            TyKind::Opaque(id, args) => Ty::new(TyKind::Opaque(*id, args.fold(f))),
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
    fn fold(self, f: &mut dyn FnMut(Ty) -> Ty) -> TyList {
        if self.is_empty() {
            return self;
        }
        self.iter().map(|ty| ty.fold(f)).collect()
    }
}

impl Fold for FnSig {
    fn fold(self, f: &mut dyn FnMut(Ty) -> Ty) -> FnSig {
        FnSig {
            params: self.params.fold(f),
            result: self.result.fold(f),
        }
    }
}

impl Fold for TraitRef {
    fn fold(self, f: &mut dyn FnMut(Ty) -> Ty) -> TraitRef {
        TraitRef {
            trait_: self.trait_,
            args: self.args.fold(f),
        }
    }
}

/// Replaces each generic parameter by the argument at its index. Parameters beyond the list stay.
#[must_use]
pub fn substitute<T: Fold>(value: T, args: TyList) -> T {
    if args.is_empty() {
        return value;
    }
    value.fold(&mut |ty| match ty.kind() {
        TyKind::Param { index, .. } => args.get(*index as usize).copied().unwrap_or(ty),
        _ => ty,
    })
}

impl Fold for Predicate {
    fn fold(self, f: &mut dyn FnMut(Ty) -> Ty) -> Predicate {
        match self {
            Predicate::Trait(trait_ref, span) => Predicate::Trait(trait_ref.fold(f), span),
            Predicate::Projection {
                trait_ref,
                name,
                ty,
                span,
            } => Predicate::Projection {
                trait_ref: trait_ref.fold(f),
                name,
                ty: ty.fold(f),
                span,
            },
            Predicate::Callable { callee, sig, span } => Predicate::Callable {
                callee: callee.fold(f),
                sig: sig.fold(f),
                span,
            },
        }
    }
}
