//! `gos clean`

use std::fs;
use std::io::ErrorKind;

use gos_toolchains::cache_dir;

use crate::cache::{FOLDERS, TRIM_MARK};
use crate::failure::{Failure, plain};

/// Removes what `gos` keeps between runs.
pub(crate) fn execute() -> Result<(), Failure> {
    let cache = cache_dir().map_err(|error| {
        Failure::Failed(format!("cannot use the cache folder: {}", plain(&error)))
    })?;
    for folder in FOLDERS.map(|name| cache.join(name)) {
        match fs::remove_dir_all(&folder) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                return Err(Failure::io("remove", &folder, &error));
            }
            _ => {}
        }
    }
    let _ = fs::remove_file(cache.join(TRIM_MARK));
    println!("removed what gos kept in {}", cache.display());
    Ok(())
}
