//! Signatures of functions, and the types of constants.

use super::lower_ty::{ImplMode, Lower};
use super::{identity_args, with_lower};
use crate::const_eval;
use crate::cx::Cx;
use crate::program::{
    FnId, FnKind, FnParent, GenericParam, Opaque, OpaqueId, Predicate, Program, Receiver,
};
use crate::types::{Abi, FnSig, Mutability, Ty, TyKind, TyList};
use gos_diag::{Diagnostic, Symbol, codes};
use gos_syntax::ast::{self, SelfKind, TypeKind};

/// Lowers all signatures.
pub(super) fn lower_all(cx: &mut Cx<'_>) {
    for id in cx.fresh_fns() {
        if let Some(decl) = cx.items.fns[id].decl {
            lower_fn(cx, id, decl);
        }
    }
    for id in cx.fresh_consts() {
        let scope = cx.items.consts[id].scope.clone();
        let Some(written) = cx.items.consts[id].ty else {
            continue;
        };
        let ty = with_lower(cx, &scope, |lower| lower.ty(written));
        cx.program.consts[id].ty = read_only(&cx.program, ty);
    }
}

/// In constants `[T]` means a read-only `&[T]`, but for what a lock guards.
fn read_only(program: &Program, ty: Ty) -> Ty {
    let all = |items: TyList| items.iter().map(|item| read_only(program, *item)).collect();
    match ty.kind() {
        TyKind::Vec(element) => Ty::view(read_only(program, *element), Mutability::Not),
        TyKind::View(element, mutability) => Ty::view(read_only(program, *element), *mutability),
        TyKind::Array(element, length) => {
            Ty::new(TyKind::Array(read_only(program, *element), *length))
        }
        TyKind::Ref(to, mutability) => Ty::reference(read_only(program, *to), *mutability),
        TyKind::Box(inner, cell) => Ty::cell(read_only(program, *inner), *cell),
        TyKind::Tuple(items) => Ty::new(TyKind::Tuple(all(*items))),
        TyKind::Adt(id, args) if !const_eval::is_guarded(program, *id) => {
            Ty::new(TyKind::Adt(*id, all(*args)))
        }
        _ => ty,
    }
}

/// What lowering one signature found.
struct Lowered {
    params: Vec<Ty>,
    result: Ty,
    receiver: Option<Receiver>,
    /// Bounds of `impl Trait` parameters and of hidden results.
    param_bounds: Vec<Vec<Predicate>>,
    opaque_bounds: Vec<Vec<Predicate>>,
}

fn lower_fn(cx: &mut Cx<'_>, id: FnId, decl: &ast::FnDecl) {
    let scope = cx.items.fns[id].scope.clone();
    let first_param = cx.program.fns[id].generics.params.len() as u32;
    let next_opaque = cx.program.opaques.next_id();
    let in_trait = matches!(cx.program.fns[id].parent, FnParent::Trait(_));
    let mut params = cx.program.fns[id].generics.params.clone();
    let lowered = with_lower(cx, &scope, |lower| {
        let mut found = lower_params(lower, decl, first_param);
        for _ in &found.param_bounds {
            params.push(GenericParam {
                name: Symbol::intern("impl Trait"),
                span: decl.header_span,
                const_ty: None,
                default: None,
            });
        }
        lower_result(lower, decl, (next_opaque, &params), &mut found);
        found
    });
    if in_trait && !lowered.opaque_bounds.is_empty() {
        let span = decl.ret.as_ref().map_or(decl.header_span, |ret| ret.span);
        let text = "a trait's method cannot hide its result type";
        let message = Diagnostic::error(codes::INVALID_TYPE, span, text);
        cx.report(message.help("declare an associated type for it"));
    }
    for bounds in lowered.opaque_bounds {
        cx.program.opaques.push(Opaque {
            fn_: id,
            bounds,
            hidden: None,
        });
    }
    let extra = lowered.param_bounds.into_iter().flatten().collect();
    let extra = super::predicates::elaborate(&cx.program, extra);
    let fn_ = &mut cx.program.fns[id];
    fn_.generics.params = params;
    fn_.generics.predicates.extend(extra);
    fn_.receiver = lowered.receiver;
    fn_.sig = FnSig {
        params: lowered.params.into_iter().collect(),
        result: lowered.result,
        abi: Abi::Gossamer,
    };
    super::foreign::check(cx, id, decl);
    check_body(cx, id, decl);
}

fn lower_params(lower: &mut Lower<'_>, decl: &ast::FnDecl, first_param: u32) -> Lowered {
    let mut params = Vec::new();
    let mut receiver = None;
    if let Some(written) = &decl.self_param {
        let (ty, how) = self_type(lower, written);
        params.push(ty);
        receiver = Some(how);
    }
    lower.impl_mode = ImplMode::Params(first_param);
    for param in &decl.params {
        params.push(lower.ty(&param.ty));
    }
    Lowered {
        params,
        result: Ty::unit(),
        receiver,
        param_bounds: std::mem::take(&mut lower.impl_bounds),
        opaque_bounds: Vec::new(),
    }
}

fn lower_result(
    lower: &mut Lower<'_>,
    decl: &ast::FnDecl,
    (next, params): (OpaqueId, &[GenericParam]),
    found: &mut Lowered,
) {
    if let Some(written) = &decl.ret {
        lower.impl_mode = ImplMode::Opaque(next, identity_args(params));
        found.result = lower.ty(written);
        found.opaque_bounds = std::mem::take(&mut lower.impl_bounds);
    }
}

fn self_type(lower: &mut Lower<'_>, written: &ast::SelfParam) -> (Ty, Receiver) {
    let Some(self_ty) = lower.self_ty else {
        let text = "`self` is a parameter only of methods in a trait or impl";
        let ty = lower.error(codes::INVALID_SELF, written.span, text);
        return (ty, Receiver::Value);
    };
    if let Some(written) = &written.ty {
        let ty = lower.ty(written);
        let how = match (&written.kind, ty.kind()) {
            (TypeKind::Ref { .. }, TyKind::Ref(_, Mutability::Not)) => Receiver::Ref,
            (TypeKind::Ref { .. }, TyKind::Ref(_, Mutability::Mut)) => Receiver::RefMut,
            _ => Receiver::Value,
        };
        return (ty, how);
    }
    match written.kind {
        SelfKind::Value | SelfKind::MutValue => (self_ty, Receiver::Value),
        SelfKind::Ref if self_ty.is_error() => (self_ty, Receiver::Ref),
        SelfKind::RefMut if self_ty.is_error() => (self_ty, Receiver::RefMut),
        SelfKind::Ref => (Ty::reference(self_ty, Mutability::Not), Receiver::Ref),
        SelfKind::RefMut => (Ty::reference(self_ty, Mutability::Mut), Receiver::RefMut),
    }
}

fn check_body(cx: &mut Cx<'_>, id: FnId, decl: &ast::FnDecl) {
    let fn_ = &cx.program.fns[id];
    if fn_.kind == FnKind::Gossamer && decl.body.is_none() {
        let text = format!("the function `{}` has no body", decl.name.name);
        let message = Diagnostic::error(codes::MISSING_TRAIT_ITEM, decl.header_span, text);
        cx.report(message.help("write a body in braces"));
    }
}
