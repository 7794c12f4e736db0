//! Plans against their golden files, discovery on invented machines, and the facts of the targets.
//! `GOS_BLESS=1` rewrites the golden files.

use std::collections::HashMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use crate::target::{Format, Libc, Target};
use crate::{
    Host, KitFiles, LinkError, LinkRequest, Linker, LinkerChoice, Strip, discover, plan,
    publish_dir,
};

/// A machine with these programs on its search path.
struct Machine {
    triple: &'static str,
    programs: &'static [&'static str],
    env: HashMap<&'static str, &'static str>,
    lld: bool,
    mac: bool,
}

impl Machine {
    fn linux(programs: &'static [&'static str]) -> Self {
        Self {
            triple: "x86_64-unknown-linux-gnu",
            programs,
            env: HashMap::new(),
            lld: true,
            mac: false,
        }
    }

    /// A Mac, for which this `gos` has no linker inside.
    fn mac(programs: &'static [&'static str]) -> Self {
        Self {
            triple: "aarch64-apple-darwin",
            lld: false,
            mac: true,
            ..Self::linux(programs)
        }
    }
}

impl Host for Machine {
    fn find_program(&self, name: &str) -> Option<PathBuf> {
        let path = if name.starts_with('/') {
            name.to_owned()
        } else {
            format!("/usr/bin/{name}")
        };
        self.programs
            .iter()
            .any(|program| *program == path)
            .then(|| PathBuf::from(path))
    }

    fn env(&self, name: &str) -> Option<OsString> {
        self.env.get(name).map(OsString::from)
    }

    fn triple(&self) -> &str {
        self.triple
    }

    fn is_mac(&self) -> bool {
        self.mac
    }

    fn has_built_in_lld(&self) -> bool {
        self.lld
    }
}

fn found(triple: &str, machine: &Machine) -> Option<Linker> {
    let target = Target::find(triple).unwrap();
    discover(target, &LinkerChoice::default(), machine)
        .unwrap()
        .linker
}

fn compiler(path: &str, clang: bool, lld: bool) -> Linker {
    Linker::Compiler {
        path: PathBuf::from(path),
        clang,
        lld,
    }
}

#[test]
fn targets_are_complete() {
    for target in Target::all() {
        assert!(target.triple.starts_with(&target.arch), "{}", target.triple);
        assert_eq!(target.pointer_bytes, 8);
        assert!(!target.note.is_empty() && !target.emulation.is_empty() && !target.cpu.is_empty());
    }
    assert!(
        Target::all()
            .iter()
            .any(|target| target.triple == Target::host().triple)
    );
}

#[test]
fn unknown_target_suggests_the_nearest() {
    let suggestion = |name: &str| Target::find(name).unwrap_err().suggestion;
    let musl = Some("x86_64-unknown-linux-musl".to_owned());
    assert_eq!(suggestion("x86_64-linux-musl"), musl);
    assert_eq!(suggestion("x86_64-unknown-linux-mulsl"), musl);
    assert_eq!(
        suggestion("arm64-linux-gnu"),
        Some("aarch64-unknown-linux-gnu".to_owned())
    );
    assert_eq!(suggestion("toaster"), None);
}

#[test]
fn musl_uses_the_built_in_linker() {
    let machine = Machine::linux(&["/usr/bin/cc"]);
    assert_eq!(
        found("x86_64-unknown-linux-musl", &machine),
        Some(Linker::BuiltIn)
    );
}

#[test]
fn musl_without_the_built_in_linker_falls_back() {
    let mut machine = Machine::linux(&["/usr/bin/ld.lld"]);
    machine.lld = false;
    let ld = Linker::Ld(PathBuf::from("/usr/bin/ld.lld"));
    assert_eq!(found("x86_64-unknown-linux-musl", &machine), Some(ld));
}

#[test]
fn host_prefers_clang_with_lld_then_its_gcc_then_cc() {
    let gnu = "x86_64-unknown-linux-gnu";
    let machine = Machine::linux(&["/usr/bin/clang", "/usr/bin/ld.lld", "/usr/bin/cc"]);
    assert_eq!(
        found(gnu, &machine),
        Some(compiler("/usr/bin/clang", true, true))
    );
    let machine = Machine::linux(&["/usr/bin/clang", "/usr/bin/x86_64-linux-gnu-gcc"]);
    assert_eq!(
        found(gnu, &machine),
        Some(compiler("/usr/bin/x86_64-linux-gnu-gcc", false, false))
    );
    let machine = Machine::linux(&["/usr/bin/cc"]);
    assert_eq!(
        found(gnu, &machine),
        Some(compiler("/usr/bin/cc", false, false))
    );
}

#[test]
fn another_glibc_needs_its_cross_compiler() {
    let machine = Machine::linux(&["/usr/bin/clang", "/usr/bin/ld.lld", "/usr/bin/cc"]);
    assert_eq!(found("aarch64-unknown-linux-gnu", &machine), None);
    let machine = Machine::linux(&["/usr/bin/aarch64-linux-gnu-gcc"]);
    let gcc = compiler("/usr/bin/aarch64-linux-gnu-gcc", false, false);
    assert_eq!(found("aarch64-unknown-linux-gnu", &machine), Some(gcc));
}

#[test]
fn homebrew_is_searched_off_the_path() {
    let musl = "x86_64-unknown-linux-musl";
    let machine = Machine::mac(&["/opt/homebrew/bin/x86_64-linux-musl-gcc"]);
    let gcc = compiler("/opt/homebrew/bin/x86_64-linux-musl-gcc", false, false);
    assert_eq!(found(musl, &machine), Some(gcc));
    let mut machine = Machine::linux(&["/brew/bin/aarch64-linux-gnu-gcc"]);
    let gnu = "aarch64-unknown-linux-gnu";
    assert_eq!(found(gnu, &machine), None);
    machine.env.insert("HOMEBREW_PREFIX", "/brew");
    let gcc = compiler("/brew/bin/aarch64-linux-gnu-gcc", false, false);
    assert_eq!(found(gnu, &machine), Some(gcc));
}

#[test]
fn macs_are_linked_for_by_lld_then_by_their_own_compiler() {
    for triple in ["aarch64-apple-darwin", "x86_64-apple-darwin"] {
        assert_eq!(
            found(triple, &Machine::linux(&[])),
            Some(Linker::BuiltIn),
            "{triple}"
        );
        let mut machine = Machine::linux(&["/usr/bin/ld.lld", "/usr/bin/clang", "/usr/bin/cc"]);
        machine.lld = false;
        assert_eq!(found(triple, &machine), None, "{triple}");
        machine.programs = &["/usr/bin/ld64.lld"];
        let ld = Linker::Ld(PathBuf::from("/usr/bin/ld64.lld"));
        assert_eq!(found(triple, &machine), Some(ld), "{triple}");
        let machine = Machine::mac(&["/usr/bin/clang", "/usr/bin/cc"]);
        let clang = compiler("/usr/bin/clang", true, false);
        assert_eq!(found(triple, &machine), Some(clang), "{triple}");
    }
}

#[test]
fn windows_is_linked_for_by_lld_alone_or_behind_clang() {
    let triple = "x86_64-pc-windows-msvc";
    assert_eq!(found(triple, &Machine::linux(&[])), Some(Linker::BuiltIn));
    let mut machine = Machine::linux(&["/usr/bin/ld.lld", "/usr/bin/clang", "/usr/bin/cc"]);
    machine.lld = false;
    assert_eq!(found(triple, &machine), None);
    machine.programs = &["/usr/bin/lld-link", "/usr/bin/clang"];
    let lld = Linker::Ld(PathBuf::from("/usr/bin/lld-link"));
    assert_eq!(found(triple, &machine), Some(lld));
    machine.programs = &["/usr/bin/clang", "/usr/lib/llvm/bin/lld-link"];
    assert_eq!(found(triple, &machine), None, "not beside that clang");
    let machine = Machine::mac(&["/opt/homebrew/opt/lld/bin/lld-link"]);
    let lld = Linker::Ld(PathBuf::from("/opt/homebrew/opt/lld/bin/lld-link"));
    assert_eq!(found(triple, &machine), Some(lld));
}

#[test]
fn zig_links_where_nothing_else_does() {
    let zig = |path: &str| Some(Linker::Zig(PathBuf::from(path)));
    let gnu = "aarch64-unknown-linux-gnu";
    let machine = Machine::linux(&["/usr/bin/zig", "/usr/bin/cc"]);
    assert_eq!(found(gnu, &machine), zig("/usr/bin/zig"));
    let machine = Machine::linux(&["/usr/bin/python-zig"]);
    assert_eq!(found(gnu, &machine), zig("/usr/bin/python-zig"));
    let machine = Machine::linux(&["/usr/bin/zig", "/usr/bin/aarch64-linux-gnu-gcc"]);
    let gcc = compiler("/usr/bin/aarch64-linux-gnu-gcc", false, false);
    assert_eq!(found(gnu, &machine), Some(gcc));
    let machine = Machine::mac(&["/opt/homebrew/bin/zig"]);
    for target in Target::all() {
        let linker = found(&target.triple, &machine);
        assert_eq!(linker, zig("/opt/homebrew/bin/zig"), "{}", target.triple);
    }
}

/// What discovery finds on machines of many kinds, with all that it looked at.
#[test]
fn machines_match_their_golden_files() {
    let machines = [
        ("bare-linux", Machine::linux(&[])),
        (
            "debian",
            Machine::linux(&[
                "/usr/bin/cc",
                "/usr/bin/gcc",
                "/usr/bin/x86_64-linux-gnu-gcc",
            ]),
        ),
        (
            "debian-cross",
            Machine::linux(&["/usr/bin/cc", "/usr/bin/aarch64-linux-gnu-gcc"]),
        ),
        (
            "clang-and-lld",
            Machine::linux(&["/usr/bin/clang-20", "/usr/bin/ld.lld", "/usr/bin/cc"]),
        ),
        (
            "alpine",
            Machine {
                triple: "x86_64-unknown-linux-musl",
                ..Machine::linux(&["/usr/bin/gcc", "/usr/bin/cc"])
            },
        ),
        ("zig", Machine::linux(&["/usr/bin/zig"])),
        ("bare-mac", Machine::mac(&["/usr/bin/cc", "/usr/bin/clang"])),
        (
            "mac-with-homebrew",
            Machine::mac(&[
                "/usr/bin/cc",
                "/opt/homebrew/bin/x86_64-linux-musl-gcc",
                "/opt/homebrew/bin/aarch64-unknown-linux-gnu-gcc",
                "/opt/homebrew/opt/lld/bin/ld.lld",
            ]),
        ),
    ];
    for (name, machine) in machines {
        let mut text = String::new();
        for target in Target::all() {
            let found = discover(target, &LinkerChoice::default(), &machine).unwrap();
            text += &format!("{}: {:?}\n", target.triple, found.linker);
            found
                .probes
                .iter()
                .for_each(|probe| text += &format!("    {probe}\n"));
        }
        check_golden(&format!("../machines/{name}.txt"), text.trim_end());
    }
}

#[test]
fn no_linker_names_what_to_install_and_where_it_looked() {
    let target = Target::find("aarch64-unknown-linux-gnu").unwrap();
    let discovery = discover(target, &LinkerChoice::default(), &Machine::linux(&[])).unwrap();
    let message = discovery.expect_linker(target).unwrap_err().to_string();
    let expected = [
        "apt install gcc-aarch64-linux-gnu libc6-dev-arm64-cross",
        "dnf install",
        "Alpine:",
        "macOS:",
    ];
    for words in expected
        .into_iter()
        .chain(["aarch64-linux-gnu-gcc: not found"])
    {
        assert!(message.contains(words), "{words} is missing in:\n{message}");
    }
}

#[test]
fn the_user_decides_first() {
    let target = Target::find("x86_64-unknown-linux-musl").unwrap();
    let mut machine = Machine::linux(&["/usr/bin/cc", "/usr/bin/ld.mold", "/usr/bin/clang"]);
    machine
        .env
        .insert("GOS_LINKER_X86_64_UNKNOWN_LINUX_MUSL", "clang");
    let by_variable = discover(target, &LinkerChoice::default(), &machine)
        .unwrap()
        .linker;
    assert_eq!(by_variable, Some(compiler("/usr/bin/clang", true, false)));
    let mut choice = LinkerChoice {
        named: Some("cc".to_owned()),
        by_project: Some("ld.mold".to_owned()),
    };
    let by_option = discover(target, &choice, &machine).unwrap().linker;
    assert_eq!(by_option, Some(compiler("/usr/bin/cc", false, false)));
    choice.named = None;
    let by_variable = discover(target, &choice, &machine).unwrap().linker;
    assert_eq!(by_variable, Some(compiler("/usr/bin/clang", true, false)));
    machine.env.clear();
    let by_project = discover(target, &choice, &machine).unwrap();
    let mold = Linker::Ld(PathBuf::from("/usr/bin/ld.mold"));
    assert!(by_project.named && by_project.linker == Some(mold));
    let missing = LinkerChoice {
        named: Some("nowhere".to_owned()),
        by_project: None,
    };
    let error = discover(target, &missing, &machine).unwrap_err();
    assert!(matches!(error, LinkError::NamedLinkerMissing { .. }));
}

#[test]
fn plans_match_their_golden_files() {
    let linkers = [
        ("builtin", Linker::BuiltIn),
        ("ld", Linker::Ld(PathBuf::from("/usr/bin/ld.lld"))),
        ("clang", compiler("/usr/bin/clang", true, true)),
        ("gcc", compiler("/usr/bin/gcc", false, false)),
        ("zig", Linker::Zig(PathBuf::from("/usr/bin/zig"))),
    ];
    for target in Target::all() {
        for (name, linker) in &linkers {
            let direct = matches!(linker, Linker::BuiltIn | Linker::Ld(_));
            if direct && target.libc == Libc::Glibc {
                continue;
            }
            // GCC for Windows makes programs for another library.
            if *name == "gcc" && target.format == Format::Coff {
                continue;
            }
            // Only lists of libraries are looked for.
            let kit = match target.format {
                Format::Coff => vec!["gos_rt.lib", "kernel32.lib", "ws2_32.lib"],
                Format::Elf | Format::MachO => Vec::new(),
            };
            let request = LinkRequest {
                objects: vec![PathBuf::from("/o/a.o"), PathBuf::from("/o/it's b.o")],
                kit: KitFiles::new("/kit", kit),
                strip: if *name == "gcc" {
                    Strip::Nothing
                } else {
                    Strip::Debug
                },
                libraries: vec!["sqlite3".to_owned()],
                extra: vec!["-L/opt/lib".to_owned()],
            };
            let plan = plan(&request, target, linker);
            let line = plan.command_line(Path::new("/bin/gos"), Path::new("/out/server"));
            check_golden(
                &format!("{}.{name}.args", target.triple),
                &line.replace(' ', "\n"),
            );
        }
    }
}

fn check_golden(name: &str, found: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/plans")
        .join(name);
    let found = format!("{found}\n");
    if std::env::var_os("GOS_BLESS").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, &found).unwrap();
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(
        found,
        expected,
        "{} differs; GOS_BLESS=1 rewrites it",
        path.display()
    );
}

#[test]
fn a_published_folder_is_complete_and_repaired() {
    let scratch = tempfile::tempdir().unwrap();
    let dir = scratch.path().join("kits/one");
    let files: [(&str, &[u8]); 2] = [("a", b"12"), ("b", b"345")];
    publish_dir(&dir, &files).unwrap();
    fs::write(dir.join("b"), b"").unwrap();
    publish_dir(&dir, &files).unwrap();
    assert_eq!(fs::read(dir.join("b")).unwrap(), b"345");
    assert_eq!(
        fs::read_dir(scratch.path().join("kits")).unwrap().count(),
        1,
        "no scratch is left"
    );
}
