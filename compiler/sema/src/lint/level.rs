//! Which level a lint has where: what `#[allow]`, `#[warn]`, `#[deny]` and `#[forbid]` set for the
//! code they stand on. The innermost one counts; nothing inside of a `forbid` takes it back.

use super::table::{self, LINTS};
use crate::resolve::closest;
use gos_diag::{Diagnostic, FileId, Severity, Span, Symbol, codes};
use gos_syntax::ast::{AttrArg, Attribute, MetaKind};
use rustc_hash::FxHashMap;

/// What happens to a lint's findings.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Level {
    Allow,
    Warn,
    Deny,
    Forbid,
}

fn level_of(name: &str) -> Option<Level> {
    Some(match name {
        "allow" | "expect" => Level::Allow,
        "warn" => Level::Warn,
        "deny" => Level::Deny,
        "forbid" => Level::Forbid,
        _ => return None,
    })
}

/// One lint's level for a stretch of a file.
#[derive(Debug)]
struct Setting {
    lint: usize,
    level: Level,
    /// What it holds for.
    over: Span,
    /// Where it is written.
    at: Span,
}

/// All levels that the program sets.
#[derive(Debug, Default)]
pub(crate) struct Levels {
    settings: FxHashMap<FileId, Vec<Setting>>,
    /// The file of the module around each file's module, whose own attributes count for it too.
    pub around: FxHashMap<FileId, FileId>,
}

impl Levels {
    /// Takes over what an attribute of the code at `over` sets. Others are ignored.
    pub fn read(&mut self, attr: &Attribute, over: Span, diagnostics: &mut Vec<Diagnostic>) {
        let Some(level) = level_of(attr.name().as_str()) else {
            return;
        };
        let MetaKind::List(args) = &attr.meta.kind else {
            return;
        };
        for arg in args {
            let AttrArg::Meta(meta) = arg else { continue };
            // `reason = "…"` is for the reader; `tool::name` belongs to another tool.
            let name = meta.name.name.as_str();
            if !matches!(meta.kind, MetaKind::Word) || name.contains("::") {
                continue;
            }
            let lints = table::named(name);
            if lints.is_empty() {
                diagnostics.push(unknown(name, meta.name.span));
            }
            let settings = self.settings.entry(over.file).or_default();
            settings.extend(lints.into_iter().map(|lint| Setting {
                lint,
                level,
                over,
                at: meta.name.span,
            }));
        }
    }

    /// The message as its lint's level has it; None if it is not to be shown.
    pub fn apply(&self, diagnostic: Diagnostic) -> Option<Diagnostic> {
        let Some(lint) = LINTS.iter().position(|lint| lint.code == diagnostic.code) else {
            return Some(diagnostic);
        };
        let Some(setting) = self.find(lint, diagnostic.span()) else {
            return Some(diagnostic);
        };
        let severity = match setting.level {
            Level::Allow => return None,
            Level::Warn => Severity::Warning,
            Level::Deny | Level::Forbid => Severity::Error,
        };
        let raised = severity == Severity::Error;
        let diagnostic = Diagnostic {
            severity,
            ..diagnostic
        };
        Some(match raised {
            true => diagnostic.label(setting.at, "an error because of this"),
            false => diagnostic,
        })
    }

    fn find(&self, lint: usize, span: Span) -> Option<&Setting> {
        let mut file = Some(span.file);
        let mut place = Some(span);
        let mut found: Option<&Setting> = None;
        let mut steps = 0;
        while let Some(at) = file {
            let settings = self.settings.get(&at).into_iter().flatten();
            let here = settings.filter(|setting| {
                let reaches = match place {
                    Some(span) => setting.over.start <= span.start && span.end <= setting.over.end,
                    // From another file only what is set for this one as a whole.
                    None => setting.over.start == 0,
                };
                setting.lint == lint && reaches
            });
            for setting in here {
                let nearer = found.is_none_or(|found| {
                    found.over.file == at && width(setting.over) <= width(found.over)
                });
                if setting.level == Level::Forbid {
                    return Some(setting);
                }
                if nearer {
                    found = Some(setting);
                }
            }
            place = None;
            file = self.around.get(&at).copied();
            steps += 1;
            if steps > self.around.len() {
                break;
            }
        }
        found
    }
}

fn width(span: Span) -> u32 {
    span.end - span.start
}

fn unknown(name: &str, span: Span) -> Diagnostic {
    let message = format!("there is no lint `{name}`");
    let diagnostic = Diagnostic::warning(codes::UNKNOWN_LINT, span, message);
    match closest(Symbol::intern(name), table::names().map(Symbol::intern)) {
        Some(near) => diagnostic.suggest(span, near.as_str(), format!("write `{near}`")),
        None => diagnostic.help("`gos explain` of a warning's code names its lint"),
    }
}
