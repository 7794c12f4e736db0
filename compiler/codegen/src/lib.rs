//! Code generation: a monomorphic program goes in, native object files with debug information and
//! trace tables come out. The only crate that knows LLVM. It must never know syntax trees, typed
//! bodies, linkers or the command line.
//!
//! The way: `layout` decides where bytes lie, `lower` turns MIR into LLVM IR, `pipeline` optimizes
//! and emits, `late` adds stack checks and loop polls between the two, `debuginfo` names things
//! for debuggers, `trace` for the runtime's own traces.

mod debuginfo;
mod error;
mod late;
pub mod layout;
mod lower;
mod pipeline;
#[cfg(test)]
mod tests;
mod trace;

pub use error::CodegenError;

use gos_diag::SourceMap;
use gos_mir::ir::MonoProgram;
use gos_sema::program::Program;
use gos_sema::types::Ty;

/// What to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmitKind {
    /// Object files, with their trace tables.
    Objects,
    /// One object file with all of it.
    Object,
    /// LLVM's assembly language, after optimization.
    LlvmIr,
    /// The target's assembly language.
    Assembly,
}

/// How much work goes into fast or small code. What a program does is the same at each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Optimization {
    /// Variables stay where a debugger finds them.
    None,
    Some,
    More,
    All,
    /// As [`Self::More`], with less code where that costs speed.
    Size,
}

impl Optimization {
    /// Whether LLVM's passes run at all.
    #[must_use]
    pub fn is_any(self) -> bool {
        self != Self::None
    }
}

/// How to make it.
pub struct EmitOptions<'a> {
    /// LLVM's triple of the target, such as `x86_64-unknown-linux-musl`.
    pub triple: String,
    /// LLVM's name of the processor: `x86-64` and `generic` run everywhere.
    pub cpu: String,
    /// LLVM's list of features, such as `+avx2`; mostly empty.
    pub features: String,
    /// Integer overflow wraps instead of panicking.
    pub overflow_wraps: bool,
    pub optimization: Optimization,
    pub kind: EmitKind,
    /// For lines and columns.
    pub sources: &'a SourceMap,
    /// The folder that names of source files are relative to, as debuggers shall see it.
    pub directory: String,
    /// For types that still mention associated or opaque ones.
    pub normalizer: &'a dyn Normalizer,
    /// The program tells the race detector what it does; its MIR says of what.
    pub finds_races: bool,
    /// Where objects of units are kept from build to build.
    pub kept_units: Option<&'a dyn KeptUnits>,
}

/// Makes what resolves associated and opaque types inside a concrete type. Each thread has its own,
/// since they remember what they found.
pub trait Normalizer: Sync {
    fn for_thread(&self) -> Box<dyn Fn(Ty) -> Ty + '_>;
}

/// Objects of units by everything that went into them. Threads share it.
pub trait KeptUnits: Sync {
    /// The objects that were kept under exactly this key.
    fn find(&self, key: &[u8]) -> Option<Vec<Vec<u8>>>;
    /// Keeps them, or does not.
    fn keep(&self, key: &[u8], objects: &[Vec<u8>]);
}

/// LLVM's name of the processor that this runs on, and its features.
#[must_use]
pub fn this_machine() -> (String, String) {
    pipeline::this_machine()
}

/// What came out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Emitted {
    /// Object files, to be linked in this order.
    Objects(Vec<Vec<u8>>),
    /// All in one.
    Object(Vec<u8>),
    /// Text of the kind that was asked for.
    Text(String),
}

/// Compiles a program.
///
/// # Errors
/// When LLVM does not know the target, or the MIR breaks its own rules: neither is a user's
/// mistake.
pub fn emit(
    program: &Program,
    mono: &MonoProgram,
    options: &EmitOptions<'_>,
) -> Result<Emitted, CodegenError> {
    pipeline::run(program, mono, options)
}
