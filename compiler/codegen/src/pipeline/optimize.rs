//! LLVM's passes.

use crate::error::{CodegenError, Emit};
use inkwell::module::Module;
use inkwell::passes::PassBuilderOptions;
use inkwell::targets::TargetMachine;

/// Takes locals off the stack, as far as that is quick: frames stay small, builds fast, and
/// variables visible.
const DEBUG_PASSES: &str = "function(sroa,early-cse)";
const RELEASE_PASSES: &str = "default<O3>";

pub(super) fn run(module: &Module<'_>, machine: &TargetMachine, release: bool) -> Emit<()> {
    let options = PassBuilderOptions::create();
    options.set_loop_vectorization(true);
    options.set_loop_interleaving(true);
    options.set_loop_slp_vectorization(true);
    options.set_loop_unrolling(true);
    let passes = if release {
        RELEASE_PASSES
    } else {
        DEBUG_PASSES
    };
    module
        .run_passes(passes, machine, options)
        .map_err(|text| CodegenError::Llvm(text.to_string()))
}
