//! From objects, a target and a linker to the exact command. Pure: the same input gives the same
//! command on every machine, which the golden files in `tests/plans` hold still.

use std::path::{Path, PathBuf};

use crate::discover::Linker;
use crate::kit::{KitFiles, is_self_contained};
use crate::target::{CodeKind, Format, Target};
use crate::{plan_coff, plan_macho};

/// What is linked.
#[derive(Debug, Clone)]
pub struct LinkRequest {
    /// In the order in which the code generator made them.
    pub objects: Vec<PathBuf>,
    pub kit: KitFiles,
    pub strip: Strip,
    /// The C libraries that the program itself asks for.
    pub libraries: Vec<String>,
    /// What the user passes on to the linker or compiler as it is.
    pub extra: Vec<String>,
}

/// What is left out of the executable. Traces need nothing of it: they read an allocated section.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strip {
    /// Nothing: for debuggers.
    Nothing,
    /// Debug information. Symbols stay, for profilers.
    Debug,
    /// Symbols too.
    All,
}

/// A command that makes an executable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkPlan {
    pub linker: Linker,
    pub flavor: Flavor,
    /// All arguments but the output file.
    pub arguments: Vec<String>,
}

/// Whose command line a linker understands; LLD has several.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flavor {
    /// That of the linkers for ELF.
    Gnu,
    /// That of Apple's linker.
    Darwin,
    /// That of Microsoft's linker.
    Link,
}

impl Flavor {
    /// As `-flavor` names them.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        [Self::Gnu, Self::Darwin, Self::Link]
            .into_iter()
            .find(|flavor| flavor.name() == name)
    }

    fn name(self) -> &'static str {
        match self {
            Self::Gnu => "gnu",
            Self::Darwin => "darwin",
            Self::Link => "link",
        }
    }

    pub(crate) fn of(target: &Target) -> Self {
        match target.format {
            Format::Elf => Self::Gnu,
            Format::MachO => Self::Darwin,
            Format::Coff => Self::Link,
        }
    }
}

/// Decides the command.
pub fn plan(request: &LinkRequest, target: &Target, linker: &Linker) -> LinkPlan {
    let arguments = match linker {
        _ if target.format == Format::MachO => plan_macho::arguments(request, target, linker),
        _ if target.format == Format::Coff => plan_coff::arguments(request, target, linker),
        Linker::BuiltIn | Linker::Ld(_) => ld_arguments(request, target),
        Linker::Compiler { clang, lld, .. } => compiler_arguments(request, target, *clang, *lld),
        Linker::Zig(_) => zig_arguments(request, target),
    };
    LinkPlan {
        linker: linker.clone(),
        flavor: Flavor::of(target),
        arguments,
    }
}

impl LinkPlan {
    /// The arguments that write to `output`.
    pub fn arguments_for(&self, output: &Path) -> Vec<String> {
        let mut arguments = self.arguments.clone();
        let output = output.display().to_string();
        match (self.flavor, &self.linker) {
            // Compilers spell it alike everywhere.
            (Flavor::Link, Linker::BuiltIn | Linker::Ld(_) | Linker::Zig(_)) => {
                arguments.push(format!("-out:{output}"));
            }
            _ => arguments.extend(["-o".to_owned(), output]),
        }
        arguments
    }

    /// The command as a user would type it; `gos` is the path of this very program.
    pub fn command_line(&self, gos: &Path, output: &Path) -> String {
        let mut words = match &self.linker {
            Linker::BuiltIn => {
                vec![
                    gos.display().to_string(),
                    "ld".into(),
                    "-flavor".into(),
                    self.flavor.name().into(),
                ]
            }
            Linker::Ld(path) | Linker::Compiler { path, .. } | Linker::Zig(path) => {
                vec![path.display().to_string()]
            }
        };
        words.extend(self.arguments_for(output));
        words
            .iter()
            .map(|word| quoted(word))
            .collect::<Vec<_>>()
            .join(" ")
    }
}

/// What every linker is told, as `ld` spells it.
fn shared_options(request: &LinkRequest, target: &Target) -> Vec<String> {
    let mut options = vec![
        "--gc-sections".to_owned(),
        // The runtime finds the trace and stack tables by their `__start_` symbols alone.
        "-znostart-stop-gc".to_owned(),
        "-znoexecstack".to_owned(),
        "-zrelro".to_owned(),
        "-znow".to_owned(),
        "--hash-style=gnu".to_owned(),
        // Anything that depends on time, place or chance would make builds differ.
        "--build-id=none".to_owned(),
    ];
    if target.code == CodeKind::Static {
        options.push("--no-eh-frame-hdr".to_owned());
    }
    match request.strip {
        Strip::Nothing => {}
        Strip::Debug => options.push("--strip-debug".to_owned()),
        Strip::All => options.push("--strip-all".to_owned()),
    }
    options
}

fn ld_arguments(request: &LinkRequest, target: &Target) -> Vec<String> {
    let kit = |name: &str| request.kit.file(name).display().to_string();
    let mut arguments = vec![
        "-m".to_owned(),
        target.emulation.clone(),
        "-static".to_owned(),
    ];
    arguments.extend(shared_options(request, target));
    arguments.extend([kit("crt1.o"), kit("crti.o")]);
    arguments.extend(inputs(request));
    arguments.extend([kit("libc.a"), kit("crtn.o")]);
    arguments
}

fn compiler_arguments(
    request: &LinkRequest,
    target: &Target,
    clang: bool,
    lld: bool,
) -> Vec<String> {
    let mut arguments = Vec::new();
    if clang {
        arguments.push(format!("--target={}", target.triple));
    }
    if lld {
        arguments.push("-fuse-ld=lld".to_owned());
    }
    let kit = |name: &str| request.kit.file(name).display().to_string();
    let options = shared_options(request, target);
    // GNU ld knows neither of the two, and does by itself what they ask for.
    let known = |option: &String| {
        lld || !["--no-eh-frame-hdr", "-znostart-stop-gc"].contains(&option.as_str())
    };
    let passed = options
        .iter()
        .filter(|option| known(option))
        .map(|option| format!("-Wl,{option}"));
    if is_self_contained(target) {
        arguments.extend(["-static", "-no-pie", "-nostdlib"].map(str::to_owned));
        arguments.extend(passed);
        arguments.extend([kit("crt1.o"), kit("crti.o")]);
        arguments.extend(inputs(request));
        arguments.extend([kit("libc.a"), kit("crtn.o")]);
    } else {
        arguments.push(
            if target.code == CodeKind::Pie {
                "-pie"
            } else {
                "-no-pie"
            }
            .to_owned(),
        );
        arguments.extend(passed);
        arguments.extend(inputs(request));
        arguments.extend(
            target
                .libraries
                .iter()
                .map(|library| format!("-l{library}")),
        );
    }
    arguments
}

/// Zig names targets without a vendor. Its LLD refuses options that it does not know, among them those
/// that GNU ld does not need.
fn zig_arguments(request: &LinkRequest, target: &Target) -> Vec<String> {
    let name = target.triple.replace("-unknown-", "-");
    let mut arguments = ["cc", "-target", &name].map(str::to_owned).to_vec();
    arguments.extend(compiler_arguments(request, target, false, false));
    arguments
}

pub(crate) fn inputs(request: &LinkRequest) -> impl Iterator<Item = String> {
    let objects = request
        .objects
        .iter()
        .map(|path| path.display().to_string());
    let libraries = request
        .libraries
        .iter()
        .map(|library| format!("-l{library}"));
    objects
        .chain([request.kit.runtime().display().to_string()])
        .chain(libraries)
        .chain(request.extra.iter().cloned())
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=,:+@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}
