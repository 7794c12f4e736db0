//! Which types of constants hold collections that can grow: only what a lock or another type of
//! `std::sync` protects may, as a constant never changes.

use crate::program::{AdtId, Program};
use crate::types::{Ty, TyKind, substitute};

/// Whether the library's `std::sync` has the type: it guards what it holds.
pub(crate) fn is_guarded(program: &Program, adt: AdtId) -> bool {
    let module = &program.modules[program.adts[adt].module];
    module.path == "std::sync" || module.path.starts_with("std::sync::")
}

/// Whether values of the type hold a collection outside of `std::sync`'s types.
pub(super) fn is_held(program: &Program, ty: Ty) -> bool {
    held(program, ty, &mut Vec::new())
}

fn held(program: &Program, ty: Ty, open: &mut Vec<Ty>) -> bool {
    match ty.kind() {
        TyKind::Vec(_) => true,
        TyKind::Tuple(items) => items.iter().any(|item| held(program, *item, open)),
        TyKind::Array(inner, _)
        | TyKind::View(inner, _)
        | TyKind::Ref(inner, _)
        | TyKind::Box(inner, _) => held(program, *inner, open),
        TyKind::Adt(id, args) => {
            let adt = &program.adts[*id];
            let path = &program.modules[adt.module].path;
            if path.starts_with("std::collections") {
                return true;
            }
            if is_guarded(program, *id) || open.contains(&ty) {
                return false;
            }
            open.push(ty);
            let mut fields = adt.variants.iter().flat_map(|variant| &variant.fields);
            fields.any(|field| held(program, substitute(field.ty, *args), open))
        }
        _ => false,
    }
}
