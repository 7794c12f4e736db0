//! The newline rules. Inside `{…}` and at the top of a file a line break ends the statement unless
//! the line above lacks something or the line below cannot begin a statement.

use super::{Header, Open, Pass, Region};
use crate::token::{Tk, Token};
use gos_diag::Symbol;

/// A token with the one after it.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub token: Token,
    pub next: Option<Token>,
}

impl Place {
    fn next_kind(self) -> Tk {
        self.next.map_or(Tk::Eof, |next| next.kind)
    }
}

impl Pass<'_> {
    /// A line break in front of `place`.
    pub(super) fn line_break(&mut self, place: Place) {
        let before = self.out.last().copied();
        let open = self.innermost();
        if open.region == Region::Flat {
            return;
        }
        // A statement that is being left out ends at its line, whatever the line ends in.
        if self.skip_to == Some(self.open.len()) {
            self.end_line(place.token);
            return;
        }
        let Some(before) = before else { return };
        let open = self.innermost();
        let ends = !lacks_something(before.kind) && may_begin(place, open);
        if ends && !matches!(before.kind, Tk::Semi | Tk::Newline) {
            self.end_line(place.token);
        }
    }

    fn end_line(&mut self, token: Token) {
        self.innermost().end_statement();
        self.leave_skipped(Tk::Newline);
        let at = self.out.last().map_or(token.start, |before| before.end);
        self.emit(Token {
            kind: Tk::Newline,
            newline_before: false,
            joint: false,
            start: at,
            end: at,
            line: token.line,
            symbol: Symbol::EMPTY,
            literal: 0,
        });
    }
}

/// Rule 1: what the end of a line cannot be. `>` and `*` are not here, since they also close
/// generics and end a `use`: behind an infix one the expression grammar skips the line break.
/// `where` is, so that its predicates may start on a line of their own.
pub(super) fn lacks_something(kind: Tk) -> bool {
    use Tk::*;
    matches!(
        kind,
        Plus | Minus | Slash | Percent | Caret | Amp | AndAnd | Pipe | OrOr | EqEq | Ne | Lt
    ) || matches!(
        kind,
        PlusEq | MinusEq | StarEq | SlashEq | PercentEq | CaretEq | AmpEq | PipeEq
    ) || matches!(
        kind,
        Eq | Comma | Dot | ColonColon | Arrow | FatArrow | PipeGt
    ) || matches!(kind, LParen | LBrack | LBrace | Where | As)
}

/// Rule 2, turned around: whether a statement may begin here.
fn may_begin(place: Place, open: &Open) -> bool {
    use Tk::*;
    match place.token.kind {
        // After an item's header its body may stand on a line of its own.
        LBrace => open.header == Header::None,
        // `impl Trait`, then `for Type` on the next line.
        For if open.header == Header::Impl => false,
        DotDot | DotDotEq => open.region == Region::Arms,
        // A blank behind it tells the operator from a closure; in a `match` it joins patterns.
        Pipe => open.region != Region::Arms && place.token.joint,
        Dot | Question | PipeGt | As | Else | FatArrow | EqEq | Ne | Lt | Gt | Plus | Slash
        | Percent | Caret | OrOr | AndAnd | Eq | Arrow | Where | Comma => false,
        PlusEq | MinusEq | StarEq | SlashEq | PercentEq | CaretEq | AmpEq | PipeEq => false,
        RParen | RBrack | RBrace => false,
        _ => true,
    }
}

/// Follows what the newline rules have to know: keywords that announce a `{`, and item headers.
pub(super) fn track(open: &mut Open, place: Place) {
    let next = place.next_kind();
    match place.token.kind {
        Tk::Match => open.heads.push(true),
        Tk::If | Tk::While | Tk::For | Tk::Loop | Tk::Select | Tk::Defer => open.heads.push(false),
        Tk::Unsafe | Tk::Else if next == Tk::LBrace => open.heads.push(false),
        // An anonymous function in the head of a `match`; its braces are its own.
        Tk::Fn if next == Tk::LParen && !open.heads.is_empty() => open.heads.push(false),
        Tk::Fn if next == Tk::Ident => open.header = Header::Other,
        Tk::Struct | Tk::Enum | Tk::Trait | Tk::Mod | Tk::Extern => open.header = Header::Other,
        // Not the `impl` of a type in another header.
        Tk::Impl if open.header == Header::None => open.header = Header::Impl,
        Tk::Eq => open.header = Header::None,
        _ => {}
    }
}
