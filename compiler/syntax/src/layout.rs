//! Between lexer and parser: decides which line breaks end a statement (section 1 of the language
//! reference), makes brackets match, and bounds how deep code may nest. Afterwards the grammar
//! sees a `Newline` token exactly where a `;` could stand, and every bracket has its partner.

mod balance;
mod left_open;
mod newline;

use std::ops::Range;

use gos_diag::{Diagnostic, FileId, Span, codes};

use crate::token::{Tk, Token};
use newline::Place;

/// How many brackets may be open at once.
const NESTING_MAX: usize = 256;

/// How many operators, keywords and brackets may pile up around one place: what bounds the depth
/// of the tree, since each level of it needs at least one of them.
const WEIGHT_MAX: u32 = 2000;

/// The tokens as the parser takes them.
pub(crate) struct Layout {
    /// The tokens, brackets matching.
    pub tokens: Vec<Token>,

    /// What was wrong with brackets and depth.
    pub diagnostics: Vec<Diagnostic>,
    /// The bytes between brackets of which the closing one had to be put in. The grammar will
    /// hardly fit there, and saying so helps nobody.
    pub repaired: Vec<Range<u32>>,
    /// Those of them in an expression, and what stands before a bracket that closes nothing: nobody
    /// knows what was meant to belong together there.
    pub torn: Vec<Range<u32>>,
}

/// Lays out the tokens of a file. Where brackets do not match, indentation may tell better than
/// their count which one is missing; what leaves less to say is taken.
pub(crate) fn lay_out(file: FileId, tokens: &[Token], text: &str) -> Layout {
    let by_count = lay_out_by(file, tokens, text, false);
    if by_count.diagnostics.is_empty() {
        return by_count;
    }
    let by_indent = lay_out_by(file, tokens, text, true);
    match by_indent.diagnostics.len() <= by_count.diagnostics.len() {
        true => by_indent,
        false => by_count,
    }
}

fn lay_out_by(file: FileId, tokens: &[Token], text: &str, by_indent: bool) -> Layout {
    let mut pass = Pass {
        file,
        text,
        out: Vec::with_capacity(tokens.len() + tokens.len() / 4),
        diagnostics: Vec::new(),
        open: vec![Open::file()],
        skip_to: None,
        suspect: None,
        line_indent: 0,
        by_indent,
        repaired: Vec::new(),
        torn: Vec::new(),
    };
    for (index, &token) in tokens.iter().enumerate() {
        pass.token(token, tokens.get(index + 1).copied());
    }
    pass.finish();
    Layout {
        tokens: pass.out,
        diagnostics: pass.diagnostics,
        repaired: pass.repaired,
        torn: pass.torn,
    }
}

/// What the innermost bracket is, for the newline rules.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Region {
    /// `(…)`, `[…]`: newlines mean nothing.
    Flat,
    /// The file, or `{…}`.
    Lines,
    /// The braces of a `match`.
    Arms,
}

/// The header of an item: newlines mean nothing before certain tokens of it.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Header {
    None,
    /// `impl Trait for Type`
    Impl,
    Other,
}

/// An open bracket.
#[derive(Clone, Debug)]
struct Open {
    token: Option<Token>,
    /// Column of the first token on the bracket's line, to tell which `}` is missing.
    indent: u32,
    region: Region,
    /// The keywords whose `{` is still to come: `true` for `match`.
    heads: Vec<bool>,
    /// Which item's header is being read; it ends at `{`, `;` or `=`.
    header: Header,
    /// Weight since the last separator.
    weight: u32,
    /// Weight of all brackets around this one.
    outer_weight: u32,
}

impl Open {
    fn file() -> Open {
        Open {
            token: None,
            indent: 0,
            region: Region::Lines,
            heads: Vec::new(),
            header: Header::None,
            weight: 0,
            outer_weight: 0,
        }
    }

    fn end_statement(&mut self) {
        self.weight = 0;
        self.heads.clear();
        self.header = Header::None;
    }
}

struct Pass<'t> {
    file: FileId,
    text: &'t str,
    out: Vec<Token>,
    diagnostics: Vec<Diagnostic>,
    /// The brackets around the current place; the first entry is the file.
    open: Vec<Open>,
    /// While code that nests too deep is skipped: how many brackets may stay open.
    skip_to: Option<usize>,
    /// An opening brace that a closing one with another indentation was paired with.
    suspect: Option<Token>,
    /// Column of the first token of this line.
    line_indent: u32,
    /// Whether brackets end where the indentation says so.
    by_indent: bool,
    repaired: Vec<Range<u32>>,
    torn: Vec<Range<u32>>,
}

impl Pass<'_> {
    fn span(&self, token: Token) -> Span {
        Span::new(self.file, token.start, token.end)
    }

    fn innermost(&mut self) -> &mut Open {
        let last = self.open.len() - 1;
        &mut self.open[last]
    }

    fn token(&mut self, token: Token, next: Option<Token>) {
        let place = Place { token, next };
        if token.newline_before {
            self.line_indent = self.indent_of(token);
            if self.by_indent {
                self.close_left_open(place);
            }
            self.line_break(place);
        }
        if token.kind.is_closer() {
            self.close(token);
            return;
        }
        if token.kind.closer().is_some() {
            self.open_bracket(token);
            return;
        }
        let open = self.innermost();
        match token.kind {
            Tk::Comma => open.weight = 0,
            Tk::Semi => open.end_statement(),
            kind => {
                open.weight += weight(kind);
                newline::track(open, place);
            }
        }
        self.leave_skipped(token.kind);
        self.check_weight(token);
        self.emit(token);
    }

    fn emit(&mut self, token: Token) {
        if self.skip_to.is_none() {
            self.out.push(token);
        }
    }

    fn open_bracket(&mut self, token: Token) {
        let indent = self.line_indent;
        let outer = self.innermost();
        outer.weight += 1;
        let region = match token.kind {
            Tk::LBrace if outer.heads.pop() == Some(true) => Region::Arms,
            Tk::LBrace => Region::Lines,
            _ => Region::Flat,
        };
        if token.kind == Tk::LBrace {
            outer.header = Header::None;
        }
        let outer_weight = outer.outer_weight + outer.weight;
        self.check_nesting(token);
        self.emit(token);
        let token = Some(token);
        self.open.push(Open {
            token,
            indent,
            region,
            outer_weight,
            ..Open::file()
        });
    }

    /// Starts to leave code out where a bracket too many opens.
    fn check_nesting(&mut self, token: Token) {
        if self.skip_to.is_none() && self.open.len() > NESTING_MAX {
            self.too_deep(
                token,
                "more brackets are open here than the compiler follows",
            );
            self.skip_to = Some(self.open.len());
        }
    }

    fn check_weight(&mut self, token: Token) {
        let open = self.innermost();
        if open.weight + open.outer_weight > WEIGHT_MAX && self.skip_to.is_none() {
            self.too_deep(token, "this expression is longer than the compiler follows");
            self.skip_to = Some(self.open.len());
        }
    }

    /// Ends the leaving out at a separator on the level where it began.
    fn leave_skipped(&mut self, kind: Tk) {
        let separator = matches!(kind, Tk::Comma | Tk::Semi | Tk::Newline);
        if separator && self.skip_to == Some(self.open.len()) {
            self.skip_to = None;
        }
    }

    fn too_deep(&mut self, token: Token, label: &str) {
        // One message says it; hundreds of them would say it about the same heap of code.
        let told = |d: &Diagnostic| d.code == codes::NESTING_TOO_DEEP;
        if self.diagnostics.iter().any(told) {
            return;
        }
        let span = self.span(token);
        self.diagnostics.push(
            Diagnostic::error(codes::NESTING_TOO_DEEP, span, "this code nests too deep")
                .label(span, label)
                .help("name parts of it with `let`, or move them into functions"),
        );
    }

    /// The column of a token that begins its line.
    fn indent_of(&self, token: Token) -> u32 {
        let before = &self.text.as_bytes()[..token.start as usize];
        let line_start = before
            .iter()
            .rposition(|&byte| byte == b'\n')
            .map_or(0, |at| at + 1);
        (before.len() - line_start) as u32
    }
}

/// What a token adds to the depth that the tree can have: names, literals and paths nothing.
fn weight(kind: Tk) -> u32 {
    match kind {
        Tk::Ident | Tk::Int | Tk::Float | Tk::Char | Tk::Byte | Tk::Str | Tk::ByteStr => 0,
        Tk::Colon | Tk::ColonColon | Tk::Underscore | Tk::Eof | Tk::Newline | Tk::Error => 0,
        _ => 1,
    }
}
