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

use crate::embedded::{is_library_folder, library_file, library_files};
use crate::failure::plain;
use crate::input::Input;
use crate::project::{Package, Project};

/// Positions in a file are 32 bits wide.
pub(crate) const FILE_BYTES_MAX: u64 = u32::MAX as u64;

const TOO_LARGE: &str = "it is larger than 4 GiB";

/// The sources of one program.
pub(crate) struct Sources {
    /// The folder of the root file, as the user named it.
    folder: PathBuf,
    /// `src/` if that is the folder's name: names in traces must not depend on where it lies.
    prefix: &'static str,
    /// The root file's name and content, where it is no file.
    given: Option<(String, Arc<[u8]>)>,
    /// The folders of the dependencies' root modules, with what goes before names in them.
    packages: Vec<(PathBuf, String)>,
    /// What the user's files are called on this machine, by the name that traces show.
    shown: RefCell<HashMap<String, String>>,
}

impl Sources {
    /// The sources of a program, and of what its project depends on.
    pub(crate) fn of(input: &Input) -> Self {
        let root_file = &input.root_file;
        let given = input.given.clone();
        Self {
            given: given.map(|text| (root_file.to_string_lossy().into_owned(), text)),
            ..Self::new(root_file, &input.project)
        }
    }

    fn new(root_file: &Path, project: &Project) -> Self {
        let folder = root_file.parent().unwrap_or(Path::new("")).to_owned();
        let absolute = std::path::absolute(root_file).unwrap_or_default();
        let in_src = absolute
            .parent()
            .is_some_and(|parent| parent.ends_with("src"));
        Self {
            folder,
            prefix: if in_src { "src/" } else { "" },
            given: None,
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

    /// What was given in place of a file.
    fn given_as(&self, root: SourceRoot, path: &str) -> Option<&(String, Arc<[u8]>)> {
        let given = self.given.as_ref();
        given.filter(|(name, _)| root == SourceRoot::User && name == path)
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
                reason: TOO_LARGE.to_owned(),
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
        let shown = file.to_string_lossy();
        let shown = shown.strip_prefix("./").unwrap_or(&shown);
        self.source(name, shown, &bytes)
    }

    /// The content of a file, remembered under the name that it has for the user.
    fn source(&self, name: String, shown: &str, bytes: &[u8]) -> Source {
        let unreadable = |name, reason: &str| Source::Unreadable {
            name,
            reason: reason.to_owned(),
        };
        if bytes.len() as u64 > FILE_BYTES_MAX {
            return unreadable(name, TOO_LARGE);
        }
        match str::from_utf8(bytes) {
            Ok(text) => {
                let mut names = self.shown.borrow_mut();
                names.insert(name.clone(), shown.to_owned());
                Source::Found {
                    name,
                    text: text.into(),
                }
            }
            Err(error) => {
                let before = bytes[..error.valid_up_to()].iter();
                let line = before.filter(|byte| **byte == b'\n').count() + 1;
                unreadable(name, &format!("line {line} is not UTF-8 text"))
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
            root => match (self.given_as(root, path), self.place(root)) {
                (Some((name, text)), _) => self.source(name.clone(), name, text),
                (None, Some(place)) => self.read_from_disk(place, path),
                (None, None) => Source::Missing,
            },
        }
    }

    fn has_folder(&self, root: SourceRoot, path: &str) -> bool {
        match root {
            SourceRoot::Std => path.is_empty() || is_library_folder(path),
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
