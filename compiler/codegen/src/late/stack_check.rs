//! Stack checks.
//!
//! ```text
//! check:  if sp < tls.stack_limit goto grow else body        (large frames: sp - frame)
//! grow:   tls.morestack_fn = this; tls.morestack_bytes = frame
//!         musttail gos_rt_morestack(the same arguments); return
//! ```
//! LLVM tells nobody the size of a frame before it emits code, so it is estimated from the
//! allocas, plus room for spills that grows with the function. The stack pointer is read behind
//! the prologue in most functions, where the frame is already subtracted; the estimate then counts
//! twice, which costs nothing but a little stack.

use super::call::{Called, called};
use super::tls::{block_address, field};
use crate::error::{Emit, invalid};
use crate::lower::Unit;
use gos_abi::layout::{LEAF_FRAME_BYTES_MAX, tls};
use gos_abi::table::find_rt_function;
use inkwell::IntPredicate;
use inkwell::attributes::{Attribute, AttributeLoc};
use inkwell::basic_block::BasicBlock;
use inkwell::llvm_sys::LLVMTailCallKind;
use inkwell::types::BasicType;
use inkwell::values::{BasicMetadataValueEnum, FunctionValue, InstructionOpcode, InstructionValue};

/// Frames estimated above this are subtracted before the comparison.
const LARGE_FRAME_BYTES: u64 = 2048;
/// Saved registers, return address, outgoing arguments.
const FIXED_BYTES: u64 = 192;
/// Room for spilled registers, in bytes an instruction: an estimate for optimized code, and what
/// unoptimized code, which spills every value, takes at most.
const SPILL_BYTES_OPTIMIZED: u64 = 2;
const SPILL_BYTES_PLAIN: u64 = 8;

/// The estimated frame of a function that must check; None for one that need not.
pub(super) fn need(function: FunctionValue<'_>, optimized: bool) -> Option<u64> {
    let mut calls = false;
    let mut allocas = 0u64;
    let mut instructions = 0u64;
    for block in function.get_basic_block_iter() {
        let mut next = block.get_first_instruction();
        while let Some(instruction) = next {
            instructions += 1;
            if instruction.get_opcode() == InstructionOpcode::Alloca {
                allocas = allocas.saturating_add(alloca_bytes(instruction));
            }
            calls |= called(instruction) != Called::Nothing;
            next = instruction.get_next_instruction();
        }
    }
    let spill = if optimized {
        SPILL_BYTES_OPTIMIZED
    } else {
        SPILL_BYTES_PLAIN
    };
    let frame = allocas + instructions * spill + FIXED_BYTES;
    (calls || frame > LEAF_FRAME_BYTES_MAX + FIXED_BYTES).then_some(frame)
}

fn alloca_bytes(instruction: InstructionValue<'_>) -> u64 {
    let bytes = |ty: inkwell::types::BasicTypeEnum<'_>| {
        ty.size_of()
            .and_then(|size| size.get_zero_extended_constant())
    };
    match instruction.get_allocated_type() {
        Ok(inkwell::types::BasicTypeEnum::ArrayType(array)) => {
            let element = bytes(array.get_element_type()).unwrap_or(16);
            u64::from(array.len()) * element.max(1)
        }
        Ok(ty) => bytes(ty).unwrap_or(16),
        Err(_) => 16,
    }
    .next_multiple_of(8)
}

pub(super) fn insert<'c>(unit: &Unit<'c, '_>, function: FunctionValue<'c>, frame: u64) -> Emit<()> {
    let Some(body) = function.get_first_basic_block() else {
        return Ok(());
    };
    let check = unit.context.prepend_basic_block(body, "check");
    let grow = unit.context.append_basic_block(function, "grow");
    let b = unit.context.create_builder();
    b.position_at_end(check);
    move_allocas(&b, body);
    let sp = stack_pointer(&b, unit)?;
    // Unoptimized code reads the stack pointer behind its prologue, always.
    let sp = if frame > LARGE_FRAME_BYTES && unit.options.optimization.is_any() {
        b.build_int_sub(sp, unit.i64.const_int(frame, false), "")?
    } else {
        sp
    };
    let block = block_address(&b, unit)?;
    let limit = field(&b, unit, block, tls::STACK_LIMIT)?;
    let limit = b.build_load(unit.i64, limit, "")?.into_int_value();
    let low = b.build_int_compare(IntPredicate::ULT, sp, limit, "")?;
    let branch = b.build_conditional_branch(low, grow, body)?;
    let weight = |value| unit.i32.const_int(value, false).into();
    let name = unit.context.metadata_string("branch_weights").into();
    let weights = unit
        .context
        .metadata_node(&[name, weight(1), weight(1 << 20)]);
    let _ = branch.set_metadata(weights, unit.kinds.prof);

    b.position_at_end(grow);
    let block = block_address(&b, unit)?;
    let this = function.as_global_value().as_pointer_value();
    b.build_store(field(&b, unit, block, tls::MORESTACK_FN)?, this)?;
    let bytes = unit.i64.const_int(frame, false);
    b.build_store(field(&b, unit, block, tls::MORESTACK_BYTES)?, bytes)?;
    call_morestack(&b, unit, function)
}

/// Allocas must stay in the entry block, else they allocate at run time.
fn move_allocas<'c>(b: &inkwell::builder::Builder<'c>, from: BasicBlock<'c>) {
    let mut next = from.get_first_instruction();
    while let Some(instruction) = next {
        next = instruction.get_next_instruction();
        if instruction.get_opcode() == InstructionOpcode::Alloca {
            instruction.remove_from_basic_block();
            b.insert_instruction(&instruction, None);
        }
    }
}

fn stack_pointer<'c>(
    b: &inkwell::builder::Builder<'c>,
    unit: &Unit<'c, '_>,
) -> Emit<inkwell::values::IntValue<'c>> {
    let register = if unit.options.triple.starts_with("x86_64") {
        "rsp"
    } else {
        "sp"
    };
    let name = unit.context.metadata_string(register);
    let node = unit.context.metadata_node(&[name.into()]);
    let read = inkwell::intrinsics::Intrinsic::find("llvm.read_register")
        .and_then(|read| read.get_declaration(&unit.module, &[unit.i64.into()]));
    let Some(read) = read else {
        return invalid("LLVM reads registers");
    };
    let call = b.build_call(read, &[node.into()], "")?;
    match call.try_as_basic_value().basic() {
        Some(value) => Ok(value.into_int_value()),
        None => invalid("a register has a value"),
    }
}

fn call_morestack<'c>(
    b: &inkwell::builder::Builder<'c>,
    unit: &Unit<'c, '_>,
    function: FunctionValue<'c>,
) -> Emit<()> {
    let Some(row) = find_rt_function("gos_rt_morestack") else {
        return invalid("the runtime has gos_rt_morestack");
    };
    let morestack = unit.runtime_function(row);
    let args: Vec<BasicMetadataValueEnum<'c>> = function.get_param_iter().map(Into::into).collect();
    let ty = function.get_type();
    let pointer = morestack.as_global_value().as_pointer_value();
    let call = b.build_indirect_call(ty, pointer, &args, "")?;
    call.set_call_convention(function.get_call_conventions());
    copy_result_pointer(function, call);
    call.set_tail_call_kind(LLVMTailCallKind::LLVMTailCallKindMustTail);
    match call.try_as_basic_value().basic() {
        Some(value) => b.build_return(Some(&value))?,
        None => b.build_return(None)?,
    };
    Ok(())
}

/// A `musttail` call has the caller's attributes that decide where arguments go.
fn copy_result_pointer(function: FunctionValue<'_>, call: inkwell::values::CallSiteValue<'_>) {
    for name in ["sret", "signext", "zeroext", "inreg"] {
        let kind = Attribute::get_named_enum_kind_id(name);
        let places = (0..function.count_params())
            .map(AttributeLoc::Param)
            .chain([AttributeLoc::Return]);
        for place in places {
            if let Some(attribute) = function.get_enum_attribute(place, kind) {
                call.add_attribute(place, attribute);
            }
        }
    }
}
