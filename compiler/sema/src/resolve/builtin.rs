//! Names that the language itself knows.

use super::Builtin;
use crate::types::{CellKind, FloatTy, IntTy, Ty, TyKind};
use gos_diag::Symbol;
use rustc_hash::FxHashMap;

const INTS: [IntTy; 12] = [
    IntTy::I8,
    IntTy::I16,
    IntTy::I32,
    IntTy::I64,
    IntTy::I128,
    IntTy::Isize,
    IntTy::U8,
    IntTy::U16,
    IntTy::U32,
    IntTy::U64,
    IntTy::U128,
    IntTy::Usize,
];

/// All of them. `Ptr` is left out where user code asks.
pub(super) fn names() -> FxHashMap<Symbol, Builtin> {
    let mut names: FxHashMap<Symbol, Builtin> = INTS
        .into_iter()
        .map(|int| (Symbol::intern(int.name()), Builtin::Ty(Ty::int(int))))
        .collect();
    let mut add = |name: &str, builtin| names.insert(Symbol::intern(name), builtin);
    add("f32", Builtin::Ty(Ty::float(FloatTy::F32)));
    add("f64", Builtin::Ty(Ty::float(FloatTy::F64)));
    add("bool", Builtin::Ty(Ty::bool()));
    add("char", Builtin::Ty(Ty::char()));
    add("String", Builtin::Ty(Ty::string()));
    add("str", Builtin::Ty(Ty::string()));
    add("Ptr", Builtin::Ty(Ty::new(TyKind::Ptr)));
    add("Vec", Builtin::Vec);
    add("Box", Builtin::Box(CellKind::Own));
    add("Rc", Builtin::Box(CellKind::Shared));
    add("Arc", Builtin::Box(CellKind::Shared));
    for name in ["Fn", "FnMut", "FnOnce"] {
        add(name, Builtin::Callable);
    }
    for name in ["Copy", "Send", "Sync", "Sized", "Unpin"] {
        add(name, Builtin::Marker);
    }
    names
}
