//! Diagnostics for people: source lines with marks, drawn by ariadne.

use std::collections::BTreeMap;
use std::fmt::{self, Write};
use std::sync::Arc;

use ariadne::{
    CharSet, Color, Config, IndexType, Label as Mark, LabelAttach, Report, ReportKind, Source,
};

use super::severity_word;
use super::shorten::shorten;
use crate::diagnostic::{Diagnostic, Edit, Severity, Suggestion};
use crate::source::SourceMap;
use crate::span::{FileId, Span};

/// More messages than this help nobody at a terminal.
const SHOWN_MAX: usize = 200;

/// A line longer than this says nothing when it is printed, and takes long to draw.
const LINE_BYTES_MAX: usize = 1000;

/// The diagnostics as text, one after the other, each followed by an empty line.
pub fn text(diagnostics: &[Diagnostic], sources: &SourceMap, color: bool) -> String {
    let shown = &diagnostics[..diagnostics.len().min(SHOWN_MAX)];
    let mut out: String = each(shown, sources, color).collect();
    if let Some(more) = diagnostics.len().checked_sub(SHOWN_MAX + 1) {
        let more = more + 1;
        out.push_str(&format!("{more} more messages are not shown\n"));
    }
    out
}

/// Each of the diagnostics as text, with the empty line behind it.
pub(super) fn each<'d>(
    diagnostics: &'d [Diagnostic],
    sources: &'d SourceMap,
    color: bool,
) -> impl Iterator<Item = String> + 'd {
    let mut files = Files {
        sources,
        opened: BTreeMap::new(),
    };
    diagnostics.iter().map(move |diagnostic| {
        let mut out = String::new();
        let short = shortened(diagnostic);
        let shown = short.as_ref().unwrap_or(diagnostic);
        one(shown, &mut files, color, &mut out);
        out.push('\n');
        out
    })
}

/// The diagnostic with long types shortened and a note that says so; None if it has none.
fn shortened(diagnostic: &Diagnostic) -> Option<Diagnostic> {
    let mut short = diagnostic.clone();
    let Diagnostic {
        message,
        primary,
        secondary,
        notes,
        helps,
        suggestions,
        ..
    } = &mut short;
    let labels = std::iter::once(primary).chain(secondary);
    let texts = std::iter::once(message)
        .chain(labels.map(|label| &mut label.text))
        .chain(notes)
        .chain(helps)
        .chain(suggestions.iter_mut().map(|it| &mut it.message));
    let mut any = false;
    for text in texts {
        if let Some(shown) = shorten(text) {
            *text = shown;
            any = true;
        }
    }
    let note = "`…` stands for parts of long types; `--message-format json` shows them in full";
    any.then(|| short.note(note))
}

fn one(diagnostic: &Diagnostic, files: &mut Files<'_>, color: bool, out: &mut String) {
    if files.sources.get(diagnostic.span().file).is_none() {
        return without_source(diagnostic, out);
    }
    if has_long_line(diagnostic, files.sources) {
        return with_place_only(diagnostic, files.sources, out);
    }
    let tint = match diagnostic.severity {
        Severity::Error => Color::Red,
        Severity::Warning => Color::Yellow,
        Severity::Hint => Color::Cyan,
    };
    let primary = files.place(diagnostic.primary.span);
    let kind = ReportKind::Custom(severity_word(diagnostic.severity), tint);
    let config = Config::new()
        .with_color(color)
        .with_char_set(CharSet::Unicode)
        .with_label_attach(LabelAttach::Start)
        .with_index_type(IndexType::Byte);
    // ariadne draws nothing under a place without words.
    let words = match diagnostic.primary.text.as_str() {
        "" => "here",
        words => words,
    };
    let mark = Mark::new(primary.clone())
        .with_color(tint)
        .with_priority(1)
        .with_message(words);
    let mut report = Report::build(kind, primary)
        .with_config(config)
        .with_code(diagnostic.code.id)
        .with_message(&diagnostic.message)
        .with_label(mark);
    for label in &diagnostic.secondary {
        if files.sources.get(label.span.file).is_some() {
            let mark = Mark::new(files.place(label.span)).with_color(Color::Blue);
            report = report.with_label(mark.with_message(&label.text));
        }
    }
    for note in &diagnostic.notes {
        report = report.with_note(note);
    }
    for help in &diagnostic.helps {
        report = report.with_help(help);
    }
    for suggestion in &diagnostic.suggestions {
        report = report.with_help(suggestion_line(suggestion, files.sources));
    }
    let mut bytes = Vec::new();
    // Writing to memory only fails where a source cannot be fetched, which was ruled out above.
    match report.finish().write(files, &mut bytes) {
        Ok(()) => {
            let drawn = trimmed(&String::from_utf8_lossy(&bytes));
            out.push_str(&if color { drawn } else { without_color(&drawn) });
        }
        Err(_) => without_source(diagnostic, out),
    }
}

/// ariadne colours the word of a custom kind whatever the configuration says.
fn without_color(text: &str) -> String {
    let mut parts = text.split("\x1b[");
    let mut out = parts.next().unwrap_or("").to_string();
    for part in parts {
        out.push_str(part.split_once('m').map_or(part, |(_, rest)| rest));
    }
    out
}

/// ariadne fills some lines with blanks up to the end.
fn trimmed(text: &str) -> String {
    text.lines()
        .map(|line| format!("{}\n", line.trim_end()))
        .collect()
}

fn without_source(diagnostic: &Diagnostic, out: &mut String) {
    let word = severity_word(diagnostic.severity);
    // Writing to a `String` does not fail.
    let _ = writeln!(
        out,
        "[{}] {word}: {}",
        diagnostic.code.id, diagnostic.message
    );
    for line in diagnostic.notes.iter().chain(&diagnostic.helps) {
        let _ = writeln!(out, "  {line}");
    }
}

/// Whether a line that a label stands on is too long to be drawn.
fn has_long_line(diagnostic: &Diagnostic, sources: &SourceMap) -> bool {
    let labels = std::iter::once(&diagnostic.primary).chain(&diagnostic.secondary);
    let long = |file: FileId, at: u32| {
        let text = sources.get(file).map_or("", |file| &file.text).as_bytes();
        let at = (at as usize).min(text.len());
        let window = text[at.saturating_sub(LINE_BYTES_MAX)..at].iter().rev();
        let before = window.take_while(|&&byte| byte != b'\n').count();
        let window = text[at..].iter().take(LINE_BYTES_MAX - before);
        before + window.take_while(|&&byte| byte != b'\n').count() >= LINE_BYTES_MAX
    };
    labels
        .map(|label| label.span)
        .any(|span| long(span.file, span.start) || long(span.file, span.end))
}

/// The message with its position in place of the source line.
fn with_place_only(diagnostic: &Diagnostic, sources: &SourceMap, out: &mut String) {
    without_source(diagnostic, out);
    let span = diagnostic.span();
    let at = sources.line_col(span);
    if let Some(file) = sources.get(span.file) {
        // Writing to a `String` does not fail.
        let _ = writeln!(out, "  at {}:{}:{}", file.name, at.line, at.col);
    }
}

/// The suggestion in one line, as far as it fits there: a single edit by what it writes or removes,
/// several by the line they lead to. A message that names it already stands alone.
fn suggestion_line(suggestion: &Suggestion, sources: &SourceMap) -> String {
    let Suggestion { message, edits, .. } = suggestion;
    let shown = match edits.as_slice() {
        [edit] if edit.replacement.is_empty() => sources.slice(edit.span).to_string(),
        [edit] => edit.replacement.clone(),
        edits => edited_line(edits, sources).unwrap_or_default(),
    };
    match shown.trim() {
        shown if shown.is_empty() || shown.contains('\n') => message.clone(),
        shown if message.contains(&format!("{shown}`")) => message.clone(),
        shown => format!("{message}: `{shown}`"),
    }
}

/// The line that the edits stand on, after them; nothing if they stand on several lines.
fn edited_line(edits: &[Edit], sources: &SourceMap) -> Option<String> {
    let (first, last) = (edits.first()?, edits.last()?);
    let text = &sources.get(first.span.file)?.text;
    let (from, to) = (first.span.start as usize, last.span.end as usize);
    let one_file = edits.iter().all(|edit| edit.span.file == first.span.file);
    if !one_file || text.get(from..to)?.contains('\n') {
        return None;
    }
    let start = text.get(..from)?.rfind('\n').map_or(0, |at| at + 1);
    let end = text.get(to..)?.find('\n').map_or(text.len(), |at| to + at);
    let mut line = text.get(start..end)?.to_string();
    for edit in edits.iter().rev() {
        let offset = |at: u32| (at as usize).checked_sub(start);
        let range = offset(edit.span.start)?..offset(edit.span.end)?;
        line.get(range.clone())?;
        line.replace_range(range, &edit.replacement);
    }
    (line.len() < LINE_BYTES_MAX).then_some(line)
}

/// A span as ariadne wants it.
#[derive(Clone)]
struct Place {
    file: FileId,
    start: usize,
    end: usize,
}

impl ariadne::Span for Place {
    type SourceId = FileId;

    fn source(&self) -> &FileId {
        &self.file
    }

    fn start(&self) -> usize {
        self.start
    }

    fn end(&self) -> usize {
        self.end
    }
}

/// The files that messages are about, cut into lines once.
struct Files<'m> {
    sources: &'m SourceMap,
    opened: BTreeMap<FileId, Source<Arc<str>>>,
}

impl Files<'_> {
    /// The span, moved into the file and onto whole characters where it is not.
    fn place(&self, span: Span) -> Place {
        let text = self.sources.get(span.file).map_or("", |file| &file.text);
        let fit = |offset: u32| {
            let mut offset = (offset as usize).min(text.len());
            while !text.is_char_boundary(offset) {
                offset -= 1;
            }
            offset
        };
        let start = fit(span.start);
        Place {
            file: span.file,
            start,
            end: fit(span.end).max(start),
        }
    }
}

impl ariadne::Cache<FileId> for &mut Files<'_> {
    type Storage = Arc<str>;

    fn fetch(&mut self, id: &FileId) -> Result<&Source<Arc<str>>, impl fmt::Debug> {
        let Some(file) = self.sources.get(*id) else {
            return Err("no such file");
        };
        Ok(self
            .opened
            .entry(*id)
            .or_insert_with(|| Source::from(file.text.clone())))
    }

    fn display<'a>(&self, id: &'a FileId) -> Option<impl fmt::Display + 'a> {
        self.sources.get(*id).map(|file| file.name.to_string())
    }
}
