//! Loops over growable sequences.

use super::build::{FnBuilder, Op, add, binary, get, i64_, int, read, size};
use super::harness::{check, llvm_ir};
use gos_mir::ir::{Local, MonoProgram, Operand, Place, Projection, Rvalue, StatementKind};
use gos_sema::hir::BinaryOp;
use gos_sema::program::Program;
use gos_sema::types::Ty;

/// `fn sum(v: [i64]) -> i64 { for i in 0..v.len() { total += v[i] } total }`
fn sum() -> FnBuilder {
    let mut f = FnBuilder::new(&[Ty::vec(i64_())], i64_());
    let v = Local(1);
    let i = f.named("i", Ty::usize());
    let (length, more) = (f.local(Ty::usize()), f.local(Ty::bool()));
    let (head, body, done) = (f.block(), f.block(), f.block());
    f.set(i, Rvalue::Use(size(0)));
    f.set(Local::RESULT, Rvalue::Use(int(0)));
    f.goto(head);
    f.at(head);
    f.set(length, Rvalue::Length(v.into()));
    f.set(more, binary(BinaryOp::Lt, get(i), get(length)));
    f.branch(get(more), body, done);
    f.at(body);
    f.set(length, Rvalue::Length(v.into()));
    f.push(StatementKind::BoundsCheck {
        index: get(i),
        length: get(length),
        signed: false,
    });
    let element = Place::from(v).then(Projection::Index(i));
    let sum = binary(BinaryOp::Add, get(Local::RESULT), read(element));
    f.set(Local::RESULT, sum);
    f.set(i, binary(BinaryOp::Add, get(i), size(1)));
    f.goto(head);
    f.at(done);
    f.push(StatementKind::FakeUse(v));
    f.ret();
    f
}

/// `fn scale(v: [i64]) { for i in 0..v.len() { v[i] = v[i] * 3 } }`: stores must not make LLVM
/// read the header again.
fn scale() -> FnBuilder {
    let mut f = FnBuilder::new(&[Ty::vec(i64_())], Ty::unit());
    let v = Local(1);
    let i = f.local(Ty::usize());
    let (length, more, product) = (f.local(Ty::usize()), f.local(Ty::bool()), f.local(i64_()));
    let (head, body, done) = (f.block(), f.block(), f.block());
    f.set(i, Rvalue::Use(size(0)));
    f.goto(head);
    f.at(head);
    f.set(length, Rvalue::Length(v.into()));
    f.set(more, binary(BinaryOp::Lt, get(i), get(length)));
    f.branch(get(more), body, done);
    f.at(body);
    f.set(length, Rvalue::Length(v.into()));
    f.push(StatementKind::BoundsCheck {
        index: get(i),
        length: get(length),
        signed: false,
    });
    let element = Place::from(v).then(Projection::Index(i));
    f.set(
        product,
        binary(BinaryOp::Mul, read(element.clone()), int(3)),
    );
    f.set(element, Rvalue::Use(get(product)));
    f.set(i, binary(BinaryOp::Add, get(i), size(1)));
    f.goto(head);
    f.at(done);
    f.ret();
    f
}

fn program() -> MonoProgram {
    let mut mono = MonoProgram::default();
    let sum = add(&mut mono, "sum", sum());
    let scale = add(&mut mono, "scale", scale());
    for id in [sum, scale] {
        mono.fns[id].inline_never = true;
    }
    let mut main = FnBuilder::new(&[], i64_());
    let v = main.local(Ty::vec(i64_()));
    let unit = main.local(Ty::unit());
    let items: Vec<Op> = (1..=10).map(int).collect();
    main.set(v, Rvalue::VecLiteral(i64_(), items));
    main.call_fn(scale, vec![get(v)], unit);
    main.call_fn(sum, vec![get(v)], Local::RESULT);
    main.ret();
    mono.entry = Some(add(&mut mono, "main", main));
    mono
}

#[test]
fn sequences_are_summed_and_scaled() {
    check(&Program::default(), &program(), 165);
}

#[test]
fn headers_are_read_once_and_loops_vectorized() {
    let text = llvm_ir(&Program::default(), &program(), true);
    let function = |name: &str| {
        let start = text.find(&format!("@\"_Gmain${name}_")).unwrap();
        let end = text[start..].find("\n}").unwrap();
        &text[start..start + end]
    };
    for name in ["sum", "scale"] {
        let body = function(name);
        assert!(body.contains("<2 x i64>"), "{body}");
        assert!(body.contains("gos_rt_poll"), "{body}");
        assert!(!body.contains("panic_bounds"), "{body}");
    }
}

#[test]
fn indices_are_checked() {
    let mut mono = MonoProgram::default();
    let mut main = FnBuilder::new(&[], i64_());
    let v = main.local(Ty::vec(i64_()));
    let (i, length) = (main.local(Ty::usize()), main.local(Ty::usize()));
    main.set(v, Rvalue::VecLiteral(i64_(), vec![int(1), int(2)]));
    main.set(i, Rvalue::Use(size(2)));
    main.set(length, Rvalue::Length(v.into()));
    main.push(StatementKind::BoundsCheck {
        index: get(i),
        length: get(length),
        signed: false,
    });
    let element = Place::from(v).then(Projection::Index(i));
    main.set(Local::RESULT, Rvalue::Use(Operand::Copy(element)));
    main.ret();
    mono.entry = Some(add(&mut mono, "main", main));
    // The stand-in prints the message's length, `panic_bounds`.
    check(&Program::default(), &mono, -12);
}
