//! What goes to the user's terminal beside the output that was asked for: messages about the
//! program and about the command, as text or as JSON.

use std::env;
use std::io::{self, IsTerminal as _};

use gos_diag::{Diagnostic, SourceMap, render};

use crate::cli::MessageFormat;

/// Shows a message that no place in a source file belongs to.
pub(crate) fn error(message: &str, format: MessageFormat) {
    match format {
        MessageFormat::Text if colors() => eprintln!("\x1b[1;31merror\x1b[0m: {message}"),
        MessageFormat::Text => eprintln!("error: {message}"),
        MessageFormat::Json => {
            // The shape of a diagnostic, so that readers need only one.
            let object = serde_json::json!({
                "severity": "error", "code": null, "title": null, "message": message,
                "primary": null, "labels": [], "notes": [], "helps": [], "suggestions": [],
                "rendered": format!("error: {message}\n"),
            });
            eprintln!("{object}");
        }
    }
}

/// Tells something about the command that is no fault.
pub(crate) fn hint(message: &str, format: MessageFormat) {
    match format {
        MessageFormat::Text => eprintln!("{message}"),
        MessageFormat::Json => {
            let object = serde_json::json!({
                "severity": "hint", "code": null, "title": null, "message": message,
                "primary": null, "labels": [], "notes": [], "helps": [], "suggestions": [],
                "rendered": format!("{message}\n"),
            });
            eprintln!("{object}");
        }
    }
}

/// Whether messages may be colored: only on a terminal, and never against `NO_COLOR`.
pub(crate) fn colors() -> bool {
    !colors_refused() && io::stderr().is_terminal()
}

/// Whether what is asked for may be colored.
pub(crate) fn stdout_colors() -> bool {
    !colors_refused() && io::stdout().is_terminal()
}

fn colors_refused() -> bool {
    env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
}

/// The form that messages take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    Plain,
    Colored,
    Json,
}

impl Style {
    /// What suits the terminal and what was asked for.
    pub(crate) fn of(format: MessageFormat) -> Self {
        match format {
            MessageFormat::Text if colors() => Self::Colored,
            MessageFormat::Text => Self::Plain,
            MessageFormat::Json => Self::Json,
        }
    }

    /// The messages as they are shown.
    pub(crate) fn render(self, diagnostics: &[Diagnostic], map: &SourceMap) -> String {
        match self {
            Self::Plain => render::text(diagnostics, map, false),
            Self::Colored => render::text(diagnostics, map, true),
            Self::Json => render::json(diagnostics, map),
        }
    }
}

/// Shows messages about a program.
pub(crate) fn show(diagnostics: &[Diagnostic], map: &SourceMap, format: MessageFormat) {
    if !diagnostics.is_empty() {
        eprint!("{}", Style::of(format).render(diagnostics, map));
    }
}
