//! The object that holds the trace section.

use super::section::TraceSection;
use crate::error::{CodegenError, Emit};
use gos_abi::trace::{CHUNK_ALIGN, EncodedTrace};
use object::write::{Object, Relocation, Symbol, SymbolSection};
use object::{
    Architecture, Endianness, RelocationEncoding, RelocationFlags, RelocationKind, SectionKind,
    SymbolFlags, SymbolKind, SymbolScope,
};

pub(super) fn write(trace: &EncodedTrace, triple: &str, section: &TraceSection) -> Emit<Vec<u8>> {
    let architecture = if triple.starts_with("x86_64") {
        Architecture::X86_64
    } else {
        Architecture::Aarch64
    };
    let mut object = Object::new(section.format, architecture, Endianness::Little);
    let flags = section.flags();
    let (segment, name) = (section.segment.into(), section.name.into());
    let section = object.add_section(segment, name, SectionKind::ReadOnlyData);
    object.section_mut(section).flags = flags;
    object.append_section_data(section, &trace.bytes, CHUNK_ALIGN as u64);
    for relocation in &trace.relocations {
        let symbol = object.add_symbol(Symbol {
            name: relocation.symbol.clone().into_bytes(),
            value: 0,
            size: 0,
            kind: SymbolKind::Text,
            scope: SymbolScope::Unknown,
            weak: false,
            section: SymbolSection::Undefined,
            flags: SymbolFlags::None,
        });
        object
            .add_relocation(
                section,
                Relocation {
                    offset: u64::from(relocation.offset),
                    symbol,
                    addend: 0,
                    flags: RelocationFlags::Generic {
                        kind: RelocationKind::Relative,
                        encoding: RelocationEncoding::Generic,
                        size: 32,
                    },
                },
            )
            .map_err(|error| CodegenError::Llvm(error.to_string()))?;
    }
    object
        .write()
        .map_err(|error| CodegenError::Llvm(error.to_string()))
}
