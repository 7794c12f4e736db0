//! Reads trace tables: no allocation, every access checked, so that a signal handler may use it on
//! whatever the section holds.
//! Read next: the format in [`super`].

use super::{FUNCTION_BYTES, HEADER_BYTES, MAGIC, SCOPE_BYTES};

/// The whole section: the chunks of all objects.
#[derive(Clone, Copy, Debug)]
pub struct Table<'a> {
    bytes: &'a [u8],
}

/// The function that an address belongs to, and where in it.
#[derive(Clone, Copy, Debug)]
pub struct Hit<'a> {
    /// Address of the function.
    pub start: u64,
    /// Bytes of its code.
    pub size: u64,
    frames: Frames<'a>,
}

/// One level of calls; the innermost comes first.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Frame<'a> {
    /// Name to show.
    pub name: &'a str,
    /// Path to show.
    pub file: &'a str,
    /// Part of the standard library.
    pub is_std: bool,
    /// Line from 1, 0 when it is not known.
    pub line: u32,
    /// Column from 1, 0 when it is not known.
    pub column: u32,
    /// Inlined into the frame that comes next.
    pub is_inlined: bool,
}

/// Where an inlined call stands: parent node, line, column.
type Call = (u32, u32, u32);

/// The frames at one address, innermost first.
#[derive(Clone, Copy, Debug)]
pub struct Frames<'a> {
    chunk: Chunk<'a>,
    data: usize,
    node: u32,
    line: u32,
    column: u32,
    done: bool,
}

impl<'a> Table<'a> {
    /// The table over a section's bytes, at the address where it was linked: functions are found
    /// relative to it.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    /// Finds the function that contains `pc`. Of a call pass its return address minus 1.
    #[must_use]
    pub fn lookup(&self, pc: u64) -> Option<Hit<'a>> {
        let mut at = 0;
        while let Some(magic) = read_u32(self.bytes, at) {
            if magic != MAGIC {
                // Padding between chunks of two objects.
                at += 4;
                continue;
            }
            let length = read_u32(self.bytes, at + 4)? as usize;
            let chunk = Chunk {
                bytes: self.bytes.get(at..at.checked_add(length)?)?,
            };
            if let Some(hit) = chunk.lookup(pc) {
                return Some(hit);
            }
            at += length.max(HEADER_BYTES);
        }
        None
    }

    /// The first address of the functions, and the end of the last; two times the same without any.
    #[must_use]
    pub fn span(&self) -> (u64, u64) {
        let mut span = (u64::MAX, 0);
        let mut at = 0;
        while let Some(magic) = read_u32(self.bytes, at) {
            let length = read_u32(self.bytes, at + 4).unwrap_or(0) as usize;
            if magic != MAGIC {
                at += 4;
                continue;
            }
            let Some(bytes) = self.bytes.get(at..at + length) else {
                break;
            };
            let chunk = Chunk { bytes };
            for index in 0..read_u32(bytes, 8).unwrap_or(0) as usize {
                if let Some((start, size)) = chunk.function(index) {
                    span = (span.0.min(start), span.1.max(start + size));
                }
            }
            at += length.max(HEADER_BYTES);
        }
        (span.0.min(span.1), span.1)
    }

    /// How many functions the table knows.
    #[must_use]
    pub fn function_count(&self) -> usize {
        let (mut at, mut count) = (0, 0);
        while let Some(magic) = read_u32(self.bytes, at) {
            if magic != MAGIC {
                at += 4;
                continue;
            }
            count += read_u32(self.bytes, at + 8).unwrap_or(0) as usize;
            at += (read_u32(self.bytes, at + 4).unwrap_or(0) as usize).max(HEADER_BYTES);
        }
        count
    }
}

impl<'a> Hit<'a> {
    /// The frames at the address, innermost first, at least one.
    #[must_use]
    pub fn frames(&self) -> Frames<'a> {
        self.frames
    }
}

#[derive(Clone, Copy, Debug)]
struct Chunk<'a> {
    bytes: &'a [u8],
}

impl<'a> Chunk<'a> {
    fn lookup(self, pc: u64) -> Option<Hit<'a>> {
        let functions = read_u32(self.bytes, 8)? as usize;
        for index in 0..functions {
            let Some((start, size)) = self.function(index) else {
                continue;
            };
            if pc.wrapping_sub(start) < size {
                let at = HEADER_BYTES + index * FUNCTION_BYTES;
                let data = read_u32(self.bytes, at + 8)? as usize;
                let frames = self.frames_at(data, pc - start)?;
                return Some(Hit {
                    start,
                    size,
                    frames,
                });
            }
        }
        None
    }

    /// Address and size of a function's code, unless the linker dropped it, which leaves its word zero.
    #[inline]
    fn function(self, index: usize) -> Option<(u64, u64)> {
        let at = HEADER_BYTES + index * FUNCTION_BYTES;
        let relative = read_u32(self.bytes, at)? as i32;
        if relative == 0 {
            return None;
        }
        let start = (self.bytes.as_ptr() as u64 + at as u64).wrapping_add_signed(relative.into());
        Some((start, u64::from(read_u32(self.bytes, at + 4)?)))
    }

    fn frames_at(self, data: usize, offset: u64) -> Option<Frames<'a>> {
        let mut reader = Reader {
            bytes: self.bytes,
            at: data,
        };
        let _own = reader.varint()?;
        for _ in 0..reader.varint()?.checked_mul(4)? {
            reader.varint()?;
        }
        let mut found = Frames {
            chunk: self,
            data,
            node: 0,
            line: 0,
            column: 0,
            done: false,
        };
        let mut row = found;
        let mut row_offset = 0;
        for _ in 0..reader.varint()? {
            let head = reader.varint()?;
            row_offset += head >> 1;
            if row_offset > offset {
                break;
            }
            if head & 1 != 0 {
                row.node = reader.varint()? as u32;
            }
            row.line = row.line.wrapping_add_signed(reader.signed()? as i32);
            row.column = row.column.wrapping_add_signed(reader.signed()? as i32);
            found = row;
        }
        Some(found)
    }

    fn scope(self, index: u32) -> Option<(&'a str, &'a str, bool)> {
        let functions = read_u32(self.bytes, 8)? as usize;
        let scopes = read_u32(self.bytes, 12)?;
        if index >= scopes {
            return None;
        }
        let at = HEADER_BYTES + functions * FUNCTION_BYTES + index as usize * SCOPE_BYTES;
        let file = read_u32(self.bytes, at + 4)?;
        Some((
            self.string(read_u32(self.bytes, at)?)?,
            self.string(file >> 1)?,
            file & 1 != 0,
        ))
    }

    fn string(self, offset: u32) -> Option<&'a str> {
        let strings = read_u32(self.bytes, 16)? as usize;
        let mut reader = Reader {
            bytes: self.bytes,
            at: strings.checked_add(offset as usize)?,
        };
        let length = usize::try_from(reader.varint()?).ok()?;
        let bytes = self.bytes.get(reader.at..reader.at.checked_add(length)?)?;
        core::str::from_utf8(bytes).ok()
    }
}

impl<'a> Frames<'a> {
    /// Scope of the current node and, unless it is the function itself, (parent, line, column) of
    /// the call.
    fn current(&self) -> Option<(u32, Option<Call>)> {
        let mut reader = Reader {
            bytes: self.chunk.bytes,
            at: self.data,
        };
        let own = reader.varint()? as u32;
        if self.node == 0 {
            return Some((own, None));
        }
        if u64::from(self.node) > reader.varint()? {
            return None;
        }
        for _ in 0..u64::from(self.node - 1) * 4 {
            reader.varint()?;
        }
        let parent = reader.varint()? as u32;
        let scope = reader.varint()? as u32;
        Some((
            scope,
            Some((parent, reader.varint()? as u32, reader.varint()? as u32)),
        ))
    }
}

impl<'a> Iterator for Frames<'a> {
    type Item = Frame<'a>;

    fn next(&mut self) -> Option<Frame<'a>> {
        if self.done {
            return None;
        }
        self.done = true;
        let (scope, call) = self.current()?;
        let (name, file, is_std) = self.chunk.scope(scope)?;
        let (line, column) = (self.line, self.column);
        // A parent has a lower number than its child: damaged tables cannot loop.
        if let Some((parent, line, column)) = call.filter(|call| call.0 < self.node) {
            (self.node, self.line, self.column, self.done) = (parent, line, column, false);
        }
        Some(Frame {
            name,
            file,
            is_std,
            line,
            column,
            is_inlined: call.is_some(),
        })
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn varint(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..63).step_by(7) {
            let byte = *self.bytes.get(self.at)?;
            self.at += 1;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    fn signed(&mut self) -> Option<i64> {
        let value = self.varint()?;
        Some((value >> 1) as i64 ^ -((value & 1) as i64))
    }
}

fn read_u32(bytes: &[u8], at: usize) -> Option<u32> {
    let word = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_le_bytes([word[0], word[1], word[2], word[3]]))
}
