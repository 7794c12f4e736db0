mod solver;
pub use solver::Solver;
