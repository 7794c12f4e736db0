//! Small programs.

use super::build::{FnBuilder, add, binary, float, get, i64_, int, f64_};
use super::harness::{check, llvm_ir};
use gos_mir::ir::{InstanceId, Local, MonoProgram, Rvalue};
use gos_sema::hir::BinaryOp;
use gos_sema::program::Program;
use gos_sema::types::Ty;

/// `fn fib(n: i64) -> i64`, as instance 0.
fn fib() -> FnBuilder {
    let mut f = FnBuilder::new(&[i64_()], i64_());
    let n = Local(1);
    let (small, a, b, left, right) = (
        f.local(Ty::bool()),
        f.local(i64_()),
        f.local(i64_()),
        f.local(i64_()),
        f.local(i64_()),
    );
    let (base, step) = (f.block(), f.block());
    f.set(small, binary(BinaryOp::Lt, get(n), int(2)));
    f.branch(get(small), base, step);
    f.at(base);
    f.set(Local::RESULT, Rvalue::Use(get(n)));
    f.ret();
    f.at(step);
    f.set(left, binary(BinaryOp::Sub, get(n), int(1)));
    f.call_fn(InstanceId(0), vec![get(left)], a);
    f.set(right, binary(BinaryOp::Sub, get(n), int(2)));
    f.call_fn(InstanceId(0), vec![get(right)], b);
    f.set(Local::RESULT, binary(BinaryOp::Add, get(a), get(b)));
    f.ret();
    f
}

#[test]
fn fib_recursive() {
    let mut mono = MonoProgram::default();
    let id = add(&mut mono, "fib", fib());
    let mut main = FnBuilder::new(&[], i64_());
    main.call_fn(id, vec![int(20)], Local::RESULT);
    main.ret();
    mono.entry = Some(add(&mut mono, "main", main));
    println!("{}", llvm_ir(&Program::default(), &mono, true));
    check(&Program::default(), &mono, 6765);
}

#[test]
fn floats_and_casts() {
    let mut mono = MonoProgram::default();
    let mut main = FnBuilder::new(&[], i64_());
    let x = main.local(f64_());
    main.set(x, binary(BinaryOp::Mul, float(1.5), float(4.0)));
    main.set(Local::RESULT, Rvalue::Cast(get(x), i64_()));
    main.ret();
    mono.entry = Some(add(&mut mono, "main", main));
    check(&Program::default(), &mono, 6);
}

#[test]
fn shows_assembly() {
    use crate::{EmitKind, Emitted, emit};
    let mut mono = MonoProgram::default();
    let id = add(&mut mono, "fib", fib());
    let mut main = FnBuilder::new(&[], i64_());
    main.call_fn(id, vec![int(20)], Local::RESULT);
    main.ret();
    mono.entry = Some(add(&mut mono, "main", main));
    let sources = super::harness::sources();
    let o = super::harness::options(&sources, true, EmitKind::Assembly);
    let Ok(Emitted::Text(t)) = emit(&Program::default(), &mono, &o) else { panic!() };
    println!("{t}");
    let o = super::harness::options(&sources, false, EmitKind::Assembly);
    let Ok(Emitted::Text(t)) = emit(&Program::default(), &mono, &o) else { panic!() };
    println!("{t}");
}
