//! Files and paths: thin calls of the system.
//! Keeps: results are counts or descriptors, or `-errno` with Linux's numbers; new descriptors are
//! close-on-exec. Never: buffers. Read next: `crate::net` for descriptors that a poller waits for.

use crate::os::numbers::error_number;

/// What `gos_rt_path_op` does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(i64)]
pub enum PathOperation {
    /// Removes a file.
    Unlink = 0,
    /// Makes a folder.
    MakeFolder = 1,
    /// Removes an empty folder.
    RemoveFolder = 2,
    /// Renames the first path to the second.
    Rename = 3,
    /// 1 when something is there.
    Exists = 4,
    /// 1 when a folder is there.
    IsFolder = 5,
}

impl PathOperation {
    /// The operation with this number.
    #[must_use]
    pub fn from_number(number: i64) -> Option<PathOperation> {
        use PathOperation::{Exists, IsFolder, MakeFolder, RemoveFolder, Rename, Unlink};
        let all = [Unlink, MakeFolder, RemoveFolder, Rename, Exists, IsFolder];
        all.into_iter()
            .find(|&operation| operation as i64 == number)
    }
}

/// Does `operation` with a path, and with another one for `Rename`.
#[must_use]
pub fn path_operation(operation: PathOperation, path: &str, other: &str) -> i64 {
    use std::fs;
    let done = match operation {
        PathOperation::Unlink => fs::remove_file(path),
        PathOperation::MakeFolder => fs::create_dir(path),
        PathOperation::RemoveFolder => fs::remove_dir(path),
        PathOperation::Rename => fs::rename(path, other),
        PathOperation::Exists => return i64::from(fs::symlink_metadata(path).is_ok()),
        PathOperation::IsFolder => {
            return i64::from(fs::metadata(path).is_ok_and(|found| found.is_dir()));
        }
    };
    done.map_or_else(|error| -error_number(&error), |()| 0)
}

#[cfg(unix)]
pub use unix::{error_text, open, seek, size};

#[cfg(unix)]
mod unix {
    use crate::os::numbers::{last_error, native_error};
    use std::ffi::CString;

    /// The text of an error number, as the system words it.
    #[must_use]
    pub fn error_text(number: i64) -> String {
        let number = i32::try_from(number.unsigned_abs()).unwrap_or(0);
        let text = std::io::Error::from_raw_os_error(native_error(number)).to_string();
        // Rust adds " (os error 2)", which means nothing to the program's user.
        match text.rfind(" (os error") {
            Some(end) => text[..end].to_owned(),
            None => text,
        }
    }

    fn result(value: i64) -> i64 {
        if value < 0 { last_error() } else { value }
    }

    /// Linux's flags in this system's numbers.
    fn native_flags(flags: i64) -> i32 {
        let pairs = [
            (0o1, libc::O_WRONLY),
            (0o2, libc::O_RDWR),
            (0o100, libc::O_CREAT),
            (0o200, libc::O_EXCL),
            (0o1000, libc::O_TRUNC),
            (0o2000, libc::O_APPEND),
        ];
        let given = pairs.iter().filter(|(linux, _)| flags & linux != 0);
        given.fold(libc::O_CLOEXEC, |all, (_, native)| all | native)
    }

    /// Opens a file with Linux's flags.
    #[must_use]
    pub fn open(path: &str, flags: i64, mode: i64) -> i64 {
        let Ok(path) = CString::new(path) else {
            return -i64::from(libc::EINVAL);
        };
        loop {
            // SAFETY: the path ends with a zero byte.
            let opened =
                unsafe { libc::open(path.as_ptr(), native_flags(flags), mode as libc::c_uint) };
            let opened = result(i64::from(opened));
            if opened != -i64::from(libc::EINTR) {
                return opened;
            }
        }
    }

    /// Moves a file's position: whence 0 from the beginning, 1 from here, 2 from the end.
    #[must_use]
    pub fn seek(descriptor: i32, offset: i64, whence: i64) -> i64 {
        let whence = match whence {
            0 => libc::SEEK_SET,
            1 => libc::SEEK_CUR,
            2 => libc::SEEK_END,
            _ => return -i64::from(libc::EINVAL),
        };
        // SAFETY: no memory is involved.
        result(unsafe { libc::lseek(descriptor, offset, whence) })
    }

    /// Bytes of a file.
    #[must_use]
    pub fn size(descriptor: i32) -> i64 {
        // SAFETY: zeros are a valid `stat`, which the call fills in.
        unsafe {
            let mut stat: libc::stat = std::mem::zeroed();
            match result(i64::from(libc::fstat(descriptor, &mut stat))) {
                0 => stat.st_size,
                error => error,
            }
        }
    }
}

#[cfg(windows)]
#[path = "file_windows.rs"]
mod windows;
#[cfg(windows)]
pub use windows::{error_text, open, seek, size};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_measures_and_removes() {
        let folder = std::env::temp_dir().join(format!("gos_rt_file_{}", std::process::id()));
        let folder = folder.to_str().unwrap();
        let file = format!("{folder}/a");
        let other = format!("{folder}/b");
        use PathOperation::{Exists, IsFolder, MakeFolder, RemoveFolder, Rename, Unlink};
        assert_eq!(path_operation(MakeFolder, folder, ""), 0);
        assert_eq!(path_operation(MakeFolder, folder, ""), -17);
        assert_eq!(path_operation(IsFolder, folder, ""), 1);
        assert_eq!(open(&file, 0, 0), -2);
        let descriptor = open(&file, 0o1 | 0o100 | 0o1000, 0o644);
        assert!(descriptor > 2);
        let descriptor = descriptor as i32;
        assert!(crate::io::raw::write_all(descriptor, b"hello"));
        assert_eq!(size(descriptor), 5);
        assert_eq!(seek(descriptor, -2, 2), 3);
        assert_eq!(seek(descriptor, 0, 9), -22);
        // SAFETY: opened above.
        unsafe { libc::close(descriptor) };
        assert_eq!(size(descriptor), -9);
        assert_eq!(path_operation(Rename, &file, &other), 0);
        assert_eq!(path_operation(Exists, &file, ""), 0);
        assert_eq!(path_operation(Exists, &other, ""), 1);
        assert_eq!(path_operation(IsFolder, &other, ""), 0);
        assert_eq!(path_operation(Unlink, &other, ""), 0);
        assert_eq!(path_operation(RemoveFolder, folder, ""), 0);
        assert_eq!(path_operation(Unlink, "a\0b", ""), -22);
        assert_eq!(error_text(2), "No such file or directory");
        assert_eq!(error_text(-2), "No such file or directory");
        assert_eq!(PathOperation::from_number(6), None);
    }
}
