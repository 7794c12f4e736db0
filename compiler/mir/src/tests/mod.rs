//! Lowering, monomorphization and passes over bodies written by hand. Whole programs are tested
//! from source in `tests/mir`.

mod build;

use crate::ir::{MonoProgram, StatementKind, Storage};
use crate::mono::monomorphize_with;
use crate::passes::{Level, optimize_verified};
use crate::print::print_fn;
use build::{
    BodyBuild, add_closure, add_enum, add_fn, add_lang_fn, bind, block, call, closure_ty, fn_obj,
    i64_, if_, int, let_, of, op, pat, program, unit, var,
};
use gos_sema::hir::{Arm, BinaryOp, Coercion, Expr, ExprKind, PatKind, Stmt};
use gos_sema::program::{Capture, FieldIdx, FnId, LocalId, Program, VariantIdx};
use gos_sema::solve::Concrete;
use gos_sema::types::{Abi, FnSig, Ty, TyKind, TyList};

/// The program's instances, after all passes and with all rules checked.
fn compile(program: &mut Program, main: FnId) -> MonoProgram {
    program.main = Some(main);
    if program.lang.find_fn("start_unit").is_none() {
        let pointer = Ty::new(TyKind::FnPtr(FnSig {
            params: TyList::empty(),
            result: Ty::unit(),
            abi: Abi::Gossamer,
        }));
        add_lang_fn(program, "start_unit", &[pointer], i64_());
    }
    let solver = Concrete::new();
    let (mut mono, diagnostics) = monomorphize_with(program, &solver);
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    let violations = optimize_verified(&mut mono, program, &solver, Level::Release);
    let texts: Vec<String> = violations.iter().map(ToString::to_string).collect();
    assert!(
        texts.is_empty(),
        "{}\n{}",
        texts.join("\n"),
        all(&mono, program)
    );
    mono
}

fn all(mono: &MonoProgram, program: &Program) -> String {
    crate::print::print_program(mono, program)
}

fn text(mono: &MonoProgram, program: &Program, name: &str) -> String {
    let found = mono.fns.iter().find(|(_, fn_)| fn_.display_name == name);
    let (_, fn_) = found.unwrap_or_else(|| panic!("no {name}"));
    print_fn(fn_, mono, program)
}

/// A `main` that calls the function with one number.
fn main_calling(program: &mut Program, fn_: FnId) -> FnId {
    let main = add_fn(program, "main", &[], Ty::unit());
    let body = BodyBuild::default();
    let value = block(vec![Stmt::Expr(call(fn_, i64_(), vec![int(5)]))], None);
    program.bodies.insert(main, body.finish(Vec::new(), value));
    main
}

#[test]
fn fib_becomes_branches_and_calls() {
    let mut program = program();
    let fib = add_fn(&mut program, "fib", &[i64_()], i64_());
    let mut body = BodyBuild::default();
    let param = body.param("n", i64_());
    let n = || var(LocalId(0), i64_());
    let less = |by| call(fib, i64_(), vec![op(BinaryOp::Sub, n(), int(by))]);
    let sum = op(BinaryOp::Add, less(1), less(2));
    let value = if_(op(BinaryOp::Lt, n(), int(2)), n(), Some(sum));
    program.bodies.insert(fib, body.finish(vec![param], value));
    let main = main_calling(&mut program, fib);
    let mono = compile(&mut program, main);
    let printed = text(&mono, &program, "main::fib");
    assert_eq!(
        printed,
        "\
fn main::fib {
  _0: i64 result
  _1: i64 \"n\" argument
  _2: bool
  _3: i64
  _4: i64
  _5: i64
  _6: i64
bb0:
  _2 = lt(_1, const 2)
  switch _2 [0: bb1] else bb4
bb1:
  _4 = sub(_1, const 1)
  _3 = call main::fib(_4) -> bb2
bb2:
  _6 = sub(_1, const 2)
  _5 = call main::fib(_6) -> bb3
bb3:
  _0 = add(_3, _5)
  goto bb5
bb4:
  _0 = _1
  goto bb5
bb5:
  return
}
"
    );
    assert!(mono.fns[mono.entry.expect("entry")].exported);
}

/// A variable that a closure uses, the closure being called or run in another goroutine.
fn counter(program: &mut Program, by_reference: bool, go: bool) -> FnId {
    let mut inner = BodyBuild::default();
    let count = inner.local("count", i64_());
    let sum = ExprKind::AssignOp(
        BinaryOp::Add,
        Box::new(var(count, i64_())),
        Box::new(int(1)),
    );
    let sig = FnSig {
        params: TyList::empty(),
        result: Ty::unit(),
        abi: Abi::Gossamer,
    };
    let capture = Capture {
        outer: LocalId(0),
        inner: count,
        by_reference,
    };
    let body = inner.finish(Vec::new(), of(Ty::unit(), sum));
    let closure = add_closure(program, sig, vec![capture], body);
    let main = add_fn(program, "main", &[], Ty::unit());
    let mut body = BodyBuild::default();
    let count = body.local("count", i64_());
    let f = body.local("f", fn_obj());
    let made = of(closure_ty(closure), ExprKind::Closure(closure));
    let object = of(fn_obj(), ExprKind::Coerce(Coercion::FnObj, Box::new(made)));
    let object_used = Box::new(var(f, fn_obj()));
    let called = if go {
        ExprKind::Go(object_used)
    } else {
        ExprKind::CallValue(object_used, Vec::new())
    };
    let stmts = vec![
        let_(count, int(0)),
        let_(f, object),
        Stmt::Expr(of(Ty::unit(), called)),
    ];
    let body = body.finish(Vec::new(), block(stmts, None));
    program.bodies.insert(main, body);
    main
}

#[test]
fn a_variable_shared_with_a_kept_closure_gets_a_cell() {
    for (by_reference, go, storage) in [
        (true, true, Storage::Heap),
        (true, false, Storage::Frame),
        (false, true, Storage::Frame),
    ] {
        let mut program = program();
        let main = counter(&mut program, by_reference, go);
        let mono = compile(&mut program, main);
        let (_, main) = mono
            .fns
            .iter()
            .find(|(_, fn_)| fn_.display_name == "main::main")
            .expect("main");
        let mut locals = main.body.locals.iter();
        let count = locals.find(|(_, local)| local.name.is_some_and(|name| name == "count"));
        assert_eq!(count.expect("count").1.storage, storage);
    }
}

#[test]
fn a_match_on_an_enum_switches_once() {
    let mut program = program();
    let shape = add_enum(
        &mut program,
        "Shape",
        0,
        &[("Circle", &[i64_()]), ("Square", &[i64_()]), ("Line", &[])],
    );
    let ty = Ty::new(TyKind::Adt(shape, TyList::empty()));
    let area = add_fn(&mut program, "area", &[i64_()], i64_());
    let mut body = BodyBuild::default();
    let param = body.param("n", i64_());
    let locals = [body.local("r", i64_()), body.local("s", i64_())];
    let arm = |variant: u32, fields, value: Expr| Arm {
        pat: pat(
            ty,
            PatKind::Variant {
                adt: shape,
                variant: VariantIdx(variant),
                fields,
            },
        ),
        guard: None,
        body: value,
    };
    let bound = |local: LocalId| vec![(FieldIdx(0), bind(local, i64_()))];
    let mut arms = vec![
        arm(0, bound(locals[0]), var(locals[0], i64_())),
        arm(1, bound(locals[1]), var(locals[1], i64_())),
        arm(2, Vec::new(), int(0)),
    ];
    arms[0].guard = Some(op(BinaryOp::Lt, var(locals[0], i64_()), int(10)));
    arms.push(Arm {
        pat: pat(ty, PatKind::Wild),
        guard: None,
        body: int(7),
    });
    let made = ExprKind::Struct {
        adt: shape,
        variant: VariantIdx(0),
        fields: vec![(FieldIdx(0), var(LocalId(0), i64_()))],
        base: None,
    };
    let matched = ExprKind::Match {
        scrutinee: Box::new(of(ty, made)),
        arms,
    };
    program
        .bodies
        .insert(area, body.finish(vec![param], of(i64_(), matched)));
    let main = main_calling(&mut program, area);
    let mono = compile(&mut program, main);
    let printed = text(&mono, &program, "main::area");
    let three_ways = printed
        .lines()
        .any(|line| line.contains("switch") && line.contains("[0: ") && line.contains(", 2: "));
    assert!(three_ways, "{printed}");
}

#[test]
fn defers_run_at_every_return() {
    let mut program = program();
    add_lang_fn(&mut program, "run_defers", &[Ty::usize()], Ty::unit());
    let sig = FnSig {
        params: TyList::empty(),
        result: Ty::unit(),
        abi: Abi::Gossamer,
    };
    let body = BodyBuild::default().finish(Vec::new(), unit());
    let closure = add_closure(&mut program, sig, Vec::new(), body);
    let made = of(closure_ty(closure), ExprKind::Closure(closure));
    let object = of(fn_obj(), ExprKind::Coerce(Coercion::FnObj, Box::new(made)));
    let main = add_fn(&mut program, "main", &[], Ty::unit());
    let early = of(Ty::never(), ExprKind::Return(None));
    let stmts = vec![
        Stmt::Expr(of(Ty::unit(), ExprKind::Defer(Box::new(object)))),
        Stmt::Expr(if_(of(Ty::bool(), ExprKind::Bool(true)), early, None)),
    ];
    let body = BodyBuild::default().finish(Vec::new(), block(stmts, None));
    program.bodies.insert(main, body);
    let mono = compile(&mut program, main);
    let printed = text(&mono, &program, "main::main");
    assert!(
        printed.contains("bb0:\n  _1 = call gos_rt_defer_mark()")
            || printed.contains("= call gos_rt_defer_mark() -> bb1"),
        "{printed}"
    );
    assert_eq!(printed.matches("main::run_defers").count(), 1, "{printed}");
    assert_eq!(printed.matches("return").count(), 1, "{printed}");
}

#[test]
fn storing_a_reference_through_a_view_has_a_barrier_and_its_loop_a_poll() {
    let mut program = program();
    let text_ty = Ty::string();
    let view = Ty::view(text_ty, gos_sema::types::Mutability::Mut);
    let fill = add_fn(&mut program, "fill", &[view, i64_()], i64_());
    let mut body = BodyBuild::default();
    let params = vec![body.param("v", view), body.param("n", i64_())];
    let [v, n] = [LocalId(0), LocalId(1)];
    let element = ExprKind::Index(Box::new(var(v, view)), Box::new(var(n, i64_())));
    let store = ExprKind::Assign(
        Box::new(of(text_ty, element)),
        Box::new(of(text_ty, ExprKind::Str("x".into()))),
    );
    let turn = ExprKind::While {
        id: gos_sema::hir::LoopId(0),
        condition: Box::new(op(BinaryOp::Lt, var(n, i64_()), int(10))),
        body: Box::new(block(vec![Stmt::Expr(of(Ty::unit(), store))], None)),
    };
    let value = block(vec![Stmt::Expr(of(Ty::unit(), turn))], Some(int(0)));
    program.bodies.insert(fill, body.finish(params, value));
    let main = add_fn(&mut program, "main", &[], Ty::unit());
    let empty = of(Ty::vec(text_ty), ExprKind::Array(Vec::new()));
    let shown = of(view, ExprKind::Coerce(Coercion::View, Box::new(empty)));
    let called = call(fill, i64_(), vec![shown, int(0)]);
    let body = BodyBuild::default().finish(Vec::new(), block(vec![Stmt::Expr(called)], None));
    program.bodies.insert(main, body);
    let mono = compile(&mut program, main);
    let (_, fill) = mono
        .fns
        .iter()
        .find(|(_, fn_)| fn_.display_name == "main::fill")
        .expect("fill");
    let statements = || {
        fill.body
            .blocks
            .iter()
            .flat_map(|(_, block)| &block.statements)
    };
    let count = |wanted: fn(&StatementKind<_>) -> bool| {
        statements()
            .filter(|statement| wanted(&statement.kind))
            .count()
    };
    assert_eq!(
        count(|kind| matches!(kind, StatementKind::WriteBarrier(_))),
        1
    );
    assert_eq!(count(|kind| matches!(kind, StatementKind::Poll)), 1);
    assert_eq!(
        count(|kind| matches!(kind, StatementKind::BoundsCheck { .. })),
        1
    );
    assert_eq!(count(|kind| matches!(kind, StatementKind::FakeUse(_))), 1);
}
