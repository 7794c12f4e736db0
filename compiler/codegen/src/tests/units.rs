//! Programs of several units, and long lists of constants.

use super::build::{FnBuilder, add, binary, get, i64_, int, read, size};
use super::harness::{check, llvm_ir, sources};
use crate::pipeline::Partition;
use gos_mir::ir::{Aggregate, InstanceId, Local, MonoProgram, Place, Projection, Rvalue};
use gos_sema::hir::BinaryOp;
use gos_sema::program::Program;
use gos_sema::types::{Ty, TyKind};

/// `count` functions of `steps` statements. Each adds something to what the one before it gives;
/// the first is called by all.
fn chain(count: usize, steps: usize) -> MonoProgram {
    let mut mono = MonoProgram::default();
    let mut first = FnBuilder::new(&[i64_()], i64_());
    first.set(
        Local::RESULT,
        binary(BinaryOp::BitXor, get(Local(1)), int(1)),
    );
    first.ret();
    let first = add(&mut mono, "first", first);
    let mut before = first;
    for index in 0..count {
        let mut f = FnBuilder::new(&[i64_()], i64_());
        let mut value = f.local(i64_());
        f.call_fn(before, vec![get(Local(1))], value);
        for step in 0..steps {
            let next = f.local(i64_());
            let op = [BinaryOp::Add, BinaryOp::BitXor][step % 2];
            f.set(next, binary(op, get(value), int((step % 97) as i64)));
            value = next;
        }
        f.call_fn(first, vec![get(value)], Local::RESULT);
        f.ret();
        before = add(&mut mono, &format!("f{index}"), f);
    }
    let mut main = FnBuilder::new(&[], i64_());
    main.call_fn(before, vec![int(5)], Local::RESULT);
    main.ret();
    mono.entry = Some(add(&mut mono, "main", main));
    mono
}

fn expected(count: usize, steps: usize) -> i64 {
    let mut value = 5i64 ^ 1;
    for _ in 0..count {
        for step in 0..steps {
            let by = (step % 97) as i64;
            value = if step % 2 == 0 {
                value + by
            } else {
                value ^ by
            };
        }
        value ^= 1;
    }
    value
}

#[test]
fn each_function_is_in_one_unit() {
    let mono = chain(200, 100);
    for (release, least) in [(false, 2), (true, 1)] {
        let partition = Partition::of(&mono, &sources(), release);
        assert!(partition.parts.len() >= least, "{}", partition.parts.len());
        let mut all: Vec<InstanceId> = Vec::new();
        partition
            .parts
            .iter()
            .for_each(|part| all.extend(&part.own));
        all.sort();
        assert_eq!(all, mono.fns.ids().collect::<Vec<_>>());
        let again = Partition::of(&mono, &sources(), release);
        assert_eq!(partition.parts, again.parts);
    }
}

#[test]
fn what_other_units_call_keeps_its_signature() {
    let mono = chain(60, 1000);
    for release in [false, true] {
        let partition = Partition::of(&mono, &sources(), release);
        assert!(partition.parts.len() > 1);
        assert!(partition.is_shared(InstanceId(0)), "all call it");
        for part in &partition.parts {
            // Each calls the one before it.
            for id in part
                .own
                .iter()
                .filter(|id| id.index() > 1 && id.index() <= 60)
            {
                let before = InstanceId(id.0 - 1);
                let apart = !part.own.contains(&before);
                assert_eq!(partition.is_shared(before), apart, "{before:?}");
            }
            let lent = part.borrowed.contains(&InstanceId(0));
            assert_eq!(lent, release && !part.own.contains(&InstanceId(0)));
        }
    }
}

#[test]
fn units_work_together() {
    check(&Program::default(), &chain(30, 1000), expected(30, 1000));
}

/// A function beyond the size from which on nothing is inlined.
#[test]
fn a_huge_function_works() {
    check(&Program::default(), &chain(1, 21_000), expected(1, 21_000));
}

#[test]
fn a_long_list_of_constants_is_data() {
    let count = 5000;
    let array = Ty::new(TyKind::Array(
        i64_(),
        Ty::new(TyKind::ConstInt(i128::from(count))),
    ));
    let mut main = FnBuilder::new(&[], i64_());
    let list = main.local(array);
    let index = main.local(Ty::usize());
    let elements = (0..count).map(|n| int(n * n)).collect();
    main.set(list, Rvalue::Aggregate(Aggregate::Array(array), elements));
    main.set(index, Rvalue::Use(size(4321)));
    let element = Place::from(list).then(Projection::Index(index));
    main.set(Local::RESULT, Rvalue::Use(read(element)));
    main.ret();
    let mut mono = MonoProgram::default();
    mono.entry = Some(add(&mut mono, "main", main));
    check(&Program::default(), &mono, 4321 * 4321);
    let text = llvm_ir(&Program::default(), &mono, false);
    assert!(
        text.matches("store").count() < 20,
        "not one store an element"
    );
}
