//! Names and defaults of generic parameters, and the headers of impls.

use super::generics::{self, identity_args, param_names, self_param};
use super::{parent_generics, with_lower};
use crate::cx::{Cx, ParamName, Scope};
use crate::program::{FnParent, GenericParam, Generics};
use crate::types::{Ty, TyKind};
use gos_diag::{Diagnostic, codes};
use gos_syntax::ast;
use rustc_hash::FxHashMap;
use std::rc::Rc;

/// Gives every item its parameters and its scope.
pub(super) fn name_params(cx: &mut Cx<'_>) {
    for id in cx.fresh_adts() {
        let written = cx.items.adts[id].decl.generics();
        cx.program.adts[id].generics.params = generics::params(written);
        check_names(cx, written, &[]);
        let params = &cx.program.adts[id].generics.params;
        let types = identity_args(params);
        let scope = &mut cx.items.adts[id].scope;
        scope.params = param_names(params).into();
        scope.generics = Rc::new([written]);
        scope.self_ty = Some(Ty::new(TyKind::Adt(id, types)));
    }
    for id in cx.fresh_traits() {
        let decl = cx.items.traits[id].decl;
        let trait_ = &mut cx.program.traits[id];
        let mut params = vec![self_param(trait_.span)];
        params.extend(generics::params(&decl.generics));
        let scope = &mut cx.items.traits[id].scope;
        scope.params = param_names(&params).into();
        scope.generics = Rc::new([&decl.generics]);
        scope.self_ty = scope.params.first().map(|param| param.ty);
        scope.trait_ = Some(id);
        trait_.generics.params = params;
        check_names(cx, &decl.generics, &[]);
    }
    for id in cx.fresh_impls() {
        let Some(decl) = cx.items.impls[id].decl else {
            continue;
        };
        let params = generics::params(&decl.generics);
        check_names(cx, &decl.generics, &[]);
        let scope = &mut cx.items.impls[id].scope;
        scope.params = param_names(&params).into();
        scope.generics = Rc::new([&decl.generics]);
        scope.impl_ = Some(id);
        cx.program.impls[id].generics.params = params;
    }
    name_fn_params(cx);
    name_const_params(cx);
}

fn parent_scope<'a>(cx: &Cx<'a>, parent: FnParent) -> Option<Scope<'a>> {
    match parent {
        FnParent::Module => None,
        FnParent::Impl(id) => Some(cx.items.impls[id].scope.clone()),
        FnParent::Trait(id) => Some(cx.items.traits[id].scope.clone()),
    }
}

fn name_fn_params(cx: &mut Cx<'_>) {
    for id in cx.fresh_fns() {
        let Some(decl) = cx.items.fns[id].decl else {
            continue;
        };
        let parent = cx.program.fns[id].parent;
        let around = parent_generics(&cx.program, parent).map(|g| g.params.clone());
        let mut params = around.unwrap_or_default();
        let parent_count = params.len();
        params.extend(generics::params(&decl.generics));
        check_names(cx, &decl.generics, &params[..parent_count]);
        let module = cx.program.fns[id].module;
        let mut scope = parent_scope(cx, parent).unwrap_or_else(|| Scope::of_module(module));
        // Most functions have no generics of their own, and share what is around them.
        if params.len() > parent_count {
            scope.params = param_names(&params).into();
        }
        if !decl.generics.is_empty() {
            let outer = scope.generics.iter().copied();
            scope.generics = outer.chain([&decl.generics]).collect();
        }
        cx.items.fns[id].scope = scope;
        cx.program.fns[id].generics = Generics {
            params,
            parent_count,
            predicates: Vec::new(),
        };
    }
}

fn name_const_params(cx: &mut Cx<'_>) {
    for id in cx.fresh_consts() {
        let parent = cx.program.consts[id].parent;
        if let Some(scope) = parent_scope(cx, parent) {
            cx.items.consts[id].scope = scope;
            let params = parent_generics(&cx.program, parent).map(|g| g.params.clone());
            let params = params.unwrap_or_default();
            cx.program.consts[id].generics = Generics {
                parent_count: params.len(),
                params,
                predicates: Vec::new(),
            };
        }
    }
}

/// Reports a parameter that has the name of another.
fn check_names(cx: &mut Cx<'_>, written: &ast::Generics, outer: &[GenericParam]) {
    if written.params.is_empty() {
        return;
    }
    let mut seen: FxHashMap<_, _> = outer.iter().map(|param| (param.name, param.span)).collect();
    for param in &written.params {
        let name = param.name;
        if let Some(first) = seen.insert(name.name, name.span) {
            let text = format!("the generic parameter `{}` is declared twice", name.name);
            cx.report(
                Diagnostic::error(codes::DUPLICATE_DEFINITION, name.span, text)
                    .label(name.span, "declared again here")
                    .label(first, "first declared here"),
            );
        }
    }
}

/// Lowers defaults and the types of const parameters, which scopes know from then on.
pub(super) fn fill_params(cx: &mut Cx<'_>) {
    for id in cx.fresh_adts() {
        let scope = cx.items.adts[id].scope.clone();
        let written = cx.items.adts[id].decl.generics();
        let filled = fill(cx, &scope, written);
        let generics = &mut cx.program.adts[id].generics;
        set(generics, filled);
        if let Some(params) = names_with_types(generics) {
            cx.items.adts[id].scope.params = params;
        }
    }
    for id in cx.fresh_traits() {
        let scope = cx.items.traits[id].scope.clone();
        let written = &cx.items.traits[id].decl.generics;
        let filled = fill(cx, &scope, written);
        let generics = &mut cx.program.traits[id].generics;
        set(generics, filled);
        if let Some(params) = names_with_types(generics) {
            cx.items.traits[id].scope.params = params;
        }
    }
    for id in cx.fresh_impls() {
        let scope = cx.items.impls[id].scope.clone();
        if let Some(decl) = cx.items.impls[id].decl {
            let filled = fill(cx, &scope, &decl.generics);
            let generics = &mut cx.program.impls[id].generics;
            set(generics, filled);
            if let Some(params) = names_with_types(generics) {
                cx.items.impls[id].scope.params = params;
            }
        }
    }
    for id in cx.fresh_fns() {
        let scope = cx.items.fns[id].scope.clone();
        if let Some(decl) = cx.items.fns[id].decl {
            let filled = fill(cx, &scope, &decl.generics);
            set(&mut cx.program.fns[id].generics, filled);
            let mut generics = std::mem::take(&mut cx.program.fns[id].generics);
            let around = parent_generics(&cx.program, cx.program.fns[id].parent);
            inherit(&mut generics, around);
            if let Some(params) = names_with_types(&generics) {
                cx.items.fns[id].scope.params = params;
            }
            cx.program.fns[id].generics = generics;
        }
    }
    for id in cx.fresh_consts() {
        let mut generics = std::mem::take(&mut cx.program.consts[id].generics);
        let around = parent_generics(&cx.program, cx.program.consts[id].parent);
        inherit(&mut generics, around);
        if let Some(params) = names_with_types(&generics) {
            cx.items.consts[id].scope.params = params;
        }
        cx.program.consts[id].generics = generics;
    }
}

type Filled = Vec<(Option<Ty>, Option<Ty>)>;

fn fill(cx: &mut Cx<'_>, scope: &Scope<'_>, written: &ast::Generics) -> Filled {
    if written.params.is_empty() {
        return Vec::new();
    }
    with_lower(cx, scope, |lower| generics::fill_params(lower, written))
}

fn set(generics: &mut Generics, filled: Filled) {
    let first = generics.params.len() - filled.len();
    for (param, (const_ty, default)) in generics.params[first..].iter_mut().zip(filled) {
        param.const_ty = const_ty;
        param.default = default;
    }
}

/// The names once more, where there are const parameters, whose types were not known before.
fn names_with_types(generics: &Generics) -> Option<Rc<[ParamName]>> {
    let mut params = generics.params.iter();
    let known = params.any(|param| param.const_ty.is_some());
    known.then(|| param_names(&generics.params).into())
}

/// What became known of the parameters around an item, which stand first in its list.
fn inherit(generics: &mut Generics, around: Option<&Generics>) {
    let around = around.map_or(&[][..], |around| &around.params);
    for (param, outer) in generics.params.iter_mut().zip(around) {
        param.const_ty = outer.const_ty;
    }
}

/// Lowers self types and traits of impls, and tells their members what `Self` is.
pub(super) fn lower_impls(cx: &mut Cx<'_>) {
    for id in cx.fresh_impls() {
        let Some(decl) = cx.items.impls[id].decl else {
            continue;
        };
        let mut scope = cx.items.impls[id].scope.clone();
        let self_ty = with_lower(cx, &scope, |lower| lower.ty(&decl.self_ty));
        scope.self_ty = Some(self_ty);
        let trait_ref = decl
            .trait_
            .as_ref()
            .and_then(|path| with_lower(cx, &scope, |lower| lower.trait_ref(path, self_ty)));
        let impl_ = &mut cx.program.impls[id];
        impl_.self_ty = self_ty;
        impl_.trait_ref = trait_ref.map(|(trait_ref, _)| trait_ref);
        // An impl of something that is no trait must not act as an inherent one.
        if decl.trait_.is_some() && impl_.trait_ref.is_none() {
            impl_.self_ty = Ty::error();
        }
        for &fn_ in &cx.program.impls[id].methods {
            cx.items.fns[fn_].scope.self_ty = Some(self_ty);
        }
        for &const_ in &cx.program.impls[id].assoc_consts {
            cx.items.consts[const_].scope.self_ty = Some(self_ty);
        }
        cx.items.impls[id].scope = scope;
    }
}
