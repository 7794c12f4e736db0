//! Large programs are compiled in units: the same bytes on any number of processors, with units
//! kept from before or none, and a change costs the units that it touches.

use std::fs;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;

/// A program of several units.
fn source(changed: bool) -> String {
    let mut text = String::new();
    for index in 0..240 {
        let more = if changed && index == 120 { 1000 } else { index };
        text += &format!(
            "fn f{index}(a: i64) -> i64 {{\n    let mut s = a\n    for i in 0..{} {{\n        \
             s = s * 3 + i\n        if s > 100 {{\n            s = s % 100\n        }}\n    }}\n    \
             s + {more}\n}}\n",
            index % 7 + 1
        );
    }
    text += "fn main() {\n    let mut s = 0\n";
    (0..240).for_each(|index| text += &format!("    s += f{index}(s % 10)\n"));
    text + "    println(s)\n}\n"
}

/// Builds `main.gos` in the folder from nothing or from kept units, not as a whole from the cache. Gives
/// the executable's bytes.
fn build(folder: &Path, cache: &str, one_processor: bool) -> Vec<u8> {
    let _ = fs::remove_dir_all(folder.join(cache).join("answers"));
    let mut command = Command::new(env!("CARGO_BIN_EXE_gos"));
    command
        .args(["build", "main.gos", "-o", "out", "--target"])
        .arg("x86_64-unknown-linux-musl")
        .current_dir(folder)
        .env("GOS_CACHE_DIR", folder.join(cache))
        .env_remove("GOS_LIBRARY_DIR")
        .env_remove("GOS_KIT_DIR");
    if one_processor {
        // SAFETY: between fork and exec only a system call is made, on memory of its own.
        unsafe {
            command.pre_exec(|| {
                let mut set: libc::cpu_set_t = std::mem::zeroed();
                libc::CPU_SET(0, &mut set);
                match libc::sched_setaffinity(0, size_of_val(&set), &raw const set) {
                    0 => Ok(()),
                    _ => Err(std::io::Error::last_os_error()),
                }
            });
        }
    }
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{text}");
    fs::read(folder.join("out")).unwrap()
}

fn units(folder: &Path, cache: &str) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(folder.join(cache).join("units")).unwrap();
    entries.map(|entry| entry.unwrap().path()).collect()
}

#[test]
fn the_same_bytes_whatever_helps() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path();
    fs::write(folder.join("main.gos"), source(false)).unwrap();
    let many = build(folder, "a", false);
    let one = build(folder, "b", true);
    assert!(many == one, "processors must not change the bytes");
    let kept = build(folder, "a", false);
    assert!(many == kept, "nor must units from before");
    let ran = Command::new(folder.join("out")).output().unwrap();
    assert!(ran.status.success());

    let before = units(folder, "a").len();
    assert!(before > 2, "several units: {before}");
    fs::write(folder.join("main.gos"), source(true)).unwrap();
    let changed = build(folder, "a", false);
    let made = units(folder, "a").len() - before;
    assert!(
        (1..=2).contains(&made),
        "{made} of {before} units were made anew"
    );
    assert!(
        changed == build(folder, "c", false),
        "the same as from nothing"
    );

    for unit in units(folder, "a") {
        let mut bytes = fs::read(&unit).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::write(&unit, bytes).unwrap();
    }
    assert!(
        changed == build(folder, "a", false),
        "damaged units are made anew"
    );
}
