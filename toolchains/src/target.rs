//! What is known about each target: one JSON file of facts in `targets/` each.
//! Adding a target that links like one of these is adding a file and a line to `FILES`.

use std::fmt;
use std::sync::LazyLock;

use serde::Deserialize;

const FILES: [&str; 7] = [
    include_str!("../targets/x86_64-unknown-linux-musl.json"),
    include_str!("../targets/x86_64-unknown-linux-gnu.json"),
    include_str!("../targets/aarch64-unknown-linux-musl.json"),
    include_str!("../targets/aarch64-unknown-linux-gnu.json"),
    include_str!("../targets/aarch64-apple-darwin.json"),
    include_str!("../targets/x86_64-apple-darwin.json"),
    include_str!("../targets/x86_64-pc-windows-msvc.json"),
];

static TARGETS: LazyLock<Vec<Target>> = LazyLock::new(|| {
    let parse = |text| serde_json::from_str(text).expect("the embedded target files are valid");
    FILES.iter().copied().map(parse).collect()
});

/// The facts about one target.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// The name users and LLVM know it by.
    pub triple: String,
    /// One line for `gos targets`.
    pub note: String,
    pub arch: String,
    pub os: String,
    pub libc: Libc,
    pub pointer_bytes: u32,
    /// The portable baseline: a binary runs on every machine of this kind unless the user opts out.
    pub cpu: String,
    /// Every processor that code can be made for, as LLVM calls them; those that people mean most
    /// stand first.
    pub cpus: Vec<String>,
    /// LLVM's feature string, on top of what `cpu` implies.
    pub features: String,
    /// How code refers to its own data; the code generator and the linker must agree on it.
    pub code: CodeKind,
    #[serde(default)]
    pub format: Format,
    /// The oldest version of the system that programs run on, where programs say it.
    #[serde(default)]
    pub oldest_system: Option<String>,
    /// What LLD calls this format (`-m`), or the processor: with Mach-O by `-arch`, with COFF by
    /// `-machine`.
    pub emulation: String,
    /// Cross compilers that link for this target, looked up on the search path.
    pub compilers: Vec<String>,
    /// Libraries of the system that the runtime needs here.
    pub libraries: Vec<String>,
    /// How to get a linker for this target.
    pub install: Install,
}

/// The C library a target's programs are linked with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Libc {
    /// Linked statically out of the kit.
    Musl,
    /// The dynamic one of the system.
    Glibc,
    /// The dynamic one that is the system's only interface, or what stands for it on Windows. The kit
    /// names its symbols.
    System,
}

/// How objects and executables are written down.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Linux's and most others'.
    #[default]
    Elf,
    /// Apple's.
    MachO,
    /// Windows'.
    Coff,
}

/// Where the loader may put a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CodeKind {
    /// At the address it was linked for.
    Static,
    /// Anywhere: position-independent.
    Pie,
}

/// The command that installs what a target needs, by system.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Install {
    pub debian: String,
    pub fedora: String,
    pub alpine: String,
    pub macos: String,
}

/// A target name that `gos` does not know, with the nearest one that it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownTarget {
    pub name: String,
    pub suggestion: Option<String>,
}

impl Target {
    /// Every target, the recommended one first.
    pub fn all() -> &'static [Target] {
        &TARGETS
    }

    /// The target of that name.
    pub fn find(name: &str) -> Result<&'static Target, UnknownTarget> {
        Self::all()
            .iter()
            .find(|target| target.triple == name)
            .ok_or_else(|| UnknownTarget {
                name: name.to_owned(),
                suggestion: nearest(name),
            })
    }

    /// What a build without `--target` is for: this machine. On a musl host, and wherever the
    /// machine is not known better, that is the static target, which runs on every Linux.
    pub fn host() -> &'static Target {
        let libc = if cfg!(target_env = "musl") {
            Libc::Musl
        } else if cfg!(target_vendor = "apple") {
            Libc::System
        } else {
            Libc::Glibc
        };
        let fits = |target: &&Target| {
            target.arch == std::env::consts::ARCH
                && target.os == std::env::consts::OS
                && target.libc == libc
        };
        Self::all().iter().find(fits).unwrap_or(&Self::all()[0])
    }
}

impl Target {
    /// What the names of programs end in.
    pub fn program_suffix(&self) -> &'static str {
        match self.format {
            Format::Coff => ".exe",
            Format::Elf | Format::MachO => "",
        }
    }

    /// The name under which LLVM makes code: with the system's oldest version, where there is one.
    pub fn llvm_triple(&self) -> String {
        match &self.oldest_system {
            Some(version) => self.triple.replace("darwin", &format!("macosx{version}")),
            None => self.triple.clone(),
        }
    }
}

impl fmt::Display for UnknownTarget {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "there is no target `{}`", self.name)?;
        match &self.suggestion {
            Some(suggestion) => write!(out, ": did you mean `{suggestion}`?"),
            None => write!(out, ": `gos targets` lists what there is"),
        }
    }
}

impl std::error::Error for UnknownTarget {}

/// The known name that shares the most with `name`, unless that is next to nothing. People leave
/// parts out (`x86_64-linux-musl`), use other spellings (`amd64`, `arm64`) or mistype a letter, so
/// parts are compared, each by edit distance.
fn nearest(name: &str) -> Option<String> {
    let name = name
        .to_lowercase()
        .replace("amd64", "x86_64")
        .replace("arm64", "aarch64");
    let score = |target: &&Target| -> usize {
        name.split('-')
            .map(|part| {
                target
                    .triple
                    .split('-')
                    .map(|known| likeness(part, known))
                    .max()
                    .unwrap_or(0)
            })
            .sum()
    };
    // The first of several equally good ones: `all` is ordered by recommendation.
    let best = Target::all().iter().rev().max_by_key(score)?;
    (score(&best) >= 6).then(|| best.triple.clone())
}

/// Letters that two words have in common, if they are the same word but for a slip.
fn likeness(a: &str, b: &str) -> usize {
    let distance = edit_distance(a, b);
    if distance * 3 <= a.len().max(b.len()) {
        a.len().max(b.len()) - distance
    } else {
        0
    }
}

pub(crate) fn edit_distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, to) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}
