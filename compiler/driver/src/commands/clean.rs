//! `gos clean`

use std::fs;
use std::io::ErrorKind;

use gos_toolchains::cache_dir;

use crate::failure::{Failure, plain};

/// Folders that `gos` makes in its cache. Nothing else there is touched: `GOS_CACHE_DIR` may name a
/// folder that holds more.
const FOLDERS: [&str; 3] = ["kits", "objects", "run"];

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
    println!("removed what gos kept in {}", cache.display());
    Ok(())
}
