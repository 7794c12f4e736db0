//! Types as Go, TypeScript, Kotlin and C# write them: `[]int`, `map[K]V`, `*T`, `chan T`, `T?`, `T[]`.

use gos_diag::{Applicability, Diagnostic, Edit, Span, Symbol};

use super::{behind_group, foreign, same_line, span_at, text_at, word_at};
use crate::ast::{
    GenericArg, GenericArgs, Ident, Path, PathAnchor, PathSegment, TypeExpr, TypeKind,
};
use crate::parser::cursor::{Input, Parsed, Steps};
use crate::parser::{expr, ty};
use crate::token::Tk;

/// A foreign type, if one begins here.
pub(in crate::parser) fn prefix(inp: &mut Input<'_, '_>) -> Parsed<Option<TypeKind>> {
    match inp.kind() {
        Tk::LBrack => go_slice(inp),
        Tk::Star if !matches!(inp.kind_at(1), Tk::Const | Tk::Mut) => pointer(inp).map(Some),
        Tk::Lt if inp.at_joint(Tk::Lt, Tk::Minus) && word_at(inp, 2) == "chan" => {
            channel(inp).map(Some)
        }
        Tk::Ident => match word_at(inp, 0) {
            "chan" if same_line(inp, 1) && begins_element(inp) => channel(inp).map(Some),
            "map" if inp.kind_at(1) == Tk::LBrack => go_map(inp).map(Some),
            "func" if inp.kind_at(1) == Tk::LParen => go_func(inp).map(Some),
            "interface" if inp.kind_at(1) == Tk::LBrace && inp.kind_at(2) == Tk::RBrace => {
                Ok(Some(interface(inp)))
            }
            _ => Ok(None),
        },
        _ => Ok(None),
    }
}

fn begins_element(inp: &mut Input<'_, '_>) -> bool {
    matches!(
        inp.kind_at(1),
        Tk::Ident | Tk::Star | Tk::LBrack | Tk::LParen | Tk::Struct
    )
}

/// `[]T`, `[3]T`
fn go_slice(inp: &mut Input<'_, '_>) -> Parsed<Option<TypeKind>> {
    let close = behind_group(inp, 0);
    let length = match (inp.kind_at(1), close) {
        (Tk::RBrack, 2) => None,
        (Tk::Int, 3) => Some(span_at(inp, 1)),
        _ => return Ok(None),
    };
    let brackets = span_at(inp, 0).to(span_at(inp, close - 1));
    for _ in 0..close {
        inp.bump();
    }
    let first = inp.position();
    let elem = ty::ty(inp)?;
    let end = inp.node_span(first).at_end();
    let (message, closing) = match length {
        None => ("a sequence of `T` is written `[T]`", "]".to_string()),
        Some(length) => {
            let length = text_at(inp, length);
            ("an array is written `[T; N]`", format!("; {length}]"))
        }
    };
    let edits = vec![Edit::new(brackets, "["), Edit::new(end, closing)];
    let whole = brackets.to(end);
    let shown = text_of_edits(inp, whole, &edits);
    inp.report(
        foreign(whole, message)
            .label(whole, "the element's type stands inside")
            .suggest_edits(Applicability::Machine, edits, format!("write `{shown}`")),
    );
    Ok(Some(match length {
        None => TypeKind::Slice(Box::new(elem)),
        Some(_) => TypeKind::Error,
    }))
}

/// A place as it reads after the edits.
fn text_of_edits(inp: &mut Input<'_, '_>, whole: Span, edits: &[Edit]) -> String {
    let mut shown = text_at(inp, whole).to_string();
    for edit in edits.iter().rev() {
        let range =
            (edit.span.start - whole.start) as usize..(edit.span.end - whole.start) as usize;
        if shown.get(range.clone()).is_some() {
            shown.replace_range(range, &edit.replacement);
        }
    }
    shown
}

/// `*T`
fn pointer(inp: &mut Input<'_, '_>) -> Parsed<TypeKind> {
    let star = inp.here();
    inp.bump();
    let inner = ty::ty(inp)?;
    let shown = text_at(inp, inner.span);
    inp.report(
        foreign(star, "there are no pointers to pass by hand")
            .label(star, "not a type of Gossamer")
            .note(format!(
                "`&mut {shown}` may change what it refers to, `&{shown}` only reads; neither is ever null"
            ))
            .suggest(star, "&mut ", format!("write `&mut {shown}`")),
    );
    Ok(TypeKind::Ref {
        mutable: true,
        inner: Box::new(inner),
    })
}

/// `chan T`, `<-chan T`, `chan<- T`
fn channel(inp: &mut Input<'_, '_>) -> Parsed<TypeKind> {
    let start = inp.position();
    let receives = inp.at(Tk::Lt);
    while inp.at(Tk::Lt) || inp.at(Tk::Minus) {
        inp.bump();
    }
    inp.bump();
    while inp.at(Tk::Lt) || inp.at(Tk::Minus) {
        inp.bump();
    }
    let elem = ty::ty(inp)?;
    let (span, elem) = (inp.node_span(start), text_at(inp, elem.span));
    let end = if receives { "Receiver" } else { "Sender" };
    inp.report(
        foreign(span, "the two ends of a channel have types of their own")
            .label(span, "which end is this?")
            .note("`channel::<T>(n)` gives both: `(Sender<T>, Receiver<T>)`")
            .suggest_maybe(
                span,
                format!("{end}<{elem}>"),
                format!("write `{end}<{elem}>`"),
            ),
    );
    Ok(TypeKind::Error)
}

/// `map[K]V`
fn go_map(inp: &mut Input<'_, '_>) -> Parsed<TypeKind> {
    let start = inp.position();
    inp.bump();
    inp.expect(Tk::LBrack)?;
    let key = ty::ty(inp)?.span;
    inp.expect(Tk::RBrack)?;
    let value = ty::ty(inp)?.span;
    let span = inp.node_span(start);
    let written = format!("HashMap<{}, {}>", text_at(inp, key), text_at(inp, value));
    inp.report(
        foreign(span, "a map's type is `HashMap<K, V>`")
            .label(span, "not a type of Gossamer")
            .suggest_maybe(span, &written, format!("write `{written}`")),
    );
    Ok(TypeKind::Error)
}

/// `func(A) B`
fn go_func(inp: &mut Input<'_, '_>) -> Parsed<TypeKind> {
    let span = inp.here();
    inp.report(
        foreign(span, "the type of something to call is `Fn(A) -> B`")
            .label(span, "not a type of Gossamer")
            .suggest(span, "Fn", "write `Fn`"),
    );
    inp.bump();
    ty::type_list(inp)?;
    super::separator::result_type(inp)?;
    Ok(TypeKind::Error)
}

/// `interface{}`
fn interface(inp: &mut Input<'_, '_>) -> TypeKind {
    let start = inp.position();
    inp.bump();
    inp.skip_group();
    let span = inp.node_span(start);
    inp.report(
        foreign(span, "there is no type of all values")
            .label(span, "not a type of Gossamer")
            .help("take `impl Trait` or `T: Trait` for any type that can do something, `dyn Trait` for a mixture, or an `enum`"),
    );
    TypeKind::Error
}

/// What may follow a type elsewhere: `T?`, `T[]`.
pub(in crate::parser) fn suffix(inp: &mut Input<'_, '_>, base: TypeExpr) -> TypeExpr {
    if !same_line(inp, 0) {
        return base;
    }
    if inp.at(Tk::Question) {
        return nullable(inp, base);
    }
    if inp.at(Tk::LBrack) && inp.kind_at(1) == Tk::RBrack {
        return array_behind(inp, base);
    }
    base
}

fn nullable(inp: &mut Input<'_, '_>, base: TypeExpr) -> TypeExpr {
    let mark = inp.here();
    inp.bump();
    let shown = text_at(inp, base.span);
    let span = base.span.to(mark);
    let edits = vec![
        Edit::new(base.span.at_start(), "Option<"),
        Edit::new(mark, ">"),
    ];
    inp.report(
        foreign(mark, "a value that may be missing is an `Option`")
            .label(mark, "not part of a type")
            .suggest_edits(
                Applicability::Machine,
                edits,
                format!("write `Option<{shown}>`"),
            ),
    );
    let ident = Ident {
        name: Symbol::intern("Option"),
        span,
    };
    let args = GenericArgs::Angle {
        span,
        args: vec![GenericArg::Type(base)],
    };
    let path = Path {
        id: inp.id(),
        span,
        qself: None,
        anchor: PathAnchor::None,
        segments: vec![PathSegment {
            ident,
            args: Some(args),
        }],
    };
    TypeExpr {
        id: inp.id(),
        span,
        kind: TypeKind::Path(path),
    }
}

fn array_behind(inp: &mut Input<'_, '_>, base: TypeExpr) -> TypeExpr {
    let brackets = span_at(inp, 0).to(span_at(inp, 1));
    inp.bump();
    inp.bump();
    let shown = text_at(inp, base.span);
    let span = base.span.to(brackets);
    let edits = vec![
        Edit::new(base.span.at_start(), "["),
        Edit::new(brackets, "]"),
    ];
    inp.report(
        foreign(brackets, "a sequence of `T` is written `[T]`")
            .label(brackets, "the brackets stand around the element's type")
            .suggest_edits(Applicability::Machine, edits, format!("write `[{shown}]`")),
    );
    TypeExpr {
        id: inp.id(),
        span,
        kind: TypeKind::Slice(Box::new(base)),
    }
}

/// A value of a Go type: `[]int{1, 2}`, `map[string]int{}`, `[]int` as an argument.
pub(in crate::parser) fn literal_of(inp: &mut Input<'_, '_>) -> Parsed<Option<Diagnostic>> {
    let start = inp.position();
    let is_map = inp.at(Tk::Ident);
    let outer = inp.cx().diagnostics.len();
    let parsed = prefix(inp);
    inp.cx().diagnostics.truncate(outer);
    if parsed?.is_none() || !inp.at(Tk::LBrace) {
        return Ok(None);
    }
    let ty = inp.node_span(start);
    let open = inp.position();
    let elements = crate::parser::primary::braced_elements(inp)?;
    let braces = inp.node_span(open);
    let whole = ty.to(braces);
    if is_map {
        return Ok(Some(
            foreign(whole, "a map is written with `map!`")
                .label(ty, "a type cannot stand in front of its values")
                .help("write `map!{\"a\" => 1, \"b\" => 2}`, or `HashMap::new()` for an empty one"),
        ));
    }
    let edits = vec![
        Edit::new(
            ty.to(Span {
                end: braces.start + 1,
                ..braces
            }),
            "[",
        ),
        Edit::new(
            Span {
                start: braces.end - 1,
                ..braces
            },
            "]",
        ),
    ];
    let applicability = if elements {
        Applicability::Machine
    } else {
        Applicability::Maybe
    };
    Ok(Some(
        foreign(whole, "a sequence is written `[1, 2, 3]`")
            .label(ty, "a type cannot stand in front of its values")
            .suggest_edits(applicability, edits, "write the values in brackets"),
    ))
}

/// Whether a value of a Go type may begin here.
pub(in crate::parser) fn literal_is_ahead(inp: &mut Input<'_, '_>) -> bool {
    let behind = match inp.kind() {
        Tk::LBrack if inp.kind_at(1) == Tk::RBrack => 2,
        Tk::Ident if word_at(inp, 0) == "map" && inp.at_joint(Tk::Ident, Tk::LBrack) => {
            behind_group(inp, 1)
        }
        _ => return false,
    };
    let joint = inp.look(behind - 1).is_some_and(|token| token.joint);
    joint
        && matches!(inp.kind_at(behind), Tk::Ident | Tk::Star | Tk::LBrack)
        && expr::begins(inp.kind_at(behind))
}
