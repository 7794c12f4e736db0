//! Type inference inside of one body: variables, unification, snapshots.
//!
//! Keeps: a variable is bound once and never to a type that contains it. Never: reports anything;
//! it only answers whether two types can be the same. Read next: `unify.rs`.

mod unify;

#[cfg(test)]
mod tests;

use crate::types::{Flags, FloatTy, Fold, InferVar, IntTy, Ty, TyKind, TyList};

pub use unify::Mismatch;

/// What a variable may stand for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum VarKind {
    Ty,
    Int,
    Float,
}

#[derive(Clone, Copy, Debug)]
struct Slot {
    kind: VarKind,
    bound: Option<Ty>,
}

/// The variables of one body and what they are bound to.
#[derive(Debug, Default)]
pub struct InferTable {
    slots: Vec<Slot>,
    /// Bound variables in order of binding, for rollback.
    log: Vec<u32>,
}

/// A state to come back to.
#[derive(Debug)]
#[must_use]
pub struct Snapshot {
    slots: usize,
    log: usize,
}

impl InferTable {
    /// A table without variables.
    #[must_use]
    pub fn new() -> InferTable {
        InferTable::default()
    }

    fn add(&mut self, kind: VarKind) -> u32 {
        let index = u32::try_from(self.slots.len()).unwrap_or(u32::MAX);
        self.slots.push(Slot { kind, bound: None });
        index
    }

    /// A new variable for any type.
    pub fn fresh(&mut self) -> Ty {
        let index = self.add(VarKind::Ty);
        Ty::new(TyKind::Infer(InferVar::Ty(index)))
    }

    /// A new variable for an integer type.
    pub fn fresh_int(&mut self) -> Ty {
        let index = self.add(VarKind::Int);
        Ty::new(TyKind::Infer(InferVar::Int(index)))
    }

    /// A new variable for a float type.
    pub fn fresh_float(&mut self) -> Ty {
        let index = self.add(VarKind::Float);
        Ty::new(TyKind::Infer(InferVar::Float(index)))
    }

    /// New variables for `count` types.
    pub fn fresh_list(&mut self, count: usize) -> TyList {
        (0..count).map(|_| self.fresh()).collect()
    }

    fn bound(&self, var: InferVar) -> Option<Ty> {
        self.slots.get(index_of(var)).and_then(|slot| slot.bound)
    }

    fn bind(&mut self, var: InferVar, ty: Ty) {
        let index = index_of(var);
        if let Some(slot) = self.slots.get_mut(index) {
            slot.bound = Some(ty);
            self.log.push(index as u32);
        }
    }

    /// What the type is known to be at its outside: a bound variable's type, else itself.
    #[must_use]
    pub fn shallow(&self, mut ty: Ty) -> Ty {
        while let TyKind::Infer(var) = ty.kind() {
            match self.bound(*var) {
                Some(next) => ty = next,
                None => break,
            }
        }
        ty
    }

    /// Replaces every bound variable, however deep.
    #[must_use]
    pub fn resolve<T: Fold>(&self, value: T) -> T {
        value.fold_where(Flags::VAR, &mut |ty| self.resolve_leaf(ty))
    }

    fn resolve_leaf(&self, ty: Ty) -> Ty {
        match ty.kind() {
            TyKind::Infer(_) => {
                let known = self.shallow(ty);
                if known == ty || !has_vars(known) || matches!(known.kind(), TyKind::Infer(_)) {
                    known
                } else {
                    self.resolve(known)
                }
            }
            _ => ty,
        }
    }

    /// Remembers the state.
    pub fn snapshot(&mut self) -> Snapshot {
        Snapshot {
            slots: self.slots.len(),
            log: self.log.len(),
        }
    }

    /// Undoes every binding since the snapshot and forgets the variables made since.
    pub fn rollback(&mut self, snapshot: Snapshot) {
        while self.log.len() > snapshot.log {
            if let Some(slot) = self.log.pop().and_then(|i| self.slots.get_mut(i as usize)) {
                slot.bound = None;
            }
        }
        self.slots.truncate(snapshot.slots);
    }

    /// Runs `f` and undoes what it bound.
    pub fn probe<R>(&mut self, f: impl FnOnce(&mut InferTable) -> R) -> R {
        let snapshot = self.snapshot();
        let result = f(self);
        self.rollback(snapshot);
        result
    }

    /// Runs `f` and undoes what it bound unless it succeeds.
    ///
    /// # Errors
    /// Those of `f`.
    pub fn attempt<R, E>(
        &mut self,
        f: impl FnOnce(&mut InferTable) -> Result<R, E>,
    ) -> Result<R, E> {
        let snapshot = self.snapshot();
        let result = f(self);
        if result.is_err() {
            self.rollback(snapshot);
        }
        result
    }

    /// How often a variable was bound; two equal numbers mean that nothing was learnt in between.
    #[must_use]
    pub fn progress(&self) -> usize {
        self.log.len()
    }

    /// Gives every undecided integer and float variable its default. True if there was one.
    pub fn apply_defaults(&mut self) -> bool {
        let mut any = false;
        for index in 0..self.slots.len() {
            let slot = self.slots[index];
            if slot.bound.is_some() {
                continue;
            }
            let ty = match slot.kind {
                VarKind::Int => Ty::int(IntTy::I64),
                VarKind::Float => Ty::float(FloatTy::F64),
                VarKind::Ty => continue,
            };
            self.slots[index].bound = Some(ty);
            self.log.push(index as u32);
            any = true;
        }
        any
    }

    /// Gives this integer or float variable its default; other types stay.
    pub fn apply_default(&mut self, ty: Ty) -> Ty {
        let ty = self.shallow(ty);
        let default = match ty.kind() {
            TyKind::Infer(var @ InferVar::Int(_)) => (*var, Ty::int(IntTy::I64)),
            TyKind::Infer(var @ InferVar::Float(_)) => (*var, Ty::float(FloatTy::F64)),
            _ => return ty,
        };
        self.bind(default.0, default.1);
        default.1
    }
}

fn index_of(var: InferVar) -> usize {
    match var {
        InferVar::Ty(index) | InferVar::Int(index) | InferVar::Float(index) => index as usize,
    }
}

/// Whether the type mentions a variable.
#[must_use]
pub fn has_vars(ty: Ty) -> bool {
    ty.has(Flags::VAR)
}

/// Whether `test` holds for the type or any type in it.
pub fn any_part(ty: Ty, test: &mut dyn FnMut(Ty) -> bool) -> bool {
    if test(ty) {
        return true;
    }
    let mut list = |items: &[Ty]| items.iter().any(|&item| any_part(item, test));
    match ty.kind() {
        TyKind::Tuple(items)
        | TyKind::Adt(_, items)
        | TyKind::FnDef(_, items)
        | TyKind::Closure(_, items)
        | TyKind::Opaque(_, items) => list(items),
        TyKind::Array(a, b) => list(&[*a, *b]),
        TyKind::Vec(inner)
        | TyKind::View(inner, _)
        | TyKind::Ref(inner, _)
        | TyKind::Box(inner, _) => list(&[*inner]),
        TyKind::FnPtr(sig) | TyKind::FnObj(sig) => list(&sig.params) || list(&[sig.result]),
        TyKind::Dyn { args, assocs, .. } => list(args) || assocs.iter().any(|&(_, ty)| list(&[ty])),
        TyKind::Projection { trait_ref, .. } => list(&trait_ref.args),
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
        | TyKind::Infer(_) => false,
    }
}
