//! What macros such as `assert!`, `line!` and `include_str!` ask about the sources.

use crate::check::seam::Texts;
use crate::loader::SourceProvider;
use crate::resolve::NameTable;
use gos_diag::{SourceMap, Span};
use std::sync::Arc;

/// The files of a check and the way to further ones.
pub(crate) struct SourceTexts<'a> {
    pub names: &'a NameTable,
    pub source_map: &'a SourceMap,
    pub provider: &'a dyn SourceProvider,
    pub debug_assertions: bool,
}

impl SourceTexts<'_> {
    /// The folder of a module's file: that of its child modules, without the module's own name
    /// unless the file is `mod.gos` or the root.
    fn folder_of(&self, span: Span) -> Option<(crate::loader::SourceRoot, String)> {
        let mut modules = self.names.modules.iter();
        let (_, module) =
            modules.find(|(_, module)| module.file == span.file && !module.is_block)?;
        let name = &self.source_map.get(span.file)?.name;
        let own = module.folder.trim_end_matches('/');
        if own.is_empty() || name.ends_with("/mod.gos") {
            return Some((module.root, module.folder.clone()));
        }
        let parent = own.rsplit_once('/').map_or("", |(parent, _)| parent);
        let slash = if parent.is_empty() { "" } else { "/" };
        Some((module.root, format!("{parent}{slash}")))
    }
}

impl Texts for SourceTexts<'_> {
    fn source_text(&self, span: Span) -> Option<String> {
        let words = self.source_map.slice(span).split_whitespace();
        let text = words.collect::<Vec<_>>().join(" ");
        (!text.is_empty()).then_some(text)
    }

    fn locate(&self, span: Span) -> Option<(String, u32, u32)> {
        let file = self.source_map.get(span.file)?;
        let at = file.line_col(span.start);
        Some((file.name.to_string(), at.line, at.col))
    }

    fn include(&self, span: Span, path: &str) -> Option<Arc<[u8]>> {
        let (root, folder) = self.folder_of(span)?;
        self.provider.bytes(root, &format!("{folder}{path}"))
    }

    fn environment_variable(&self, name: &str) -> Option<String> {
        self.provider.environment_variable(name)
    }

    fn debug_assertions(&self) -> bool {
        self.debug_assertions
    }
}
