//! LLVM's passes.

use crate::error::{CodegenError, Emit};
use inkwell::module::Module;
use inkwell::passes::PassBuilderOptions;
use inkwell::targets::TargetMachine;

const RELEASE_PASSES: &str = "default<O3>";

/// Optimizes a release build. A debug build has nothing to gain: what is worth a register got none
/// but a register when it was lowered, and variables stay where a debugger finds them.
pub(super) fn run(module: &Module<'_>, machine: &TargetMachine, release: bool) -> Emit<()> {
    if !release {
        return Ok(());
    }
    let options = PassBuilderOptions::create();
    options.set_loop_vectorization(true);
    options.set_loop_interleaving(true);
    options.set_loop_slp_vectorization(true);
    options.set_loop_unrolling(true);
    module
        .run_passes(RELEASE_PASSES, machine, options)
        .map_err(|text| CodegenError::Llvm(text.to_string()))
}
