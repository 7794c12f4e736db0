//! From the PATH that a user gives to the file that is compiled, and to the name of what comes out.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use crate::failure::{Failure, plain};

/// The program to compile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Input {
    /// The file with `main`; its folder is the root module.
    pub(crate) root_file: PathBuf,
    /// What the executable is called without `-o`.
    pub(crate) name: String,
}

/// Finds the program: a file as it is, a folder's `src/main.gos` or `main.gos`, or without a path
/// the project around the current folder.
pub(crate) fn resolve(path: Option<&Path>) -> Result<Input, Failure> {
    let Some(path) = path else {
        return current_project();
    };
    let found = fs::metadata(path).map_err(|error| {
        Failure::Usage(format!(
            "cannot read `{}`: {}",
            path.display(),
            plain(&error)
        ))
    })?;
    if found.is_dir() {
        return in_folder(path);
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
    Ok(Input {
        root_file: path.to_owned(),
        name: name_of(path),
    })
}

fn in_folder(folder: &Path) -> Result<Input, Failure> {
    let candidates = [folder.join("src/main.gos"), folder.join("main.gos")];
    let root_file = candidates
        .into_iter()
        .find(|file| file.is_file())
        .ok_or_else(|| {
            Failure::Usage(format!(
                "`{}` has neither src/main.gos nor main.gos: name the file to compile",
                folder.display()
            ))
        })?;
    let name = name_of(&root_file);
    Ok(Input { root_file, name })
}

fn current_project() -> Result<Input, Failure> {
    let here = env::current_dir().map_err(|error| {
        Failure::Failed(format!("cannot tell the current folder: {}", plain(&error)))
    })?;
    // Paths in messages and traces are relative to where the user stands.
    let project = here
        .ancestors()
        .find(|folder| folder.join("project.toml").is_file());
    match project {
        Some(folder) if folder == here => in_folder(Path::new(".")),
        Some(folder) => in_folder(folder),
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
fn name_of(root_file: &Path) -> String {
    let stem = root_file
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    if stem != "main" {
        return stem;
    }
    let absolute = std::path::absolute(root_file).unwrap_or_else(|_| root_file.to_owned());
    let mut folder = absolute.parent().unwrap_or(Path::new("/"));
    if folder.file_name().is_some_and(|name| name == "src") {
        folder = folder.parent().unwrap_or(folder);
    }
    project_name(folder)
        .or_else(|| Some(folder.file_name()?.to_string_lossy().into_owned()))
        .unwrap_or(stem)
}

fn project_name(folder: &Path) -> Option<String> {
    let text = fs::read_to_string(folder.join("project.toml")).ok()?;
    let project: toml::Table = text.parse().ok()?;
    let id = project.get("project")?.get("id")?.as_str()?;
    let last = id.rsplit('/').next()?;
    (!last.is_empty()).then(|| last.to_owned())
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
            resolve(Some(&dir.path().join("hello.gos"))).unwrap().name,
            "hello"
        );
    }

    #[test]
    fn a_project_names_the_program() {
        let dir = folder_with(&["src/main.gos", "project.toml"]);
        let input = resolve(Some(dir.path())).unwrap();
        assert_eq!(input.name, "shop");
        assert_eq!(input.root_file, dir.path().join("src/main.gos"));
    }

    #[test]
    fn a_folder_names_the_program_when_nothing_else_does() {
        let dir = folder_with(&["shed/main.gos"]);
        assert_eq!(
            resolve(Some(&dir.path().join("shed"))).unwrap().name,
            "shed"
        );
    }

    #[test]
    fn what_is_not_there_is_wrong_usage() {
        let dir = folder_with(&["notes.txt"]);
        for path in ["absent.gos", "notes.txt", "."] {
            let failure = resolve(Some(&dir.path().join(path))).unwrap_err();
            assert_eq!(failure.exit_code(), 2, "{path}");
        }
    }
}
