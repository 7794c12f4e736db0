//! Trace tables: from the debug information of an object to the compact section that the runtime
//! reads, and that stays when the debug information is stripped.
//!
//! The section comes as an object of its own, whose words refer to the functions' symbols.
//! Read next: `dwarf.rs` for reading, `rows.rs` for what is made of it, `gos_abi::trace` for the
//! format.

mod dwarf;
mod object_file;
mod rows;

use crate::EmitOptions;
use crate::error::{CodegenError, Emit};
use gos_abi::trace::{TraceFunction, encode_trace};
use gos_mir::ir::MonoProgram;
use rustc_hash::FxHashMap;

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
    if !["linux", "apple", "windows"]
        .iter()
        .any(|known| options.triple.contains(known))
    {
        return Ok(None);
    }
    let encoded = encode_trace(&functions(code, mono, options)?);
    if encoded.bytes.is_empty() {
        return Ok(None);
    }
    object_file::write(&encoded, &options.triple).map(Some)
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
