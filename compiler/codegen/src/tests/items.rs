//! Structs and enums without a front end.

use gos_diag::{Span, Symbol};
use gos_sema::program::{
    Adt, AdtId, Field, Generics, ModuleId, Program, Repr, Variant, VariantKind,
};
use gos_sema::types::{Ty, TyKind, TyList};

pub(crate) fn param(index: u32) -> Ty {
    Ty::new(TyKind::Param {
        index,
        name: Symbol::intern("T"),
    })
}

fn variant(index: usize, fields: &[Ty]) -> Variant {
    Variant {
        name: Symbol::intern(&format!("V{index}")),
        span: Span::default(),
        kind: VariantKind::Tuple,
        fields: fields
            .iter()
            .enumerate()
            .map(|(number, &ty)| Field {
                name: Symbol::intern(&number.to_string()),
                span: Span::default(),
                ty,
                access: gos_sema::program::Access::Public,
            })
            .collect(),
        discriminant: index as i128,
    }
}

/// Adds an item with the fields of its variants.
pub(crate) fn adt(program: &mut Program, is_enum: bool, variants: &[&[Ty]]) -> AdtId {
    program.adts.push(Adt {
        name: Symbol::intern("Item"),
        module: ModuleId(0),
        span: Span::default(),
        generics: Generics::default(),
        is_enum,
        variants: variants
            .iter()
            .enumerate()
            .map(|(index, fields)| variant(index, fields))
            .collect(),
        repr: Repr::default(),
        must_use: false,
    })
}

/// `enum Option<T> { None, Some(T) }`
pub(crate) fn option(program: &mut Program) -> AdtId {
    adt(program, true, &[&[], &[param(0)]])
}

pub(crate) fn of(id: AdtId, args: &[Ty]) -> Ty {
    Ty::new(TyKind::Adt(id, TyList::new(args)))
}
