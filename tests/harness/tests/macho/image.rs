//! A Mach-O executable, as far as the tests look at it.

use object::LittleEndian as Little;
use object::macho;
use object::read::macho::{
    LoadCommandVariant, MachHeader as _, Nlist as _, Section as _, Segment as _,
};
use std::collections::BTreeMap;
use std::ops::Range;

/// What code is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Processor {
    Arm,
    Intel,
}

/// A part of the file that has an address.
#[derive(Debug, Clone)]
pub struct Part {
    pub segment: String,
    pub name: String,
    pub addresses: Range<u64>,
    pub offset: usize,
    pub flags: u32,
}

impl Part {
    pub fn contains(&self, address: u64) -> bool {
        self.addresses.contains(&address)
    }

    /// Its bytes in the file.
    pub fn bytes<'a>(&self, file: &'a [u8]) -> &'a [u8] {
        let length = (self.addresses.end - self.addresses.start) as usize;
        &file[self.offset..self.offset + length]
    }
}

#[derive(Debug)]
pub struct Image<'a> {
    pub processor: Processor,
    pub flags: u32,
    pub file_type: u32,
    pub loader: String,
    pub libraries: Vec<String>,
    pub platform: Option<u32>,
    pub oldest_system: Option<(u32, u32)>,
    /// Address of the first instruction.
    pub entry: u64,
    pub sections: Vec<Part>,
    /// Segments, with what they protect from at the start.
    pub segments: Vec<(Part, u32)>,
    /// Defined ones by name.
    pub symbols: BTreeMap<String, u64>,
    pub undefined: Vec<String>,
    pub has_unique_name: bool,
    pub has_fixups: bool,
    /// What the last command says of the signature.
    pub signature: &'a [u8],
    pub signature_offset: usize,
}

fn text(bytes: &[u8]) -> String {
    let end = bytes.iter().position(|byte| *byte == 0);
    String::from_utf8_lossy(&bytes[..end.unwrap_or(bytes.len())]).into_owned()
}

impl<'a> Image<'a> {
    pub fn parse(file: &'a [u8]) -> Image<'a> {
        let header = macho::MachHeader64::<Little>::parse(file, 0).unwrap();
        let endian = header.endian().unwrap();
        let mut image = Image {
            processor: match header.cputype(endian) {
                macho::CPU_TYPE_ARM64 => Processor::Arm,
                macho::CPU_TYPE_X86_64 => Processor::Intel,
                other => panic!("an unknown processor: {other:#x}"),
            },
            flags: header.flags(endian),
            file_type: header.filetype(endian),
            loader: String::new(),
            libraries: Vec::new(),
            platform: None,
            oldest_system: None,
            entry: 0,
            sections: Vec::new(),
            segments: Vec::new(),
            symbols: BTreeMap::new(),
            undefined: Vec::new(),
            has_unique_name: false,
            has_fixups: false,
            signature: &[],
            signature_offset: 0,
        };
        let mut commands = header.load_commands(endian, file, 0).unwrap();
        while let Some(command) = commands.next().unwrap() {
            match command.variant().unwrap() {
                LoadCommandVariant::Segment64(segment, sections) => {
                    image.add_segment(segment, sections, endian);
                }
                LoadCommandVariant::Dylib(dylib) => {
                    let name = command.string(endian, dylib.dylib.name).unwrap();
                    image.libraries.push(text(name));
                }
                LoadCommandVariant::LoadDylinker(loader) => {
                    image.loader = text(command.string(endian, loader.name).unwrap());
                }
                LoadCommandVariant::BuildVersion(version) => {
                    let oldest = version.minos.get(endian);
                    image.platform = Some(version.platform.get(endian));
                    image.oldest_system = Some((oldest >> 16, (oldest >> 8) & 0xff));
                }
                LoadCommandVariant::EntryPoint(entry) => {
                    image.entry = image.base() + entry.entryoff.get(endian);
                }
                LoadCommandVariant::Symtab(table) => {
                    let table = table
                        .symbols::<macho::MachHeader64<Little>, _>(endian, file)
                        .unwrap();
                    for symbol in table.iter() {
                        let name = text(symbol.name(endian, table.strings()).unwrap());
                        if symbol.is_definition() {
                            image.symbols.insert(name, symbol.n_value(endian));
                        } else {
                            // Ordinal 1: the first library.
                            assert_eq!(symbol.n_desc(endian) >> 8, 1, "{name}");
                            image.undefined.push(name);
                        }
                    }
                }
                LoadCommandVariant::Uuid(_) => image.has_unique_name = true,
                LoadCommandVariant::LinkeditData(data) => {
                    let offset = data.dataoff.get(endian) as usize;
                    let size = data.datasize.get(endian) as usize;
                    match command.cmd() {
                        macho::LC_CODE_SIGNATURE => {
                            image.signature = &file[offset..offset + size];
                            image.signature_offset = offset;
                            assert_eq!(offset + size, file.len(), "something is not signed");
                        }
                        macho::LC_DYLD_CHAINED_FIXUPS => image.has_fixups = true,
                        _ => {}
                    }
                }
                _ => {}
            }
        }
        image
    }

    fn add_segment(
        &mut self,
        segment: &macho::SegmentCommand64<Little>,
        sections: &[u8],
        endian: Little,
    ) {
        let start = segment.vmaddr(endian);
        let part = Part {
            segment: text(&segment.segname),
            name: String::new(),
            addresses: start..start + segment.vmsize(endian),
            offset: segment.fileoff(endian) as usize,
            flags: segment.flags(endian),
        };
        self.segments.push((part, segment.initprot.get(endian)));
        for section in segment.sections(endian, sections).unwrap() {
            let start = section.addr(endian);
            self.sections.push(Part {
                segment: text(section.segment_name()),
                name: text(section.name()),
                addresses: start..start + section.size(endian),
                offset: section.offset(endian) as usize,
                flags: section.flags(endian),
            });
        }
    }

    /// Where the file begins in memory.
    fn base(&self) -> u64 {
        let text = self
            .segments
            .iter()
            .find(|(part, _)| part.segment == "__TEXT");
        text.expect("code has a segment").0.addresses.start
    }

    pub fn section(&self, segment: &str, name: &str) -> &Part {
        let mut sections = self.sections.iter();
        let found = sections.find(|part| part.segment == segment && part.name == name);
        found.unwrap_or_else(|| panic!("there is no section {segment},{name}"))
    }

    /// An executable at any address, whose functions are bound when it starts, with pages that are
    /// either written or run.
    pub fn expect_executable(&self, name: &str) {
        assert_eq!(self.file_type, macho::MH_EXECUTE, "{name}");
        for flag in [
            macho::MH_PIE,
            macho::MH_DYLDLINK,
            macho::MH_TWOLEVEL,
            macho::MH_NOUNDEFS,
        ] {
            assert!(self.flags & flag != 0, "{name}: flag {flag:#x}");
        }
        assert_eq!(self.loader, "/usr/lib/dyld", "{name}");
        assert_eq!(self.platform, Some(macho::PLATFORM_MACOS), "{name}");
        assert!(self.has_unique_name && self.has_fixups, "{name}");
        // Pages of the larger kind of processors.
        const PAGE: u64 = 16384;
        for (part, protection) in &self.segments {
            let both = macho::VM_PROT_WRITE | macho::VM_PROT_EXECUTE;
            assert!(protection & both != both, "{name}: {}", part.segment);
            if self.processor == Processor::Arm {
                assert_eq!(part.addresses.start % PAGE, 0, "{name}: {}", part.segment);
            }
        }
        let (first, protection) = &self.segments[0];
        assert_eq!(
            (first.segment.as_str(), *protection),
            ("__PAGEZERO", 0),
            "{name}"
        );
        assert_eq!(first.addresses, 0..1 << 32, "{name}");
    }
}
