//! The trace section as data of the module whose code it describes, for those who want one object.

use super::section::TraceSection;
use crate::error::{Emit, invalid};
use gos_abi::trace::{CHUNK_ALIGN, EncodedTrace, TraceRelocation};
use inkwell::context::ContextRef;
use inkwell::module::{Linkage, Module};
use inkwell::types::BasicTypeEnum;
use inkwell::values::{BasicValueEnum, PointerValue};

/// What the data is called in the object; linkers never look for it.
const NAME: &str = "gos_trace_table";
/// Bytes of a word that refers to a function.
const WORD_BYTES: usize = 4;

/// Adds the section. Code generation goes on as it would without it.
pub(super) fn add(module: &Module<'_>, trace: &EncodedTrace, section: &TraceSection) -> Emit<()> {
    let context = module.get_context();
    let pieces = pieces(trace);
    let types: Vec<_> = pieces.iter().map(|piece| piece.ty(context)).collect();
    let table = module.add_global(context.struct_type(&types, true), None, NAME);
    let at = table.as_pointer_value();
    let values: Emit<Vec<_>> = pieces.iter().map(|piece| piece.value(module, at)).collect();
    table.set_initializer(&context.const_struct(&values?, true));
    table.set_constant(true);
    table.set_alignment(CHUNK_ALIGN as u32);
    table.set_section(Some(&section.for_llvm()));
    // Words are distances from a symbol of the object: a private one would not be there.
    table.set_linkage(Linkage::Internal);
    keep(module, at);
    Ok(())
}

/// A part of the table.
enum Piece<'a> {
    Bytes(&'a [u8]),
    Distance(&'a TraceRelocation),
}

/// The words that refer to functions, and what lies before, between and behind them.
fn pieces(trace: &EncodedTrace) -> Vec<Piece<'_>> {
    let mut pieces = Vec::with_capacity(2 * trace.relocations.len() + 1);
    let mut at = 0;
    for relocation in &trace.relocations {
        let offset = relocation.offset as usize;
        pieces.push(Piece::Bytes(&trace.bytes[at..offset]));
        pieces.push(Piece::Distance(relocation));
        at = offset + WORD_BYTES;
    }
    pieces.push(Piece::Bytes(&trace.bytes[at..]));
    pieces
}

impl Piece<'_> {
    fn ty<'c>(&self, context: ContextRef<'c>) -> BasicTypeEnum<'c> {
        match self {
            Self::Bytes(bytes) => context.i8_type().array_type(bytes.len() as u32).into(),
            Self::Distance(_) => context.i32_type().into(),
        }
    }

    fn value<'c>(&self, module: &Module<'c>, table: PointerValue<'c>) -> Emit<BasicValueEnum<'c>> {
        let context = module.get_context();
        let (i8, i32, i64) = (context.i8_type(), context.i32_type(), context.i64_type());
        match self {
            Self::Bytes(bytes) => Ok(context.const_string(bytes, false).into()),
            Self::Distance(relocation) => {
                let symbol = &relocation.symbol;
                let Some(function) = module.get_function(symbol) else {
                    return invalid(format!("a trace of `{symbol}`, which is no function"));
                };
                let function = function.as_global_value().as_pointer_value();
                let offset = i64.const_int(relocation.offset.into(), false);
                // SAFETY: the word lies within the table.
                let word = unsafe { table.const_in_bounds_gep(i8, &[offset]) };
                let distance = function.const_to_int(i64).const_sub(word.const_to_int(i64));
                Ok(distance.const_truncate(i32).into())
            }
        }
    }
}

/// Tells linkers that collect sections.
fn keep<'c>(module: &Module<'c>, table: PointerValue<'c>) {
    let list = table.get_type().const_array(&[table]);
    let used = module.add_global(list.get_type(), None, "llvm.used");
    used.set_initializer(&list);
    used.set_section(Some("llvm.metadata"));
    used.set_linkage(Linkage::Appending);
}
