//! `#[derive(…)]`, and the `clone` that every struct and enum has.
//!
//! Derived impls are made as typed bodies directly: there is nothing to infer in them. Headers come
//! first, with the items; when all impls are known, a field whose type lacks the trait is reported
//! at the field; a body is made when something reaches it. A library type's own `Clone` stands in
//! its module. Read next: `body.rs` (the builder), then one file per trait.

mod body;
mod clone;
mod compare;
mod debug;
mod default;
mod hash;
mod json;

#[cfg(test)]
mod tests;

use crate::cx::{Cx, FnItem, ImplItem, Scope};
use crate::infer::any_part;
use crate::program::{
    Access, AdtId, Fn, FnId, FnKind, FnParent, GenericParam, Generics, Impl, ImplId, Predicate,
    Program, TraitId,
};
use crate::resolve::closest;
use crate::types::{TraitRef, Ty, TyKind, TyList, substitute};
use body::{Builder, LibraryMethods};
use gos_diag::{Diagnostic, Span, Symbol, codes};
use rustc_hash::{FxHashMap, FxHashSet};

/// What can be derived, and the library's trait behind it.
const DERIVES: [(&str, &str); 10] = [
    ("Debug", "debug"),
    ("Clone", "clone"),
    ("PartialEq", "eq"),
    ("Eq", "eq_total"),
    ("PartialOrd", "partial_ord"),
    ("Ord", "ord"),
    ("Hash", "hash"),
    ("Default", "default"),
    ("Serialize", "serialize"),
    ("Deserialize", "deserialize"),
];

/// The module of the library that a derive needs, if not everybody has it.
pub(crate) fn needed_module(derive: &str) -> Option<&'static [&'static str]> {
    let json = ["Serialize", "Deserialize"].contains(&derive);
    json.then_some(&["std", "encoding", "json"])
}

/// An impl whose bodies are to be made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Derived {
    adt: AdtId,
    impl_: ImplId,
    trait_: TraitId,
    /// The trait's name in `lang`.
    which: &'static str,
    span: Span,
}

/// Makes the headers of all derived impls.
pub(crate) fn declare_all(cx: &mut Cx<'_>) {
    let mut cloned: FxHashSet<AdtId> = FxHashSet::default();
    let clone = cx.program.lang.find_trait("clone");
    for id in cx.fresh_impls() {
        let impl_ = &cx.program.impls[id];
        if let (Some(trait_ref), TyKind::Adt(adt, _)) = (impl_.trait_ref, impl_.self_ty.kind())
            && Some(trait_ref.trait_) == clone
        {
            cloned.insert(*adt);
        }
    }
    let mut seen = FxHashSet::default();
    for request in std::mem::take(&mut cx.items.derives) {
        if request.name == "Copy" || !seen.insert((request.adt, request.name)) {
            continue;
        }
        let known = DERIVES.iter().find(|(name, _)| request.name == *name);
        let found = known.and_then(|(_, lang)| Some((*lang, cx.program.lang.find_trait(lang)?)));
        match found {
            Some(("clone", _)) if !cloned.insert(request.adt) => {}
            Some((which, trait_)) => declare(cx, request.adt, (which, trait_), request.span),
            None => report_unknown(cx, request.name, request.span),
        }
    }
    let Some(clone) = clone else { return };
    for adt in cx.fresh_adts() {
        if cloned.insert(adt) {
            let span = cx.program.adts[adt].span;
            declare(cx, adt, ("clone", clone), span);
        }
    }
}

fn report_unknown(cx: &mut Cx<'_>, name: Symbol, span: Span) {
    let known = DERIVES.iter().map(|(name, _)| Symbol::intern(name));
    let near = closest(name, known);
    let text = format!("`{name}` cannot be derived");
    let mut message = Diagnostic::error(codes::INVALID_DERIVE, span, text);
    if let Some(near) = near {
        let advice = format!("did you mean `{near}`?");
        message = message.suggest_maybe(span, near.as_str(), advice);
    }
    cx.report(message);
}

/// Makes the header of one impl: `impl<T: Trait> Trait for Adt<T>`.
fn declare(cx: &mut Cx<'_>, adt: AdtId, (which, trait_): (&'static str, TraitId), span: Span) {
    let module = cx.program.adts[adt].module;
    let mut generics = cx.program.adts[adt].generics.clone();
    let types = crate::collect::identity_args(&generics.params);
    let self_ty = Ty::new(TyKind::Adt(adt, types));
    // `PartialEq` compares with itself.
    let count = cx.program.traits[trait_].generics.params.len();
    let trait_ref = TraitRef {
        trait_,
        args: (0..count).map(|_| self_ty).collect(),
    };
    let variants = cx.program.adts[adt].variants.iter();
    let fields: Vec<Ty> = variants
        .flat_map(|variant| variant.fields.iter().map(|field| field.ty))
        .collect();
    for (param, ty) in generics.params.iter().zip(types.iter()) {
        // A parameter that no field uses only tells types apart.
        let mut is_it = |part: Ty| part == *ty;
        let used = fields.iter().any(|&field| any_part(field, &mut is_it));
        if param.const_ty.is_none() && which != "clone" && used {
            let args = (0..count).map(|_| *ty).collect();
            let bound = Predicate::Trait(TraitRef { trait_, args }, span);
            generics.predicates.push(bound);
        }
    }
    cx.items.impls.push(ImplItem {
        decl: None,
        scope: Scope::of_module(module),
    });
    let impl_ = cx.program.impls.push(Impl {
        module,
        span,
        generics,
        self_ty,
        trait_ref: Some(trait_ref),
        methods: Vec::new(),
        assoc_types: Vec::new(),
        assoc_consts: Vec::new(),
    });
    for method in wanted(&cx.program, trait_) {
        let id = declare_method(cx, impl_, trait_ref, method);
        cx.program.impls[impl_].methods.push(id);
    }
    cx.derived.push(Derived {
        adt,
        impl_,
        trait_,
        which,
        span,
    });
}

/// The methods that a derived impl has: the trait's required ones.
fn wanted(program: &Program, trait_: TraitId) -> Vec<FnId> {
    let methods = program.traits[trait_].methods.iter().copied();
    methods
        .filter(|id| program.fns[*id].kind == FnKind::Required)
        .collect()
}

fn declare_method(cx: &mut Cx<'_>, impl_: ImplId, trait_ref: TraitRef, method: FnId) -> FnId {
    let around = cx.program.impls[impl_].generics.clone();
    let declared = &cx.program.fns[method];
    let first = around.params.len();
    let own: Vec<GenericParam> =
        declared.generics.params[declared.generics.parent_count..].to_vec();
    let own_types = own.iter().enumerate().map(|(index, param)| {
        Ty::new(TyKind::Param {
            index: (first + index) as u32,
            name: param.name,
        })
    });
    let args: TyList = trait_ref.args.iter().copied().chain(own_types).collect();
    let span = cx.program.impls[impl_].span;
    let new = Fn {
        name: declared.name,
        module: cx.program.impls[impl_].module,
        parent: FnParent::Impl(impl_),
        span,
        sig: substitute(declared.sig, args),
        receiver: declared.receiver,
        kind: FnKind::Gossamer,
        is_c: false,
        access: Access::Public,
        attributes: declared.attributes.clone(),
        generics: Generics {
            parent_count: first,
            params: around.params.into_iter().chain(own).collect(),
            predicates: around.predicates,
        },
    };
    let scope = Scope::of_module(new.module);
    cx.items.fns.push(FnItem { decl: None, scope });
    cx.program.fns.push(new)
}

/// Reports derived impls of the user's types that cannot be, and keeps the others for
/// [`Derives::build`].
pub(crate) fn check_all(cx: &mut Cx<'_>, derives: &mut Derives) {
    for request in std::mem::take(&mut cx.derived) {
        if request.which != "clone"
            && !cx.is_std(cx.program.adts[request.adt].module)
            && !fields_implement(cx, request)
        {
            continue;
        }
        let variant = match request.which {
            "default" => default_variant(cx, request),
            _ => Some(0),
        };
        let Some(variant) = variant else { continue };
        for &method in &cx.program.impls[request.impl_].methods {
            derives.bodies.insert(method, (request, variant));
        }
    }
}

/// Derived methods, whose bodies are made when something reaches them.
#[derive(Debug, Default)]
pub(crate) struct Derives {
    bodies: FxHashMap<FnId, (Derived, usize)>,
    library_methods: Option<LibraryMethods>,
}

impl Derives {
    /// Makes the body of a derived method. False: it is none.
    pub(crate) fn build(
        &mut self,
        program: &mut Program,
        method: FnId,
    ) -> Option<Result<(), Diagnostic>> {
        let &(request, variant) = self.bodies.get(&method)?;
        let library_methods = self
            .library_methods
            .get_or_insert_with(|| body::library_methods(program));
        let source = (&*program, &*library_methods);
        let mut builder = Builder::new(source, request.adt, method, request.trait_);
        let value = match request.which {
            "clone" => clone::value(&mut builder),
            "debug" => debug::value(&mut builder),
            "eq" => compare::equal(&mut builder),
            "ord" => compare::ordering(&mut builder, false),
            "partial_ord" => compare::ordering(&mut builder, true),
            "hash" => hash::value(&mut builder),
            "default" => default::value(&mut builder, variant),
            "serialize" => json::write(&mut builder),
            "deserialize" => json::read(&mut builder),
            _ => return None,
        };
        Some(match builder.finish(value) {
            Ok(body) => {
                program.bodies.insert(method, body);
                Ok(())
            }
            Err(name) => Err(Diagnostic::error(
                codes::MISSING_LIBRARY_ITEM,
                request.span,
                format!("the standard library lacks `{name}`, which this needs"),
            )),
        })
    }

    /// All derived methods.
    pub(crate) fn methods(&self) -> Vec<FnId> {
        let mut methods: Vec<FnId> = self.bodies.keys().copied().collect();
        methods.sort();
        methods
    }
}

/// Checks that every field has the trait; reports those that have not.
fn fields_implement(cx: &mut Cx<'_>, request: Derived) -> bool {
    let mut messages = Vec::new();
    let program = &cx.program;
    let env = &program.impls[request.impl_].generics.predicates;
    let adt = &program.adts[request.adt];
    let count = program.traits[request.trait_].generics.params.len();
    let only_default = request.which == "default" && adt.is_enum;
    for variant in adt.variants.iter().filter(|_| !only_default) {
        for field in &variant.fields {
            let goal = TraitRef {
                trait_: request.trait_,
                args: (0..count).map(|_| field.ty).collect(),
            };
            if !crate::solve::holds_in(program, env, &Predicate::Trait(goal, field.span)) {
                messages.push(lacking(program, request, field.ty, field.span));
            }
        }
    }
    let fine = messages.is_empty();
    cx.diagnostics.extend(messages);
    fine
}

/// The user's type in a type that only hands on what its parts implement.
fn own_part(program: &Program, ty: Ty) -> Ty {
    match ty.kind() {
        TyKind::Ref(inner, _) | TyKind::Box(inner, _) | TyKind::Vec(inner) => {
            own_part(program, *inner)
        }
        TyKind::Array(inner, _) => own_part(program, *inner),
        TyKind::Adt(adt, args) if program.modules[program.adts[*adt].module].is_std() => {
            match args.iter().as_slice() {
                [only] => own_part(program, *only),
                _ => ty,
            }
        }
        _ => ty,
    }
}

fn lacking(program: &Program, request: Derived, ty: Ty, span: Span) -> Diagnostic {
    let trait_ = program.traits[request.trait_].name;
    let whole = ty;
    let ty = ty.display(program);
    let adt = program.adts[request.adt].name;
    let text = format!("`{trait_}` cannot be derived for `{adt}`: `{ty}` does not implement it");
    let lacking = own_part(program, whole);
    let cause = match lacking.kind() {
        TyKind::Adt(adt, _) => format!("{trait_} of {adt:?}"),
        _ => format!("{trait_} of {ty}"),
    };
    let ty = lacking.display(program);
    Diagnostic::error(codes::INVALID_DERIVE, span, text)
        .label(span, format!("this is `{ty}`"))
        .label(request.span, "derived here")
        .cause(&cause)
        .help(format!(
            "implement `{trait_}` for `{ty}`, or derive it there too"
        ))
}

/// The variant that `Default` gives: the struct, or the one marked `#[default]`.
fn default_variant(cx: &mut Cx<'_>, request: Derived) -> Option<usize> {
    let decl = match cx.items.adts[request.adt].decl {
        crate::cx::AdtDecl::Struct(_) => return Some(0),
        crate::cx::AdtDecl::Enum(decl) => decl,
    };
    let marked = decl
        .variants
        .iter()
        .position(|variant| variant.attrs.iter().any(|attr| attr.name() == "default"));
    if marked.is_none() {
        let text = "`Default` for an enum needs a variant marked `#[default]`";
        cx.report(Diagnostic::error(codes::INVALID_DERIVE, request.span, text));
    }
    marked
}
