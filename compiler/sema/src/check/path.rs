//! Paths as values: variables, functions, constants, constructors, associated items.

use super::build::{self, expr};
use super::obligation::Cause;
use super::seam::{Namespace, Res};
use super::show::Builtin;
use super::{Checker, Expect};
use crate::hir::{Expr, ExprKind};
use crate::program::{AdtId, ConstId, FnId, FnParent, LocalId, TraitId, VariantIdx, VariantKind};
use crate::types::{CellKind, TraitRef, Ty, TyKind, TyList, substitute};
use gos_diag::{Diagnostic, Span, Symbol, codes};
use gos_syntax::ast::{self, PathAnchor, PathSegment};

/// What a path denotes where a value is needed.
#[derive(Clone, Copy, Debug)]
pub(super) enum ValueRes {
    Local(LocalId),
    Fn(FnId, TyList),
    Const(ConstId, TyList),
    ConstParam(Ty),
    /// A struct or variant with the generic arguments of its type.
    Ctor(AdtId, VariantIdx, TyList),
    /// `Box::new` for this content.
    BoxNew(Ty, CellKind),
    Error,
}

/// What stands in front of an associated item.
#[derive(Clone, Copy, Debug)]
pub(super) enum Prefix {
    Type(Ty),
    Trait(TraitId, TyList),
}

impl Checker<'_> {
    pub(super) fn check_path(&mut self, path: &ast::Path, span: Span, expect: Expect) -> Expr {
        if let Some(builtin) = self.builtin_function(path)
            && builtin != Builtin::Channel
        {
            return self.builtin_value(builtin, path, span, expect);
        }
        match self.resolve_value(path) {
            ValueRes::Local(local) => expr(self.local_ty(local), span, ExprKind::Local(local)),
            ValueRes::Fn(fn_, args) => self.fn_value(fn_, args, span),
            ValueRes::Const(const_, args) => self.const_value(const_, args, span),
            ValueRes::ConstParam(param) => {
                let ty = self.const_param_ty(param);
                expr(ty, span, ExprKind::ConstParam(param))
            }
            ValueRes::Ctor(adt, variant, args) => self.ctor_value(adt, variant, args, span, expect),
            ValueRes::BoxNew(content, cell) => self.box_new_value(content, cell, span),
            ValueRes::Error => Checker::error_expr(span),
        }
    }

    /// `Box::new` as a function.
    fn box_new_value(&mut self, content: Ty, cell: CellKind, span: Span) -> Expr {
        let ty = Ty::cell(content, cell);
        let made = self.synth_closure(&[content], ty, span, |_, params| {
            let value = build::local(params[0], content, span);
            Some(expr(ty, span, ExprKind::BoxNew(Box::new(value))))
        });
        made.unwrap_or_else(|| Checker::error_expr(span))
    }

    fn fn_value(&mut self, fn_: FnId, args: TyList, span: Span) -> Expr {
        self.require_fn(fn_, args, span);
        let ty = Ty::new(TyKind::FnDef(fn_, args));
        expr(ty, span, ExprKind::Fn(fn_, args))
    }

    /// Demands all that calling the function with these arguments needs.
    pub(super) fn require_fn(&mut self, fn_: FnId, args: TyList, span: Span) {
        if let FnParent::Trait(trait_) = self.program.fns[fn_].parent {
            let count = self.program.traits[trait_].generics.params.len();
            let own = args.iter().take(count).copied().collect();
            self.require_trait(TraitRef { trait_, args: own }, span, Cause::Plain);
        }
        self.require_fn_bounds(fn_, args, span);
    }

    pub(super) fn const_value(&mut self, const_: ConstId, args: TyList, span: Span) -> Expr {
        let item = &self.program.consts[const_];
        let is_static = item.is_static;
        let ty = substitute(item.ty, args);
        let ty = self.normalize(ty, span);
        match is_static {
            true => expr(ty, span, ExprKind::Static(const_)),
            false => expr(ty, span, ExprKind::Const(const_, args)),
        }
    }

    fn const_param_ty(&self, param: Ty) -> Ty {
        let TyKind::Param { index, .. } = param.kind() else {
            return Ty::error();
        };
        let found = self.generics.params.get(*index as usize);
        found
            .and_then(|param| param.const_ty)
            .unwrap_or_else(Ty::error)
    }

    /// A constructor that is not called: a unit value or a function.
    fn ctor_value(
        &mut self,
        adt: AdtId,
        variant: VariantIdx,
        args: TyList,
        span: Span,
        expect: Expect,
    ) -> Expr {
        let ty = Ty::new(TyKind::Adt(adt, args));
        let declared = &self.program.adts[adt].variants[variant.index()];
        let name = declared.name;
        match declared.kind {
            VariantKind::Unit => {
                if let Some(wanted) = self.expected_known(expect) {
                    let _ = self.infer.try_unify(ty, wanted);
                }
                build_struct(adt, variant, Vec::new(), ty, span)
            }
            VariantKind::Tuple => {
                let fields = self.field_types(adt, variant, args, span);
                let built = self.synth_closure(&fields, ty, span, |_, params| {
                    let values = params
                        .iter()
                        .zip(&fields)
                        .map(|(&local, &ty)| build::local(local, ty, span))
                        .collect();
                    Some(build_struct(adt, variant, values, ty, span))
                });
                built.unwrap_or_else(|| Checker::error_expr(span))
            }
            VariantKind::Named => {
                self.report(
                    Diagnostic::error(
                        codes::NOT_A_VALUE,
                        span,
                        format!("`{name}` has named fields and is not a value by itself"),
                    )
                    .help(format!("write `{name} {{ … }}`")),
                );
                Checker::error_expr(span)
            }
        }
    }

    /// Types of a variant's fields, in order of declaration.
    pub(super) fn field_types(
        &mut self,
        adt: AdtId,
        variant: VariantIdx,
        args: TyList,
        span: Span,
    ) -> Vec<Ty> {
        let fields = &self.program.adts[adt].variants[variant.index()].fields;
        let types: Vec<Ty> = fields.iter().map(|field| field.ty).collect();
        types
            .into_iter()
            .map(|ty| self.normalize(substitute(ty, args), span))
            .collect()
    }

    /// What the path denotes; errors are reported.
    pub(super) fn resolve_value(&mut self, path: &ast::Path) -> ValueRes {
        if let Some(ident) = path.as_ident() {
            if let Some(local) = self.find_local(ident.name) {
                return ValueRes::Local(local);
            }
            if let Some(param) = self.generic_param(ident.name) {
                return self.const_param(param, path.span);
            }
        }
        let Some((prefix, rest)) = self.type_prefix(path) else {
            return self.resolve_item_value(path);
        };
        match rest {
            [] => self.type_as_value(prefix, path.span),
            [segment] => self.assoc_value(prefix, segment, path.span),
            [_, more, ..] => {
                self.report(Diagnostic::error(
                    codes::NOT_A_VALUE,
                    more.ident.span,
                    format!("nothing is found under `{}` here", more.ident.name),
                ));
                ValueRes::Error
            }
        }
    }

    fn const_param(&mut self, param: Ty, span: Span) -> ValueRes {
        if self.const_param_ty(param).is_error() {
            let shown = self.show(param);
            self.report(Diagnostic::error(
                codes::NOT_A_VALUE,
                span,
                format!("`{shown}` is a type, not a value"),
            ));
            return ValueRes::Error;
        }
        ValueRes::ConstParam(param)
    }

    /// The generic parameter with this name.
    pub(super) fn generic_param(&self, name: Symbol) -> Option<Ty> {
        let params = &self.generics.params;
        let index = params.iter().rposition(|param| param.name == name)?;
        Some(Ty::new(TyKind::Param {
            index: index as u32,
            name,
        }))
    }

    /// The type that a path begins with when that is `<T>`, `Self` or a generic parameter, and the
    /// segments behind it.
    pub(super) fn type_prefix<'p>(
        &mut self,
        path: &'p ast::Path,
    ) -> Option<(Prefix, &'p [PathSegment])> {
        if let Some(qself) = &path.qself {
            let ty = self.lower(&qself.ty);
            let prefix = match &qself.trait_ {
                None => Prefix::Type(ty),
                Some(trait_path) => self.trait_prefix(trait_path, ty),
            };
            return Some((prefix, &path.segments));
        }
        if path.anchor != PathAnchor::None {
            return None;
        }
        let (first, rest) = path.segments.split_first()?;
        if first.ident.name == Symbol::SELF_TYPE {
            let ty = self.self_ty?;
            return Some((Prefix::Type(ty), rest));
        }
        let param = self.generic_param(first.ident.name)?;
        Some((Prefix::Type(param), rest))
    }

    fn trait_prefix(&mut self, path: &ast::Path, self_ty: Ty) -> Prefix {
        match self.resolve_res(path, Namespace::Type) {
            Some((Res::Trait(trait_), _)) => {
                let written = path.last().and_then(|segment| segment.args.as_ref());
                let args = self.trait_args(trait_, self_ty, written);
                Prefix::Trait(trait_, args)
            }
            Some(_) => {
                self.report(Diagnostic::error(
                    codes::NOT_A_VALUE,
                    path.span,
                    "this is not a trait",
                ));
                Prefix::Type(Ty::error())
            }
            None => Prefix::Type(Ty::error()),
        }
    }

    pub(super) fn resolve_res(
        &mut self,
        path: &ast::Path,
        namespace: Namespace,
    ) -> Option<(Res, usize)> {
        let locals = self.visible_names();
        let found = self
            .names
            .resolve(self.program, self.module, path, namespace, &locals);
        match found {
            Ok(resolved) => match resolved.res {
                Res::Error => None,
                res => Some((res, resolved.used)),
            },
            Err(message) => {
                let message = self.own_member_help(path, *message);
                self.report(message);
                None
            }
        }
    }

    /// Names the receiver's field or method of this name, which other languages find by themselves.
    fn own_member_help(&mut self, path: &ast::Path, message: Diagnostic) -> Diagnostic {
        let Some(name) = path.as_ident() else {
            return message;
        };
        let Some(local) = self.find_local(Symbol::SELF_VALUE) else {
            return message;
        };
        let ty = self.local_ty(local);
        let owner = self
            .deref_steps(ty, name.span)
            .last()
            .copied()
            .unwrap_or(ty);
        let is_member = self.find_field_ty(owner, name.name).is_some()
            || self.member_names(owner).contains(&name.name);
        if !is_member {
            return message;
        }
        let (at, name) = (name.span.at_start(), name.name);
        let mut message = message;
        message.suggestions.clear();
        message.suggest(at, "self.", format!("write `self.{name}`"))
    }

    fn resolve_item_value(&mut self, path: &ast::Path) -> ValueRes {
        let Some((res, used)) = self.resolve_res(path, Namespace::Value) else {
            return ValueRes::Error;
        };
        let used = used.min(path.segments.len());
        let (head, rest) = path.segments.split_at(used);
        let last_args = head.last().and_then(|segment| segment.args.as_ref());
        let prefix = match res {
            Res::Fn(fn_) => {
                let args = self.fn_args(fn_, TyList::empty(), last_args);
                return ValueRes::Fn(fn_, args);
            }
            Res::Const(const_) => return ValueRes::Const(const_, TyList::empty()),
            Res::Variant(adt, variant) => {
                let on_enum = head.len().checked_sub(2).and_then(|at| head.get(at));
                let written = last_args.or(on_enum.and_then(|segment| segment.args.as_ref()));
                let args = self.adt_args(adt, written);
                return ValueRes::Ctor(adt, variant, args);
            }
            Res::Error => return ValueRes::Error,
            Res::Module(_) => {
                self.not_a_value(path.span, "a module");
                return ValueRes::Error;
            }
            Res::Trait(trait_) => {
                let self_ty = self.infer.fresh();
                let args = self.trait_args(trait_, self_ty, last_args);
                Prefix::Trait(trait_, args)
            }
            other => match self.res_type(&other, last_args) {
                Some(ty) => Prefix::Type(ty),
                None => return ValueRes::Error,
            },
        };
        match rest {
            [] => self.type_as_value(prefix, path.span),
            [segment] => self.assoc_value(prefix, segment, path.span),
            [_, more, ..] => {
                self.not_a_value(more.ident.span, "nothing");
                ValueRes::Error
            }
        }
    }

    fn not_a_value(&mut self, span: Span, what: &str) {
        let message = format!("this is {what}, where a value is needed");
        self.report(Diagnostic::error(codes::NOT_A_VALUE, span, message));
    }

    /// `Self` or a struct's name as a value: its constructor.
    fn type_as_value(&mut self, prefix: Prefix, span: Span) -> ValueRes {
        let ty = match prefix {
            Prefix::Type(ty) => self.shallow(ty),
            Prefix::Trait(trait_, _) => {
                let name = self.program.traits[trait_].name;
                self.not_a_value(span, &format!("the trait `{name}`"));
                return ValueRes::Error;
            }
        };
        match ty.kind() {
            TyKind::Error => ValueRes::Error,
            TyKind::Adt(adt, args) if !self.program.adts[*adt].is_enum => {
                self.use_constructor(*adt, span);
                ValueRes::Ctor(*adt, VariantIdx(0), *args)
            }
            kind => {
                let shown = self.show(ty);
                let message = format!("this is the type `{shown}`, where a value is needed");
                let error = Diagnostic::error(codes::NOT_A_VALUE, span, message);
                self.report(match kind {
                    TyKind::Int(_) | TyKind::Float(_) => {
                        error.help(format!("a number is converted with `as`: `n as {shown}`"))
                    }
                    TyKind::String => error.help("text is made with `x.to_string()` or `format!`"),
                    _ => error,
                });
                ValueRes::Error
            }
        }
    }
}

/// A struct or variant with all its fields in order.
pub(super) fn build_struct(
    adt: AdtId,
    variant: VariantIdx,
    values: Vec<Expr>,
    ty: Ty,
    span: Span,
) -> Expr {
    let fields = values.into_iter().enumerate();
    let kind = ExprKind::Struct {
        adt,
        variant,
        fields: fields.map(|(index, value)| (index.into(), value)).collect(),
        base: None,
    };
    expr(ty, span, kind)
}
