//! One error per cause: leaves out the messages that only follow from others. A stage cannot always
//! know that an earlier one lost what it misses; here all of them are in view. Places in the library
//! are left out too where the user's code has errors of its own.
//! It must never add a message, nor leave out the only error about a place.

use crate::program::{BodyItem, FnId};
use gos_diag::{Code, Diagnostic, Edit, FileId, Label, SourceMap, Span, Symbol, codes};
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

/// As often one body gives the same mismatch of types, or the same lack of a `mut`, for one cause.
const REPEATED: usize = 4;

/// Whether an error may come from a value being of another type than its user thought.
pub(crate) fn is_about_types(message: &Diagnostic) -> bool {
    let codes = [
        codes::TYPE_MISMATCH,
        codes::OPERATOR_TYPES,
        codes::BOUND_NOT_MET,
        codes::UNKNOWN_FIELD,
        codes::UNKNOWN_METHOD,
        codes::NOT_MUTABLE,
        codes::CANNOT_INFER,
    ];
    message.is_error() && codes.contains(&message.code)
}

/// Whether an error may come from the parameters or the result being others than a body needs.
pub(crate) fn is_about_signature(message: &Diagnostic) -> bool {
    is_about_types(message) || message.code == codes::UNKNOWN_NAME
}

/// A function that seems to have had a parameter more: it is given one, and uses a name that it does
/// not know.
pub(crate) fn lacks_parameter(fn_: FnId) -> String {
    format!("a parameter of {fn_:?}")
}

/// The messages about a body without types that nothing decides, if other errors may be the reason.
pub(crate) fn of_one_body(item: BodyItem, mut messages: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let unknown =
        |message: &Diagnostic| message.code == codes::UNKNOWN_NAME && !message.causes.is_empty();
    let mut names = messages.iter().filter(|it| unknown(it));
    if let (BodyItem::Fn(id), Some(first)) = (item, names.next())
        && names.all(|other| other.message == first.message)
    {
        let cause = Symbol::intern(&lacks_parameter(id));
        let names = messages.iter_mut().filter(|it| unknown(it));
        names.for_each(|message| message.causes.push(cause));
    }
    // Patterns that all miss the type of their value in the same way.
    let patterns = messages.iter_mut();
    for message in patterns.filter(|it| it.code == codes::PATTERN_TYPE) {
        let cause = format!("{} in {item:?}", message.message);
        message.causes.push(Symbol::intern(&cause));
    }
    // Most often one value has another type than all its uses take it to have, or lacks a `mut`.
    let may_repeat =
        |message: &Diagnostic| [codes::TYPE_MISMATCH, codes::NOT_MUTABLE].contains(&message.code);
    let mut counts: FxHashMap<String, usize> = FxHashMap::default();
    for message in messages.iter().filter(|it| may_repeat(it)) {
        *counts.entry(message.message.clone()).or_default() += 1;
    }
    for message in messages.iter_mut().filter(|it| may_repeat(it)) {
        if counts[&message.message] >= REPEATED {
            let cause = format!("{} in {item:?}", message.message);
            message.causes.push(Symbol::intern(&cause));
        }
    }
    let other = |message: &Diagnostic| message.is_error() && message.code != codes::CANNOT_INFER;
    if messages.iter().any(other) {
        messages.retain(|message| message.code != codes::CANNOT_INFER);
    }
    messages
}

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
    // Two that each follow from the other would leave a wrong program without a word.
    let first = messages.iter().find(|message| message.is_error()).cloned();
    // Of text that was skipped for another reason, its odd characters say nothing more.
    let syntax: Vec<Span> = messages
        .iter()
        .filter(|message| is_syntax(message.code) && message.code != codes::INVALID_CHARACTER)
        .map(Diagnostic::span)
        .collect();
    let unknown = |message: &Diagnostic| {
        let code = message.code;
        own(message) && (code == codes::UNKNOWN_NAME || code == codes::UNKNOWN_MODULE)
    };
    let names_lack = messages.iter().any(unknown);
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
                let torn = damage
                    .iter()
                    .any(|file| !file.torn.is_empty() && within(&file.items, message.span()));
                torn && message.code == codes::FORMAT_ARGUMENTS
                    || message.code == codes::INVALID_CHARACTER
                        && regions
                            .filter(|region| region.contains(message.span()))
                            .any(|region| syntax.iter().any(|&other| region.contains(other)))
            }
            // What is not known may be the type that is looked for.
            false if names_lack && message.code == codes::CANNOT_INFER => true,
            false => is_lost(&message, damage, sources),
        };
        if said.is_news(&message) && !echo {
            let line = sources.line_col(message.span()).line;
            said.keep(message, &mut kept, line);
        }
    }
    let mut errors: Vec<Span> = said.spans.iter().copied().collect();
    errors.sort_unstable_by_key(|span| (span.file, span.start));
    said.count_rest(&mut kept);
    kept.retain(|message| message.is_error() || !holds_one(&errors, message.span()));
    if !gos_diag::has_errors(&kept) {
        kept.extend(first);
    }
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
    let mut torn = damage.iter().flat_map(|file| &file.torn);
    if torn.any(|torn| torn.file == span.file && torn.start <= span.end && span.start <= torn.end) {
        return true;
    }
    let in_damaged_item = damage.iter().any(|file| within(&file.items, span));
    if in_damaged_item && (!message.is_error() || FROM_GAPS.contains(&code)) {
        return true;
    }
    if in_damaged_item && message.message.ends_with("found `()`") {
        return true;
    }
    if is_about_types(message) && names_lost_type(message, damage) {
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

/// Whether a message names a type or trait of which something was skipped: an `impl`, it may be.
fn names_lost_type(message: &Diagnostic, damage: &[Damage]) -> bool {
    let quoted = message.message.split('`').skip(1).step_by(2);
    let words = quoted.flat_map(|part| part.split(|c: char| !(c.is_alphanumeric() || c == '_')));
    let own = |word: &&str| {
        let built_in = ["String", "Vec", "Option", "Result", "Box", "Self"];
        word.starts_with(char::is_uppercase) && !built_in.contains(word)
    };
    words.filter(own).any(|word| {
        let name = Symbol::intern(word);
        let mut files = damage.iter();
        files.any(|file| file.names.binary_search(&name).is_ok())
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

/// How many places a message names besides its own.
const PLACES_MAX: usize = 8;

/// Where errors were.
#[derive(Default)]
struct Said {
    spans: FxHashSet<Span>,
    /// Where those of the grammar begin: what stands there was not understood.
    starts: FxHashSet<(FileId, u32)>,
    /// Which of the kept messages is about this cause.
    causes: FxHashMap<Symbol, usize>,
    /// Which of the kept messages says this, in which file and line.
    once: FxHashMap<(FileId, u32, String), usize>,
    /// How often the kept messages were said again.
    repeated: FxHashMap<usize, usize>,
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

    /// Keeps a message, or adds its place to the one about the same cause.
    fn keep(&mut self, message: Diagnostic, kept: &mut Vec<Diagnostic>, line: u32) {
        if !message.is_error() {
            return kept.push(message);
        }
        let mut causes = message.causes.iter();
        if let Some(&first) = causes.find_map(|cause| self.causes.get(cause)) {
            for &cause in &message.causes {
                self.causes.entry(cause).or_insert(first);
            }
            let count = self.repeated.entry(first).or_default();
            *count += 1;
            join(&mut kept[first], message, *count <= PLACES_MAX);
            return;
        }
        let index = kept.len();
        self.causes
            .extend(message.causes.iter().map(|&cause| (cause, index)));
        // What mends one place mends all where the same is said: lifetimes are said once for a
        // file, the rest of syntax once for a line.
        let line = match is_syntax(message.code) {
            true if message.code == codes::NO_LIFETIMES => 0,
            true => line,
            false => return kept.push(message),
        };
        let key = (message.span().file, line, message.message.clone());
        if let Some(&first) = self.once.get(&key) {
            join(&mut kept[first], message, false);
            return;
        }
        self.once.insert(key, index);
        kept.push(message);
    }

    /// Says of how many places the messages do not speak.
    fn count_rest(&self, kept: &mut [Diagnostic]) {
        for (&index, &count) in &self.repeated {
            let rest = count.saturating_sub(PLACES_MAX);
            let noun = if rest == 1 { "place" } else { "places" };
            if rest > 0 {
                kept[index]
                    .notes
                    .push(format!("the same shows at {rest} more {noun}"));
            }
        }
    }
}

/// Adds what a message says to the one about the same: its place, and edits that do the same there.
fn join(first: &mut Diagnostic, message: Diagnostic, with_place: bool) {
    if with_place {
        let text = match message.message == first.message {
            true => "here too".to_owned(),
            false => message.message.clone(),
        };
        let span = message.span();
        first.secondary.push(Label { span, text });
    }
    let pairs = first.suggestions.iter_mut().zip(message.suggestions);
    for (all, more) in pairs.filter(|(all, more)| all.message == more.message) {
        let apart = |edit: &Edit| {
            let mut others = all.edits.iter();
            others.all(|other| {
                let (a, b) = (other.span, edit.span);
                a.file != b.file || a.end < b.start || b.end < a.start
            })
        };
        if more.edits.iter().all(apart) {
            all.edits.extend(more.edits);
            all.edits
                .sort_by_key(|edit| (edit.span.file, edit.span.start));
        }
    }
}
