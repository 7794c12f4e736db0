//! What comes out of a build depends on the source alone: not on where, when, by whom, in which
//! language, on how many processors it is built, nor on what is kept from before.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const TARGETS: [&str; 7] = [
    "x86_64-unknown-linux-musl",
    "aarch64-unknown-linux-musl",
    "x86_64-unknown-linux-gnu",
    "aarch64-unknown-linux-gnu",
    "aarch64-apple-darwin",
    "x86_64-apple-darwin",
    "x86_64-pc-windows-msvc",
];

/// A project with a module and a dependency beside it, as long as each has code of its own.
fn project(folder: &Path) -> PathBuf {
    let files = [
        (
            "shop/project.toml",
            "[project]\nid = \"example.com/shop\"\n\n[dependencies]\n\"example.com/sums\" = { path = \"../sums\" }\n",
        ),
        (
            "shop/src/main.gos",
            "use \"example.com/sums\" as sums\n\nfn main() {\n    let items = vec![cart::Item { name: \"tea\", \
             price: 2.5 }]\n    for item in items {\n        println!(\"{} {}\", item.name, \
             item.price)\n    }\n    println!(\"{}\", sums::total(&[cart::first(&items), 1.5]))\n}\n",
        ),
        (
            "shop/src/cart.gos",
            "pub struct Item { pub name: String, pub price: f64 }\n\n\
             pub fn first(items: &[Item]) -> f64 { items[0].price }\n",
        ),
        (
            "sums/project.toml",
            "[project]\nid = \"example.com/sums\"\n",
        ),
        (
            "sums/src/lib.gos",
            "pub fn total(xs: &[f64]) -> f64 { xs.iter().map(|x| *x).sum() }\n",
        ),
    ];
    for (name, text) in files {
        write(&folder.join(name), text);
    }
    folder.join("shop")
}

fn service(folder: &Path) -> PathBuf {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/service");
    for name in ["project.toml", "src/main.gos", "src/routes.gos"] {
        write(
            &folder.join(name),
            &fs::read_to_string(from.join(name)).unwrap(),
        );
    }
    folder.to_owned()
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// One way to build.
struct Way<'a> {
    folder: &'a Path,
    cache: PathBuf,
    /// The root file or project, as the command names it.
    named: &'a str,
    elsewhere: bool,
}

impl Way<'_> {
    fn build(&self, args: &[&str]) -> Vec<u8> {
        // Under one name each time: programs for Macs are signed with it.
        let out = self.cache.with_extension("out").join("program");
        // Whole programs are kept too, and would prove nothing.
        let _ = fs::remove_dir_all(self.cache.join("answers"));
        let mut command = Command::new(env!("CARGO_BIN_EXE_gos"));
        command
            .args(["build", self.named, "-o"])
            .arg(&out)
            .args(args);
        command
            .current_dir(self.folder)
            .env("GOS_CACHE_DIR", &self.cache);
        if self.elsewhere {
            command
                .env("LC_ALL", "de_DE.UTF-8")
                .env("TZ", "Asia/Tokyo")
                .env("HOME", "/nonexistent")
                .env("USER", "somebody")
                .env("SOURCE_DATE_EPOCH", "12345");
            circumstances(&mut command);
        }
        let output = command.output().unwrap();
        assert!(output.status.success(), "{args:?}: {}", stderr(&output));
        fs::read(&out).unwrap()
    }
}

/// One processor, and files that nobody else may read.
fn circumstances(command: &mut Command) {
    let limit = || {
        // SAFETY: a set of processors is plain bits, for which zero is a value; the calls get its
        // true size, and nothing allocates between fork and exec.
        unsafe {
            libc::umask(0o077);
            let mut set: libc::cpu_set_t = std::mem::zeroed();
            libc::sched_getaffinity(0, size_of_val(&set), &raw mut set);
            let first = (0..8 * size_of_val(&set)).find(|cpu| libc::CPU_ISSET(*cpu, &set));
            libc::CPU_ZERO(&mut set);
            libc::CPU_SET(first.unwrap(), &mut set);
            match libc::sched_setaffinity(0, size_of_val(&set), &raw const set) {
                0 => Ok(()),
                _ => Err(std::io::Error::last_os_error()),
            }
        }
    };
    // SAFETY: the closure makes system calls on memory of its own.
    unsafe {
        command.pre_exec(limit);
    }
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Builds what `make` writes for every target, in two places and with objects kept from before.
fn check(make: fn(&Path) -> PathBuf) {
    let scratch = tempfile::tempdir().unwrap();
    let here = make(&scratch.path().join("here"));
    let there = make(&scratch.path().join("another folder/deep/inside"));
    let long = there.join("src/main.gos");
    let way = |folder, cache, named, elsewhere| Way {
        folder,
        cache: scratch.path().join(cache),
        named,
        elsewhere,
    };
    let ways = [
        way(&here, "one", "src/main.gos", false),
        way(scratch.path(), "two", long.to_str().unwrap(), true),
        way(&here, "one", ".", false),
    ];
    for target in TARGETS {
        for further in [&[][..], &["--release"]] {
            let args = [&["--target", target], further].concat();
            let builds = ways.each_ref().map(|way| way.build(&args));
            let [first, second, warm] = &builds;
            assert!(first == second, "{args:?}: differs elsewhere");
            assert!(
                first == warm,
                "{args:?}: differs with objects kept from before"
            );
            let place = scratch.path().to_str().unwrap().as_bytes();
            let leaks = first.windows(place.len()).any(|bytes| bytes == place);
            assert!(
                !leaks,
                "{args:?}: the executable names the folder it was built in"
            );
        }
    }
}

#[test]
fn the_same_project_gives_the_same_bytes() {
    check(project);
}

#[test]
fn the_same_service_gives_the_same_bytes() {
    check(service);
}

fn check_reproducible(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_gos"))
        .args(["build", "--check-reproducible"])
        .args(args)
        .current_dir(folder)
        .env("GOS_CACHE_DIR", folder.join("cache"))
        .output()
        .unwrap()
}

#[test]
fn gos_checks_it_itself() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = project(scratch.path());
    for further in [
        &[][..],
        &["--release", "--strip", "--emit=obj"],
        &["--emit=llvm-ir"],
    ] {
        let args = [&["-o", "out/program"][..], further].concat();
        let output = check_reproducible(&folder, &args);
        assert!(output.status.success(), "{args:?}: {}", stderr(&output));
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let bytes = fs::metadata(folder.join("out/program")).unwrap().len();
        let expected = format!("reproducible: two builds gave the same {bytes} bytes\n");
        assert_eq!(said, expected);
    }
    let names = fs::read_dir(folder.join("out")).unwrap();
    assert_eq!(names.count(), 1, "nothing else is left behind");
}

/// A linker that leaves chance in the file.
#[test]
fn what_differs_is_named() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = project(scratch.path());
    let linker = folder.join("linker");
    fs::write(&linker, "#!/bin/sh\nexec cc \"$@\" -Wl,--build-id=uuid\n").unwrap();
    fs::set_permissions(&linker, fs::Permissions::from_mode(0o755)).unwrap();
    let args = [
        "--linker", "./linker", "-o", "program", "--target", TARGETS[2],
    ];
    let output = check_reproducible(&folder, &args);
    let text = stderr(&output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("differ, first at byte 0x"), "{text}");
    assert!(text.contains("section .note.gnu.build-id"), "{text}");
    assert!(!folder.join("program").exists());
}

/// A program that holds something of its surroundings.
#[test]
fn a_text_of_the_environment_is_a_difference() {
    let scratch = tempfile::tempdir().unwrap();
    let program = "fn main() {\n    println(env!(\"HOME\"))\n}\n";
    write(&scratch.path().join("home.gos"), program);
    let output = check_reproducible(scratch.path(), &["home.gos"]);
    let text = stderr(&output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("differ, first at byte 0x"), "{text}");
}

#[test]
fn an_error_is_told_once() {
    let scratch = tempfile::tempdir().unwrap();
    write(
        &scratch.path().join("wrong.gos"),
        "fn main() {\n    nothing()\n}\n",
    );
    let output = check_reproducible(scratch.path(), &["wrong.gos"]);
    let text = stderr(&output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert_eq!(
        text.matches("nothing").count(),
        2,
        "the message and its line: {text}"
    );
    assert!(text.contains("wrong.gos:2"), "{text}");
}
