//! Marks that other languages leave out or write otherwise between a name and what belongs to it:
//! `x int`, `fn f(): T`, `Point { x = 1 }`. A list reports all of its own in one message.

use gos_diag::{Applicability, Diagnostic, Edit, Span, codes};

use super::{foreign, span_at, text_at};
use crate::ast::{TypeExpr, TypeKind};
use crate::parser::cursor::{Input, Parsed, Steps};
use crate::parser::ty;
use crate::token::Tk;

/// A mark that is not as it should be.
#[derive(Clone, Copy, Debug)]
pub(in crate::parser) enum Gap {
    /// No `:` stands here; the type behind it is the second place.
    Colon(Span, Span),
    /// No type follows the name that ends here.
    Type(Span),
    /// `=` where `:` belongs.
    Equals(Span),
    /// No `,` stands at the end of this line.
    Comma(Span),
}

/// The type behind a name: after `:`, or right after the name as in Go; or nothing.
pub(in crate::parser) fn typed(inp: &mut Input<'_, '_>) -> Parsed<Option<TypeExpr>> {
    if inp.eat(Tk::Colon) {
        return ty::ty(inp).map(Some);
    }
    if !type_follows(inp) {
        return Ok(None);
    }
    let gap = inp.position().saturating_sub(1);
    let gap = inp.cx().token_span(gap).at_end();
    let ty = ty::ty(inp)?;
    inp.cx().gaps.push(Gap::Colon(gap, ty.span));
    Ok(Some(ty))
}

/// Whether a type begins right here.
pub(in crate::parser) fn type_follows(inp: &mut Input<'_, '_>) -> bool {
    super::same_line(inp, 0)
        && matches!(
            inp.kind(),
            Tk::Ident | Tk::SelfType | Tk::LBrack | Tk::LParen | Tk::Amp | Tk::Star | Tk::Dyn
        )
}

/// A parameter's type that nobody wrote.
pub(in crate::parser) fn untyped(inp: &mut Input<'_, '_>) -> TypeExpr {
    let span = inp.here().at_start();
    // A character that begins no token was reported.
    if !inp.at(Tk::Error) {
        let name = inp.position().saturating_sub(1);
        let name = inp.cx().token_span(name).at_end();
        inp.cx().gaps.push(Gap::Type(name));
    }
    TypeExpr {
        id: inp.id(),
        span,
        kind: TypeKind::Error,
    }
}

/// Reports what was noted since there were `before` gaps; `what` is "a parameter".
pub(in crate::parser) fn report(inp: &mut Input<'_, '_>, before: usize, what: &str) {
    let gaps = inp.cx().gaps.split_off(before);
    let own = |gap: &&Gap| matches!(gap, Gap::Colon(..) | Gap::Equals(_));
    let Some(first) = gaps.iter().find(own) else {
        for gap in gaps {
            if let Gap::Type(at) = gap {
                let message = format!("{what} needs its type");
                inp.report(
                    Diagnostic::error(codes::MISSING_TYPE, at, message)
                        .label(at, "expected `: Type` here"),
                );
            }
        }
        return;
    };
    let diagnostic = match *first {
        Gap::Equals(span) => {
            foreign(span, format!("{what} is given with `:`")).label(span, "expected `:`")
        }
        Gap::Colon(_, ty) | Gap::Type(ty) | Gap::Comma(ty) => {
            foreign(ty, format!("a `:` stands between {what} and its type"))
                .label(ty, "expected `:` in front of this")
        }
    };
    let edits = edits(inp, &gaps);
    inp.report(diagnostic.suggest_edits(Applicability::Machine, edits, "write it with `:`"));
}

fn edits(inp: &mut Input<'_, '_>, gaps: &[Gap]) -> Vec<Edit> {
    let mut edits = Vec::new();
    let mut next_type = None;
    for gap in gaps.iter().rev() {
        match *gap {
            Gap::Colon(at, ty) => {
                next_type = Some(ty);
                edits.push(Edit::new(at, ":"));
            }
            Gap::Comma(at) => edits.push(Edit::new(at, ",")),
            Gap::Equals(span) => {
                let before = inp
                    .cx()
                    .text
                    .as_bytes()
                    .get((span.start as usize).wrapping_sub(1));
                let blank = before == Some(&b' ');
                let from = span.start - u32::from(blank);
                edits.push(Edit::new(
                    Span {
                        start: from,
                        ..span
                    },
                    ":",
                ));
            }
            // `a, b int`: the type comes later.
            Gap::Type(at) => {
                let ty = next_type.map_or("_", |ty| text_at(inp, ty));
                edits.push(Edit::new(at, format!(": {ty}")));
            }
        }
    }
    edits
}

/// The result type of a function: behind `->`, or as other languages write it.
pub(in crate::parser) fn result_type(inp: &mut Input<'_, '_>) -> Parsed<Option<TypeExpr>> {
    let span = inp.here();
    match inp.kind() {
        Tk::Arrow => return ty::result_type(inp),
        Tk::FatArrow | Tk::Colon if inp.kind_at(1) != Tk::Newline => {
            inp.bump();
            let mark = span_with_blank(inp, span);
            inp.report(
                foreign(span, "a result type stands behind `->`")
                    .label(span, "expected `->`")
                    .suggest(mark, " ->", "write `->`"),
            );
        }
        _ if type_follows(inp) => {
            let end = super::behind_group(inp, 0);
            let span = span.to(span_at(inp, end - 1));
            inp.report(
                foreign(span, "a result type stands behind `->`")
                    .label(span, "expected `->` in front of this")
                    .suggest(span.at_start(), "-> ", "write `->` in front of it"),
            );
        }
        _ => return Ok(None),
    }
    ty::ty(inp).map(Some)
}

/// The place with the blank in front of it, if there is one.
fn span_with_blank(inp: &mut Input<'_, '_>, span: Span) -> Span {
    let text = inp.cx().text.as_bytes();
    let blank = (span.start as usize)
        .checked_sub(1)
        .is_some_and(|at| text.get(at) == Some(&b' '));
    Span {
        start: span.start - u32::from(blank),
        ..span
    }
}

/// Reports the type of a constant that nobody wrote, which its value may tell.
pub(in crate::parser) fn missing_type(inp: &mut Input<'_, '_>, message: &str) -> TypeExpr {
    let start = inp.position();
    let name = start.checked_sub(1).map(|index| inp.cx().token_span(index));
    let span = name.unwrap_or_else(|| inp.here()).at_end();
    let ends = matches!(
        inp.kind_at(2),
        Tk::Newline | Tk::Semi | Tk::RBrace | Tk::Eof
    );
    let ty = match inp.kind_at(1) {
        _ if !ends || !inp.at(Tk::Eq) => None,
        Tk::Int => Some("i64"),
        Tk::Float => Some("f64"),
        Tk::Str => Some("String"),
        Tk::Char => Some("char"),
        Tk::True | Tk::False => Some("bool"),
        _ => None,
    };
    let error =
        Diagnostic::error(codes::MISSING_TYPE, span, message).label(span, "expected `: Type` here");
    inp.report(match ty {
        Some(ty) => error.suggest(span, format!(": {ty}"), format!("write `: {ty}`")),
        None => error,
    });
    TypeExpr {
        id: inp.id(),
        span,
        kind: TypeKind::Error,
    }
}
