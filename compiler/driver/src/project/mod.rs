//! Projects: what `project.toml` says, the dependencies that it leads to, and `project.lock`.
//! Comes out: a folder for each package. It must never know what is in the source files.
//!
//! `manifest` reads one file, `edit` changes it, `linkers` is what it says about
//! targets, `graph` follows dependencies, `git` fetches, `lock` pins.

mod edit;
mod git;
mod graph;
mod linkers;
mod lock;
mod manifest;

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::{Component, Path, PathBuf};

use gos_diag::{SourceMap, has_errors};
use gos_sema::loader::Dependencies;

use crate::cache::Digest;
use crate::cli::MessageFormat;
use crate::failure::Failure;
use crate::report;

pub(crate) use edit::{Addition, add};
pub(crate) use manifest::{Pick, is_address, is_id};

/// Root files, the first that is there: a project's program, or else its library.
const ROOT_FILES: [&str; 4] = ["src/main.gos", "src/lib.gos", "main.gos", "lib.gos"];

/// What a program may use beside its own files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Project {
    /// The project's id; None for a file outside of a project.
    pub(crate) id: Option<String>,
    /// All dependencies, each after those that it was found through.
    pub(crate) packages: Vec<Package>,
    /// Those that the project itself names.
    pub(crate) dependencies: Dependencies,
    /// What links for a target, by its name.
    pub(crate) linkers: BTreeMap<String, String>,
    /// Of everything that was read to find this out.
    pub(crate) digest: String,
}

/// A dependency whose sources are there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Package {
    pub(crate) id: String,
    /// The folder that is its root module.
    pub(crate) folder: PathBuf,
    /// The name of its root file in there.
    pub(crate) root_file: String,
    pub(crate) dependencies: Dependencies,
}

/// The root file of the project in a folder.
pub(crate) fn root_file(folder: &Path) -> Option<PathBuf> {
    let candidates = ROOT_FILES.into_iter().map(|name| folder.join(name));
    candidates.into_iter().find(|file| file.is_file())
}

/// The folder of the `project.toml` that a source file belongs to: its own folder, or the one
/// around `src`.
pub(crate) fn folder_of(root_file: &Path) -> Option<PathBuf> {
    let folder = root_file.parent().unwrap_or(Path::new(""));
    let is_project = |folder: &Path| folder.join("project.toml").is_file();
    if is_project(folder) {
        return Some(folder.to_owned());
    }
    let absolute = std::path::absolute(root_file).ok()?;
    if !absolute.parent()?.ends_with("src") {
        return None;
    }
    // Messages name files as the user does.
    let above = match folder.file_name() {
        Some(_) => folder.parent()?.to_owned(),
        None => folder.join(".."),
    };
    is_project(&above).then_some(above)
}

/// Reads the project that a source file belongs to, fetches what it depends on, and brings its
/// `project.lock` up to date. Shows what is wrong with it.
pub(crate) fn load(root_file: &Path, format: MessageFormat) -> Result<Project, Failure> {
    match folder_of(root_file) {
        Some(folder) => load_folder(&folder, format),
        None => Ok(Project::default()),
    }
}

/// The same for the folder of a `project.toml`.
pub(crate) fn load_folder(folder: &Path, format: MessageFormat) -> Result<Project, Failure> {
    let resolved = graph::resolve(folder)?;
    show(&resolved.messages, &resolved.sources, format)?;
    if let Some(text) = resolved.new_lock {
        let path = folder.join("project.lock");
        fs::write(&path, text).map_err(|error| Failure::io("write", &path, &error))?;
    }
    Ok(resolved.project)
}

/// What the project around the current folder says about linkers, by target; its dependencies are not
/// looked at. Shows what is wrong with it.
pub(crate) fn linkers_here() -> Result<BTreeMap<String, String>, Failure> {
    let Some(folder) = current_folder() else {
        return Ok(BTreeMap::new());
    };
    let file = folder.join("project.toml");
    let text = fs::read_to_string(&file).map_err(|error| Failure::io("read", &file, &error))?;
    let mut sources = SourceMap::new();
    let id = sources.add(&plain_path(&file).to_string_lossy(), text.as_str());
    let (manifest, messages) = manifest::read(&text, id);
    show(&messages, &sources, MessageFormat::Text)?;
    Ok(manifest.map_or_else(BTreeMap::new, |manifest| {
        linkers::in_folder(&manifest.linkers, &folder)
    }))
}

fn show(
    found: &[gos_diag::Diagnostic],
    sources: &SourceMap,
    format: MessageFormat,
) -> Result<(), Failure> {
    report::show(found, sources, format);
    match has_errors(found) {
        true => Err(Failure::Reported),
        false => Ok(()),
    }
}

/// The folder of the project around the current folder.
pub(crate) fn current_folder() -> Option<PathBuf> {
    let here = env::current_dir().ok()?;
    let mut around = here.ancestors();
    let found = around.find(|folder| folder.join("project.toml").is_file())?;
    // Paths in messages and traces are relative to where the user stands.
    Some(match found == here {
        true => PathBuf::from("."),
        false => found.to_owned(),
    })
}

/// `a/../b/./c` as `b/c`, without a look at the file system.
pub(crate) fn plain_path(path: &Path) -> PathBuf {
    let mut parts = PathBuf::new();
    for part in path.components() {
        let last = parts.components().next_back();
        match (part, last) {
            (Component::CurDir, _) => {}
            (Component::ParentDir, Some(Component::Normal(_))) => {
                parts.pop();
            }
            (Component::ParentDir, Some(Component::RootDir)) => {}
            _ => parts.push(part),
        }
    }
    match parts.as_os_str().is_empty() {
        true => PathBuf::from("."),
        false => parts,
    }
}

/// A digest of files, in the order in which they were read, and of what came of them.
fn digest_of(sources: &SourceMap, packages: &[Package]) -> String {
    let files = sources.iter();
    let all = files.fold(Digest::new(), |digest, (_, file)| {
        digest.add(file.name.as_bytes()).add(file.text.as_bytes())
    });
    all.add(format!("{packages:?}").as_bytes()).name()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_plain() {
        let plain = |path: &str| plain_path(Path::new(path)).display().to_string();
        assert_eq!(plain("./../lib/../c"), "../c");
        assert_eq!(plain("a/../../b"), "../b");
        assert_eq!(plain("/a/../../b"), "/b");
        assert_eq!(plain("a/./b"), "a/b");
        assert_eq!(plain("a/.."), ".");
    }
}
