//! Associated items: `Type::name` and `Trait::name`.

use super::Checker;
use super::foreign_member;
use super::obligation::Cause;
use super::path::{Prefix, ValueRes};
use crate::program::{ConstId, FnId, TraitId};
use crate::resolve::closest;
use crate::types::{TraitRef, Ty, TyKind, TyList};
use gos_diag::{Diagnostic, Span, Symbol, codes};
use gos_syntax::ast::{GenericArgs, PathSegment};

impl Checker<'_> {
    /// `Type::name` and `Trait::name`.
    pub(super) fn assoc_value(
        &mut self,
        prefix: Prefix,
        segment: &PathSegment,
        span: Span,
    ) -> ValueRes {
        let name = segment.ident.name;
        let written = segment.args.as_ref();
        let ty = match prefix {
            Prefix::Trait(trait_, args) => {
                if let Some(found) = self.trait_member(trait_, args, name, written, span) {
                    return found;
                }
                let owner = self.program.traits[trait_].name;
                return self.no_member(&format!("the trait `{owner}`"), segment, None);
            }
            Prefix::Type(ty) => self.shallow(ty),
        };
        if ty.is_error() {
            return ValueRes::Error;
        }
        if let TyKind::Adt(adt, args) = ty.kind()
            && self.program.adts[*adt].is_enum
            && let Some(variant) = self.variant_named(*adt, name.as_str())
        {
            return ValueRes::Ctor(*adt, variant, *args);
        }
        if let TyKind::Box(content, cell) = ty.kind()
            && name == "new"
        {
            return ValueRes::BoxNew(*content, *cell);
        }
        if let Some(found) = self.inherent_member(ty, name, written, span) {
            return found;
        }
        for trait_ in self.traits_with_member(ty, name) {
            let args = self.trait_args(trait_, ty, None);
            if !self.may_hold(TraitRef { trait_, args }, span) {
                continue;
            }
            if let Some(found) = self.trait_member(trait_, args, name, written, span) {
                return found;
            }
        }
        let shown = self.show(ty);
        self.no_member(&format!("`{shown}`"), segment, Some(ty))
    }

    fn inherent_member(
        &mut self,
        ty: Ty,
        name: Symbol,
        written: Option<&GenericArgs>,
        span: Span,
    ) -> Option<ValueRes> {
        let index = self.index;
        for &(impl_, fn_) in index.inherent_fns(name) {
            if let Some(args) = self.match_impl(impl_, ty) {
                self.check_fn_visible(fn_, span);
                let args = self.fn_args(fn_, args, written);
                return Some(ValueRes::Fn(fn_, args));
            }
        }
        for &(impl_, const_) in index.inherent_consts(name) {
            if let Some(args) = self.match_impl(impl_, ty) {
                self.check_const_visible(const_, span);
                return Some(ValueRes::Const(const_, args));
            }
        }
        None
    }

    fn trait_member(
        &mut self,
        trait_: TraitId,
        args: TyList,
        name: Symbol,
        written: Option<&GenericArgs>,
        span: Span,
    ) -> Option<ValueRes> {
        let index = self.index;
        let mut fns = index.trait_fns(name).iter();
        if let Some((_, fn_)) = fns.find(|(owner, _)| *owner == trait_) {
            let args = self.fn_args(*fn_, args, written);
            return Some(ValueRes::Fn(*fn_, args));
        }
        let mut consts = index.trait_consts(name).iter();
        let (_, const_) = consts.find(|(owner, _)| *owner == trait_)?;
        self.require_trait(TraitRef { trait_, args }, span, Cause::Plain);
        Some(ValueRes::Const(*const_, args))
    }

    fn no_member(&mut self, owner: &str, segment: &PathSegment, ty: Option<Ty>) -> ValueRes {
        let name = segment.ident.name;
        let mut error = Diagnostic::error(
            codes::UNKNOWN_METHOD,
            segment.ident.span,
            format!("{owner} has nothing called `{name}`"),
        );
        if let Some(ty) = ty {
            error = error.cause(&format!("member {name} of {}", self.head_of(ty)));
        }
        let mut known: Vec<Symbol> = Vec::new();
        if let Some(ty) = ty {
            known = self.member_names(ty);
            if let TyKind::Adt(adt, _) = ty.kind() {
                let variants = self.program.adts[*adt].variants.iter();
                known.extend(variants.map(|variant| variant.name));
            }
        }
        if let Some(found) = closest(name, known) {
            error = error.suggest_maybe(
                segment.ident.span,
                found.as_str(),
                format!("did you mean `{found}`?"),
            );
        } else if let Some(help) = foreign_member::of_type(name.as_str()) {
            error = error.help(help);
        }
        self.report(error);
        ValueRes::Error
    }

    pub(super) fn check_fn_visible(&mut self, fn_: FnId, span: Span) {
        let item = &self.program.fns[fn_];
        if !self.names.can_access(self.module, item.module, item.access) {
            self.private_member(item.name, item.span, span);
        }
    }

    fn check_const_visible(&mut self, const_: ConstId, span: Span) {
        let item = &self.program.consts[const_];
        if !self.names.can_access(self.module, item.module, item.access) {
            self.private_member(item.name, item.span, span);
        }
    }

    fn private_member(&mut self, name: Symbol, declared: Span, span: Span) {
        self.report(
            Diagnostic::error(codes::PRIVATE_ITEM, span, format!("`{name}` is private"))
                .label(declared, "declared here, without `pub`"),
        );
    }
}
