//! Items that nothing reaches from `main`, tests and what is `pub`.
//!
//! Functions and types are followed through bodies, signatures and fields, so that two functions
//! which only call each other are found; constants and aliases are used when a path names them. A
//! method of a trait is reached when the type it is implemented for is.

use super::mention::Mentioned;
use super::part::{self, Reached};
use crate::cx::Cx;
use crate::hir::{Body, ExprKind, PatKind, walk};
use crate::infer::any_part;
use crate::program::{Access, AdtId, ConstId, FnId, FnParent, ImplId, ModuleId, Program};
use crate::resolve::{Def, Entry};
use crate::types::{Ty, TyKind};
use gos_diag::{Diagnostic, Span, Symbol, codes};
use rustc_hash::{FxHashMap, FxHashSet};

/// Reports items of the user's modules.
pub(super) fn unused(cx: &Cx<'_>, mentioned: &Mentioned) -> Vec<Diagnostic> {
    let mut reach = Reach::new(cx, mentioned);
    reach.roots();
    reach.follow();
    let mut messages = Vec::new();
    let mut report = |name: Symbol, span: Span, what: &str| {
        let text = format!("{what} `{name}` is never used");
        let message = Diagnostic::warning(codes::DEAD_CODE, span, text);
        messages.push(message.help("remove it, or begin its name with `_` to keep it"));
    };
    for (id, fn_) in cx.program.fns.iter() {
        let written = cx.items.fns.get(id).is_some_and(|item| item.decl.is_some());
        let kind = match fn_.parent {
            FnParent::Module => "the function",
            FnParent::Impl(_) if fn_.receiver.is_some() => "the method",
            FnParent::Impl(_) => "the function",
            FnParent::Trait(_) => continue,
        };
        if written && reach.is_own(fn_.module) && !reach.fns.contains(&id) {
            report(fn_.name, fn_.span, kind);
        }
    }
    for (id, adt) in cx.program.adts.iter() {
        if reach.is_own(adt.module) && !reach.adts.contains(&id) {
            let kind = if adt.is_enum {
                "the enum"
            } else {
                "the struct"
            };
            report(adt.name, adt.span, kind);
        }
    }
    let named = &cx.names.uses.borrow().named;
    for (name, entry) in own_entries(cx) {
        let kind = match entry.def {
            Def::Const(id) if cx.program.consts[id].is_static => "the static",
            Def::Const(_) => "the constant",
            Def::Alias(_) => "the type",
            _ => continue,
        };
        if entry.private_to.is_some() && !named.contains(&entry.def) && !reach.is_kept(name) {
            report(name, entry.span, kind);
        }
    }
    messages.extend(part::unused(cx, mentioned, &reach.done()));
    messages
}

/// Everything that the user's modules declare, with its name.
fn own_entries<'c>(cx: &'c Cx<'_>) -> impl Iterator<Item = (Symbol, Entry)> + 'c {
    let modules = cx.names.modules.iter();
    let own = modules.filter(|(_, scope)| scope.root == crate::loader::SourceRoot::User);
    own.flat_map(|(_, scope)| {
        let entries = scope.types.iter().chain(&scope.values);
        let mut sorted: Vec<_> = entries.map(|(name, entry)| (*name, *entry)).collect();
        sorted.sort_by_key(|(_, entry)| entry.span.start);
        sorted
    })
}

struct Reach<'c, 'a> {
    cx: &'c Cx<'a>,
    mentioned: &'c Mentioned,
    fns: FxHashSet<FnId>,
    adts: FxHashSet<AdtId>,
    types: FxHashSet<Ty>,
    pending: Vec<FnId>,
    /// Implementations of traits by the type they are for.
    impls_of: FxHashMap<AdtId, Vec<ImplId>>,
}

impl<'c, 'a> Reach<'c, 'a> {
    fn new(cx: &'c Cx<'a>, mentioned: &'c Mentioned) -> Self {
        Reach {
            cx,
            mentioned,
            fns: FxHashSet::default(),
            adts: FxHashSet::default(),
            types: FxHashSet::default(),
            pending: Vec::new(),
            impls_of: FxHashMap::default(),
        }
    }

    fn program(&self) -> &'c Program {
        &self.cx.program
    }

    fn is_own(&self, module: ModuleId) -> bool {
        self.cx.program.modules[module].is_own()
    }

    /// Names that say they are not used, or that left out code uses.
    fn is_kept(&self, name: Symbol) -> bool {
        name.as_str().starts_with('_') || self.mentioned.contains(name)
    }

    fn roots(&mut self) {
        let program = self.program();
        for (_, entry) in own_entries(self.cx) {
            if entry.private_to.is_none() {
                match entry.def {
                    Def::Fn(id) => self.reach_fn(id),
                    Def::Adt(id) => self.reach_adt(id),
                    _ => {}
                }
            }
        }
        for (id, adt) in program.adts.iter() {
            if self.is_own(adt.module) && self.is_kept(adt.name) {
                self.reach_adt(id);
            }
        }
        for (id, fn_) in program.fns.iter() {
            if !self.is_own(fn_.module) {
                continue;
            }
            let attributes = &fn_.attributes;
            let called_outside = attributes.test || attributes.bench || attributes.no_mangle;
            let of_trait = matches!(fn_.parent, FnParent::Trait(_));
            if program.main == Some(id) || called_outside || of_trait || self.is_kept(fn_.name) {
                self.reach_fn(id);
            }
        }
        for (id, impl_) in program.impls.iter() {
            if !self.is_own(impl_.module) {
                continue;
            }
            match (impl_.trait_ref, impl_.self_ty.kind()) {
                (_, TyKind::Adt(adt, _)) => self.impls_of.entry(*adt).or_default().push(id),
                (Some(_), _) => self.reach_impl(id),
                (None, _) => {}
            }
        }
        let known: Vec<AdtId> = self.adts.iter().copied().collect();
        for adt in known {
            self.reach_impls_of(adt);
        }
        for (id, const_) in program.consts.iter() {
            if self.is_own(const_.module) {
                self.reach_const(id);
            }
        }
        for (_, ty) in self.cx.names.alias_types.values() {
            self.reach_ty(*ty);
        }
    }

    /// All that was reached, and which types are offered to others.
    fn done(self) -> Reached {
        let public = own_entries(self.cx).filter_map(|(_, entry)| match entry.def {
            Def::Adt(id) if entry.private_to.is_none() => Some(id),
            _ => None,
        });
        Reached {
            public: public.collect(),
            fns: self.fns,
            adts: self.adts,
        }
    }

    fn follow(&mut self) {
        while let Some(id) = self.pending.pop() {
            let fn_ = &self.program().fns[id];
            for &param in fn_.sig.params.iter() {
                self.reach_ty(param);
            }
            self.reach_ty(fn_.sig.result);
            for predicate in &fn_.generics.predicates {
                if let crate::program::Predicate::Trait(of, _) = predicate {
                    of.args.iter().for_each(|&arg| self.reach_ty(arg));
                }
            }
            if let Some(body) = self.program().bodies.get(&id) {
                self.reach_body(body);
            }
        }
    }

    fn reach_fn(&mut self, id: FnId) {
        if self.is_own(self.program().fns[id].module) && self.fns.insert(id) {
            self.pending.push(id);
        }
    }

    fn reach_adt(&mut self, id: AdtId) {
        let adt = &self.program().adts[id];
        if !self.is_own(adt.module) || !self.adts.insert(id) {
            return;
        }
        for field in adt.variants.iter().flat_map(|variant| &variant.fields) {
            self.reach_ty(field.ty);
        }
        self.reach_impls_of(id);
    }

    /// Members of traits can be called through the trait, and `pub` methods from elsewhere.
    fn reach_impls_of(&mut self, adt: AdtId) {
        for id in self.impls_of.get(&adt).cloned().unwrap_or_default() {
            self.reach_impl(id);
        }
    }

    fn reach_impl(&mut self, id: ImplId) {
        let impl_ = &self.program().impls[id];
        for &method in &impl_.methods {
            if impl_.trait_ref.is_some() || self.program().fns[method].access != Access::Private {
                self.reach_fn(method);
            }
        }
        if let Some(of) = impl_.trait_ref {
            of.args.iter().for_each(|&arg| self.reach_ty(arg));
        }
        impl_
            .assoc_types
            .iter()
            .for_each(|(_, ty)| self.reach_ty(*ty));
    }

    fn reach_const(&mut self, id: ConstId) {
        let const_ = &self.program().consts[id];
        self.reach_ty(const_.ty);
        if let Some(body) = &const_.body {
            self.reach_body(body);
        }
    }

    fn reach_ty(&mut self, ty: Ty) {
        if !self.types.insert(ty) {
            return;
        }
        let mut adts = Vec::new();
        let mut opaques = Vec::new();
        any_part(ty, &mut |part| {
            match part.kind() {
                TyKind::Adt(adt, _) => adts.push(*adt),
                TyKind::Opaque(opaque, _) => opaques.push(*opaque),
                _ => {}
            }
            false
        });
        adts.into_iter().for_each(|adt| self.reach_adt(adt));
        for opaque in opaques {
            if let Some(hidden) = self.program().opaques[opaque].hidden {
                self.reach_ty(hidden);
            }
        }
    }

    fn reach_body(&mut self, body: &Body) {
        for (_, local) in body.locals.iter() {
            self.reach_ty(local.ty);
        }
        walk::expressions(&body.value, &mut |expr| {
            self.reach_ty(expr.ty);
            match &expr.kind {
                ExprKind::Call { fn_, args_ty, .. } => {
                    self.reach_fn(*fn_);
                    args_ty.iter().for_each(|&arg| self.reach_ty(arg));
                }
                ExprKind::Fn(fn_, args) => {
                    self.reach_fn(*fn_);
                    args.iter().for_each(|&arg| self.reach_ty(arg));
                }
                ExprKind::Struct { adt, .. } => self.reach_adt(*adt),
                ExprKind::For { next, .. } => self.reach_fn(next.0),
                ExprKind::Repeat {
                    clone: Some(clone), ..
                } => self.reach_fn(clone.0),
                ExprKind::Closure(id) => {
                    let body = &self.program().closures[*id].body;
                    self.reach_body(body);
                }
                _ => {}
            }
            walk::patterns(expr, &mut |pat| {
                walk::sub_patterns(pat, &mut |pat| {
                    if let PatKind::Variant { adt, .. } = pat.kind {
                        self.reach_adt(adt);
                    }
                });
            });
        });
    }
}
