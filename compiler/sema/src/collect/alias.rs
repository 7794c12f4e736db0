//! `type` aliases, each after those that it mentions.

use super::generics::{fill_params, param_names, params};
use super::lower_ty::Lower;
use crate::cx::Cx;
use crate::program::Generics;
use crate::resolve::AliasId;
use crate::types::Ty;
use gos_diag::{Diagnostic, codes};

/// Lowers all aliases.
pub(super) fn lower_all(cx: &mut Cx<'_>) {
    let fresh: Vec<AliasId> = cx.fresh_aliases().collect();
    for id in fresh {
        let mut stack = vec![id];
        while let Some(&top) = stack.last() {
            if cx.names.alias_types.contains_key(&top) {
                stack.pop();
                continue;
            }
            match lower(cx, top) {
                Ok(()) => {
                    stack.pop();
                }
                Err(missing) if stack.contains(&missing) => {
                    report_cycle(cx, top);
                    let generics = Generics::default();
                    cx.names.alias_types.insert(top, (generics, Ty::error()));
                }
                Err(missing) => stack.push(missing),
            }
        }
    }
}

fn report_cycle(cx: &mut Cx<'_>, id: AliasId) {
    let name = cx.items.aliases[id].decl.name;
    let text = format!("the alias `{}` stands for itself", name.name);
    cx.report(
        Diagnostic::error(codes::RECURSIVE_ALIAS, name.span, text)
            .help("use a `struct` or `enum`, which may contain itself"),
    );
}

/// Lowers one alias, or names the one that has to come first.
fn lower(cx: &mut Cx<'_>, id: AliasId) -> Result<(), AliasId> {
    let item = &cx.items.aliases[id];
    let decl = item.decl;
    let mut scope = item.scope.clone();
    let mut generics = Generics {
        params: params(&decl.generics),
        parent_count: 0,
        predicates: Vec::new(),
    };
    scope.params = param_names(&generics.params).into();
    scope.generics = std::rc::Rc::new([&decl.generics]);
    let mut diagnostics = Vec::new();
    let (filled, missing) = {
        let mut lower = Lower::of_scope(&cx.names, &cx.program, &scope, &mut diagnostics);
        (fill_params(&mut lower, &decl.generics), lower.missing_alias)
    };
    if let Some(missing) = missing {
        return Err(missing);
    }
    for (param, (const_ty, default)) in generics.params.iter_mut().zip(filled) {
        param.const_ty = const_ty;
        param.default = default;
    }
    scope.params = param_names(&generics.params).into();
    let (ty, missing) = {
        let mut lower = Lower::of_scope(&cx.names, &cx.program, &scope, &mut diagnostics);
        let ty = decl.ty.as_ref().map_or_else(Ty::error, |ty| lower.ty(ty));
        (ty, lower.missing_alias)
    };
    if let Some(missing) = missing {
        return Err(missing);
    }
    cx.diagnostics.append(&mut diagnostics);
    cx.names.alias_types.insert(id, (generics, ty));
    Ok(())
}
