//! `Debug`: the name and the fields, through the library's `Formatter`.

use super::body::Builder;
use crate::hir::{Expr, Stmt};
use crate::program::VariantKind;
use crate::types::TyKind;

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
        let write = b.method_of(formatter, "write_str")?;
        return Ok(b.call(write, &[], vec![to, b.text(shown.as_str())], result));
    }
    let name = if named { "debug_struct" } else { "debug_tuple" };
    let open = b.method_of(formatter, name)?;
    let parts_ty = b.program.fns[open].sig.result;
    let TyKind::Adt(parts_adt, _) = parts_ty.kind() else {
        return Err(name);
    };
    let add = b.method_of(*parts_adt, "field")?;
    let finish = b.method_of(*parts_adt, "finish")?;
    let local = b.local("parts", parts_ty);
    let opened = b.call(open, &[], vec![to, b.text(shown.as_str())], parts_ty);
    let mut stmts = vec![b.binding(local, opened)];
    for (index, field) in fields.into_iter().enumerate() {
        let ty = field.ty;
        let mut args = vec![b.mutable(local)];
        if named {
            let name = b.program.adts[b.adt].variants[variant].fields[index].name;
            args.push(b.text(name.as_str()));
        }
        args.push(b.reference(field));
        let added = b.program.fns[add].sig.result;
        stmts.push(Stmt::Expr(b.call(add, &[ty], args, added)));
    }
    let tail = b.call(finish, &[], vec![b.mutable(local)], result);
    Ok(b.block(stmts, tail))
}
