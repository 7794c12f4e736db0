//! How diagnostics look. One file per format; none of them prints.

mod json;
mod shorten;
mod text;

pub use json::json;
pub use text::text;

use crate::diagnostic::Severity;

/// The word for a severity, in every format.
fn severity_word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Hint => "hint",
    }
}

#[cfg(test)]
mod tests;
