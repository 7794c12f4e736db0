//! Impls against what they implement: members, signatures, required traits.

use super::impl_params;
use crate::cx::Cx;
use crate::loader::SourceRoot;
use crate::program::{FnId, Impl, ImplId, Predicate, Program, Receiver, Trait};
use crate::resolve::closest;
use crate::solve::{holds_in, normalize_in};
use crate::types::{FnSig, TraitRef, Ty, TyKind, TyList, substitute};
use gos_diag::{Diagnostic, Span, Symbol, codes};
use gos_syntax::ast::{self, ItemKind};
use rustc_hash::FxHashMap;

/// Checks all impls that the user wrote, or all of the library's.
pub(super) fn check_all(cx: &mut Cx<'_>, library: bool) {
    let mut messages = Vec::new();
    let mut misread_at = Vec::new();
    for (id, impl_) in cx.program.impls.iter() {
        let Some(decl) = cx.items.impls[id].decl else {
            continue;
        };
        if cx.is_std(impl_.module) != library {
            continue;
        }
        if impl_.self_ty.is_error() {
            continue;
        }
        check_duplicates(decl, &mut messages);
        impl_params::check(impl_, &mut messages);
        match impl_.trait_ref {
            Some(trait_ref) => {
                check_trait_impl(cx, id, (decl, trait_ref), &mut messages, &mut misread_at);
            }
            None => check_inherent(cx, impl_, decl, &mut messages),
        }
    }
    for (at, method) in misread_at {
        let cause = Symbol::intern(&cause_of(method));
        cx.diagnostics[at].causes.push(cause);
    }
    cx.diagnostics.extend(messages);
}

fn check_duplicates(decl: &ast::ImplDecl, messages: &mut Vec<Diagnostic>) {
    let mut seen = FxHashMap::default();
    for name in decl.items.iter().filter_map(ast::Item::name) {
        if let Some(first) = seen.insert(name.name, name.span) {
            let text = format!("`{}` is defined twice in this `impl`", name.name);
            messages.push(
                Diagnostic::error(codes::DUPLICATE_DEFINITION, name.span, text)
                    .label(name.span, "defined again here")
                    .label(first, "first defined here"),
            );
        }
    }
}

/// Own methods are given to types of the same project only; the library may extend builtins.
fn check_inherent(cx: &Cx<'_>, impl_: &Impl, decl: &ast::ImplDecl, messages: &mut Vec<Diagnostic>) {
    let program = &cx.program;
    let root = cx.root(impl_.module);
    let allowed = match impl_.self_ty.kind() {
        TyKind::Adt(id, _) => cx.root(program.adts[*id].module) == root,
        TyKind::Dyn { trait_, .. } => cx.root(program.traits[*trait_].module) == root,
        TyKind::Param { .. } | TyKind::Projection { .. } => false,
        _ => root == SourceRoot::Std,
    };
    if !allowed {
        let ty = impl_.self_ty.display(program);
        let span = decl.self_ty.span;
        let text = format!("methods cannot be added to `{ty}` directly");
        messages.push(
            Diagnostic::error(codes::INVALID_IMPL_TARGET, span, text)
                .label(span, "not a type of this project")
                .help("declare a trait and implement it for the type"),
        );
    }
}

fn check_trait_impl(
    cx: &Cx<'_>,
    id: ImplId,
    (decl, trait_ref): (&ast::ImplDecl, TraitRef),
    messages: &mut Vec<Diagnostic>,
    misread_at: &mut Vec<(usize, FnId)>,
) {
    let trait_ = &cx.program.traits[trait_ref.trait_];
    check_members(&cx.program, id, (trait_, trait_ref), decl, messages);
    check_missing(&cx.program, id, (trait_, trait_ref), decl, messages);
    check_required_traits(&cx.program, id, trait_ref, messages);
    let impl_ = &cx.program.impls[id];
    for &method in &impl_.methods {
        let name = cx.program.fns[method].name;
        let declared = trait_.methods.iter().copied();
        let mut declared = declared.filter(|id| cx.program.fns[*id].name == name);
        if let Some(declared) = declared.next() {
            let message = compare(&cx.program, (declared, method), trait_ref);
            // A bound that is none makes parameters that the trait does not have.
            let mut own = decl.items.iter();
            let item = own.find(|item| item.name().is_some_and(|own| own.name == name));
            let misread = item.and_then(|item| misread_bound(&cx.diagnostics, item.span));
            if let Some(at) = misread {
                misread_at.push((at, method));
            }
            messages.extend(message.filter(|_| misread.is_none()).map(|message| {
                let form = wanted_form(&cx.program, declared, trait_ref);
                message
                    .help(format!("the trait declares `{form}`"))
                    .cause(&cause_of(method))
                    .cause(&cause_of(declared))
            }));
        }
    }
    check_consts(&cx.program, id, trait_, trait_ref, messages);
}

/// Which message says that something in there, which stands where a trait should, is none.
fn misread_bound(messages: &[Diagnostic], within: Span) -> Option<usize> {
    let mut said = messages.iter();
    said.position(|it| it.code == codes::NOT_A_TRAIT && within.contains(it.span()))
}

/// Constants have the type that the trait declares.
fn check_consts(
    program: &Program,
    id: ImplId,
    trait_: &Trait,
    trait_ref: TraitRef,
    messages: &mut Vec<Diagnostic>,
) {
    let impl_ = &program.impls[id];
    for &const_ in &impl_.assoc_consts {
        let found = &program.consts[const_];
        let mut declared = trait_.assoc_consts.iter().map(|id| &program.consts[*id]);
        let Some(declared) = declared.find(|declared| declared.name == found.name) else {
            continue;
        };
        let env = &impl_.generics.predicates;
        let wanted = normalize_in(program, env, substitute(declared.ty, trait_ref.args));
        let has = normalize_in(program, env, found.ty);
        if !agree(has, wanted) {
            let text = format!(
                "`{}` is `{}`, but the trait declares `{}`",
                found.name,
                has.display(program),
                wanted.display(program)
            );
            messages.push(mismatch(text, found.span, declared.span));
        }
    }
}

fn member_names(trait_: &Trait, program: &Program) -> Vec<(Symbol, &'static str)> {
    let mut names = Vec::new();
    names.extend(
        trait_
            .methods
            .iter()
            .map(|id| (program.fns[*id].name, "method")),
    );
    let consts = trait_.assoc_consts.iter();
    names.extend(consts.map(|id| (program.consts[*id].name, "constant")));
    let types = trait_.assoc_types.iter();
    names.extend(types.map(|assoc| (assoc.name, "associated type")));
    names
}

fn check_members(
    program: &Program,
    id: ImplId,
    (trait_, of): (&Trait, TraitRef),
    decl: &ast::ImplDecl,
    messages: &mut Vec<Diagnostic>,
) {
    let names = member_names(trait_, program);
    for item in &decl.items {
        let Some(name) = item.name() else { continue };
        let kind = match &item.kind {
            ItemKind::Fn(_) => "method",
            ItemKind::Const(_) => "constant",
            _ => "associated type",
        };
        if names.contains(&(name.name, kind)) {
            continue;
        }
        let text = format!("the trait `{}` has no {kind} `{}`", trait_.name, name.name);
        let mut message = Diagnostic::error(codes::UNKNOWN_TRAIT_ITEM, name.span, text)
            .label(name.span, "not declared by the trait")
            .label(trait_.span, "the trait")
            .cause(&format!("members of {id:?}"))
            .cause(&format!("member {} of {:?}", name.name, of.trait_));
        let same_kind = names.iter().filter(|(_, of)| *of == kind);
        if let Some(near) = closest(name.name, same_kind.map(|(name, _)| *name)) {
            let advice = format!("did you mean `{near}`?");
            message = message.suggest_maybe(name.span, near.as_str(), advice);
        }
        messages.push(message);
    }
}

fn check_missing(
    program: &Program,
    id: ImplId,
    (trait_, of): (&Trait, TraitRef),
    decl: &ast::ImplDecl,
    messages: &mut Vec<Diagnostic>,
) {
    let impl_ = &program.impls[id];
    let has = |name: Symbol| {
        let mut names = decl.items.iter().filter_map(ast::Item::name);
        names.any(|given| given.name == name)
    };
    let mut missing: Vec<String> = Vec::new();
    for method in &trait_.methods {
        let method = &program.fns[*method];
        let required = method.kind == crate::program::FnKind::Required;
        if required && !has(method.name) {
            missing.push(format!("`{}`", method.name));
        }
    }
    for assoc in &trait_.assoc_types {
        let given = impl_
            .assoc_types
            .iter()
            .any(|(name, _)| *name == assoc.name);
        if assoc.default.is_none() && !given {
            missing.push(format!("`type {}`", assoc.name));
        }
    }
    for const_ in &trait_.assoc_consts {
        let const_ = &program.consts[*const_];
        if !has(const_.name) && !default_consts(program, trait_).contains(&const_.name) {
            missing.push(format!("`const {}`", const_.name));
        }
    }
    if missing.is_empty() {
        return;
    }
    let text = format!(
        "this `impl` of `{}` for `{}` lacks {}",
        trait_.name,
        impl_.self_ty.display(program),
        missing.join(", ")
    );
    messages.push(
        Diagnostic::error(codes::MISSING_TRAIT_ITEM, decl.header_span, text)
            .label(decl.header_span, "members are missing here")
            .label(trait_.span, "declared by this trait")
            .cause(&format!("members of {id:?}"))
            .cause(&format!("{missing:?} of {:?}", of.trait_)),
    );
}

/// A type without its arguments, as a cause names it.
fn head_of(ty: Ty, shown: &dyn std::fmt::Display) -> String {
    match ty.kind() {
        TyKind::Adt(adt, _) => format!("{adt:?}"),
        _ => shown.to_string(),
    }
}

/// Constants with a value in the trait.
fn default_consts(program: &Program, trait_: &Trait) -> Vec<Symbol> {
    let consts = trait_.assoc_consts.iter();
    let with_value = consts.filter(|id| program.const_defaults.contains(*id));
    with_value.map(|id| program.consts[*id].name).collect()
}

fn check_required_traits(
    program: &Program,
    id: ImplId,
    trait_ref: TraitRef,
    messages: &mut Vec<Diagnostic>,
) {
    let impl_ = &program.impls[id];
    let trait_ = &program.traits[trait_ref.trait_];
    let env = &impl_.generics.predicates;
    for required in &trait_.super_predicates {
        let goal = substitute(required.clone(), trait_ref.args);
        if holds_in(program, env, &goal) {
            continue;
        }
        if let Predicate::Trait(required, _) = goal {
            let needed = program.traits[required.trait_].name;
            let ty = impl_.self_ty.display(program);
            let text = format!(
                "`{}` requires `{needed}`, which `{ty}` does not implement",
                trait_.name
            );
            messages.push(
                Diagnostic::error(codes::UNMET_SUPERTRAIT, impl_.span, text)
                    .help(format!("implement `{needed}` for `{ty}`"))
                    .cause(&format!("{needed} of {}", head_of(impl_.self_ty, &ty))),
            );
        }
    }
    for assoc in &trait_.assoc_types {
        for required in &assoc.predicates {
            let goal = substitute(required.clone(), trait_ref.args);
            if holds_in(program, env, &goal) {
                continue;
            }
            if let Predicate::Trait(required, _) = goal {
                let needed = program.traits[required.trait_].name;
                let given = impl_
                    .assoc_types
                    .iter()
                    .find(|(name, _)| *name == assoc.name);
                let Some((_, ty)) = given else { continue };
                let text = format!(
                    "`{}` must implement `{needed}`, which `{}` does not",
                    assoc.name,
                    ty.display(program)
                );
                messages.push(Diagnostic::error(codes::UNMET_SUPERTRAIT, impl_.span, text));
            }
        }
    }
}

/// The message when a method differs from its declaration.
fn compare(
    program: &Program,
    (declared, method): (FnId, FnId),
    trait_ref: TraitRef,
) -> Option<Diagnostic> {
    let (wanted, found) = (&program.fns[declared], &program.fns[method]);
    let own = |f: &crate::program::Fn| f.generics.params.len() - f.generics.parent_count;
    if wanted.receiver != found.receiver {
        let text = format!(
            "`{}` takes {}, but the trait declares {}",
            found.name,
            receiver_words(found.receiver),
            receiver_words(wanted.receiver)
        );
        return Some(mismatch(text, found.span, wanted.span));
    }
    if own(wanted) != own(found) {
        let text = format!(
            "`{}` has {} generic parameters, but the trait declares {}",
            found.name,
            own(found),
            own(wanted)
        );
        return Some(mismatch(text, found.span, wanted.span));
    }
    let first = found.generics.parent_count;
    let types = super::identity_args(&found.generics.params);
    let own_types = types.get(first..).unwrap_or(&[]);
    let args: TyList = trait_ref.args.iter().chain(own_types).copied().collect();
    let env = &found.generics.predicates;
    let wanted_sig: FnSig = normalize_in(program, env, substitute(wanted.sig, args));
    let found_sig: FnSig = normalize_in(program, env, found.sig);
    if wanted_sig.params.len() != found_sig.params.len() {
        let text = format!(
            "`{}` takes {} parameters, but the trait declares {}",
            found.name,
            found_sig.params.len(),
            wanted_sig.params.len()
        );
        return Some(mismatch(text, found.span, wanted.span));
    }
    let pairs = found_sig.params.iter().zip(wanted_sig.params.iter());
    for (index, (has, needs)) in pairs.enumerate() {
        if !agree(*has, *needs) {
            let text = format!(
                "parameter {} of `{}` is `{}`, but the trait declares `{}`",
                index + usize::from(found.receiver.is_none()),
                found.name,
                has.display(program),
                needs.display(program)
            );
            return Some(mismatch(text, found.span, wanted.span));
        }
    }
    if !agree(found_sig.result, wanted_sig.result) {
        let text = format!(
            "`{}` gives `{}`, but the trait declares `{}`",
            found.name,
            found_sig.result.display(program),
            wanted_sig.result.display(program)
        );
        return Some(mismatch(text, found.span, wanted.span));
    }
    None
}

fn agree(has: Ty, needs: Ty) -> bool {
    has == needs
        || crate::infer::any_part(has, &mut |ty| ty.is_error())
        || crate::infer::any_part(needs, &mut |ty| ty.is_error())
}

fn receiver_words(receiver: Option<Receiver>) -> &'static str {
    match receiver {
        None => "no `self`",
        Some(Receiver::Value) => "`self`",
        Some(Receiver::Ref) => "`&self`",
        Some(Receiver::RefMut) => "`&mut self`",
    }
}

/// What a message about this function's signature is about.
fn cause_of(fn_: FnId) -> String {
    format!("signature of {fn_:?}")
}

/// Whether the function was said to differ from what its trait declares.
pub(crate) fn has_other_signature(messages: &[Diagnostic], fn_: FnId) -> bool {
    let about = [codes::SIGNATURE_MISMATCH, codes::NOT_A_TRAIT];
    let mut mismatches = messages
        .iter()
        .filter(|message| about.contains(&message.code))
        .peekable();
    if mismatches.peek().is_none() {
        return false;
    }
    let cause = Symbol::intern(&cause_of(fn_));
    mismatches.any(|message| message.causes.contains(&cause))
}

fn mismatch(text: String, found: Span, wanted: Span) -> Diagnostic {
    Diagnostic::error(codes::SIGNATURE_MISMATCH, found, text)
        .label(found, "differs")
        .label(wanted, "declared here")
}

/// A method as the trait wants it for this type: `fn hash(&self, &mut Hasher)`.
fn wanted_form(program: &Program, method: FnId, trait_ref: TraitRef) -> String {
    let declared = &program.fns[method];
    let first = declared.generics.parent_count;
    let own = super::identity_args(&declared.generics.params);
    let own = own.get(first..).unwrap_or(&[]);
    let args: TyList = trait_ref.args.iter().chain(own).copied().collect();
    let sig: FnSig = substitute(declared.sig, args);
    let receiver = declared.receiver.map(|kind| match kind {
        Receiver::Value => "self".to_owned(),
        Receiver::Ref => "&self".to_owned(),
        Receiver::RefMut => "&mut self".to_owned(),
    });
    let others = sig.params.iter().skip(usize::from(receiver.is_some()));
    let others = others.map(|ty| ty.display(program).to_string());
    let params: Vec<String> = receiver.into_iter().chain(others).collect();
    let result = match sig.result.is_unit() {
        true => String::new(),
        false => format!(" -> {}", sig.result.display(program)),
    };
    format!("fn {}({}){result}", declared.name, params.join(", "))
}
