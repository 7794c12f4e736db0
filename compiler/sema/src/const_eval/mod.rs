//! Values of `const` and `static`: an interpreter of typed bodies.
//!
//! Runs when all of the user's bodies are checked; those of the library that it needs it asks for.
//! Memory is a list of cells; a reference is a cell and the way
//! to a part of it. What needs the running program (the runtime's functions, objects, text
//! formatting) is an error that says so, and a panic or overflow is reported where it happens.
//! Work is bounded by fuel. Read next: `machine.rs`, `value.rs`.

mod arith;
mod call;
mod control;
mod expr;
mod intrinsic;
mod machine;
mod memory;
mod pattern;
mod place;
mod raw;
mod reinterpret;
mod value;

#[cfg(test)]
mod tests;

use crate::hir::ConstValue;
use crate::program::{BodyItem, ConstId, Program};
use gos_diag::{Diagnostic, codes};
use machine::{Failure, FailureKind, Machine};
use rustc_hash::{FxHashMap, FxHashSet};

/// What became of a constant.
pub(crate) enum Outcome {
    Value(ConstValue),
    /// It has none that could be stored: it is made where it is used.
    PerUse,
    /// The computation needs the body of this item.
    Needs(BodyItem),
    /// None: what is wrong was reported already.
    Failed(Option<Box<Diagnostic>>),
}

/// What is known of constants so far.
#[derive(Debug, Default)]
pub(crate) struct Known(FxHashMap<ConstId, Result<ConstValue, Failure>>);

impl Known {
    /// Computes a constant that is not generic. `begun` are the items whose bodies, if they are
    /// not in the program, will never be.
    pub(crate) fn evaluate(
        &mut self,
        program: &Program,
        begun: &FxHashSet<BodyItem>,
        id: ConstId,
    ) -> Outcome {
        match Machine::new(program, begun, &mut self.0).constant(id) {
            Ok(value) => Outcome::Value(value),
            Err(failure) => match failure.kind {
                FailureKind::Needs(item) => Outcome::Needs(item),
                FailureKind::PerUse if !program.consts[id].is_static => Outcome::PerUse,
                _ => Outcome::Failed(explain(program, id, &failure).map(Box::new)),
            },
        }
    }
}

/// The message for a constant without a value; None where it was reported already.
fn explain(program: &Program, id: ConstId, failure: &Failure) -> Option<Diagnostic> {
    let const_ = &program.consts[id];
    let kind = if const_.is_static { "static" } else { "const" };
    let what = format!("while computing the {kind} `{}`", const_.name);
    let (code, text) = match &failure.kind {
        FailureKind::Reported | FailureKind::Needs(_) => return None,
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
        FailureKind::PerUse => (
            codes::NOT_CONSTANT,
            format!(
                "`{}` cannot be stored: closures and objects stand in a `const`, or are made by a function",
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
