//! Generic parameters and the predicates of an item's header.

use super::lower_ty::Lower;
use crate::cx::ParamName;
use crate::program::{GenericParam, Predicate};
use crate::types::{Ty, TyKind, TyList};
use gos_diag::{Symbol, codes};
use gos_syntax::ast::{self, GenericParamKind};

/// The parameters themselves as arguments: what an item's own body sees.
pub(crate) fn identity_args(params: &[GenericParam]) -> TyList {
    let param = |(index, param): (usize, &GenericParam)| {
        Ty::new(TyKind::Param {
            index: index as u32,
            name: param.name,
        })
    };
    params.iter().enumerate().map(param).collect()
}

/// The names of parameters as a scope shows them.
pub(crate) fn param_names(params: &[GenericParam]) -> Vec<ParamName> {
    let types = identity_args(params);
    let named = params.iter().zip(types.iter());
    named
        .map(|(param, ty)| ParamName {
            name: param.name,
            ty: *ty,
            const_ty: param.const_ty,
        })
        .collect()
}

/// The parameter 0 of a trait.
pub(super) fn self_param(span: gos_diag::Span) -> GenericParam {
    GenericParam {
        name: Symbol::SELF_TYPE,
        span,
        const_ty: None,
        default: None,
    }
}

/// Parameters as written, without defaults, which need all names to be known.
pub(super) fn params(written: &ast::Generics) -> Vec<GenericParam> {
    let param = |param: &ast::GenericParam| GenericParam {
        name: param.name.name,
        span: param.name.span,
        const_ty: match &param.kind {
            GenericParamKind::Type { .. } => None,
            // Replaced by the type as written once types can be lowered.
            GenericParamKind::Const { .. } => Some(Ty::usize()),
        },
        default: None,
    };
    written.params.iter().map(param).collect()
}

/// Defaults and the types of const parameters, for the last of `params`.
pub(super) fn fill_params(
    lower: &mut Lower<'_>,
    written: &ast::Generics,
) -> Vec<(Option<Ty>, Option<Ty>)> {
    let fill = |param: &ast::GenericParam| match &param.kind {
        GenericParamKind::Type { default, .. } => {
            (None, default.as_ref().map(|default| lower.ty(default)))
        }
        GenericParamKind::Const { ty, default } => {
            let written = ty;
            let ty = match lower.ty(written) {
                ty if is_const_kind(ty) => ty,
                // What is made of the parameter elsewhere is the same mistake.
                _ => {
                    let text = "a const parameter is an integer, a `bool` or a `char`";
                    lower.error(codes::INVALID_TYPE, written.span, text)
                }
            };
            let default = default.as_ref();
            let default = default.map(|default| super::array_length::value(lower, default, ty));
            (Some(ty), default)
        }
    };
    written.params.iter().map(fill).collect()
}

fn is_const_kind(ty: Ty) -> bool {
    matches!(
        ty.kind(),
        TyKind::Int(_) | TyKind::Bool | TyKind::Char | TyKind::Error
    )
}

/// The bounds of the parameters and of the `where` clause.
pub(super) fn predicates(lower: &mut Lower<'_>, written: &ast::Generics) -> Vec<Predicate> {
    let mut all = Vec::new();
    for param in &written.params {
        if let GenericParamKind::Type { bounds, .. } = &param.kind {
            let found = lower
                .params
                .iter()
                .rev()
                .find(|p| p.name == param.name.name);
            let Some(ty) = found.map(|param| param.ty) else {
                continue;
            };
            all.extend(lower.bounds(bounds, ty));
        }
    }
    for predicate in &written.where_clause {
        let ty = lower.ty(&predicate.ty);
        if !ty.is_error() {
            all.extend(lower.bounds(&predicate.bounds, ty));
        }
    }
    all
}
