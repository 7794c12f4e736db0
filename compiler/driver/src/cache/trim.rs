//! Keeps the cache small: what was not used for longest goes first.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// Folders that `gos` makes in its cache. Nothing else there is touched: `GOS_CACHE_DIR` may name a
/// folder that holds more.
pub(crate) const FOLDERS: [&str; 8] = [
    "answers", "git", "kits", "linkers", "objects", "programs", "run", "units",
];

/// Its time is that of the last look through the cache.
pub(crate) const TRIM_MARK: &str = "trimmed";

/// Those that grow with every program, each with its bound in bytes.
const BOUNDED: [(&str, u64); 3] = [
    ("answers", 16 << 20),
    ("programs", 1 << 30),
    ("units", 1 << 30),
];

/// A file counts as used at most so often, since noting it is a write.
const MARK_EVERY: Duration = Duration::from_secs(6 * 60 * 60);

/// Looking through the cache takes longer than building a small program.
const TRIM_EVERY: Duration = Duration::from_secs(60 * 60);

/// Notes that a file was used. Failing to changes nothing but what goes first.
pub(super) fn mark_used(path: &Path) {
    let now = SystemTime::now();
    let modified = fs::metadata(path).and_then(|found| found.modified());
    let is_recent =
        modified.is_ok_and(|then| now.duration_since(then).is_ok_and(|age| age < MARK_EVERY));
    if !is_recent && let Ok(file) = File::options().append(true).open(path) {
        let _ = file.set_modified(now);
    }
}

/// Removes what is beyond the bounds, once in a while. Another `gos` that is about to use what is
/// removed builds it again.
pub(crate) fn trim(cache: &Path) {
    let mark = cache.join(TRIM_MARK);
    let modified = fs::metadata(&mark).and_then(|found| found.modified());
    if modified.is_ok_and(|then| then.elapsed().is_ok_and(|age| age < TRIM_EVERY)) {
        return;
    }
    // A cache that cannot be written to does not grow.
    if File::create(&mark).is_err() {
        return;
    }
    for (name, bound) in BOUNDED {
        trim_folder(&cache.join(name), bound);
    }
}

fn trim_folder(folder: &Path, bound: u64) {
    let mut files = Vec::new();
    collect(folder, &mut files);
    files.sort_by_key(|(used, ..)| std::cmp::Reverse(*used));
    let mut total = 0u64;
    for (_, bytes, path) in files {
        total = total.saturating_add(bytes);
        if total > bound {
            let _ = fs::remove_file(&path);
            // Only an empty folder goes.
            let _ = path
                .parent()
                .filter(|parent| *parent != folder)
                .map(fs::remove_dir);
        }
    }
}

fn collect(folder: &Path, files: &mut Vec<(SystemTime, u64, PathBuf)>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let Ok(found) = entry.metadata() else {
            continue;
        };
        if found.is_dir() {
            collect(&entry.path(), files);
        } else if let Ok(modified) = found.modified() {
            files.push((modified, found.len(), entry.path()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_go_first() {
        let cache = tempfile::tempdir().unwrap();
        let folder = cache.path().join("programs");
        for (index, name) in ["old", "middle", "new"].into_iter().enumerate() {
            let path = folder.join(name).join("program");
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, [0; 100]).unwrap();
            let used = SystemTime::UNIX_EPOCH + Duration::from_secs(1000 * index as u64);
            File::options()
                .append(true)
                .open(&path)
                .unwrap()
                .set_modified(used)
                .unwrap();
        }
        trim_folder(&folder, 250);
        let left = |name: &str| folder.join(name).exists();
        assert_eq!(
            [left("old"), left("middle"), left("new")],
            [false, true, true]
        );
    }
}
