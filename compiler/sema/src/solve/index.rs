//! Impls sorted by trait and by the outermost form of their self type, so that a goal looks at the
//! few that can match.

use crate::program::{AdtId, ClosureId, FnId, ImplId, Program, TraitId};
use crate::types::{CellKind, FloatTy, IntTy, Mutability, Ty, TyKind};
use rustc_hash::FxHashMap;

/// The outermost form of a type.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Head {
    Never,
    Bool,
    Char,
    Int(IntTy),
    Float(FloatTy),
    String,
    Tuple(usize),
    Adt(AdtId),
    Array,
    Vec,
    View(Mutability),
    Ref(Mutability),
    Box(CellKind),
    Ptr,
    FnPtr,
    FnObj,
    FnDef(FnId),
    Closure(ClosureId),
    Dyn(TraitId),
}

/// None for what may be any type: parameters, variables, associated and hidden types.
pub(crate) fn head(ty: Ty) -> Option<Head> {
    Some(match ty.kind() {
        TyKind::Never => Head::Never,
        TyKind::Bool => Head::Bool,
        TyKind::Char => Head::Char,
        TyKind::Int(int) => Head::Int(*int),
        TyKind::Float(float) => Head::Float(*float),
        TyKind::String => Head::String,
        TyKind::Tuple(items) => Head::Tuple(items.len()),
        TyKind::Adt(id, _) => Head::Adt(*id),
        TyKind::Array(..) => Head::Array,
        TyKind::Vec(_) => Head::Vec,
        TyKind::View(_, mutability) => Head::View(*mutability),
        TyKind::Ref(_, mutability) => Head::Ref(*mutability),
        TyKind::Box(_, cell) => Head::Box(*cell),
        TyKind::Ptr => Head::Ptr,
        TyKind::FnPtr(_) => Head::FnPtr,
        TyKind::FnObj(_) => Head::FnObj,
        TyKind::FnDef(id, _) => Head::FnDef(*id),
        TyKind::Closure(id, _) => Head::Closure(*id),
        TyKind::Dyn { trait_, .. } => Head::Dyn(*trait_),
        TyKind::Error
        | TyKind::Param { .. }
        | TyKind::Projection { .. }
        | TyKind::Opaque(..)
        | TyKind::ConstInt(_)
        | TyKind::Infer(_) => return None,
    })
}

/// Impls by trait and head; part of [`Program`], filled when all items are known.
#[derive(Debug, Default)]
pub struct ImplIndex {
    by_head: FxHashMap<(TraitId, Head), Vec<ImplId>>,
    /// Impls whose self type is a parameter.
    blanket: FxHashMap<TraitId, Vec<ImplId>>,
}

impl ImplIndex {
    /// Impls of the trait for this form of type.
    pub(super) fn of_head(&self, trait_: TraitId, head: Head) -> &[ImplId] {
        self.by_head.get(&(trait_, head)).map_or(&[], Vec::as_slice)
    }

    /// Impls of the trait for any type.
    pub(super) fn blanket(&self, trait_: TraitId) -> &[ImplId] {
        self.blanket.get(&trait_).map_or(&[], Vec::as_slice)
    }
}

impl Program {
    /// Adds an impl to [`Program::impl_index`].
    pub(crate) fn index_impl(&mut self, id: ImplId) {
        let impl_ = &self.impls[id];
        let Some(trait_ref) = impl_.trait_ref else {
            return;
        };
        let (trait_, index) = (trait_ref.trait_, &mut self.impl_index);
        match head(impl_.self_ty) {
            Some(head) => index.by_head.entry((trait_, head)).or_default().push(id),
            None if impl_.self_ty.is_error() => {}
            None => index.blanket.entry(trait_).or_default().push(id),
        }
    }
}
