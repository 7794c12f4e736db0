//! Types.

use chumsky::Parser;
use gos_diag::Symbol;

use super::cursor::{Input, Mode, Parsed, Steps, in_mode, nested, rule, token};
use super::failure::Expected;
use super::foreign::types;
use super::list::{Element, bracketed};
use super::path::{self, Style};
use super::{expr, generics};
use crate::ast::{FnType, LitKind, TypeExpr, TypeKind};
use crate::token::Tk;

/// A type.
pub(super) fn ty(inp: &mut Input<'_, '_>) -> Parsed<TypeExpr> {
    nested(|| {
        let ty = styled(inp, Style::Type)?;
        Ok(types::suffix(inp, ty))
    })
}

/// The type behind `as`.
pub(super) fn cast_type(inp: &mut Input<'_, '_>) -> Parsed<TypeExpr> {
    nested(|| styled(inp, Style::Cast))
}

/// `-> T`, if it is there.
pub(super) fn result_type(inp: &mut Input<'_, '_>) -> Parsed<Option<TypeExpr>> {
    if inp.at(Tk::Arrow) {
        inp.parse(token(Tk::Arrow).ignore_then(rule(ty))).map(Some)
    } else {
        Ok(None)
    }
}

/// `(A, B)`
pub(super) fn type_list(inp: &mut Input<'_, '_>) -> Parsed<Vec<TypeExpr>> {
    bracketed(inp, Tk::LParen, element()).map(|list| list.elements)
}

fn element<'s>() -> Element<'s, TypeExpr> {
    Element {
        parse: ty,
        bad: |inp, span| {
            Some(TypeExpr {
                id: inp.id(),
                span,
                kind: TypeKind::Error,
            })
        },
    }
}

fn styled(inp: &mut Input<'_, '_>, style: Style) -> Parsed<TypeExpr> {
    let start = inp.position();
    if style == Style::Type
        && let Some(kind) = types::prefix(inp)?
    {
        return Ok(TypeExpr {
            id: inp.id(),
            span: inp.node_span(start),
            kind,
        });
    }
    let kind = match inp.kind() {
        Tk::LParen => return parenthesized(inp),
        Tk::Bang => {
            inp.bump();
            TypeKind::Never
        }
        Tk::Underscore => {
            inp.bump();
            TypeKind::Infer
        }
        Tk::AndAnd => return double_reference(inp, style),
        Tk::Amp => {
            inp.bump();
            reference(inp, style)?
        }
        Tk::Star => {
            inp.bump();
            let mutable = inp.eat(Tk::Mut);
            if !mutable {
                inp.expect(Tk::Const)?;
            }
            TypeKind::RawPtr {
                mutable,
                inner: Box::new(styled(inp, style)?),
            }
        }
        Tk::LBrack => slice_or_array(inp)?,
        Tk::Fn | Tk::Unsafe | Tk::Extern => TypeKind::Fn(fn_type(inp)?),
        Tk::Impl => {
            inp.bump();
            TypeKind::Impl(generics::bounds(inp)?)
        }
        Tk::Dyn => {
            inp.bump();
            TypeKind::Dyn(generics::bounds(inp)?)
        }
        kind if path::begins(kind) => TypeKind::Path(path::path(inp, style)?),
        _ => return Err(inp.fail(Expected::TYPE)),
    };
    Ok(TypeExpr {
        id: inp.id(),
        span: inp.node_span(start),
        kind,
    })
}

/// `mut T` behind the `&`.
fn reference(inp: &mut Input<'_, '_>, style: Style) -> Parsed<TypeKind> {
    if inp.at(Tk::Label) {
        path::no_lifetime(inp);
    }
    let mutable = inp.eat(Tk::Mut);
    Ok(TypeKind::Ref {
        mutable,
        inner: Box::new(nested(|| styled(inp, style))?),
    })
}

/// `&&T` is one token and two references.
fn double_reference(inp: &mut Input<'_, '_>, style: Style) -> Parsed<TypeExpr> {
    let start = inp.position();
    inp.bump();
    let kind = reference(inp, style)?;
    let span = inp.node_span(start);
    let inner = TypeExpr {
        id: inp.id(),
        span,
        kind,
    };
    let kind = TypeKind::Ref {
        mutable: false,
        inner: Box::new(inner),
    };
    Ok(TypeExpr {
        id: inp.id(),
        span,
        kind,
    })
}

fn parenthesized(inp: &mut Input<'_, '_>) -> Parsed<TypeExpr> {
    let start = inp.position();
    let mut list = bracketed(inp, Tk::LParen, element())?;
    if list.elements.len() == 1
        && !list.trailing_comma
        && let Some(mut only) = list.elements.pop()
    {
        only.span = inp.node_span(start);
        return Ok(only);
    }
    let kind = TypeKind::Tuple(list.elements);
    Ok(TypeExpr {
        id: inp.id(),
        span: inp.node_span(start),
        kind,
    })
}

/// `[T]`, `[T; N]`
fn slice_or_array(inp: &mut Input<'_, '_>) -> Parsed<TypeKind> {
    inp.expect(Tk::LBrack)?;
    let elem = Box::new(ty(inp)?);
    let kind = if inp.eat(Tk::Semi) {
        let len = Box::new(in_mode(inp, Mode::default(), expr::expr)?);
        TypeKind::Array { elem, len }
    } else {
        inp.fail(Expected::kind(Tk::Semi));
        TypeKind::Slice(elem)
    };
    inp.expect(Tk::RBrack)?;
    Ok(kind)
}

/// `unsafe extern "C" fn(A) -> B`
fn fn_type(inp: &mut Input<'_, '_>) -> Parsed<FnType> {
    let is_unsafe = inp.eat(Tk::Unsafe);
    let abi = abi(inp);
    inp.expect(Tk::Fn)?;
    let params = bracketed(
        inp,
        Tk::LParen,
        Element {
            parse: fn_type_param,
            ..element()
        },
    )?;
    let ret = result_type(inp)?.map(Box::new);
    Ok(FnType {
        abi,
        is_unsafe,
        params: params.elements,
        ret,
    })
}

/// A type, after a name that only documents.
fn fn_type_param(inp: &mut Input<'_, '_>) -> Parsed<TypeExpr> {
    let named = matches!(inp.kind(), Tk::Ident | Tk::Underscore) && inp.kind_at(1) == Tk::Colon;
    if named {
        inp.bump();
        inp.bump();
    }
    ty(inp)
}

/// `extern "C"`, if it is there.
pub(super) fn abi(inp: &mut Input<'_, '_>) -> Option<Symbol> {
    if !inp.eat(Tk::Extern) {
        return None;
    }
    let default = Symbol::intern("C");
    if !inp.at(Tk::Str) {
        return Some(default);
    }
    match super::literal::literal(inp).map(|lit| lit.kind) {
        Some(LitKind::Str(name)) => Some(name),
        _ => Some(default),
    }
}
