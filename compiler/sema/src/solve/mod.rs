//! Which types implement which traits, and what their associated types are.
//!
//! One goal is one step: a candidate among the bounds in force, the impls and what is built in is
//! chosen, variables are bound as it demands, and what it demands further comes back as goals.
//! Nothing is bound unless the answer is yes. For concrete types, as monomorphization has them,
//! [`Concrete`] follows goals to their end and remembers the answers.
//! Read next: `search.rs` (traits), `project.rs` (associated types), `callable.rs`, `index.rs`.

mod callable;
mod concrete;
mod fuel;
mod index;
mod memo;
mod object;
mod project;
mod search;

#[cfg(test)]
mod tests;

pub use concrete::Concrete;
pub(crate) use fuel::{is_exhausted, take_exhausted};
pub use index::ImplIndex;
pub(crate) use index::head as head_of;
pub use object::is_virtual;

use crate::check::seam::{Answer, Solver};
use crate::infer::InferTable;
use crate::program::{ImplId, Predicate, Program};
use crate::types::{Fold, TraitRef, substitute};
use search::Search;

/// The solver that bodies are checked with.
#[derive(Debug, Default)]
pub struct TraitSolver {
    memo: memo::Shared,
}

impl Solver for TraitSolver {
    fn solve(
        &self,
        program: &Program,
        environment: &[Predicate],
        table: &mut InferTable,
        goal: &Predicate,
    ) -> Answer {
        self.memo.borrow_mut().keep_for(environment);
        Search::new(program, environment, table)
            .sharing(&self.memo)
            .goal(goal)
    }
}

/// Replaces associated types by what they are, where the bounds and impls tell.
#[must_use]
pub fn normalize_in<T: Fold>(program: &Program, environment: &[Predicate], value: T) -> T {
    let mut table = InferTable::new();
    let mut search = Search::new(program, environment, &mut table);
    search.normalize_known(value)
}

/// Whether the goal holds for all values of the generic parameters that it mentions.
#[must_use]
pub fn holds_in(program: &Program, environment: &[Predicate], goal: &Predicate) -> bool {
    let mut table = InferTable::new();
    let mut search = Search::new(program, environment, &mut table);
    matches!(search.fulfil(vec![goal.clone()]), search::Outcome::Yes)
}

/// Whether some type could get its answer from either of two impls.
pub(crate) fn may_overlap(
    program: &Program,
    (left, left_ref): (ImplId, TraitRef),
    (right, right_ref): (ImplId, TraitRef),
    table: &mut InferTable,
) -> bool {
    let left_args = table.fresh_list(program.impls[left].generics.params.len());
    let right_args = table.fresh_list(program.impls[right].generics.params.len());
    let left_ref = substitute(left_ref, left_args);
    let right_ref = substitute(right_ref, right_args);
    if table.unify_trait_refs(left_ref, right_ref).is_err() {
        return false;
    }
    let mut search = Search::new(program, &[], table);
    for (id, args) in [(left, left_args), (right, right_args)] {
        let demands = program.impls[id].generics.predicates.iter();
        let demands = demands.map(|demand| substitute(demand.clone(), args));
        if search.fulfil(demands.collect()) == search::Outcome::No {
            return false;
        }
    }
    true
}
