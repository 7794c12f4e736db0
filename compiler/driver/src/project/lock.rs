//! `project.lock`: what the dependencies were resolved to, so that every build of a project takes
//! the same commits until someone decides otherwise.

use std::fmt::Write as _;

use gos_diag::{Diagnostic, FileId, Span, codes};
use toml::{Table, Value};

use super::manifest::Pick;

const HEAD: &str = "\
# What this project's dependencies were resolved to. gos writes this file; keep it with the project.
# Without an entry, a branch or tag is looked up again.
";

/// A dependency as it was resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Locked {
    pub(super) id: String,
    pub(super) origin: Origin,
}

/// Where its sources are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Origin {
    /// A folder, seen from the project's.
    Path(String),
    Git {
        url: String,
        pick: Pick,
        commit: String,
        /// Its folder in the repository; empty for the repository's own.
        within: String,
    },
}

/// The entries of a lock file.
pub(super) fn read(text: &str, file: FileId) -> Result<Vec<Locked>, Box<Diagnostic>> {
    let damaged = |range: std::ops::Range<usize>| {
        let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let span = Span::new(file, place(range.start), place(range.end));
        let text = "this project.lock is damaged";
        let message = Diagnostic::error(codes::INVALID_PROJECT, span, text);
        Box::new(message.help("delete it, and gos writes a new one"))
    };
    let table: Table = text
        .parse()
        .map_err(|error: toml::de::Error| damaged(error.span().unwrap_or(0..0)))?;
    let none = Vec::new();
    let packages = match table.get("package") {
        None => &none,
        Some(packages) => packages.as_array().ok_or_else(|| damaged(0..0))?,
    };
    let locked = packages.iter().map(entry).collect::<Option<_>>();
    locked.ok_or_else(|| damaged(0..0))
}

fn entry(package: &Value) -> Option<Locked> {
    let text = |key: &str| Some(package.get(key)?.as_str()?.to_owned());
    let origin = match text("git") {
        Some(url) => {
            let picks = ["rev", "tag", "branch"];
            let pick = picks
                .iter()
                .find_map(|key| Pick::of(key, &text(key)?))
                .unwrap_or(Pick::Default);
            let commit = text("commit").filter(|commit| is_commit(commit))?;
            let within = text("path").unwrap_or_default();
            Origin::Git {
                url,
                pick,
                commit,
                within,
            }
        }
        None => Origin::Path(text("path")?),
    };
    Some(Locked {
        id: text("id")?,
        origin,
    })
}

/// A commit's name also names a folder in the cache, so it must be nothing else.
fn is_commit(text: &str) -> bool {
    text.len() >= 40 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The commit that an address and a wish were resolved to before.
pub(super) fn pinned<'l>(locked: &'l [Locked], url: &str, pick: &Pick) -> Option<&'l str> {
    locked.iter().find_map(|entry| match &entry.origin {
        Origin::Git {
            url: known,
            pick: wish,
            commit,
            ..
        } if known == url && wish == pick => Some(commit.as_str()),
        _ => None,
    })
}

/// The text of a lock file.
pub(super) fn write(mut locked: Vec<Locked>) -> String {
    locked.sort_by(|a, b| a.id.cmp(&b.id));
    let mut text = HEAD.to_owned();
    for Locked { id, origin } in locked {
        text += "\n[[package]]\n";
        let mut line = |key: &str, value: &str| {
            let value = Value::String(value.to_owned());
            writeln!(text, "{key} = {value}").expect("strings take all text");
        };
        line("id", &id);
        match origin {
            Origin::Path(path) => line("path", &path),
            Origin::Git {
                url,
                pick,
                commit,
                within,
            } => {
                line("git", &url);
                if let Some((key, name)) = pick.entry() {
                    line(key, name);
                }
                line("commit", &commit);
                if !within.is_empty() {
                    line("path", &within);
                }
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        let entries = vec![
            Locked {
                id: "example.com/b".to_owned(),
                origin: Origin::Git {
                    url: "https://example.com/b.git".to_owned(),
                    pick: Pick::Tag("v1 \"x\"".to_owned()),
                    commit: "0123456789abcdef0123456789abcdef01234567".to_owned(),
                    within: "sub".to_owned(),
                },
            },
            Locked {
                id: "example.com/a".to_owned(),
                origin: Origin::Path("../a".to_owned()),
            },
        ];
        let text = write(entries.clone());
        let mut again = read(&text, FileId(0)).unwrap();
        assert_eq!(write(again.clone()), text);
        again.reverse();
        assert_eq!(again, entries);
    }

    #[test]
    fn a_commit_names_no_other_folder() {
        let text = "[[package]]\nid = \"a\"\ngit = \"https://e.com\"\ncommit = \"../../../../../../../../../../home/ada\"\n";
        assert!(read(text, FileId(0)).is_err());
    }
}
