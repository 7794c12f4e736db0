//! Literals: their values were made by the lexer.

use super::cursor::{Input, Steps};
use crate::ast::{Lit, LitKind};
use crate::token::Tk;

/// A literal, if one is next.
pub(super) fn literal(inp: &mut Input<'_, '_>) -> Option<Lit> {
    let (span, token) = (inp.here(), inp.look(0)?);
    let kind = match token.kind {
        Tk::True => LitKind::Bool(true),
        Tk::False => LitKind::Bool(false),
        Tk::Int | Tk::Float | Tk::Char | Tk::Byte | Tk::Str | Tk::ByteStr => {
            inp.cx().literals.get(token.literal as usize)?.clone()
        }
        _ => return None,
    };
    inp.bump();
    Some(Lit { span, kind })
}

/// Whether a literal begins with this token.
pub(super) fn begins(kind: Tk) -> bool {
    use Tk::*;
    matches!(
        kind,
        Int | Float | Char | Byte | Str | ByteStr | True | False
    )
}
