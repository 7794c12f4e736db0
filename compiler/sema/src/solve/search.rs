//! One step of proof: choosing the bound, impl or built-in rule that answers a goal.

use super::fuel;
use super::index::head;
use super::memo::{Known, Shared};
use crate::check::seam::Answer;
use crate::infer::{InferTable, has_vars};
use crate::program::{ImplId, Predicate, Program};
use crate::types::{Flags, Fold, InferVar, TraitRef, Ty, TyKind, TyList, substitute};

/// Candidates are followed this deep to see which of several can hold.
const DEPTH_MAX: u32 = 12;
/// Steps until a set of goals is given up as endless.
const STEPS_MAX: usize = 1024;

/// A proof in progress.
pub(super) struct Search<'s> {
    pub program: &'s Program,
    pub env: &'s [Predicate],
    pub table: &'s mut InferTable,
    /// Monomorphization sees the types that `impl Trait` hides.
    pub reveal: bool,
    pub depth: u32,
    /// What is known already.
    pub memo: Shared,
    /// How many remembered proofs are under way, one inside of the other.
    pub proofs: u32,
}

/// What following goals to their end gave.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Outcome {
    Yes,
    Maybe,
    No,
}

/// Which impl answers a goal.
pub(super) enum Selected {
    None,
    /// With its arguments, bound to the goal, and what it demands further.
    One(ImplId, TyList, Vec<Predicate>),
    Several,
}

impl<'s> Search<'s> {
    pub(super) fn new(
        program: &'s Program,
        env: &'s [Predicate],
        table: &'s mut InferTable,
    ) -> Search<'s> {
        Search {
            program,
            env,
            table,
            reveal: false,
            depth: 0,
            memo: Shared::default(),
            proofs: 0,
        }
    }

    /// With what other proofs under the same bounds found.
    pub(super) fn sharing(mut self, memo: &Shared) -> Self {
        self.memo = Shared::clone(memo);
        self
    }

    /// One step towards the goal.
    pub(super) fn goal(&mut self, goal: &Predicate) -> Answer {
        if !fuel::spend() {
            return self.give_up(goal);
        }
        let snapshot = self.table.snapshot();
        let answer = match goal {
            Predicate::Trait(trait_ref, span) => self.trait_goal(*trait_ref, *span),
            Predicate::Projection {
                trait_ref,
                name,
                ty,
                span,
            } => self.projection_goal((*trait_ref, *name), *ty, *span),
            Predicate::Callable { callee, sig, span } => self.callable_goal(*callee, *sig, *span),
        };
        if !matches!(answer, Answer::Yes(_)) {
            self.table.rollback(snapshot);
        }
        answer
    }

    /// The end of all proofs of this body, which is reported once; nothing more shall be.
    fn give_up(&mut self, goal: &Predicate) -> Answer {
        if let Predicate::Projection { ty, .. } = goal {
            let ty = *ty;
            // A type known already stays.
            let _known = self.table.attempt(|table| table.unify(ty, Ty::error()));
        }
        Answer::Yes(Vec::new())
    }

    /// Follows the answer to its end.
    pub(super) fn follow(&mut self, answer: Answer) -> Outcome {
        match answer {
            Answer::Yes(nested) => self.fulfil(nested),
            Answer::Maybe => Outcome::Maybe,
            Answer::No => Outcome::No,
        }
    }

    fn trait_goal(&mut self, trait_ref: TraitRef, span: gos_diag::Span) -> Answer {
        let mut nested = Vec::new();
        let trait_ref = self.table.resolve(trait_ref);
        let trait_ref = self.normalize(trait_ref, &mut nested, span);
        let trait_ref = self.table.resolve(trait_ref);
        if matches!(trait_ref.args[0].kind(), TyKind::Infer(InferVar::Ty(_))) {
            return Answer::Maybe;
        }
        match self.known_trait(trait_ref) {
            Known::Yes(_) => Answer::Yes(nested),
            Known::No => Answer::No,
            Known::Open => match self.trait_step(trait_ref) {
                Answer::Yes(demands) => {
                    nested.extend(demands);
                    Answer::Yes(nested)
                }
                other => other,
            },
        }
    }

    /// One step towards a trait that a resolved and normalized type is to implement.
    pub(super) fn trait_step(&mut self, trait_ref: TraitRef) -> Answer {
        if self.always_holds(trait_ref) {
            return Answer::Yes(Vec::new());
        }
        let self_ty = trait_ref.args[0];
        if matches!(self_ty.kind(), TyKind::Infer(InferVar::Ty(_))) {
            return Answer::Maybe;
        }
        match self.promised(trait_ref) {
            Outcome::Yes => return Answer::Yes(Vec::new()),
            Outcome::Maybe => return Answer::Maybe,
            Outcome::No => {}
        }
        if self.object_implements(trait_ref) {
            return Answer::Yes(Vec::new());
        }
        match self.select_impl(trait_ref) {
            Selected::None => Answer::No,
            Selected::Several => Answer::Maybe,
            Selected::One(_, _, demands) => Answer::Yes(demands),
        }
    }

    /// What needs no impl: errors, `!`, and the traits that every type has.
    fn always_holds(&self, trait_ref: TraitRef) -> bool {
        let trait_ = &self.program.traits[trait_ref.trait_];
        if self.program.lang.find_trait("clone") == Some(trait_ref.trait_) {
            return true;
        }
        let is_marker = matches!(
            trait_.name.as_str(),
            "Copy" | "Send" | "Sync" | "Sized" | "Unpin"
        );
        let any_error = trait_ref.args.iter().any(|arg| arg.is_error());
        any_error
            || trait_ref.args.first().is_none_or(|ty| ty.is_never())
            || is_marker && self.program.modules[trait_.module].is_std()
    }

    /// Whether a bound in force, or one declared with an associated or hidden type, says so.
    pub(super) fn promised(&mut self, goal: TraitRef) -> Outcome {
        let mut fitting: Vec<TraitRef> = Vec::new();
        let env = self.env;
        for predicate in env {
            if let Predicate::Trait(bound, _) = predicate {
                if bound.trait_ != goal.trait_ {
                    continue;
                }
                if bound.args == goal.args {
                    return Outcome::Yes;
                }
                self.note_if_fitting(*bound, goal, &mut fitting);
            }
        }
        for predicate in self.declared_bounds(goal.args[0]) {
            if let Predicate::Trait(bound, _) = predicate {
                for bound in self.with_supertraits(bound) {
                    if bound.trait_ == goal.trait_ {
                        self.note_if_fitting(bound, goal, &mut fitting);
                    }
                }
            }
        }
        match fitting.as_slice() {
            [] => Outcome::No,
            [only] => {
                let bound = self.table.try_unify_trait_refs(*only, goal);
                if bound { Outcome::Yes } else { Outcome::No }
            }
            _ => Outcome::Maybe,
        }
    }

    fn note_if_fitting(&mut self, bound: TraitRef, goal: TraitRef, fitting: &mut Vec<TraitRef>) {
        let fits = self
            .table
            .probe(|table| table.unify_trait_refs(bound, goal).is_ok());
        if fits && !fitting.contains(&bound) {
            fitting.push(bound);
        }
    }

    /// The trait and all that it requires.
    pub(super) fn with_supertraits(&self, trait_ref: TraitRef) -> Vec<TraitRef> {
        let mut all = vec![trait_ref];
        let mut at = 0;
        while at < all.len() {
            let current = all[at];
            for parent in &self.program.traits[current.trait_].supertraits {
                let parent = substitute(*parent, current.args);
                if !all.contains(&parent) {
                    all.push(parent);
                }
            }
            at += 1;
        }
        all
    }

    /// What the declaration of an associated or hidden type promises of it.
    pub(super) fn declared_bounds(&self, ty: Ty) -> Vec<Predicate> {
        match ty.kind() {
            TyKind::Projection { trait_ref, name } => {
                let assocs = &self.program.traits[trait_ref.trait_].assoc_types;
                let found = assocs.iter().find(|assoc| assoc.name == *name);
                let predicates = found.map_or(&[][..], |assoc| &assoc.predicates);
                let predicates = predicates.iter();
                predicates
                    .map(|predicate| substitute(predicate.clone(), trait_ref.args))
                    .collect()
            }
            TyKind::Opaque(id, args) => {
                let opaque = self.program.opaques.get(*id);
                let bounds = opaque.map_or(&[][..], |opaque| &opaque.bounds);
                let bounds = bounds.iter();
                bounds
                    .map(|predicate| substitute(predicate.clone(), *args))
                    .collect()
            }
            _ => Vec::new(),
        }
    }

    /// The trait of an object with the object as self type, and its supertraits.
    pub(super) fn object_traits(&self, ty: Ty) -> Vec<TraitRef> {
        let TyKind::Dyn { trait_, args, .. } = ty.kind() else {
            return Vec::new();
        };
        let args: Vec<Ty> = std::iter::once(ty).chain(args.iter().copied()).collect();
        self.with_supertraits(TraitRef {
            trait_: *trait_,
            args: TyList::new(&args),
        })
    }

    fn object_implements(&mut self, goal: TraitRef) -> bool {
        let traits = self.object_traits(goal.args[0]);
        traits
            .into_iter()
            .filter(|bound| bound.trait_ == goal.trait_)
            .any(|bound| self.table.try_unify_trait_refs(bound, goal))
    }

    /// The impl for a goal whose self type is known at its outside.
    pub(super) fn select_impl(&mut self, goal: TraitRef) -> Selected {
        let mut fitting = self.fitting_impls(goal);
        if fitting.len() > 1 {
            fitting.retain(|id| self.may_hold(*id, goal) != Outcome::No);
        }
        if fitting.len() > 1 && !goal.args.iter().any(|arg| has_vars(*arg)) {
            // Overlap is reported elsewhere; any choice will do, as long as it is the same.
            let sure = fitting
                .iter()
                .position(|id| self.may_hold(*id, goal) == Outcome::Yes);
            let chosen = fitting[sure.unwrap_or(0)];
            fitting = vec![chosen];
        }
        match fitting.as_slice() {
            [] => Selected::None,
            [id] => match self.apply_impl(*id, goal) {
                Some((args, demands)) => {
                    let demands = self.normalize_sigs(demands);
                    Selected::One(*id, args, demands)
                }
                None => Selected::None,
            },
            _ => Selected::Several,
        }
    }

    /// Signatures are compared part by part elsewhere, so they come without associated types.
    fn normalize_sigs(&mut self, demands: Vec<Predicate>) -> Vec<Predicate> {
        let mut nested = Vec::new();
        let mut known = Vec::with_capacity(demands.len());
        for demand in demands {
            known.push(match demand {
                Predicate::Callable { callee, sig, span } => {
                    let sig = self.table.resolve(sig);
                    let sig = self.normalize(sig, &mut nested, span);
                    Predicate::Callable { callee, sig, span }
                }
                other => other,
            });
        }
        known.append(&mut nested);
        known
    }

    fn fitting_impls(&mut self, goal: TraitRef) -> Vec<ImplId> {
        let program = self.program;
        let index = &program.impl_index;
        let mut fitting = Vec::new();
        let try_all = |search: &mut Self, ids: &[ImplId], fitting: &mut Vec<ImplId>| {
            for &id in ids {
                let snapshot = search.table.snapshot();
                if search.apply_impl(id, goal).is_some() {
                    fitting.push(id);
                }
                search.table.rollback(snapshot);
            }
        };
        match (head(goal.args[0]), goal.args[0].kind()) {
            (Some(head), _) => {
                let ids = index.of_head(goal.trait_, head);
                try_all(self, ids, &mut fitting);
                try_all(self, index.blanket(goal.trait_), &mut fitting);
            }
            (None, TyKind::Infer(_)) => {
                let all = program.impls_of_trait.get(&goal.trait_);
                try_all(self, all.map_or(&[], Vec::as_slice), &mut fitting);
            }
            (None, _) => try_all(self, index.blanket(goal.trait_), &mut fitting),
        }
        fitting
    }

    /// Makes the impl's header equal to the goal. None: it cannot be (variables may be bound then).
    fn apply_impl(&mut self, id: ImplId, goal: TraitRef) -> Option<(TyList, Vec<Predicate>)> {
        let program = self.program;
        let impl_ = &program.impls[id];
        let args = self.table.fresh_list(impl_.generics.params.len());
        let mut demands = Vec::new();
        let header = substitute(impl_.trait_ref?, args);
        let header = self.projections_to_vars(header, impl_.span, &mut demands);
        self.table.unify_trait_refs(header, goal).ok()?;
        let predicates = impl_.generics.predicates.iter();
        demands.extend(predicates.map(|predicate| substitute(predicate.clone(), args)));
        Some((args, demands))
    }

    /// Associated types in a header are found by further goals.
    fn projections_to_vars(
        &mut self,
        header: TraitRef,
        span: gos_diag::Span,
        demands: &mut Vec<Predicate>,
    ) -> TraitRef {
        header.fold_where(Flags::PROJECTION, &mut |ty| match ty.kind() {
            TyKind::Projection { trait_ref, name } => {
                let var = self.table.fresh();
                demands.push(Predicate::Projection {
                    trait_ref: *trait_ref,
                    name: *name,
                    ty: var,
                    span,
                });
                var
            }
            _ => ty,
        })
    }

    /// Whether the impl's demands can hold for the goal. Binds nothing.
    fn may_hold(&mut self, id: ImplId, goal: TraitRef) -> Outcome {
        if self.depth >= DEPTH_MAX {
            return Outcome::Maybe;
        }
        let snapshot = self.table.snapshot();
        self.depth += 1;
        let outcome = match self.apply_impl(id, goal) {
            Some((_, demands)) => self.fulfil(demands),
            None => Outcome::No,
        };
        self.depth -= 1;
        self.table.rollback(snapshot);
        outcome
    }

    /// Follows goals to their end, binding variables on the way.
    pub(super) fn fulfil(&mut self, goals: Vec<Predicate>) -> Outcome {
        let mut open = goals;
        let mut steps = 0;
        loop {
            let mut stuck = Vec::new();
            let mut any = false;
            while let Some(goal) = open.pop() {
                steps += 1;
                if steps > STEPS_MAX {
                    return Outcome::Maybe;
                }
                match self.goal(&goal) {
                    Answer::Yes(nested) => {
                        any = true;
                        open.extend(nested);
                    }
                    Answer::Maybe => stuck.push(goal),
                    Answer::No => return Outcome::No,
                }
            }
            if stuck.is_empty() {
                return Outcome::Yes;
            }
            if !any {
                return Outcome::Maybe;
            }
            open = stuck;
        }
    }
}

impl InferTable {
    /// Makes two trait references the same; false, with nothing bound, when they cannot be.
    pub(super) fn try_unify_trait_refs(&mut self, left: TraitRef, right: TraitRef) -> bool {
        self.attempt(|table| table.unify_trait_refs(left, right))
            .is_ok()
    }
}
