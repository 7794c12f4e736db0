//! Diagnostics for machines: one JSON object per line.

use serde_json::{Value, json};

use super::severity_word;
use crate::diagnostic::{Diagnostic, Label, Suggestion};
use crate::source::SourceMap;
use crate::span::Span;

/// All diagnostics, each an object on a line of its own. Lines and columns count from 1, columns
/// in characters; offsets are bytes from 0.
pub fn json(diagnostics: &[Diagnostic], sources: &SourceMap) -> String {
    let line = |diagnostic| format!("{}\n", object(diagnostic, sources));
    diagnostics.iter().map(line).collect()
}

fn object(diagnostic: &Diagnostic, sources: &SourceMap) -> Value {
    let labels: Vec<Value> = diagnostic
        .secondary
        .iter()
        .map(|label| self::label(label, sources))
        .collect();
    let suggestions: Vec<Value> = diagnostic
        .suggestions
        .iter()
        .map(|edit| suggestion(edit, sources))
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
    })
}

fn label(label: &Label, sources: &SourceMap) -> Value {
    json!({ "span": span(label.span, sources), "text": label.text })
}

fn suggestion(edit: &Suggestion, sources: &SourceMap) -> Value {
    json!({
        "span": span(edit.span, sources),
        "replacement": edit.replacement,
        "message": edit.message,
    })
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
