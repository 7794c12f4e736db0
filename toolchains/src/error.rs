//! The ways in which linking fails, each a sentence that says what to do.

use std::fmt;
use std::io;
use std::path::PathBuf;

use crate::discover::Probe;
use crate::target::Target;

/// Why there is no executable.
#[derive(Debug)]
pub enum LinkError {
    /// This `gos` carries no runtime for the target.
    NoKit { target: String, any_kit: bool },
    /// Nothing on this machine links for the target.
    NoLinker {
        target: &'static Target,
        probes: Vec<Probe>,
    },
    /// The linker the user named is not there.
    NamedLinkerMissing { named: String, by: String },
    /// The linker ran and refused.
    Refused {
        linker: String,
        output: String,
        hint: Option<String>,
    },
    /// The executable takes more bytes than the user allows.
    TooLarge { bytes: u64, limit: u64 },
    /// The linker could not be run at all.
    NotRun { linker: String, cause: String },
    /// A file could not be read or written.
    Io {
        doing: String,
        path: PathBuf,
        cause: io::Error,
    },
}

impl LinkError {
    pub(crate) fn io(doing: &str, path: impl Into<PathBuf>, cause: io::Error) -> Self {
        Self::Io {
            doing: doing.to_owned(),
            path: path.into(),
            cause,
        }
    }
}

impl fmt::Display for LinkError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoKit {
                target,
                any_kit: false,
            } => write!(
                out,
                "this gos was built without its runtime kits, so it cannot link for {target}: \
                 run `ci/build` in the source tree of gos, which makes a complete one"
            ),
            Self::NoKit {
                target,
                any_kit: true,
            } => write!(
                out,
                "gos has no runtime for {target} yet: `gos targets` lists those it can link for"
            ),
            Self::NoLinker { target, probes } => {
                let install = &target.install;
                writeln!(
                    out,
                    "no linker for {} was found; install one with",
                    target.triple
                )?;
                writeln!(out, "  Debian, Ubuntu: {}", install.debian)?;
                writeln!(out, "  Fedora:         {}", install.fedora)?;
                writeln!(out, "  Alpine:         {}", install.alpine)?;
                writeln!(out, "  macOS:          {}", install.macos)?;
                writeln!(out, "or name one with --linker; looked for:")?;
                let lines: Vec<String> = probes.iter().map(|probe| format!("  {probe}")).collect();
                write!(out, "{}", lines.join("\n"))
            }
            Self::NamedLinkerMissing { named, by } => {
                write!(
                    out,
                    "the linker `{named}` named by {by} is not an executable that exists"
                )
            }
            Self::Refused {
                linker,
                output,
                hint,
            } => {
                write!(out, "{linker} failed; the output file was not written")?;
                if let Some(hint) = hint {
                    write!(out, ": {hint}")?;
                }
                write!(out, "\n{}", output.trim_end())
            }
            Self::TooLarge { bytes, limit } => write!(
                out,
                "the executable takes {bytes} bytes, more than the {limit} that --max-size allows; \
                 it was not written"
            ),
            Self::NotRun { linker, cause } => write!(out, "{linker} could not be run: {cause}"),
            Self::Io { doing, path, cause } => {
                write!(out, "cannot {doing} `{}`: {}", path.display(), plain(cause))
            }
        }
    }
}

impl std::error::Error for LinkError {}

/// The system's own words, without Rust's `(os error 13)` after them.
fn plain(cause: &io::Error) -> String {
    let text = cause.to_string();
    match text.find(" (os error") {
        Some(end) => text[..end].to_lowercase(),
        None => text,
    }
}
