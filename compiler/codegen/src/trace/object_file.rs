//! The object that holds the trace section.

use crate::error::{CodegenError, Emit};
use gos_abi::symbol::{TRACE_SECTION, TRACE_SECTION_COFF, TRACE_SECTION_MACHO};
use gos_abi::trace::{CHUNK_ALIGN, EncodedTrace};
use object::write::{Object, Relocation, Symbol, SymbolSection};
use object::{
    Architecture, BinaryFormat, Endianness, RelocationEncoding, RelocationFlags, RelocationKind,
    SectionFlags, SectionKind, SymbolFlags, SymbolKind, SymbolScope, elf, macho, pe,
};

pub(super) fn write(trace: &EncodedTrace, triple: &str) -> Emit<Vec<u8>> {
    let architecture = if triple.starts_with("x86_64") {
        Architecture::X86_64
    } else {
        Architecture::Aarch64
    };
    // Nothing but its bounds refers to the section: linkers that collect sections must keep it.
    let (format, segment, name, flags) = if triple.contains("-apple-") {
        let flags = macho::S_REGULAR | macho::S_ATTR_NO_DEAD_STRIP;
        let flags = SectionFlags::MachO { flags };
        (BinaryFormat::MachO, "__TEXT", TRACE_SECTION_MACHO, flags)
    } else if triple.contains("-windows-") {
        let characteristics = pe::IMAGE_SCN_CNT_INITIALIZED_DATA
            | pe::IMAGE_SCN_MEM_READ
            | pe::IMAGE_SCN_ALIGN_8BYTES;
        let flags = SectionFlags::Coff { characteristics };
        (BinaryFormat::Coff, "", TRACE_SECTION_COFF, flags)
    } else {
        let sh_flags = u64::from(elf::SHF_ALLOC | elf::SHF_GNU_RETAIN);
        let flags = SectionFlags::Elf { sh_flags };
        (BinaryFormat::Elf, "", TRACE_SECTION, flags)
    };
    let mut object = Object::new(format, architecture, Endianness::Little);
    let section = object.add_section(segment.into(), name.into(), SectionKind::ReadOnlyData);
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
