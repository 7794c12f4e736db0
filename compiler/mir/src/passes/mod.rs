//! Passes over the monomorphic program, in one table.
//!
//! A pass takes the whole program, since what escapes from a function depends on those it calls.
//! To add one: a file, a row, and the pairs that say what it must stand before.

mod escape;
mod escape_summary;
mod find_escapes;
mod insert_barriers;
mod insert_fake_uses;
mod insert_safepoints;
mod loops;
mod simplify_cfg;
mod watch_accesses;

pub use loops::blocks_in_loops;
pub(crate) use simplify_cfg::simplify;

use crate::ir::MonoProgram;
use crate::types::Types;
use crate::verify::{Violation, verify_program};
use gos_sema::program::Program;
use gos_sema::solve::Concrete;

/// How much is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    Debug,
    Release,
}

/// One transformation of the program.
pub struct Pass {
    pub name: &'static str,
    pub run: fn(&mut MonoProgram, &Types<'_>),
    /// Also runs in debug builds: without it the program would be wrong.
    pub required: bool,
}

/// All passes in the order they run.
pub const PASSES: &[Pass] = &[
    Pass {
        name: "simplify_cfg",
        run: simplify_cfg::run,
        required: true,
    },
    Pass {
        name: "find_escapes",
        run: find_escapes::run,
        required: true,
    },
    Pass {
        name: "insert_barriers",
        run: insert_barriers::run,
        required: true,
    },
    Pass {
        name: "insert_safepoints",
        run: insert_safepoints::run,
        required: true,
    },
    Pass {
        name: "insert_fake_uses",
        run: insert_fake_uses::run,
        required: false,
    },
];

/// Which pass must run before which, and why.
pub const ORDER: &[(&str, &str, &str)] = &[
    (
        "find_escapes",
        "insert_barriers",
        "a store to a variable in a cell of its own needs a barrier",
    ),
    (
        "insert_barriers",
        "insert_safepoints",
        "loops are polled by the barriers they contain",
    ),
    (
        "simplify_cfg",
        "insert_safepoints",
        "back edges of dead loops need no poll",
    ),
];

/// Runs the passes of a level.
pub fn optimize(mono: &mut MonoProgram, program: &Program, solver: &Concrete, level: Level) {
    let types = Types::new(program, solver);
    for pass in passes_of(level) {
        (pass.run)(mono, &types);
    }
}

/// Makes a program, after its passes, tell the race detector what it does.
pub fn watch(mono: &mut MonoProgram, program: &Program, solver: &Concrete) {
    watch_accesses::run(mono, &Types::new(program, solver));
}

/// As [`optimize`], checking the program after each pass. Gives the violations of the first pass that
/// left any.
pub fn optimize_verified(
    mono: &mut MonoProgram,
    program: &Program,
    solver: &Concrete,
    level: Level,
) -> Vec<Violation> {
    let types = Types::new(program, solver);
    let mut violations = verify_program(mono, &types, "monomorphization");
    for pass in passes_of(level) {
        if !violations.is_empty() {
            break;
        }
        (pass.run)(mono, &types);
        violations = verify_program(mono, &types, pass.name);
    }
    violations
}

fn passes_of(level: Level) -> impl Iterator<Item = &'static Pass> {
    PASSES
        .iter()
        .filter(move |pass| pass.required || level == Level::Release)
}

#[cfg(test)]
mod tests {
    use super::{ORDER, PASSES};

    #[test]
    fn passes_stand_in_order() {
        let position = |name: &str| PASSES.iter().position(|pass| pass.name == name);
        for (before, after, why) in ORDER {
            let (first, second) = (position(before), position(after));
            assert!(
                first.is_some() && first < second,
                "{before} before {after}: {why}"
            );
        }
    }
}
