//! Methods of objects.

use crate::infer::any_part;
use crate::program::{FnId, FnParent, Program};
use crate::types::TyKind;

/// Whether an object's vtable has the method: it has a receiver, no generic parameters of its own,
/// and its signature is the same for every self type. Other methods of an object run the trait's
/// default body with the object as `Self`.
#[must_use]
pub fn is_virtual(program: &Program, fn_: FnId) -> bool {
    let method = &program.fns[fn_];
    let own = method.generics.params.len() > method.generics.parent_count;
    if method.receiver.is_none() || own || !matches!(method.parent, FnParent::Trait(_)) {
        return false;
    }
    let mentions_self = |ty| {
        any_part(ty, &mut |part| match part.kind() {
            TyKind::Param { index, .. } => *index == 0,
            _ => false,
        })
    };
    // `Self::Item` is one type for all objects of a kind, since these name it.
    let without_assocs = |ty| {
        mentions_self(crate::types::Fold::fold(
            ty,
            &mut |part| match part.kind() {
                TyKind::Projection { .. } => crate::types::Ty::unit(),
                _ => part,
            },
        ))
    };
    let params = method.sig.params.iter().skip(1);
    !params.into_iter().any(|ty| without_assocs(*ty)) && !without_assocs(method.sig.result)
}
