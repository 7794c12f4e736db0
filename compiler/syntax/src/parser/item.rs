//! Items: which one it is, and lists of them that survive a bad one.

use gos_diag::{Diagnostic, Span, Symbol, codes};

use super::attribute::keep;
use super::cursor::{Input, Parsed, Steps, nested};
use super::failure::{Expected, Failed, forget, report_failure};
use super::{attribute, data, doc, expr, foreign, function, generics, members, path, ty, use_tree};
use crate::ast::{
    ConstDecl, Damage, ExternBlock, Generics, Item, ItemKind, ModDecl, Module, StaticDecl,
    TypeAlias, Visibility,
};
use crate::token::Tk;

/// Where an item stands: decides what may be left out of it and what may stand there at all.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Place {
    Module,
    Body,
    Trait,
    Impl,
    Extern,
}

/// A whole file.
pub(super) fn module(inp: &mut Input<'_, '_>) -> Parsed<Module> {
    let doc = doc::module_doc(inp);
    let attrs = attribute::inner_attributes(inp);
    let items = items(inp, Place::Module);
    let state = inp.cx();
    let whole = Span::new(state.file, 0, state.text.len() as u32);
    let mut module = empty_module(whole, state.next_id);
    (module.doc, module.attrs, module.items) = (doc, attrs, items);
    module.removed = std::mem::take(&mut inp.cx().removed);
    Ok(module)
}

/// A module of nothing.
pub(super) fn empty_module(span: Span, node_count: u32) -> Module {
    Module {
        span,
        doc: None,
        attrs: Vec::new(),
        items: Vec::new(),
        node_count,
        damage: Damage::default(),
        removed: Vec::new(),
    }
}

/// Items up to the `}` or the end of the file.
pub(super) fn items(inp: &mut Input<'_, '_>, place: Place) -> Vec<Item> {
    let mut items = Vec::new();
    loop {
        inp.skip_terminators();
        if matches!(inp.kind(), Tk::RBrace | Tk::Eof) {
            return items;
        }
        let start = inp.save();
        let first = inp.position();
        forget(inp);
        match item(inp, place) {
            Ok(item) => items.extend(keep(inp, item)),
            Err(Failed) => {
                report_failure(inp);
                inp.rewind(start);
                skip_item(inp, first);
                inp.lose(first);
            }
        }
    }
}

/// Skips an item that could not be read: to the end of its line, or to where the next one begins.
fn skip_item(inp: &mut Input<'_, '_>, first: usize) {
    loop {
        inp.skip_group();
        let ended = matches!(inp.kind(), Tk::Newline | Tk::Semi | Tk::RBrace | Tk::Eof);
        let at_line_start = inp.look(0).is_some_and(|token| token.newline_before);
        if ended || (inp.position() > first && at_line_start && is_ahead(inp)) {
            return;
        }
    }
}

/// `{ items }`
pub(super) fn item_block(inp: &mut Input<'_, '_>, place: Place) -> Parsed<Vec<Item>> {
    inp.expect(Tk::LBrace)?;
    let items = nested(|| items(inp, place));
    inp.expect(Tk::RBrace)?;
    Ok(items)
}

/// Whether an item begins here rather than an expression.
pub(super) fn is_ahead(inp: &mut Input<'_, '_>) -> bool {
    let next = inp.kind_at(1);
    match inp.kind() {
        Tk::Pub | Tk::Struct | Tk::Enum | Tk::Trait | Tk::Impl | Tk::Static | Tk::Mod => true,
        Tk::Use | Tk::Type | Tk::Extern => true,
        Tk::Const => next != Tk::LBrace,
        Tk::Fn => next != Tk::LParen,
        Tk::Unsafe => matches!(next, Tk::Fn | Tk::Impl | Tk::Trait | Tk::Extern),
        Tk::Ident | Tk::Reserved => foreign::item::is_ahead(inp),
        _ => false,
    }
}

/// An item with its documentation, attributes and visibility.
pub(super) fn item(inp: &mut Input<'_, '_>, place: Place) -> Parsed<Item> {
    let doc = doc::doc_above(inp);
    let attrs = attribute::attributes(inp)?;
    let start = inp.position();
    let id = inp.id();
    let vis = visibility(inp)?;
    foreign::item::eat_modifiers(inp);
    let kind = match foreign::item::item(inp)? {
        Some(kind) => kind,
        None => kind(inp, place)?,
    };
    let span = inp.node_span(start);
    check_place(inp, &kind, place, span);
    Ok(Item {
        id,
        span,
        doc,
        attrs,
        vis,
        kind,
    })
}

/// `pub`, `pub(crate)`
pub(super) fn visibility(inp: &mut Input<'_, '_>) -> Parsed<Visibility> {
    if !inp.eat(Tk::Pub) {
        return Ok(Visibility::Private);
    }
    let scoped = inp.at(Tk::LParen)
        && matches!(
            inp.kind_at(1),
            Tk::Crate | Tk::Super | Tk::SelfValue | Tk::In
        );
    if !scoped {
        return Ok(Visibility::Public);
    }
    let start = inp.position();
    let of_crate = inp.kind_at(1) == Tk::Crate && inp.kind_at(2) == Tk::RParen;
    inp.skip_group();
    if !of_crate {
        let span = inp.node_span(start);
        inp.report(
            Diagnostic::error(
                codes::UNEXPECTED_TOKEN,
                span,
                "only `pub` and `pub(crate)` exist",
            )
            .label(span, "not a visibility of Gossamer")
            .suggest(span, "(crate)", "write `pub(crate)`"),
        );
    }
    Ok(Visibility::Crate)
}

fn kind(inp: &mut Input<'_, '_>, place: Place) -> Parsed<ItemKind> {
    match inp.kind() {
        Tk::Struct => data::struct_decl(inp).map(ItemKind::Struct),
        Tk::Enum => data::enum_decl(inp).map(ItemKind::Enum),
        Tk::Trait => members::trait_decl(inp, false).map(ItemKind::Trait),
        Tk::Impl => members::impl_decl(inp, false).map(ItemKind::Impl),
        Tk::Type => type_alias(inp, place).map(ItemKind::TypeAlias),
        Tk::Const if inp.kind_at(1) != Tk::Fn && inp.kind_at(1) != Tk::Unsafe => {
            const_decl(inp, place).map(ItemKind::Const)
        }
        Tk::Static => static_decl(inp, place).map(ItemKind::Static),
        Tk::Mod => mod_decl(inp).map(ItemKind::Mod),
        Tk::Use => use_tree::use_decl(inp).map(ItemKind::Use),
        Tk::Extern if is_extern_block(inp) => extern_block(inp).map(ItemKind::ExternBlock),
        Tk::Unsafe if inp.kind_at(1) == Tk::Trait => {
            inp.bump();
            members::trait_decl(inp, true).map(ItemKind::Trait)
        }
        Tk::Unsafe if inp.kind_at(1) == Tk::Impl => {
            inp.bump();
            members::impl_decl(inp, true).map(ItemKind::Impl)
        }
        Tk::Unsafe if inp.kind_at(1) == Tk::Extern && inp.kind_at(3) == Tk::LBrace => {
            inp.bump();
            extern_block(inp).map(ItemKind::ExternBlock)
        }
        Tk::Fn | Tk::Const | Tk::Unsafe | Tk::Extern => {
            function::fn_decl(inp, place).map(ItemKind::Fn)
        }
        Tk::Ident if foreign::item::is_fn(inp) => {
            foreign::item::report_fn(inp);
            function::fn_decl(inp, place).map(ItemKind::Fn)
        }
        _ => Err(no_item(inp)),
    }
}

/// Whether something stood where an item was expected.
pub(super) fn is_no_item(message: &Diagnostic) -> bool {
    message.code == codes::MISPLACED_ITEM || message.message.starts_with("expected an item")
}

/// What stands here begins no item.
fn no_item(inp: &mut Input<'_, '_>) -> Failed {
    let span = inp.here();
    if inp.at(Tk::Let) {
        return inp.fail_with(
            Diagnostic::error(
                codes::MISPLACED_ITEM,
                span,
                "`let` stands only inside functions",
            )
            .label(span, "not an item")
            .help("a value for the whole module is a `const` or a `static`"),
        );
    }
    if expr::begins(inp.kind()) && !inp.at(Tk::Ident) {
        return inp.fail_with(
            Diagnostic::error(
                codes::MISPLACED_ITEM,
                span,
                "statements stand only inside functions",
            )
            .label(span, "expected an item such as `fn`, `struct` or `use`"),
        );
    }
    inp.fail(Expected::ITEM)
}

/// `type Name<T>: Bound = T`
fn type_alias(inp: &mut Input<'_, '_>, place: Place) -> Parsed<TypeAlias> {
    inp.expect(Tk::Type)?;
    let name = path::ident(inp)?;
    let mut generics: Generics = generics::generics(inp)?;
    let bounds = if inp.eat(Tk::Colon) {
        generics::bounds(inp)?
    } else {
        Vec::new()
    };
    generics::where_clause(inp, &mut generics)?;
    let ty = if place == Place::Trait {
        if inp.eat(Tk::Eq) {
            Some(ty::ty(inp)?)
        } else {
            None
        }
    } else {
        inp.expect(Tk::Eq)?;
        Some(ty::ty(inp)?)
    };
    generics::where_clause(inp, &mut generics)?;
    Ok(TypeAlias {
        name,
        generics,
        bounds,
        ty,
    })
}

/// `const N: T = e`
fn const_decl(inp: &mut Input<'_, '_>, place: Place) -> Parsed<ConstDecl> {
    inp.expect(Tk::Const)?;
    reject_mut(inp);
    let name = path::ident_or_underscore(inp)?;
    let ty = declared_type(inp, "a constant needs its type")?;
    let required = place != Place::Trait;
    let value = if required || inp.at(Tk::Eq) {
        Some(initializer(inp)?)
    } else {
        None
    };
    Ok(ConstDecl { name, ty, value })
}

/// `static N: T = e`
fn static_decl(inp: &mut Input<'_, '_>, place: Place) -> Parsed<StaticDecl> {
    inp.expect(Tk::Static)?;
    reject_mut(inp);
    let name = path::ident(inp)?;
    let ty = declared_type(inp, "a static needs its type")?;
    let value = if place == Place::Extern {
        None
    } else {
        Some(initializer(inp)?)
    };
    Ok(StaticDecl { name, ty, value })
}

fn declared_type(inp: &mut Input<'_, '_>, missing: &str) -> Parsed<crate::ast::TypeExpr> {
    if inp.eat(Tk::Colon) {
        ty::ty(inp)
    } else {
        Ok(foreign::separator::missing_type(inp, missing))
    }
}

fn initializer(inp: &mut Input<'_, '_>) -> Parsed<crate::ast::Expr> {
    inp.expect(Tk::Eq)?;
    expr::expr(inp)
}

fn reject_mut(inp: &mut Input<'_, '_>) {
    let span = inp.here();
    if inp.eat(Tk::Mut) {
        inp.report(
            Diagnostic::error(
                codes::FOREIGN_SYNTAX,
                span,
                "constants and statics never change",
            )
            .label(span, "cannot be `mut`")
            .help("shared state that changes lives in a `sync::Mutex` or an atomic"),
        );
    }
}

/// `mod name { … }`, `mod name`
fn mod_decl(inp: &mut Input<'_, '_>) -> Parsed<ModDecl> {
    inp.expect(Tk::Mod)?;
    let name = path::ident(inp)?;
    let items = if inp.at(Tk::LBrace) {
        Some(item_block(inp, Place::Module)?)
    } else {
        None
    };
    Ok(ModDecl { name, items })
}

fn is_extern_block(inp: &mut Input<'_, '_>) -> bool {
    let behind = if inp.kind_at(1) == Tk::Str { 2 } else { 1 };
    inp.kind_at(behind) == Tk::LBrace
}

/// `extern "C" { … }`
fn extern_block(inp: &mut Input<'_, '_>) -> Parsed<ExternBlock> {
    let abi = ty::abi(inp).unwrap_or_else(|| Symbol::intern("C"));
    Ok(ExternBlock {
        abi,
        items: item_block(inp, Place::Extern)?,
    })
}

/// Reports an item that exists, but not here.
fn check_place(inp: &mut Input<'_, '_>, kind: &ItemKind, place: Place, span: Span) {
    let (allowed, words) = match place {
        Place::Module | Place::Body => (true, ""),
        Place::Trait => (
            matches!(
                kind,
                ItemKind::Fn(_) | ItemKind::Const(_) | ItemKind::TypeAlias(_) | ItemKind::Error
            ),
            "a trait holds functions, constants and types",
        ),
        Place::Impl => (
            matches!(
                kind,
                ItemKind::Fn(_) | ItemKind::Const(_) | ItemKind::TypeAlias(_) | ItemKind::Error
            ),
            "an `impl` holds functions, constants and types",
        ),
        Place::Extern => (
            matches!(
                kind,
                ItemKind::Fn(_) | ItemKind::Static(_) | ItemKind::Error
            ),
            "an `extern` block holds functions and statics",
        ),
    };
    if !allowed {
        inp.report(
            Diagnostic::error(codes::MISPLACED_ITEM, span, "this item cannot stand here")
                .label(span, words)
                .help("move it out of the braces"),
        );
    }
}
