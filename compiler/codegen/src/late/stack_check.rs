//! Stack checks.
//!
//! ```text
//! check:  if sp < tls.stack_limit goto grow else body        (large frames: sp - frame)
//! grow:   tls.morestack_fn = this; tls.morestack_bytes = frame
//!         musttail gos_rt_morestack(the same arguments); return
//! ```
//! LLVM tells nobody the size of a frame before it emits code, so it is estimated from the
//! allocas, plus room for spills that grows with the function.
//!
//! A function may write into its frame before anything that stands in it runs: registers are spilled
//! as soon as they are set. Frames that might not fit into what every stack keeps below its limit
//! are checked before they exist, by a function of their own that goes on into the real one:
//!
//! ```text
//! f:       if sp - frame < tls.stack_limit goto grow else musttail f.body(the same arguments)
//! grow:    as above
//! f.body:  what was f
//! ```

use super::call::{Called, called};
use super::tls::{block_address, field};
use crate::error::{Emit, invalid};
use crate::lower::Unit;
use gos_abi::layout::{LEAF_FRAME_BYTES_MAX, STACK_SLACK_BYTES, tls};
use gos_abi::table::find_rt_function;
use inkwell::IntPredicate;
use inkwell::attributes::{Attribute, AttributeLoc};
use inkwell::basic_block::BasicBlock;
use inkwell::intrinsics::Intrinsic;
use inkwell::llvm_sys::LLVMTailCallKind;
use inkwell::module::Linkage;
use inkwell::types::{AnyTypeEnum, BasicTypeEnum};
use inkwell::values::{
    BasicMetadataValueEnum, FunctionValue, InstructionOpcode, InstructionValue, IntValue,
    PointerValue,
};

/// Frames estimated above this are checked before they exist: smaller ones fit into the room below
/// every stack's limit, calls of the runtime on top. Programs in which all frames are checked early
/// may have small stacks.
const SMALL_FRAME_BYTES_OPTIMIZED: u64 = 512;
const SMALL_FRAME_BYTES_PLAIN: u64 = STACK_SLACK_BYTES / 2;
/// What is appended to the symbol of a function that another one checks for.
const BODY_SUFFIX: &str = ".body";
/// Saved registers, return address, outgoing arguments.
const FIXED_BYTES: u64 = 192;
/// What functions of the C library take of the caller's stack: `sin` of large numbers 900 bytes.
const LIBRARY_BYTES: u64 = 1024;
/// The same for a library of the system's, whose version and insides nobody knows beforehand.
const LIBRARY_BYTES_OF_SYSTEM: u64 = 4096;
/// Room for spilled registers, in bytes an instruction: more than functions of any size have
/// (`tests/frames.rs` of the harness).
const SPILL_BYTES: u64 = 2;
/// The same for those with a vector as their value.
const VECTOR_SPILL_BYTES: u64 = 16;
/// No system has memory below.
const LOWEST_ADDRESS: u64 = 1 << 16;
/// The widest register that is spilled.
const WIDEST_BYTES: u64 = 16;

/// The estimated frame of a function that must check; None for one that need not.
pub(super) fn need(unit: &Unit<'_, '_>, function: FunctionValue<'_>) -> Option<u64> {
    let (mut calls, mut library) = (false, false);
    let mut allocas = 0u64;
    let mut spills = 0u64;
    for block in function.get_basic_block_iter() {
        let mut next = block.get_first_instruction();
        while let Some(instruction) = next {
            spills += match instruction.get_type() {
                AnyTypeEnum::VectorType(_) => VECTOR_SPILL_BYTES,
                _ => SPILL_BYTES,
            };
            if instruction.get_opcode() == InstructionOpcode::Alloca {
                allocas = allocas.saturating_add(alloca_bytes(instruction));
            }
            let called = called(instruction);
            calls |= called != Called::Nothing;
            library |= called.is_library();
            next = instruction.get_next_instruction();
        }
    }
    let library = match (library, unit.options.triple.ends_with("-musl")) {
        (false, _) => 0,
        (true, true) => LIBRARY_BYTES,
        (true, false) => LIBRARY_BYTES_OF_SYSTEM,
    };
    let frame = allocas
        .saturating_add(spills)
        .saturating_add(FIXED_BYTES + library);
    (calls || frame > LEAF_FRAME_BYTES_MAX + FIXED_BYTES).then_some(frame)
}

fn alloca_bytes(instruction: InstructionValue<'_>) -> u64 {
    instruction
        .get_allocated_type()
        .map_or(WIDEST_BYTES, type_bytes)
        .next_multiple_of(8)
}

/// The size of a type of LLVM's, paddings at most.
fn type_bytes(ty: BasicTypeEnum<'_>) -> u64 {
    match ty {
        BasicTypeEnum::ArrayType(array) => {
            u64::from(array.len()).saturating_mul(type_bytes(array.get_element_type()))
        }
        BasicTypeEnum::IntType(int) => u64::from(int.get_bit_width().div_ceil(8)),
        BasicTypeEnum::FloatType(_) | BasicTypeEnum::PointerType(_) => 8,
        BasicTypeEnum::StructType(fields) => fields
            .get_field_types_iter()
            .map(|field| type_bytes(field).next_multiple_of(8))
            .fold(0, u64::saturating_add),
        BasicTypeEnum::VectorType(vector) => {
            u64::from(vector.get_size()).saturating_mul(type_bytes(vector.get_element_type()))
        }
        BasicTypeEnum::ScalableVectorType(_) => WIDEST_BYTES,
    }
}

/// The largest frame that a function may have before it compares its stack pointer.
pub(super) fn small_frame_bytes(unit: &Unit<'_, '_>) -> u64 {
    if unit.options.optimization.is_any() {
        SMALL_FRAME_BYTES_OPTIMIZED
    } else {
        SMALL_FRAME_BYTES_PLAIN
    }
}

pub(super) fn insert<'c>(unit: &Unit<'c, '_>, function: FunctionValue<'c>, frame: u64) -> Emit<()> {
    let Some(entry) = function.get_first_basic_block() else {
        return Ok(());
    };
    if frame > small_frame_bytes(unit) {
        return insert_in_front(unit, function, frame);
    }
    let b = unit.context.create_builder();
    let body = match behind_parameters(unit, entry) {
        Some((stores, body)) => {
            if let Some(end) = stores.get_terminator() {
                end.erase_from_basic_block();
            }
            b.position_at_end(stores);
            set_location_of(&b, body);
            body
        }
        None => {
            b.position_at_end(unit.context.prepend_basic_block(entry, "check"));
            move_allocas(&b, entry);
            entry
        }
    };
    let grow = unit.context.append_basic_block(function, "grow");
    let sp = stack_pointer(&b, unit)?;
    build_check(&b, unit, sp, grow, body)?;
    build_growth(&b, unit, function, grow, frame)
}

/// Gives the function's name and users to one that checks and goes on into it.
fn insert_in_front<'c>(unit: &Unit<'c, '_>, body: FunctionValue<'c>, frame: u64) -> Emit<()> {
    let name = body.get_name().to_string_lossy().into_owned();
    let front = unit.module.add_function("", body.get_type(), None);
    body.replace_all_uses_with(front);
    body.as_global_value()
        .set_name(&format!("{name}{BODY_SUFFIX}"));
    front.as_global_value().set_name(&name);
    front.set_linkage(body.get_linkage());
    let visibility = body.as_global_value().get_visibility();
    front.as_global_value().set_visibility(visibility);
    front.set_call_conventions(body.get_call_conventions());
    let places = (0..body.count_params())
        .map(AttributeLoc::Param)
        .chain([AttributeLoc::Return, AttributeLoc::Function]);
    for place in places {
        for attribute in body.attributes(place) {
            front.add_attribute(place, attribute);
        }
    }
    // It has no frame.
    front.remove_string_attribute(AttributeLoc::Function, "frame-pointer");
    body.set_linkage(Linkage::Internal);

    let check = unit.context.append_basic_block(front, "check");
    let go_on = unit.context.append_basic_block(front, "body");
    let grow = unit.context.append_basic_block(front, "grow");
    let b = unit.context.create_builder();
    b.position_at_end(check);
    let sp = stack_pointer(&b, unit)?;
    let sp = less(&b, unit, sp, frame)?;
    build_check(&b, unit, sp, grow, go_on)?;
    b.position_at_end(go_on);
    go_on_in(&b, front, body.as_global_value().as_pointer_value())?;
    build_growth(&b, unit, front, grow, frame + FIXED_BYTES)?;
    unit.export_to_traces(body);
    Ok(())
}

/// The stack pointer less a frame, which may be larger than the addresses below a stack are many: Windows
/// has stacks among the first addresses.
fn less<'c>(
    b: &inkwell::builder::Builder<'c>,
    unit: &Unit<'c, '_>,
    sp: IntValue<'c>,
    frame: u64,
) -> Emit<IntValue<'c>> {
    let bytes = unit.i64.const_int(frame, false);
    if frame < LOWEST_ADDRESS {
        return Ok(b.build_int_sub(sp, bytes, "")?);
    }
    let subtract = Intrinsic::find("llvm.usub.sat")
        .and_then(|subtract| subtract.get_declaration(&unit.module, &[unit.i64.into()]));
    let Some(subtract) = subtract else {
        return invalid("LLVM subtracts");
    };
    let call = b.build_call(subtract, &[sp.into(), bytes.into()], "")?;
    match call.try_as_basic_value().basic() {
        Some(value) => Ok(value.into_int_value()),
        None => invalid("a difference is a value"),
    }
}

/// Goes to `grow` where the stack pointer is below the limit, else to `body`.
fn build_check<'c>(
    b: &inkwell::builder::Builder<'c>,
    unit: &Unit<'c, '_>,
    sp: IntValue<'c>,
    grow: BasicBlock<'c>,
    body: BasicBlock<'c>,
) -> Emit<()> {
    let block = block_address(b, unit)?;
    let limit = field(b, unit, block, tls::STACK_LIMIT)?;
    let limit = b.build_load(unit.i64, limit, "")?.into_int_value();
    let low = b.build_int_compare(IntPredicate::ULT, sp, limit, "")?;
    let branch = b.build_conditional_branch(low, grow, body)?;
    let _ = branch.set_metadata(unit.rarely_first(), unit.kinds.prof);
    Ok(())
}

/// Asks for a larger stack, on which the function begins anew, with the same arguments: what was
/// asked for may have been but a safepoint.
fn build_growth<'c>(
    b: &inkwell::builder::Builder<'c>,
    unit: &Unit<'c, '_>,
    function: FunctionValue<'c>,
    grow: BasicBlock<'c>,
    frame: u64,
) -> Emit<()> {
    let Some(row) = find_rt_function("gos_rt_morestack") else {
        return invalid("the runtime has gos_rt_morestack");
    };
    b.unset_current_debug_location();
    b.position_at_end(grow);
    let block = block_address(b, unit)?;
    let start = function.as_global_value().as_pointer_value();
    b.build_store(field(b, unit, block, tls::MORESTACK_FN)?, start)?;
    let bytes = unit.i64.const_int(frame, false);
    b.build_store(field(b, unit, block, tls::MORESTACK_BYTES)?, bytes)?;
    let morestack = unit.runtime_function(row);
    go_on_in(b, function, morestack.as_global_value().as_pointer_value())
}

/// In unoptimized code, the block that stores the parameters into the frame and the one behind it,
/// where the check then goes: a debugger stops at a function before the first branch at the latest,
/// and is to find parameters there.
fn behind_parameters<'c>(
    unit: &Unit<'c, '_>,
    entry: BasicBlock<'c>,
) -> Option<(BasicBlock<'c>, BasicBlock<'c>)> {
    if unit.options.optimization.is_any() {
        return None;
    }
    let stores = only_successor(entry)?;
    let body = only_successor(stores)?;
    Some((stores, body))
}

/// Where a block without calls goes on, if there is but one way.
fn only_successor(block: BasicBlock<'_>) -> Option<BasicBlock<'_>> {
    let mut next = block.get_first_instruction();
    while let Some(instruction) = next {
        if called(instruction) != Called::Nothing {
            return None;
        }
        next = instruction.get_next_instruction();
    }
    let end = block.get_terminator()?;
    if end.get_opcode() != InstructionOpcode::Br || end.get_num_operands() != 1 {
        return None;
    }
    end.get_operand(0)?.block()
}

/// What is built next stands where the block's first statement does.
fn set_location_of(b: &inkwell::builder::Builder<'_>, block: BasicBlock<'_>) {
    let mut next = block.get_first_instruction();
    while let Some(instruction) = next {
        if let Some(location) = instruction.get_debug_location() {
            b.set_current_debug_location(location);
            return;
        }
        next = instruction.get_next_instruction();
    }
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

fn stack_pointer<'c>(b: &inkwell::builder::Builder<'c>, unit: &Unit<'c, '_>) -> Emit<IntValue<'c>> {
    let register = if unit.options.triple.starts_with("x86_64") {
        "rsp"
    } else {
        "sp"
    };
    let name = unit.context.metadata_string(register);
    let node = unit.context.metadata_node(&[name.into()]);
    let read = Intrinsic::find("llvm.read_register")
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

/// Leaves `function` for the code at `target`, which finds the same arguments.
fn go_on_in<'c>(
    b: &inkwell::builder::Builder<'c>,
    function: FunctionValue<'c>,
    target: PointerValue<'c>,
) -> Emit<()> {
    let args: Vec<BasicMetadataValueEnum<'c>> = function.get_param_iter().map(Into::into).collect();
    let call = b.build_indirect_call(function.get_type(), target, &args, "")?;
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
