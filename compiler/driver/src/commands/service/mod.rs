//! What `gos new --service` adds to a project: a web service that its supervisor can watch, end and
//! replace, and what is needed to deploy it.

use std::fs;
use std::path::Path;

use super::new::write_unless_there;
use crate::failure::Failure;

/// The program of a service.
pub(super) const MAIN: &str = include_str!("main.gos");

/// Where the project's name goes.
const NAME: &str = "@NAME@";

/// Files beside the sources.
const FILES: [(&str, &str); 3] = [
    ("deploy/@NAME@.service", include_str!("unit.service")),
    ("deploy/kubernetes.yaml", include_str!("kubernetes.yaml")),
    ("Dockerfile", include_str!("Dockerfile")),
];

/// Names that users of the system, images and objects of Kubernetes may have.
pub(super) fn check_name(name: &str) -> Result<(), Failure> {
    let is_small = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let fits = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.ends_with(is_small)
        && name.chars().all(|c| is_small(c) || c == '-')
        && name.len() <= 31;
    if fits {
        return Ok(());
    }
    Err(Failure::Usage(format!(
        "`{name}` cannot name a service: use small letters, digits and `-`, at most 31, and begin with a letter"
    )))
}

/// Writes what deploys the project in `folder`.
pub(super) fn write_deployment(folder: &Path, name: &str) -> Result<(), Failure> {
    let deploy = folder.join("deploy");
    fs::create_dir_all(&deploy).map_err(|error| Failure::io("make", &deploy, &error))?;
    for (path, text) in FILES {
        let path = folder.join(path.replace(NAME, name));
        write_unless_there(&path, &text.replace(NAME, name))?;
    }
    Ok(())
}
