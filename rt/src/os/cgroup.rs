//! What the control groups of this process say. Its own and all groups above it count, since a
//! parent's limit may be tighter.
//! Never: fails; what cannot be read says nothing.

#[cfg(target_os = "linux")]
use super::kernel_file::read;

/// Calls `visit` with the text of the group's files: `v2` of version 2, `v1` of version 1, where
/// `controller` has a folder of its own.
#[cfg(target_os = "linux")]
pub fn visit(controller: &str, v2: &str, v1: &str, visit: &mut dyn FnMut(&str)) {
    let own = read(&["/proc/self/cgroup"]);
    visit_below("/sys/fs/cgroup/", &own, controller, v2, v1, visit);
}

#[cfg(target_os = "linux")]
fn visit_below(
    mount: &str,
    own: &str,
    controller: &str,
    v2: &str,
    v1: &str,
    visit: &mut dyn FnMut(&str),
) {
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
            let text = read(&[mount, root, path, "/", file]);
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

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use std::fs;

    /// Files as the kernel has them: the tightest limit is that of a group in between.
    #[test]
    fn all_groups_above_count_in_both_versions() {
        let root = std::env::temp_dir().join(format!("gos-cgroup-{}", std::process::id()));
        let files = [
            ("a/memory.max", "200\n"),
            ("a/b/memory.max", "100\n"),
            ("a/b/c/memory.max", "max\n"),
            ("memory/x/memory.limit_in_bytes", "50\n"),
        ];
        for (path, text) in files {
            let file = root.join(path);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }
        let mount = format!("{}/", root.display());
        let seen = |own: &str| {
            let mut texts = Vec::new();
            visit_below(
                &mount,
                own,
                "memory",
                "memory.max",
                "memory.limit_in_bytes",
                &mut |text| {
                    texts.extend(text.lines().map(str::to_owned));
                },
            );
            texts
        };
        assert_eq!(seen("0::/a/b/c\n"), ["max", "100", "200"]);
        assert_eq!(seen("5:cpu:/x\n4:memory:/x\n"), ["50"]);
        assert_eq!(seen("0::/nowhere\nnonsense\n"), [""; 0]);
        fs::remove_dir_all(root).unwrap();
    }
}
