//! Values of `const` and `static`: an interpreter of typed bodies.
//!
//! Runs when all bodies are checked. Memory is a list of cells; a reference is a cell and the way
//! to a part of it. What needs the running program (the runtime's functions, objects, text
//! formatting) is an error that says so, and a panic or overflow is reported where it happens.
//! Work is bounded by fuel. Read next: `machine.rs`, `value.rs`.

mod arith;
mod call;
mod control;
mod expr;
mod intrinsic;
mod machine;
mod pattern;
mod place;
mod value;

#[cfg(test)]
mod tests;

use crate::program::{ConstId, Program};
use gos_diag::{Diagnostic, codes};
use machine::{Failure, FailureKind, Machine};

/// Computes every constant that is not generic and stores it in the program.
#[must_use]
pub fn evaluate_all(program: &mut Program) -> Vec<Diagnostic> {
    let mut messages = Vec::new();
    let mut values = Vec::new();
    let mut machine = Machine::new(program);
    for (id, const_) in program.consts.iter() {
        if const_.body.is_none() || !const_.generics.params.is_empty() {
            continue;
        }
        match machine.constant(id) {
            Ok(value) => values.push((id, value)),
            Err(failure) => messages.extend(explain(program, id, &failure)),
        }
    }
    drop(machine);
    for (id, value) in values {
        program.consts[id].value = Some(value);
    }
    messages
}

/// The message for a constant without a value; None where it was reported already.
fn explain(program: &Program, id: ConstId, failure: &Failure) -> Option<Diagnostic> {
    let const_ = &program.consts[id];
    let kind = if const_.is_static { "static" } else { "const" };
    let what = format!("while computing the {kind} `{}`", const_.name);
    let (code, text) = match &failure.kind {
        FailureKind::Reported => return None,
        FailureKind::Panic(message) => (
            codes::CONST_PANIC,
            format!("`{}` cannot be computed: {message}", const_.name),
        ),
        FailureKind::NotConst(what) => (
            codes::NOT_CONSTANT,
            format!(
                "`{}` cannot be computed at compile time: {what}",
                const_.name
            ),
        ),
        FailureKind::Endless => (
            codes::CONST_PANIC,
            format!("computing `{}` takes too long", const_.name),
        ),
        FailureKind::Cycle => (
            codes::CONST_CYCLE,
            format!("`{}` needs its own value", const_.name),
        ),
    };
    // What goes wrong inside of the library is shown where the user's code begins.
    let span = if failure.span.file == const_.span.file {
        failure.span
    } else {
        const_.span
    };
    let message = Diagnostic::error(code, span, text);
    Some(if span == const_.span {
        message
    } else {
        message.label(const_.span, what)
    })
}
