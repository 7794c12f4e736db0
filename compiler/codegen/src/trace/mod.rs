//! Trace tables: from the debug information of an object to the compact section that the runtime
//! reads, and that stays when the debug information is stripped.
//!
//! The section comes as an object of its own, whose words refer to the functions' symbols, or as data
//! of the module that the functions are in.
//! Read next: `dwarf.rs` for reading, `rows.rs` for what is made of it, `gos_abi::trace` for the
//! format.

mod dwarf;
mod embed;
mod object_file;
mod rows;
mod section;

use crate::EmitOptions;
use crate::error::{CodegenError, Emit};
use gos_abi::trace::{TraceFunction, encode_trace};
use gos_mir::ir::MonoProgram;
use inkwell::module::Module;
use rustc_hash::FxHashMap;
use section::TraceSection;

/// A function by the name that debug information has for it.
#[derive(Clone)]
pub(crate) struct Named {
    name: String,
    file: String,
    is_std: bool,
}

/// Gives the object with the trace tables of an object; None when it has no functions, or when the
/// target's format of objects is not one that the runtime reads traces from.
pub(crate) fn build(
    code: &[u8],
    mono: &MonoProgram,
    options: &EmitOptions<'_>,
) -> Emit<Option<Vec<u8>>> {
    let Some(section) = TraceSection::of(&options.triple) else {
        return Ok(None);
    };
    let encoded = encode_trace(&functions(code, mono, options)?);
    if encoded.bytes.is_empty() {
        return Ok(None);
    }
    object_file::write(&encoded, &options.triple, &section).map(Some)
}

/// Adds the trace tables of its functions to a module, so that they are in the object that it gives.
pub(crate) fn embed(
    module: &Module<'_>,
    functions: &[TraceFunction],
    options: &EmitOptions<'_>,
) -> Emit<()> {
    match TraceSection::of(&options.triple) {
        Some(section) if !functions.is_empty() => {
            embed::add(module, &encode_trace(functions), &section)
        }
        _ => Ok(()),
    }
}

/// The functions of an object with their rows.
pub(crate) fn functions(
    code: &[u8],
    mono: &MonoProgram,
    options: &EmitOptions<'_>,
) -> Emit<Vec<TraceFunction>> {
    let names: FxHashMap<&str, Named> = mono
        .fns
        .iter()
        .flat_map(|(_, fn_)| {
            let file = options.sources.get(fn_.body.span.file);
            let named = Named {
                name: fn_.display_name.clone(),
                file: file.map_or_else(String::new, |file| file.name.to_string()),
                is_std: fn_.is_std,
            };
            // Line tables alone have no symbols in them, and whole debug information has names
            // without their modules.
            [
                (fn_.symbol.as_str(), named.clone()),
                (fn_.display_name.as_str(), named),
            ]
        })
        .collect();
    let found = dwarf::read(code).map_err(CodegenError::Llvm)?;
    Ok(rows::of_functions(&found, &names))
}
