//! Rules about all impls together: no two for one trait and type, none of a foreign trait for a
//! foreign type.

#[cfg(test)]
mod tests;

use crate::cx::Cx;
use crate::infer::InferTable;
use crate::loader::SourceRoot;
use crate::program::{Impl, ImplId, ModuleId, Program};
use crate::solve::may_overlap;
use crate::types::{Ty, TyKind};
use gos_diag::{Diagnostic, codes};
use rustc_hash::FxHashMap;

/// Checks the impls of the user's modules. The library is trusted.
pub(crate) fn check(cx: &mut Cx<'_>) {
    let mut messages = Vec::new();
    for ids in cx.program.impls_of_trait.values() {
        for &id in ids {
            let impl_ = &cx.program.impls[id];
            if !cx.is_std(impl_.module) && !impl_.self_ty.is_error() {
                check_orphan(cx, impl_, &mut messages);
            }
        }
        check_overlaps(cx, ids, &mut messages);
    }
    check_inherent_names(cx, &mut messages);
    messages.sort_by_key(|message: &Diagnostic| message.span());
    cx.diagnostics.extend(messages);
}

/// Whether the type belongs to the project of this root.
fn is_local(cx: &Cx<'_>, ty: Ty, root: SourceRoot) -> bool {
    match ty.kind() {
        TyKind::Adt(id, _) => cx.root(cx.program.adts[*id].module) == root,
        TyKind::Dyn { trait_, .. } => cx.root(cx.program.traits[*trait_].module) == root,
        TyKind::Box(inner, _) | TyKind::Ref(inner, _) | TyKind::Vec(inner) => {
            is_local(cx, *inner, root)
        }
        TyKind::View(inner, _) => is_local(cx, *inner, root),
        TyKind::Error => true,
        _ => false,
    }
}

fn check_orphan(cx: &Cx<'_>, impl_: &Impl, messages: &mut Vec<Diagnostic>) {
    let Some(trait_ref) = impl_.trait_ref else {
        return;
    };
    let trait_ = &cx.program.traits[trait_ref.trait_];
    let root = cx.root(impl_.module);
    let mut args = trait_ref.args.iter();
    if cx.root(trait_.module) == root || args.any(|arg| is_local(cx, *arg, root)) {
        return;
    }
    let text = format!(
        "`{}` and `{}` both belong to {}, so this project cannot implement one for the other",
        trait_.name,
        impl_.self_ty.display(&cx.program),
        elsewhere(cx, trait_.module, impl_.self_ty)
    );
    messages.push(
        Diagnostic::error(codes::ORPHAN_IMPL, impl_.span, text)
            .help("wrap the type in a struct of your own, or declare a trait of your own"),
    );
}

/// Who owns the trait and the type.
fn elsewhere(cx: &Cx<'_>, of_trait: ModuleId, ty: Ty) -> &'static str {
    let of_type = match ty.kind() {
        TyKind::Adt(id, _) => cx.root(cx.program.adts[*id].module),
        TyKind::Dyn { trait_, .. } => cx.root(cx.program.traits[*trait_].module),
        _ => SourceRoot::Std,
    };
    match [cx.root(of_trait), of_type] {
        [SourceRoot::Std, SourceRoot::Std] => "the library",
        _ => "other projects",
    }
}

/// Compares impls of one trait whose self types may be the same: those of one outermost form, and
/// those for any type with all others.
fn check_overlaps(cx: &Cx<'_>, ids: &[ImplId], messages: &mut Vec<Diagnostic>) {
    let program = &cx.program;
    let is_own = |id: ImplId| !cx.is_std(program.impls[id].module);
    if !ids.iter().any(|id| is_own(*id)) {
        return;
    }
    let mut by_head: FxHashMap<_, Vec<ImplId>> = FxHashMap::default();
    for &id in ids {
        let head = crate::solve::head_of(program.impls[id].self_ty);
        by_head.entry(head).or_default().push(id);
    }
    let blanket = by_head.remove(&None).unwrap_or_default();
    for group in by_head.values() {
        check_pairs(program, group, &is_own, messages);
        for &left in &blanket {
            for &right in group {
                if is_own(left) || is_own(right) {
                    // The later one is told about, but never one of the library.
                    let (mut first, mut second) = (left.min(right), left.max(right));
                    if !is_own(second) {
                        (first, second) = (second, first);
                    }
                    check_overlap(program, first, second, messages);
                }
            }
        }
    }
    check_pairs(program, &blanket, &is_own, messages);
}

fn check_pairs(
    program: &Program,
    group: &[ImplId],
    is_own: &dyn Fn(ImplId) -> bool,
    messages: &mut Vec<Diagnostic>,
) {
    for (at, &second) in group.iter().enumerate() {
        for &first in &group[..at] {
            if is_own(second) {
                check_overlap(program, first, second, messages);
            } else if is_own(first) {
                check_overlap(program, second, first, messages);
            }
        }
    }
}

fn check_overlap(program: &Program, left: ImplId, right: ImplId, messages: &mut Vec<Diagnostic>) {
    let (first, second) = (&program.impls[left], &program.impls[right]);
    let (Some(a), Some(b)) = (first.trait_ref, second.trait_ref) else {
        return;
    };
    if first.self_ty.is_error() || second.self_ty.is_error() {
        return;
    }
    let mut table = InferTable::new();
    if !may_overlap(program, (left, a), (right, b), &mut table) {
        return;
    }
    let text = format!(
        "`{}` is implemented twice for `{}`",
        program.traits[b.trait_].name,
        second.self_ty.display(program)
    );
    messages.push(
        Diagnostic::error(codes::OVERLAPPING_IMPLS, second.span, text)
            .label(second.span, "implemented again here")
            .label(first.span, "first implemented here"),
    );
}

/// Two inherent functions of one name for one type.
fn check_inherent_names(cx: &Cx<'_>, messages: &mut Vec<Diagnostic>) {
    let program = &cx.program;
    let mut seen = FxHashMap::default();
    for id in &program.inherent_impls {
        let impl_ = &program.impls[*id];
        let TyKind::Adt(adt, args) = impl_.self_ty.kind() else {
            continue;
        };
        // Impls for particular arguments may well have methods of one name.
        if cx.is_std(impl_.module)
            || !args
                .iter()
                .all(|a| matches!(a.kind(), TyKind::Param { .. }))
        {
            continue;
        }
        for fn_ in &impl_.methods {
            let fn_ = &program.fns[*fn_];
            let Some((first, owner)) = seen.insert((*adt, fn_.name), (fn_.span, *id)) else {
                continue;
            };
            // Twice in one block is reported with the block.
            if owner == *id {
                continue;
            }
            let text = format!(
                "`{}` already has a method `{}`",
                program.adts[*adt].name, fn_.name
            );
            messages.push(
                Diagnostic::error(codes::DUPLICATE_DEFINITION, fn_.span, text)
                    .label(fn_.span, "defined again here")
                    .label(first, "first defined here"),
            );
        }
    }
}
