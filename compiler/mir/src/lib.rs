//! The middle of the compiler: typed bodies go in, monomorphic control-flow graphs with explicit
//! storage, checks, safepoints and write barriers come out. It must never know syntax trees or
//! LLVM.

mod build;
pub mod ir;
mod lower;
pub mod mono;
pub mod passes;
pub mod print;
pub mod types;
pub mod verify;

#[cfg(test)]
mod tests;
