//! Spans, source files, interned names and diagnostics: the vocabulary that every stage of the
//! compiler shares. Stages put `Diagnostic` values in; `render` turns them into text or JSON.
//! It must never know any stage of the compiler, and it neither reads files nor prints.

pub mod codes;
mod diagnostic;
pub mod render;
mod similar;
mod source;
mod span;
pub mod symbol;

pub use codes::Code;
pub use diagnostic::{Applicability, Diagnostic, Edit, Label, Severity, Suggestion, has_errors};
pub use similar::closest;
pub use source::{LineCol, SourceFile, SourceMap};
pub use span::{FileId, Span};
pub use symbol::Symbol;
