//! What monomorphization asks of the checker: which function a trait's method is for concrete
//! types, and what an associated or hidden type stands for. A trait of its own, so that tests can
//! bring their answers.

use gos_sema::program::{ConstId, FnId, Program, ResolvedFn};
use gos_sema::types::{TraitRef, Ty, TyList};

/// Answers about concrete types.
pub trait Solver {
    /// The type with associated and hidden types resolved.
    fn normalize(&self, program: &Program, ty: Ty) -> Ty;

    /// The function that a trait's method, called with these arguments (self type first), is.
    fn resolve_fn(&self, program: &Program, fn_: FnId, args: TyList) -> Option<ResolvedFn>;

    /// The constant that a trait's associated constant is.
    fn resolve_const(
        &self,
        program: &Program,
        const_: ConstId,
        args: TyList,
    ) -> Option<(ConstId, TyList)>;

    /// Whether the trait is implemented.
    fn implements(&self, program: &Program, goal: TraitRef) -> bool;
}
