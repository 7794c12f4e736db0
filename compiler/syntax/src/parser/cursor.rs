//! The parser's view of the tokens: chumsky's input with the few steps that every rule takes.

use chumsky::input::{Cursor, InputRef};
use chumsky::inspector::Inspector;
use chumsky::primitive::custom;
use chumsky::{Parser, extra};
use gos_diag::{Diagnostic, FileId, Span, Symbol};

use super::failure::{Expected, Failed, Failure};
use super::foreign::separator::Gap;
use crate::ast::{Attribute, Damage, LitKind, NodeId};
use crate::lexer::Comment;
use crate::token::{Tk, Token};

/// The tokens.
pub(super) type Tokens<'s> = &'s [Token];
/// Errors and state, as chumsky wants them named.
pub(super) type Extra<'s> = extra::Full<Failed, State<'s>, ()>;
/// What a rule reads from.
pub(super) type Input<'s, 'p> = InputRef<'s, 'p, Tokens<'s>, Extra<'s>>;
/// What a rule gives.
pub(super) type Parsed<T> = Result<T, Failed>;

/// What may stand in an expression, depending on what is around it. Brackets reset it.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Mode {
    /// In the head of `if`, `while`, `match`, `for`: `P {` does not begin a struct literal.
    pub head: bool,
    /// In a condition: `let` may stand under `&&`.
    pub condition: bool,
    /// On the right of `|>`: the body of a closure ends before the next `|>`.
    pub piped: bool,
}

/// What a parse carries along.
#[derive(Debug)]
pub(super) struct State<'s> {
    pub file: FileId,
    pub text: &'s str,
    pub tokens: Tokens<'s>,
    pub literals: &'s [LitKind],
    pub comments: &'s [Comment],
    pub diagnostics: Vec<Diagnostic>,
    pub failure: Failure,
    pub damage: Damage,
    /// Marks that are missing in the list that is being read.
    pub gaps: Vec<Gap>,
    pub mode: Mode,
    pub next_id: u32,
    /// Where the module's documentation ends, which is no item's.
    pub module_doc_end: u32,
    /// Which attributed nodes stay in the tree.
    pub keep: Keep<'s>,
    /// Where those stood that do not.
    pub removed: Vec<Span>,
}

/// Decides by its attributes whether something stays in the tree.
#[derive(Clone, Copy)]
pub(super) struct Keep<'s>(pub &'s dyn Fn(&[Attribute]) -> bool);

impl std::fmt::Debug for Keep<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keep")
    }
}

impl<'s> State<'s> {
    pub fn new(
        file: FileId,
        text: &'s str,
        tokens: Tokens<'s>,
        literals: &'s [LitKind],
        comments: &'s [Comment],
        keep: Keep<'s>,
    ) -> State<'s> {
        State {
            file,
            text,
            tokens,
            literals,
            comments,
            diagnostics: Vec::new(),
            failure: Failure::default(),
            damage: Damage::default(),
            gaps: Vec::new(),
            mode: Mode::default(),
            next_id: 0,
            module_doc_end: 0,
            keep,
            removed: Vec::new(),
        }
    }

    pub fn token_span(&self, index: usize) -> Span {
        match self.tokens.get(index) {
            Some(token) => Span::new(self.file, token.start, token.end),
            None => {
                let end = self.text.len() as u32;
                Span::new(self.file, end, end)
            }
        }
    }
}

// Rules choose by looking ahead, so a rewind never has to take anything back but the position.
impl<'s> Inspector<'s, Tokens<'s>> for State<'s> {
    type Checkpoint = ();
    fn on_token(&mut self, _: &Token) {}
    fn on_save<'p>(&self, _: &Cursor<'s, 'p, Tokens<'s>>) {}
    fn on_rewind<'p>(&mut self, _: &chumsky::input::Checkpoint<'s, 'p, Tokens<'s>, ()>) {}
}

/// Makes a parser of a rule, for combinators.
pub(super) fn rule<'s, T>(
    function: fn(&mut Input<'s, '_>) -> Parsed<T>,
) -> impl Parser<'s, Tokens<'s>, T, Extra<'s>> + Copy {
    custom(function)
}

/// A parser for one token of this kind.
pub(super) fn token<'s>(kind: Tk) -> impl Parser<'s, Tokens<'s>, Token, Extra<'s>> + Copy {
    custom(move |inp: &mut Input<'s, '_>| inp.expect(kind))
}

/// The steps that rules are made of.
pub(super) trait Steps<'s> {
    /// Number of tokens read.
    fn position(&self) -> usize;
    /// The token `ahead` tokens further, 0 for the next one.
    fn look(&mut self, ahead: usize) -> Option<Token>;
    /// Reads the next token.
    fn bump(&mut self);
    /// The parse's state.
    fn cx(&mut self) -> &mut State<'s>;

    /// The kind of the next token.
    fn kind(&mut self) -> Tk {
        self.kind_at(0)
    }

    /// The kind of the token `ahead` tokens further.
    fn kind_at(&mut self, ahead: usize) -> Tk {
        self.look(ahead).map_or(Tk::Eof, |token| token.kind)
    }

    /// Whether the next token is of this kind.
    fn at(&mut self, kind: Tk) -> bool {
        self.kind() == kind
    }

    /// Whether the next two tokens are of these kinds with nothing in between, as `>` `=` in `>=`.
    fn at_joint(&mut self, first: Tk, second: Tk) -> bool {
        self.look(0)
            .is_some_and(|token| token.kind == first && token.joint)
            && self.kind_at(1) == second
    }

    /// Whether the next token is a name spelled like this.
    fn at_word(&mut self, word: &str) -> bool {
        self.look(0)
            .is_some_and(|t| t.kind == Tk::Ident && t.symbol == word)
    }

    /// Reads the next token if it is of this kind.
    fn eat(&mut self, kind: Tk) -> bool {
        let here = self.at(kind);
        if here {
            self.bump();
        }
        here
    }

    /// Reads a token of this kind, or fails.
    fn expect(&mut self, kind: Tk) -> Parsed<Token> {
        match self.look(0) {
            Some(token) if token.kind == kind => {
                self.bump();
                Ok(token)
            }
            _ => Err(self.fail(Expected::kind(kind))),
        }
    }

    /// Notes what would have been accepted here, and gives the value to fail with.
    fn fail(&mut self, expected: Expected) -> Failed {
        let at = self.position();
        self.cx().failure.note(at, expected);
        Failed
    }

    /// Fails with a message of the rule's own, which goes before any "expected".
    fn fail_with(&mut self, diagnostic: Diagnostic) -> Failed {
        let at = self.position();
        self.cx().failure.note_exact(at, diagnostic);
        Failed
    }

    /// Reports something without failing.
    fn report(&mut self, diagnostic: Diagnostic) {
        self.cx().diagnostics.push(diagnostic);
    }

    /// A new node's id.
    fn id(&mut self) -> NodeId {
        let state = self.cx();
        let id = NodeId(state.next_id);
        state.next_id += 1;
        id
    }

    /// From the token at `start` to the last one read.
    fn node_span(&mut self, start: usize) -> Span {
        let end = self.position();
        let state = self.cx();
        let first = state.token_span(start);
        if end <= start {
            first.at_start()
        } else {
            first.to(state.token_span(end - 1))
        }
    }

    /// Where the next token stands.
    fn here(&mut self) -> Span {
        let at = self.position();
        self.cx().token_span(at)
    }

    /// Notes that what was read from `start` to here is not in the tree.
    fn lose(&mut self, start: usize) {
        let end = self.position();
        let span = self.node_span(start);
        let state = self.cx();
        let tokens = state.tokens.get(start..end).unwrap_or_default();
        let names = tokens.iter().filter(|token| token.kind == Tk::Ident);
        state.damage.names.extend(names.map(|token| token.symbol));
        if end > start {
            state.damage.skipped.push(span);
        }
    }

    /// Notes that this text, which was read, is not in the tree.
    fn lose_span(&mut self, span: Span) {
        let damage = &mut self.cx().damage;
        damage.skipped.push(span);
    }

    /// Skips line breaks.
    fn skip_newlines(&mut self) {
        while self.eat(Tk::Newline) {}
    }

    /// Skips line breaks and `;`.
    fn skip_terminators(&mut self) {
        while matches!(self.kind(), Tk::Newline | Tk::Semi) {
            self.bump();
        }
    }

    /// Skips one token, or a bracket with all that is in it.
    fn skip_group(&mut self) {
        let mut depth = 0usize;
        loop {
            let kind = self.kind();
            if kind == Tk::Eof {
                return;
            }
            depth += usize::from(kind.closer().is_some());
            depth = depth.saturating_sub(usize::from(kind.is_closer()));
            self.bump();
            if depth == 0 {
                return;
            }
        }
    }

    /// Skips to one of these tokens, or to where the innermost bracket closes.
    fn skip_until(&mut self, stops: &[Tk]) {
        loop {
            let kind = self.kind();
            if kind == Tk::Eof || kind.is_closer() || stops.contains(&kind) {
                return;
            }
            self.skip_group();
        }
    }

    /// A symbol's text between two tokens, for messages.
    fn symbol(&mut self) -> Symbol {
        self.look(0).map_or(Symbol::EMPTY, |token| token.symbol)
    }
}

impl<'s> Steps<'s> for Input<'s, '_> {
    fn position(&self) -> usize {
        *self.cursor().inner()
    }

    fn look(&mut self, ahead: usize) -> Option<Token> {
        let at = self.position() + ahead;
        self.state().tokens.get(at).copied()
    }

    fn bump(&mut self) {
        self.skip();
    }

    fn cx(&mut self) -> &mut State<'s> {
        self.state()
    }
}

/// Runs a rule in another mode.
pub(super) fn in_mode<'s, 'p, T>(
    inp: &mut Input<'s, 'p>,
    mode: Mode,
    run: impl FnOnce(&mut Input<'s, 'p>) -> T,
) -> T {
    let outer = std::mem::replace(&mut inp.state().mode, mode);
    let result = run(inp);
    inp.state().mode = outer;
    result
}

/// Runs a rule that nests, on a larger stack when this one is used up. `layout.rs` bounds the
/// depth; this makes the bound hold on threads with little stack too.
pub(super) fn nested<T>(run: impl FnOnce() -> T) -> T {
    const RED_ZONE_BYTES: usize = 128 * 1024;
    const SEGMENT_BYTES: usize = 1024 * 1024;
    stacker::maybe_grow(RED_ZONE_BYTES, SEGMENT_BYTES, run)
}
