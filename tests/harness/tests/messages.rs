//! What tools do with messages: each one of `tests/diag` as JSON has all that it says, in places that
//! lie in the file, and each suggestion that needs no second thought, applied, leaves a text with no
//! more syntax errors and without the message.

use gos_diag::{Applicability, Diagnostic, Edit, Suggestion, render};
use gos_tests::in_memory::{Findings, InMemory, ROOT};
use gos_tests::{Case, run_suite};
use serde_json::Value;
use std::process::ExitCode;

/// As the compiler's own.
const STACK_BYTES: usize = 1 << 28;

fn main() -> ExitCode {
    run_suite("diag", |case| {
        std::thread::scope(|scope| {
            let builder = std::thread::Builder::new().stack_size(STACK_BYTES);
            let checking = builder.spawn_scoped(scope, || look_at(case));
            let checking = checking.map_err(|error| error.to_string())?;
            checking.join().map_err(|_| "a panic".to_owned())?
        })
    })
}

fn look_at(case: &Case) -> Result<(), String> {
    let findings = check(case, &case.text);
    let written = render::json(&findings.diagnostics, &findings.sources);
    let lines: Vec<&str> = written.lines().collect();
    if lines.len() != findings.diagnostics.len() {
        return Err(format!("{} lines of JSON", lines.len()));
    }
    for (line, message) in lines.into_iter().zip(&findings.diagnostics) {
        let read: Value = serde_json::from_str(line).map_err(|error| error.to_string())?;
        same(&read, message, &findings).map_err(|why| format!("{why}: {line}"))?;
        for suggestion in &message.suggestions {
            try_suggestion(case, &findings, message, suggestion)
                .map_err(|why| format!("{}: `{}`: {why}", message.message, suggestion.message))?;
        }
    }
    Ok(())
}

fn check(case: &Case, text: &str) -> Findings {
    let tests = case.directives.args.iter().any(|it| it == "--tests");
    InMemory::new(text, case.path.parent()).check(tests)
}

/// Whether the object says what the message does.
fn same(read: &Value, message: &Diagnostic, findings: &Findings) -> Result<(), String> {
    let rendered = render::text(std::slice::from_ref(message), &findings.sources, false);
    let words: [(&str, &str); 4] = [
        ("code", message.code.id),
        ("title", message.code.title),
        ("message", &message.message),
        ("rendered", &rendered),
    ];
    for (key, expected) in words {
        if read[key] != expected {
            return Err(format!("`{key}` is not {expected:?}"));
        }
    }
    let list = |key: &str| read[key].as_array().cloned().unwrap_or_default();
    let sizes = [
        (list("labels").len(), message.secondary.len()),
        (list("notes").len(), message.notes.len()),
        (list("helps").len(), message.helps.len()),
        (list("suggestions").len(), message.suggestions.len()),
    ];
    if sizes.iter().any(|(read, said)| read != said) {
        return Err(format!("lists differ: {sizes:?}"));
    }
    let labels = list("labels");
    for label in std::iter::once(&read["primary"]).chain(&labels) {
        in_file(&label["span"], findings)?;
    }
    for suggestion in list("suggestions") {
        let mut end = 0;
        for edit in suggestion["edits"].as_array().into_iter().flatten() {
            in_file(&edit["span"], findings)?;
            let at = |end: &str| edit["span"][end]["offset"].as_u64().unwrap_or(0);
            if at("start") < end {
                return Err("edits overlap or stand out of order".to_owned());
            }
            end = at("end");
        }
    }
    Ok(())
}

/// Whether a span lies in its file, with lines and columns that fit its offsets.
fn in_file(span: &Value, findings: &Findings) -> Result<(), String> {
    let name = span["file"].as_str().unwrap_or_default();
    let mut files = findings.sources.iter().map(|(_, file)| file);
    let file = files
        .find(|file| *file.name == *name)
        .ok_or("no such file")?;
    for end in ["start", "end"] {
        let number = |key: &str| span[end][key].as_u64().unwrap_or(0) as usize;
        let before = file.text.get(..number("offset"));
        let before = before.ok_or("the offset is none of the file")?;
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let place = (
            before.matches('\n').count() + 1,
            before[line_start..].chars().count() + 1,
        );
        if place != (number("line"), number("column")) {
            return Err(format!("the {end} is at {place:?}"));
        }
    }
    match span["start"]["offset"].as_u64() <= span["end"]["offset"].as_u64() {
        true => Ok(()),
        false => Err("ends before it begins".to_owned()),
    }
}

/// Applies a suggestion that is sure, to the program's own file, and looks what that leads to.
fn try_suggestion(
    case: &Case,
    findings: &Findings,
    message: &Diagnostic,
    suggestion: &Suggestion,
) -> Result<(), String> {
    let own = |edit: &Edit| findings.sources.file(edit.span.file).name.as_ref() == ROOT;
    let sure = suggestion.applicability == Applicability::Machine;
    if !sure || !suggestion.edits.iter().all(own) {
        return Ok(());
    }
    let mut text = case.text.clone();
    for edit in suggestion.edits.iter().rev() {
        let range = edit.span.start as usize..edit.span.end as usize;
        text.replace_range(range, &edit.replacement);
    }
    let after = check(case, &text);
    let syntax = |findings: &Findings| {
        let messages = findings.diagnostics.iter();
        messages
            .filter(|it| it.is_error() && it.code.id.starts_with("E00"))
            .count()
    };
    let said = |findings: &Findings| {
        let messages = findings.diagnostics.iter();
        messages
            .filter(|it| it.code == message.code && it.message == message.message)
            .count()
    };
    if syntax(&after) > syntax(findings) {
        return Err(format!("it does not parse any more:\n{text}"));
    }
    if said(&after) >= said(findings) {
        return Err(format!("it is still said of\n{text}"));
    }
    Ok(())
}
