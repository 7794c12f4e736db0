//! What the control groups of this process say. Its own and all groups above it count, since a
//! parent's limit may be tighter.
//! Never: fails; what cannot be read says nothing.

/// Calls `visit` with the text of the group's files: `v2` of version 2, `v1` of version 1, where
/// `controller` has a folder of its own.
#[cfg(target_os = "linux")]
pub fn visit(controller: &str, v2: &str, v1: &str, visit: &mut dyn FnMut(&str)) {
    let own = read("/proc/self/cgroup");
    for line in own.lines() {
        // Version 2 is `0::/path`, version 1 `4:memory:/path`.
        let mut parts = line.splitn(3, ':');
        let (_, controllers, path) = (parts.next(), parts.next(), parts.next().unwrap_or(""));
        let (root, file) = match controllers {
            Some("") => ("", v2),
            Some(names) if names.split(',').any(|name| name == controller) => (controller, v1),
            _ => continue,
        };
        let mut path = path.trim_end_matches('/');
        loop {
            // Each part begins with a slash; twice is once.
            let text = read(&["/sys/fs/cgroup/", root, path, "/", file].concat());
            visit(&text);
            match path.rfind('/') {
                Some(end) => path = &path[..end],
                None => break,
            }
        }
    }
}

/// Other systems have no control groups.
#[cfg(not(target_os = "linux"))]
pub fn visit(_controller: &str, _v2: &str, _v1: &str, _visit: &mut dyn FnMut(&str)) {}

/// A small file of the kernel; empty if it cannot be read. The library's way would bring paths and
/// buffers into every program.
#[cfg(target_os = "linux")]
fn read(path: &str) -> String {
    let name = [path, "\0"].concat();
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
