//! `tests/conformance`: tables that name, for each sentence of the language's reference, the programs
//! that prove it. Here is checked that the tables are whole: each row has a sentence and at least one
//! program, and each program is there. Whether it proves the sentence is for a reader to judge.
//!
//! Rows are `| sentence | programs |`, a `|` in a sentence is written `\|`. Programs are paths in
//! backquotes, from this checkout's `tests` folder.

use gos_tests::checkout;
use std::fs;
use std::path::Path;

#[test]
fn every_sentence_has_a_program() {
    let folder = checkout().join("tests/conformance");
    let mut wrong = Vec::new();
    let mut tables = 0;
    for entry in fs::read_dir(&folder).expect("the folder is there") {
        let path = entry.expect("readable").path();
        if path.extension().is_none_or(|ending| ending != "md") {
            continue;
        }
        tables += 1;
        let text = fs::read_to_string(&path).expect("readable");
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        for (number, why) in faults(&text, &checkout().join("tests")) {
            wrong.push(format!("{name}:{number}: {why}"));
        }
    }
    assert!(tables > 0, "no table in {}", folder.display());
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn faults_are_found() {
    let tests = checkout().join("tests");
    let head = "# Title\n\n| sentence | programs |\n|---|---|\n";
    let of = |row: &str| faults(&format!("{head}{row}\n"), &tests);
    assert_eq!(of("| `a \\| b` | `conformance` |"), []);
    assert_eq!(of("| a | |"), [(5, "no program".to_owned())]);
    assert_eq!(of("| | `conformance` |"), [(5, "no sentence".to_owned())]);
    assert_eq!(
        of("| a | b | `conformance` |"),
        [(5, "3 columns".to_owned())]
    );
    assert_eq!(
        of("| a | `conformance` `no/such.gos` |"),
        [(5, "`no/such.gos` is not there".to_owned())]
    );
    assert_eq!(faults("# Title\n", &tests), [(1, "no rows".to_owned())]);
}

/// What is wrong with the rows of a table, with the numbers of their lines.
fn faults(text: &str, tests: &Path) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut rows = 0;
    for (index, line) in text.lines().enumerate() {
        let is_row = line.starts_with('|') && !line.starts_with("|---");
        if !is_row || line == "| sentence | programs |" {
            continue;
        }
        rows += 1;
        found.extend(row_fault(line, tests).map(|why| (index + 1, why)));
    }
    if rows == 0 {
        found.push((1, "no rows".to_owned()));
    }
    found
}

fn row_fault(line: &str, tests: &Path) -> Option<String> {
    let bare = line.replace("\\|", "");
    let columns: Vec<&str> = bare.trim().trim_matches('|').split('|').collect();
    let [sentence, programs] = columns[..] else {
        return Some(format!("{} columns", columns.len()));
    };
    if sentence.trim().is_empty() {
        return Some("no sentence".to_owned());
    }
    let mut paths = programs.split('`').skip(1).step_by(2).peekable();
    if paths.peek().is_none() {
        return Some("no program".to_owned());
    }
    let missing = paths.find(|path| !tests.join(path).exists())?;
    Some(format!("`{missing}` is not there"))
}
