//! Types that contain themselves: the fields that close the circle become `Box`.
//!
//! `enum List { Cons(i64, List), Nil }` gets a field of type `Box<List>`. A field is boxed when
//! the struct or enum it belongs to can be reached from the field's type through inline parts
//! only, that is through fields, tuples and arrays, and not through `Vec`, `Box`, `&` and the like.

use crate::cx::Cx;
use crate::program::{AdtId, Program};
use crate::types::{Ty, TyKind, substitute};
use rustc_hash::FxHashSet;

/// Boxes the fields that need it.
pub(super) fn box_recursive_fields(cx: &mut Cx<'_>) {
    let fresh = cx.fresh_adts();
    let program = &mut cx.program;
    for id in fresh {
        let mut boxed = Vec::new();
        for (v, variant) in program.adts[id].variants.iter().enumerate() {
            for (f, field) in variant.fields.iter().enumerate() {
                let mut seen = FxHashSet::default();
                if holds_inline(program, field.ty, id, &mut seen) {
                    boxed.push((v, f));
                }
            }
        }
        // At once, so that in `A { b: B }`, `B { a: A }` only one of the two is boxed.
        for (v, f) in boxed {
            let field = &mut program.adts[id].variants[v].fields[f];
            field.ty = box_inside(field.ty, id);
        }
    }
}

/// `Option<Node>` becomes `Option<Box<Node>>`; what is not directly visible is boxed as a whole.
fn box_inside(ty: Ty, target: AdtId) -> Ty {
    match ty.kind() {
        TyKind::Adt(id, _) if *id == target => Ty::boxed(ty),
        TyKind::Adt(id, args) if args.iter().any(|arg| mentions(*arg, target)) => {
            let args = args.iter().map(|arg| box_inside(*arg, target)).collect();
            Ty::new(TyKind::Adt(*id, args))
        }
        TyKind::Tuple(items) => {
            let items: Vec<Ty> = items.iter().map(|item| box_inside(*item, target)).collect();
            Ty::tuple(&items)
        }
        TyKind::Array(element, length) => {
            Ty::new(TyKind::Array(box_inside(*element, target), *length))
        }
        TyKind::Adt(..) => Ty::boxed(ty),
        _ => ty,
    }
}

fn mentions(ty: Ty, target: AdtId) -> bool {
    match ty.kind() {
        TyKind::Adt(id, args) => *id == target || args.iter().any(|arg| mentions(*arg, target)),
        TyKind::Tuple(items) => items.iter().any(|item| mentions(*item, target)),
        TyKind::Array(element, _) => mentions(*element, target),
        _ => false,
    }
}

fn holds_inline(program: &Program, ty: Ty, target: AdtId, seen: &mut FxHashSet<Ty>) -> bool {
    match ty.kind() {
        TyKind::Adt(id, _) if *id == target => true,
        TyKind::Adt(id, args) => {
            // Growing types such as `A<A<T>>` end here.
            if seen.len() > 256 || !seen.insert(ty) {
                return false;
            }
            let variants = program.adts[*id].variants.iter();
            let mut fields = variants.flat_map(|variant| &variant.fields);
            fields.any(|field| holds_inline(program, substitute(field.ty, *args), target, seen))
        }
        TyKind::Tuple(items) => {
            let mut items = items.iter();
            items.any(|item| holds_inline(program, *item, target, seen))
        }
        TyKind::Array(element, _) => holds_inline(program, *element, target, seen),
        _ => false,
    }
}
