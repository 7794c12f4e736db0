//! The front end inside this process, over one program's text: what `gos check` would find in it,
//! without a process for each of many programs. It must never know what a suite looks for.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use gos_diag::{Diagnostic, SourceMap};
use gos_sema::loader::{Source, SourceProvider, SourceRoot};
use gos_sema::{Options, Session, Trees};

/// The library's files by their paths, read once.
static LIBRARY: LazyLock<HashMap<String, Arc<str>>> = LazyLock::new(|| {
    let root = crate::checkout().join("stdlib/src");
    let mut paths = Vec::new();
    crate::collect(&root, &mut paths);
    let read = |path: PathBuf| {
        let name = path.strip_prefix(&root).ok()?.to_str()?.to_owned();
        Some((name, std::fs::read_to_string(&path).ok()?.into()))
    };
    paths.into_iter().filter_map(read).collect()
});

/// A program whose root module is a text, over the library of this checkout.
#[derive(Debug)]
pub struct InMemory {
    text: Arc<str>,
    folder: Option<PathBuf>,
}

/// What there is to say about a program, and the files that this is about.
#[derive(Debug)]
pub struct Findings {
    pub diagnostics: Vec<Diagnostic>,
    pub sources: SourceMap,
}

impl InMemory {
    /// A program of this text; `folder` has its further modules, if there are any.
    #[must_use]
    pub fn new(text: &str, folder: Option<&Path>) -> InMemory {
        InMemory {
            text: text.into(),
            folder: folder.map(Path::to_owned),
        }
    }

    /// Checks what a user wrote, as `gos check` does, with its tests if `tests` says so.
    #[must_use]
    pub fn check(&self, tests: bool) -> Findings {
        let options = Options {
            test: tests,
            ..options()
        };
        let trees = Trees::default();
        let mut session = Session::new(&trees, self, ROOT, &options);
        Findings {
            diagnostics: session.take_diagnostics(),
            sources: session.source_map().clone(),
        }
    }
}

/// The file of the root module.
pub const ROOT: &str = "main.gos";

/// What `gos` tells the front end on this machine.
#[must_use]
pub fn options() -> Options {
    let pairs = [
        ("target_os", "linux"),
        ("target_family", "unix"),
        ("target_arch", "x86_64"),
        ("target_endian", "little"),
        ("target_pointer_width", "64"),
    ];
    Options {
        cfg_names: ["unix", "debug_assertions"].map(String::from).to_vec(),
        cfg_values: pairs
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .to_vec(),
        ..Options::default()
    }
}

impl SourceProvider for InMemory {
    fn read(&self, root: SourceRoot, path: &str) -> Source {
        let (name, text) = match root {
            SourceRoot::User if path == ROOT => (path.to_owned(), Some(self.text.clone())),
            SourceRoot::User => {
                let file = self.folder.as_ref().map(|folder| folder.join(path));
                let text = file.and_then(|file| std::fs::read_to_string(file).ok());
                (path.to_owned(), text.map(Into::into))
            }
            SourceRoot::Std => (format!("std/{path}"), LIBRARY.get(path).cloned()),
            SourceRoot::Package(_) => return Source::Missing,
        };
        match text {
            Some(text) => Source::Found { name, text },
            None => Source::Missing,
        }
    }

    fn has_folder(&self, root: SourceRoot, path: &str) -> bool {
        match root {
            SourceRoot::Std => {
                let prefix = format!("{path}/");
                LIBRARY.keys().any(|name| name.starts_with(&prefix))
            }
            _ => {
                let folder = self.folder.as_ref().map(|folder| folder.join(path));
                folder.is_some_and(|folder| folder.is_dir())
            }
        }
    }

    fn list(&self, root: SourceRoot, _: &str) -> Vec<String> {
        match root {
            SourceRoot::Std => vec!["io".to_owned(), "http".to_owned()],
            _ => Vec::new(),
        }
    }
}
