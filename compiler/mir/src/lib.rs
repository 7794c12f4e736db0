//! The middle of the compiler: typed bodies go in, monomorphic control-flow graphs with explicit
//! storage, checks, safepoints and write barriers come out. It must never know syntax trees or
//! LLVM.

pub mod ir;
