//! From a type as written to the type that it means.

use super::array_length;
use crate::cx::{ParamName, Scope};
use crate::program::{Generics, ModuleId, OpaqueId, Predicate, Program, TraitId};
use crate::resolve::{Builtin, Def, NameTable, Ns, ObjectTrouble};
use crate::types::{Abi, FnSig, Mutability, TraitRef, Ty, TyKind, TyList, substitute};
use gos_diag::{Diagnostic, Span, Symbol, codes};
use gos_syntax::ast::{self, GenericArg, GenericArgs, Path, TypeExpr, TypeKind};

/// What `impl Trait` means where the type stands.
#[derive(Debug)]
pub(crate) enum ImplMode {
    /// It is an error.
    Forbidden,
    /// A further generic parameter; numbered from here.
    Params(u32),
    /// A hidden type; numbered from here, over these arguments.
    Opaque(OpaqueId, TyList),
}

/// Lowers the types of one place.
pub(crate) struct Lower<'x> {
    pub names: &'x NameTable,
    pub program: &'x Program,
    pub module: ModuleId,
    pub params: &'x [ParamName],
    /// Generics as written, for bounds that are not lowered yet; and predicates that are.
    pub generics: &'x [&'x ast::Generics],
    pub predicates: &'x [Predicate],
    pub self_ty: Option<Ty>,
    pub trait_: Option<TraitId>,
    /// The trait that the `impl` around implements.
    pub impl_trait: Option<TraitRef>,
    /// Stands in for `_` and for arguments that are not written.
    pub fresh: Option<&'x mut dyn FnMut() -> Ty>,
    pub impl_mode: ImplMode,
    /// The bounds of each `impl Trait` met.
    pub impl_bounds: Vec<Vec<Predicate>>,
    pub diagnostics: &'x mut Vec<Diagnostic>,
    /// An alias whose meaning was needed before it was known.
    pub missing_alias: Option<crate::resolve::AliasId>,
    /// Ends the search for `T::Item` in bounds that need it themselves.
    pub depth: u32,
}

/// `Item = T` in the arguments of a trait.
pub(crate) type Binding = (ast::Ident, Ty);

impl<'x> Lower<'x> {
    /// For types in the header or members of an item.
    pub(crate) fn of_scope(
        names: &'x NameTable,
        program: &'x Program,
        scope: &'x Scope<'_>,
        diagnostics: &'x mut Vec<Diagnostic>,
    ) -> Lower<'x> {
        let impl_trait = scope.impl_.and_then(|id| program.impls[id].trait_ref);
        Lower {
            names,
            program,
            module: scope.module,
            params: &scope.params,
            generics: &scope.generics,
            predicates: &[],
            self_ty: scope.self_ty,
            trait_: scope.trait_,
            impl_trait,
            fresh: None,
            impl_mode: ImplMode::Forbidden,
            impl_bounds: Vec::new(),
            diagnostics,
            missing_alias: None,
            depth: 0,
        }
    }

    pub(super) fn error(
        &mut self,
        code: gos_diag::Code,
        span: Span,
        text: impl Into<String>,
    ) -> Ty {
        self.diagnostics.push(Diagnostic::error(code, span, text));
        Ty::error()
    }

    /// The type that `ty` means.
    pub(crate) fn ty(&mut self, ty: &TypeExpr) -> Ty {
        match &ty.kind {
            TypeKind::Path(path) => self.path(path),
            TypeKind::Ref { mutable, inner } => self.reference(*mutable, inner, ty.span),
            TypeKind::RawPtr { .. } => Ty::new(TyKind::Ptr),
            TypeKind::Tuple(items) => {
                let items: Vec<Ty> = items.iter().map(|item| self.ty(item)).collect();
                Ty::tuple(&items)
            }
            TypeKind::Slice(element) => Ty::vec(self.ty(element)),
            TypeKind::Array { elem, len } => {
                let element = self.ty(elem);
                let length = array_length::length(self, len);
                Ty::new(TyKind::Array(element, length))
            }
            TypeKind::Fn(f) => {
                let params = f.params.iter().map(|param| self.ty(param)).collect();
                let result = f.ret.as_ref().map_or_else(Ty::unit, |ret| self.ty(ret));
                let abi = match f.abi {
                    Some(abi) if abi.as_str() != "C" => {
                        self.diagnostics
                            .push(super::foreign::unknown_abi(abi, ty.span));
                        return Ty::error();
                    }
                    Some(_) => Abi::C,
                    None => Abi::Gossamer,
                };
                if abi == Abi::C {
                    let written = f.params.iter().chain(f.ret.as_deref());
                    self.crossing_types(written.map(|ty| ty.span), params, result);
                }
                Ty::new(TyKind::FnPtr(FnSig {
                    params,
                    result,
                    abi,
                }))
            }
            TypeKind::Impl(bounds) => self.impl_trait(bounds, ty.span),
            TypeKind::Dyn(bounds) => self.object(bounds, ty.span),
            TypeKind::Never => Ty::never(),
            TypeKind::Infer => match &mut self.fresh {
                Some(fresh) => fresh(),
                None => self.error(
                    codes::INVALID_TYPE,
                    ty.span,
                    "the type must be written here; `_` stands for a type only inside of bodies",
                ),
            },
            TypeKind::Error => Ty::error(),
        }
    }

    fn reference(&mut self, mutable: bool, inner: &TypeExpr, span: Span) -> Ty {
        let mutability = if mutable {
            Mutability::Mut
        } else {
            Mutability::Not
        };
        if let TypeKind::Slice(element) = &inner.kind {
            return Ty::view(self.ty(element), mutability);
        }
        let to = self.ty(inner);
        let written = match &inner.kind {
            TypeKind::Path(path) => path.as_ident().map(|ident| ident.name.as_str()),
            _ => None,
        };
        match to.kind() {
            TyKind::String if written == Some("str") && mutable => {
                self.diagnostics.push(
                    Diagnostic::error(codes::INVALID_TYPE, span, "text cannot be changed in place")
                        .help("take `&mut String` to let the function change the variable"),
                );
                Ty::error()
            }
            TyKind::String if written == Some("str") => to,
            // Objects and closures are handles: behind `&` they are what they are.
            TyKind::Dyn { .. } | TyKind::FnObj(_) => to,
            TyKind::Error => to,
            _ => Ty::reference(to, mutability),
        }
    }

    fn impl_trait(&mut self, bounds: &[ast::Bound], span: Span) -> Ty {
        let index = self.impl_bounds.len();
        let ty = match &self.impl_mode {
            ImplMode::Forbidden => {
                return self.error(
                    codes::INVALID_TYPE,
                    span,
                    "`impl Trait` stands only for parameters and results of functions",
                );
            }
            ImplMode::Params(first) => Ty::new(TyKind::Param {
                index: first + index as u32,
                name: Symbol::intern("impl Trait"),
            }),
            ImplMode::Opaque(first, args) => {
                Ty::new(TyKind::Opaque(OpaqueId(first.0 + index as u32), *args))
            }
        };
        self.impl_bounds.push(Vec::new());
        let predicates = self.bounds(bounds, ty);
        self.impl_bounds[index] = predicates;
        ty
    }

    /// `dyn A + Send`, or the bare name of a trait.
    fn object(&mut self, bounds: &[ast::Bound], span: Span) -> Ty {
        let mut object = None;
        for bound in bounds {
            match self.find(&bound.path, Ns::Type) {
                Some((Def::Builtin(Builtin::Marker), _)) => {}
                Some(_) if object.is_some() => {
                    return self.error(
                        codes::INVALID_TYPE,
                        bound.span,
                        "an object has one trait, apart from `Send` and the like",
                    );
                }
                Some(_) => object = Some(self.path(&bound.path)),
                None => return Ty::error(),
            }
        }
        match object {
            Some(ty) if matches!(ty.kind(), TyKind::Dyn { .. } | TyKind::FnObj(_)) => ty,
            Some(ty) if ty.is_error() => ty,
            _ => self.error(codes::NOT_A_TRAIT, span, "`dyn` needs a trait"),
        }
    }

    /// What the names of a path mean; None when that was reported.
    pub(super) fn find(&mut self, path: &Path, ns: Ns) -> Option<(Def, usize)> {
        match self.names.resolve_quietly(self.module, path, ns) {
            Ok(found) => Some((found.def, found.used)),
            Err(error) if self.names.was_reported(self.module, &error) => None,
            Err(error) => {
                let params: Vec<Symbol> = self.params.iter().map(|param| param.name).collect();
                let message = self
                    .names
                    .explain(self.program, self.module, error, &params);
                self.diagnostics.push(message);
                None
            }
        }
    }

    /// Reports what C does not have in the signature of a pointer to a function of C.
    fn crossing_types(&mut self, spans: impl Iterator<Item = Span>, params: TyList, result: Ty) {
        for (span, ty) in spans.zip(params.iter().chain([&result])) {
            let nothing = ty.is_unit() || ty.is_never();
            if !nothing && !super::foreign::may_cross(self.program, *ty) {
                let text = format!("C has no values of type `{}`", ty.display(self.program));
                self.error(codes::INVALID_EXTERN, span, &text);
            }
        }
    }

    fn path(&mut self, path: &Path) -> Ty {
        if path.qself.is_some() {
            return self.qualified(path);
        }
        let bare = path.anchor == ast::PathAnchor::None;
        if let Some(first) = path.segments.first().filter(|_| bare) {
            let base = if first.ident.name == Symbol::SELF_TYPE {
                match self.self_ty {
                    Some(ty) => Some(ty),
                    None => {
                        return self.error(
                            codes::INVALID_SELF,
                            first.ident.span,
                            "`Self` is known only inside of traits and impls",
                        );
                    }
                }
            } else {
                match self.param(first.ident) {
                    Some(Ok(ty)) => Some(ty),
                    Some(Err(reported)) => return reported,
                    None => None,
                }
            };
            if let Some(base) = base {
                return self.after_base(base, first, &path.segments[1..]);
            }
        }
        let Some((def, used)) = self.find(path, Ns::Type) else {
            return Ty::error();
        };
        let segment = used.checked_sub(1).and_then(|last| path.segments.get(last));
        let base = self.def(def, segment, path.span);
        match path.segments.get(used..) {
            Some([]) | None => base,
            Some(rest) => self.assoc_path(base, rest),
        }
    }

    /// The type parameter with this name; that of a value was reported.
    fn param(&mut self, name: ast::Ident) -> Option<Result<Ty, Ty>> {
        let mut params = self.params.iter().rev();
        let found = params.find(|param| param.name == name.name)?;
        let Some(ty) = found.const_ty else {
            return Some(Ok(found.ty));
        };
        let shown = ty.display(self.program);
        let text = format!("`{}` is a value of type `{shown}`, not a type", name.name);
        Some(Err(self.error(codes::GENERIC_ARGUMENTS, name.span, text)))
    }

    fn after_base(&mut self, base: Ty, first: &ast::PathSegment, rest: &[ast::PathSegment]) -> Ty {
        if let Some(args) = &first.args {
            let text = format!("`{}` takes no generic arguments", first.ident.name);
            return self.error(codes::GENERIC_ARGUMENTS, args.span(), text);
        }
        self.assoc_path(base, rest)
    }

    fn assoc_path(&mut self, mut base: Ty, rest: &[ast::PathSegment]) -> Ty {
        for segment in rest {
            base = self.assoc(base, segment.ident);
        }
        base
    }

    /// `base::Name`
    fn assoc(&mut self, base: Ty, name: ast::Ident) -> Ty {
        if base.is_error() {
            return base;
        }
        if let Some(trait_ref) = self.find_assoc_trait(base, name.name) {
            return Ty::new(TyKind::Projection {
                trait_ref,
                name: name.name,
            });
        }
        let shown = base.display(self.program).to_string();
        let text = format!(
            "there is no associated type `{}` of `{shown}` here",
            name.name
        );
        let help = match base.kind() {
            TyKind::Param { .. } => {
                format!(
                    "give `{shown}` a bound by the trait that has `{}`",
                    name.name
                )
            }
            _ => format!("name the trait: `<{shown} as Trait>::{}`", name.name),
        };
        let message = Diagnostic::error(codes::UNKNOWN_ASSOC_TYPE, name.span, text);
        self.diagnostics.push(message.help(help));
        Ty::error()
    }

    /// `<T as Trait>::Name`, `<T>::Name`
    fn qualified(&mut self, path: &Path) -> Ty {
        let Some(qself) = &path.qself else {
            return Ty::error();
        };
        let base = self.ty(&qself.ty);
        let (Some(trait_path), Some(first)) = (&qself.trait_, path.segments.first()) else {
            return self.assoc_path(base, &path.segments);
        };
        let Some((trait_ref, _)) = self.trait_ref(trait_path, base) else {
            return Ty::error();
        };
        let Some(trait_ref) = self.declaring_trait(trait_ref, first.ident.name) else {
            let trait_name = self.program.traits[trait_ref.trait_].name;
            let name = first.ident.name;
            let text = format!("the trait `{trait_name}` has no associated type `{name}`");
            return self.error(codes::UNKNOWN_ASSOC_TYPE, first.ident.span, text);
        };
        let projection = Ty::new(TyKind::Projection {
            trait_ref,
            name: first.ident.name,
        });
        self.assoc_path(projection, &path.segments[1..])
    }

    /// The type that a name followed by its own arguments means.
    fn def(&mut self, def: Def, segment: Option<&ast::PathSegment>, span: Span) -> Ty {
        let args = segment.and_then(|segment| segment.args.as_ref());
        match def {
            Def::Adt(id) => {
                let generics = &self.program.adts[id].generics;
                let list = self.args((generics, &[]), args, span);
                Ty::new(TyKind::Adt(id, list))
            }
            Def::Alias(id) => {
                let Some((generics, ty)) = self.names.alias_types.get(&id) else {
                    self.missing_alias = Some(id);
                    return Ty::error();
                };
                let list = self.args((generics, &[]), args, span);
                substitute(*ty, list)
            }
            Def::Builtin(builtin) => self.builtin(builtin, args, span),
            Def::Trait(_) => self.trait_object(segment, def, span),
            Def::Variant(adt, variant) => {
                let adt = &self.program.adts[adt];
                let variant = adt.variants[usize::from(variant)].name;
                let text = format!("`{variant}` is a variant of `{}`, not a type", adt.name);
                self.diagnostics.push(
                    Diagnostic::error(codes::NOT_A_TYPE, span, text)
                        .help(format!("the type is `{}`", adt.name)),
                );
                Ty::error()
            }
            Def::Module(_) => {
                let text = "this is a module, not a type";
                let mut error = Diagnostic::error(codes::NOT_A_TYPE, span, text);
                let ident = segment.map(|segment| segment.ident);
                if let Some(ident) = ident
                    && let Some(meant) = crate::resolve::same_type(ident.name.as_str())
                {
                    error = error.suggest(ident.span, meant, format!("write `{meant}`"));
                }
                self.diagnostics.push(error);
                Ty::error()
            }
            Def::Fn(_) => self.error(codes::NOT_A_TYPE, span, "this is a function, not a type"),
            Def::Const(_) | Def::Ctor(_) => {
                self.error(codes::NOT_A_TYPE, span, "this is a value, not a type")
            }
        }
    }

    fn builtin(&mut self, builtin: Builtin, args: Option<&GenericArgs>, span: Span) -> Ty {
        match builtin {
            Builtin::Ty(ty) => {
                if let Some(args) = args {
                    let text = format!("`{}` takes no generic arguments", ty.display(self.program));
                    return self.error(codes::GENERIC_ARGUMENTS, args.span(), text);
                }
                ty
            }
            Builtin::Vec => Ty::vec(self.only_arg("Vec", args, span)),
            Builtin::Box(cell) => {
                let inner = self.only_arg("Box", args, span);
                match inner.kind() {
                    TyKind::Dyn { .. } | TyKind::FnObj(_) => inner,
                    _ => Ty::cell(inner, cell),
                }
            }
            Builtin::Callable => match self.callable_sig(args, span) {
                Some(sig) => Ty::new(TyKind::FnObj(sig)),
                None => Ty::error(),
            },
            Builtin::Marker => self.error(
                codes::NOT_A_TYPE,
                span,
                "this is a property of types, not a type",
            ),
        }
    }

    fn only_arg(&mut self, name: &str, args: Option<&GenericArgs>, span: Span) -> Ty {
        let given = match args {
            Some(GenericArgs::Angle { args, .. }) => args.as_slice(),
            _ => &[],
        };
        match given {
            [GenericArg::Type(ty)] => self.ty(ty),
            [] if self.fresh.is_some() && args.is_none() => self.hole(span),
            _ => {
                let text = format!("`{name}` takes one type: `{name}<T>`");
                self.error(codes::GENERIC_ARGUMENTS, span, text)
            }
        }
    }

    pub(super) fn hole(&mut self, span: Span) -> Ty {
        match &mut self.fresh {
            Some(fresh) => fresh(),
            None => self.error(
                codes::GENERIC_ARGUMENTS,
                span,
                "generic arguments are missing",
            ),
        }
    }

    /// `(A, B) -> R` behind `Fn`.
    pub(super) fn callable_sig(&mut self, args: Option<&GenericArgs>, span: Span) -> Option<FnSig> {
        match args {
            Some(GenericArgs::Paren { inputs, output, .. }) => {
                let params = inputs.iter().map(|input| self.ty(input)).collect();
                let result = output
                    .as_ref()
                    .map_or_else(Ty::unit, |output| self.ty(output));
                Some(FnSig {
                    params,
                    result,
                    abi: Abi::Gossamer,
                })
            }
            _ => {
                let text = "write the parameters and the result: `Fn(A) -> R`";
                self.error(codes::INVALID_TYPE, span, text);
                None
            }
        }
    }

    fn trait_object(&mut self, segment: Option<&ast::PathSegment>, def: Def, span: Span) -> Ty {
        let Def::Trait(trait_) = def else {
            return Ty::error();
        };
        if let Some((owner, trouble)) = self.object_trouble(trait_) {
            let name = self.program.traits[trait_].name;
            let owner = self.program.traits[owner].name;
            let method = trouble.method;
            let text = format!("the trait `{name}` cannot be used as an object");
            let why = format!("`{owner}::{}` {}", method.name, trouble.reason);
            self.diagnostics.push(
                Diagnostic::error(codes::NOT_OBJECT_SAFE, span, text)
                    .label(span, "used as an object here")
                    .label(method.span, why)
                    .help(format!("make it generic: `impl {name}`, or `T: {name}`")),
            );
            return Ty::error();
        }
        let args = segment.and_then(|segment| segment.args.as_ref());
        // The self type is not among an object's arguments; defaults that mention it see this.
        let (list, bindings) = self.trait_args(trait_, Ty::error(), args, span);
        let mut assocs: Vec<(Symbol, Ty)> =
            bindings.iter().map(|(name, ty)| (name.name, *ty)).collect();
        assocs.sort_by_key(|(name, _)| *name);
        let assocs: &'static [(Symbol, Ty)] = if assocs.is_empty() {
            &[]
        } else {
            Box::leak(assocs.into_boxed_slice())
        };
        Ty::new(TyKind::Dyn {
            trait_,
            args: TyList::new(list.get(1..).unwrap_or(&[])),
            assocs,
        })
    }

    /// What keeps the trait, or one that it requires, from being an object.
    fn object_trouble(&self, trait_: TraitId) -> Option<(TraitId, ObjectTrouble)> {
        let mut queue = vec![trait_];
        let mut at = 0;
        while let Some(&next) = queue.get(at) {
            if let Some(trouble) = self.names.not_objects.get(&next) {
                return Some((next, *trouble));
            }
            for parent in &self.program.traits[next].supertraits {
                if !queue.contains(&parent.trait_) {
                    queue.push(parent.trait_);
                }
            }
            at += 1;
        }
        None
    }

    /// The parameters that arguments of a trait are for.
    pub(super) fn generics_of_trait(&self, trait_: TraitId) -> &'x Generics {
        &self.program.traits[trait_].generics
    }
}
