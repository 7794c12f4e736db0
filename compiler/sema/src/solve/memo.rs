//! Goals proved once: what is known of a goal is remembered as long as the same bounds are in force.
//!
//! A goal is remembered with the signatures of the closures in it, for these may still be under
//! inference. Variables stand for themselves: a goal that binds none of its variables has the same
//! answer until one of them is bound, and then it is another goal.

use super::fuel;
use super::search::{Outcome, Search};
use crate::infer::{any_part, has_vars};
use crate::program::{ClosureId, Predicate};
use crate::types::{Flags, FnSig, TraitRef, Ty, TyKind, substitute};
use gos_diag::{Span, Symbol};
use rustc_hash::FxHashMap;
use std::cell::RefCell;
use std::rc::Rc;

/// Proofs inside of proofs are followed this deep.
const DEPTH_MAX: u32 = 160;

/// What a goal is known by: the types of its trait reference, then the signatures of the closures
/// in them.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Key {
    trait_: crate::program::TraitId,
    name: Option<Symbol>,
    types: Vec<Ty>,
}

/// What is known of a goal.
#[derive(Clone, Copy, Debug)]
pub(super) enum Known {
    /// It holds, and binds nothing; with the type when it is an associated type.
    Yes(Option<Ty>),
    No,
    /// It binds variables or waits for some, or its proof comes back to itself.
    Open,
}

/// The answers found so far, for one set of bounds in force.
#[derive(Debug, Default)]
pub(super) struct Memo {
    known: FxHashMap<Key, Known>,
    env: Vec<Predicate>,
}

/// Answers shared by the proofs of one owner.
pub(super) type Shared = Rc<RefCell<Memo>>;

impl Memo {
    /// Forgets what was found under other bounds.
    pub(super) fn keep_for(&mut self, env: &[Predicate]) {
        if self.env.as_slice() != env {
            self.known.clear();
            self.env = env.to_vec();
        }
    }
}

impl Search<'_> {
    /// What following `T: Trait` to its end gives. The types are resolved and normalized.
    pub(super) fn known_trait(&mut self, goal: TraitRef) -> Known {
        let key = self.key(goal, None);
        self.remembered(key, |search| {
            let answer = search.trait_step(goal);
            (search.follow(answer), None)
        })
    }

    /// What following an associated type to its end gives.
    pub(super) fn known_type(&mut self, goal: TraitRef, name: Symbol) -> Known {
        let key = self.key(goal, Some(name));
        self.remembered(key, |search| {
            let ty = search.table.fresh();
            let answer = search.projection_step((goal, name), ty, Span::default());
            (search.follow(answer), Some(ty))
        })
    }

    fn remembered(
        &mut self,
        key: Key,
        prove: impl FnOnce(&mut Self) -> (Outcome, Option<Ty>),
    ) -> Known {
        if let Some(known) = self.memo.borrow().known.get(&key) {
            return *known;
        }
        if self.proofs >= DEPTH_MAX {
            fuel::exhaust();
            return Known::Open;
        }
        // A proof that needs itself finds this.
        let memo = Rc::clone(&self.memo);
        memo.borrow_mut().known.insert(key.clone(), Known::Open);
        let snapshot = self.table.snapshot();
        self.proofs += 1;
        let (outcome, ty) = prove(self);
        self.proofs -= 1;
        let ty = ty.map(|ty| self.table.resolve(ty));
        let unchanged = key.types.iter().all(|ty| self.table.resolve(*ty) == *ty);
        let closed = ty.is_none_or(|ty| is_made_of(ty, &key.types));
        self.table.rollback(snapshot);
        let known = match outcome {
            Outcome::Yes if unchanged && closed => Known::Yes(ty),
            Outcome::No => Known::No,
            Outcome::Yes | Outcome::Maybe => Known::Open,
        };
        if fuel::is_exhausted() {
            memo.borrow_mut().known.remove(&key);
            return Known::Open;
        }
        memo.borrow_mut().known.insert(key, known);
        known
    }

    fn key(&self, goal: TraitRef, name: Option<Symbol>) -> Key {
        let mut types = goal.args.to_vec();
        let mut seen: Vec<(ClosureId, FnSig)> = Vec::new();
        let mut at = 0;
        while at < types.len() {
            if !types[at].has(Flags::CLOSURE) {
                at += 1;
                continue;
            }
            let mut found = Vec::new();
            any_part(types[at], &mut |part| {
                if let TyKind::Closure(id, args) = part.kind()
                    && let Some(closure) = self.program.closures.get(*id)
                {
                    found.push((*id, substitute(closure.sig, *args)));
                }
                false
            });
            for closure in found {
                if !seen.contains(&closure) {
                    seen.push(closure);
                    types.push(self.table.resolve(Ty::new(TyKind::FnPtr(closure.1))));
                }
            }
            at += 1;
        }
        Key {
            trait_: goal.trait_,
            name,
            types,
        }
    }
}

/// Whether the type has no variables but those of `known`.
fn is_made_of(ty: Ty, known: &[Ty]) -> bool {
    let is_new = |part: Ty| {
        matches!(part.kind(), TyKind::Infer(_))
            && !known
                .iter()
                .any(|known| any_part(*known, &mut |of| of == part))
    };
    !has_vars(ty) || !any_part(ty, &mut { is_new })
}
