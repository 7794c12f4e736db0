//! Answers for concrete types, as monomorphization asks for them; each question is solved once.

use super::memo::Shared;
use super::search::{Outcome, Search, Selected};
use crate::infer::{InferTable, has_vars};
use crate::program::{ConstId, FnId, FnKind, FnParent, ImplId, Predicate, Program, ResolvedFn};
use crate::types::{TraitRef, Ty, TyList};
use gos_diag::Span;
use rustc_hash::FxHashMap;
use std::cell::RefCell;

/// Solves for types without parameters or variables, and remembers what it found. It belongs to
/// one program, which may grow by bodies, but where no answer may change.
#[derive(Debug, Default)]
pub struct Concrete {
    types: RefCell<FxHashMap<Ty, Ty>>,
    fns: RefCell<FxHashMap<(FnId, TyList), Option<ResolvedFn>>>,
    impls: RefCell<FxHashMap<TraitRef, Option<(ImplId, TyList)>>>,
    holds: RefCell<FxHashMap<TraitRef, bool>>,
    memo: Shared,
}

impl Concrete {
    /// Nothing known yet.
    #[must_use]
    pub fn new() -> Concrete {
        Concrete::default()
    }

    /// The type with associated and hidden types replaced by what they are.
    #[must_use]
    pub fn normalize(&self, program: &Program, ty: Ty) -> Ty {
        if let Some(found) = self.types.borrow().get(&ty) {
            return *found;
        }
        // Every question has its own bound.
        super::take_exhausted();
        let mut table = InferTable::new();
        let mut search = Search::new(program, &[], &mut table).sharing(&self.memo);
        search.reveal = true;
        let found = search.normalize_known(ty);
        self.types.borrow_mut().insert(ty, found);
        found
    }

    fn normalize_list(&self, program: &Program, list: TyList) -> TyList {
        let found: Vec<Ty> = list.iter().map(|ty| self.normalize(program, *ty)).collect();
        if found.as_slice() == &*list {
            return list;
        }
        TyList::new(&found)
    }

    /// The function that `fn_` is when called with these arguments (for a trait's method the self
    /// type comes first): the impl's method, the trait's default, or for `clone` of a type without
    /// an impl the function that copies. None: the self type does not implement the trait, or is
    /// an object whose vtable has the method.
    #[must_use]
    pub fn resolve_fn(&self, program: &Program, fn_: FnId, args: TyList) -> Option<ResolvedFn> {
        let args = self.normalize_list(program, args);
        if let Some(found) = self.fns.borrow().get(&(fn_, args)) {
            return *found;
        }
        let found = self.find_fn(program, fn_, args);
        self.fns.borrow_mut().insert((fn_, args), found);
        found
    }

    fn find_fn(&self, program: &Program, fn_: FnId, args: TyList) -> Option<ResolvedFn> {
        let method = &program.fns[fn_];
        let FnParent::Trait(trait_) = method.parent else {
            return Some(ResolvedFn { fn_, args });
        };
        let count = program.traits[trait_].generics.params.len();
        let goal = TraitRef {
            trait_,
            args: TyList::new(args.get(..count)?),
        };
        let Some((impl_, impl_args)) = self.find_impl(program, goal) else {
            if program.lang.find_trait("clone") == Some(trait_) {
                let copy = program.lang.find_fn("clone_copy")?;
                let args = TyList::new(args.get(..1)?);
                return Some(ResolvedFn { fn_: copy, args });
            }
            // A default body may still be called on an object.
            let has_body = method.kind != FnKind::Required;
            let known = has_body && self.implements(program, goal);
            return known.then_some(ResolvedFn { fn_, args });
        };
        let methods = program.impls[impl_].methods.iter();
        let mut named = methods.filter(|id| program.fns[**id].name == method.name);
        match named.next() {
            Some(found) => {
                let own = args.get(count..)?;
                let all = impl_args.iter().chain(own).copied();
                Some(ResolvedFn {
                    fn_: *found,
                    args: all.collect(),
                })
            }
            None => Some(ResolvedFn { fn_, args }),
        }
    }

    /// The constant that `const_` is for these arguments (for a trait's the self type first).
    #[must_use]
    pub fn resolve_const(
        &self,
        program: &Program,
        const_: ConstId,
        args: TyList,
    ) -> Option<(ConstId, TyList)> {
        let args = self.normalize_list(program, args);
        let declared = &program.consts[const_];
        let FnParent::Trait(trait_) = declared.parent else {
            return Some((const_, args));
        };
        let count = program.traits[trait_].generics.params.len();
        let goal = TraitRef {
            trait_,
            args: TyList::new(args.get(..count)?),
        };
        let (impl_, impl_args) = self.find_impl(program, goal)?;
        let consts = program.impls[impl_].assoc_consts.iter();
        let mut named = consts.filter(|id| program.consts[**id].name == declared.name);
        match named.next() {
            Some(found) => Some((*found, impl_args)),
            None => program
                .const_defaults
                .contains(&const_)
                .then_some((const_, args)),
        }
    }

    /// The impl for a concrete trait reference, with its arguments.
    #[must_use]
    pub fn find_impl(&self, program: &Program, goal: TraitRef) -> Option<(ImplId, TyList)> {
        if let Some(found) = self.impls.borrow().get(&goal) {
            return *found;
        }
        // Every question has its own bound.
        super::take_exhausted();
        let mut table = InferTable::new();
        let mut search = Search::new(program, &[], &mut table).sharing(&self.memo);
        search.reveal = true;
        let found = match search.select_impl(goal) {
            Selected::One(id, args, demands) => {
                // Parameters that only occur in the demands get their types from these.
                let outcome = search.fulfil(demands);
                let args = search.table.resolve(args);
                let known = !args.iter().any(|arg| has_vars(*arg));
                (outcome != Outcome::No && known).then_some((id, args))
            }
            Selected::None | Selected::Several => None,
        };
        let found = found.map(|(id, args)| (id, self.normalize_list(program, args)));
        self.impls.borrow_mut().insert(goal, found);
        found
    }

    /// Whether the type implements the trait.
    #[must_use]
    pub fn implements(&self, program: &Program, goal: TraitRef) -> bool {
        let goal = TraitRef {
            args: self.normalize_list(program, goal.args),
            ..goal
        };
        if let Some(found) = self.holds.borrow().get(&goal) {
            return *found;
        }
        // Every question has its own bound.
        super::take_exhausted();
        let mut table = InferTable::new();
        let mut search = Search::new(program, &[], &mut table).sharing(&self.memo);
        search.reveal = true;
        let outcome = search.fulfil(vec![Predicate::Trait(goal, Span::default())]);
        let found = outcome == Outcome::Yes;
        self.holds.borrow_mut().insert(goal, found);
        found
    }
}
