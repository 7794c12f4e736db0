//! What the trace section is called in each format of objects, and what it tells linkers.

use gos_abi::symbol::{TRACE_SECTION, TRACE_SECTION_COFF, TRACE_SECTION_MACHO};
use object::{BinaryFormat, SectionFlags, elf, macho, pe};

/// The trace section of a target. Nothing but its bounds refers to it: linkers that collect sections must
/// keep it.
pub(super) struct TraceSection {
    pub(super) format: BinaryFormat,
    /// Empty where there are none.
    pub(super) segment: &'static str,
    pub(super) name: &'static str,
}

impl TraceSection {
    /// None when the target's format is not one that the runtime reads traces from.
    pub(super) fn of(triple: &str) -> Option<TraceSection> {
        let (format, segment, name) = if triple.contains("-apple-") {
            (BinaryFormat::MachO, "__TEXT", TRACE_SECTION_MACHO)
        } else if triple.contains("-windows-") {
            (BinaryFormat::Coff, "", TRACE_SECTION_COFF)
        } else if triple.contains("-linux-") {
            (BinaryFormat::Elf, "", TRACE_SECTION)
        } else {
            return None;
        };
        Some(TraceSection {
            format,
            segment,
            name,
        })
    }

    pub(super) fn flags(&self) -> SectionFlags {
        match self.format {
            BinaryFormat::MachO => SectionFlags::MachO {
                flags: macho::S_REGULAR | macho::S_ATTR_NO_DEAD_STRIP,
            },
            BinaryFormat::Coff => SectionFlags::Coff {
                characteristics: pe::IMAGE_SCN_CNT_INITIALIZED_DATA
                    | pe::IMAGE_SCN_MEM_READ
                    | pe::IMAGE_SCN_ALIGN_8BYTES,
            },
            _ => SectionFlags::Elf {
                sh_flags: u64::from(elf::SHF_ALLOC | elf::SHF_GNU_RETAIN),
            },
        }
    }

    /// As LLVM is told, which knows the rest by the content and by what is marked as used.
    pub(super) fn for_llvm(&self) -> String {
        match self.format {
            BinaryFormat::MachO => {
                format!("{},{},regular,no_dead_strip", self.segment, self.name)
            }
            _ => self.name.to_owned(),
        }
    }
}
