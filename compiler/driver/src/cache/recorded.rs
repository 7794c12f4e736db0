//! What a compilation looked at outside of `gos`: files, folders, files that were not there, and
//! variables of the environment. When all of it is as it was, so is what comes out.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use gos_sema::loader::{Source, SourceProvider, SourceRoot};
use serde_json::Value;

use super::Digest;
use crate::sources::Sources;

/// A question about the outside, and a digest of the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Observation {
    asked: Asked,
    answer: String,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Asked {
    Text(Root, String),
    Bytes(Root, String),
    Folder(Root, String),
    List(Root, String),
    Variable(String),
}

/// None for the user's own sources, or the place of a dependency. Which dependencies there are
/// belongs to the question that a program is the answer to.
type Root = Option<u32>;

/// Sources that note what is asked of them. The library inside `gos` needs no note.
pub(crate) struct Recorded<'a> {
    sources: &'a Sources,
    answers: RefCell<BTreeMap<Asked, String>>,
}

impl<'a> Recorded<'a> {
    pub(crate) fn new(sources: &'a Sources) -> Self {
        Self {
            sources,
            answers: RefCell::default(),
        }
    }

    pub(crate) fn observations(&self) -> Vec<Observation> {
        let answers = self.answers.borrow();
        let answers = answers.clone().into_iter();
        answers
            .map(|(asked, answer)| Observation { asked, answer })
            .collect()
    }

    fn note(
        &self,
        root: SourceRoot,
        asked: impl FnOnce(Root) -> Asked,
        answer: impl FnOnce() -> String,
    ) {
        let root = match root {
            SourceRoot::User => None,
            SourceRoot::Package(index) => Some(index),
            SourceRoot::Std => return,
        };
        let mut answers = self.answers.borrow_mut();
        answers.entry(asked(root)).or_insert_with(answer);
    }
}

impl SourceProvider for Recorded<'_> {
    fn read(&self, root: SourceRoot, path: &str) -> Source {
        let source = self.sources.read(root, path);
        self.note(
            root,
            |at| Asked::Text(at, path.to_owned()),
            || of_text(&source),
        );
        source
    }

    fn has_folder(&self, root: SourceRoot, path: &str) -> bool {
        let has = self.sources.has_folder(root, path);
        self.note(
            root,
            |at| Asked::Folder(at, path.to_owned()),
            || has.to_string(),
        );
        has
    }

    fn list(&self, root: SourceRoot, path: &str) -> Vec<String> {
        let names = self.sources.list(root, path);
        self.note(
            root,
            |at| Asked::List(at, path.to_owned()),
            || of_list(&names),
        );
        names
    }

    fn bytes(&self, root: SourceRoot, path: &str) -> Option<Arc<[u8]>> {
        let bytes = self.sources.bytes(root, path);
        let answer = || of_bytes(bytes.as_deref());
        self.note(root, |at| Asked::Bytes(at, path.to_owned()), answer);
        bytes
    }

    fn environment_variable(&self, name: &str) -> Option<String> {
        let value = self.sources.environment_variable(name);
        let answer = || of_bytes(value.as_ref().map(String::as_bytes));
        self.note(
            SourceRoot::User,
            |_| Asked::Variable(name.to_owned()),
            answer,
        );
        value
    }
}

/// Whether everything is as it was observed.
pub(crate) fn still_hold(observations: &[Observation], sources: &Sources) -> bool {
    observations
        .iter()
        .all(|observation| ask(&observation.asked, sources) == observation.answer)
}

fn ask(asked: &Asked, sources: &Sources) -> String {
    let of = |root: &Root| root.map_or(SourceRoot::User, SourceRoot::Package);
    match asked {
        Asked::Text(root, path) => of_text(&sources.read(of(root), path)),
        Asked::Bytes(root, path) => of_bytes(sources.bytes(of(root), path).as_deref()),
        Asked::Folder(root, path) => sources.has_folder(of(root), path).to_string(),
        Asked::List(root, path) => of_list(&sources.list(of(root), path)),
        Asked::Variable(name) => {
            let value = sources.environment_variable(name);
            of_bytes(value.as_ref().map(String::as_bytes))
        }
    }
}

fn of_text(source: &Source) -> String {
    match source {
        Source::Found { text, .. } => Digest::of(text.as_bytes()),
        Source::Missing => "missing".to_owned(),
        Source::Unreadable { reason, .. } => format!("unreadable: {reason}"),
    }
}

fn of_bytes(bytes: Option<&[u8]>) -> String {
    bytes.map_or_else(|| "missing".to_owned(), Digest::of)
}

fn of_list(names: &[String]) -> String {
    let all = names.iter();
    all.fold(Digest::new(), |digest, name| digest.add(name.as_bytes()))
        .name()
}

impl Observation {
    /// As `[kind, root, name, answer]`.
    pub(super) fn to_json(&self) -> Value {
        let (kind, root, name) = match &self.asked {
            Asked::Text(root, path) => ("text", *root, path),
            Asked::Bytes(root, path) => ("bytes", *root, path),
            Asked::Folder(root, path) => ("folder", *root, path),
            Asked::List(root, path) => ("list", *root, path),
            Asked::Variable(name) => ("variable", None, name),
        };
        serde_json::json!([kind, root, name, self.answer])
    }

    pub(super) fn from_json(value: &Value) -> Option<Self> {
        let [kind, root, name, answer] = value.as_array()?.as_slice() else {
            return None;
        };
        let name = name.as_str()?.to_owned();
        let root = match root {
            Value::Null => None,
            root => Some(u32::try_from(root.as_u64()?).ok()?),
        };
        let asked = match kind.as_str()? {
            "text" => Asked::Text(root, name),
            "bytes" => Asked::Bytes(root, name),
            "folder" => Asked::Folder(root, name),
            "list" => Asked::List(root, name),
            "variable" => Asked::Variable(name),
            _ => return None,
        };
        let answer = answer.as_str()?.to_owned();
        Some(Self { asked, answer })
    }
}
