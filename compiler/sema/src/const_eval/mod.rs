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
mod growable;
mod intrinsic;
mod machine;
mod memory;
mod object;
mod pattern;
mod place;
mod raw;
mod reinterpret;
mod value;

#[cfg(test)]
mod tests;

pub(crate) use growable::is_guarded;

use crate::hir::ConstValue;
use crate::program::{BodyItem, ConstId, Program};
use gos_diag::{Diagnostic, codes};
use machine::{Failure, FailureKind, Machine};
use rustc_hash::{FxHashMap, FxHashSet};

/// What became of a constant.
pub(crate) enum Outcome {
    Value(ConstValue),
    /// It has none that could be stored: a `const` is made where it is used.
    PerUse,
    /// A `static` that is made when the program starts, in this place among all such.
    AtStart(usize),
    /// The computation needs the body of this item.
    Needs(BodyItem),
    /// None: what is wrong was reported already.
    Failed(Option<Box<Diagnostic>>),
}

/// What is known of constants so far.
#[derive(Debug, Default)]
pub(crate) struct Known {
    results: FxHashMap<ConstId, Result<ConstValue, Failure>>,
    /// Statics that the start of the program makes, each behind those that it needs.
    made: Vec<ConstId>,
}

impl Known {
    /// Computes a constant that is not generic. `begun` are the items whose bodies, if they are
    /// not in the program, will never be.
    pub(crate) fn evaluate(
        &mut self,
        program: &Program,
        begun: &FxHashSet<BodyItem>,
        id: ConstId,
    ) -> Outcome {
        let failure = match Machine::new(program, begun, self).constant(id) {
            Ok(value) => return Outcome::Value(value),
            Err(failure) => failure,
        };
        let const_ = &program.consts[id];
        match failure.kind {
            FailureKind::Needs(item) => return Outcome::Needs(item),
            FailureKind::Made if growable::is_held(program, const_.ty) => {
                let kind = FailureKind::NotConst(GROWS.into());
                let failure = Failure { kind, ..failure };
                return Outcome::Failed(explain(program, id, &failure).map(Box::new));
            }
            FailureKind::Made if !const_.is_static => return Outcome::PerUse,
            FailureKind::Made => {
                if let Some(place) = self.made.iter().position(|made| *made == id) {
                    return Outcome::AtStart(place);
                }
            }
            _ => {}
        }
        Outcome::Failed(explain(program, id, &failure).map(Box::new))
    }

    fn note(&mut self, program: &Program, id: ConstId, result: Result<ConstValue, Failure>) {
        let is_made = matches!(&result, Err(failure) if matches!(failure.kind, FailureKind::Made));
        if is_made && program.consts[id].is_static {
            self.made.push(id);
        }
        self.results.insert(id, result);
    }
}

/// Why a collection is no constant.
const GROWS: &str = "it would hold a collection that can grow; a `static` may keep it in a lock, such as `Mutex<[T]>`";

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
        FailureKind::Made => (
            codes::NOT_CONSTANT,
            format!(
                "`{}` cannot be computed at compile time: it needs what only a running program has",
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
