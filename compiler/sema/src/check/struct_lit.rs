//! Struct literals.

use super::build::expr;
use super::message::Why;
use super::path::ValueRes;
use super::seam::{Namespace, Res};
use super::{Checker, Expect};
use crate::hir::{Expr, ExprKind};
use crate::program::{AdtId, FieldIdx, VariantIdx};
use crate::resolve::closest;
use crate::types::{Ty, TyKind, TyList};
use gos_diag::{Diagnostic, Span, Symbol, codes};
use gos_syntax::ast;

impl Checker<'_> {
    pub(super) fn check_struct(
        &mut self,
        lit: &ast::StructLit,
        span: Span,
        expect: Expect,
    ) -> Expr {
        let Some((adt, variant, args)) = self.resolve_struct(&lit.path) else {
            for field in &lit.fields {
                self.check_value(&field.value);
            }
            if let Some(base) = &lit.base {
                self.check_value(base);
            }
            return Checker::error_expr(span);
        };
        let ty = Ty::new(TyKind::Adt(adt, args));
        if let Some(wanted) = self.expected_known(expect) {
            let wanted = self.through_references(wanted);
            let _ = self.infer.try_unify(ty, wanted);
        }
        let mut fields: Vec<(FieldIdx, Expr)> = Vec::new();
        for init in &lit.fields {
            self.check_field_init(init, adt, variant, args, &mut fields);
        }
        let base = lit.base.as_ref().map(|base| {
            let base = self.check_coerce(base, ty, Why::Here);
            Box::new(base)
        });
        if base.is_none() {
            self.report_missing_fields(adt, variant, &fields, lit, span);
        }
        let kind = ExprKind::Struct {
            adt,
            variant,
            fields,
            base,
        };
        expr(ty, span, kind)
    }

    fn check_field_init(
        &mut self,
        init: &ast::FieldInit,
        adt: AdtId,
        variant: VariantIdx,
        args: TyList,
        fields: &mut Vec<(FieldIdx, Expr)>,
    ) {
        let name = init.name;
        let Some((field, ty)) = self.declared_field(adt, variant, name.name, args) else {
            self.unknown_struct_field(adt, variant, name);
            self.check_value(&init.value);
            return;
        };
        self.use_field(adt, variant, field, name.span);
        let ty = self.normalize(ty, init.span);
        let why = Why::Field(adt, variant, field);
        let value = self.check_coerce(&init.value, ty, why);
        if let Some((_, first)) = fields.iter().find(|(known, _)| *known == field) {
            let at = first.span;
            self.report(
                Diagnostic::error(
                    codes::DUPLICATE_FIELD,
                    name.span,
                    format!("`{}` is given twice", name.name),
                )
                .label(at, "first here"),
            );
            return;
        }
        fields.push((field, value));
    }

    pub(super) fn unknown_struct_field(
        &mut self,
        adt: AdtId,
        variant: VariantIdx,
        name: ast::Ident,
    ) {
        let declared = &self.program.adts[adt].variants[variant.index()];
        let owner = declared.name;
        let known: Vec<Symbol> = declared.fields.iter().map(|field| field.name).collect();
        let mut error = Diagnostic::error(
            codes::UNKNOWN_FIELD,
            name.span,
            format!("`{owner}` has no field `{}`", name.name),
        )
        .cause(&format!("field {} of {adt:?}", name.name));
        if let Some(found) = closest(name.name, known.iter().copied()) {
            error = error.suggest_maybe(
                name.span,
                found.as_str(),
                format!("did you mean `{found}`?"),
            );
        } else if !known.is_empty() {
            let list: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
            error = error.note(format!("its fields are {}", list.join(", ")));
        }
        self.report(error);
    }

    fn report_missing_fields(
        &mut self,
        adt: AdtId,
        variant: VariantIdx,
        given: &[(FieldIdx, Expr)],
        lit: &ast::StructLit,
        span: Span,
    ) {
        let declared = &self.program.adts[adt].variants[variant.index()];
        let missing: Vec<String> = declared
            .fields
            .iter()
            .enumerate()
            .filter(|(index, _)| !given.iter().any(|(field, _)| field.index() == *index))
            .map(|(_, field)| format!("`{}`", field.name))
            .collect();
        if missing.is_empty() || lit.fields.len() > given.len() {
            return;
        }
        let (owner, at) = (declared.name, declared.span);
        self.report(
            Diagnostic::error(
                codes::MISSING_FIELDS,
                span,
                format!("`{owner}` also needs {}", missing.join(", ")),
            )
            .label(at, "declared here"),
        );
    }

    /// The struct or variant that a literal or pattern names.
    pub(super) fn resolve_struct(
        &mut self,
        path: &ast::Path,
    ) -> Option<(AdtId, VariantIdx, TyList)> {
        if let Some((prefix, rest)) = self.type_prefix(path) {
            let super::path::Prefix::Type(ty) = prefix else {
                return None;
            };
            if let [segment] = rest {
                return match self.assoc_value(prefix, segment, path.span) {
                    ValueRes::Ctor(adt, variant, args) => Some((adt, variant, args)),
                    ValueRes::Error => None,
                    _ => {
                        self.not_a_struct(path.span);
                        None
                    }
                };
            }
            return self.as_struct(ty, path.span);
        }
        let (res, used) = self.resolve_res(path, Namespace::Type)?;
        let segments = &path.segments[..used.min(path.segments.len())];
        let written = segments.last().and_then(|segment| segment.args.as_ref());
        match res {
            Res::Variant(adt, variant) => {
                let on_enum = segments.len().checked_sub(2).map(|at| &segments[at]);
                let written = written.or(on_enum.and_then(|segment| segment.args.as_ref()));
                let args = self.adt_args(adt, written);
                Some((adt, variant, args))
            }
            other => {
                let Some(ty) = self.res_type(&other, written) else {
                    self.not_a_struct(path.span);
                    return None;
                };
                if let [segment] = &path.segments[used.min(path.segments.len())..] {
                    let prefix = super::path::Prefix::Type(ty);
                    return match self.assoc_value(prefix, segment, path.span) {
                        ValueRes::Ctor(adt, variant, args) => Some((adt, variant, args)),
                        ValueRes::Error => None,
                        _ => {
                            self.not_a_struct(path.span);
                            None
                        }
                    };
                }
                self.as_struct(ty, path.span)
            }
        }
    }

    fn as_struct(&mut self, ty: Ty, span: Span) -> Option<(AdtId, VariantIdx, TyList)> {
        match self.shallow(ty).kind() {
            TyKind::Adt(adt, args) if !self.program.adts[*adt].is_enum => {
                Some((*adt, VariantIdx(0), *args))
            }
            TyKind::Error => None,
            _ => {
                self.not_a_struct(span);
                None
            }
        }
    }

    fn not_a_struct(&mut self, span: Span) {
        self.report(Diagnostic::error(
            codes::NOT_A_VALUE,
            span,
            "this names no struct and no variant",
        ));
    }
}
