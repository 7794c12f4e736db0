//! One error per cause: leaves out the messages that only follow from others. A stage cannot always
//! know that an earlier one lost what it misses; here all of them are in view. Places in the library
//! are left out too where the user's code has errors of its own.
//! It must never add a message, nor leave out the only error about a place.

use gos_diag::{Code, Diagnostic, FileId, SourceMap, Span, Symbol, codes};
use gos_syntax::ast::Damage;
use rustc_hash::{FxHashMap, FxHashSet};

/// Errors about a name or member that is not there: echoes where the text that may have declared it
/// was skipped.
const ABOUT_NAMES: [Code; 11] = [
    codes::UNKNOWN_NAME,
    codes::UNKNOWN_MODULE,
    codes::UNKNOWN_FIELD,
    codes::UNKNOWN_METHOD,
    codes::UNKNOWN_MACRO,
    codes::UNKNOWN_TRAIT_ITEM,
    codes::UNKNOWN_ASSOC_TYPE,
    codes::MISSING_FIELDS,
    codes::MISSING_TRAIT_ITEM,
    codes::NOT_A_TRAIT,
    codes::UNMET_SUPERTRAIT,
];

/// Errors that come from something being absent, as it is where a part of a function could not be
/// read.
const FROM_GAPS: [Code; 5] = [
    codes::CANNOT_INFER,
    codes::USED_BEFORE_ASSIGNED,
    codes::MISSING_CASES,
    codes::MISSING_FIELDS,
    codes::MISSING_TRAIT_ITEM,
];

/// The messages that stand for a cause each, in their order.
pub(crate) fn causes(
    messages: Vec<Diagnostic>,
    damage: &[Damage],
    sources: &SourceMap,
    is_library: &dyn Fn(FileId) -> bool,
) -> Vec<Diagnostic> {
    if !gos_diag::has_errors(&messages) {
        return messages;
    }
    let own = |message: &Diagnostic| message.is_error() && !is_library(message.span().file);
    let own_errors = messages.iter().any(own);
    // Of text that was skipped for another reason, its odd characters say nothing more.
    let syntax: Vec<Span> = messages
        .iter()
        .filter(|message| is_syntax(message.code) && message.code != codes::INVALID_CHARACTER)
        .map(Diagnostic::span)
        .collect();
    let mut said = Said::default();
    let mut kept: Vec<Diagnostic> = Vec::with_capacity(messages.len());
    for mut message in messages {
        // What the library looks like from inside helps nobody to mend a call of it.
        if !is_library(message.span().file) {
            message
                .secondary
                .retain(|label| !is_library(label.span.file));
        } else if own_errors {
            continue;
        }
        let echo = match is_syntax(message.code) {
            true => {
                let regions = damage.iter().flat_map(|file| &file.skipped);
                message.code == codes::INVALID_CHARACTER
                    && regions
                        .filter(|region| region.contains(message.span()))
                        .any(|region| syntax.iter().any(|&other| region.contains(other)))
            }
            false => is_lost(&message, damage, sources),
        };
        if said.is_news(&message) && !echo {
            let line = sources.line_col(message.span()).line;
            said.keep(message, &mut kept, line);
        }
    }
    let mut errors: Vec<Span> = said.spans.into_iter().collect();
    errors.sort_unstable_by_key(|span| (span.file, span.start));
    kept.retain(|message| message.is_error() || !holds_one(&errors, message.span()));
    kept
}

fn is_syntax(code: Code) -> bool {
    code.id.starts_with("E00")
}

/// Whether the message is about what syntax errors took away.
fn is_lost(message: &Diagnostic, damage: &[Damage], sources: &SourceMap) -> bool {
    let (code, span) = (message.code, message.span());
    if damage.iter().any(|file| within(&file.skipped, span)) {
        return true;
    }
    let in_damaged_item = damage.iter().any(|file| within(&file.items, span));
    if in_damaged_item && (!message.is_error() || FROM_GAPS.contains(&code)) {
        return true;
    }
    if !ABOUT_NAMES.contains(&code) {
        return false;
    }
    let text = sources.slice(span);
    let mut words = text.split(|c: char| !(c.is_alphanumeric() || c == '_'));
    let last = words.rfind(|word| !word.is_empty());
    last.is_some_and(|word| {
        let name = Symbol::intern(word);
        damage
            .iter()
            .any(|file| file.names.binary_search(&name).is_ok())
    })
}

fn within(spans: &[Span], place: Span) -> bool {
    spans.iter().any(|span| span.contains(place))
}

/// Whether one of the sorted places lies in this one: a warning about code that has an error in it
/// speaks of code that will change.
fn holds_one(sorted: &[Span], around: Span) -> bool {
    let from = sorted.partition_point(|at| (at.file, at.start) < (around.file, around.start));
    let rest = sorted[from..].iter();
    rest.take_while(|at| at.file == around.file && at.start <= around.end)
        .any(|&at| around.contains(at))
}

/// Where errors were.
#[derive(Default)]
struct Said {
    spans: FxHashSet<Span>,
    /// Where those of the grammar begin: what stands there was not understood.
    starts: FxHashSet<(FileId, u32)>,
    /// Which of the kept messages says this, in which file and line.
    once: FxHashMap<(FileId, u32, String), usize>,
}

impl Said {
    /// Whether no error was about this very place; takes note of this one.
    fn is_news(&mut self, message: &Diagnostic) -> bool {
        if !message.is_error() {
            return true;
        }
        let span = message.span();
        let start = (span.file, span.start);
        let news = !self.spans.contains(&span) && !self.starts.contains(&start);
        self.spans.insert(span);
        if is_syntax(message.code) {
            self.starts.insert(start);
        }
        // What no place belongs to is never told apart by it.
        news || message.code == codes::UNREADABLE_FILE
    }

    /// Keeps a message. What mends one place mends all where the same is said: a name that is not
    /// known and lifetimes are said once for a file, the rest of syntax once for a line.
    fn keep(&mut self, message: Diagnostic, kept: &mut Vec<Diagnostic>, line: u32) {
        let for_file = message.code == codes::NO_LIFETIMES
            || message.code == codes::UNKNOWN_NAME && message.message.ends_with(" is not known");
        let line = match for_file {
            true => 0,
            false if is_syntax(message.code) => line,
            false => return kept.push(message),
        };
        let key = (message.span().file, line, message.message.clone());
        if let Some(&first) = self.once.get(&key) {
            let suggestions = kept[first].suggestions.iter_mut();
            for (all, more) in suggestions.zip(message.suggestions) {
                all.edits.extend(more.edits);
                all.edits
                    .sort_by_key(|edit| (edit.span.file, edit.span.start));
            }
            return;
        }
        self.once.insert(key, kept.len());
        kept.push(message);
    }
}
