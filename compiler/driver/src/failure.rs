//! Why a command ends without having done its work, and with which exit code.

use gos_toolchains::{LinkError, UnknownCpu, UnknownTarget};

/// A command's end without success.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The command line asks for something that is not there or makes no sense.
    Usage(String),
    /// The outside world, or the program, stands in the way.
    Failed(String),
    /// The program has errors, and they have been shown.
    Reported,
}

impl Failure {
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Usage(_) => 2,
            Self::Failed(_) | Self::Reported => 1,
        }
    }

    pub(crate) fn message(&self) -> Option<&str> {
        match self {
            Self::Usage(message) | Self::Failed(message) => Some(message),
            Self::Reported => None,
        }
    }

    /// "cannot write `out/server`: permission denied"
    pub(crate) fn io(doing: &str, path: &std::path::Path, cause: &std::io::Error) -> Self {
        Self::Failed(format!(
            "cannot {doing} `{}`: {}",
            path.display(),
            plain(cause)
        ))
    }
}

/// The system's words without the number that Rust adds.
pub(crate) fn plain(cause: &std::io::Error) -> String {
    let text = cause.to_string();
    match text.find(" (os error") {
        Some(end) => text[..end].to_lowercase(),
        None => text,
    }
}

impl From<LinkError> for Failure {
    fn from(error: LinkError) -> Self {
        match error {
            LinkError::NamedLinkerMissing { .. } => Self::Usage(error.to_string()),
            _ => Self::Failed(error.to_string()),
        }
    }
}

impl From<UnknownCpu> for Failure {
    fn from(error: UnknownCpu) -> Self {
        Self::Usage(error.to_string())
    }
}

impl From<UnknownTarget> for Failure {
    fn from(error: UnknownTarget) -> Self {
        Self::Usage(error.to_string())
    }
}
