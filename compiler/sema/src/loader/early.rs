//! The library's modules that every program has: they are parsed while the user's are, by a thread of
//! their own, and by the loader where it would have to wait.
//!
//! Their files have the same ids in every check, whoever parses them. Never: decides what is loaded;
//! a module is used when a path leads to it, as any other is.

use super::attributes;
use crate::Options;
use gos_diag::{Diagnostic, FileId};
use gos_syntax::ast;
use rustc_hash::FxHashMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, Scope};

/// The files of these modules, in the order in which the loader comes to them.
pub(super) const FILES: [&str; 57] = [
    "lib.gos",
    "prelude.gos",
    "rt.gos",
    "fmt.gos",
    "ops.gos",
    "cmp.gos",
    "iter.gos",
    "panicking.gos",
    "option.gos",
    "result.gos",
    "string.gos",
    "vec.gos",
    "clone.gos",
    "num.gos",
    "char.gos",
    "strconv.gos",
    "channel.gos",
    "convert.gos",
    "default.gos",
    "errors.gos",
    "hash.gos",
    "fmt/number.gos",
    "fmt/text.gos",
    "reference.gos",
    "fmt/debug.gos",
    "ops/bounds.gos",
    "ops/range.gos",
    "tuple.gos",
    "iter/adapter.gos",
    "iter/part.gos",
    "iter/back.gos",
    "iter/total.gos",
    "string/compare.gos",
    "string/pattern.gos",
    "string/split.gos",
    "string/walk.gos",
    "utf8.gos",
    "string/case.gos",
    "string/edit.gos",
    "string/slice.gos",
    "vec/array.gos",
    "vec/ascii.gos",
    "vec/edit.gos",
    "vec/ends.gos",
    "vec/parts.gos",
    "vec/view.gos",
    "vec/walk.gos",
    "rc.gos",
    "num/convert.gos",
    "num/float.gos",
    "num/integer.gos",
    "num/mixed.gos",
    "num/types.gos",
    "num/widen.gos",
    "char/utf16.gos",
    "utf8/chunks.gos",
    "vec/position.gos",
];

/// A file's id and its text.
type File = (FileId, Arc<str>);

/// What parsing gives.
pub(super) type Parsed = (ast::Module, Vec<Diagnostic>);

/// These modules while a program is loaded.
pub(super) struct Early<'o> {
    options: &'o Options,
    files: Vec<File>,
    by_path: FxHashMap<&'static str, usize>,
    /// How far each file is.
    states: Mutex<Vec<State>>,
    /// One more is parsed.
    parsed: Condvar,
}

enum State {
    Waiting,
    /// Some thread parses it.
    Begun,
    Parsed(Box<Parsed>),
    Taken,
}

impl State {
    fn is_waiting(&self) -> bool {
        matches!(self, State::Waiting)
    }
}

impl<'o> Early<'o> {
    /// Reads the files, as far as there are any.
    pub fn read(options: &'o Options, read: &mut dyn FnMut(&str) -> Option<File>) -> Self {
        let found = FILES
            .into_iter()
            .filter_map(|path| Some((path, read(path)?)));
        let (paths, files): (Vec<&str>, Vec<_>) = found.unzip();
        let by_path = paths.into_iter().zip(0..).collect();
        let states = files.iter().map(|_| State::Waiting).collect();
        Early {
            options,
            files,
            by_path,
            states: Mutex::new(states),
            parsed: Condvar::new(),
        }
    }

    /// Begins to parse on a thread. Where there can be none, `take` parses.
    pub fn begin<'s>(&'s self, scope: &'s Scope<'s, '_>) {
        let work = || {
            loop {
                let states = self.states();
                match states.iter().position(State::is_waiting) {
                    Some(index) => self.parse_for_later(states, index),
                    None => return,
                }
            }
        };
        // An error means that the system has no thread left.
        let _ = thread::Builder::new().spawn_scoped(scope, work);
    }

    /// The file at this path, if it is one of these.
    pub fn file(&self, path: &str) -> Option<File> {
        self.by_path
            .get(path)
            .map(|&index| self.files[index].clone())
    }

    /// The tree of a file, if it is one of these, once.
    pub fn take(&self, file: FileId) -> Option<Parsed> {
        let first = self.files.first()?.0;
        let index = file.0.checked_sub(first.0)? as usize;
        loop {
            let mut states = self.states();
            match std::mem::replace(states.get_mut(index)?, State::Taken) {
                State::Taken => return None,
                State::Parsed(parsed) => return Some(*parsed),
                State::Waiting => {
                    drop(states);
                    return Some(self.parse(index));
                }
                State::Begun => {
                    states[index] = State::Begun;
                    // The last, which the other thread comes to last.
                    match states.iter().rposition(State::is_waiting) {
                        Some(other) => self.parse_for_later(states, other),
                        None => drop(self.parsed.wait(states)),
                    }
                }
            }
        }
    }

    fn states(&self) -> MutexGuard<'_, Vec<State>> {
        self.states.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn parse_for_later(&self, mut states: MutexGuard<'_, Vec<State>>, index: usize) {
        states[index] = State::Begun;
        drop(states);
        let parsed = self.parse(index);
        self.states()[index] = State::Parsed(Box::new(parsed));
        self.parsed.notify_all();
    }

    fn parse(&self, index: usize) -> Parsed {
        let (file, text) = &self.files[index];
        parse_library(*file, text, self.options)
    }
}

/// The tree of a file of the library, without the bodies of functions.
pub(super) fn parse_library(file: FileId, text: &str, options: &Options) -> Parsed {
    let keep = |attrs: &[ast::Attribute]| attributes::is_configured(attrs, options, false);
    gos_syntax::parse_outline(file, text, &keep)
}

#[cfg(test)]
mod tests {
    use super::FILES;
    use crate::loader::{Source, SourceProvider, SourceRoot};
    use crate::{Options, Session, Trees};
    use std::path::Path;

    /// The true library, and a program of nothing.
    struct Library;

    impl SourceProvider for Library {
        fn read(&self, root: SourceRoot, path: &str) -> Source {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../stdlib/src");
            let text = match root {
                SourceRoot::Std => std::fs::read_to_string(folder.join(path)).ok(),
                _ => (path == "main.gos").then(|| "fn main() {}\n".to_owned()),
            };
            let name = path.to_owned();
            text.map_or(Source::Missing, |text| Source::Found {
                name,
                text: text.into(),
            })
        }

        fn has_folder(&self, _: SourceRoot, _: &str) -> bool {
            false
        }

        fn list(&self, _: SourceRoot, _: &str) -> Vec<String> {
            Vec::new()
        }
    }

    /// One too few would be parsed while the loader waits, one too many for nobody.
    #[test]
    fn these_are_the_modules_that_every_program_has() {
        let (trees, options) = (Trees::default(), Options::default());
        let session = Session::new(&trees, &Library, "main.gos", &options);
        let (program, _) = session.into_program();
        let modules = program.modules.iter().map(|(_, module)| module);
        let library = modules.filter(|module| module.is_std());
        let file = |path: &str| match path.strip_prefix("std::") {
            Some(inner) => format!("{}.gos", inner.replace("::", "/")),
            None => "lib.gos".to_owned(),
        };
        let loaded: Vec<String> = library.map(|module| file(&module.path)).collect();
        assert_eq!(loaded, FILES);
    }
}
