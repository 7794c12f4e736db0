//! Small programs.

use super::build::{FnBuilder, add, binary, f64_, float, get, i64_, int};
use super::harness::{check, run_growing};
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
fn a_stack_that_must_grow() {
    let mut mono = MonoProgram::default();
    let id = add(&mut mono, "fib", fib());
    let mut main = FnBuilder::new(&[], i64_());
    main.call_fn(id, vec![int(10)], Local::RESULT);
    main.ret();
    mono.entry = Some(add(&mut mono, "main", main));
    for release in [false, true] {
        assert_eq!(run_growing(&Program::default(), &mono, release), 55);
    }
}

#[test]
fn objects_for_aarch64() {
    use crate::{EmitKind, Emitted, emit};
    let mut mono = MonoProgram::default();
    let id = add(&mut mono, "fib", fib());
    let mut main = FnBuilder::new(&[], i64_());
    main.call_fn(id, vec![int(10)], Local::RESULT);
    main.ret();
    mono.entry = Some(add(&mut mono, "main", main));
    let sources = super::harness::sources();
    for release in [false, true] {
        let mut options = super::harness::options(&sources, release, EmitKind::Assembly);
        options.triple = "aarch64-unknown-linux-musl".to_string();
        options.cpu = "generic".to_string();
        let Ok(Emitted::Text(text)) = emit(&Program::default(), &mono, &options) else {
            panic!("no assembly");
        };
        println!("{text}");
        // Not by LLVM's own thread pointer, which it would keep across calls.
        assert!(text.contains(":tprel_lo12_nc:gos_rt_tls"), "{text}");
        options.kind = EmitKind::Objects;
        assert!(emit(&Program::default(), &mono, &options).is_ok());
    }
}
