//! Writes the trace chunk of one object. Same input, same bytes.
//! Read next: the format in [`super`], `decode.rs` for the reader that must agree.

use super::{CHUNK_ALIGN, FUNCTION_BYTES, HEADER_BYTES, MAGIC, SCOPE_BYTES};
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

/// One compiled function.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TraceFunction {
    /// Linker symbol of its code.
    pub symbol: String,
    /// Bytes of code.
    pub size: u32,
    /// Name to show, such as `app::Server::run`.
    pub name: String,
    /// Path to show, such as `src/main.gos`.
    pub file: String,
    /// Part of the standard library: skipped when the position of a panic is looked for.
    pub is_std: bool,
    /// By ascending offset; a row holds until the next one.
    pub rows: Vec<TraceRow>,
}

/// What the code from one offset on belongs to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TraceRow {
    /// Offset from the function's start.
    pub offset: u32,
    /// Innermost inlined call first, the function itself last; never empty.
    pub frames: Vec<TraceFrame>,
}

/// One level of calls at a row.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TraceFrame {
    /// Name to show.
    pub name: String,
    /// Path to show.
    pub file: String,
    /// Part of the standard library.
    pub is_std: bool,
    /// Line from 1, or 0 when it is not known: of the instruction in the innermost frame, of the
    /// inlined call in the others.
    pub line: u32,
    /// Column from 1, or 0.
    pub column: u32,
}

/// A 32-bit PC-relative relocation (`S - P`, addend 0) that the object must carry.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TraceRelocation {
    /// Offset of the word in the chunk.
    pub offset: u32,
    /// The symbol it refers to.
    pub symbol: String,
}

/// A chunk, ready to be put into the section with alignment [`CHUNK_ALIGN`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EncodedTrace {
    /// Content; empty when there are no functions.
    pub bytes: Vec<u8>,
    /// One for each function.
    pub relocations: Vec<TraceRelocation>,
}

/// Encodes the functions of one object.
#[must_use]
pub fn encode_trace(functions: &[TraceFunction]) -> EncodedTrace {
    if functions.is_empty() {
        return EncodedTrace {
            bytes: Vec::new(),
            relocations: Vec::new(),
        };
    }
    let mut pools = Pools::default();
    let mut data = Vec::new();
    let mut starts = Vec::with_capacity(functions.len());
    for function in functions {
        starts.push(data.len());
        encode_function(&mut pools, &mut data, function);
    }
    let scopes_at = HEADER_BYTES + functions.len() * FUNCTION_BYTES;
    let data_at = scopes_at + pools.scopes.len() * SCOPE_BYTES;
    let strings_at = data_at + data.len();
    let end = (strings_at + pools.strings.len()).next_multiple_of(CHUNK_ALIGN);

    let mut bytes = Vec::with_capacity(end);
    let header = [
        MAGIC,
        to_u32(end),
        to_u32(functions.len()),
        to_u32(pools.scopes.len()),
        to_u32(strings_at),
        0,
    ];
    header.iter().for_each(|&word| put_u32(&mut bytes, word));
    let mut relocations = Vec::with_capacity(functions.len());
    for (function, start) in functions.iter().zip(starts) {
        relocations.push(TraceRelocation {
            offset: to_u32(bytes.len()),
            symbol: function.symbol.clone(),
        });
        put_u32(&mut bytes, 0);
        put_u32(&mut bytes, function.size);
        put_u32(&mut bytes, to_u32(data_at + start));
    }
    for &(name, file) in &pools.scopes {
        put_u32(&mut bytes, name);
        put_u32(&mut bytes, file);
    }
    bytes.extend_from_slice(&data);
    bytes.extend_from_slice(&pools.strings);
    bytes.resize(end, 0);
    EncodedTrace { bytes, relocations }
}

/// What the functions of a chunk share.
#[derive(Default)]
struct Pools {
    strings: Vec<u8>,
    string_offsets: BTreeMap<String, u32>,
    scopes: Vec<(u32, u32)>,
    scope_indices: BTreeMap<(u32, u32), u32>,
}

impl Pools {
    fn string(&mut self, text: &str) -> u32 {
        if let Some(&offset) = self.string_offsets.get(text) {
            return offset;
        }
        let offset = to_u32(self.strings.len());
        put_varint(&mut self.strings, text.len() as u64);
        self.strings.extend_from_slice(text.as_bytes());
        self.string_offsets.insert(text.into(), offset);
        offset
    }

    fn scope(&mut self, name: &str, file: &str, is_std: bool) -> u32 {
        let key = (self.string(name), self.string(file) * 2 + u32::from(is_std));
        let next = to_u32(self.scopes.len());
        let index = *self.scope_indices.entry(key).or_insert(next);
        if index == next {
            self.scopes.push(key);
        }
        index
    }
}

/// The inlined calls of one function, found again by (parent, scope, call line, call column).
struct Nodes {
    list: Vec<(u32, u32, u32, u32)>,
    indices: BTreeMap<(u32, u32, u32, u32), u32>,
}

impl Nodes {
    fn node(&mut self, key: (u32, u32, u32, u32)) -> u32 {
        if let Some(&index) = self.indices.get(&key) {
            return index;
        }
        self.list.push(key);
        let index = to_u32(self.list.len());
        self.indices.insert(key, index);
        index
    }
}

fn encode_function(pools: &mut Pools, data: &mut Vec<u8>, function: &TraceFunction) {
    let own = pools.scope(&function.name, &function.file, function.is_std);
    let mut nodes = Nodes {
        list: Vec::new(),
        indices: BTreeMap::new(),
    };
    let mut rows: Vec<(u32, u32, u32, u32)> = Vec::new();
    for row in &function.rows {
        let mut node = 0;
        // From the function inwards: each frame but the outermost was called from the one before.
        for pair in row.frames.windows(2).rev() {
            let (callee, caller) = (&pair[0], &pair[1]);
            let scope = pools.scope(&callee.name, &callee.file, callee.is_std);
            node = nodes.node((node, scope, caller.line, caller.column));
        }
        let (line, column) = row
            .frames
            .first()
            .map_or((0, 0), |frame| (frame.line, frame.column));
        let same = rows
            .last()
            .is_some_and(|&(_, last, l, c)| (last, l, c) == (node, line, column));
        if !same {
            // Of two rows at one offset the later one holds.
            if rows.last().is_some_and(|last| last.0 == row.offset) {
                rows.pop();
            }
            rows.push((row.offset, node, line, column));
        }
    }
    put_varint(data, u64::from(own));
    put_varint(data, nodes.list.len() as u64);
    for (parent, scope, line, column) in nodes.list {
        for value in [parent, scope, line, column] {
            put_varint(data, u64::from(value));
        }
    }
    put_varint(data, rows.len() as u64);
    let mut last = (0, 0, 0, 0);
    for row in rows {
        let changed = row.1 != last.1;
        put_varint(
            data,
            u64::from(row.0.wrapping_sub(last.0)) * 2 + u64::from(changed),
        );
        if changed {
            put_varint(data, u64::from(row.1));
        }
        put_signed(data, i64::from(row.2) - i64::from(last.2));
        put_signed(data, i64::from(row.3) - i64::from(last.3));
        last = row;
    }
}

fn put_u32(bytes: &mut Vec<u8>, value: u32) {
    bytes.extend_from_slice(&value.to_le_bytes());
}

fn put_varint(bytes: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

fn put_signed(bytes: &mut Vec<u8>, value: i64) {
    put_varint(bytes, ((value << 1) ^ (value >> 63)) as u64);
}

fn to_u32(value: usize) -> u32 {
    u32::try_from(value).expect("a trace chunk is smaller than 4 GiB")
}
