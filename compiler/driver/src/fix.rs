//! `gos check --fix`: applies the suggestions that need no second thought, and looks whether that
//! helped. Keeps: after a fix a program has no more errors than before, or its files are as they were.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use gos_diag::{Applicability, Diagnostic, Edit, FileId, SourceMap, Suggestion};

use crate::cli::MessageFormat;
use crate::failure::Failure;
use crate::report;

/// How often a program is checked and fixed: some mistakes hide others.
pub(crate) const ROUNDS_MAX: usize = 8;

/// A check's messages with the files they speak of.
pub(crate) struct Findings {
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// With names that can be opened from here.
    pub(crate) sources: SourceMap,
    /// The user's files; nothing else is ever changed.
    pub(crate) own: Vec<FileId>,
}

impl Findings {
    fn errors(&self) -> usize {
        self.diagnostics.iter().filter(|it| it.is_error()).count()
    }

    /// Shows all of them; fails if there are errors among them.
    pub(crate) fn show(&self, format: MessageFormat) -> Result<(), Failure> {
        report::show(&self.diagnostics, &self.sources, format);
        match self.errors() {
            0 => Ok(()),
            _ => Err(Failure::Reported),
        }
    }

    /// What is left to say: errors first of all, then the rest.
    fn weight(&self) -> (usize, usize) {
        (self.errors(), self.diagnostics.len())
    }
}

/// Fixes what can be fixed; gives what is left to say, and how many suggestions were applied.
pub(crate) fn fix(mut check: impl FnMut() -> Findings) -> Result<(Findings, usize), Failure> {
    let mut findings = check();
    let mut applied = 0;
    for _ in 0..ROUNDS_MAX {
        let (texts, count) = fixed_texts(&findings);
        if count == 0 {
            break;
        }
        let before = originals(&findings, &texts);
        write_all(&texts)?;
        let after = check();
        if after.weight() > findings.weight() {
            // Worse than before: nobody asked for that.
            write_all(&before)?;
            break;
        }
        findings = after;
        applied += count;
    }
    Ok((findings, applied))
}

/// The files as they would be with every suggestion that is sure, and how many these are.
fn fixed_texts(findings: &Findings) -> (BTreeMap<PathBuf, String>, usize) {
    let mut taken: Vec<&Edit> = Vec::new();
    let mut count = 0;
    for diagnostic in &findings.diagnostics {
        // A second suggestion of a message is another way to the same end.
        let sure = |it: &&Suggestion| it.applicability == Applicability::Machine;
        let Some(suggestion) = diagnostic.suggestions.iter().find(sure) else {
            continue;
        };
        let own = |edit: &Edit| findings.own.contains(&edit.span.file);
        let free = |edit: &Edit| !taken.iter().any(|other| conflict(other, edit));
        if suggestion.edits.iter().all(|edit| own(edit) && free(edit)) {
            taken.extend(&suggestion.edits);
            count += 1;
        }
    }
    // From the end of each file, so that places in front stay where they are.
    taken.sort_by_key(|edit| (edit.span.file, edit.span.start, edit.span.end));
    let mut texts = BTreeMap::new();
    for edit in taken.into_iter().rev() {
        let Some(file) = findings.sources.get(edit.span.file) else {
            continue;
        };
        let text = texts
            .entry(PathBuf::from(&*file.name))
            .or_insert_with(|| file.text.to_string());
        let range = edit.span.start as usize..edit.span.end as usize;
        if text.get(range.clone()).is_some() {
            text.replace_range(range, &edit.replacement);
        }
    }
    (texts, count)
}

/// Whether two edits change the same text, or insert at the same place.
fn conflict(one: &Edit, other: &Edit) -> bool {
    let (a, b) = (one.span, other.span);
    a.file == b.file && (a.start < b.end && b.start < a.end || a.start == b.start)
}

/// The files of `texts` as they were when they were checked.
fn originals(findings: &Findings, texts: &BTreeMap<PathBuf, String>) -> BTreeMap<PathBuf, String> {
    let files = findings.sources.iter();
    files
        .map(|(_, file)| (PathBuf::from(&*file.name), file.text.to_string()))
        .filter(|(path, _)| texts.contains_key(path))
        .collect()
}

fn write_all(texts: &BTreeMap<PathBuf, String>) -> Result<(), Failure> {
    for (path, text) in texts {
        fs::write(path, text).map_err(|error| Failure::io("write", path, &error))?;
    }
    Ok(())
}
