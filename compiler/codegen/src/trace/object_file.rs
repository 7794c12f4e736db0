//! The object that holds the trace section.

use crate::error::{CodegenError, Emit};
use gos_abi::symbol::TRACE_SECTION;
use gos_abi::trace::{CHUNK_ALIGN, EncodedTrace};
use object::write::{Object, Relocation, Symbol, SymbolSection};
use object::{
    Architecture, BinaryFormat, Endianness, RelocationEncoding, RelocationFlags, RelocationKind,
    SectionFlags, SectionKind, SymbolFlags, SymbolKind, SymbolScope, elf,
};

pub(super) fn write(trace: &EncodedTrace, triple: &str) -> Emit<Vec<u8>> {
    let architecture = if triple.starts_with("x86_64") {
        Architecture::X86_64
    } else {
        Architecture::Aarch64
    };
    let format = BinaryFormat::Elf;
    let mut object = Object::new(format, architecture, Endianness::Little);
    let section = object.add_section(
        Vec::new(),
        TRACE_SECTION.as_bytes().to_vec(),
        SectionKind::ReadOnlyData,
    );
    // Nothing but its bounds refers to the section: linkers that collect sections must keep it.
    object.section_mut(section).flags = SectionFlags::Elf {
        sh_flags: u64::from(elf::SHF_ALLOC | elf::SHF_GNU_RETAIN),
    };
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
