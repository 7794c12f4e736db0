//! The runtime's thread-local block as code sees it.
//!
//! On x86-64 a thread-local variable becomes one memory operand. On aarch64 LLVM would keep the
//! thread's pointer in a register across calls, after which the goroutine may run on another
//! thread, so the address is computed by inline assembly each time. On Apple's systems and on Windows it
//! stands in a slot of the thread (the runtime's `os/slot.rs`), which inline assembly
//! reads for the same reason.

use crate::error::Emit;
use crate::lower::Unit;
use gos_abi::layout::tls;
use gos_abi::symbol::{TLS_BLOCK, TLS_SLOT_OFFSET};
use inkwell::builder::Builder;
use inkwell::module::Linkage;
use inkwell::values::{BasicValue, BasicValueEnum, IntValue, PointerValue};
use inkwell::{GlobalVisibility, ThreadLocalMode};

fn is_aarch64(unit: &Unit<'_, '_>) -> bool {
    unit.options.triple.starts_with("aarch64") || unit.options.triple.starts_with("arm64")
}

/// The instructions that compute the address, and which registers they take; none where LLVM's own
/// thread-local variables serve.
fn instructions(unit: &Unit<'_, '_>) -> Option<(String, &'static str)> {
    match (is_aarch64(unit), unit.options.triple.contains("-apple-")) {
        (false, false) if unit.is_windows() => Some((
            format!("movq {TLS_SLOT_OFFSET}(%rip), $0\n\tmovq %gs:($0), $0"),
            "=r",
        )),
        (false, false) => None,
        (true, false) => Some((
            format!(
                "mrs $0, tpidr_el0\n\
                 add $0, $0, #:tprel_hi12:{TLS_BLOCK}, lsl #12\n\
                 add $0, $0, :tprel_lo12_nc:{TLS_BLOCK}"
            ),
            "=r",
        )),
        (true, true) => Some((
            format!(
                "mrs $0, tpidrro_el0\n\
                 and $0, $0, #-8\n\
                 adrp x17, _{TLS_SLOT_OFFSET}@PAGE\n\
                 ldr x17, [x17, _{TLS_SLOT_OFFSET}@PAGEOFF]\n\
                 ldr $0, [$0, x17]"
            ),
            "=&r,~{x17}",
        )),
        (false, true) => Some((
            format!("movq _{TLS_SLOT_OFFSET}(%rip), $0\n\tmovq %gs:($0), $0"),
            "=r",
        )),
    }
}

/// The address of the block, for now: it must not live across a call.
pub(super) fn block_address<'c>(b: &Builder<'c>, unit: &Unit<'c, '_>) -> Emit<PointerValue<'c>> {
    if let Some((instructions, registers)) = instructions(unit) {
        let ty = unit.ptr.fn_type(&[], false);
        let code = unit.context.create_inline_asm(
            ty,
            instructions,
            registers.to_string(),
            true,
            false,
            None,
            false,
        );
        let call = b.build_indirect_call(ty, code, &[], "")?;
        return match call.try_as_basic_value().basic() {
            Some(BasicValueEnum::PointerValue(address)) => Ok(address),
            _ => crate::error::invalid("inline assembly gives an address"),
        };
    }
    let global = unit.module.get_global(TLS_BLOCK).unwrap_or_else(|| {
        let ty = unit.i8.array_type(tls::SIZE as u32);
        let global = unit.module.add_global(ty, None, TLS_BLOCK);
        global.set_linkage(Linkage::External);
        global.set_visibility(GlobalVisibility::Hidden);
        global.set_thread_local_mode(Some(ThreadLocalMode::LocalExecTLSModel));
        global.set_alignment(64);
        global
    });
    Ok(global.as_pointer_value())
}

/// A field of the block.
pub(super) fn field<'c>(
    b: &Builder<'c>,
    unit: &Unit<'c, '_>,
    block: PointerValue<'c>,
    offset: u64,
) -> Emit<PointerValue<'c>> {
    if offset == 0 {
        return Ok(block);
    }
    let index = unit.i64.const_int(offset, false);
    // SAFETY: the offsets are those of the block's fields.
    Ok(unsafe { b.build_in_bounds_gep(unit.i8, block, &[index], "")? })
}

/// Reads the stack limit; every time anew.
pub(crate) fn load_stack_limit<'c>(b: &Builder<'c>, unit: &Unit<'c, '_>) -> Emit<IntValue<'c>> {
    let block = block_address(b, unit)?;
    let address = field(b, unit, block, tls::STACK_LIMIT)?;
    let limit = b.build_load(unit.i64, address, "")?;
    if let Some(load) = limit.as_instruction_value() {
        // The monitor writes it at any time.
        let _ = load.set_volatile(true);
    }
    Ok(limit.into_int_value())
}
