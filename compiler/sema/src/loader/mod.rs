//! The tree of modules, built as names need it.

mod provider;

pub use provider::{Source, SourceProvider, SourceRoot};
