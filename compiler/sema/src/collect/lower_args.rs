//! Generic arguments, trait references and bounds as written.

use super::array_length;
use super::lower_ty::{Binding, Lower};
use crate::program::{Generics, Predicate, TraitId};
use crate::resolve::{Builtin, Def, Ns};
use crate::types::{TraitRef, Ty, TyKind, TyList, substitute};
use gos_diag::{Diagnostic, Span, Symbol, codes};
use gos_syntax::ast::{self, Bound, GenericArg, GenericArgs, GenericParamKind, Path};

impl<'x> Lower<'x> {
    /// The arguments for `generics`: `first` are given by the place (a trait's self type), the
    /// rest is as written, then defaults, then inferred where inference is possible.
    pub(crate) fn args(
        &mut self,
        (generics, first): (&Generics, &[Ty]),
        written: Option<&GenericArgs>,
        span: Span,
    ) -> TyList {
        let mut list: Vec<Ty> = first.to_vec();
        let given: Vec<&GenericArg> = match written {
            Some(GenericArgs::Angle { args, .. }) => {
                args.iter().filter(|arg| is_plain(arg)).collect()
            }
            Some(GenericArgs::Paren { span, .. }) => {
                self.error(
                    codes::GENERIC_ARGUMENTS,
                    *span,
                    "parentheses are for `Fn`; write the arguments in angle brackets",
                );
                Vec::new()
            }
            None => Vec::new(),
        };
        let room = generics.params.len().saturating_sub(list.len());
        if given.len() > room {
            self.too_many(room, given.len(), written.map_or(span, GenericArgs::span));
        }
        for arg in given.iter().take(room) {
            let ty = self.arg(arg, generics.params[list.len()].const_ty);
            list.push(ty);
        }
        let mut reported = given.len() > room;
        while let Some(param) = generics.params.get(list.len()) {
            let ty = match param.default {
                Some(default) if !given.is_empty() || self.fresh.is_none() => {
                    substitute(default, TyList::new(&list))
                }
                _ if self.fresh.is_some() && given.is_empty() => self.hole(span),
                _ if reported => Ty::error(),
                _ => {
                    reported = true;
                    self.too_few(generics, (first.len(), given.len()), span)
                }
            };
            list.push(ty);
        }
        TyList::new(&list)
    }

    fn too_many(&mut self, room: usize, given: usize, span: Span) {
        let text = match room {
            0 => "no generic arguments are taken here".to_string(),
            1 => format!("one generic argument is taken here, but {given} are given"),
            _ => format!("{room} generic arguments are taken here, but {given} are given"),
        };
        self.error(codes::GENERIC_ARGUMENTS, span, text);
    }

    fn too_few(&mut self, generics: &Generics, (first, given): (usize, usize), span: Span) -> Ty {
        let params = generics.params.iter().skip(first);
        let names: Vec<&str> = params.map(|param| param.name.as_str()).collect();
        let text = format!(
            "generic arguments are missing: {} of {} given",
            given,
            names.len()
        );
        let message = Diagnostic::error(codes::GENERIC_ARGUMENTS, span, text)
            .help(format!("the parameters are `<{}>`", names.join(", ")));
        self.diagnostics.push(message);
        Ty::error()
    }

    /// The argument for a parameter: a type, or a constant of type `const_ty`.
    pub(crate) fn arg(&mut self, arg: &GenericArg, const_ty: Option<Ty>) -> Ty {
        match (arg, const_ty) {
            (GenericArg::Type(ty), Some(const_ty)) => array_length::const_arg(self, ty, const_ty),
            (GenericArg::Type(ty), None) => self.ty(ty),
            (GenericArg::Const(expr), Some(ty)) => array_length::value(self, expr, ty),
            (GenericArg::Const(expr), None) => self.error(
                codes::GENERIC_ARGUMENTS,
                expr.span,
                "a type is expected here, not a value",
            ),
            (GenericArg::AssocType { .. } | GenericArg::AssocBound { .. }, _) => Ty::error(),
        }
    }

    /// The arguments of a trait with its self type first, and the bindings among them.
    pub(super) fn trait_args(
        &mut self,
        trait_: TraitId,
        self_ty: Ty,
        written: Option<&GenericArgs>,
        span: Span,
    ) -> (TyList, Vec<Binding>) {
        let generics = self.generics_of_trait(trait_);
        let list = self.args((generics, &[self_ty]), written, span);
        let mut bindings = Vec::new();
        if let Some(GenericArgs::Angle { args, .. }) = written {
            for arg in args {
                if let GenericArg::AssocType { name, ty } = arg {
                    let ty = self.ty(ty);
                    bindings.push((*name, ty));
                }
            }
        }
        (list, bindings)
    }

    /// A path to a trait, for `self_ty`. None when it is no trait, which was reported.
    pub(crate) fn trait_ref(
        &mut self,
        path: &Path,
        self_ty: Ty,
    ) -> Option<(TraitRef, Vec<Binding>)> {
        let (def, used) = self.find(path, Ns::Type)?;
        let Def::Trait(trait_) = def else {
            self.not_a_trait(path);
            return None;
        };
        if used < path.segments.len() {
            self.not_a_trait(path);
            return None;
        }
        let written = path.last().and_then(|segment| segment.args.as_ref());
        let (args, bindings) = self.trait_args(trait_, self_ty, written, path.span);
        Some((TraitRef { trait_, args }, bindings))
    }

    fn not_a_trait(&mut self, path: &Path) {
        let name = path
            .last()
            .map_or("this", |segment| segment.ident.name.as_str());
        let error = Diagnostic::error(
            codes::NOT_A_TRAIT,
            path.span,
            format!("`{name}` is not a trait"),
        );
        let found = self.names.resolve_quietly(self.module, path, Ns::Type);
        self.diagnostics.push(match found.map(|found| found.def) {
            Ok(Def::Builtin(Builtin::Marker)) => {
                error.help("leave it out: it holds for every type")
            }
            Ok(Def::Adt(_)) => error.help(format!(
                "it is a type: write it where it is meant, as in `&mut {name}`"
            )),
            _ => error,
        });
    }

    /// What `ty: A + B` promises.
    pub(crate) fn bounds(&mut self, bounds: &[Bound], ty: Ty) -> Vec<Predicate> {
        let mut predicates = Vec::new();
        for bound in bounds {
            self.bound(bound, ty, &mut predicates);
        }
        predicates
    }

    fn bound(&mut self, bound: &Bound, ty: Ty, predicates: &mut Vec<Predicate>) {
        if bound.maybe {
            return;
        }
        let args = bound.path.last().and_then(|segment| segment.args.as_ref());
        match self
            .names
            .resolve_quietly(self.module, &bound.path, Ns::Type)
        {
            Ok(found) => match found.def {
                Def::Builtin(Builtin::Marker) => return,
                Def::Builtin(Builtin::Callable) => {
                    if let Some(sig) = self.callable_sig(args, bound.span) {
                        predicates.push(Predicate::Callable {
                            callee: ty,
                            sig,
                            span: bound.span,
                        });
                    }
                    return;
                }
                _ => {}
            },
            Err(_) => {
                self.find(&bound.path, Ns::Type);
                return;
            }
        }
        let Some((trait_ref, bindings)) = self.trait_ref(&bound.path, ty) else {
            return;
        };
        predicates.push(Predicate::Trait(trait_ref, bound.span));
        for (name, bound_ty) in bindings {
            self.binding(trait_ref, name, bound_ty, predicates);
        }
        self.nested_bounds(trait_ref, args, predicates);
    }

    fn binding(
        &mut self,
        trait_ref: TraitRef,
        name: ast::Ident,
        ty: Ty,
        predicates: &mut Vec<Predicate>,
    ) {
        match self.declaring_trait(trait_ref, name.name) {
            Some(trait_ref) => predicates.push(Predicate::Projection {
                trait_ref,
                name: name.name,
                ty,
                span: name.span,
            }),
            None => {
                let trait_name = self.program.traits[trait_ref.trait_].name;
                let text = format!(
                    "the trait `{trait_name}` has no associated type `{}`",
                    name.name
                );
                self.error(codes::UNKNOWN_ASSOC_TYPE, name.span, text);
            }
        }
    }

    /// `Trait<Item: Bound>`
    fn nested_bounds(
        &mut self,
        trait_ref: TraitRef,
        written: Option<&GenericArgs>,
        predicates: &mut Vec<Predicate>,
    ) {
        let Some(GenericArgs::Angle { args, .. }) = written else {
            return;
        };
        for arg in args {
            let GenericArg::AssocBound { name, bounds } = arg else {
                continue;
            };
            if let Some(trait_ref) = self.declaring_trait(trait_ref, name.name) {
                let projection = Ty::new(TyKind::Projection {
                    trait_ref,
                    name: name.name,
                });
                let nested = self.bounds(bounds, projection);
                predicates.extend(nested);
            }
        }
    }

    /// The trait, among `trait_ref` and its supertraits, that declares the associated type.
    pub(crate) fn declaring_trait(&self, trait_ref: TraitRef, name: Symbol) -> Option<TraitRef> {
        let mut queue = vec![trait_ref];
        let mut seen = vec![trait_ref.trait_];
        while let Some(at) = queue.pop() {
            let trait_ = &self.program.traits[at.trait_];
            if trait_.assoc_types.iter().any(|assoc| assoc.name == name) {
                return Some(at);
            }
            for parent in &trait_.supertraits {
                if !seen.contains(&parent.trait_) {
                    seen.push(parent.trait_);
                    queue.push(substitute(*parent, at.args));
                }
            }
        }
        None
    }

    /// The trait reference for `base::Name`, from the bounds known of `base`.
    pub(super) fn find_assoc_trait(&mut self, base: Ty, name: Symbol) -> Option<TraitRef> {
        let known = self
            .predicates
            .iter()
            .find_map(|predicate| match predicate {
                Predicate::Trait(trait_ref, _) if trait_ref.args.first() == Some(&base) => {
                    self.declaring_trait(*trait_ref, name)
                }
                _ => None,
            });
        if known.is_some() {
            return known;
        }
        // In `impl<I: Iterator> Trait for I`, `I::Item` means the bound's, not this very impl's.
        if self.trait_.is_none() && matches!(base.kind(), TyKind::Param { .. }) {
            let written = self.find_assoc_in_written(base, name);
            if written.is_some() {
                return written;
            }
        }
        if self.self_ty == Some(base)
            && let Some(found) = self.find_assoc_of_self(base, name)
        {
            return Some(found);
        }
        if let TyKind::Projection {
            trait_ref,
            name: outer,
        } = base.kind()
        {
            return self.find_assoc_of_projection(base, (*trait_ref, *outer), name);
        }
        self.find_assoc_in_written(base, name)
    }

    fn find_assoc_of_self(&self, base: Ty, name: Symbol) -> Option<TraitRef> {
        if let Some(trait_) = self.trait_ {
            let params = &self.program.traits[trait_].generics.params;
            let args = super::generics::identity_args(params);
            let args: Vec<Ty> = std::iter::once(base)
                .chain(args.iter().skip(1).copied())
                .collect();
            let trait_ref = TraitRef {
                trait_,
                args: TyList::new(&args),
            };
            return self.declaring_trait(trait_ref, name);
        }
        let own = self
            .impl_trait
            .and_then(|trait_ref| self.declaring_trait(trait_ref, name));
        own.or_else(|| {
            // Bodies do not know which `impl` of their type they stand in.
            let impls = self.program.impls.iter();
            let traits = impls.filter(|(_, impl_)| impl_.self_ty == base);
            traits
                .filter_map(|(_, impl_)| impl_.trait_ref)
                .find_map(|trait_ref| self.declaring_trait(trait_ref, name))
        })
    }

    /// `T::Iter::Item`: the bounds declared with the associated type.
    fn find_assoc_of_projection(
        &self,
        base: Ty,
        (trait_ref, outer): (TraitRef, Symbol),
        name: Symbol,
    ) -> Option<TraitRef> {
        let trait_ = &self.program.traits[trait_ref.trait_];
        let assoc = trait_
            .assoc_types
            .iter()
            .find(|assoc| assoc.name == outer)?;
        assoc.bounds.iter().find_map(|bound| {
            let bound = substitute(*bound, trait_ref.args);
            let args = std::iter::once(base).chain(bound.args.iter().skip(1).copied());
            let bound = TraitRef {
                trait_: bound.trait_,
                args: args.collect(),
            };
            self.declaring_trait(bound, name)
        })
    }

    /// Bounds in the item's header, which may not be lowered yet.
    fn find_assoc_in_written(&mut self, base: Ty, name: Symbol) -> Option<TraitRef> {
        if self.depth > 8 {
            return None;
        }
        let generics = self.generics;
        for written in generics.iter().rev() {
            for param in &written.params {
                if self.param_is(param.name.name, base)
                    && let GenericParamKind::Type { bounds, .. } = &param.kind
                    && let Some(found) = self.find_assoc_in_bounds(bounds, base, name)
                {
                    return Some(found);
                }
            }
            for predicate in &written.where_clause {
                if self.writes(&predicate.ty, base)
                    && let Some(found) = self.find_assoc_in_bounds(&predicate.bounds, base, name)
                {
                    return Some(found);
                }
            }
        }
        None
    }

    fn param_is(&self, name: Symbol, ty: Ty) -> bool {
        matches!(ty.kind(), TyKind::Param { name: of, .. } if *of == name)
    }

    fn writes(&self, written: &ast::TypeExpr, base: Ty) -> bool {
        match &written.kind {
            ast::TypeKind::Path(path) => match path.as_ident() {
                Some(ident) if ident.name == Symbol::SELF_TYPE => self.self_ty == Some(base),
                Some(ident) => self.param_is(ident.name, base),
                None => false,
            },
            _ => false,
        }
    }

    fn find_assoc_in_bounds(
        &mut self,
        bounds: &[Bound],
        base: Ty,
        name: Symbol,
    ) -> Option<TraitRef> {
        for bound in bounds {
            let found = self
                .names
                .resolve_quietly(self.module, &bound.path, Ns::Type);
            let Ok(Def::Trait(trait_)) = found.map(|found| found.def) else {
                continue;
            };
            let bare = TraitRef {
                trait_,
                args: TyList::new(&[base]),
            };
            if self.declaring_trait(bare, name).is_none() {
                continue;
            }
            self.depth += 1;
            // What is wrong in the bound is reported where the bound itself is lowered.
            let before = self.diagnostics.len();
            let lowered = self.trait_ref(&bound.path, base);
            self.diagnostics.truncate(before);
            self.depth -= 1;
            return lowered.and_then(|(trait_ref, _)| self.declaring_trait(trait_ref, name));
        }
        None
    }
}

fn is_plain(arg: &GenericArg) -> bool {
    matches!(arg, GenericArg::Type(_) | GenericArg::Const(_))
}
