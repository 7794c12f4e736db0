//! `Default`: every field's default.

use super::body::Builder;
use crate::hir::Expr;

pub(super) fn value(b: &mut Builder<'_>, variant: usize) -> Expr {
    let fields = &b.program.adts[b.adt].variants[variant].fields;
    let fields = fields.iter();
    let fields = fields.map(|field| b.same_of(field.ty, Vec::new(), field.ty));
    b.construct(variant, fields.collect())
}
