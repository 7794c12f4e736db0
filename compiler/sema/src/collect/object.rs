//! Which traits can be objects. Judged from the syntax, since object types occur in the very
//! signatures that would have to be known.

use crate::cx::Cx;
use crate::resolve::ObjectTrouble;
use gos_diag::Symbol;
use gos_syntax::ast::{
    FnDecl, GenericArg, GenericArgs, GenericParamKind, ItemKind, Path, TypeExpr, TypeKind,
};

/// Notes the traits that have a required method which no object can have.
pub(super) fn find_unsafe(cx: &mut Cx<'_>) {
    for id in cx.fresh_traits() {
        let item = &cx.items.traits[id];
        for member in &item.decl.items {
            let ItemKind::Fn(decl) = &member.kind else {
                continue;
            };
            // A default body serves the object as it is, so only required methods matter.
            if decl.body.is_some() || needs_sized(decl) {
                continue;
            }
            if let Some(reason) = trouble(decl) {
                let method = decl.name;
                let trouble = ObjectTrouble { method, reason };
                cx.names.not_objects.entry(id).or_insert(trouble);
            }
        }
    }
}

/// `where Self: Sized`
fn needs_sized(decl: &FnDecl) -> bool {
    decl.generics.where_clause.iter().any(|predicate| {
        is_self(&predicate.ty)
            && predicate.bounds.iter().any(|bound| {
                let last = bound.path.last();
                last.is_some_and(|segment| segment.ident.name == "Sized")
            })
    })
}

fn trouble(decl: &FnDecl) -> Option<&'static str> {
    let is_type = |kind: &GenericParamKind| matches!(kind, GenericParamKind::Type { .. });
    if decl.self_param.is_none() {
        return Some("has no `self`");
    }
    if decl
        .generics
        .params
        .iter()
        .any(|param| is_type(&param.kind))
    {
        return Some("is generic");
    }
    if decl.params.iter().any(|param| mentions_self(&param.ty)) {
        return Some("takes a further `Self`");
    }
    if decl.ret.as_ref().is_some_and(mentions_self) {
        return Some("gives a `Self`");
    }
    None
}

fn is_self(ty: &TypeExpr) -> bool {
    match &ty.kind {
        TypeKind::Path(path) => path
            .as_ident()
            .is_some_and(|name| name.name == Symbol::SELF_TYPE),
        _ => false,
    }
}

fn mentions_self(ty: &TypeExpr) -> bool {
    match &ty.kind {
        TypeKind::Path(path) => is_self(ty) || path_mentions_self(path),
        TypeKind::Ref { inner, .. } | TypeKind::RawPtr { inner, .. } => mentions_self(inner),
        TypeKind::Slice(inner) => mentions_self(inner),
        TypeKind::Array { elem, .. } => mentions_self(elem),
        TypeKind::Tuple(items) => items.iter().any(mentions_self),
        TypeKind::Fn(f) => {
            f.params.iter().any(mentions_self) || f.ret.as_deref().is_some_and(mentions_self)
        }
        TypeKind::Impl(bounds) | TypeKind::Dyn(bounds) => {
            bounds.iter().any(|bound| path_mentions_self(&bound.path))
        }
        TypeKind::Never | TypeKind::Infer | TypeKind::Error => false,
    }
}

fn path_mentions_self(path: &Path) -> bool {
    path.segments.iter().any(|segment| match &segment.args {
        Some(GenericArgs::Angle { args, .. }) => args.iter().any(|arg| match arg {
            GenericArg::Type(ty) | GenericArg::AssocType { ty, .. } => mentions_self(ty),
            GenericArg::Const(_) | GenericArg::AssocBound { .. } => false,
        }),
        Some(GenericArgs::Paren { inputs, output, .. }) => {
            inputs.iter().any(mentions_self) || output.as_deref().is_some_and(mentions_self)
        }
        None => false,
    })
}
