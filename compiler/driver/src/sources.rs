//! Where the front end gets its sources: the user's files from the file system, the library's from
//! inside `gos`.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gos_diag::SourceMap;
use gos_sema::loader::{Source, SourceProvider, SourceRoot};

use crate::embedded::{library_file, library_files};
use crate::failure::plain;
use crate::project::{Package, Project};

/// Positions in a file are 32 bits wide.
const FILE_BYTES_MAX: u64 = u32::MAX as u64;

/// The sources of one program.
pub(crate) struct Sources {
    /// The folder of the root file, as the user named it.
    folder: PathBuf,
    /// `src/` if that is the folder's name: names in traces must not depend on where it lies.
    prefix: &'static str,
    /// The folders of the dependencies' root modules, with what goes before names in them.
    packages: Vec<(PathBuf, String)>,
    /// What the user's files are called on this machine, by the name that traces show.
    shown: RefCell<HashMap<String, String>>,
}

impl Sources {
    /// The sources around `root_file`, and of what its project depends on.
    pub(crate) fn new(root_file: &Path, project: &Project) -> Self {
        let folder = root_file.parent().unwrap_or(Path::new("")).to_owned();
        let absolute = std::path::absolute(root_file).unwrap_or_default();
        let in_src = absolute
            .parent()
            .is_some_and(|parent| parent.ends_with("src"));
        Self {
            folder,
            prefix: if in_src { "src/" } else { "" },
            packages: project.packages.iter().map(package_place).collect(),
            shown: RefCell::default(),
        }
    }

    /// The folder of a root, and what goes before the names of its files.
    fn place(&self, root: SourceRoot) -> Option<(&Path, &str)> {
        match root {
            SourceRoot::User => Some((&self.folder, self.prefix)),
            SourceRoot::Std => None,
            SourceRoot::Package(index) => {
                let (folder, prefix) = self.packages.get(index as usize)?;
                Some((folder, prefix))
            }
        }
    }

    /// The same files under names that an editor or a terminal can open from here.
    pub(crate) fn shown(&self, map: &SourceMap) -> SourceMap {
        let shown = self.shown.borrow();
        let mut result = SourceMap::new();
        for (_, file) in map.iter() {
            let name = shown.get(&*file.name).map_or(&*file.name, String::as_str);
            result.add(name, file.text.clone());
        }
        result
    }

    /// Whether this is the name of a file that was read from the user's folder.
    pub(crate) fn is_own(&self, name: &str) -> bool {
        let mut packages = self.packages.iter();
        let is_foreign = packages.any(|(_, prefix)| name.starts_with(prefix.as_str()));
        !is_foreign && self.shown.borrow().contains_key(name)
    }

    fn read_from_disk(&self, (folder, prefix): (&Path, &str), path: &str) -> Source {
        let file = folder.join(path);
        let name = format!("{prefix}{path}");
        let found = match fs::metadata(&file) {
            Ok(found) => found,
            Err(error) if error.kind() == ErrorKind::NotFound => return Source::Missing,
            Err(error) => {
                return Source::Unreadable {
                    name,
                    reason: plain(&error),
                };
            }
        };
        // Reading a pipe might wait for a writer that never comes.
        if !found.is_file() {
            return Source::Missing;
        }
        if found.len() > FILE_BYTES_MAX {
            return Source::Unreadable {
                name,
                reason: "it is larger than 4 GiB".to_owned(),
            };
        }
        let bytes = match fs::read(&file) {
            Ok(bytes) => bytes,
            Err(error) => {
                return Source::Unreadable {
                    name,
                    reason: plain(&error),
                };
            }
        };
        match String::from_utf8(bytes) {
            Ok(text) => {
                let shown = file.to_string_lossy();
                let shown = shown.strip_prefix("./").unwrap_or(&shown).to_owned();
                self.shown.borrow_mut().insert(name.clone(), shown);
                Source::Found {
                    name,
                    text: text.into(),
                }
            }
            Err(error) => {
                let at = error.utf8_error().valid_up_to();
                let line = error.as_bytes()[..at]
                    .iter()
                    .filter(|byte| **byte == b'\n')
                    .count()
                    + 1;
                Source::Unreadable {
                    name,
                    reason: format!("line {line} is not UTF-8 text"),
                }
            }
        }
    }
}

impl SourceProvider for Sources {
    fn read(&self, root: SourceRoot, path: &str) -> Source {
        match root {
            SourceRoot::Std => match library_file(path) {
                Some(text) => Source::Found {
                    name: format!("std/{path}"),
                    text: text.into(),
                },
                None => Source::Missing,
            },
            root => match self.place(root) {
                Some(place) => self.read_from_disk(place, path),
                None => Source::Missing,
            },
        }
    }

    fn has_folder(&self, root: SourceRoot, path: &str) -> bool {
        match root {
            SourceRoot::Std => {
                let inside = |file: &str| {
                    file.strip_prefix(path)
                        .is_some_and(|rest| rest.starts_with('/'))
                };
                path.is_empty() || library_files().any(inside)
            }
            root => {
                let place = self.place(root);
                place.is_some_and(|(folder, _)| folder.join(path).is_dir())
            }
        }
    }

    fn bytes(&self, root: SourceRoot, path: &str) -> Option<Arc<[u8]>> {
        match root {
            SourceRoot::Std => library_file(path).map(|text| text.as_bytes().into()),
            root => {
                let (folder, _) = self.place(root)?;
                fs::read(folder.join(path)).ok().map(Into::into)
            }
        }
    }

    fn environment_variable(&self, name: &str) -> Option<String> {
        std::env::var(name).ok()
    }

    fn list(&self, root: SourceRoot, path: &str) -> Vec<String> {
        let mut names: Vec<String> = match root {
            SourceRoot::Std => {
                let prefix = if path.is_empty() {
                    String::new()
                } else {
                    format!("{path}/")
                };
                let inside = library_files().filter_map(|file| file.strip_prefix(&prefix));
                inside
                    .filter_map(|rest| module_name(rest.split('/').next()?))
                    .collect()
            }
            root => match self.place(root) {
                Some((folder, _)) => list_folder(&folder.join(path)),
                None => Vec::new(),
            },
        };
        names.sort();
        names.dedup();
        names
    }
}

fn list_folder(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let name = |entry: fs::DirEntry| module_name(&entry.file_name().to_string_lossy());
    entries.flatten().filter_map(name).collect()
}

/// A dependency's folder, and what goes before the names of its files: not where it lies on this
/// machine, but whose they are.
fn package_place(package: &Package) -> (PathBuf, String) {
    let src = match package.folder.ends_with("src") {
        true => "src/",
        false => "",
    };
    (package.folder.clone(), format!("{}/{src}", package.id))
}

/// The module that a file or folder of this name is. Others, such as `.git`, are none.
fn module_name(file_name: &str) -> Option<String> {
    let name = file_name.strip_suffix(".gos").unwrap_or(file_name);
    let is_name = name.chars().all(|c| c.is_alphanumeric() || c == '_') && name != "mod";
    (is_name && !name.is_empty()).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_do_not_depend_on_the_place() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("src");
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("main.gos"), "fn main() {}").unwrap();
        let sources = Sources::new(&folder.join("main.gos"), &Project::default());
        let Source::Found { name, text } = sources.read(SourceRoot::User, "main.gos") else {
            panic!("the file is there");
        };
        assert_eq!(name, "src/main.gos");
        let mut map = SourceMap::new();
        let id = map.add(&name, text);
        let shown = folder.join("main.gos").to_string_lossy().into_owned();
        assert_eq!(&*sources.shown(&map).file(id).name, shown);
    }

    #[test]
    fn what_is_no_text_is_unreadable() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("a.gos"), b"fn\n\xff").unwrap();
        let sources = Sources::new(&dir.path().join("main.gos"), &Project::default());
        let Source::Unreadable { reason, .. } = sources.read(SourceRoot::User, "a.gos") else {
            panic!("it is not UTF-8");
        };
        assert_eq!(reason, "line 2 is not UTF-8 text");
        assert!(matches!(
            sources.read(SourceRoot::User, "b.gos"),
            Source::Missing
        ));
    }

    #[test]
    fn the_library_is_inside() {
        let sources = Sources::new(Path::new("main.gos"), &Project::default());
        assert!(matches!(
            sources.read(SourceRoot::Std, "prelude.gos"),
            Source::Found { .. }
        ));
        assert!(
            sources
                .list(SourceRoot::Std, "")
                .contains(&"prelude".to_owned())
        );
        assert!(!sources.has_folder(SourceRoot::Std, "nowhere"));
    }
}
