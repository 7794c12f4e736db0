//! LLVM's passes.

use crate::Optimization;
use crate::error::{CodegenError, Emit};
use inkwell::module::Module;
use inkwell::passes::PassBuilderOptions;
use inkwell::targets::TargetMachine;

/// Without optimization no pass has anything to gain: what is worth a register got none but a
/// register when it was lowered, and variables stay where a debugger finds them.
pub(super) fn run(
    module: &Module<'_>,
    machine: &TargetMachine,
    optimization: Optimization,
) -> Emit<()> {
    let passes = match optimization {
        Optimization::None => return Ok(()),
        Optimization::Some => "default<O1>",
        Optimization::More => "default<O2>",
        Optimization::All => "default<O3>",
        Optimization::Size => "default<Os>",
    };
    let options = PassBuilderOptions::create();
    options.set_loop_vectorization(true);
    options.set_loop_interleaving(true);
    options.set_loop_slp_vectorization(true);
    options.set_loop_unrolling(true);
    module
        .run_passes(passes, machine, options)
        .map_err(|text| CodegenError::Llvm(text.to_string()))
}

/// Inlines functions that are marked to be, wherever they are called, and nothing else.
pub(super) fn inline_marked(module: &Module<'_>, machine: &TargetMachine) -> Emit<()> {
    module
        .run_passes("always-inline", machine, PassBuilderOptions::create())
        .map_err(|text| CodegenError::Llvm(text.to_string()))
}
