//! Small programs for tests: files in memory, and a library of the few items the compiler needs.

use crate::loader::{Source, SourceProvider, SourceRoot};
use crate::program::Program;
use crate::{CheckResult, Options, check_program};
use gos_diag::Code;

/// The library of the tests: just enough of the real one's shape.
const LIBRARY: &[(&str, &str)] = &[
    ("lib.gos", ""),
    (
        "prelude.gos",
        "pub use std::option::Option\n\
         pub use std::option::Option::{None, Some}\n\
         pub use std::ops::{Add, Clone, Debug, Default, Display, Eq, Hash, Iterator, IntoIterator}\n\
         pub use std::ops::{Ord, PartialEq, PartialOrd, ToString}\n",
    ),
    (
        "option.gos",
        "#[lang = \"option\"]\npub enum Option<T> { None, Some(T) }\n",
    ),
    (
        "io.gos",
        "pub struct Stdout { handle: i64 }\npub fn stdout() -> Stdout { Stdout { handle: 1 } }\n",
    ),
    ("char.gos", "pub fn from_digit(d: u32) -> char { 'x' }\n"),
    (
        "panicking.gos",
        "#[lang = \"panic\"]\npub fn panic_text(message: String) -> ! { loop {} }\n",
    ),
    (
        "ops.gos",
        "#[lang = \"add\"]\npub trait Add<Rhs = Self> { type Output\n fn add(self, rhs: Rhs) -> Self::Output }\n\
         impl Add for i64 { type Output = i64\n fn add(self, rhs: i64) -> i64 { self + rhs } }\n\
         impl Add for f64 { type Output = f64\n fn add(self, rhs: f64) -> f64 { self + rhs } }\n\
         #[lang = \"clone\"]\npub trait Clone { fn clone(&self) -> Self }\n\
         #[lang = \"clone_copy\"]\npub fn clone_copy<T>(value: &T) -> T { *value }\n\
         #[lang = \"formatter\"]\npub struct Formatter { text: String }\n\
         #[lang = \"debug\"]\npub trait Debug { fn fmt(&self, f: &mut Formatter) -> bool }\n\
         impl Debug for i64 { fn fmt(&self, f: &mut Formatter) -> bool { true } }\n\
         #[lang = \"display\"]\npub trait Display { fn fmt(&self, f: &mut Formatter) -> bool }\n\
         impl Display for i64 { fn fmt(&self, f: &mut Formatter) -> bool { true } }\n\
         impl Display for String { fn fmt(&self, f: &mut Formatter) -> bool { true } }\n\
         pub trait ToString { fn to_string(&self) -> String }\n\
         impl<T: Display> ToString for T { fn to_string(&self) -> String { \"\" } }\n\
         #[lang = \"default\"]\npub trait Default { fn default() -> Self }\n\
         impl Default for i64 { fn default() -> i64 { 0 } }\n\
         #[lang = \"eq\"]\npub trait PartialEq<Rhs = Self> { fn eq(&self, other: &Rhs) -> bool }\n\
         impl PartialEq for i64 { fn eq(&self, other: &i64) -> bool { *self == *other } }\n\
         #[lang = \"eq_total\"]\npub trait Eq: PartialEq {}\n\
         impl Eq for i64 {}\n\
         #[lang = \"ordering\"]\npub enum Ordering { Less = -1, Equal = 0, Greater = 1 }\n\
         #[lang = \"partial_ord\"]\npub trait PartialOrd<Rhs = Self>: PartialEq<Rhs> { fn partial_cmp(&self, other: &Rhs) -> Option<Ordering> }\n\
         impl PartialOrd for i64 { fn partial_cmp(&self, other: &i64) -> Option<Ordering> { None } }\n\
         #[lang = \"ord\"]\npub trait Ord: Eq + PartialOrd { fn cmp(&self, other: &Self) -> Ordering }\n\
         impl Ord for i64 { fn cmp(&self, other: &i64) -> Ordering { Ordering::Equal } }\n\
         pub struct Hasher { state: u64 }\n\
         #[lang = \"hash\"]\npub trait Hash { fn hash(&self, state: &mut Hasher) }\n\
         impl Hash for i64 { fn hash(&self, state: &mut Hasher) {} }\n\
         #[lang = \"iterator\"]\npub trait Iterator { type Item\n fn next(&mut self) -> Option<Self::Item> }\n\
         #[lang = \"into_iterator\"]\npub trait IntoIterator { type Item\n type IntoIter: Iterator<Item = Self::Item>\n fn into_iter(self) -> Self::IntoIter }\n\
         impl<I: Iterator> IntoIterator for I { type Item = I::Item\n type IntoIter = I\n fn into_iter(self) -> I { self } }\n\
         #[lang = \"range\"]\npub struct Range<T> { start: T, end: T }\n\
         impl Iterator for Range<i64> { type Item = i64\n fn next(&mut self) -> Option<i64> {\n if self.start < self.end { self.start += 1\n Some(self.start - 1) } else { None } } }\n",
    ),
];

struct Files<'f>(&'f [(&'f str, &'f str)]);

impl Files<'_> {
    fn of(&self, root: SourceRoot) -> &[(&str, &str)] {
        match root {
            SourceRoot::User => self.0,
            SourceRoot::Std => LIBRARY,
            SourceRoot::Package(_) => &[],
        }
    }
}

impl SourceProvider for Files<'_> {
    fn read(&self, root: SourceRoot, path: &str) -> Source {
        let found = self.of(root).iter().find(|(name, _)| *name == path);
        found.map_or(Source::Missing, |(name, text)| Source::Found {
            name: (*name).to_string(),
            text: (*text).into(),
        })
    }

    fn has_folder(&self, root: SourceRoot, path: &str) -> bool {
        let folder = format!("{path}/");
        self.of(root)
            .iter()
            .any(|(name, _)| name.starts_with(&folder))
    }

    fn list(&self, _root: SourceRoot, _path: &str) -> Vec<String> {
        Vec::new()
    }
}

/// Checks files, the first of which is the root.
pub(crate) fn check_files(files: &[(&str, &str)]) -> CheckResult {
    check_program(&Files(files), files[0].0, &Options::default())
}

/// Checks one file.
pub(crate) fn check(text: &str) -> CheckResult {
    check_files(&[("main.gos", text)])
}

/// Each message as `line: code message`, one a line. What nobody uses is not among them: the
/// programs of tests are too small to use what they declare.
pub(crate) fn messages(result: &CheckResult) -> String {
    messages_where(result, |code| !crate::lint::is_about_use(code))
}

/// The messages whose codes are wanted.
pub(crate) fn messages_where(result: &CheckResult, wanted: fn(Code) -> bool) -> String {
    let diagnostics = result.diagnostics.iter();
    let lines = diagnostics.filter(|it| wanted(it.code)).map(|diagnostic| {
        let line = result.source_map.line_col(diagnostic.span()).line;
        let file = result.source_map.get(diagnostic.span().file);
        let file = file.map_or("", |file| &*file.name);
        let place = match file {
            "main.gos" => line.to_string(),
            file => format!("{file} {line}"),
        };
        format!("{place}: {} {}\n", diagnostic.code.id, diagnostic.message)
    });
    lines.collect()
}

/// The program of one file that must have no messages.
pub(crate) fn program(text: &str) -> Program {
    let result = check(text);
    assert_eq!(messages(&result), "", "in\n{text}");
    result.program
}

/// Fails unless the messages for one file are these.
pub(crate) fn expect(text: &str, expected: &str) {
    let found = messages(&check(text));
    let trim = |text: &str| -> Vec<String> {
        let lines = text.lines().map(|line| line.trim().to_string());
        lines.filter(|line| !line.is_empty()).collect()
    };
    assert_eq!(trim(&found), trim(expected), "in\n{text}");
}
