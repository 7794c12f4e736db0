//! What a stage has to tell the user. Data only: how it looks is the business of `render`.

use crate::codes::Code;
use crate::span::Span;
use crate::symbol::Symbol;

/// How bad it is. Only errors stop a build.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Severity {
    /// The program cannot be built.
    Error,
    /// The program is built, but is probably not what was meant.
    Warning,
    /// Something to know, such as a spelling that is accepted and has a better form.
    Hint,
}

/// A place in the source with words about it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// The words; may be empty, then the place is only marked.
    pub text: String,
}

/// One replacement of text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Edit {
    /// What is replaced; an empty span inserts.
    pub span: Span,
    /// The new text.
    pub replacement: String,
}

impl Edit {
    /// Puts `replacement` in the place of `span`.
    pub fn new(span: Span, replacement: impl Into<String>) -> Edit {
        let replacement = replacement.into();
        Edit { span, replacement }
    }
}

/// How sure a suggestion is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Applicability {
    /// A tool may apply it without asking back: it gives what was meant, and code that compiles.
    Machine,
    /// Likely, but a person has to look: a guessed name, one of several ways.
    Maybe,
    /// The new text holds a part in `<…>` or `…` that only a person can fill in.
    Placeholders,
}

/// Edits that belong together, each useless alone. They must not overlap.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Suggestion {
    /// What the edits do, in the imperative: "remove the `;`".
    pub message: String,
    /// The edits, in the order of the text.
    pub edits: Vec<Edit>,
    /// How sure it is.
    pub applicability: Applicability,
}

/// One message: a sentence, the place it is about, and whatever helps to act on it.
///
/// ```
/// use gos_diag::{codes, Diagnostic, FileId, Span};
/// let span = Span::new(FileId(0), 4, 9);
/// let diagnostic = Diagnostic::error(codes::UNEXPECTED_TOKEN, span, "expected an expression")
///     .label(span, "not the start of one")
///     .help("write a value after `=`");
/// assert!(diagnostic.is_error());
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
#[must_use]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// The stable code; its title and long text come from the table in `codes`.
    pub code: Code,
    /// One sentence without a full stop, in the user's words.
    pub message: String,
    /// What the message is about. Its label's text may be empty.
    pub primary: Label,
    /// Other places that matter.
    pub secondary: Vec<Label>,
    /// Facts behind the message.
    pub notes: Vec<String>,
    /// What the user can do.
    pub helps: Vec<String>,
    /// Edits that do it.
    pub suggestions: Vec<Suggestion>,
    /// What there may be to mend, if it shows at several places: messages with a cause in common
    /// are one mistake. Nobody sees these words.
    pub causes: Vec<Symbol>,
}

impl Diagnostic {
    /// A message of the given severity about `span`.
    pub fn new(severity: Severity, code: Code, span: Span, message: impl Into<String>) -> Self {
        Diagnostic {
            severity,
            code,
            message: message.into(),
            primary: Label {
                span,
                text: String::new(),
            },
            secondary: Vec::new(),
            notes: Vec::new(),
            helps: Vec::new(),
            suggestions: Vec::new(),
            causes: Vec::new(),
        }
    }

    /// Adds what there may be to mend, in words that are the same wherever it shows.
    pub fn cause(mut self, cause: &str) -> Self {
        self.causes.push(Symbol::intern(cause));
        self
    }

    /// An error about `span`.
    pub fn error(code: Code, span: Span, message: impl Into<String>) -> Self {
        Diagnostic::new(Severity::Error, code, span, message)
    }

    /// A warning about `span`.
    pub fn warning(code: Code, span: Span, message: impl Into<String>) -> Self {
        Diagnostic::new(Severity::Warning, code, span, message)
    }

    /// A hint about `span`.
    pub fn hint(code: Code, span: Span, message: impl Into<String>) -> Self {
        Diagnostic::new(Severity::Hint, code, span, message)
    }

    /// Adds words to a place: to the primary one when it is the same span, else as a further one.
    pub fn label(mut self, span: Span, text: impl Into<String>) -> Self {
        if span == self.primary.span && self.primary.text.is_empty() {
            self.primary.text = text.into();
        } else {
            self.secondary.push(Label {
                span,
                text: text.into(),
            });
        }
        self
    }

    /// Adds a fact.
    pub fn note(mut self, text: impl Into<String>) -> Self {
        self.notes.push(text.into());
        self
    }

    /// Adds advice.
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.helps.push(text.into());
        self
    }

    /// Adds an edit that a tool may apply without asking back.
    pub fn suggest(
        self,
        span: Span,
        replacement: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        let edits = vec![Edit::new(span, replacement)];
        self.suggest_edits(Applicability::Machine, edits, message)
    }

    /// Adds an edit that a person has to look at before it is applied.
    pub fn suggest_maybe(
        self,
        span: Span,
        replacement: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        let edits = vec![Edit::new(span, replacement)];
        self.suggest_edits(Applicability::Maybe, edits, message)
    }

    /// Adds edits that belong together.
    pub fn suggest_edits(
        mut self,
        applicability: Applicability,
        mut edits: Vec<Edit>,
        message: impl Into<String>,
    ) -> Self {
        edits.sort_by_key(|edit| (edit.span.file, edit.span.start, edit.span.end));
        self.suggestions.push(Suggestion {
            message: message.into(),
            edits,
            applicability,
        });
        self
    }

    /// The place the message is about.
    pub fn span(&self) -> Span {
        self.primary.span
    }

    /// Whether this stops the build.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// Whether any of the messages stops the build.
pub fn has_errors(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(Diagnostic::is_error)
}
