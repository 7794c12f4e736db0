//! The functions that a test run calls.

use crate::cx::Cx;
use crate::infer::any_part;
use crate::program::{Fn, FnParent, Program, TestCase, TestKind};
use crate::types::{Mutability, Ty, TyKind};
use gos_diag::{Diagnostic, codes};

/// Adds every `#[test]` and `#[bench]` function to the examples that loading found, and reports
/// those that cannot be called.
pub(super) fn collect(cx: &mut Cx<'_>) {
    let mut found = Vec::new();
    let mut messages = Vec::new();
    let examples: Vec<_> = cx.program.tests.iter().map(|test| test.fn_).collect();
    for (id, fn_) in cx.program.fns.iter() {
        let attributes = &fn_.attributes;
        if !(attributes.test || attributes.bench) || examples.contains(&id) {
            continue;
        }
        if let Some(text) = trouble(&cx.program, fn_) {
            let message = Diagnostic::error(codes::INVALID_TEST, fn_.span, text);
            messages.push(message.help(shape(attributes.bench)));
            continue;
        }
        found.push(TestCase {
            fn_: id,
            name: name(&cx.program, fn_),
            kind: match attributes.bench {
                true => TestKind::Bench,
                false => TestKind::Test,
            },
            span: fn_.span,
            should_panic: attributes.should_panic,
            ignore: attributes.ignore,
        });
    }
    cx.diagnostics.extend(messages);
    found.append(&mut cx.program.tests);
    cx.program.tests = found;
}

fn name(program: &Program, fn_: &Fn) -> String {
    match program.modules[fn_.module].path.as_str() {
        "" => fn_.name.to_string(),
        path => format!("{path}::{}", fn_.name),
    }
}

fn shape(is_bench: bool) -> &'static str {
    match is_bench {
        true => "write `fn name(b: &mut testing::Bencher) { b.iter(|| …) }`",
        false => "write `fn name() { … }` outside of traits and impls",
    }
}

/// What is wrong with the declaration.
fn trouble(program: &Program, fn_: &Fn) -> Option<&'static str> {
    if fn_.parent != FnParent::Module {
        return Some("a test is a function of a module, no method");
    }
    if !fn_.generics.params.is_empty() {
        return Some("a test has no generic parameters");
    }
    let params = &fn_.sig.params;
    if fn_.attributes.bench {
        // A type that is not known is reported where it is written.
        if params.iter().any(|&param| has_error(param)) {
            return None;
        }
        let takes_bencher = params.len() == 1 && is_bencher(program, params[0]);
        let text = "a benchmark takes a `&mut testing::Bencher` and nothing else";
        return (!takes_bencher).then_some(text);
    }
    (!params.is_empty()).then_some("a test takes no parameters")
}

fn has_error(ty: Ty) -> bool {
    any_part(ty, &mut |part| part.is_error())
}

fn is_bencher(program: &Program, ty: Ty) -> bool {
    let TyKind::Ref(inner, Mutability::Mut) = ty.kind() else {
        return false;
    };
    matches!(inner.kind(), TyKind::Adt(adt, _) if program.lang.find_adt("bencher") == Some(*adt))
}
