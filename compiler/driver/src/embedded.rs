//! Texts that `gos` carries inside: the standard library and the explanations of diagnostics.

use std::borrow::Cow;
use std::env;
use std::fs;
use std::path::Path;

include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

/// The source of a library file, named by its path below `stdlib/src`, as in `io.gos`.
/// `GOS_LIBRARY_DIR` names a folder to read instead, while the library is being worked on.
pub(crate) fn library_file(path: &str) -> Option<Cow<'static, str>> {
    match env::var_os("GOS_LIBRARY_DIR") {
        Some(folder) => fs::read_to_string(Path::new(&folder).join(path))
            .ok()
            .map(Cow::Owned),
        None => find(LIBRARY, path).map(Cow::Borrowed),
    }
}

/// The paths of all library files, sorted.
pub(crate) fn library_files() -> impl Iterator<Item = &'static str> {
    LIBRARY.iter().map(|(path, _)| *path)
}

/// Whether there are library files in this folder.
pub(crate) fn is_library_folder(path: &str) -> bool {
    let prefix = format!("{path}/");
    let first = LIBRARY.partition_point(|(name, _)| *name < prefix.as_str());
    LIBRARY
        .get(first)
        .is_some_and(|(name, _)| name.starts_with(&prefix))
}

/// The long explanation of a diagnostic's code.
pub(crate) fn explanation(code: &str) -> Option<&'static str> {
    find(EXPLANATIONS, &format!("{}.md", code.to_uppercase()))
}

fn find(table: &[(&'static str, &'static str)], path: &str) -> Option<&'static str> {
    let index = table.binary_search_by(|(name, _)| (*name).cmp(path)).ok()?;
    Some(table[index].1)
}
