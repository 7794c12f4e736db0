use super::InferTable;
use crate::types::{IntTy, Ty};

#[test]
fn variables_take_what_they_meet() {
    let mut table = InferTable::new();
    let (a, b) = (table.fresh(), table.fresh());
    table.unify(a, Ty::vec(b)).expect("a fresh variable");
    table.unify(b, Ty::string()).expect("a fresh variable");
    assert_eq!(table.resolve(a), Ty::vec(Ty::string()));
}

#[test]
fn a_type_does_not_contain_itself() {
    let mut table = InferTable::new();
    let a = table.fresh();
    let b = table.fresh();
    table.unify(a, b).expect("two variables");
    assert!(table.unify(a, Ty::vec(b)).is_err());
}

#[test]
fn integers_default_and_refuse_text() {
    let mut table = InferTable::new();
    let (any, int) = (table.fresh(), table.fresh_int());
    table.unify(int, any).expect("narrows the first");
    assert!(table.try_unify(any, Ty::string()).is_err());
    assert!(table.apply_defaults());
    assert_eq!(table.resolve(any), Ty::int(IntTy::I64));
}

#[test]
fn rollback_forgets() {
    let mut table = InferTable::new();
    let a = table.fresh();
    let held = table.probe(|table| {
        let b = table.fresh();
        table.unify(a, b).and_then(|()| table.unify(b, Ty::bool()))
    });
    assert!(held.is_ok());
    assert_eq!(table.shallow(a), a);
}
