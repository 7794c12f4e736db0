//! Making two types the same.

use super::{InferTable, any_part};
use crate::types::{FnSig, InferVar, TraitRef, Ty, TyKind, TyList};

/// Two types that cannot be the same, as they stood at the place of the conflict.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Mismatch {
    pub left: Ty,
    pub right: Ty,
}

type Unified = Result<(), Mismatch>;

impl InferTable {
    /// Makes two types the same by binding variables. On failure some variables may have been
    /// bound: use [`InferTable::attempt`] where that matters. `Error` is the same as everything.
    ///
    /// # Errors
    /// The innermost pair of types that differ.
    pub fn unify(&mut self, left: Ty, right: Ty) -> Unified {
        let left = self.shallow(left);
        let right = self.shallow(right);
        if left == right {
            return Ok(());
        }
        match (left.kind(), right.kind()) {
            // What is wrong already makes everything that depends on it wrong too.
            (TyKind::Error, TyKind::Infer(var)) => {
                self.bind(*var, left);
                Ok(())
            }
            (TyKind::Infer(var), TyKind::Error) => {
                self.bind(*var, right);
                Ok(())
            }
            (TyKind::Error, _) | (_, TyKind::Error) => Ok(()),
            (TyKind::Infer(var), _) => self.unify_var(*var, left, right),
            (_, TyKind::Infer(var)) => self.unify_var(*var, right, left),
            _ => self.unify_parts(left, right),
        }
    }

    /// As [`InferTable::unify`], and nothing is bound on failure.
    ///
    /// # Errors
    /// The innermost pair of types that differ.
    pub fn try_unify(&mut self, left: Ty, right: Ty) -> Unified {
        self.attempt(|table| table.unify(left, right))
    }

    fn unify_var(&mut self, var: InferVar, var_ty: Ty, other: Ty) -> Unified {
        let fail = Err(Mismatch {
            left: var_ty,
            right: other,
        });
        match (var, other.kind()) {
            (InferVar::Ty(_), _) => {
                if self.occurs(var_ty, other) {
                    return fail;
                }
                self.bind(var, other);
            }
            // A variable for any type takes the narrower one's meaning.
            (_, TyKind::Infer(wide @ InferVar::Ty(_))) => self.bind(*wide, var_ty),
            (InferVar::Int(_), TyKind::Int(_) | TyKind::Infer(InferVar::Int(_)))
            | (InferVar::Float(_), TyKind::Float(_) | TyKind::Infer(InferVar::Float(_))) => {
                self.bind(var, other);
            }
            _ => return fail,
        }
        Ok(())
    }

    fn occurs(&self, var: Ty, ty: Ty) -> bool {
        any_part(ty, &mut |part| match part.kind() {
            TyKind::Infer(_) => {
                let known = self.shallow(part);
                known == var || (known != part && self.occurs(var, known))
            }
            _ => false,
        })
    }

    fn unify_parts(&mut self, left: Ty, right: Ty) -> Unified {
        let fail = Err(Mismatch { left, right });
        match (left.kind(), right.kind()) {
            (TyKind::Tuple(a), TyKind::Tuple(b)) if a.len() == b.len() => self.unify_lists(*a, *b),
            (TyKind::Adt(a, x), TyKind::Adt(b, y)) if a == b => self.unify_lists(*x, *y),
            (TyKind::FnDef(a, x), TyKind::FnDef(b, y)) if a == b => self.unify_lists(*x, *y),
            (TyKind::Closure(a, x), TyKind::Closure(b, y)) if a == b => self.unify_lists(*x, *y),
            (TyKind::Opaque(a, x), TyKind::Opaque(b, y)) if a == b => self.unify_lists(*x, *y),
            (TyKind::Array(a, n), TyKind::Array(b, m)) => {
                self.unify(*a, *b)?;
                self.unify(*n, *m)
            }
            (TyKind::Vec(a), TyKind::Vec(b)) => self.unify(*a, *b),
            (TyKind::Box(a, x), TyKind::Box(b, y)) if x == y => self.unify(*a, *b),
            (TyKind::View(a, m), TyKind::View(b, n)) | (TyKind::Ref(a, m), TyKind::Ref(b, n))
                if m == n =>
            {
                self.unify(*a, *b)
            }
            (TyKind::FnPtr(a), TyKind::FnPtr(b)) | (TyKind::FnObj(a), TyKind::FnObj(b))
                if a.params.len() == b.params.len() && a.abi == b.abi =>
            {
                self.unify_sigs(*a, *b)
            }
            (
                TyKind::Dyn {
                    trait_: a,
                    args: x,
                    assocs: p,
                },
                TyKind::Dyn {
                    trait_: b,
                    args: y,
                    assocs: q,
                },
            ) if a == b && p.len() == q.len() => {
                self.unify_lists(*x, *y)?;
                for ((name, s), (other, t)) in p.iter().zip(q.iter()) {
                    if name != other {
                        return fail;
                    }
                    self.unify(*s, *t)?;
                }
                Ok(())
            }
            (
                TyKind::Projection {
                    trait_ref: a,
                    name: n,
                },
                TyKind::Projection {
                    trait_ref: b,
                    name: m,
                },
            ) if n == m => self
                .unify_trait_refs(*a, *b)
                .map_err(|_| Mismatch { left, right }),
            _ => fail,
        }
    }

    /// Makes two lists of one length the same, item by item.
    ///
    /// # Errors
    /// The innermost pair of types that differ; for lists of two lengths the first of each.
    pub fn unify_lists(&mut self, left: TyList, right: TyList) -> Unified {
        if left.len() != right.len() {
            return Err(Mismatch {
                left: Ty::new(TyKind::Tuple(left)),
                right: Ty::new(TyKind::Tuple(right)),
            });
        }
        for (a, b) in left.iter().zip(right.iter()) {
            self.unify(*a, *b)?;
        }
        Ok(())
    }

    /// Makes two signatures the same.
    ///
    /// # Errors
    /// The innermost pair of types that differ.
    pub fn unify_sigs(&mut self, left: FnSig, right: FnSig) -> Unified {
        self.unify_lists(left.params, right.params)?;
        self.unify(left.result, right.result)
    }

    /// Makes two references to one trait the same.
    ///
    /// # Errors
    /// The innermost pair of types that differ.
    pub fn unify_trait_refs(&mut self, left: TraitRef, right: TraitRef) -> Unified {
        if left.trait_ != right.trait_ {
            return Err(Mismatch {
                left: Ty::error(),
                right: Ty::error(),
            });
        }
        self.unify_lists(left.args, right.args)
    }
}
