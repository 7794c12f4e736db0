//! What an instruction calls.

use gos_abi::symbol;
use gos_abi::table::find_rt_function;
use inkwell::llvm_sys::LLVMOpcode;
use inkwell::llvm_sys::core::{
    LLVMConstIntGetZExtValue, LLVMGetCalledValue, LLVMGetInstructionOpcode, LLVMGetOperand,
    LLVMGetValueName2, LLVMIsACallInst, LLVMIsAConstantInt, LLVMIsAFunction, LLVMIsAInlineAsm,
};
use inkwell::values::{AsValueRef, InstructionValue};
use rustc_hash::FxHashSet;

/// What happens when an instruction runs, as far as stacks and safepoints care.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Called {
    /// No call, or one that becomes plain instructions.
    Nothing,
    /// A function by name.
    Function(String),
    /// Through a pointer.
    Unknown,
}

impl Called {
    /// Whether it is in the C library, except for copies, which take no stack.
    pub(super) fn is_library(&self) -> bool {
        match self {
            Called::Function(name) => {
                let known = ["llvm.mem", "mem", "gos_", symbol::MANGLE_PREFIX];
                !known.iter().any(|prefix| name.starts_with(prefix))
            }
            Called::Nothing | Called::Unknown => false,
        }
    }
}

/// Copies of constant length up to this become moves.
const INLINE_COPY_MAX: u64 = 128;

/// LLVM's intrinsics that may become calls of the C library.
const LIBRARY_INTRINSICS: [&str; 22] = [
    "llvm.memcpy.",
    "llvm.memmove.",
    "llvm.memset.",
    "llvm.sin.",
    "llvm.cos.",
    "llvm.tan.",
    "llvm.asin.",
    "llvm.acos.",
    "llvm.atan",
    "llvm.sinh.",
    "llvm.cosh.",
    "llvm.tanh.",
    "llvm.pow",
    "llvm.exp",
    "llvm.log",
    "llvm.fma.",
    "llvm.floor.",
    "llvm.ceil.",
    "llvm.trunc.",
    "llvm.round",
    "llvm.rint.",
    "llvm.sincos.",
];

pub(super) fn called(instruction: InstructionValue<'_>) -> Called {
    let value = instruction.as_value_ref();
    // SAFETY: all values here belong to a live module, and each function is called on the kind
    // of value that the check before it found.
    unsafe {
        if LLVMIsACallInst(value).is_null() {
            // A remainder of floats calls the C library.
            return match LLVMGetInstructionOpcode(value) {
                LLVMOpcode::LLVMFRem => Called::Function("fmod".to_string()),
                _ => Called::Nothing,
            };
        }
        let callee = LLVMGetCalledValue(value);
        if !LLVMIsAInlineAsm(callee).is_null() {
            return Called::Nothing;
        }
        if LLVMIsAFunction(callee).is_null() {
            return Called::Unknown;
        }
        let mut length = 0;
        let start = LLVMGetValueName2(callee, &raw mut length);
        let name = std::slice::from_raw_parts(start.cast::<u8>(), length);
        let name = String::from_utf8_lossy(name).into_owned();
        if !name.starts_with("llvm.") {
            return Called::Function(name);
        }
        if !LIBRARY_INTRINSICS
            .iter()
            .any(|known| name.starts_with(known))
        {
            return Called::Nothing;
        }
        if name.starts_with("llvm.mem") {
            let size = LLVMGetOperand(value, 2);
            let small = !LLVMIsAConstantInt(size).is_null()
                && LLVMConstIntGetZExtValue(size) <= INLINE_COPY_MAX;
            if small {
                return Called::Nothing;
            }
        }
        Called::Function(name)
    }
}

/// True for calls that pass a safepoint on their way, whatever happens in them. Entering the runtime
/// is none: a parking call that need not wait comes straight back.
pub(super) fn reaches_safepoint(called: &Called, checked: &FxHashSet<String>) -> bool {
    match called {
        Called::Function(name) => match find_rt_function(name) {
            Some(row) => row.name == "gos_rt_poll",
            None => checked.contains(name),
        },
        Called::Nothing | Called::Unknown => false,
    }
}
