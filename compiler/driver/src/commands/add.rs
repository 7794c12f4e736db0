//! `gos add`

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use crate::cli::{AddArgs, MessageFormat};
use crate::failure::{Failure, plain};
use crate::project::{self, Addition, Pick, is_address, is_id};

/// Adds a dependency to the current project, or names another source for it. Nothing changes when
/// it is not there.
pub(crate) fn execute(args: &AddArgs) -> Result<(), Failure> {
    let Some(folder) = project::current_folder() else {
        return Err(Failure::Usage(
            "there is no project here: `gos init` makes one of this folder".to_owned(),
        ));
    };
    let id = &args.id;
    if !is_id(id) {
        return Err(Failure::Usage(format!(
            "`{id}` cannot be a project's id: one looks like example.com/lib"
        )));
    }
    let path = args.path.as_deref().map(|path| seen_from(&folder, path));
    let path = path.transpose()?;
    let addition = match (&path, &args.git) {
        (Some(path), _) => Addition::Path(path),
        (None, Some(url)) if is_address(url) => Addition::Git {
            url,
            pick: pick(args),
        },
        (None, url) => {
            return Err(Failure::Usage(format!(
                "`{}` is not the address of a repository: write one as https://…",
                url.as_deref().unwrap_or_default()
            )));
        }
    };
    let file = folder.join("project.toml");
    let old = fs::read_to_string(&file).map_err(|error| Failure::io("read", &file, &error))?;
    let new = project::add(&old, id, &addition).ok_or_else(|| {
        Failure::Failed(format!(
            "the dependencies in `{}` are not lines below `[dependencies]`: add {id} by hand",
            file.display()
        ))
    })?;
    write(&file, &new)?;
    if let Err(failure) = project::load_folder(&folder, MessageFormat::Text) {
        write(&file, &old)?;
        return Err(failure);
    }
    println!("added {id}; name it as `use \"{id}\"::…`");
    Ok(())
}

fn write(file: &Path, text: &str) -> Result<(), Failure> {
    fs::write(file, text).map_err(|error| Failure::io("write", file, &error))
}

fn pick(args: &AddArgs) -> Pick {
    match (&args.rev, &args.tag, &args.branch) {
        (Some(rev), _, _) => Pick::Rev(rev.clone()),
        (None, Some(tag), _) => Pick::Tag(tag.clone()),
        (None, None, Some(branch)) => Pick::Branch(branch.clone()),
        (None, None, None) => Pick::Default,
    }
}

/// A path from here as a path from the project's folder, which is around this one.
fn seen_from(folder: &Path, path: &Path) -> Result<String, Failure> {
    let seen = if path.is_absolute() || folder == Path::new(".") {
        path.to_owned()
    } else {
        let here = env::current_dir().map_err(|error| {
            Failure::Failed(format!("cannot tell the current folder: {}", plain(&error)))
        })?;
        let below: PathBuf = here.strip_prefix(folder).unwrap_or(&here).to_owned();
        below.join(path)
    };
    let text = project::plain_path(&seen).into_os_string().into_string();
    text.map_err(|name| Failure::Usage(format!("`{}` is not UTF-8 text", name.to_string_lossy())))
}
