//! LLVM's description of the target.

use crate::error::{CodegenError, Emit};
use crate::{EmitOptions, Optimization};
use inkwell::OptimizationLevel;
use inkwell::llvm_sys::target_machine::LLVMTargetMachineRef;
use inkwell::targets::{
    CodeModel, InitializationConfig, RelocMode, Target, TargetMachine, TargetTriple,
};
use std::sync::Once;

/// LLVM starts up when code is first generated, since most runs of `gos` only check.
fn start() {
    static START: Once = Once::new();
    START.call_once(|| {
        construct();
        let config = InitializationConfig::default();
        Target::initialize_x86(&config);
        Target::initialize_aarch64(&config);
    });
}

/// Runs LLVM's constructors, which a `gos` of one file keeps out of its own start.
#[cfg(feature = "static-llvm")]
fn construct() {
    unsafe extern "C" {
        fn gos_llvm_start();
    }
    // SAFETY: takes nothing and may be called at any time, from any thread; the crate that links
    // LLVM's archives defines it.
    unsafe { gos_llvm_start() }
}

/// The shared library has run its constructors when it was loaded.
#[cfg(not(feature = "static-llvm"))]
fn construct() {}

pub(super) fn create(options: &EmitOptions<'_>) -> Emit<TargetMachine> {
    start();
    let triple = TargetTriple::create(&options.triple);
    let target =
        Target::from_triple(&triple).map_err(|text| CodegenError::Llvm(text.to_string()))?;
    let level = match options.optimization {
        Optimization::None => OptimizationLevel::None,
        Optimization::Some => OptimizationLevel::Less,
        Optimization::More | Optimization::Size => OptimizationLevel::Default,
        Optimization::All => OptimizationLevel::Aggressive,
    };
    let machine = target.create_target_machine(
        &triple,
        &options.cpu,
        &options.features,
        level,
        RelocMode::PIC,
        CodeModel::Default,
    );
    let machine = machine.ok_or_else(|| {
        let (triple, cpu) = (&options.triple, &options.cpu);
        CodegenError::Llvm(format!("no code generator for {triple} on {cpu}"))
    })?;
    if options.triple.contains("-windows-") {
        // SAFETY: the machine is whole, and nothing was made with it.
        unsafe { gos_machine_without_unwinding(machine.as_mut_ptr()) };
    }
    Ok(machine)
}

unsafe extern "C" {
    /// Links frames by their frame pointers, as they are on all other systems.
    fn gos_machine_without_unwinding(machine: LLVMTargetMachineRef);
}

/// The processor's name and its features.
pub(crate) fn this_machine() -> (String, String) {
    start();
    let text = |text: inkwell::support::LLVMString| text.to_string();
    (
        text(TargetMachine::get_host_cpu_name()),
        text(TargetMachine::get_host_cpu_features()),
    )
}
