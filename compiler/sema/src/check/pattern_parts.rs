//! Patterns of tuples, structs and sequences: what has parts.

use super::Checker;
use super::cause::Declared;
use super::path::ValueRes;
use super::pattern::{PatNames, rest_of};
use crate::hir::{BindingMode, Pat, PatKind};
use crate::program::{FieldIdx, VariantKind};
use crate::types::{InferVar, Mutability, Ty, TyKind};
use gos_diag::{Diagnostic, Span, codes};
use gos_syntax::ast;

impl Checker<'_> {
    /// Makes the variables of a pattern known that was reported, so that their uses are not.
    pub(super) fn bind_loosely(&mut self, pats: &[ast::Pat], names: &mut PatNames) {
        for pat in pats {
            self.pat(pat, Ty::error(), BindingMode::Value, names);
        }
    }

    pub(super) fn tuple_struct_pat(
        &mut self,
        path: &ast::Path,
        elems: &[ast::Pat],
        ty: Ty,
        mode: BindingMode,
        names: &mut PatNames,
        span: Span,
    ) -> PatKind {
        let (adt, variant, args) = match self.resolve_value(path) {
            ValueRes::Ctor(adt, variant, args) => (adt, variant, args),
            ValueRes::Error => {
                self.bind_loosely(elems, names);
                return PatKind::Error;
            }
            _ => {
                self.report(Diagnostic::error(
                    codes::PATTERN_TYPE,
                    path.span,
                    "this is no struct and no variant",
                ));
                self.bind_loosely(elems, names);
                return PatKind::Error;
            }
        };
        let own = Ty::new(TyKind::Adt(adt, args));
        if self.infer.try_unify(ty, own).is_err() {
            self.bind_loosely(elems, names);
            return self.pattern_mismatch(ty, own, span);
        }
        let declared = &self.program.adts[adt].variants[variant.index()];
        let (name, kind, at) = (declared.name, declared.kind, declared.span);
        let types = self.field_types(adt, variant, args, span);
        let rest = elems
            .iter()
            .position(|elem| matches!(elem.kind, ast::PatKind::Rest));
        self.one_rest(elems);
        let given = elems.len() - usize::from(rest.is_some());
        let fits = match rest {
            Some(_) => given <= types.len(),
            None => given == types.len(),
        };
        if kind != VariantKind::Tuple || !fits {
            self.report(
                Diagnostic::error(
                    codes::PATTERN_TYPE,
                    span,
                    match kind {
                        VariantKind::Tuple => format!(
                            "`{name}` has {}, and this pattern {given}",
                            super::message::count(types.len(), "field")
                        ),
                        VariantKind::Named => format!("`{name}` has named fields"),
                        VariantKind::Unit => format!("`{name}` has no fields"),
                    },
                )
                .label(at, "declared here"),
            );
            self.bind_loosely(elems, names);
            return PatKind::Error;
        }
        let mut fields = Vec::new();
        for (at, elem) in elems.iter().enumerate() {
            let index = match rest {
                Some(rest) if at == rest => continue,
                Some(rest) if at > rest => types.len() - (elems.len() - at),
                _ => at,
            };
            let part = self.pat(elem, types[index], mode, names);
            let field = Declared::Field(adt, variant, FieldIdx::from(index));
            self.note_declared(&part, Some(field));
            fields.push((FieldIdx::from(index), part));
        }
        PatKind::Variant {
            adt,
            variant,
            fields,
        }
    }

    #[allow(clippy::too_many_arguments, reason = "the parts of one syntax node")]
    pub(super) fn struct_pat(
        &mut self,
        path: &ast::Path,
        written: &[ast::FieldPat],
        rest: bool,
        ty: Ty,
        mode: BindingMode,
        names: &mut PatNames,
        span: Span,
    ) -> PatKind {
        let loose = |this: &mut Self, names: &mut PatNames| {
            for field in written {
                this.pat(&field.pat, Ty::error(), BindingMode::Value, names);
            }
        };
        let Some((adt, variant, args)) = self.resolve_struct(path) else {
            loose(self, names);
            return PatKind::Error;
        };
        let own = Ty::new(TyKind::Adt(adt, args));
        if self.infer.try_unify(ty, own).is_err() {
            loose(self, names);
            return self.pattern_mismatch(ty, own, span);
        }
        let mut fields: Vec<(FieldIdx, Pat)> = Vec::new();
        for field in written {
            let found = self.declared_field(adt, variant, field.name.name, args);
            let Some((index, field_ty)) = found else {
                self.unknown_struct_field(adt, variant, field.name);
                self.pat(&field.pat, Ty::error(), BindingMode::Value, names);
                continue;
            };
            self.use_field(adt, variant, index, field.name.span);
            let field_ty = self.normalize(field_ty, field.span);
            let part = self.pat(&field.pat, field_ty, mode, names);
            self.note_declared(&part, Some(Declared::Field(adt, variant, index)));
            if let Some((_, first)) = fields.iter().find(|(known, _)| *known == index) {
                let at = first.span;
                let message = format!("`{}` stands twice in this pattern", field.name.name);
                self.report(
                    Diagnostic::error(codes::DUPLICATE_FIELD, field.name.span, message)
                        .label(at, "first here"),
                );
                continue;
            }
            fields.push((index, part));
        }
        let declared = &self.program.adts[adt].variants[variant.index()];
        let missing: Vec<String> = declared
            .fields
            .iter()
            .enumerate()
            .filter(|(index, _)| !fields.iter().any(|(known, _)| known.index() == *index))
            .map(|(_, field)| format!("`{}`", field.name))
            .collect();
        if !rest && !missing.is_empty() && fields.len() == written.len() {
            let message = format!("this pattern leaves out {}", missing.join(", "));
            self.report(
                Diagnostic::error(codes::MISSING_FIELDS, span, message)
                    .help("add `..` to leave fields out"),
            );
        }
        PatKind::Variant {
            adt,
            variant,
            fields,
        }
    }

    pub(super) fn tuple_pat(
        &mut self,
        elems: &[ast::Pat],
        ty: Ty,
        mode: BindingMode,
        names: &mut PatNames,
        span: Span,
    ) -> PatKind {
        let rest = elems
            .iter()
            .position(|elem| matches!(elem.kind, ast::PatKind::Rest));
        if let TyKind::Infer(InferVar::Ty(_)) = ty.kind()
            && rest.is_none()
        {
            let types = self.infer.fresh_list(elems.len());
            let _ = self.infer.try_unify(ty, Ty::new(TyKind::Tuple(types)));
        }
        let ty = self.shallow(ty);
        let TyKind::Tuple(types) = ty.kind() else {
            self.bind_loosely(elems, names);
            let vars = self.infer.fresh_list(elems.len());
            return self.pattern_mismatch(ty, Ty::new(TyKind::Tuple(vars)), span);
        };
        let given = elems.len() - usize::from(rest.is_some());
        let fits = match rest {
            Some(_) => given <= types.len(),
            None => given == types.len(),
        };
        if !fits {
            let shown = self.show(ty);
            self.report(Diagnostic::error(
                codes::PATTERN_TYPE,
                span,
                format!("the value is a `{shown}`, and this pattern has {given} parts"),
            ));
            self.bind_loosely(elems, names);
            return PatKind::Error;
        }
        let mut parts = Vec::new();
        for (at, elem) in elems.iter().enumerate() {
            if rest == Some(at) {
                for &skipped in types.iter().skip(at).take(types.len() - given) {
                    parts.push(super::build::wild(skipped, elem.span));
                }
                continue;
            }
            let part_ty = types[parts.len()];
            parts.push(self.pat(elem, part_ty, mode, names));
        }
        PatKind::Tuple(parts)
    }

    pub(super) fn slice_pat(
        &mut self,
        elems: &[ast::Pat],
        ty: Ty,
        mode: BindingMode,
        names: &mut PatNames,
        span: Span,
    ) -> PatKind {
        let (element, mode) = match ty.kind() {
            TyKind::Vec(element) | TyKind::Array(element, _) => (*element, mode),
            TyKind::View(element, Mutability::Mut) => (*element, BindingMode::RefMut),
            TyKind::View(element, Mutability::Not) => (*element, BindingMode::Value),
            _ => {
                self.bind_loosely(elems, names);
                let element = self.infer.fresh();
                return self.pattern_mismatch(ty, Ty::vec(element), span);
            }
        };
        let mutability = match mode {
            BindingMode::RefMut => Mutability::Mut,
            BindingMode::Value => Mutability::Not,
        };
        self.one_rest(elems);
        let mut before = Vec::new();
        let mut after = Vec::new();
        let mut rest = None;
        for elem in elems {
            if let Some(sub) = rest_of(elem) {
                let view = Ty::view(element, mutability);
                let bound = sub.map(|(name, mutable)| {
                    let kind = self.bind(name, mutable, view, BindingMode::Value, None, names);
                    Box::new(Pat {
                        ty: view,
                        span: elem.span,
                        kind,
                    })
                });
                rest = Some(bound);
                continue;
            }
            let part = self.pat(elem, element, mode, names);
            match rest {
                None => before.push(part),
                Some(_) => after.push(part),
            }
        }
        PatKind::Slice {
            before,
            rest,
            after,
        }
    }

    /// A second `..` would leave open what lies between.
    fn one_rest(&mut self, elems: &[ast::Pat]) {
        let mut rests = elems.iter().filter(|elem| rest_of(elem).is_some());
        if let (Some(first), Some(second)) = (rests.next(), rests.next()) {
            self.report(
                Diagnostic::error(
                    codes::PATTERN_TYPE,
                    second.span,
                    "a pattern has at most one `..` on a level",
                )
                .label(first.span, "the first one"),
            );
        }
    }
}
