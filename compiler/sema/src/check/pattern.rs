//! Patterns. Looking through references and boxes happens here and is explicit in the result.

use super::message::Why;
use super::path::ValueRes;
use super::seam::Res;
use super::{Checker, Expect};
use crate::hir::{BindingMode, Expr, ExprKind, Pat, PatKind, UnaryOp};
use crate::program::{AdtId, LocalId, VariantIdx, VariantKind};
use crate::types::{Mutability, Ty, TyKind, TyList};
use gos_diag::{Diagnostic, Span, Symbol, codes};
use gos_syntax::ast::{self, Ident};

/// The variables of the pattern at hand.
#[derive(Debug, Default)]
pub(super) struct PatNames {
    bound: Vec<(Symbol, LocalId)>,
    /// Names of the first alternative, which the others bind again.
    again: Vec<(Symbol, LocalId)>,
}

impl Checker<'_> {
    /// Checks a pattern against a type and makes its variables visible.
    pub(super) fn check_pat(&mut self, pat: &ast::Pat, ty: Ty, mode: BindingMode) -> Pat {
        let mut names = PatNames::default();
        let first = self.frame().facts.len();
        let checked = self.pat(pat, ty, mode, &mut names);
        // What is not known may well be a `&mut`, through which variables change what they match.
        if self.shallow(ty).is_error() {
            let variables = self.frame().facts[first..].iter_mut();
            variables.for_each(|facts| facts.mode_unknown = true);
        }
        checked
    }

    pub(super) fn pat(
        &mut self,
        pat: &ast::Pat,
        ty: Ty,
        mode: BindingMode,
        names: &mut PatNames,
    ) -> Pat {
        let ty = self.known(ty);
        let span = pat.span;
        let through = !matches!(
            pat.kind,
            ast::PatKind::Wild
                | ast::PatKind::Rest
                | ast::PatKind::Or(_)
                | ast::PatKind::Ref { .. }
                | ast::PatKind::Error
        ) && !self.is_binding(pat);
        if through && let TyKind::Ref(inner, _) | TyKind::Box(inner, _) = ty.kind() {
            let mode = match ty.kind() {
                TyKind::Ref(_, Mutability::Mut) => BindingMode::RefMut,
                TyKind::Ref(_, Mutability::Not) => BindingMode::Value,
                _ => mode,
            };
            let inner = self.pat(pat, *inner, mode, names);
            let kind = PatKind::Deref(Box::new(inner));
            return Pat { ty, span, kind };
        }
        let kind = self.pat_kind(pat, ty, mode, names);
        Pat { ty, span, kind }
    }

    fn pat_kind(
        &mut self,
        pat: &ast::Pat,
        ty: Ty,
        mode: BindingMode,
        names: &mut PatNames,
    ) -> PatKind {
        let span = pat.span;
        match &pat.kind {
            ast::PatKind::Wild | ast::PatKind::Rest => PatKind::Wild,
            ast::PatKind::Error => PatKind::Error,
            ast::PatKind::Ident {
                by_ref,
                mutable,
                name,
                sub,
            } => {
                if let Some(known) = self.constant_name(pat) {
                    return self.constant_pat(known, ty, span);
                }
                let mode = match by_ref & mutable {
                    true => BindingMode::RefMut,
                    false => mode,
                };
                let sub = sub
                    .as_ref()
                    .map(|sub| Box::new(self.pat(sub, ty, mode, names)));
                self.bind(*name, *mutable && !*by_ref, ty, mode, sub, names)
            }
            ast::PatKind::Lit(value) => {
                let value = self.check_expr(value, Expect::Ty(ty));
                let value = self.pattern_value(value, ty);
                PatKind::Literal(Box::new(value))
            }
            ast::PatKind::Path(path) => {
                let res = self.resolve_value(path);
                self.constant_pat(res, ty, span)
            }
            ast::PatKind::TupleStruct { path, elems } => {
                self.tuple_struct_pat(path, elems, ty, mode, names, span)
            }
            ast::PatKind::Struct { path, fields, rest } => {
                self.struct_pat(path, fields, *rest, ty, mode, names, span)
            }
            ast::PatKind::Tuple(elems) => self.tuple_pat(elems, ty, mode, names, span),
            ast::PatKind::Slice(elems) => self.slice_pat(elems, ty, mode, names, span),
            ast::PatKind::Range {
                start,
                end,
                inclusive,
            } => {
                let from = start.as_ref().map(|end| self.range_end(end, ty));
                let to = end.as_ref().map(|end| self.range_end(end, ty));
                self.require_range_values((&from, &to), *inclusive, span);
                PatKind::Range {
                    from: from.map(Box::new),
                    to: to.map(Box::new),
                    inclusive: *inclusive,
                }
            }
            ast::PatKind::Ref { inner, .. } => self.ref_pat(inner, ty, mode, names, span),
            ast::PatKind::Or(alternatives) => self.or_pat(alternatives, ty, mode, names),
        }
    }

    fn is_binding(&mut self, pat: &ast::Pat) -> bool {
        matches!(pat.kind, ast::PatKind::Ident { .. }) && self.constant_name(pat).is_none()
    }

    /// A bare name that is a constant, a unit struct or a variant.
    fn constant_name(&mut self, pat: &ast::Pat) -> Option<ValueRes> {
        let ast::PatKind::Ident {
            by_ref: false,
            mutable: false,
            name,
            sub: None,
        } = &pat.kind
        else {
            return None;
        };
        match self.names.bare_value(self.module, *name)? {
            Res::Const(const_) => Some(ValueRes::Const(const_, TyList::empty())),
            Res::Variant(adt, variant) => {
                let args = self.fresh_adt_args(adt);
                Some(ValueRes::Ctor(adt, variant, args))
            }
            Res::Adt(adt)
                if !self.program.adts[adt].is_enum
                    && self.program.adts[adt].variants[0].kind == VariantKind::Unit =>
            {
                let args = self.fresh_adt_args(adt);
                Some(ValueRes::Ctor(adt, VariantIdx(0), args))
            }
            _ => None,
        }
    }

    fn fresh_adt_args(&mut self, adt: AdtId) -> TyList {
        let count = self.program.adts[adt].generics.params.len();
        self.infer.fresh_list(count)
    }

    pub(super) fn bind(
        &mut self,
        name: Ident,
        mutable: bool,
        ty: Ty,
        mode: BindingMode,
        sub: Option<Box<Pat>>,
        names: &mut PatNames,
    ) -> PatKind {
        // A reference or view inside of what is matched is as good as a reference to it.
        let is_pointer = matches!(
            ty.kind(),
            TyKind::Ref(..) | TyKind::View(..) | TyKind::Error
        );
        let mode = if is_pointer { BindingMode::Value } else { mode };
        let local_ty = match mode {
            BindingMode::Value => ty,
            BindingMode::RefMut => Ty::reference(ty, Mutability::Mut),
        };
        let again = names.again.iter().find(|(known, _)| *known == name.name);
        let local = match again {
            Some((_, local)) => {
                let local = *local;
                let first = self.local_ty(local);
                if self.infer.try_unify(first, local_ty).is_err() {
                    self.mismatch(first, (local_ty, None), name.span, Why::Here);
                }
                local
            }
            None => {
                let local = self.new_local(name.name, local_ty, mutable, name.span);
                self.bind_name(name.name, local);
                local
            }
        };
        if names.bound.iter().any(|(known, _)| *known == name.name) {
            self.report(Diagnostic::error(
                codes::DUPLICATE_DEFINITION,
                name.span,
                format!("`{}` is bound twice in one pattern", name.name),
            ));
        }
        names.bound.push((name.name, local));
        PatKind::Binding { local, mode, sub }
    }

    pub(super) fn pattern_mismatch(&mut self, expected: Ty, found: Ty, span: Span) -> PatKind {
        let (expected, found) = (self.resolve(expected), self.resolve(found));
        if !self.has_error(expected) && !self.has_error(found) {
            let (value, pattern) = (self.show(expected), self.show(found));
            let mut error = Diagnostic::error(
                codes::PATTERN_TYPE,
                span,
                format!("the value is a `{value}`, and this pattern is for `{pattern}`"),
            );
            if self.as_option(expected).is_some_and(|inner| inner == found) {
                error = error.help("the value may be missing: write `Some(…)` around the pattern");
            }
            self.report(error);
        }
        PatKind::Error
    }

    fn pattern_value(&mut self, value: Expr, ty: Ty) -> Expr {
        let (found, span) = (value.ty, value.span);
        match self.try_coerce(value, ty) {
            Some(value) => value,
            None => {
                self.pattern_mismatch(ty, found, span);
                Checker::error_expr(span)
            }
        }
    }

    fn constant_pat(&mut self, res: ValueRes, ty: Ty, span: Span) -> PatKind {
        match res {
            ValueRes::Const(const_, args) => {
                let value = self.const_value(const_, args, span);
                let value = self.pattern_value(value, ty);
                PatKind::Literal(Box::new(value))
            }
            ValueRes::Ctor(adt, variant, args) => {
                let own = Ty::new(TyKind::Adt(adt, args));
                if self.infer.try_unify(ty, own).is_err() {
                    return self.pattern_mismatch(ty, own, span);
                }
                let declared = &self.program.adts[adt].variants[variant.index()];
                let (name, kind) = (declared.name, declared.kind);
                if kind != VariantKind::Unit {
                    let shape = match kind {
                        VariantKind::Tuple => format!("{name}(..)"),
                        _ => format!("{name} {{ .. }}"),
                    };
                    self.report(
                        Diagnostic::error(
                            codes::PATTERN_TYPE,
                            span,
                            format!("`{name}` has fields"),
                        )
                        .suggest_maybe(
                            span,
                            shape.clone(),
                            format!("match them: `{shape}`"),
                        ),
                    );
                }
                let fields = Vec::new();
                PatKind::Variant {
                    adt,
                    variant,
                    fields,
                }
            }
            ValueRes::Error => PatKind::Error,
            ValueRes::Local(_)
            | ValueRes::Fn(..)
            | ValueRes::ConstParam(_)
            | ValueRes::BoxNew(..) => {
                self.report(Diagnostic::error(
                    codes::PATTERN_TYPE,
                    span,
                    "a pattern compares with constants and variants only",
                ));
                PatKind::Error
            }
        }
    }

    fn range_end(&mut self, end: &ast::Expr, ty: Ty) -> Expr {
        let value = self.check_expr(end, Expect::Ty(ty));
        let value = self.pattern_value(value, ty);
        let known = self.shallow(value.ty);
        let ordered = super::message::is_number(known)
            || matches!(known.kind(), TyKind::Char | TyKind::Error);
        if !ordered {
            let shown = self.show(known);
            self.report(Diagnostic::error(
                codes::PATTERN_TYPE,
                end.span,
                format!("a range pattern is for numbers and characters, not for `{shown}`"),
            ));
            return Checker::error_expr(end.span);
        }
        value
    }

    /// `9..1` matches nothing.
    fn require_range_values(
        &mut self,
        (from, to): (&Option<Expr>, &Option<Expr>),
        inclusive: bool,
        span: Span,
    ) {
        let (Some(from), Some(to)) = (from, to) else {
            return;
        };
        let (Some(low), Some(high)) = (whole(from), whole(to)) else {
            return;
        };
        if low > high || low == high && !inclusive {
            self.report(
                Diagnostic::error(codes::PATTERN_TYPE, span, "this range has no values")
                    .help("write the lower end first; `..=` includes the upper one"),
            );
        }
    }

    /// `&p`: what the reference points at; on a value the value itself, with a hint.
    fn ref_pat(
        &mut self,
        inner: &ast::Pat,
        ty: Ty,
        mode: BindingMode,
        names: &mut PatNames,
        span: Span,
    ) -> PatKind {
        if let TyKind::Ref(to, _) = ty.kind() {
            let inner = self.pat(inner, *to, BindingMode::Value, names);
            return PatKind::Deref(Box::new(inner));
        }
        if !matches!(ty.kind(), TyKind::Infer(_) | TyKind::Error) {
            let shown = self.show(ty);
            let sign = Span {
                end: inner.span.start,
                ..span
            };
            self.report(
                Diagnostic::hint(
                    codes::REDUNDANT_REFERENCE,
                    span,
                    format!("the value is a `{shown}`, not a reference: `&` changes nothing"),
                )
                .suggest(sign, "", "leave the `&` out"),
            );
        }
        self.pat(inner, ty, mode, names).kind
    }

    fn or_pat(
        &mut self,
        alternatives: &[ast::Pat],
        ty: Ty,
        mode: BindingMode,
        names: &mut PatNames,
    ) -> PatKind {
        let mut checked = Vec::new();
        let mut first: Option<Vec<(Symbol, LocalId)>> = None;
        for alternative in alternatives {
            let mut own = PatNames {
                bound: Vec::new(),
                again: first.clone().unwrap_or_else(|| names.again.clone()),
            };
            checked.push(self.pat(alternative, ty, mode, &mut own));
            let Some(first) = &first else {
                first = Some(own.bound);
                continue;
            };
            for (name, at) in missing_names(first, &own.bound) {
                let message = format!("`{name}` is not bound in every alternative");
                let span = if at {
                    alternative.span
                } else {
                    alternatives[0].span
                };
                self.report(Diagnostic::error(codes::PATTERN_TYPE, span, message));
            }
        }
        names.bound.extend(first.unwrap_or_default());
        PatKind::Or(checked)
    }
}

/// Names that only one of two alternatives binds; true where it is the second that lacks it.
fn missing_names(first: &[(Symbol, LocalId)], second: &[(Symbol, LocalId)]) -> Vec<(Symbol, bool)> {
    let lacks =
        |names: &[(Symbol, LocalId)], name: Symbol| !names.iter().any(|(known, _)| *known == name);
    let mut missing: Vec<(Symbol, bool)> = Vec::new();
    missing.extend(
        first
            .iter()
            .filter(|(name, _)| lacks(second, *name))
            .map(|(name, _)| (*name, true)),
    );
    missing.extend(
        second
            .iter()
            .filter(|(name, _)| lacks(first, *name))
            .map(|(name, _)| (*name, false)),
    );
    missing
}

/// `..` or `rest @ ..` of a slice pattern, with the variable.
pub(super) fn rest_of(pat: &ast::Pat) -> Option<Option<(Ident, bool)>> {
    match &pat.kind {
        ast::PatKind::Rest => Some(None),
        ast::PatKind::Ident {
            name,
            mutable,
            sub: Some(sub),
            ..
        } if matches!(sub.kind, ast::PatKind::Rest) => Some(Some((*name, *mutable))),
        _ => None,
    }
}

/// The number that a literal is.
fn whole(value: &Expr) -> Option<i128> {
    match &value.kind {
        ExprKind::Int(value) => i128::try_from(*value).ok(),
        ExprKind::Char(char) => Some(i128::from(u32::from(*char))),
        ExprKind::Unary(UnaryOp::Neg, inner) => whole(inner)?.checked_neg(),
        _ => None,
    }
}
