//! Trace tables: from a code address to function, file, line and the calls inlined there. CONTRACT.
//!
//! The compiler puts one chunk per object into section [`crate::symbol::TRACE_SECTION`]; the linker
//! concatenates them; the runtime reads the whole between the section's two bounds. All numbers are
//! little-endian, chunks are 8-byte aligned and a multiple of 8 long. The section is allocated,
//! read-only and `SHF_GNU_RETAIN`: LLD drops it under `--gc-sections` otherwise, since references to
//! a section's bounds do not keep it.
//!
//! ```text
//! chunk     magic u32, bytes u32, functions u32, scopes u32, strings u32 (offset in the chunk), 0 u32
//! function  code i32 (relocated: function - address of this word), size u32, data u32 (offset)
//! scope     name u32 (offset in strings), file u32 (offset in strings, times 2, plus 1 for library)
//! data      scope, nodes, {parent, scope, call line, call column} * nodes,
//!           rows, {offset delta * 2 + changed, [node], line delta, column delta} * rows
//! string    length, bytes
//! ```
//!
//! Numbers in `data` and string lengths are LEB128, deltas of lines and columns zigzag-coded. A node
//! is an inlined call, node 0 the function itself; a row holds from its offset to the next one's.
//! Read next: [`encode`] for writing, [`Table::lookup`] for reading.

mod decode;
#[cfg(any(test, feature = "alloc"))]
pub mod encode;
#[cfg(test)]
mod tests;

pub use decode::{Frame, Frames, Hit, Table};
#[cfg(any(test, feature = "alloc"))]
pub use encode::{
    EncodedTrace, TraceFrame, TraceFunction, TraceRelocation, TraceRow, encode_trace,
};

/// First word of a chunk: "GTR1".
pub const MAGIC: u32 = u32::from_le_bytes(*b"GTR1");
/// Alignment of a chunk.
pub const CHUNK_ALIGN: usize = 8;
/// Bytes of a chunk's header.
pub const HEADER_BYTES: usize = 24;
/// Bytes of one function entry.
pub const FUNCTION_BYTES: usize = 12;
/// Bytes of one scope entry.
pub const SCOPE_BYTES: usize = 8;
