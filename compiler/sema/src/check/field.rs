//! Field access.

use super::build::expr;
use super::method::apply_derefs;
use super::{Checker, Expect};
use crate::hir::{Expr, ExprKind};
use crate::program::{AdtId, FieldIdx, VariantIdx, VariantKind};
use crate::resolve::closest;
use crate::types::{Ty, TyKind, TyList, substitute};
use gos_diag::{Diagnostic, Span, Symbol, codes};
use gos_syntax::ast::{self, Ident};

impl Checker<'_> {
    pub(super) fn check_field(&mut self, base: &ast::Expr, name: Ident, span: Span) -> Expr {
        if self.is_dotted_name(base, name) {
            return Checker::error_expr(span);
        }
        let base = self.check_expr(base, Expect::Any);
        self.field_of(base, name, span)
    }

    pub(super) fn check_tuple_field(
        &mut self,
        base: &ast::Expr,
        index: u32,
        index_span: Span,
        span: Span,
    ) -> Expr {
        let base = self.check_expr(base, Expect::Any);
        let name = Ident {
            name: Checker::symbol(&index.to_string()),
            span: index_span,
        };
        self.field_of(base, name, span)
    }

    fn field_of(&mut self, base: Expr, name: Ident, span: Span) -> Expr {
        let base = match self.program.modules[self.module].is_std() {
            true => base,
            false => self.through_guard(base),
        };
        let steps = self.deref_steps(base.ty, base.span);
        for (derefs, &step) in steps.iter().enumerate() {
            if step.is_error() {
                return Checker::error_expr(span);
            }
            let Some((field, ty)) = self.find_field(step, name.name, span) else {
                continue;
            };
            if let TyKind::Adt(adt, _) = step.kind() {
                self.use_field(*adt, VariantIdx(0), field, name.span);
            }
            let base = apply_derefs(base, &steps, derefs);
            return expr(ty, span, ExprKind::Field(Box::new(base), field));
        }
        let last = steps.last().copied().unwrap_or_else(Ty::error);
        if !self.is_damaged(base.span) {
            self.unknown_field(last, name);
        }
        Checker::error_expr(span)
    }

    fn find_field(&mut self, ty: Ty, name: Symbol, span: Span) -> Option<(FieldIdx, Ty)> {
        match ty.kind() {
            TyKind::Tuple(items) => {
                let index: usize = name.as_str().parse().ok()?;
                Some((FieldIdx::from(index), *items.get(index)?))
            }
            TyKind::Adt(adt, args) if !self.program.adts[*adt].is_enum => {
                let (field, ty) = self.declared_field(*adt, VariantIdx(0), name, *args)?;
                Some((field, self.normalize(ty, span)))
            }
            _ => None,
        }
    }

    /// A field by name, with its type before normalization.
    pub(super) fn declared_field(
        &self,
        adt: AdtId,
        variant: VariantIdx,
        name: Symbol,
        args: TyList,
    ) -> Option<(FieldIdx, Ty)> {
        let fields = &self.program.adts[adt].variants.get(variant.index())?.fields;
        let index = fields.iter().position(|field| field.name == name)?;
        Some((FieldIdx::from(index), substitute(fields[index].ty, args)))
    }

    /// The type of the field `name`, if there is one.
    pub(super) fn find_field_ty(&mut self, ty: Ty, name: Symbol) -> Option<Ty> {
        match ty.kind() {
            TyKind::Adt(adt, args) if !self.program.adts[*adt].is_enum => {
                let found = self.declared_field(*adt, VariantIdx(0), name, *args)?;
                Some(found.1)
            }
            _ => None,
        }
    }

    /// A field is named: it must be visible here, and what is deprecated warns.
    pub(super) fn use_field(
        &mut self,
        adt: AdtId,
        variant: VariantIdx,
        field: FieldIdx,
        span: Span,
    ) {
        if let Some(instead) = self.names.deprecated_field(adt, variant, field) {
            let warning = crate::resolve::deprecated(instead, span);
            self.report(warning);
        }
        let item = &self.program.adts[adt];
        let (owner, module, is_enum) = (item.name, item.module, item.is_enum);
        let field = &item.variants[variant.index()].fields[field.index()];
        let (name, at) = (field.name, field.span);
        if is_enum || self.names.can_access(self.module, module, field.access) {
            return;
        }
        self.report(
            Diagnostic::error(
                codes::PRIVATE_FIELD,
                span,
                format!("the field `{name}` of `{owner}` is private"),
            )
            .label(at, "declared here, without `pub`"),
        );
    }

    /// A tuple struct is named as its constructor, which is as private as its fields.
    pub(super) fn use_constructor(&mut self, adt: AdtId, span: Span) {
        let item = &self.program.adts[adt];
        let declared = &item.variants[0];
        if declared.kind != VariantKind::Tuple {
            return;
        }
        let hidden = |access| !self.names.can_access(self.module, item.module, access);
        let Some(field) = declared.fields.iter().find(|field| hidden(field.access)) else {
            return;
        };
        let (name, owner, at) = (field.name, item.name, field.span);
        let text = format!("the field `{name}` of `{owner}` is private, and so is `{owner}(…)`");
        self.report(
            Diagnostic::error(codes::PRIVATE_FIELD, span, text)
                .label(at, "declared here, without `pub`"),
        );
    }

    fn unknown_field(&mut self, ty: Ty, name: Ident) {
        let shown = self.show(ty);
        let mut error = Diagnostic::error(
            codes::UNKNOWN_FIELD,
            name.span,
            format!("`{shown}` has no field `{}`", name.name),
        )
        .cause(&format!("field {} of {}", name.name, self.head_of(ty)));
        let mut known: Vec<Symbol> = Vec::new();
        match ty.kind() {
            TyKind::Adt(adt, _) if !self.program.adts[*adt].is_enum => {
                let fields = &self.program.adts[*adt].variants[0].fields;
                known.extend(fields.iter().map(|field| field.name));
            }
            TyKind::Tuple(items) => {
                error = error.note(format!("it has {} elements, from 0", items.len()));
            }
            _ => {}
        }
        let methods = self.member_names(ty);
        let length = Symbol::intern("len");
        let is_length = matches!(name.name.as_str(), "length" | "size" | "count" | "Length");
        if is_length && methods.contains(&length) {
            error = error.suggest(name.span, "len()", "call the method: `len()`");
        } else if methods.contains(&name.name) {
            let call = format!("{}()", name.name);
            error = error.suggest(
                name.span,
                call.clone(),
                format!("call the method: `{call}`"),
            );
        } else if let Some(found) = closest(name.name, known.iter().copied()) {
            error = error.suggest_maybe(
                name.span,
                found.as_str(),
                format!("did you mean `{found}`?"),
            );
        } else if !known.is_empty() {
            let list: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
            error = error.note(format!("its fields are {}", list.join(", ")));
        } else if self.as_option(ty).is_some() || self.as_result(ty).is_some() {
            error = error.help("take the value out first: with `?`, `match` or `.unwrap()`");
        }
        self.report(error);
    }
}
