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

/// What the front end has to say, in every form that may be asked for.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Messages {
    plain: String,
    colored: String,
    json: String,
}

impl Messages {
    pub(crate) fn add(&mut self, diagnostics: &[Diagnostic], map: &SourceMap) {
        if !diagnostics.is_empty() {
            self.plain += &render::text(diagnostics, map, false);
            self.colored += &render::text(diagnostics, map, true);
            self.json += &render::json(diagnostics, map);
        }
    }

    pub(crate) fn show(&self, format: MessageFormat) {
        let text = match format {
            MessageFormat::Text if colors() => &self.colored,
            MessageFormat::Text => &self.plain,
            MessageFormat::Json => &self.json,
        };
        eprint!("{text}");
    }

    /// As `[plain, colored, json]`.
    pub(crate) fn to_json(&self) -> serde_json::Value {
        serde_json::json!([self.plain, self.colored, self.json])
    }

    pub(crate) fn from_json(value: &serde_json::Value) -> Option<Self> {
        let text = |index: usize| Some(value.get(index)?.as_str()?.to_owned());
        Some(Self {
            plain: text(0)?,
            colored: text(1)?,
            json: text(2)?,
        })
    }
}
