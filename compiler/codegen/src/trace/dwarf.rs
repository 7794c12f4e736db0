//! Reads functions, inlined calls and lines from an object's debug information.
//!
//! Sections of a relocatable ELF object all begin at address 0; here each gets a base of its own, so
//! that one number says section and offset. Those of a Mach-O object have addresses, which the debug
//! information holds as they are: nothing is to be added.

use gimli::{
    AttributeValue, DebuggingInformationEntry, EndianSlice, LittleEndian, Reader as _,
    RelocateReader,
};
use object::{
    BinaryFormat, Object, ObjectSection, ObjectSymbol, RelocationTarget, SectionIndex, SymbolKind,
};
use rustc_hash::FxHashMap;

/// Distance between the bases of sections.
const SECTION_STRIDE: u64 = 1 << 32;

/// What an object says about its code.
pub(super) struct Code {
    pub(super) functions: Vec<Function>,
    /// By address.
    pub(super) lines: Vec<Line>,
}

pub(super) struct Function {
    pub(super) symbol: String,
    pub(super) name: String,
    pub(super) start: u64,
    pub(super) end: u64,
    /// Outer calls before those inlined into them.
    pub(super) inlined: Vec<Inlined>,
}

/// A call that was replaced by the callee's code.
pub(super) struct Inlined {
    pub(super) name: String,
    pub(super) ranges: Vec<(u64, u64)>,
    /// Where the call stands.
    pub(super) line: u32,
    pub(super) column: u32,
}

pub(super) struct Line {
    pub(super) address: u64,
    pub(super) line: u32,
    pub(super) column: u32,
}

/// The relocations of one section: what is added to the words at these offsets.
#[derive(Debug, Default)]
struct Relocations(FxHashMap<usize, (u64, bool)>);

impl gimli::Relocate for &Relocations {
    fn relocate_address(&self, offset: usize, value: u64) -> gimli::Result<u64> {
        Ok(match self.0.get(&offset) {
            Some(&(target, true)) => target.wrapping_add(value),
            Some(&(target, false)) => target,
            None => value,
        })
    }

    fn relocate_offset(&self, offset: usize, value: usize) -> gimli::Result<usize> {
        let address = self.relocate_address(offset, value as u64)?;
        Ok((address % SECTION_STRIDE) as usize)
    }
}

/// A section's content with its relocations.
#[derive(Default)]
struct Section {
    data: Vec<u8>,
    relocations: Relocations,
}

type Reader<'a> = RelocateReader<EndianSlice<'a, LittleEndian>, &'a Relocations>;

pub(super) fn read(code: &[u8]) -> Result<Code, String> {
    let file = object::File::parse(code).map_err(|error| error.to_string())?;
    let load = |id: gimli::SectionId| Ok::<_, gimli::Error>(load_section(&file, id.name()));
    let sections = gimli::DwarfSections::load(load).map_err(|error| error.to_string())?;
    let dwarf = sections.borrow(|section| {
        let data = EndianSlice::new(&section.data, LittleEndian);
        RelocateReader::new(data, &section.relocations)
    });
    let mut found = Code {
        functions: Vec::new(),
        lines: Vec::new(),
    };
    let symbols = function_symbols(&file);
    let mut units = dwarf.units();
    let mut each = || -> gimli::Result<()> {
        while let Some(header) = units.next()? {
            let unit = dwarf.unit(header)?;
            read_lines(&unit, &mut found.lines)?;
            read_functions(&dwarf, &unit, &symbols, &mut found.functions)?;
        }
        Ok(())
    };
    each().map_err(|error| error.to_string())?;
    found.lines.sort_by_key(|line| line.address);
    found.functions.sort_by_key(|function| function.start);
    Ok(found)
}

fn base(file: &object::File<'_>, index: SectionIndex) -> u64 {
    match file.format() {
        BinaryFormat::MachO => 0,
        _ => index.0 as u64 * SECTION_STRIDE,
    }
}

fn load_section(file: &object::File<'_>, name: &str) -> Section {
    let Some(section) = file.section_by_name(name) else {
        return Section::default();
    };
    let mut relocations = Relocations::default();
    let is_relative = file.format() != BinaryFormat::MachO;
    for (offset, relocation) in section.relocations().filter(|_| is_relative) {
        let target = match relocation.target() {
            RelocationTarget::Symbol(index) => {
                let Ok(symbol) = file.symbol_by_index(index) else {
                    continue;
                };
                symbol.address() + symbol.section_index().map_or(0, |index| base(file, index))
            }
            RelocationTarget::Section(index) => base(file, index),
            _ => continue,
        };
        let target = target.wrapping_add(relocation.addend() as u64);
        relocations
            .0
            .insert(offset as usize, (target, relocation.has_implicit_addend()));
    }
    Section {
        data: section.uncompressed_data().unwrap_or_default().into_owned(),
        relocations,
    }
}

/// Symbols of functions by address.
fn function_symbols(file: &object::File<'_>) -> FxHashMap<u64, String> {
    file.symbols()
        .filter(|symbol| symbol.kind() == SymbolKind::Text && symbol.is_global())
        .filter_map(|symbol| {
            let address = symbol.address() + base(file, symbol.section_index()?);
            let name = symbol.name().ok()?;
            // C's names have an underscore in front of them there.
            let name = match file.format() {
                BinaryFormat::MachO => name.strip_prefix('_')?,
                _ => name,
            };
            Some((address, name.to_string()))
        })
        .collect()
}

fn read_lines(unit: &gimli::Unit<Reader<'_>>, lines: &mut Vec<Line>) -> gimli::Result<()> {
    let Some(program) = unit.line_program.clone() else {
        return Ok(());
    };
    let mut rows = program.rows();
    while let Some((_, row)) = rows.next_row()? {
        if row.end_sequence() {
            continue;
        }
        lines.push(Line {
            address: row.address(),
            line: row.line().map_or(0, |line| line.get() as u32),
            column: match row.column() {
                gimli::ColumnType::LeftEdge => 0,
                gimli::ColumnType::Column(column) => column.get() as u32,
            },
        });
    }
    Ok(())
}

fn read_functions(
    dwarf: &gimli::Dwarf<Reader<'_>>,
    unit: &gimli::Unit<Reader<'_>>,
    symbols: &FxHashMap<u64, String>,
    functions: &mut Vec<Function>,
) -> gimli::Result<()> {
    let mut entries = unit.entries();
    let mut depth = 0;
    // The depth of the function that inlined calls belong to.
    let mut current: Option<isize> = None;
    while let Some((step, entry)) = entries.next_dfs()? {
        depth += step;
        if current.is_some_and(|at| depth <= at) {
            current = None;
        }
        match entry.tag() {
            gimli::DW_TAG_subprogram => {
                if let Some(function) = function(dwarf, unit, entry, symbols)? {
                    functions.push(function);
                    current = Some(depth);
                }
            }
            gimli::DW_TAG_inlined_subroutine if current.is_some() => {
                if let Some(function) = functions.last_mut() {
                    function.inlined.push(inlined(dwarf, unit, entry)?);
                }
            }
            _ => {}
        }
    }
    Ok(())
}

type Entry<'e, 'a> = DebuggingInformationEntry<'e, 'e, Reader<'a>>;

fn function<'a>(
    dwarf: &gimli::Dwarf<Reader<'a>>,
    unit: &gimli::Unit<Reader<'a>>,
    entry: &Entry<'_, 'a>,
    symbols: &FxHashMap<u64, String>,
) -> gimli::Result<Option<Function>> {
    let ranges = ranges(dwarf, unit, entry)?;
    let Some(&(start, end)) = ranges.first() else {
        return Ok(None);
    };
    let Some(symbol) = symbols.get(&start) else {
        return Ok(None);
    };
    Ok(Some(Function {
        symbol: symbol.clone(),
        name: name(dwarf, unit, entry)?.unwrap_or_else(|| symbol.clone()),
        start,
        end,
        inlined: Vec::new(),
    }))
}

fn inlined<'a>(
    dwarf: &gimli::Dwarf<Reader<'a>>,
    unit: &gimli::Unit<Reader<'a>>,
    entry: &Entry<'_, 'a>,
) -> gimli::Result<Inlined> {
    let number = |at| -> gimli::Result<u32> {
        let value = entry.attr_value(at)?.and_then(|value| value.udata_value());
        Ok(value.unwrap_or(0) as u32)
    };
    Ok(Inlined {
        name: name(dwarf, unit, entry)?.unwrap_or_default(),
        ranges: ranges(dwarf, unit, entry)?,
        line: number(gimli::DW_AT_call_line)?,
        column: number(gimli::DW_AT_call_column)?,
    })
}

fn ranges<'a>(
    dwarf: &gimli::Dwarf<Reader<'a>>,
    unit: &gimli::Unit<Reader<'a>>,
    entry: &Entry<'_, 'a>,
) -> gimli::Result<Vec<(u64, u64)>> {
    let mut found = Vec::new();
    let mut ranges = dwarf.die_ranges(unit, entry)?;
    while let Some(range) = ranges.next()? {
        if range.begin < range.end {
            found.push((range.begin, range.end));
        }
    }
    Ok(found)
}

/// The symbol or else the name of an entry, or of the one it is an instance of.
fn name<'a>(
    dwarf: &gimli::Dwarf<Reader<'a>>,
    unit: &gimli::Unit<Reader<'a>>,
    entry: &Entry<'_, 'a>,
) -> gimli::Result<Option<String>> {
    for at in [gimli::DW_AT_linkage_name, gimli::DW_AT_name] {
        if let Some(value) = entry.attr_value(at)? {
            let text = dwarf.attr_string(unit, value)?;
            return Ok(Some(text.to_string_lossy()?.into_owned()));
        }
    }
    match entry.attr_value(gimli::DW_AT_abstract_origin)? {
        Some(AttributeValue::UnitRef(offset)) => name(dwarf, unit, &unit.entry(offset)?),
        _ => Ok(None),
    }
}
