//! What goes in after optimization, when it is known which calls and loops are left: stack
//! checks at function entries, polls in loops, and allocations without a call. Earlier, they would
//! hinder inlining and vectorization.
//!
//! Keeps: a function that calls anything, or whose frame is large, compares its stack pointer
//! with the limit before it does, one with a large frame before it has the frame; every endless path passes a check or a poll.
//! Read next: `stack_check.rs`, `loop_poll.rs`, `alloc.rs`, `graph.rs` for LLVM's control-flow graph.

mod alloc;
mod call;
mod constant_loop;
mod graph;
mod loop_poll;
mod stack_check;
mod tls;

pub(crate) use tls::load_stack_limit;

use crate::error::{CodegenError, Emit};
use crate::lower::{Unit, is_foreign};
use gos_abi::symbol;
use inkwell::GlobalVisibility;
use inkwell::module::Linkage;
use inkwell::values::{FunctionValue, MetadataValue};
use rustc_hash::FxHashSet;

/// LLVM's number of the convention in which the callee saves nearly all registers.
pub(crate) const PRESERVE_ALL: u32 = 15;

impl<'c> Unit<'c, '_> {
    /// For branches that nearly always go the second way.
    fn rarely_first(&self) -> MetadataValue<'c> {
        let weight = |value| self.i32.const_int(value, false).into();
        let name = self.context.metadata_string("branch_weights").into();
        self.context
            .metadata_node(&[name, weight(1), weight(1 << 20)])
    }

    /// Trace tables, an object of their own, refer to functions by symbol, and by their distance: those that
    /// everybody sees are nevertheless nobody's to replace.
    fn export_to_traces(&self, function: FunctionValue<'c>) {
        let symbol = function.as_global_value();
        if function.get_linkage() == Linkage::Internal {
            function.set_linkage(Linkage::External);
            symbol.set_visibility(GlobalVisibility::Hidden);
        } else if symbol.get_visibility() == GlobalVisibility::Default {
            symbol.set_visibility(GlobalVisibility::Protected);
        }
    }
}

/// Whether functions of the module are to be inlined wherever they are called.
pub(crate) enum Left {
    Nothing,
    Inlining,
}

/// Adds all checks to the module, and opens allocations.
pub(crate) fn run(unit: &Unit<'_, '_>) -> Emit<Left> {
    let functions: Vec<_> = unit
        .module
        .get_functions()
        .filter(|function| function.count_basic_blocks() > 0)
        // Code of another unit, here to be inlined only.
        .filter(|function| function.get_linkage() != Linkage::AvailableExternally)
        .filter(|function| !is_foreign(*function))
        .collect();
    // Which functions check decides which calls do for a loop's poll.
    let needs: Vec<_> = functions
        .iter()
        .map(|function| stack_check::need(unit, *function))
        .collect();
    let checked: FxHashSet<String> = functions
        .iter()
        .zip(&needs)
        .filter(|(_, need)| need.is_some())
        .map(|(function, _)| function.get_name().to_string_lossy().into_owned())
        .collect();
    if functions.iter().any(is_program_main) {
        state_small_frames(unit);
    }
    for (function, need) in functions.iter().zip(needs) {
        unit.forbid_tail_calls(*function);
        loop_poll::insert(unit, *function, &checked)?;
        if let Some(frame) = need {
            stack_check::insert(unit, *function, frame)?;
        }
        unit.export_to_traces(*function);
    }
    let left = match alloc::insert(unit, &functions)? {
        true => Left::Inlining,
        false => Left::Nothing,
    };
    if cfg!(debug_assertions) {
        let verified = unit.module.verify();
        verified.map_err(|text| CodegenError::Llvm(text.to_string()))?;
    }
    Ok(left)
}

fn is_program_main(function: &FunctionValue<'_>) -> bool {
    function.get_name().to_bytes() == symbol::PROGRAM_MAIN.as_bytes()
}

/// Tells the runtime how much its stacks must keep below their limits.
fn state_small_frames(unit: &Unit<'_, '_>) {
    let bytes = stack_check::small_frame_bytes(unit);
    let name = symbol::PROGRAM_SMALL_FRAME_BYTES;
    let global = unit.module.add_global(unit.i64, None, name);
    global.set_initializer(&unit.i64.const_int(bytes, false));
    global.set_constant(true);
    global.set_visibility(GlobalVisibility::Hidden);
}
