//! `gos new` and `gos init`: the files that a project begins with.

use std::env;
use std::fs::{self, File};
use std::io::{ErrorKind, Write as _};
use std::path::Path;

use super::service;
use crate::cli::{InitArgs, NewArgs};
use crate::failure::{Failure, plain};
use crate::project::is_id;

const MAIN: &str = r#"fn main() {
    println!("{}", greeting("world"))
}

fn greeting(name: String) -> String {
    format!("Hello, {name}!")
}

#[test]
fn greets_by_name() {
    assert_eq!(greeting("Ada"), "Hello, Ada!")
}
"#;

/// Makes a folder with a project in it.
pub(crate) fn new(args: &NewArgs) -> Result<(), Failure> {
    let name = project_name(&args.path)?;
    let id = project_id(args.id.as_deref(), &name)?;
    if args.service {
        service::check_name(&name)?;
    }
    match fs::read_dir(&args.path) {
        Ok(mut entries) => {
            if entries.next().is_some() {
                return Err(Failure::Usage(format!(
                    "`{0}` is there already: `gos init` in it makes a project of what it holds",
                    args.path.display()
                )));
            }
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => {
            return Err(Failure::Usage(format!(
                "cannot use `{}`: {}",
                args.path.display(),
                plain(&error)
            )));
        }
    }
    if args.service {
        write_project(&args.path, &name, &id, service::MAIN)?;
        service::write_deployment(&args.path, &name)?;
    } else {
        write_project(&args.path, &name, &id, MAIN)?;
    }
    println!(
        "made the project {id}; try: cd {} && gos run .",
        args.path.display()
    );
    Ok(())
}

/// Makes a project of the current folder, and keeps the files that are there.
pub(crate) fn init(args: &InitArgs) -> Result<(), Failure> {
    let here = env::current_dir().map_err(|error| {
        Failure::Failed(format!("cannot tell the current folder: {}", plain(&error)))
    })?;
    if here.join("project.toml").exists() {
        return Err(Failure::Usage(
            "this folder is a project already: it has a project.toml".to_owned(),
        ));
    }
    let name = project_name(&here)?;
    let id = project_id(args.id.as_deref(), &name)?;
    write_project(Path::new(""), &name, &id, MAIN)?;
    println!("made the project {id}; try: gos run .");
    Ok(())
}

fn project_name(folder: &Path) -> Result<String, Failure> {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    match is_id(&name) {
        true => Ok(name.into_owned()),
        false => Err(Failure::Usage(format!(
            "`{name}` cannot name a project: a name has letters, digits, `-`, `_` and `.`"
        ))),
    }
}

fn project_id(given: Option<&str>, name: &str) -> Result<String, Failure> {
    let Some(id) = given else {
        return Ok(format!("example.com/{name}"));
    };
    match is_id(id) {
        true => Ok(id.to_owned()),
        false => Err(Failure::Usage(format!(
            "`{id}` cannot be a project's id: write one as `example.com/{name}`"
        ))),
    }
}

fn write_project(folder: &Path, name: &str, id: &str, main: &str) -> Result<(), Failure> {
    let project = format!("[project]\nid = \"{id}\"\nversion = \"0.1.0\"\n\n[dependencies]\n");
    let binary = id.rsplit('/').next().unwrap_or(name);
    let ignored = format!("# What `gos build` makes\n/{binary}\n");
    let sources = folder.join("src");
    fs::create_dir_all(&sources).map_err(|error| Failure::io("make", &sources, &error))?;
    write_unless_there(&folder.join("project.toml"), &project)?;
    write_unless_there(&folder.join(".gitignore"), &ignored)?;
    if !folder.join("main.gos").exists() {
        write_unless_there(&sources.join("main.gos"), main)?;
    }
    Ok(())
}

pub(super) fn write_unless_there(path: &Path, text: &str) -> Result<(), Failure> {
    let written = File::create_new(path).and_then(|mut file| file.write_all(text.as_bytes()));
    match written {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => {
            Err(Failure::io("write", path, &error))
        }
        _ => Ok(()),
    }
}
