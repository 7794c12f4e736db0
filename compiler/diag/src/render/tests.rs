use super::{json, text};
use crate::{Applicability, Diagnostic, Edit, FileId, SourceMap, Span, codes};

fn sample() -> (SourceMap, Vec<Diagnostic>) {
    let mut sources = SourceMap::new();
    let file = sources.add(
        "src/main.gos",
        "fn main() {\n    let grüße: i64 = \"x\"\n}\n",
    );
    let span = Span::new(file, 35, 38);
    let diagnostic =
        Diagnostic::error(codes::TYPE_MISMATCH, span, "expected `i64`, found `String`")
            .label(span, "this is a `String`")
            .label(Span::new(file, 29, 32), "expected because of this")
            .note("there are no implicit conversions")
            .suggest(span, "0", "write a number");
    (sources, vec![diagnostic])
}

#[test]
fn text_shows_lines_marks_and_help() {
    let (sources, diagnostics) = sample();
    let shown = text(&diagnostics, &sources, false);
    for part in [
        "[E0301] error: expected `i64`, found `String`",
        "src/main.gos:2:22",
        "let grüße: i64 = \"x\"",
        "this is a `String`",
        "expected because of this",
        "there are no implicit conversions",
        "write a number: `0`",
    ] {
        assert!(shown.contains(part), "{part} is missing in\n{shown}");
    }
    assert!(!shown.contains('\x1b'), "colour codes without colour");
    assert!(text(&diagnostics, &sources, true).contains('\x1b'));
}

#[test]
fn text_survives_spans_that_do_not_fit() {
    let (sources, _) = sample();
    // In the middle of `ü`, past the end, the wrong way round, in no file.
    for (file, start, end) in [(0, 23, 24), (0, 90, 99), (0, 9, 2), (7, 0, 1)] {
        let span = Span {
            file: FileId(file),
            start,
            end,
        };
        let diagnostic = Diagnostic::error(codes::TYPE_MISMATCH, span, "odd").label(span, "here");
        assert!(text(std::slice::from_ref(&diagnostic), &sources, false).contains("odd"));
        assert!(json(&[diagnostic], &sources).contains("odd"));
    }
}

#[test]
fn json_is_one_object_per_line() {
    let (sources, mut diagnostics) = sample();
    diagnostics.push(diagnostics[0].clone());
    let shown = json(&diagnostics, &sources);
    let lines: Vec<&str> = shown.lines().collect();
    assert_eq!(lines.len(), 2);
    let value: serde_json::Value = serde_json::from_str(lines[0]).expect("an object");
    assert_eq!(value["code"], "E0301");
    assert_eq!(value["primary"]["span"]["start"]["line"], 2);
    assert_eq!(value["primary"]["span"]["start"]["column"], 22);
    let suggestion = &value["suggestions"][0];
    assert_eq!(suggestion["applicability"], "machine-applicable");
    assert_eq!(suggestion["edits"][0]["replacement"], "0");
}

#[test]
fn several_edits_show_the_line_they_lead_to() {
    let mut sources = SourceMap::new();
    let file = sources.add("main.gos", "if (x) {\n}\n");
    let span = Span::new(file, 3, 6);
    let edits = vec![
        Edit::new(Span::new(file, 5, 6), ""),
        Edit::new(Span::new(file, 3, 4), ""),
    ];
    let diagnostic = Diagnostic::warning(codes::UNUSED_VALUE, span, "odd").suggest_edits(
        Applicability::Machine,
        edits,
        "remove them",
    );
    let shown = text(&[diagnostic], &sources, false);
    assert!(shown.contains("remove them: `if x {`"), "{shown}");
}
