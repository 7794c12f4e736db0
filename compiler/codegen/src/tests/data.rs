//! Values: structs by value and by address, enums, closures, trait objects, constants.

use super::build::{FnBuilder, add, binary, float, get, i64_, int, read, size};
use super::harness::check;
use super::items::{adt, of, option};
use gos_diag::Symbol;
use gos_mir::ir::{
    Aggregate, Callee, Constant, Local, MonoProgram, Operand, Place, Projection, Rvalue,
    StatementKind, Storage, Target, TerminatorKind, TypedValue, Vtable,
};
use gos_sema::hir::{BinaryOp, ConstValue};
use gos_sema::program::{AdtId, FieldIdx, Program, TraitId, VariantIdx};
use gos_sema::types::{FloatTy, IntTy, Mutability, Ty, TyKind, TyList};
use std::sync::Arc;

fn field(local: Local, index: usize) -> Place {
    Place::from(local).field(index)
}

fn some(id: AdtId, ty: Ty) -> Aggregate {
    Aggregate::Adt(id, TyList::new(&[ty]), VariantIdx(1))
}

fn none(id: AdtId, ty: Ty) -> Aggregate {
    Aggregate::Adt(id, TyList::new(&[ty]), VariantIdx(0))
}

/// `fn unwrap_or(value: Option<T>, other: T) -> T`
fn unwrap_or(option: AdtId, ty: Ty) -> FnBuilder {
    let mut f = FnBuilder::new(&[of(option, &[ty]), ty], ty);
    let index = f.local(Ty::int(IntTy::U32));
    let (is_none, is_some) = (f.block(), f.block());
    f.set(index, Rvalue::Variant(Local(1).into()));
    f.end(TerminatorKind::Switch {
        value: get(index),
        targets: vec![(0, is_none)],
        otherwise: is_some,
    });
    f.at(is_none);
    f.set(Local::RESULT, Rvalue::Use(get(Local(2))));
    f.ret();
    f.at(is_some);
    let payload = Place::from(Local(1)).then(Projection::Variant(VariantIdx(1)));
    let payload = payload.then(Projection::Field(FieldIdx(0)));
    f.set(Local::RESULT, Rvalue::Use(read(payload)));
    f.ret();
    f
}

#[test]
fn options_of_all_layouts() {
    let mut program = Program::default();
    let option = option(&mut program);
    let wide = Ty::tuple(&[i64_(), i64_(), i64_()]);
    for (ty, value, other) in [
        (i64_(), int(7), int(9)),
        (
            Ty::int(IntTy::U8),
            Operand::Constant(Constant::Int(7, Ty::int(IntTy::U8))),
            Operand::Constant(Constant::Int(9, Ty::int(IntTy::U8))),
        ),
        (
            wide,
            wide_constant([7, 0, 0], wide),
            wide_constant([9, 0, 0], wide),
        ),
        (
            Ty::string(),
            Operand::Constant(Constant::Str("sevenfu".into())),
            Operand::Constant(Constant::Str("ninenofus".into())),
        ),
    ] {
        let mut mono = MonoProgram::default();
        let unwrap = add(&mut mono, "unwrap_or", unwrap_or(option, ty));
        mono.fns[unwrap].inline_never = true;
        let mut main = FnBuilder::new(&[], i64_());
        let (value_local, none_local) =
            (main.local(of(option, &[ty])), main.local(of(option, &[ty])));
        let (a, b, x, y) = (
            main.local(ty),
            main.local(ty),
            main.local(i64_()),
            main.local(i64_()),
        );
        main.set(
            value_local,
            Rvalue::Aggregate(some(option, ty), vec![value]),
        );
        main.set(none_local, Rvalue::Aggregate(none(option, ty), vec![]));
        main.call_fn(unwrap, vec![get(value_local), other.clone()], a);
        main.call_fn(unwrap, vec![get(none_local), other], b);
        for (from, to) in [(a, x), (b, y)] {
            let number = match ty.kind() {
                TyKind::Tuple(_) => Rvalue::Use(read(field(from, 0))),
                TyKind::String => {
                    let length = main.local(Ty::usize());
                    main.set(length, Rvalue::Length(from.into()));
                    Rvalue::Cast(get(length), i64_())
                }
                _ => Rvalue::Cast(get(from), i64_()),
            };
            main.set(to, number);
        }
        main.set(x, binary(BinaryOp::Mul, get(x), int(10)));
        main.set(Local::RESULT, binary(BinaryOp::Add, get(x), get(y)));
        main.ret();
        mono.entry = Some(add(&mut mono, "main", main));
        check(&program, &mono, 79);
    }
}

fn wide_constant(numbers: [i64; 3], ty: Ty) -> Operand<Callee> {
    let fields = numbers.iter().map(|&n| ConstValue::Int(n as u64 as u128));
    Operand::Constant(Constant::Value(TypedValue {
        ty,
        value: ConstValue::Fields(fields.collect()),
    }))
}

#[test]
fn large_values_are_copied() {
    // fn change(mut t: (i64, i64, i64)) -> (i64, i64, i64) { t.0 = t.0 + 1; t }
    let wide = Ty::tuple(&[i64_(), i64_(), i64_()]);
    let mut mono = MonoProgram::default();
    let mut f = FnBuilder::new(&[wide], wide);
    let sum = f.local(i64_());
    let first = field(Local(1), 0);
    f.set(sum, binary(BinaryOp::Add, read(first.clone()), int(1)));
    f.set(first, Rvalue::Use(get(sum)));
    f.set(Local::RESULT, Rvalue::Use(get(Local(1))));
    f.ret();
    let change = add(&mut mono, "change", f);
    mono.fns[change].inline_never = true;
    let mut main = FnBuilder::new(&[], i64_());
    let (t, u) = (main.local(wide), main.local(wide));
    let numbers = vec![int(1), int(2), int(3)];
    main.set(t, Rvalue::Aggregate(Aggregate::Tuple, numbers));
    main.call_fn(change, vec![get(t)], u);
    main.call_fn(change, vec![get(u)], u);
    let (x, y) = (main.local(i64_()), main.local(i64_()));
    main.set(x, binary(BinaryOp::Mul, read(field(u, 0)), int(10)));
    main.set(y, binary(BinaryOp::Add, get(x), read(field(t, 0))));
    main.set(Local::RESULT, Rvalue::Use(get(y)));
    main.ret();
    mono.entry = Some(add(&mut mono, "main", main));
    check(&Program::default(), &mono, 31);
}

#[test]
fn closures_and_trait_objects() {
    // The environment is a cell with one number; the code adds it to its argument.
    let number = i64_();
    let mut mono = MonoProgram::default();
    let mut f = FnBuilder::new(&[Ty::reference(number, Mutability::Not), number], number);
    let captured = read(Place::from(Local(1)).deref());
    f.set(
        Local::RESULT,
        binary(BinaryOp::Add, captured, get(Local(2))),
    );
    f.ret();
    let adder = add(&mut mono, "adder", f);
    let object = Ty::new(TyKind::Dyn {
        trait_: TraitId(0),
        args: TyList::empty(),
        assocs: &[],
    });
    mono.vtables.push(Vtable {
        concrete: number,
        object,
        methods: vec![adder],
    });
    let mut main = FnBuilder::new(&[], number);
    let callable = Ty::fn_obj(&[number], number);
    let (cell, f, o) = (
        main.local(Ty::boxed(number)),
        main.local(callable),
        main.local(object),
    );
    let (reference, x, y) = (
        main.local(Ty::reference(object, Mutability::Not)),
        main.local(number),
        main.local(number),
    );
    main.set(cell, Rvalue::BoxNew(int(5), number));
    main.set(
        f,
        Rvalue::FnObj {
            callee: Callee::Instance(adder),
            env: Some(get(cell)),
            ty: callable,
        },
    );
    main.call(Target::Value(get(f)), vec![int(10)], x);
    main.set(
        o,
        Rvalue::Dyn {
            pointer: get(cell),
            concrete: number,
            ty: object,
        },
    );
    main.set(reference, Rvalue::Ref(Mutability::Not, o.into()));
    let method = Target::Direct(Callee::Virtual { slot: 0 });
    main.call(method, vec![get(reference), int(20)], y);
    main.set(Local::RESULT, binary(BinaryOp::Add, get(x), get(y)));
    main.ret();
    mono.entry = Some(add(&mut mono, "main", main));
    check(&Program::default(), &mono, 40);
}

#[test]
fn variables_on_the_heap() {
    // let mut x = 1; let r = &mut x; *r = 41; x + 1
    let mut mono = MonoProgram::default();
    let mut main = FnBuilder::new(&[], i64_());
    let x = main.named("x", i64_());
    main.body.locals[x].storage = Storage::Heap;
    let r = main.local(Ty::reference(i64_(), Mutability::Mut));
    main.push(StatementKind::StorageLive(x));
    main.set(x, Rvalue::Use(int(1)));
    main.set(r, Rvalue::Ref(Mutability::Mut, x.into()));
    main.set(Place::from(r).deref(), Rvalue::Use(int(41)));
    main.set(Local::RESULT, binary(BinaryOp::Add, get(x), int(1)));
    main.ret();
    mono.entry = Some(add(&mut mono, "main", main));
    check(&Program::default(), &mono, 42);
}

#[test]
fn intrinsics() {
    let mut mono = MonoProgram::default();
    let mut main = FnBuilder::new(&[], i64_());
    let intrinsic = |name: &str, types: &[Ty]| {
        Target::Direct(Callee::Intrinsic(Symbol::intern(name), TyList::new(types)))
    };
    let pair = Ty::tuple(&[i64_(), Ty::bool()]);
    let (p, overflowed, number) = (main.local(pair), main.local(i64_()), main.local(i64_()));
    let args = vec![int(i64::MAX), int(1)];
    main.call(intrinsic("overflowing_add", &[i64_()]), args, p);
    main.set(overflowed, Rvalue::Cast(read(field(p, 1)), i64_()));
    let ptr = Ty::new(TyKind::Ptr);
    let (cell, boxed, bits) = (
        main.local(ptr),
        main.local(Ty::boxed(i64_())),
        main.local(Ty::int(IntTy::U64)),
    );
    main.set(boxed, Rvalue::BoxNew(int(6), i64_()));
    let types = [Ty::boxed(i64_()), ptr];
    main.call(intrinsic("transmute", &types), vec![get(boxed)], cell);
    let args = vec![get(cell), int(4)];
    main.call(intrinsic("atomic_add", &[i64_()]), args, number);
    main.call(intrinsic("atomic_load", &[i64_()]), vec![get(cell)], number);
    let f64_ = Ty::float(FloatTy::F64);
    let types = [f64_, Ty::int(IntTy::U64)];
    main.call(intrinsic("transmute", &types), vec![float(1.0)], bits);
    let (top, count) = (main.local(Ty::int(IntTy::U64)), main.local(i64_()));
    main.set(top, binary(BinaryOp::Shr, get(bits), size(52)));
    main.set(count, Rvalue::Cast(get(top), i64_()));
    // 1023 + 10 + 1
    main.set(number, binary(BinaryOp::Add, get(number), get(overflowed)));
    main.set(
        Local::RESULT,
        binary(BinaryOp::Add, get(number), get(count)),
    );
    main.ret();
    mono.entry = Some(add(&mut mono, "main", main));
    check(&Program::default(), &mono, 1034);
}

#[test]
fn slices_and_constants() {
    let bytes: Vec<ConstValue> = [3u128, 5, 7, 11].map(ConstValue::Int).to_vec();
    let view = Ty::view(Ty::int(IntTy::U8), Mutability::Not);
    let mut mono = MonoProgram::default();
    let mut main = FnBuilder::new(&[], i64_());
    let (all, part, element) = (
        main.local(view),
        main.local(view),
        main.local(Ty::int(IntTy::U8)),
    );
    let data = Constant::Value(TypedValue {
        ty: view,
        value: ConstValue::Array(Arc::from(bytes)),
    });
    main.set(all, Rvalue::Use(Operand::Constant(data)));
    main.push(StatementKind::SliceCheck {
        from: size(1),
        to: size(3),
        length: size(4),
        signed: false,
    });
    main.set(
        part,
        Rvalue::Slice {
            base: all.into(),
            from: size(1),
            to: size(3),
            ty: view,
        },
    );
    let second = Place::from(part).then(Projection::ConstIndex(1));
    main.set(element, Rvalue::Use(read(second)));
    main.set(Local::RESULT, Rvalue::Cast(get(element), i64_()));
    main.ret();
    mono.entry = Some(add(&mut mono, "main", main));
    check(&Program::default(), &mono, 7);
}

#[test]
fn fieldless_enums_cast_to_their_numbers() {
    let mut program = Program::default();
    let code = adt(&mut program, true, &[&[], &[], &[]]);
    for (variant, number) in [(0, 1), (1, 5), (2, 90)] {
        program.adts[code].variants[variant].discriminant = number;
    }
    let mut mono = MonoProgram::default();
    let mut main = FnBuilder::new(&[], i64_());
    let value = main.local(of(code, &[]));
    let aggregate = Aggregate::Adt(code, TyList::empty(), VariantIdx(2));
    main.set(value, Rvalue::Aggregate(aggregate, vec![]));
    main.set(Local::RESULT, Rvalue::Cast(get(value), i64_()));
    main.ret();
    mono.entry = Some(add(&mut mono, "main", main));
    check(&program, &mono, 90);
}
