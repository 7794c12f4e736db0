//! Finds what links for a target on this machine. Every place that is looked at is recorded, since
//! the answer to "no linker" is that list.

use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;

use crate::error::LinkError;
use crate::kit::is_self_contained;
use crate::lld::lld_is_built_in;
use crate::target::{Format, Target};

/// Where Homebrew lives on a Mac, with an ARM processor and with one of Intel. Its folders are often not
/// on the search path; elsewhere `HOMEBREW_PREFIX` says where it is.
const HOMEBREW: [&str; 2] = ["/opt/homebrew", "/usr/local"];

/// Folders below Homebrew's own: what it keeps apart from the system's tools is not in the first.
const HOMEBREW_FOLDERS: [&str; 3] = ["bin", "opt/llvm/bin", "opt/lld/bin"];

/// Names that Zig goes by: its own, and that of its package for Python.
const ZIG: [&str; 2] = ["zig", "python-zig"];

/// Names that clang goes by, newest first after the plain one.
const CLANG: [&str; 6] = [
    "clang", "clang-22", "clang-21", "clang-20", "clang-19", "clang-18",
];

/// What links.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Linker {
    /// LLD inside this process.
    BuiltIn,
    /// A linker proper (`ld`, `ld.lld`).
    Ld(PathBuf),
    /// A C compiler, asked to link; `lld` if it should use LLD for that.
    Compiler {
        path: PathBuf,
        clang: bool,
        lld: bool,
    },
    /// `zig cc`, a compiler and linker that brings the C libraries of all targets along.
    Zig(PathBuf),
}

/// What the user asked for, if anything.
#[derive(Debug, Clone, Default)]
pub struct LinkerChoice {
    /// `--linker`, a path or a name on the search path.
    pub named: Option<String>,
    /// The same, as `project.toml` says for the target.
    pub by_project: Option<String>,
}

/// One place that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    pub what: String,
    pub outcome: String,
}

/// The linker that was found, and the way to it.
#[derive(Debug, Clone)]
pub struct Discovery {
    pub linker: Option<Linker>,
    /// The user chose it.
    pub named: bool,
    pub probes: Vec<Probe>,
}

/// The machine as far as discovery sees it; tests bring their own.
pub trait Host {
    /// The program of that name on the search path, or at that path.
    fn find_program(&self, name: &str) -> Option<PathBuf>;
    fn env(&self, name: &str) -> Option<OsString>;
    /// The target that this machine runs.
    fn triple(&self) -> &str;
    fn is_mac(&self) -> bool;
    fn has_built_in_lld(&self) -> bool;
}

/// The machine that `gos` runs on.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemHost;

impl Host for SystemHost {
    fn find_program(&self, name: &str) -> Option<PathBuf> {
        which::which(name).ok()
    }

    fn env(&self, name: &str) -> Option<OsString> {
        std::env::var_os(name)
    }

    fn triple(&self) -> &str {
        &Target::host().triple
    }

    fn is_mac(&self) -> bool {
        cfg!(target_os = "macos")
    }

    fn has_built_in_lld(&self) -> bool {
        lld_is_built_in()
    }
}

impl fmt::Display for Probe {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}", self.what, self.outcome)
    }
}

impl Discovery {
    /// The linker, or the error that tells how to get one.
    pub fn expect_linker(self, target: &'static Target) -> Result<Linker, LinkError> {
        self.linker.ok_or(LinkError::NoLinker {
            target,
            probes: self.probes,
        })
    }
}

/// Looks for a linker: the one the user names, the built-in one for targets whose kit stands
/// alone, clang with LLD, the cross compiler, the system's compiler, Zig.
pub fn discover(
    target: &Target,
    choice: &LinkerChoice,
    host: &dyn Host,
) -> Result<Discovery, LinkError> {
    let mut search = Search {
        host,
        homebrew: homebrew_folders(host),
        probes: Vec::new(),
    };
    let named = search.named(target, choice)?;
    let is_named = named.is_some();
    let linker = match named {
        Some(linker) => Some(linker),
        None if target.format == Format::MachO => search
            .built_in()
            .or_else(|| search.ld64_lld())
            .or_else(|| search.cross(target))
            .or_else(|| search.apple())
            .or_else(|| search.zig()),
        None if target.format == Format::Coff => search
            .built_in()
            .or_else(|| search.lld_link())
            .or_else(|| search.clang_with("lld-link"))
            .or_else(|| search.zig()),
        None if is_self_contained(target) => search
            .built_in()
            .or_else(|| search.ld_lld())
            .or_else(|| search.cross(target))
            .or_else(|| search.zig()),
        None if target.triple == host.triple() => search
            .clang_with("ld.lld")
            .or_else(|| search.cross(target))
            .or_else(|| search.system())
            .or_else(|| search.zig()),
        // Another machine's C library: only its cross compiler knows where that is, and Zig, which
        // has one.
        None => search.cross(target).or_else(|| search.zig()),
    };
    Ok(Discovery {
        linker,
        named: is_named,
        probes: search.probes,
    })
}

/// Homebrew's folders of programs on this machine, if it may be there.
fn homebrew_folders(host: &dyn Host) -> Vec<PathBuf> {
    let named = host.env("HOMEBREW_PREFIX").map(PathBuf::from);
    let usual = HOMEBREW.iter().filter(|_| host.is_mac()).map(PathBuf::from);
    let mut prefixes: Vec<PathBuf> = named.into_iter().filter(|dir| dir.is_absolute()).collect();
    prefixes.extend(usual);
    prefixes.dedup();
    let below = |prefix: &PathBuf| HOMEBREW_FOLDERS.map(|folder| prefix.join(folder));
    prefixes.iter().flat_map(below).collect()
}

struct Search<'a> {
    host: &'a dyn Host,
    /// Where programs are besides the search path.
    homebrew: Vec<PathBuf>,
    probes: Vec<Probe>,
}

impl Search<'_> {
    fn named(
        &mut self,
        target: &Target,
        choice: &LinkerChoice,
    ) -> Result<Option<Linker>, LinkError> {
        let variable = format!(
            "GOS_LINKER_{}",
            target.triple.to_uppercase().replace('-', "_")
        );
        let from_variable = || {
            let value = self.host.env(&variable)?.to_string_lossy().into_owned();
            Some((value, variable.clone())).filter(|(value, _)| !value.is_empty())
        };
        let from_option = choice
            .named
            .clone()
            .map(|named| (named, "--linker".to_owned()));
        let from_project = || {
            let named = choice.by_project.clone()?;
            Some((named, "project.toml".to_owned()))
        };
        let named = from_option.or_else(from_variable).or_else(from_project);
        let Some((named, by)) = named else {
            self.record(format!("--linker, {variable}, project.toml"), "not set");
            return Ok(None);
        };
        let path = self
            .host
            .find_program(&named)
            .ok_or_else(|| LinkError::NamedLinkerMissing {
                named,
                by: by.clone(),
            })?;
        self.record(by, &path.display().to_string());
        Ok(Some(classify(path)))
    }

    fn built_in(&mut self) -> Option<Linker> {
        let here = self.host.has_built_in_lld();
        self.record(
            "built-in LLD",
            if here {
                "here"
            } else {
                "not in this build of gos"
            },
        );
        here.then_some(Linker::BuiltIn)
    }

    fn ld_lld(&mut self) -> Option<Linker> {
        self.program("ld.lld").map(Linker::Ld)
    }

    /// LLD by the name under which it links for Macs.
    fn ld64_lld(&mut self) -> Option<Linker> {
        self.program("ld64.lld").map(Linker::Ld)
    }

    /// LLD by the name under which it links for Windows.
    fn lld_link(&mut self) -> Option<Linker> {
        self.program("lld-link").map(Linker::Ld)
    }

    /// A Mac's own compiler.
    fn apple(&mut self) -> Option<Linker> {
        if !self.host.is_mac() {
            return None;
        }
        self.program("clang").map(|path| Linker::Compiler {
            path,
            clang: true,
            lld: false,
        })
    }

    /// clang, where it has LLD by the name that it calls it by.
    fn clang_with(&mut self, lld: &str) -> Option<Linker> {
        let path = CLANG.iter().find_map(|name| self.program(name))?;
        // clang finds an LLD in its own folder or on the search path.
        let real = path.canonicalize().unwrap_or_else(|_| path.clone());
        let beside = real.with_file_name(lld);
        let lld = self
            .program(&beside.to_string_lossy())
            .or_else(|| self.program(lld));
        lld.map(|_| Linker::Compiler {
            path,
            clang: true,
            lld: true,
        })
    }

    fn cross(&mut self, target: &Target) -> Option<Linker> {
        target.compilers.iter().find_map(|name| {
            let path = self.program(name)?;
            Some(Linker::Compiler {
                path,
                clang: false,
                lld: false,
            })
        })
    }

    fn zig(&mut self) -> Option<Linker> {
        ZIG.iter()
            .find_map(|name| self.program(name))
            .map(Linker::Zig)
    }

    fn system(&mut self) -> Option<Linker> {
        ["cc", "gcc"].into_iter().find_map(|name| {
            let path = self.program(name)?;
            Some(Linker::Compiler {
                path,
                clang: false,
                lld: false,
            })
        })
    }

    fn program(&mut self, name: &str) -> Option<PathBuf> {
        let found = self.host.find_program(name).or_else(|| {
            let mut inside = self.homebrew.iter().map(|folder| folder.join(name));
            inside.find_map(|path| self.host.find_program(&path.to_string_lossy()))
        });
        let outcome = match &found {
            Some(path) => path.display().to_string(),
            None if self.homebrew.is_empty() => "not found".to_owned(),
            None => "not found, neither on the search path nor in Homebrew's folders".to_owned(),
        };
        self.record(name, &outcome);
        found
    }

    fn record(&mut self, what: impl Into<String>, outcome: &str) {
        self.probes.push(Probe {
            what: what.into(),
            outcome: outcome.to_owned(),
        });
    }
}

/// What a program that the user named is, by its name: `ld…` is a linker, all else a C compiler or Zig,
/// which is one when asked to.
fn classify(path: PathBuf) -> Linker {
    let name = path
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let is_linker = ["ld", "lld", "mold", "wild"].iter().any(|linker| {
        name == *linker
            || name.ends_with(&format!("-{linker}"))
            || name.starts_with(&format!("{linker}."))
    }) || ["ld.lld", "ld64", "lld-link"]
        .iter()
        .any(|linker| name.starts_with(linker));
    if is_linker {
        Linker::Ld(path)
    } else if ZIG.contains(&name.as_str()) {
        Linker::Zig(path)
    } else {
        Linker::Compiler {
            clang: name.contains("clang"),
            path,
            lld: false,
        }
    }
}
