//! Sizes and registers, pinned.

use super::{Registers, Scalar, Shape, Types, has_references, reference_bitmap};
use crate::tests::items::{adt, of, option};
use gos_sema::program::{Program, Repr};
use gos_sema::types::{FloatTy, IntTy, Mutability, Ty, TyKind};

fn int(ty: IntTy) -> Ty {
    Ty::int(ty)
}

fn with_types(program: &Program, look: impl FnOnce(&Types<'_>)) {
    look(&Types::new(program, &|ty| ty));
}

#[track_caller]
fn size(types: &Types<'_>, ty: Ty, bytes: u64) {
    let layout = types.layout(ty);
    assert_eq!(layout.size, bytes, "{ty:?} {layout:?}");
}

#[test]
fn options_use_niches() {
    let mut program = Program::default();
    let option = option(&mut program);
    let some = |ty| of(option, &[ty]);
    with_types(&program, |types| {
        let i64_ = int(IntTy::I64);
        size(types, some(Ty::boxed(i64_)), 8);
        size(types, some(Ty::vec(i64_)), 8);
        size(types, some(Ty::reference(i64_, Mutability::Not)), 8);
        size(types, some(Ty::bool()), 1);
        size(types, some(some(Ty::bool())), 1);
        size(types, some(Ty::char()), 4);
        size(types, some(Ty::string()), 16);
        size(types, some(Ty::view(i64_, Mutability::Not)), 16);
        size(types, some(some(Ty::string())), 16);
        size(types, some(Ty::fn_obj(&[], Ty::unit())), 16);
        size(types, some(i64_), 16);
        size(types, some(int(IntTy::U8)), 2);
        size(types, some(Ty::unit()), 1);
        // The padding behind a tag is no niche, the tag itself is.
        size(types, some(some(i64_)), 16);
        size(types, some(Ty::tuple(&[Ty::string(), i64_])), 24);
        size(types, some(Ty::new(TyKind::Ptr)), 16);
    });
}

#[test]
fn fields_are_reordered() {
    let mut program = Program::default();
    let fields = [int(IntTy::U8), int(IntTy::I64), int(IntTy::U16)];
    let packed = adt(&mut program, false, &[&fields]);
    let declared = adt(&mut program, false, &[&fields]);
    program.adts[declared].repr = Repr { c: true, tag: None };
    with_types(&program, |types| {
        size(types, of(packed, &[]), 16);
        size(types, of(declared, &[]), 24);
        size(types, int(IntTy::I128), 16);
        assert_eq!(types.layout(int(IntTy::I128)).align, 8);
        size(types, Ty::unit(), 0);
    });
}

#[test]
fn enums() {
    let mut program = Program::default();
    let (i64_, f64_) = (int(IntTy::I64), Ty::float(FloatTy::F64));
    let shape = adt(&mut program, true, &[&[f64_], &[f64_, f64_], &[]]);
    let plain = adt(&mut program, true, &[&[], &[], &[]]);
    let result = adt(&mut program, true, &[&[], &[Ty::string()]]);
    let small = adt(&mut program, true, &[&[int(IntTy::U8), i64_], &[]]);
    with_types(&program, |types| {
        size(types, of(shape, &[]), 24);
        size(types, of(plain, &[]), 1);
        size(types, of(result, &[]), 16);
        size(types, of(small, &[]), 16);
    });
}

#[test]
fn registers_are_the_scalars_inside() {
    let mut program = Program::default();
    let option = option(&mut program);
    let (f64_, i32_, i64_) = (Ty::float(FloatTy::F64), int(IntTy::I32), int(IntTy::I64));
    with_types(&program, |types| {
        let two = |ty| match types.layout(ty).registers {
            Registers::Two(a, b) => (a.scalar, b.scalar),
            other => panic!("{other:?}"),
        };
        let one = |ty| match types.layout(ty).registers {
            Registers::One(a) => a.scalar,
            other => panic!("{other:?}"),
        };
        assert_eq!(two(Ty::tuple(&[f64_, f64_])), (Scalar::F64, Scalar::F64));
        assert_eq!(one(Ty::tuple(&[i32_, i32_])), Scalar::Int(8));
        assert_eq!(two(of(option, &[i64_])), (Scalar::Int(1), Scalar::Int(8)));
        assert_eq!(two(Ty::string()), (Scalar::Ptr, Scalar::Int(8)));
        assert_eq!(one(of(option, &[Ty::vec(i64_)])), Scalar::Ptr);
        assert_eq!(one(of(option, &[Ty::bool()])), Scalar::Int(1));
        let large = Ty::tuple(&[i64_, i64_, i64_]);
        assert_eq!(types.layout(large).registers, Registers::Memory);
    });
}

#[test]
fn references_are_found() {
    let mut program = Program::default();
    let option = option(&mut program);
    let i64_ = int(IntTy::I64);
    with_types(&program, |types| {
        assert_eq!(reference_bitmap(types, Ty::string()), [1]);
        assert_eq!(reference_bitmap(types, Ty::fn_obj(&[], Ty::unit())), [2]);
        assert_eq!(reference_bitmap(types, of(option, &[Ty::string()])), [1]);
        let both = Ty::tuple(&[i64_, Ty::vec(i64_)]);
        assert_eq!(reference_bitmap(types, both), [2]);
        let length = Ty::new(TyKind::ConstInt(70));
        let many = Ty::new(TyKind::Array(Ty::vec(i64_), length));
        assert_eq!(reference_bitmap(types, many), [u64::MAX, 0x3f]);
        assert!(!has_references(types, Ty::tuple(&[i64_, Ty::bool()])));
    });
}

#[test]
fn variants_with_references_share_only_alike_fields() {
    let mut program = Program::default();
    let option = option(&mut program);
    let (f64_, i64_) = (Ty::float(FloatTy::F64), int(IntTy::I64));
    let boxed = Ty::boxed(i64_);
    let item = adt(
        &mut program,
        true,
        &[
            &[Ty::string(), i64_],
            &[boxed],
            &[Ty::string(), f64_, Ty::bool()],
            &[],
        ],
    );
    let item = of(item, &[]);
    let (text, link) = (of(option, &[Ty::string()]), of(option, &[boxed]));
    let lasting = [item, text, link].into_iter().collect();
    let types = Types::new(&program, &|ty| ty).with_payload_refs(&lasting);
    let layout = types.layout(item);
    let Shape::Enum(shape) = &layout.shape else {
        panic!("{layout:?}");
    };
    let expected: [&[u64]; 4] = [&[16, 8], &[32], &[16, 8, 40], &[]];
    assert_eq!(shape.variants, expected);
    assert!(layout.starts_zeroed);
    assert_eq!(reference_bitmap(&types, item), [0b10100]);
    // `None` in the length would be no length of a string; null is an empty box.
    size(&types, text, 24);
    size(&types, link, 8);
    assert!(types.layout(Ty::tuple(&[i64_, text])).starts_zeroed);
    assert!(!types.layout(of(option, &[i64_])).starts_zeroed);
    assert!(types.may_be_empty(boxed) && !types.may_be_empty(Ty::vec(i64_)));
}
