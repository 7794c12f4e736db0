//! Files on Windows: opened with Linux's flags, by names in UTF-8.

use std::fs::OpenOptions;
use std::os::windows::io::IntoRawHandle;

use crate::os::numbers::{error_number, last_error};
use crate::os::windows::{GetFileSizeEx, SetFilePointerEx, handle_of, number_of};

const INVALID: i64 = 22;

/// Opens a file with Linux's flags; the mode means nothing here.
#[must_use]
pub fn open(path: &str, flags: i64, _mode: i64) -> i64 {
    // The name that programs know it by.
    let path = if path == "/dev/null" { "NUL" } else { path };
    let (writes, both) = (flags & 0o1 != 0, flags & 0o2 != 0);
    let has = |flag: i64| flags & flag != 0;
    let mut options = OpenOptions::new();
    options.read(!writes || both).write(writes || both);
    if writes || both {
        options.append(has(0o2000));
        options.truncate(has(0o1000) && !has(0o2000));
        options
            .create(has(0o100))
            .create_new(has(0o100) && has(0o200));
    }
    match options.open(path) {
        Ok(file) => i64::from(number_of(file.into_raw_handle())),
        Err(error) => -error_number(&error),
    }
}

/// Moves a file's position: whence 0 from the beginning, 1 from here, 2 from the end.
#[must_use]
pub fn seek(descriptor: i32, offset: i64, whence: i64) -> i64 {
    let Ok(from @ 0..=2) = u32::try_from(whence) else {
        return -INVALID;
    };
    let mut new = 0;
    // SAFETY: the position is ours.
    if unsafe { SetFilePointerEx(handle_of(descriptor), offset, &raw mut new, from) } == 0 {
        return last_error();
    }
    new
}

/// Bytes of a file.
#[must_use]
pub fn size(descriptor: i32) -> i64 {
    let mut bytes = 0;
    // SAFETY: the number is ours.
    if unsafe { GetFileSizeEx(handle_of(descriptor), &raw mut bytes) } == 0 {
        return last_error();
    }
    bytes
}

/// The texts of Linux's errors, which programs see: Windows' own are in the language of the user and of
/// other numbers.
const TEXTS: [(i64, &str); 58] = [
    (1, "Operation not permitted"),
    (2, "No such file or directory"),
    (3, "No such process"),
    (4, "Interrupted system call"),
    (5, "Input/output error"),
    (8, "Exec format error"),
    (9, "Bad file descriptor"),
    (10, "No child processes"),
    (11, "Resource temporarily unavailable"),
    (12, "Cannot allocate memory"),
    (13, "Permission denied"),
    (14, "Bad address"),
    (16, "Device or resource busy"),
    (17, "File exists"),
    (18, "Invalid cross-device link"),
    (19, "No such device"),
    (20, "Not a directory"),
    (21, "Is a directory"),
    (22, "Invalid argument"),
    (23, "Too many open files in system"),
    (24, "Too many open files"),
    (26, "Text file busy"),
    (27, "File too large"),
    (28, "No space left on device"),
    (29, "Illegal seek"),
    (30, "Read-only file system"),
    (32, "Broken pipe"),
    (34, "Numerical result out of range"),
    (36, "File name too long"),
    (38, "Function not implemented"),
    (39, "Directory not empty"),
    (71, "Protocol error"),
    (75, "Value too large for defined data type"),
    (88, "Socket operation on non-socket"),
    (89, "Destination address required"),
    (90, "Message too long"),
    (91, "Protocol wrong type for socket"),
    (92, "Protocol not available"),
    (93, "Protocol not supported"),
    (95, "Operation not supported"),
    (97, "Address family not supported by protocol"),
    (98, "Address already in use"),
    (99, "Cannot assign requested address"),
    (100, "Network is down"),
    (101, "Network is unreachable"),
    (102, "Network dropped connection on reset"),
    (103, "Software caused connection abort"),
    (104, "Connection reset by peer"),
    (105, "No buffer space available"),
    (106, "Transport endpoint is already connected"),
    (107, "Transport endpoint is not connected"),
    (108, "Cannot send after transport endpoint shutdown"),
    (110, "Connection timed out"),
    (111, "Connection refused"),
    (113, "No route to host"),
    (114, "Operation already in progress"),
    (115, "Operation now in progress"),
    (125, "Operation canceled"),
];

/// The text of an error number.
#[must_use]
pub fn error_text(number: i64) -> String {
    let number = number.saturating_abs();
    let found = TEXTS.iter().find(|(of, _)| *of == number);
    found.map_or_else(
        || format!("Unknown error {number}"),
        |(_, text)| (*text).to_owned(),
    )
}
