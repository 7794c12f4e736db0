//! Where results go: a file appears complete or not at all; what is no file, such as `/dev/null` or
//! a pipe, is written to and never replaced.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::Path;

/// Whether there is something at the path, or behind a link there, that is neither file nor folder.
#[must_use]
pub fn is_special(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir())
}

/// Gives a finished file its place.
pub(crate) fn put(finished: &Path, output: &Path) -> io::Result<()> {
    if is_special(output) {
        let mut to = OpenOptions::new().write(true).open(output)?;
        return io::copy(&mut File::open(finished)?, &mut to).map(drop);
    }
    fs::rename(finished, output)
}
