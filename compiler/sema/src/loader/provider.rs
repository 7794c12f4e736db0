//! How sources come in: this crate reads no files itself.

use std::sync::Arc;

/// Which tree of sources a path belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum SourceRoot {
    /// The folder of the file given to `gos`.
    User,
    /// The standard library.
    Std,
    /// A dependency's root folder, by its place in [`crate::Options::packages`].
    Package(u32),
}

/// A project that the program depends on.
#[derive(Clone, Debug)]
pub struct Package {
    /// `example.com/lib`: what messages, traces and names of types show.
    pub id: String,
    /// The file of its root module, relative to its root folder.
    pub root_file: String,
    /// What its own sources may name.
    pub dependencies: Dependencies,
}

/// Which package a quoted id stands for, by its place among all packages.
pub type Dependencies = Vec<(String, u32)>;

/// What reading a path gave.
#[derive(Clone, Debug)]
pub enum Source {
    /// The name for messages and traces (`src/a.gos`), and the text.
    Found {
        /// The name that messages and traces show.
        name: String,
        /// The whole text.
        text: Arc<str>,
    },
    /// There is no such file.
    Missing,
    /// It exists, but cannot be read as text.
    Unreadable {
        /// The name that messages show.
        name: String,
        /// Why, as a part of a sentence: "permission denied".
        reason: String,
    },
}

/// Gives the text of source files. Paths are relative to their root, parts joined with `/`.
pub trait SourceProvider {
    /// The file at `path`, for example `a/b.gos`.
    fn read(&self, root: SourceRoot, path: &str) -> Source;

    /// Whether a folder of this name exists and may hold modules.
    fn has_folder(&self, root: SourceRoot, path: &str) -> bool;

    /// Names of the modules in a folder (`""` is the root's), for suggestions only.
    fn list(&self, root: SourceRoot, path: &str) -> Vec<String>;

    /// The content of any file at `path`, for `include_str!` and `include_bytes!`.
    fn bytes(&self, root: SourceRoot, path: &str) -> Option<Arc<[u8]>> {
        match self.read(root, path) {
            Source::Found { text, .. } => Some(text.as_bytes().into()),
            Source::Missing | Source::Unreadable { .. } => None,
        }
    }

    /// A variable of the environment in which this is compiled, for `env!`.
    fn environment_variable(&self, _name: &str) -> Option<String> {
        None
    }
}
