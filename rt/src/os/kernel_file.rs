//! The small files by which Linux tells about a process.
//! Never: fails; what cannot be read is empty.

/// A small file of the kernel, its path given in parts; empty if it cannot be read. The library's way
/// would bring paths and buffers into every program.
#[must_use]
pub fn read(path: &[&str]) -> String {
    let mut name = Vec::new();
    for part in path {
        name.extend_from_slice(part.as_bytes());
    }
    name.push(0);
    // SAFETY: the name ends in a zero byte.
    let file = unsafe { libc::open(name.as_ptr().cast(), libc::O_RDONLY | libc::O_CLOEXEC) };
    if file < 0 {
        return String::new();
    }
    let mut bytes = [0u8; 4096];
    let mut length = 0;
    loop {
        let rest = &mut bytes[length..];
        // SAFETY: the kernel writes at most as much as there is room for.
        let got = unsafe { libc::read(file, rest.as_mut_ptr().cast(), rest.len()) };
        match usize::try_from(got) {
            Ok(0) | Err(_) => break,
            Ok(got) => length += got,
        }
    }
    // SAFETY: opened above, closed once.
    unsafe { libc::close(file) };
    core::str::from_utf8(&bytes[..length])
        .unwrap_or_default()
        .to_owned()
}
