//! Method lookup: which function a name means for a receiver, and how the receiver gets there.

use super::Checker;
use crate::infer::{any_part, has_vars};
use crate::program::{FnId, FnParent, ImplId, Predicate, Receiver, TraitId};
use crate::types::{InferVar, IntTy, Mutability, TraitRef, Ty, TyKind, TyList, substitute};
use gos_diag::{Span, Symbol};

/// What was found.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pick {
    pub fn_: FnId,
    /// Arguments of the `impl`, or of the trait with the self type first.
    pub parent_args: TyList,
    /// How often the receiver is dereferenced first.
    pub derefs: usize,
    /// The receiver is then taken as a view.
    pub view: Option<Mutability>,
}

/// Why nothing was found.
#[derive(Debug)]
pub(super) enum Missing {
    /// No such method.
    Unknown,
    /// Several traits have it.
    Ambiguous(Vec<TraitId>),
    /// It exists, but has no receiver.
    NoReceiver(FnId),
}

impl Checker<'_> {
    /// The receiver's type, then what each dereference gives.
    pub(super) fn deref_steps(&mut self, ty: Ty, span: Span) -> Vec<Ty> {
        let first = self.must_know(ty, span);
        // Implementations for some element types only, as of `[String]`, want these known too.
        let mut is_open = |part: Ty| matches!(part.kind(), TyKind::Infer(InferVar::Ty(_)));
        if any_part(self.resolve(first), &mut is_open) {
            self.select();
        }
        let mut steps = vec![first];
        while let Some(&last) = steps.last() {
            match last.kind() {
                TyKind::Ref(inner, _) | TyKind::Box(inner, _) if steps.len() < 32 => {
                    let inner = self.must_know(*inner, span);
                    steps.push(inner);
                }
                _ => break,
            }
        }
        steps
    }

    /// Looks a method up.
    pub(super) fn probe_method(
        &mut self,
        steps: &[Ty],
        name: Symbol,
        span: Span,
    ) -> Result<Pick, Missing> {
        let mut missing = Missing::Unknown;
        // What a reference points at goes first: implementations for references are rare, and
        // `&self` methods of the referent are what is meant.
        let is_ref = |ty: Ty| matches!(ty.kind(), TyKind::Ref(..));
        let passes = [false, true];
        for references in passes {
            for (derefs, &step) in steps.iter().enumerate() {
                if is_ref(step) != references {
                    continue;
                }
                match self.probe_step(step, name, span) {
                    Ok((fn_, parent_args, view)) => {
                        return Ok(Pick {
                            fn_,
                            parent_args,
                            derefs,
                            view,
                        });
                    }
                    Err(Missing::Unknown) => {}
                    Err(found) => missing = found,
                }
            }
        }
        Err(missing)
    }

    fn probe_step(
        &mut self,
        ty: Ty,
        name: Symbol,
        span: Span,
    ) -> Result<(FnId, TyList, Option<Mutability>), Missing> {
        let mut missing = Missing::Unknown;
        let mut views = vec![(ty, None)];
        if let TyKind::Vec(element) | TyKind::Array(element, _) = ty.kind() {
            for mutability in [Mutability::Not, Mutability::Mut] {
                views.push((Ty::view(*element, mutability), Some(mutability)));
            }
        }
        if let TyKind::View(element, Mutability::Mut) = ty.kind() {
            views.push((Ty::view(*element, Mutability::Not), Some(Mutability::Not)));
        }
        for &(ty, view) in &views {
            match self.probe_inherent(ty, name) {
                Ok((fn_, args)) => return Ok((fn_, args, view)),
                Err(Missing::Unknown) => {}
                Err(found) => missing = found,
            }
        }
        for &(ty, view) in &views {
            match self.probe_traits(ty, name, span) {
                Ok((fn_, args)) => return Ok((fn_, args, view)),
                Err(Missing::Unknown) => {}
                Err(found) => missing = found,
            }
        }
        Err(missing)
    }

    fn probe_inherent(&mut self, ty: Ty, name: Symbol) -> Result<(FnId, TyList), Missing> {
        let index = self.index;
        let mut missing = Missing::Unknown;
        let candidates = index.inherent_fns(name);
        if candidates.is_empty() {
            return Err(missing);
        }
        // A number that nothing decided yet has the methods of its default type.
        let probed = match ty.kind() {
            TyKind::Infer(InferVar::Int(_)) => Ty::int(IntTy::I64),
            TyKind::Infer(InferVar::Float(_)) => Ty::float(crate::types::FloatTy::F64),
            _ => ty,
        };
        for &(impl_, fn_) in candidates {
            if let Some(args) = self.match_impl(impl_, probed) {
                if self.program.fns[fn_].receiver.is_none() {
                    missing = Missing::NoReceiver(fn_);
                    continue;
                }
                let _ = self.infer.try_unify(ty, probed);
                return Ok((fn_, args));
            }
        }
        Err(missing)
    }

    fn probe_traits(
        &mut self,
        ty: Ty,
        name: Symbol,
        span: Span,
    ) -> Result<(FnId, TyList), Missing> {
        let mut found: Vec<(TraitId, FnId, TyList)> = Vec::new();
        let mut missing = Missing::Unknown;
        for trait_ in self.traits_with_member(ty, name) {
            let index = self.index;
            let mut fns = index.trait_fns(name).iter();
            let Some(&(_, fn_)) = fns.find(|(owner, _)| *owner == trait_) else {
                continue;
            };
            for args in self.trait_candidates(trait_, ty) {
                if !self.holds(TraitRef { trait_, args }, span) {
                    continue;
                }
                if self.program.fns[fn_].receiver.is_none() {
                    missing = Missing::NoReceiver(fn_);
                    continue;
                }
                found.push((trait_, fn_, args));
                break;
            }
        }
        match found.as_slice() {
            [] => Err(missing),
            [(_, fn_, args)] => Ok((*fn_, *args)),
            _ => {
                // A bound of the item itself is nearer than what merely is in scope, and so is the
                // trait that is being implemented: `self.0.fmt(f)` hands its own task on.
                let promised = found
                    .iter()
                    .find(|(trait_, ..)| self.promised_by_bounds(ty, *trait_).is_some());
                let own = || {
                    let mut traits = found.iter();
                    traits.find(|(trait_, ..)| Some(*trait_) == self.own_trait)
                };
                // As in Rust, what takes the value itself goes before what takes a reference to it:
                // `(0..3).eq([0, 1, 2])` compares what the range gives.
                let by_value = || {
                    let mut takes = found.iter().filter(|(_, fn_, _)| {
                        self.program.fns[*fn_].receiver == Some(Receiver::Value)
                    });
                    let first = takes.next();
                    first.filter(|_| takes.next().is_none())
                };
                match promised.or_else(own).or_else(by_value) {
                    Some((_, fn_, args)) => Ok((*fn_, *args)),
                    None => Err(Missing::Ambiguous(
                        found.iter().map(|(trait_, ..)| *trait_).collect(),
                    )),
                }
            }
        }
    }

    /// Arguments with which the trait may be asked for: those its bounds promise, or fresh ones.
    fn trait_candidates(&mut self, trait_: TraitId, ty: Ty) -> Vec<TyList> {
        if let Some(args) = self.promised_by_bounds(ty, trait_) {
            return vec![args];
        }
        let count = self.program.traits[trait_].generics.params.len().max(1) - 1;
        let mut args = vec![ty];
        if let TyKind::Dyn {
            trait_: own,
            args: known,
            ..
        } = ty.kind()
            && *own == trait_
        {
            args.extend(known.iter());
        } else {
            args.extend(self.infer.fresh_list(count).iter());
        }
        vec![TyList::new(&args)]
    }

    fn promised_by_bounds(&self, ty: Ty, trait_: TraitId) -> Option<TyList> {
        self.environment().iter().find_map(|known| match known {
            Predicate::Trait(known, _) if known.trait_ == trait_ && known.args[0] == ty => {
                Some(known.args)
            }
            _ => None,
        })
    }

    /// Traits that declare `name` and count for this type: in scope, promised by a bound, or the
    /// type's own.
    pub(super) fn traits_with_member(&mut self, ty: Ty, name: Symbol) -> Vec<TraitId> {
        let index = self.index;
        let fns = index.trait_fns(name).iter().map(|(trait_, _)| *trait_);
        let consts = index.trait_consts(name).iter().map(|(trait_, _)| *trait_);
        let mut traits: Vec<TraitId> = fns.chain(consts).collect();
        if traits.is_empty() {
            return traits;
        }
        let in_scope = self.names.traits_in_scope(self.program, self.module);
        // The trait that is being implemented is in scope in its `impl`.
        traits.retain(|&trait_| {
            in_scope.contains(&trait_)
                || Some(trait_) == self.own_trait
                || self.belongs_to(ty, trait_)
        });
        traits.sort_unstable();
        traits.dedup();
        traits
    }

    fn belongs_to(&self, ty: Ty, trait_: TraitId) -> bool {
        let known = self.environment().iter();
        let mut promised = known.filter_map(|predicate| match predicate {
            Predicate::Trait(known, _) => Some(known.trait_),
            _ => None,
        });
        if promised.any(|known| known == trait_) {
            return true;
        }
        match ty.kind() {
            TyKind::Dyn { trait_: own, .. } => self.extends(*own, trait_, 0),
            TyKind::Opaque(id, _) => self.program.opaques[*id].bounds.iter().any(|bound| {
                matches!(bound, Predicate::Trait(known, _) if self.extends(known.trait_, trait_, 0))
            }),
            TyKind::Projection { trait_ref, name } => {
                let declared = &self.program.traits[trait_ref.trait_].assoc_types;
                let mut named = declared.iter().filter(|assoc| assoc.name == *name);
                named.any(|assoc| {
                    let mut bounds = assoc.bounds.iter();
                    bounds.any(|bound| self.extends(bound.trait_, trait_, 0))
                })
            }
            _ => false,
        }
    }

    /// Whether `trait_` is `own` or one of its supertraits.
    fn extends(&self, own: TraitId, trait_: TraitId, depth: u32) -> bool {
        own == trait_
            || (depth < 32
                && self.program.traits[own]
                    .supertraits
                    .iter()
                    .any(|above| self.extends(above.trait_, trait_, depth + 1)))
    }

    /// The arguments with which an `impl` is for this type.
    pub(super) fn match_impl(&mut self, impl_: ImplId, ty: Ty) -> Option<TyList> {
        let declared = &self.program.impls[impl_];
        let (count, pattern) = (declared.generics.params.len(), declared.self_ty);
        if !could_match(pattern, ty) {
            return None;
        }
        let snapshot = self.infer.snapshot();
        let args = self.infer.fresh_list(count);
        let self_ty = substitute(pattern, args);
        if self.infer.unify(self_ty, ty).is_err() {
            self.infer.rollback(snapshot);
            return None;
        }
        Some(args)
    }

    /// Names of the methods of a type, for suggestions.
    pub(super) fn member_names(&mut self, ty: Ty) -> Vec<Symbol> {
        let index = self.index;
        let mut names = Vec::new();
        let mut targets = vec![ty];
        if let TyKind::Vec(element) | TyKind::Array(element, _) = ty.kind() {
            targets.push(Ty::view(*element, Mutability::Not));
            targets.push(Ty::view(*element, Mutability::Mut));
        }
        for (name, found) in index.inherent_names() {
            let fits = found.iter().any(|&(impl_, _)| {
                targets.iter().any(|&target| {
                    let snapshot = self.infer.snapshot();
                    let fits = self.match_impl(impl_, target).is_some();
                    self.infer.rollback(snapshot);
                    fits
                })
            });
            if fits {
                names.push(name);
            }
        }
        let promised: Vec<TraitId> = self
            .environment()
            .iter()
            .filter_map(|known| match known {
                Predicate::Trait(known, _) if known.args[0] == ty => Some(known.trait_),
                _ => None,
            })
            .collect();
        let own = match ty.kind() {
            TyKind::Dyn { trait_, .. } => Some(*trait_),
            _ => None,
        };
        for trait_ in promised.into_iter().chain(own) {
            let methods = self.program.traits[trait_].methods.iter();
            names.extend(methods.map(|&fn_| self.program.fns[fn_].name));
        }
        names
    }

    /// Whether the function belongs to a trait.
    pub(super) fn trait_of(&self, fn_: FnId) -> Option<TraitId> {
        match self.program.fns[fn_].parent {
            FnParent::Trait(trait_) => Some(trait_),
            _ => None,
        }
    }
}

/// A cheap test before unification.
fn could_match(pattern: Ty, ty: Ty) -> bool {
    match (pattern.kind(), ty.kind()) {
        (TyKind::Param { .. } | TyKind::Projection { .. }, _) => true,
        (_, TyKind::Infer(InferVar::Int(_))) => matches!(pattern.kind(), TyKind::Int(_)),
        (_, TyKind::Infer(InferVar::Float(_))) => matches!(pattern.kind(), TyKind::Float(_)),
        (TyKind::Adt(a, _), TyKind::Adt(b, _)) => a == b,
        (a, b) => {
            std::mem::discriminant(a) == std::mem::discriminant(b)
                && (has_vars(ty) || has_params(pattern) || pattern == ty)
        }
    }
}

fn has_params(ty: Ty) -> bool {
    any_part(ty, &mut |part| matches!(part.kind(), TyKind::Param { .. }))
}
