//! Every file of `tests/syntax` against the dump beside it: `ok/` must parse without a message,
//! `err/` with some, which are part of the dump. `GOS_BLESS=1` rewrites the dumps.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use gos_diag::{Diagnostic, SourceMap};

fn files(kind: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/syntax")
        .join(kind);
    let entries = fs::read_dir(&folder).expect("the folder of the corpus");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let mut files: Vec<PathBuf> = paths
        .filter(|path| path.extension().is_some_and(|ext| ext == "gos"))
        .collect();
    files.sort();
    assert!(!files.is_empty(), "no files in {}", folder.display());
    files
}

fn messages(diagnostics: &[Diagnostic], sources: &SourceMap) -> String {
    let mut out = String::new();
    for diagnostic in diagnostics {
        let at = sources.line_col(diagnostic.span());
        let (code, message) = (diagnostic.code.id, &diagnostic.message);
        writeln!(out, "{code} {}:{} {message}", at.line, at.col).expect("memory");
        for label in std::iter::once(&diagnostic.primary).chain(&diagnostic.secondary) {
            let at = sources.line_col(label.span);
            let text = sources.slice(label.span).lines().next().unwrap_or("");
            writeln!(out, "  {}:{} `{text}` {}", at.line, at.col, label.text).expect("memory");
        }
        for line in diagnostic.notes.iter().chain(&diagnostic.helps) {
            writeln!(out, "  {line}").expect("memory");
        }
        for suggestion in &diagnostic.suggestions {
            for edit in &suggestion.edits {
                let (text, message) = (sources.slice(edit.span), &suggestion.message);
                writeln!(out, "  `{text}` -> `{}`: {message}", edit.replacement).expect("memory");
            }
        }
    }
    out
}

fn run(kind: &str, errors_wanted: bool) {
    let bless = std::env::var_os("GOS_BLESS").is_some();
    let mut failed = Vec::new();
    for path in files(kind) {
        let text = fs::read_to_string(&path).expect("a source file");
        let mut sources = SourceMap::new();
        let file = sources.add("file", text.as_str());
        let (module, diagnostics) = gos_syntax::parse(file, &text);
        let shown = messages(&diagnostics, &sources);
        let actual = format!("{}{shown}", gos_syntax::ast::dump(&module));
        let golden = path.with_extension("ast");
        if bless {
            fs::write(&golden, &actual).expect("a writable corpus");
        }
        let expected = fs::read_to_string(&golden).unwrap_or_default();
        if actual != expected {
            failed.push(format!("{}: got\n{actual}", path.display()));
        }
        if gos_diag::has_errors(&diagnostics) != errors_wanted {
            failed.push(format!("{}: messages\n{shown}", path.display()));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[test]
fn good_files_parse_as_dumped() {
    run("ok", false);
}

#[test]
fn bad_files_are_reported_as_dumped() {
    run("err", true);
}
