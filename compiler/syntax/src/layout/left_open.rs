//! Where brackets do not match: which of them were left open, by where lines begin. A line that stands
//! no further right than the one of an open bracket is not within it, unless it closes it.
//! It must never be asked about a file whose brackets match, which may be indented at will.

use super::newline::{Place, lacks_something};
use super::{Pass, Region};
use crate::token::Tk;

impl Pass<'_> {
    /// Closes the brackets that the line of this token, its first, stands outside of.
    pub(super) fn close_left_open(&mut self, place: Place) {
        let (token, indent) = (place.token, self.line_indent);
        let mut reported = false;
        while self.innermost().token.is_some() {
            let open = self.innermost();
            let (flat, outside) = (open.region == Region::Flat, indent <= open.indent);
            let goes_on = self.out.last().is_none_or(|it| lacks_something(it.kind));
            let left_open = match token.kind {
                Tk::RBrace => indent < self.innermost().indent && self.closes_another(indent),
                kind if flat => {
                    begins_statement(place)
                        || outside && !goes_on && (begins_value(kind) || kind == Tk::Pound)
                }
                kind => {
                    let begins = begins_value(kind) || begins_statement(place);
                    outside && (begins || matches!(kind, Tk::Pound | Tk::Pub | Tk::Else))
                }
            };
            if !left_open {
                return;
            }
            // Of `f(g(x` both lack the same end.
            match flat && reported {
                true => self.close_silently(token.start, token.line),
                false => self.unclosed_before(token),
            }
            reported = flat;
        }
    }

    /// Whether a `{` further out stands on a line that begins in this column.
    fn closes_another(&self, indent: u32) -> bool {
        let mut around = self.open.iter().rev().skip(1);
        around.any(|open| {
            let brace = open.token.is_some_and(|token| token.kind == Tk::LBrace);
            brace && open.indent == indent
        })
    }
}

/// Whether the token begins what never stands inside of parentheses.
fn begins_statement(place: Place) -> bool {
    let next = place.next.map_or(Tk::Eof, |next| next.kind);
    match place.token.kind {
        Tk::Fn => next == Tk::Ident,
        Tk::Let | Tk::Struct | Tk::Enum | Tk::Trait | Tk::Use | Tk::Mod | Tk::Static => true,
        Tk::Pub | Tk::While | Tk::Defer => true,
        _ => false,
    }
}

/// Whether the token begins an expression or an item, and goes on with none.
fn begins_value(kind: Tk) -> bool {
    matches!(kind, Tk::Ident | Tk::Int | Tk::Float | Tk::Str | Tk::Char)
        || matches!(kind, Tk::Let | Tk::Return | Tk::If | Tk::Match | Tk::Loop)
        || matches!(
            kind,
            Tk::For | Tk::While | Tk::Break | Tk::Continue | Tk::Go
        )
        || matches!(kind, Tk::Defer | Tk::Fn | Tk::Impl | Tk::Const | Tk::Type)
}
