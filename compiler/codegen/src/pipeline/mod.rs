//! From a program to bytes: lower, optimize, add checks, emit.

mod machine;
mod optimize;

use crate::error::{CodegenError, Emit};
use crate::layout::Types;
use crate::{EmitKind, EmitOptions, Emitted, late, lower, trace};
use gos_mir::ir::MonoProgram;
use gos_sema::program::Program;
use inkwell::context::Context;
use inkwell::module::Module;
use inkwell::targets::{FileType, TargetMachine};

pub(crate) fn run(
    program: &Program,
    mono: &MonoProgram,
    options: &EmitOptions<'_>,
) -> Emit<Emitted> {
    let machine = machine::create(options)?;
    let types = Types::new(program, options.normalize).with_payload_refs(&mono.payload_refs);
    let context = Context::create();
    let unit = lower::build_unit(&context, &types, mono, options, &machine)?;
    optimize::run(&unit.module, &machine, options.release)?;
    late::run(&unit)?;
    match options.kind {
        EmitKind::LlvmIr => Ok(Emitted::Text(unit.module.print_to_string().to_string())),
        EmitKind::Assembly => {
            let text = write(&unit.module, &machine, FileType::Assembly)?;
            Ok(Emitted::Text(String::from_utf8_lossy(&text).into_owned()))
        }
        EmitKind::Objects => {
            let code = write(&unit.module, &machine, FileType::Object)?;
            let mut objects = Vec::new();
            let trace = trace::build(&code, mono, options)?;
            objects.push(code);
            objects.extend(trace);
            Ok(Emitted::Objects(objects))
        }
    }
}

fn write(module: &Module<'_>, machine: &TargetMachine, kind: FileType) -> Emit<Vec<u8>> {
    let buffer = machine
        .write_to_memory_buffer(module, kind)
        .map_err(|text| CodegenError::Llvm(text.to_string()))?;
    Ok(buffer.as_slice().to_vec())
}
