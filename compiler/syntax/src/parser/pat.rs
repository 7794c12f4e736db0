//! Patterns.

use gos_diag::{Diagnostic, Symbol, codes};

use super::cursor::{Input, Parsed, Steps, nested};
use super::failure::Expected;
use super::list::{Element, bracketed};
use super::{attribute, literal, path};
use crate::ast::{Attribute, Expr, ExprKind, FieldPat, Ident, LitKind, Pat, PatKind, Path};
use crate::token::Tk;

/// A pattern, `a | b` included.
pub(super) fn pat(inp: &mut Input<'_, '_>) -> Parsed<Pat> {
    let start = inp.position();
    inp.eat(Tk::Pipe);
    let first = single(inp)?;
    if !inp.at(Tk::Pipe) {
        return Ok(first);
    }
    let mut alternatives = vec![first];
    while inp.eat(Tk::Pipe) {
        alternatives.push(single(inp)?);
    }
    Ok(Pat {
        id: inp.id(),
        span: inp.node_span(start),
        kind: PatKind::Or(alternatives),
    })
}

/// A pattern without `|` at its top, for the parameters of closures.
pub(super) fn single(inp: &mut Input<'_, '_>) -> Parsed<Pat> {
    nested(|| primary(inp))
}

fn element<'s>() -> Element<'s, Pat> {
    Element {
        parse: pat,
        bad: |inp, span| {
            Some(Pat {
                id: inp.id(),
                span,
                kind: PatKind::Error,
            })
        },
    }
}

fn primary(inp: &mut Input<'_, '_>) -> Parsed<Pat> {
    let start = inp.position();
    let kind = match inp.kind() {
        Tk::Underscore => {
            inp.bump();
            PatKind::Wild
        }
        Tk::DotDot => {
            inp.bump();
            if begins_range_end(inp.kind()) {
                range(inp, None, false)?
            } else {
                PatKind::Rest
            }
        }
        Tk::DotDotEq => {
            inp.bump();
            range(inp, None, true)?
        }
        Tk::Amp => {
            inp.bump();
            reference(inp)?
        }
        Tk::AndAnd => {
            inp.bump();
            let kind = reference(inp)?;
            let inner = Pat {
                id: inp.id(),
                span: inp.node_span(start),
                kind,
            };
            PatKind::Ref {
                mutable: false,
                inner: Box::new(inner),
            }
        }
        Tk::LParen => return parenthesized(inp),
        Tk::LBrack => PatKind::Slice(bracketed(inp, Tk::LBrack, element())?.elements),
        Tk::Mut => binding(inp)?,
        Tk::Ident if is_ref(inp) => binding(inp)?,
        Tk::Minus => literal_or_range(inp)?,
        kind if literal::begins(kind) => literal_or_range(inp)?,
        kind if path::begins(kind) => path_or_binding(inp)?,
        _ => return Err(inp.fail(Expected::PAT)),
    };
    Ok(Pat {
        id: inp.id(),
        span: inp.node_span(start),
        kind,
    })
}

/// `ref x`: a word only in front of a name.
fn is_ref(inp: &mut Input<'_, '_>) -> bool {
    inp.at_word("ref") && matches!(inp.kind_at(1), Tk::Ident | Tk::Mut)
}

/// `mut p` behind the `&`.
fn reference(inp: &mut Input<'_, '_>) -> Parsed<PatKind> {
    let mutable = inp.eat(Tk::Mut);
    Ok(PatKind::Ref {
        mutable,
        inner: Box::new(single(inp)?),
    })
}

fn parenthesized(inp: &mut Input<'_, '_>) -> Parsed<Pat> {
    let start = inp.position();
    let mut list = bracketed(inp, Tk::LParen, element())?;
    let alone = list.elements.len() == 1 && !list.trailing_comma;
    let rest = matches!(list.elements.first(), Some(pat) if matches!(pat.kind, PatKind::Rest));
    if alone
        && !rest
        && let Some(mut only) = list.elements.pop()
    {
        only.span = inp.node_span(start);
        return Ok(only);
    }
    let kind = PatKind::Tuple(list.elements);
    Ok(Pat {
        id: inp.id(),
        span: inp.node_span(start),
        kind,
    })
}

/// `x`, `mut x`, `ref x`, `x @ p`
fn binding(inp: &mut Input<'_, '_>) -> Parsed<PatKind> {
    let by_ref = is_ref(inp);
    if by_ref {
        inp.bump();
    }
    let mutable = inp.eat(Tk::Mut);
    if mutable && inp.at(Tk::SelfValue) {
        let span = inp.here();
        let message = "`self` can only be the first parameter of a method";
        return Err(inp.fail_with(Diagnostic::error(codes::INVALID_PATTERN, span, message)));
    }
    let name = path::ident(inp)?;
    let sub = if inp.eat(Tk::At) {
        Some(Box::new(single(inp)?))
    } else {
        None
    };
    Ok(PatKind::Ident {
        by_ref,
        mutable,
        name,
        sub,
    })
}

/// What begins with a name: a binding, a path, a struct, a variant, or a range.
fn path_or_binding(inp: &mut Input<'_, '_>) -> Parsed<PatKind> {
    let next = inp.kind_at(1);
    let bare = !matches!(
        next,
        Tk::ColonColon | Tk::LParen | Tk::LBrace | Tk::DotDot | Tk::DotDotEq | Tk::Bang
    );
    if inp.at(Tk::Ident) && bare {
        return binding(inp);
    }
    let start = inp.position();
    let path = path::expr_path(inp)?;
    match inp.kind() {
        Tk::LParen => {
            let elems = bracketed(inp, Tk::LParen, element())?.elements;
            Ok(PatKind::TupleStruct { path, elems })
        }
        Tk::LBrace => struct_pattern(inp, path),
        Tk::DotDot | Tk::DotDotEq => {
            let span = inp.node_span(start);
            let first = Expr {
                id: inp.id(),
                span,
                kind: ExprKind::Path(path),
            };
            range_from(inp, first)
        }
        _ => Ok(PatKind::Path(path)),
    }
}

fn begins_range_end(kind: Tk) -> bool {
    literal::begins(kind) || kind == Tk::Minus || (path::begins(kind) && kind != Tk::Lt)
}

fn literal_or_range(inp: &mut Input<'_, '_>) -> Parsed<PatKind> {
    let value = path::signed_literal(inp)?;
    range_from(inp, value)
}

/// A literal, or the range that begins with it.
fn range_from(inp: &mut Input<'_, '_>, start: Expr) -> Parsed<PatKind> {
    let start = Box::new(start);
    match inp.kind() {
        Tk::DotDot => {
            inp.bump();
            range(inp, Some(start), false)
        }
        Tk::DotDotEq => {
            inp.bump();
            range(inp, Some(start), true)
        }
        Tk::DotDotDot => {
            let span = inp.here();
            inp.report(
                Diagnostic::error(codes::FOREIGN_SYNTAX, span, "`...` is not a range")
                    .label(span, "not an operator")
                    .suggest(span, "..=", "write `..=` to include the end"),
            );
            inp.bump();
            range(inp, Some(start), true)
        }
        _ => Ok(PatKind::Lit(start)),
    }
}

/// The end of a range, behind its operator.
fn range(inp: &mut Input<'_, '_>, start: Option<Box<Expr>>, inclusive: bool) -> Parsed<PatKind> {
    let open = !inclusive && start.is_some() && !begins_range_end(inp.kind());
    let end = if open {
        None
    } else {
        Some(Box::new(range_end(inp)?))
    };
    Ok(PatKind::Range {
        start,
        end,
        inclusive,
    })
}

fn range_end(inp: &mut Input<'_, '_>) -> Parsed<Expr> {
    let start = inp.position();
    if inp.at(Tk::Minus) || literal::begins(inp.kind()) {
        return path::signed_literal(inp);
    }
    let path = path::expr_path(inp)?;
    Ok(Expr {
        id: inp.id(),
        span: inp.node_span(start),
        kind: ExprKind::Path(path),
    })
}

/// A field, or the `..` at the end.
enum FieldOrRest {
    Field(Vec<Attribute>, Box<FieldPat>),
    Rest,
}

/// `{ x, y: p, .. }` behind the path.
fn struct_pattern(inp: &mut Input<'_, '_>, path: Path) -> Parsed<PatKind> {
    let list = bracketed(inp, Tk::LBrace, Element::new(field_or_rest))?;
    let mut fields = Vec::new();
    let mut rest = false;
    for entry in list.elements {
        match entry {
            FieldOrRest::Field(attrs, field) => {
                if attribute::keeps(inp, &attrs, field.span) {
                    fields.push(*field);
                }
            }
            FieldOrRest::Rest => rest = true,
        }
    }
    Ok(PatKind::Struct { path, fields, rest })
}

fn field_or_rest(inp: &mut Input<'_, '_>) -> Parsed<FieldOrRest> {
    let attrs = attribute::conditions(inp)?;
    if inp.eat(Tk::DotDot) {
        return Ok(FieldOrRest::Rest);
    }
    let start = inp.position();
    let named = matches!(inp.kind(), Tk::Ident | Tk::Int) && inp.kind_at(1) == Tk::Colon;
    if named {
        let name = field_name(inp)?;
        inp.bump();
        let pat = pat(inp)?;
        let span = inp.node_span(start);
        return Ok(FieldOrRest::Field(
            attrs,
            Box::new(FieldPat {
                span,
                name,
                pat,
                shorthand: false,
            }),
        ));
    }
    let kind = binding(inp)?;
    let PatKind::Ident { name, .. } = kind else {
        return Err(inp.fail(Expected::PAT));
    };
    let span = inp.node_span(start);
    let pat = Pat {
        id: inp.id(),
        span,
        kind,
    };
    Ok(FieldOrRest::Field(
        attrs,
        Box::new(FieldPat {
            span,
            name,
            pat,
            shorthand: true,
        }),
    ))
}

/// The name of a field, or its position in the tuple form.
pub(super) fn field_name(inp: &mut Input<'_, '_>) -> Parsed<Ident> {
    if !inp.at(Tk::Int) {
        return path::ident(inp);
    }
    let span = inp.here();
    let value = literal::literal(inp).map(|lit| lit.kind);
    match value {
        Some(LitKind::Int {
            value,
            suffix: None,
        }) => Ok(Ident {
            name: Symbol::intern(&value.to_string()),
            span,
        }),
        _ => Err(inp.fail(Expected::kind(Tk::Ident))),
    }
}
