//! From the PATH that a user gives to the file that is compiled, and to the name of what comes out.

use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::cli::MessageFormat;
use crate::failure::{Failure, plain};
use crate::project::{self, Project};
use crate::sources::FILE_BYTES_MAX;

/// What messages call standard input.
const STDIN_NAME: &str = "<stdin>";

/// The program to compile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Input {
    /// The file with `main`; its folder is the root module.
    pub(crate) root_file: PathBuf,
    /// What stands in it, if it is no file but came through standard input.
    pub(crate) given: Option<Arc<[u8]>>,
    /// What the executable is called without `-o`.
    pub(crate) name: String,
    /// What it may use.
    pub(crate) project: Project,
}

impl Input {
    /// The program in a root file, with what its project says.
    fn new(root_file: PathBuf, format: MessageFormat) -> Result<Self, Failure> {
        let project = project::load(&root_file, format)?;
        let name = name_of(&root_file, &project);
        Ok(Self {
            root_file,
            given: None,
            name,
            project,
        })
    }

    /// The program that standard input gives, which stands alone: its modules lie in the current
    /// folder, and no project is around it.
    fn from_stdin() -> Result<Self, Failure> {
        let mut text = Vec::new();
        let limit = FILE_BYTES_MAX + 1;
        let read = io::stdin().lock().take(limit).read_to_end(&mut text);
        read.map_err(|error| {
            Failure::Usage(format!("cannot read standard input: {}", plain(&error)))
        })?;
        Ok(Self {
            root_file: PathBuf::from(STDIN_NAME),
            given: Some(text.into()),
            name: "stdin".to_owned(),
            project: Project::default(),
        })
    }

    /// Whether its modules belong together: a file beside others stands alone.
    pub(crate) fn is_project(&self) -> bool {
        self.has_stem("main") || self.is_library()
    }

    /// Whether it is a project without a program.
    pub(crate) fn is_library(&self) -> bool {
        self.project.id.is_some() && self.has_stem("lib")
    }

    fn has_stem(&self, stem: &str) -> bool {
        self.root_file.file_stem().is_some_and(|name| name == stem)
    }
}

/// Finds the program: standard input for `-`, a file as it is, a folder's `src/main.gos` or
/// `main.gos`, or without a path the project around the current folder.
pub(crate) fn resolve(path: Option<&Path>, format: MessageFormat) -> Result<Input, Failure> {
    let Some(path) = path else {
        return Input::new(current_project()?, format);
    };
    if path == Path::new("-") {
        return Input::from_stdin();
    }
    let found = fs::metadata(path).map_err(|error| {
        Failure::Usage(format!(
            "cannot read `{}`: {}",
            path.display(),
            plain(&error)
        ))
    })?;
    if found.is_dir() {
        return Input::new(in_folder(path)?, format);
    }
    if path.extension().is_none_or(|extension| extension != "gos") {
        return Err(Failure::Usage(format!(
            "`{}` is not a Gossamer file: its name must end in .gos",
            path.display()
        )));
    }
    if !found.is_file() {
        // Reading a pipe might wait for a writer that never comes.
        return Err(Failure::Usage(format!(
            "`{}` is not a regular file: name the file to compile",
            path.display()
        )));
    }
    Input::new(path.to_owned(), format)
}

fn in_folder(folder: &Path) -> Result<PathBuf, Failure> {
    project::root_file(folder).ok_or_else(|| {
        Failure::Usage(format!(
            "`{}` has neither src/main.gos nor src/lib.gos nor main.gos: name the file to compile",
            folder.display()
        ))
    })
}

fn current_project() -> Result<PathBuf, Failure> {
    match project::current_folder() {
        Some(folder) => in_folder(&folder),
        None => in_folder(Path::new(".")).map_err(|_| {
            Failure::Usage(
                "there is no project here (no project.toml, src/main.gos or main.gos): \
                 name the file to compile"
                    .to_owned(),
            )
        }),
    }
}

/// `hello.gos` gives `hello`; a `main.gos` is named after its project, which is the last part of
/// the id in project.toml, or else its folder.
fn name_of(root_file: &Path, project: &Project) -> String {
    let stem = root_file
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    if let Some(id) = project
        .id
        .as_ref()
        .filter(|_| stem == "main" || stem == "lib")
    {
        return id.rsplit('/').next().unwrap_or(id).to_owned();
    }
    if stem != "main" {
        return stem;
    }
    let absolute = std::path::absolute(root_file).unwrap_or_else(|_| root_file.to_owned());
    let mut folder = absolute.parent().unwrap_or(Path::new("/"));
    if folder.file_name().is_some_and(|name| name == "src") {
        folder = folder.parent().unwrap_or(folder);
    }
    let folder = folder.file_name();
    folder.map_or(stem, |name| name.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder_with(files: &[&str]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for file in files {
            let path = dir.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "[project]\nid = \"example.com/shop\"\n").unwrap();
        }
        dir
    }

    #[test]
    fn a_file_names_the_program() {
        let dir = folder_with(&["hello.gos"]);
        assert_eq!(
            resolve(Some(&dir.path().join("hello.gos")), MessageFormat::Text)
                .unwrap()
                .name,
            "hello"
        );
    }

    #[test]
    fn a_project_names_the_program() {
        let dir = folder_with(&["src/main.gos", "project.toml"]);
        let input = resolve(Some(dir.path()), MessageFormat::Text).unwrap();
        assert_eq!(input.name, "shop");
        assert_eq!(input.root_file, dir.path().join("src/main.gos"));
    }

    #[test]
    fn a_folder_names_the_program_when_nothing_else_does() {
        let dir = folder_with(&["shed/main.gos"]);
        assert_eq!(
            resolve(Some(&dir.path().join("shed")), MessageFormat::Text)
                .unwrap()
                .name,
            "shed"
        );
    }

    #[test]
    fn what_is_not_there_is_wrong_usage() {
        let dir = folder_with(&["notes.txt"]);
        for path in ["absent.gos", "notes.txt", "."] {
            let failure = resolve(Some(&dir.path().join(path)), MessageFormat::Text).unwrap_err();
            assert_eq!(failure.exit_code(), 2, "{path}");
        }
    }
}
