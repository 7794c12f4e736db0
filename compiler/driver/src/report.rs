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

/// Shows what the front end has to say.
pub(crate) fn diagnostics(diagnostics: &[Diagnostic], map: &SourceMap, format: MessageFormat) {
    let text = match format {
        MessageFormat::Text => render::text(diagnostics, map, colors()),
        MessageFormat::Json => render::json(diagnostics, map),
    };
    eprint!("{text}");
}
