//! Where `gos` keeps files between runs, and how several runs share it: a folder appears there
//! complete or not at all.

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The user's cache directory for `gos`: `GOS_CACHE_DIR`, else where the system keeps caches, else
/// a private folder among the temporary files.
pub fn cache_dir() -> io::Result<PathBuf> {
    let absolute = |name: &str| {
        env::var_os(name)
            .map(PathBuf::from)
            .filter(|dir| dir.is_absolute())
    };
    let named = absolute("GOS_CACHE_DIR")
        .or_else(|| Some(absolute("XDG_CACHE_HOME")?.join("gos")))
        .or_else(|| {
            let folder = if cfg!(target_os = "macos") {
                "Library/Caches/gos"
            } else {
                ".cache/gos"
            };
            Some(absolute("HOME")?.join(folder))
        });
    if let Some(dir) = named
        && fs::create_dir_all(&dir).is_ok()
        && is_writable(&dir)
    {
        return Ok(dir);
    }
    private_temporary_dir()
}

fn is_writable(dir: &Path) -> bool {
    tempfile::tempfile_in(dir).is_ok()
}

/// For users without a writable home, as in containers. What lies there is linked into programs,
/// so nobody else may own it.
#[cfg(unix)]
fn private_temporary_dir() -> io::Result<PathBuf> {
    use std::os::unix::fs::{DirBuilderExt, MetadataExt};

    // SAFETY: geteuid has no preconditions and cannot fail.
    let user = unsafe { libc::geteuid() };
    let dir = env::temp_dir().join(format!("gos-cache-{user}"));
    match fs::DirBuilder::new().mode(0o700).create(&dir) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    let found = fs::symlink_metadata(&dir)?;
    if found.is_dir() && found.uid() == user && found.mode() & 0o077 == 0 {
        Ok(dir)
    } else {
        let message = format!("`{}` belongs to somebody else", dir.display());
        Err(io::Error::new(io::ErrorKind::PermissionDenied, message))
    }
}

#[cfg(not(unix))]
fn private_temporary_dir() -> io::Result<PathBuf> {
    let dir = env::temp_dir().join("gos-cache");
    fs::create_dir_all(&dir)?;
    Ok(dir)
}

/// Makes the folder `dir` with these files in it, unless it is there already. Whoever else does
/// the same at the same time ends up with the same folder.
pub fn publish_dir(dir: &Path, files: &[(&str, &[u8])]) -> io::Result<()> {
    let complete = |(name, bytes): &(&str, &[u8])| {
        fs::metadata(dir.join(name)).is_ok_and(|found| found.len() == bytes.len() as u64)
    };
    if files.iter().all(complete) {
        return Ok(());
    }
    let parent = dir.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(parent)?;
    let building = tempfile::Builder::new()
        .prefix(".building-")
        .tempdir_in(parent)?;
    for (name, bytes) in files {
        fs::write(building.path().join(name), bytes)?;
    }
    // A damaged folder of that name cannot be renamed over; one from another run is as good.
    if dir.is_dir() && !files.iter().all(complete) {
        fs::remove_dir_all(dir)?;
    }
    match fs::rename(building.path(), dir) {
        Ok(()) => {
            let _moved_away = building.keep();
            Ok(())
        }
        Err(_) if files.iter().all(complete) => Ok(()),
        Err(error) => Err(error),
    }
}
