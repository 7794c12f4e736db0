//! `Debug`: the name and the fields, through the library's `Formatter`.

use super::body::Builder;
use crate::hir::{BindingMode, Expr, ExprKind, Pat, PatKind, Stmt};
use crate::program::{AdtId, FnId, LocalId, Program, VariantKind};
use crate::types::{Mutability, Ty, TyKind};
use gos_diag::Symbol;
use rustc_hash::FxHashMap;

pub(super) fn value(b: &mut Builder<'_>) -> Expr {
    if !b.is_enum() {
        let places = b.field_places(0);
        return of_variant(b, 0, places);
    }
    let result = b.program.fns[b.method].sig.result;
    let mut arms = Vec::new();
    for variant in 0..b.variant_count() {
        let (pat, locals) = b.variant_pat(variant);
        let fields = b.reads(&locals);
        let body = of_variant(b, variant, fields);
        arms.push((pat, body));
    }
    b.match_(b.behind(0), arms, result)
}

/// The inherent methods of the library's formatter and of its writers of parts, by type and name.
pub(super) type FormatMethods = FxHashMap<(AdtId, Symbol), FnId>;

/// Finds them, once for all derives.
pub(super) fn format_methods(program: &Program) -> FormatMethods {
    let mut methods = FormatMethods::default();
    let Some(formatter) = program.lang.find_adt("formatter") else {
        return methods;
    };
    let writers = ["debug_struct", "debug_tuple"].map(|name| program.lang.find_adt(name));
    for id in &program.inherent_impls {
        let impl_ = &program.impls[*id];
        let TyKind::Adt(adt, _) = impl_.self_ty.kind() else {
            continue;
        };
        if *adt == formatter || writers.contains(&Some(*adt)) {
            for fn_ in &impl_.methods {
                methods.insert((*adt, program.fns[*fn_].name), *fn_);
            }
        }
    }
    methods
}

/// The method, or its name where the library lacks it.
fn method_of(b: &Builder<'_>, adt: AdtId, name: &'static str) -> Result<FnId, &'static str> {
    let found = b.format_methods.get(&(adt, Symbol::intern(name)));
    found.copied().ok_or(name)
}

fn of_variant(b: &mut Builder<'_>, variant: usize, fields: Vec<Expr>) -> Expr {
    let named = b.program.adts[b.adt].variants[variant].kind == VariantKind::Named;
    parts(b, variant, fields, named).unwrap_or_else(|lacking| b.missing(lacking))
}

/// Or what the library lacks for it.
fn parts(
    b: &mut Builder<'_>,
    variant: usize,
    fields: Vec<Expr>,
    named: bool,
) -> Result<Expr, &'static str> {
    let formatter = b.program.lang.find_adt("formatter").ok_or("Formatter")?;
    let result = b.program.fns[b.method].sig.result;
    let shown = b.program.adts[b.adt].variants[variant].name;
    let to = b.read(b.params[1]);
    if fields.is_empty() {
        let write = method_of(b, formatter, "write_str")?;
        return Ok(b.call(write, &[], vec![to, b.text(shown.as_str())], result));
    }
    let name = if named { "debug_struct" } else { "debug_tuple" };
    let open = method_of(b, formatter, name)?;
    let parts_ty = b.program.fns[open].sig.result;
    let TyKind::Adt(parts_adt, _) = parts_ty.kind() else {
        return Err(name);
    };
    let add = method_of(b, *parts_adt, "field")?;
    let finish = method_of(b, *parts_adt, "finish")?;
    let local = b.local("parts", parts_ty);
    let opened = b.call(open, &[], vec![to, b.text(shown.as_str())], parts_ty);
    let mut stmts = vec![binding(b, local, opened)];
    for (index, field) in fields.into_iter().enumerate() {
        let ty = field.ty;
        let mut args = vec![mutable(b, local)];
        if named {
            let name = b.program.adts[b.adt].variants[variant].fields[index].name;
            args.push(b.text(name.as_str()));
        }
        args.push(b.reference(field));
        let added = b.program.fns[add].sig.result;
        stmts.push(Stmt::Expr(b.call(add, &[ty], args, added)));
    }
    let tail = b.call(finish, &[], vec![mutable(b, local)], result);
    Ok(b.block(stmts, tail))
}

fn mutable(b: &Builder<'_>, local: LocalId) -> Expr {
    let place = b.read(local);
    let ty = Ty::reference(place.ty, Mutability::Mut);
    b.expr(ty, ExprKind::Ref(Mutability::Mut, Box::new(place)))
}

fn binding(b: &Builder<'_>, local: LocalId, init: Expr) -> Stmt {
    let pat = Pat {
        ty: init.ty,
        span: b.span,
        kind: PatKind::Binding {
            local,
            mode: BindingMode::Value,
            sub: None,
        },
    };
    Stmt::Let {
        pat,
        init: Some(init),
        otherwise: None,
    }
}
