//! Generic items with concrete arguments: substitution, associated types, bounds.

use super::Checker;
use super::obligation::Cause;
use super::seam::Answer;
use crate::infer::has_vars;
use crate::program::{FnId, Predicate};
use crate::types::{FnSig, Fold, TraitRef, Ty, TyKind, TyList, substitute};
use gos_diag::{Span, Symbol};

/// Longer chains of associated types are taken for endless.
const NORMALIZING_MAX: u32 = 32;

impl Checker<'_> {
    /// Replaces associated types by what they are, as far as that is known; the others become
    /// variables with an obligation.
    pub(super) fn normalize<T: Fold>(&mut self, value: T, span: Span) -> T {
        value.fold(&mut |ty| match ty.kind() {
            TyKind::Projection { trait_ref, name } => {
                self.normalize_projection(*trait_ref, *name, span)
            }
            _ => ty,
        })
    }

    /// The associated type `name` of `trait_ref`.
    pub(super) fn normalize_projection(
        &mut self,
        trait_ref: TraitRef,
        name: Symbol,
        span: Span,
    ) -> Ty {
        let trait_ref = self.infer.resolve(trait_ref);
        let rigid = Ty::new(TyKind::Projection { trait_ref, name });
        let var = self.infer.fresh();
        let goal = Predicate::Projection {
            trait_ref,
            name,
            ty: var,
            span,
        };
        let open = trait_ref.args.iter().any(|&arg| has_vars(arg));
        let self_ty = trait_ref.args.first().copied().unwrap_or_else(Ty::error);
        let stands_for_itself = matches!(
            self_ty.kind(),
            TyKind::Param { .. } | TyKind::Projection { .. } | TyKind::Opaque(..)
        );
        match self.ask(&goal) {
            Answer::Yes(nested) => {
                for goal in nested {
                    self.require(goal, span, Cause::Plain);
                }
                self.normalize_found(var, rigid, span)
            }
            Answer::No | Answer::Maybe if stands_for_itself && !open => rigid,
            Answer::No | Answer::Maybe => {
                self.require(goal, span, Cause::Plain);
                var
            }
        }
    }

    /// What an associated type was found to be, which may again be one.
    fn normalize_found(&mut self, var: Ty, rigid: Ty, span: Span) -> Ty {
        let found = self.resolve(var);
        if found == rigid || self.normalizing >= NORMALIZING_MAX {
            return found;
        }
        self.normalizing += 1;
        let found = self.normalize(found, span);
        self.normalizing -= 1;
        found
    }

    /// Solves `<T as Trait>::Name == ty`: the type found is normalized before it is compared.
    /// None when it is another one.
    pub(super) fn solve_projection(
        &mut self,
        trait_ref: TraitRef,
        name: Symbol,
        wanted: Ty,
        span: Span,
    ) -> Option<Answer> {
        let var = self.infer.fresh();
        let goal = Predicate::Projection {
            trait_ref,
            name,
            ty: var,
            span,
        };
        let answer = self.ask(&goal);
        if !matches!(answer, Answer::Yes(_)) {
            return Some(answer);
        }
        let trait_ref = self.infer.resolve(trait_ref);
        let rigid = Ty::new(TyKind::Projection { trait_ref, name });
        let found = self.normalize_found(var, rigid, span);
        // A demand of an impl may name an associated type: `B: Iterator<Item = A::Item>`.
        let wanted = if wanted == rigid {
            wanted
        } else {
            self.normalize(wanted, span)
        };
        self.infer.try_unify(wanted, found).ok()?;
        Some(answer)
    }

    /// The signature of a function with these generic arguments.
    pub(super) fn fn_sig(&mut self, fn_: FnId, args: TyList, span: Span) -> FnSig {
        let sig = substitute(self.program.fns[fn_].sig, args);
        self.normalize(sig, span)
    }

    /// Demands the bounds that a function declares, with these generic arguments. `skip_trait`
    /// leaves out the implicit promise `Self: Trait` of a trait's own methods.
    pub(super) fn require_fn_bounds(&mut self, fn_: FnId, args: TyList, span: Span) {
        let predicates = self.program.fns[fn_].generics.predicates.clone();
        for predicate in predicates {
            let bound = predicate_span(&predicate);
            let predicate = self.instantiate_predicate(predicate, args, span);
            self.require(predicate, span, Cause::Bound { fn_, bound });
        }
    }

    /// A bound with generic arguments put in.
    pub(super) fn instantiate_predicate(
        &mut self,
        predicate: Predicate,
        args: TyList,
        span: Span,
    ) -> Predicate {
        match predicate {
            Predicate::Trait(trait_ref, bound) => {
                let trait_ref = substitute(trait_ref, args);
                Predicate::Trait(self.normalize(trait_ref, span), bound)
            }
            Predicate::Projection {
                trait_ref,
                name,
                ty,
                span: bound,
            } => {
                let trait_ref = substitute(trait_ref, args);
                let ty = substitute(ty, args);
                Predicate::Projection {
                    trait_ref: self.normalize(trait_ref, span),
                    name,
                    ty: self.normalize(ty, span),
                    span: bound,
                }
            }
            Predicate::Callable {
                callee,
                sig,
                span: bound,
            } => {
                let sig = substitute(sig, args);
                Predicate::Callable {
                    callee: substitute(callee, args),
                    sig: self.normalize(sig, span),
                    span: bound,
                }
            }
        }
    }
}

/// Where a bound is written.
pub(super) fn predicate_span(predicate: &Predicate) -> Span {
    match predicate {
        Predicate::Trait(_, span)
        | Predicate::Projection { span, .. }
        | Predicate::Callable { span, .. } => *span,
    }
}
