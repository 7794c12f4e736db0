//! Allocations of small cells: the next one of the worker's run, and a call of the runtime only where
//! there is none left.
//!
//! ```text
//! runs = tls.runs; cell = runs[class].bump; next = cell + bytes
//! if next > runs[class].end goto slow
//! runs[class].bump = next; cell.header = desc; cell + 8
//! slow:  gos_rt_alloc(desc)
//! ```
//! Until here an allocation is a call of `gos_rt_alloc`, which tells LLVM that nobody else has what it
//! gives; that would be lost on a value that is loaded. The calls are sent to a function of this
//! unit for each class, which LLVM then inlines.
//!
//! Keeps: nothing between the load of the run and the store is a safepoint, so that neither another
//! goroutine nor the collector sees a run half-way, and nothing of it lives across the call.

use super::tls::{block_address, field};
use crate::Optimization;
use crate::error::{Emit, invalid};
use crate::lower::Unit;
use gos_abi::layout::{HEADER_BYTES, run, tls};
use gos_abi::size_class::{CLASS_BYTES, class_of};
use gos_abi::table::find_rt_function;
use gos_abi::{CellKind, TypeDesc};
use inkwell::IntPredicate;
use inkwell::builder::Builder;
use inkwell::llvm_sys::core::{
    LLVMGetAggregateElement, LLVMGetAsString, LLVMGetInitializer, LLVMIsAConstantDataSequential,
    LLVMIsAGlobalVariable, LLVMIsGlobalConstant,
};
use inkwell::module::Linkage;
use inkwell::values::{
    AsValueRef, BasicValueEnum, FunctionValue, InstructionOpcode, InstructionValue, PointerValue,
};
use std::mem::offset_of;

/// Larger cells are rarer, and take longer to fill than to call for.
const INLINE_BYTES_MAX: usize = 128;

/// Sends allocations of small cells to functions that are to be inlined; true when there are any.
pub(super) fn insert<'c>(unit: &Unit<'c, '_>, functions: &[FunctionValue<'c>]) -> Emit<bool> {
    let is_size = unit.options.optimization == Optimization::Size;
    if !unit.options.optimization.is_any() || is_size {
        return Ok(false);
    }
    let Some(runtime) = unit.module.get_function("gos_rt_alloc") else {
        return Ok(false);
    };
    let runtime = runtime.as_global_value().as_pointer_value();
    let mut found = Vec::new();
    for block in functions
        .iter()
        .flat_map(|function| function.get_basic_blocks())
    {
        let calls = block
            .get_instructions()
            .filter_map(|instruction| Some((instruction, class_of_call(instruction, runtime)?)));
        found.extend(calls);
    }
    for &(call, class) in &found {
        let callee = taking(unit, class)?.as_global_value().as_pointer_value();
        call.set_operand(call.get_num_operands() - 1, callee);
    }
    Ok(!found.is_empty())
}

/// The class of the cell that an instruction allocates, if it is a small one and known.
fn class_of_call(instruction: InstructionValue<'_>, runtime: PointerValue<'_>) -> Option<usize> {
    if instruction.get_opcode() != InstructionOpcode::Call {
        return None;
    }
    let operand = |index| match instruction.get_operand(index)?.value()? {
        BasicValueEnum::PointerValue(pointer) => Some(pointer),
        _ => None,
    };
    if operand(instruction.get_num_operands() - 1)? != runtime {
        return None;
    }
    let (size, is_leaf) = described(operand(0)?)?;
    let bytes = size + HEADER_BYTES as usize;
    (bytes <= INLINE_BYTES_MAX).then(|| class_of(bytes, is_leaf))
}

/// What a descriptor of a fixed cell says: the size of the value, and whether it holds no references.
fn described(desc: PointerValue<'_>) -> Option<(usize, bool)> {
    let desc = desc.as_value_ref();
    // SAFETY: a value of a live module; each function is called on the kind of value that the check
    // before it found.
    let bytes = unsafe {
        if LLVMIsAGlobalVariable(desc).is_null() || LLVMIsGlobalConstant(desc) == 0 {
            return None;
        }
        let value = LLVMGetInitializer(desc);
        if value.is_null() {
            return None;
        }
        let data = LLVMGetAggregateElement(value, 0);
        if data.is_null() || LLVMIsAConstantDataSequential(data).is_null() {
            return None;
        }
        let mut length = 0;
        let start = LLVMGetAsString(data, &raw mut length);
        std::slice::from_raw_parts(start.cast::<u8>(), length)
    };
    let size = bytes.get(offset_of!(TypeDesc, size)..)?.first_chunk()?;
    let kind = bytes.get(offset_of!(TypeDesc, kind)..)?.first_chunk()?;
    let words = bytes
        .get(offset_of!(TypeDesc, bitmap_words)..)?
        .first_chunk()?;
    if u32::from_le_bytes(*kind) != CellKind::Fixed as u32 {
        return None;
    }
    let size = usize::try_from(u64::from_le_bytes(*size)).ok()?;
    Some((size, u32::from_le_bytes(*words) == 0))
}

/// The function that takes a cell of a class.
fn taking<'c>(unit: &Unit<'c, '_>, class: usize) -> Emit<FunctionValue<'c>> {
    let name = format!("gos.alloc.{class}");
    if let Some(function) = unit.module.get_function(&name) {
        return Ok(function);
    }
    let Some(row) = find_rt_function("gos_rt_alloc") else {
        return invalid("the runtime has gos_rt_alloc");
    };
    let runtime = unit.runtime_function(row);
    let linkage = Some(Linkage::Internal);
    let function = unit.module.add_function(&name, runtime.get_type(), linkage);
    function.set_call_conventions(runtime.get_call_conventions());
    unit.add_function_attributes(function);
    unit.add_attribute(function, "alwaysinline", 0);
    let Some(BasicValueEnum::PointerValue(desc)) = function.get_first_param() else {
        return invalid("an allocation takes a descriptor");
    };

    let entry = unit.context.append_basic_block(function, "");
    let take = unit.context.append_basic_block(function, "take");
    let slow = unit.context.append_basic_block(function, "slow");
    let b = unit.context.create_builder();
    b.position_at_end(entry);
    let block = block_address(&b, unit)?;
    let runs = field(&b, unit, block, tls::RUNS)?;
    let runs = b.build_load(unit.ptr, runs, "")?.into_pointer_value();
    let own = class as u64 * run::BYTES;
    let bump = field(&b, unit, runs, own + run::BUMP)?;
    let cell = b.build_load(unit.ptr, bump, "")?.into_pointer_value();
    let bytes = unit.i64.const_int(u64::from(CLASS_BYTES[class]), false);
    // SAFETY: not in bounds of anything where there is no run.
    let next = unsafe { b.build_gep(unit.i8, cell, &[bytes], "")? };
    let end = field(&b, unit, runs, own + run::END)?;
    let end = b.build_load(unit.ptr, end, "")?.into_pointer_value();
    let none = b.build_int_compare(IntPredicate::UGT, next, end, "")?;
    let branch = b.build_conditional_branch(none, slow, take)?;
    let _ = branch.set_metadata(unit.rarely_first(), unit.kinds.prof);

    b.position_at_end(take);
    b.build_store(bump, next)?;
    b.build_store(cell, desc)?;
    let payload = field(&b, unit, cell, HEADER_BYTES)?;
    b.build_return(Some(&payload))?;

    b.position_at_end(slow);
    return_call(unit, &b, runtime, desc)?;
    Ok(function)
}

fn return_call<'c>(
    unit: &Unit<'c, '_>,
    b: &Builder<'c>,
    runtime: FunctionValue<'c>,
    desc: PointerValue<'c>,
) -> Emit<()> {
    let call = unit.build_call(b, runtime, &[desc.into()])?;
    let Some(payload) = call.try_as_basic_value().basic() else {
        return invalid("an allocation gives a pointer");
    };
    b.build_return(Some(&payload))?;
    Ok(())
}
