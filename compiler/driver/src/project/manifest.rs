//! What a `project.toml` says, with the place of everything that may have to be reported. Only the
//! text is looked at; whether the dependencies are there is the next step's matter.

use std::ops::Range;

use gos_diag::{Diagnostic, FileId, Span, codes};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A project's own words about itself.
#[derive(Debug)]
pub(super) struct Manifest {
    pub(super) id: String,
    pub(super) id_span: Span,
    pub(super) dependencies: Vec<Dependency>,
    /// Targets and what links for them.
    pub(super) linkers: Vec<(String, String)>,
}

#[derive(Debug)]
pub(super) struct Dependency {
    pub(super) id: String,
    pub(super) id_span: Span,
    pub(super) source: Source,
    /// Of the path or the address.
    pub(super) source_span: Span,
}

/// Where a dependency's sources are.
#[derive(Debug)]
pub(super) enum Source {
    /// A folder, relative to that of the `project.toml`.
    Path(String),
    Git {
        url: String,
        pick: Pick,
    },
}

/// Which commit of a repository is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Pick {
    /// The newest of the branch that the repository shows first.
    Default,
    Rev(String),
    Tag(String),
    Branch(String),
}

impl Pick {
    /// The key and the value that say so.
    pub(crate) fn entry(&self) -> Option<(&'static str, &str)> {
        match self {
            Self::Default => None,
            Self::Rev(name) => Some(("rev", name)),
            Self::Tag(name) => Some(("tag", name)),
            Self::Branch(name) => Some(("branch", name)),
        }
    }

    /// What the key and the value mean.
    pub(super) fn of(key: &str, value: &str) -> Option<Self> {
        let value = value.to_owned();
        match key {
            "rev" => Some(Self::Rev(value)),
            "tag" => Some(Self::Tag(value)),
            "branch" => Some(Self::Branch(value)),
            _ => None,
        }
    }
}

const PROJECT_KEYS: [&str; 5] = ["id", "version", "authors", "license", "edition"];
const DEPENDENCY_KEYS: [&str; 5] = ["path", "git", "rev", "tag", "branch"];

/// Reads the text of a `project.toml`. None when it has no usable `id`.
pub(super) fn read(text: &str, file: FileId) -> (Option<Manifest>, Vec<Diagnostic>) {
    let mut reader = Reader {
        file,
        messages: Vec::new(),
    };
    let manifest = match DeTable::parse(text) {
        Ok(root) => reader.manifest(root.get_ref()),
        Err(error) => {
            let span = reader.span(error.span().unwrap_or(0..0));
            reader.wrong(span, first_line(error.message()));
            None
        }
    };
    (manifest, reader.messages)
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}

/// Whether this is a project's id: parts of letters, digits, `-`, `_` and `.`, with `/` between, which
/// need quotes neither in a shell nor in a path.
pub(crate) fn is_id(id: &str) -> bool {
    let allowed = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    let is_part = |part: &str| part.starts_with(char::is_alphanumeric) && part.chars().all(allowed);
    id.split('/').all(is_part)
}

type Entry<'t, 'i> = (
    &'t Spanned<toml::de::DeString<'i>>,
    &'t Spanned<DeValue<'i>>,
);

pub(super) struct Reader {
    file: FileId,
    messages: Vec<Diagnostic>,
}

impl Reader {
    pub(super) fn span(&self, range: Range<usize>) -> Span {
        let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Span::new(self.file, place(range.start), place(range.end))
    }

    pub(super) fn add(&mut self, message: Diagnostic) {
        self.messages.push(message);
    }

    fn wrong(&mut self, span: Span, text: impl Into<String>) -> &mut Diagnostic {
        let message = Diagnostic::error(codes::INVALID_PROJECT, span, text);
        self.messages.push(message);
        self.messages.last_mut().expect("just pushed")
    }

    fn help(&mut self, span: Span, text: impl Into<String>, help: impl Into<String>) {
        let message = Diagnostic::error(codes::INVALID_PROJECT, span, text);
        self.messages.push(message.help(help));
    }

    fn manifest(&mut self, root: &DeTable<'_>) -> Option<Manifest> {
        let (mut project, mut dependencies, mut linkers) = (None, Vec::new(), Vec::new());
        let mut found = false;
        for (key, value) in root {
            match key.get_ref().as_ref() {
                "project" => {
                    found = true;
                    project = self.table(key.get_ref(), value).and_then(|table| {
                        let span = self.span(value.span());
                        self.project(table, span)
                    });
                }
                "dependencies" => {
                    let table = self.table(key.get_ref(), value);
                    let entries = table.into_iter().flatten();
                    dependencies = entries.filter_map(|entry| self.dependency(entry)).collect();
                }
                "target" => linkers = self.targets(value),
                other => {
                    let known = ["project", "dependencies", "target"];
                    self.unknown(other, self.span(key.span()), "a project.toml", &known);
                }
            }
        }
        if !found {
            let span = self.span(0..0);
            let help = "write `[project]` and below it `id = \"example.com/name\"`";
            self.help(span, "there is no `[project]`", help);
        }
        let (id, id_span) = project?;
        dependencies.sort_by_key(|dependency: &Dependency| dependency.id_span.start);
        Some(Manifest {
            id,
            id_span,
            dependencies,
            linkers,
        })
    }

    /// The id.
    fn project(&mut self, table: &DeTable<'_>, over: Span) -> Option<(String, Span)> {
        let mut found = None;
        for (key, value) in table {
            let span = self.span(key.span());
            match key.get_ref().as_ref() {
                "id" => found = Some(self.id(value)),
                "version" | "license" | "edition" => {
                    self.text(key.get_ref(), value);
                }
                "authors" => self.authors(value),
                other => self.unknown(other, span, "[project]", &PROJECT_KEYS),
            }
        }
        if found.is_none() {
            let help = "others name the project by it: write `id = \"example.com/name\"`";
            self.help(over, "the project has no `id`", help);
        }
        found.flatten()
    }

    fn id(&mut self, value: &Spanned<DeValue<'_>>) -> Option<(String, Span)> {
        let id = self.text("id", value)?;
        let span = self.span(value.span());
        if !is_id(&id) {
            let text = format!("\"{id}\" cannot be a project's id");
            self.help(span, text, "write one as \"example.com/name\"");
            return None;
        }
        Some((id, span))
    }

    fn authors(&mut self, value: &Spanned<DeValue<'_>>) {
        match value.get_ref() {
            DeValue::Array(authors) => {
                for author in authors.iter() {
                    self.text("authors", author);
                }
            }
            other => {
                let text = format!("`authors` is a list of texts, not {}", kind(other));
                let help = "write `authors = [\"Ada <ada@example.com>\"]`";
                self.help(self.span(value.span()), text, help);
            }
        }
    }

    fn dependency(&mut self, (key, value): Entry<'_, '_>) -> Option<Dependency> {
        let (id, id_span) = (key.get_ref().to_string(), self.span(key.span()));
        if !is_id(&id) {
            let text = format!("\"{id}\" cannot be a project's id");
            let help = "a dependency is named by its id: \"example.com/name\" = { path = \"…\" }";
            self.help(id_span, text, help);
            return None;
        }
        let DeValue::Table(table) = value.get_ref() else {
            let text = format!("the dependency is a table, not {}", kind(value.get_ref()));
            let help = "write `{ path = \"…\" }` or `{ git = \"…\", tag = \"…\" }`";
            self.help(self.span(value.span()), text, help);
            return None;
        };
        self.source(table, self.span(value.span()))
            .map(|(source, source_span)| Dependency {
                id,
                id_span,
                source,
                source_span,
            })
    }

    fn source(&mut self, table: &DeTable<'_>, over: Span) -> Option<(Source, Span)> {
        let before = self.messages.len();
        let (mut path, mut git, mut picks) = (None, None, Vec::new());
        for (key, value) in table {
            let (name, span) = (key.get_ref().as_ref(), self.span(value.span()));
            if !DEPENDENCY_KEYS.contains(&name) {
                self.unknown(
                    name,
                    self.span(key.span()),
                    "a dependency",
                    &DEPENDENCY_KEYS,
                );
                continue;
            }
            let text = self.text(name, value);
            match (name, text) {
                (_, None) => {}
                ("path", Some(text)) => path = Some((text, span)),
                ("git", Some(text)) => git = Some((text, span)),
                (_, Some(text)) => picks.push((Pick::of(name, &text), self.span(key.span()))),
            }
        }
        if let [_, (_, span), ..] = picks.as_slice() {
            let text = "only one of `rev`, `tag` and `branch` can be followed";
            self.wrong(*span, text);
        }
        match (&path, &git) {
            (Some(_), Some((_, span))) => {
                self.wrong(*span, "a dependency is a folder or a repository, not both");
            }
            (Some(_), None) if !picks.is_empty() => {
                let text = "only a repository has revisions: there is no `git` here";
                self.wrong(picks[0].1, text);
            }
            (None, None) if self.messages.len() == before => {
                let help = "write `{ path = \"…\" }` or `{ git = \"…\", tag = \"…\" }`";
                self.help(over, "nothing says where the dependency is", help);
            }
            (None, Some((url, span))) if !is_address(url) => {
                let text = format!("`{url}` is not the address of a repository");
                let help = "write one as `https://…`; a folder is named with `path`";
                self.help(*span, text, help);
            }
            _ => {}
        }
        if self.messages.len() > before {
            return None;
        }
        if let Some((path, span)) = path {
            return Some((Source::Path(path), span));
        }
        let (url, span) = git?;
        let pick = picks.pop().and_then(|(pick, _)| pick);
        let pick = pick.unwrap_or(Pick::Default);
        Some((Source::Git { url, pick }, span))
    }

    pub(super) fn table<'t, 'i>(
        &mut self,
        name: &str,
        value: &'t Spanned<DeValue<'i>>,
    ) -> Option<&'t DeTable<'i>> {
        let table = value.get_ref().as_table();
        if table.is_none() {
            let text = format!("`{name}` is a table, not {}", kind(value.get_ref()));
            let help = format!("write `[{name}]` on a line of its own");
            self.help(self.span(value.span()), text, help);
        }
        table
    }

    pub(super) fn text(&mut self, name: &str, value: &Spanned<DeValue<'_>>) -> Option<String> {
        let span = self.span(value.span());
        match value.get_ref() {
            DeValue::String(text) if text.trim().is_empty() => {
                self.wrong(span, format!("`{name}` is empty"));
                None
            }
            DeValue::String(text) => Some(text.to_string()),
            other => {
                let text = format!("`{name}` is a text, not {}", kind(other));
                self.help(span, text, "write it in quotes");
                None
            }
        }
    }

    pub(super) fn unknown(&mut self, name: &str, span: Span, place: &str, known: &[&str]) {
        let text = format!("`{name}` means nothing in {place}");
        let mut message = Diagnostic::error(codes::INVALID_PROJECT, span, text);
        message = match gos_diag::closest(name, known.iter().copied()) {
            Some(near) => message.suggest_maybe(span, near, format!("did you mean `{near}`?")),
            None => message.help(format!("known are {}", list(known))),
        };
        self.messages.push(message);
    }
}

/// Whether `git` would look for this elsewhere than beside where it happens to run.
pub(crate) fn is_address(url: &str) -> bool {
    let remote = url.contains("://") || (url.contains('@') && url.contains(':'));
    (remote || url.starts_with('/')) && !url.starts_with('-')
}

fn list(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => String::new(),
    }
}

fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
