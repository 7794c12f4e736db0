//! `Clone`: field by field.

use super::body::{Builder, is_primitive};
use crate::hir::Expr;
use crate::types::{Ty, TyKind};

pub(super) fn value(b: &mut Builder<'_>) -> Expr {
    if b.is_plain_enum() {
        return b.behind(0);
    }
    if !b.is_enum() {
        let fields = b.field_places(0);
        let fields = fields.into_iter().map(|field| cloned(b, field)).collect();
        return b.construct(0, fields);
    }
    let mut arms = Vec::new();
    for variant in 0..b.variant_count() {
        let (pat, locals) = b.variant_pat(variant);
        let fields = b.reads(&locals);
        let fields = fields.into_iter().map(|field| cloned(b, field)).collect();
        arms.push((pat, b.construct(variant, fields)));
    }
    b.match_(b.behind(0), arms, b.self_ty)
}

fn cloned(b: &Builder<'_>, field: Expr) -> Expr {
    let ty = field.ty;
    if is_shared(ty) {
        return field;
    }
    let reference = b.reference(field);
    b.same_of(ty, vec![reference], ty)
}

/// Values, and handles that copies share.
fn is_shared(ty: Ty) -> bool {
    is_primitive(ty)
        || matches!(
            ty.kind(),
            TyKind::String
                | TyKind::Ref(..)
                | TyKind::View(..)
                | TyKind::FnPtr(_)
                | TyKind::FnObj(_)
                | TyKind::Dyn { .. }
                | TyKind::Ptr
                | TyKind::Error
        )
}
