//! Any bytes, checked as a program over the real library: it ends, with messages or without. As in
//! `gos check`, of the library only what the program reaches is looked at: all of it takes a hundred
//! times as long, and is the same for every input.

#![no_main]

use gos_diag::render;
use gos_sema::loader::{Source, SourceProvider, SourceRoot};
use gos_sema::{Options, Session, Trees};
use libfuzzer_sys::fuzz_target;
use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::sync::{Arc, LazyLock};

/// The library's files by their paths, read once.
static LIBRARY: LazyLock<HashMap<String, Arc<str>>> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../stdlib/src");
    let mut files = HashMap::new();
    read_folder(&root, "", &mut files);
    files
});

fn read_folder(folder: &Path, prefix: &str, files: &mut HashMap<String, Arc<str>>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if path.is_dir() {
            read_folder(&path, &format!("{name}/"), files);
        } else if let Ok(text) = fs::read_to_string(&path) {
            files.insert(name, text.into());
        }
    }
}

/// A program of one file.
struct OneFile<'t>(&'t str);

impl SourceProvider for OneFile<'_> {
    fn read(&self, root: SourceRoot, path: &str) -> Source {
        let text = match root {
            SourceRoot::User if path == "main.gos" => Some(self.0.into()),
            SourceRoot::User | SourceRoot::Package(_) => None,
            SourceRoot::Std => LIBRARY.get(path).cloned(),
        };
        match text {
            Some(text) => Source::Found {
                name: path.to_owned(),
                text,
            },
            None => Source::Missing,
        }
    }

    fn has_folder(&self, root: SourceRoot, path: &str) -> bool {
        let prefix = format!("{path}/");
        root == SourceRoot::Std && LIBRARY.keys().any(|name| name.starts_with(&prefix))
    }

    fn list(&self, _: SourceRoot, _: &str) -> Vec<String> {
        Vec::new()
    }
}

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let (source, options, trees) = (OneFile(&text), Options::default(), Trees::default());
    let mut session = Session::new(&trees, &source, "main.gos", &options);
    let found = session.take_diagnostics();
    render::text(&found, session.source_map(), false);
});
