//! What an associated type is.

use super::memo::Known;
use super::search::{Outcome, Search, Selected};
use crate::check::seam::Answer;
use crate::infer::has_vars;
use crate::program::{ImplId, Predicate};
use crate::types::{Flags, Fold, InferVar, TraitRef, Ty, TyKind, TyList, substitute};
use gos_diag::{Span, Symbol};

/// What `<T as Trait>::Name` is.
enum Projected {
    /// This type, if these hold too.
    Ty(Ty, Vec<Predicate>),
    /// Itself: only a bound is known.
    Rigid(TraitRef),
    /// Not known yet.
    Maybe,
    /// The trait is not implemented.
    No,
}

/// Associated types are followed this far.
const DEPTH_MAX: u32 = 160;

impl Search<'_> {
    /// `<T as Trait>::Name == ty`
    pub(super) fn projection_goal(
        &mut self,
        (trait_ref, name): (TraitRef, Symbol),
        ty: Ty,
        span: Span,
    ) -> Answer {
        let mut nested = Vec::new();
        let trait_ref = self.table.resolve(trait_ref);
        let trait_ref = self.normalize(trait_ref, &mut nested, span);
        let goal = self.table.resolve(trait_ref);
        if matches!(goal.args[0].kind(), TyKind::Infer(InferVar::Ty(_))) {
            return Answer::Maybe;
        }
        let Known::Yes(Some(found)) = self.known_type(goal, name) else {
            return self.projection_step((trait_ref, name), ty, span);
        };
        let ty = self.table.resolve(ty);
        let ty = match ty.kind() {
            TyKind::Projection { .. } if ty == found => ty,
            _ => self.normalize(ty, &mut nested, span),
        };
        match self.table.unify(ty, found) {
            Ok(()) => Answer::Yes(nested),
            Err(_) => Answer::No,
        }
    }

    /// One step towards the goal.
    pub(super) fn projection_step(
        &mut self,
        (trait_ref, name): (TraitRef, Symbol),
        ty: Ty,
        span: Span,
    ) -> Answer {
        let mut nested = Vec::new();
        let found = match self.project(trait_ref, name, &mut nested, span) {
            Projected::Ty(found, demands) => {
                nested.extend(demands);
                self.normalize(found, &mut nested, span)
            }
            Projected::Rigid(trait_ref) => Ty::new(TyKind::Projection { trait_ref, name }),
            Projected::Maybe => return Answer::Maybe,
            Projected::No => return Answer::No,
        };
        let ty = self.table.resolve(ty);
        let ty = match ty.kind() {
            // The two stand for the same thing already.
            TyKind::Projection { .. } if ty == found => ty,
            _ => self.normalize(ty, &mut nested, span),
        };
        match self.table.unify(ty, found) {
            Ok(()) => Answer::Yes(nested),
            Err(_) => Answer::No,
        }
    }

    fn project(
        &mut self,
        trait_ref: TraitRef,
        name: Symbol,
        nested: &mut Vec<Predicate>,
        span: Span,
    ) -> Projected {
        let trait_ref = self.table.resolve(trait_ref);
        let trait_ref = self.normalize(trait_ref, nested, span);
        let goal = self.table.resolve(trait_ref);
        let self_ty = goal.args[0];
        if self_ty.is_error() || self_ty.is_never() {
            return Projected::Ty(Ty::error(), Vec::new());
        }
        if matches!(self_ty.kind(), TyKind::Infer(InferVar::Ty(_))) {
            return Projected::Maybe;
        }
        if let Some(ty) = self.promised_type(goal, name) {
            return Projected::Ty(ty, Vec::new());
        }
        match self.promised(goal) {
            Outcome::Yes => return Projected::Rigid(self.table.resolve(goal)),
            Outcome::Maybe => return Projected::Maybe,
            Outcome::No => {}
        }
        if matches!(self_ty.kind(), TyKind::Dyn { .. })
            && let Some(projected) = self.object_type(goal, name)
        {
            return projected;
        }
        match self.select_impl(goal) {
            Selected::None => Projected::No,
            Selected::Several => Projected::Maybe,
            Selected::One(id, args, demands) => {
                let ty = self.impl_type((id, args), goal, name);
                Projected::Ty(ty, demands)
            }
        }
    }

    /// A bound such as `T: Iterator<Item = u8>`, in force or declared with the self type.
    fn promised_type(&mut self, goal: TraitRef, name: Symbol) -> Option<Ty> {
        let env = self.env;
        let declared = self.declared_bounds(goal.args[0]);
        for predicate in env.iter().chain(&declared) {
            let Predicate::Projection {
                trait_ref,
                name: of,
                ty,
                ..
            } = predicate
            else {
                continue;
            };
            if *of != name || trait_ref.trait_ != goal.trait_ {
                continue;
            }
            let itself = matches!(ty.kind(), TyKind::Projection { trait_ref: t, name: n }
                if t == trait_ref && n == of);
            if !itself && self.table.try_unify_trait_refs(*trait_ref, goal) {
                return Some(*ty);
            }
        }
        None
    }

    fn object_type(&mut self, goal: TraitRef, name: Symbol) -> Option<Projected> {
        let TyKind::Dyn { assocs, .. } = goal.args[0].kind() else {
            return None;
        };
        let traits = self.object_traits(goal.args[0]);
        let bound = traits
            .into_iter()
            .find(|bound| bound.trait_ == goal.trait_)?;
        if !self.table.try_unify_trait_refs(bound, goal) {
            return None;
        }
        Some(match assocs.iter().find(|(of, _)| *of == name) {
            Some((_, ty)) => Projected::Ty(*ty, Vec::new()),
            None => Projected::Rigid(bound),
        })
    }

    fn impl_type(&self, (id, args): (ImplId, TyList), goal: TraitRef, name: Symbol) -> Ty {
        let impl_ = &self.program.impls[id];
        if let Some((_, ty)) = impl_.assoc_types.iter().find(|(of, _)| *of == name) {
            return substitute(*ty, args);
        }
        let assocs = &self.program.traits[goal.trait_].assoc_types;
        let assoc = assocs.iter().find(|assoc| assoc.name == name);
        match assoc.and_then(|assoc| assoc.default) {
            Some(default) => substitute(default, goal.args),
            None => Ty::error(),
        }
    }

    /// Replaces associated types by what they are; those not known yet become variables with a
    /// goal among `nested`.
    pub(super) fn normalize<T: Fold>(
        &mut self,
        value: T,
        nested: &mut Vec<Predicate>,
        span: Span,
    ) -> T {
        let mut wanted = Flags::PROJECTION;
        if self.reveal {
            wanted = wanted.or(Flags::OPAQUE);
        }
        value.fold_where(wanted, &mut |ty| match ty.kind() {
            TyKind::Projection { trait_ref, name } => {
                self.normalize_one((*trait_ref, *name), nested, span)
            }
            TyKind::Opaque(id, args) if self.reveal => {
                let opaque = self.program.opaques.get(*id);
                match opaque.and_then(|opaque| opaque.hidden) {
                    Some(hidden) => self.deeper(substitute(hidden, *args), nested, span),
                    None => ty,
                }
            }
            _ => ty,
        })
    }

    fn deeper(&mut self, ty: Ty, nested: &mut Vec<Predicate>, span: Span) -> Ty {
        if self.depth >= DEPTH_MAX {
            return Ty::error();
        }
        self.depth += 1;
        let ty = self.normalize(ty, nested, span);
        self.depth -= 1;
        ty
    }

    fn normalize_one(
        &mut self,
        (trait_ref, name): (TraitRef, Symbol),
        nested: &mut Vec<Predicate>,
        span: Span,
    ) -> Ty {
        let trait_ref = self.table.resolve(trait_ref);
        let rigid = Ty::new(TyKind::Projection { trait_ref, name });
        let waits = matches!(trait_ref.args[0].kind(), TyKind::Infer(InferVar::Ty(_)));
        if !waits && let Known::Yes(Some(found)) = self.known_type(trait_ref, name) {
            return found;
        }
        if self.depth >= DEPTH_MAX {
            return rigid;
        }
        self.depth += 1;
        let projected = self.project(trait_ref, name, nested, span);
        self.depth -= 1;
        match projected {
            Projected::Ty(ty, demands) => {
                nested.extend(demands);
                self.deeper(ty, nested, span)
            }
            Projected::Rigid(trait_ref) => Ty::new(TyKind::Projection { trait_ref, name }),
            Projected::No if !trait_ref.args.iter().any(|arg| has_vars(*arg)) => rigid,
            Projected::Maybe | Projected::No => {
                let ty = self.table.fresh();
                nested.push(Predicate::Projection {
                    trait_ref,
                    name,
                    ty,
                    span,
                });
                ty
            }
        }
    }

    /// Replaces associated types by what they are, where that is known without inference; the
    /// others stay.
    pub(super) fn normalize_known<T: Fold>(&mut self, value: T) -> T {
        let wanted = Flags::PROJECTION.or(Flags::OPAQUE);
        value.fold_where(wanted, &mut |ty| {
            let opaque = self.reveal && matches!(ty.kind(), TyKind::Opaque(..));
            if !opaque && !matches!(ty.kind(), TyKind::Projection { .. }) {
                return ty;
            }
            let mut nested = Vec::new();
            let found = self.normalize(ty, &mut nested, Span::default());
            self.fulfil(nested);
            let found = self.table.resolve(found);
            if has_vars(found) { ty } else { found }
        })
    }
}
