//! The files of a run: their names, their text and where their lines begin.

use std::sync::{Arc, OnceLock};

use crate::span::{FileId, Span};

/// A place as people and editors count it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LineCol {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub col: u32,
}

/// One source file: what it is called in messages, and its text.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// The name as messages and traces show it.
    pub name: Arc<str>,
    /// The whole text, with a byte order mark where the file had one.
    pub text: Arc<str>,
    /// Counted when somebody asks for a line: nobody does for most files of the library.
    line_starts: OnceLock<Vec<u32>>,
}

impl SourceFile {
    fn new(name: &str, text: Arc<str>) -> SourceFile {
        SourceFile {
            name: name.into(),
            text,
            line_starts: OnceLock::new(),
        }
    }

    fn line_starts(&self) -> &[u32] {
        self.line_starts.get_or_init(|| {
            let bytes = self.text.bytes().enumerate();
            let ends = bytes.filter(|&(_, byte)| byte == b'\n');
            std::iter::once(0)
                .chain(ends.map(|(at, _)| at as u32 + 1))
                .collect()
        })
    }

    /// Line and column of a byte offset; offsets past the end count as the end.
    pub fn line_col(&self, offset: u32) -> LineCol {
        let offset = (offset as usize).min(self.text.len());
        let starts = self.line_starts();
        let line = starts.partition_point(|&start| start as usize <= offset) - 1;
        let start = starts[line] as usize;
        // Bytes, not `str` slices: an offset inside a character must not panic.
        let before = &self.text.as_bytes()[start..offset];
        let chars = before.iter().filter(|&&byte| byte & 0xC0 != 0x80).count();
        LineCol {
            line: line as u32 + 1,
            col: chars as u32 + 1,
        }
    }

    /// The text of line `line` (from 1) without its line break.
    pub fn line_text(&self, line: u32) -> &str {
        let index = (line.max(1) - 1) as usize;
        let starts = self.line_starts();
        let Some(&start) = starts.get(index) else {
            return "";
        };
        let end = starts
            .get(index + 1)
            .map_or(self.text.len(), |&next| next as usize);
        self.text[start as usize..end].trim_end_matches(['\n', '\r'])
    }

    /// The text a span of this file covers; empty where the span does not fit.
    pub fn slice(&self, span: Span) -> &str {
        self.text
            .get(span.start as usize..span.end as usize)
            .unwrap_or("")
    }
}

/// All files of a run. Ids count up in the order of `add`, so the same run gives the same ids.
#[derive(Clone, Debug, Default)]
pub struct SourceMap {
    files: Vec<SourceFile>,
}

impl SourceMap {
    /// A map without files.
    pub fn new() -> SourceMap {
        SourceMap::default()
    }

    /// Takes a file in and gives it its id. Spans are 32 bits wide: the caller refuses files of
    /// 4 GiB and more before they come here.
    pub fn add(&mut self, name: &str, text: impl Into<Arc<str>>) -> FileId {
        let id = FileId(self.files.len() as u32);
        self.files.push(SourceFile::new(name, text.into()));
        id
    }

    /// The file with this id, if it is one of this map's.
    pub fn get(&self, id: FileId) -> Option<&SourceFile> {
        self.files.get(id.0 as usize)
    }

    /// The file with this id. Ids only come from `add`, so another is a bug of the caller.
    pub fn file(&self, id: FileId) -> &SourceFile {
        &self.files[id.0 as usize]
    }

    /// All files in the order of their ids.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        self.files
            .iter()
            .enumerate()
            .map(|(index, file)| (FileId(index as u32), file))
    }

    /// Line and column where the span begins.
    pub fn line_col(&self, span: Span) -> LineCol {
        self.get(span.file)
            .map_or(LineCol { line: 1, col: 1 }, |file| {
                file.line_col(span.start)
            })
    }

    /// The text the span covers.
    pub fn slice(&self, span: Span) -> &str {
        self.get(span.file).map_or("", |file| file.slice(span))
    }
}
