//! Files that `gos` leaves behind: each appears complete or not at all.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use gos_toolchains::{cache_dir, is_special, publish_dir};

use crate::cache::Digest;
use crate::failure::{Failure, plain};

/// Writes a file, or to the terminal where the path is `-`.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    if path == Path::new("-") {
        return io::stdout().write_all(bytes).map_err(|error| {
            Failure::Failed(format!("cannot write to stdout: {}", plain(&error)))
        });
    }
    let fail = |error: io::Error| Failure::io("write", path, &error);
    if is_special(path) {
        let open = fs::OpenOptions::new().write(true).open(path);
        return open
            .and_then(|mut file| file.write_all(bytes))
            .map_err(fail);
    }
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    fs::create_dir_all(folder).map_err(|error| Failure::io("create the folder", folder, &error))?;
    let mut file = tempfile::Builder::new()
        .prefix(".gos-")
        .tempfile_in(folder)
        .map_err(|error| Failure::io("write to the folder", folder, &error))?;
    file.write_all(bytes).map_err(fail)?;
    readable_for_all(file.as_file()).map_err(fail)?;
    file.persist(path)
        .map(drop)
        .map_err(|error| fail(error.error))
}

/// Puts a program that is kept elsewhere where it was asked for.
pub(crate) fn copy_program(program: &Path, output: &Path) -> io::Result<()> {
    let folder = match output.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    fs::create_dir_all(folder)?;
    let file = tempfile::Builder::new()
        .prefix(".gos-")
        .tempfile_in(folder)?;
    fs::copy(program, file.path())?;
    file.persist(output).map(drop).map_err(|error| error.error)
}

/// Scratch files are private; results are not.
#[cfg(unix)]
fn readable_for_all(file: &fs::File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn readable_for_all(_file: &fs::File) -> io::Result<()> {
    Ok(())
}

/// Objects on their way to the linker.
pub(crate) struct ObjectFiles {
    pub(crate) paths: Vec<PathBuf>,
    /// Removes the files when dropped; absent where they stay.
    _scratch: Option<tempfile::TempDir>,
}

/// Lays objects out for the linker. With `keep` they stay in the cache, so that the command that
/// `--verbose` prints can be run again.
pub(crate) fn lay_out(objects: &[Vec<u8>], keep: bool) -> Result<ObjectFiles, Failure> {
    let cannot = |error: io::Error| {
        Failure::Failed(format!("cannot write the object files: {}", plain(&error)))
    };
    let names: Vec<String> = (0..objects.len())
        .map(|index| format!("{index}.o"))
        .collect();
    let files: Vec<(&str, &[u8])> = names
        .iter()
        .map(String::as_str)
        .zip(objects.iter().map(Vec::as_slice))
        .collect();
    let (dir, scratch) = if keep {
        let cache = cache_dir().map_err(cannot)?;
        (cache.join("objects").join(digest(&files)), None)
    } else {
        let scratch = tempfile::Builder::new()
            .prefix("gos-")
            .tempdir()
            .map_err(cannot)?;
        (scratch.path().join("objects"), Some(scratch))
    };
    publish_dir(&dir, &files).map_err(cannot)?;
    let paths = names.iter().map(|name| dir.join(name)).collect();
    Ok(ObjectFiles {
        paths,
        _scratch: scratch,
    })
}

/// Names a set of files by their content.
fn digest(files: &[(&str, &[u8])]) -> String {
    files
        .iter()
        .fold(Digest::new(), |hash, (_, bytes)| hash.add(bytes))
        .name()
}
