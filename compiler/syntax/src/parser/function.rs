//! Functions.

use gos_diag::{Diagnostic, codes};

use super::attribute::keep;
use super::cursor::{Input, Parsed, Steps};
use super::foreign::separator;
use super::item::Place;
use super::list::{Element, bracketed};
use super::{attribute, block, generics, pat, path, ty};
use crate::ast::{FnDecl, Param, Pat, PatKind, SelfKind, SelfParam, TypeExpr, TypeKind};
use crate::token::Tk;

/// `const unsafe extern "C" fn name<T>(params) -> R where … { … }`
pub(super) fn fn_decl(inp: &mut Input<'_, '_>, place: Place) -> Parsed<FnDecl> {
    let start = inp.position();
    let is_const = inp.eat(Tk::Const);
    let is_unsafe = inp.eat(Tk::Unsafe);
    let abi = ty::abi(inp);
    // What others write for `fn` was reported before.
    if inp.at(Tk::Ident) {
        inp.bump()
    } else {
        inp.expect(Tk::Fn).map(|_| ())?
    }
    let name = path::ident(inp)?;
    let mut generics = generics::generics(inp)?;
    let gaps = inp.cx().gaps.len();
    let list = bracketed(
        inp,
        Tk::LParen,
        Element {
            parse: parameter,
            bad: bad_parameter,
        },
    )?;
    separator::report(inp, gaps, "a parameter");
    let ret = separator::result_type(inp)?;
    generics::where_clause(inp, &mut generics)?;
    let header_span = inp.node_span(start);
    let body = body(inp, place)?;
    let mut decl = FnDecl {
        name,
        header_span,
        is_const,
        is_unsafe,
        abi,
        generics,
        self_param: None,
        params: Vec::with_capacity(list.elements.len()),
        variadic: false,
        ret,
        body,
    };
    for (index, parameter) in list.elements.into_iter().enumerate() {
        match parameter {
            Parameter::Plain(param) => decl.params.extend(keep(inp, *param)),
            Parameter::Receiver(receiver) => take_receiver(inp, &mut decl, *receiver, index, place),
            Parameter::Variadic => decl.variadic = true,
        }
    }
    Ok(decl)
}

fn body(inp: &mut Input<'_, '_>, place: Place) -> Parsed<Option<crate::ast::Block>> {
    if inp.at(Tk::LBrace) {
        let span = inp.here();
        if place == Place::Extern {
            inp.report(
                Diagnostic::error(codes::MISPLACED_ITEM, span, "this function lives elsewhere")
                    .label(span, "a function of an `extern` block has no body")
                    .help("write `extern \"C\" fn` outside of the block to export one"),
            );
        }
        return block::block(inp).map(Some);
    }
    if matches!(place, Place::Trait | Place::Extern) {
        return Ok(None);
    }
    if !matches!(inp.kind(), Tk::Newline | Tk::Semi | Tk::Eof | Tk::RBrace) {
        return Err(inp.fail(super::failure::Expected::kind(Tk::LBrace)));
    }
    let span = inp.here();
    Err(inp.fail_with(
        Diagnostic::error(codes::UNEXPECTED_TOKEN, span, NO_BODY)
            .label(span, "expected `{` here")
            .help("only functions of a trait or an `extern` block go without one"),
    ))
}

const NO_BODY: &str = "this function has no body";

/// Whether the message says that a function lacks its `{`.
pub(super) fn has_no_body(message: &Diagnostic) -> bool {
    message.message == NO_BODY
}

fn take_receiver(
    inp: &mut Input<'_, '_>,
    decl: &mut FnDecl,
    receiver: SelfParam,
    index: usize,
    place: Place,
) {
    let span = receiver.span;
    if index > 0 {
        inp.report(
            Diagnostic::error(
                codes::MISPLACED_ITEM,
                span,
                "`self` must be the first parameter",
            )
            .label(span, "others stand in front of it"),
        );
    } else if !matches!(place, Place::Trait | Place::Impl) {
        inp.report(
            Diagnostic::error(codes::MISPLACED_ITEM, span, "only methods take `self`")
                .label(span, "this function belongs to no type")
                .help("move it into an `impl` block, or give the parameter a name and a type"),
        );
    }
    decl.self_param = Some(receiver);
}

/// What stands between the parentheses of a function.
enum Parameter {
    Plain(Box<Param>),
    Receiver(Box<SelfParam>),
    Variadic,
}

fn bad_parameter(inp: &mut Input<'_, '_>, span: gos_diag::Span) -> Option<Parameter> {
    let pat = Pat {
        id: inp.id(),
        span,
        kind: PatKind::Error,
    };
    let ty = TypeExpr {
        id: inp.id(),
        span,
        kind: TypeKind::Error,
    };
    Some(Parameter::Plain(Box::new(Param {
        span,
        attrs: Vec::new(),
        pat,
        ty,
    })))
}

fn parameter(inp: &mut Input<'_, '_>) -> Parsed<Parameter> {
    if inp.eat(Tk::DotDotDot) {
        return Ok(Parameter::Variadic);
    }
    if let Some(receiver) = receiver(inp)? {
        return Ok(Parameter::Receiver(Box::new(receiver)));
    }
    let attrs = attribute::attributes(inp)?;
    let start = inp.position();
    let pat = pat::pat(inp)?;
    let ty = match separator::typed(inp)? {
        Some(ty) => ty,
        None => separator::untyped(inp),
    };
    let span = inp.node_span(start);
    Ok(Parameter::Plain(Box::new(Param {
        span,
        attrs,
        pat,
        ty,
    })))
}

/// `self`, `mut self`, `&self`, `&mut self`, `self: T`, if one is next.
fn receiver(inp: &mut Input<'_, '_>) -> Parsed<Option<SelfParam>> {
    let start = inp.position();
    let lifetime = usize::from(inp.at(Tk::Amp) && inp.kind_at(1) == Tk::Label);
    let (kind, length) = match (
        inp.kind(),
        inp.kind_at(1 + lifetime),
        inp.kind_at(2 + lifetime),
    ) {
        (Tk::SelfValue, next, _) if next != Tk::ColonColon => (SelfKind::Value, 1),
        (Tk::Mut, Tk::SelfValue, _) => (SelfKind::MutValue, 2),
        (Tk::Amp, Tk::SelfValue, _) => (SelfKind::Ref, 2),
        (Tk::Amp, Tk::Mut, Tk::SelfValue) => (SelfKind::RefMut, 3),
        // Still a receiver, so that calls of the method are not wrong as well.
        (Tk::Mut, Tk::Mut, Tk::SelfValue) => (SelfKind::MutValue, 3),
        (Tk::Amp, Tk::Mut, Tk::Mut) if inp.kind_at(3 + lifetime) == Tk::SelfValue => {
            (SelfKind::RefMut, 4)
        }
        _ => return Ok(None),
    };
    for _ in 0..length {
        let after_mut = inp.at(Tk::Mut);
        inp.bump();
        if after_mut && inp.at(Tk::Mut) {
            let span = inp.here();
            let message = "`mut` is written twice";
            let twice = Diagnostic::error(codes::UNEXPECTED_TOKEN, span, message);
            inp.report(twice.suggest(span, "", "remove one of them"));
        }
        if inp.at(Tk::Label) {
            path::no_lifetime(inp);
        }
    }
    let ty = if inp.eat(Tk::Colon) {
        Some(ty::ty(inp)?)
    } else {
        None
    };
    Ok(Some(SelfParam {
        id: inp.id(),
        span: inp.node_span(start),
        kind,
        ty,
    }))
}
