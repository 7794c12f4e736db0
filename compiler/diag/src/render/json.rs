//! Diagnostics for machines: one JSON object per line.

use serde_json::{Value, json};

use super::{severity_word, text};
use crate::diagnostic::{Applicability, Diagnostic, Edit, Label, Suggestion};
use crate::source::SourceMap;
use crate::span::Span;

/// All diagnostics, each an object on a line of its own. Lines and columns count from 1, columns
/// in characters; offsets are bytes from 0. `docs/diagnostics_json.md` describes the fields.
pub fn json(diagnostics: &[Diagnostic], sources: &SourceMap) -> String {
    let rendered = text::each(diagnostics, sources, false);
    let pairs = diagnostics.iter().zip(rendered);
    pairs
        .map(|(diagnostic, rendered)| format!("{}\n", object(diagnostic, &rendered, sources)))
        .collect()
}

fn object(diagnostic: &Diagnostic, rendered: &str, sources: &SourceMap) -> Value {
    let labels: Vec<Value> = diagnostic
        .secondary
        .iter()
        .map(|label| self::label(label, sources))
        .collect();
    let suggestions: Vec<Value> = diagnostic
        .suggestions
        .iter()
        .map(|it| suggestion(it, sources))
        .collect();
    json!({
        "severity": severity_word(diagnostic.severity),
        "code": diagnostic.code.id,
        "title": diagnostic.code.title,
        "message": diagnostic.message,
        "primary": label(&diagnostic.primary, sources),
        "labels": labels,
        "notes": diagnostic.notes,
        "helps": diagnostic.helps,
        "suggestions": suggestions,
        "rendered": rendered,
    })
}

fn label(label: &Label, sources: &SourceMap) -> Value {
    json!({ "span": span(label.span, sources), "text": label.text })
}

fn suggestion(suggestion: &Suggestion, sources: &SourceMap) -> Value {
    let edit =
        |edit: &Edit| json!({ "span": span(edit.span, sources), "replacement": edit.replacement });
    json!({
        "message": suggestion.message,
        "applicability": applicability_word(suggestion.applicability),
        "edits": suggestion.edits.iter().map(edit).collect::<Vec<_>>(),
    })
}

fn applicability_word(applicability: Applicability) -> &'static str {
    match applicability {
        Applicability::Machine => "machine-applicable",
        Applicability::Maybe => "maybe-incorrect",
        Applicability::Placeholders => "has-placeholders",
    }
}

fn span(span: Span, sources: &SourceMap) -> Value {
    let Some(file) = sources.get(span.file) else {
        return Value::Null;
    };
    let point = |offset: u32| {
        let at = file.line_col(offset);
        json!({ "line": at.line, "column": at.col, "offset": offset })
    };
    json!({ "file": &*file.name, "start": point(span.start), "end": point(span.end) })
}
