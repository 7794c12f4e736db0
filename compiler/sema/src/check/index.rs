//! Indexing and slicing.

use super::build::{self, coercion, deref, expr, reference};
use super::call::Arg;
use super::message::Why;
use super::method::{MethodSyntax, apply_derefs};
use super::obligation::Cause;
use super::{Checker, Expect};
use crate::hir::{Coercion, Expr, ExprKind};
use crate::program::VariantIdx;
use crate::types::{InferVar, Mutability, TraitRef, Ty, TyKind, TyList};
use gos_diag::{Diagnostic, Span, codes};
use gos_syntax::ast::{self, Ident};

impl Checker<'_> {
    pub(super) fn check_index(&mut self, base: &ast::Expr, index: &ast::Expr, span: Span) -> Expr {
        let base = self.check_expr(base, Expect::Any);
        self.index_checked(base, index, span)
    }

    fn index_builtin(
        &mut self,
        base: Expr,
        base_ty: Ty,
        element: Ty,
        index: &ast::Expr,
        span: Span,
    ) -> Expr {
        if let ast::ExprKind::Range {
            start,
            end,
            inclusive,
        } = &index.kind
        {
            let from = start.as_ref().map(|from| self.slice_bound(from));
            let to = end.as_ref().map(|to| self.slice_bound(to));
            return slice(base, base_ty, element, from, to, *inclusive, span);
        }
        let value = self.check_position(index);
        let index_ty = self.must_know(value.ty, value.span);
        let index_ty = self.through_references(index_ty);
        match index_ty.kind() {
            TyKind::Error => return Checker::error_expr(span),
            TyKind::Int(_) | TyKind::Infer(InferVar::Int(_)) => {}
            TyKind::Adt(..) => {
                if let Some(sliced) = self.slice_by_value(base, base_ty, element, &value, span) {
                    return sliced;
                }
                self.bad_index(base_ty, value.ty, value.span);
                return Checker::error_expr(span);
            }
            _ => {
                self.bad_index(base_ty, value.ty, value.span);
                return Checker::error_expr(span);
            }
        }
        let value = self.coerce(value, index_ty, Why::Here);
        expr(
            element,
            span,
            ExprKind::Index(Box::new(base), Box::new(value)),
        )
    }

    /// A number in an index: any integer, of which a literal is a `usize`.
    fn check_position(&mut self, position: &ast::Expr) -> Expr {
        let expect = match position.kind {
            ast::ExprKind::Lit(_) => Expect::Ty(Ty::usize()),
            _ => Expect::Any,
        };
        self.check_expr(position, expect)
    }

    fn bad_index(&mut self, base: Ty, index: Ty, span: Span) {
        let (base, index) = (self.show(base), self.show(index));
        self.report(Diagnostic::error(
            codes::TYPE_MISMATCH,
            span,
            format!("`{base}` is indexed by integers and ranges, not by `{index}`"),
        ));
    }

    /// A bound of a range inside `[…]`: any integer.
    fn slice_bound(&mut self, bound: &ast::Expr) -> Expr {
        let value = self.check_position(bound);
        let ty = self.known(value.ty);
        let ty = self.through_references(ty);
        match ty.kind() {
            TyKind::Int(_) | TyKind::Infer(InferVar::Int(_)) => self.coerce(value, ty, Why::Here),
            _ => self.coerce(value, Ty::usize(), Why::Here),
        }
    }

    /// `v[r]` where `r` is a range held by a variable.
    fn slice_by_value(
        &mut self,
        base: Expr,
        base_ty: Ty,
        element: Ty,
        range: &Expr,
        span: Span,
    ) -> Option<Expr> {
        let range_ty = self.through_references(range.ty);
        let TyKind::Adt(adt, args) = range_ty.kind() else {
            return None;
        };
        let lang = |name: &str| self.program.lang.find_adt(name) == Some(*adt);
        let (from, to, inclusive) = match () {
            () if lang("range") => (Some("start"), Some("end"), false),
            () if lang("range_inclusive") => (Some("start"), Some("end"), true),
            () if lang("range_from") => (Some("start"), None, false),
            () if lang("range_to") => (None, Some("end"), false),
            () if lang("range_to_inclusive") => (None, Some("end"), true),
            () if lang("range_full") => (None, None, false),
            () => return None,
        };
        if let Some(&bound) = args.first() {
            let _ = self.infer.try_unify(bound, Ty::usize());
        }
        let mut stmts = Vec::new();
        let range = self.try_coerce(range.clone(), range_ty)?;
        let range = self.hoist(range, &mut stmts);
        let bound = |this: &mut Self, name: &str| {
            let name = Checker::symbol(name);
            let (field, ty) = this.declared_field(*adt, VariantIdx(0), name, *args)?;
            let kind = ExprKind::Field(Box::new(range.clone()), field);
            Some(expr(ty, span, kind))
        };
        let from = from.and_then(|name| bound(self, name));
        let to = to.and_then(|name| bound(self, name));
        let sliced = slice(base, base_ty, element, from, to, inclusive, span);
        Some(build::block(stmts, sliced))
    }

    /// Types of the library and the user: `*Index::index(&base, index)`.
    fn index_by_trait(&mut self, base: Expr, ty: Ty, index: &ast::Expr, span: Span) -> Expr {
        let Some(trait_) = self.program.lang.find_trait("index") else {
            self.not_indexable(ty, base.span);
            return Checker::error_expr(span);
        };
        let key = self.infer.fresh();
        let trait_ref = TraitRef {
            trait_,
            args: TyList::new(&[ty, key]),
        };
        if !self.may_hold(trait_ref, span) {
            if let Some(inner) = self.deref_guard(&base, ty, span) {
                let inner_ty = self.known(inner.ty);
                if let TyKind::Vec(element) | TyKind::Array(element, _) = inner_ty.kind() {
                    return self.index_builtin(inner, inner_ty, *element, index, span);
                }
                return self.index_by_trait(inner, inner_ty, index, span);
            }
            self.check_value(index);
            self.not_indexable(ty, base.span);
            return Checker::error_expr(span);
        }
        self.require_trait(trait_ref, span, Cause::Plain);
        self.select();
        let value = self.check_coerce(index, key, Why::Here);
        self.select();
        let output = self.normalize_projection(trait_ref, Checker::symbol("Output"), span);
        let Some(method) = self.method_of(trait_, "index") else {
            return Checker::error_expr(span);
        };
        let key = self
            .fn_sig(method, trait_ref.args, span)
            .params
            .get(1)
            .copied();
        let value = match key {
            Some(key) => self.coerce(value, key, Why::Here),
            None => value,
        };
        let args = vec![reference(base, Mutability::Not), value];
        let pointer = Ty::reference(output, Mutability::Not);
        let call = build::call(method, trait_ref.args, args, pointer, span);
        deref(call, output)
    }

    fn not_indexable(&mut self, ty: Ty, span: Span) {
        if self.has_error(ty) {
            return;
        }
        let shown = self.show(ty);
        let mut error = Diagnostic::error(
            codes::NOT_INDEXABLE,
            span,
            format!("`{shown}` has no elements to index"),
        );
        if let TyKind::Tuple(_) = ty.kind() {
            error = error.help("an element of a tuple is written `t.0`");
        }
        self.report(error);
    }

    /// `m[k] = v` on a collection with `insert`: stores the value, whether the key is there or
    /// not. None where the place is no such collection's element.
    pub(super) fn insert_by_index(
        &mut self,
        base: &ast::Expr,
        index: &ast::Expr,
        value: &ast::Expr,
        span: Span,
    ) -> Option<Expr> {
        let checked = self.check_expr(base, Expect::Any);
        let checked = self.through_guard(checked);
        let steps = self.deref_steps(checked.ty, checked.span);
        let last = *steps.last()?;
        let TyKind::Adt(adt, _) = last.kind() else {
            return self.assign_elsewhere(checked, index, value, span);
        };
        let module = self.program.adts[*adt].module;
        if let Some(done) = self.assign_by_trait(&checked, &steps, (index, value), span) {
            return Some(done);
        }
        let insert = Checker::symbol("insert");
        let is_map = self.program.modules[module].is_std()
            && self
                .probe_method(&steps, insert, span)
                .is_ok_and(|pick| self.program.fns[pick.fn_].sig.params.len() == 3);
        if !is_map {
            return self.assign_elsewhere(checked, index, value, span);
        }
        let call = MethodSyntax {
            method: Ident {
                name: insert,
                span: base.span,
            },
            generics: None,
            args: &[],
            span,
        };
        let args = vec![Arg::Syntax(index), Arg::Syntax(value)];
        let inserted = self.call_method(checked, &call, args, Expect::Drop);
        let kind = ExprKind::Discard(Box::new(inserted));
        Some(expr(Ty::unit(), span, kind))
    }

    /// `base[index] = value` by the library's `IndexMut::assign`.
    fn assign_by_trait(
        &mut self,
        base: &Expr,
        steps: &[Ty],
        (index, value): (&ast::Expr, &ast::Expr),
        span: Span,
    ) -> Option<Expr> {
        let trait_ = self.program.lang.find_trait("index_mut")?;
        let assign = self.method_of(trait_, "assign")?;
        let key = self.infer.fresh();
        let trait_ref = TraitRef {
            trait_,
            args: TyList::new(&[*steps.last()?, key]),
        };
        if !self.may_hold(trait_ref, span) {
            return None;
        }
        self.require_trait(trait_ref, span, Cause::Plain);
        self.select();
        let place = apply_derefs(base.clone(), steps, steps.len() - 1);
        let place = self.make_mutable(place);
        if super::place::is_place(&place) {
            self.require_mutable(&place, base.span, "assignment to an element of");
        }
        let sig = self.fn_sig(assign, trait_ref.args, span);
        let &[_, key, stored] = sig.params.as_slice() else {
            return None;
        };
        let index = self.check_coerce(index, key, Why::Here);
        self.select();
        let value = self.check_coerce(value, stored, Why::Here);
        let args = vec![reference(place, Mutability::Mut), index, value];
        Some(build::call(assign, trait_ref.args, args, Ty::unit(), span))
    }

    /// The ordinary assignment to `base[index]`, with the base checked already.
    fn assign_elsewhere(
        &mut self,
        base: Expr,
        index: &ast::Expr,
        value: &ast::Expr,
        span: Span,
    ) -> Option<Expr> {
        let place = self.index_checked(base, index, span);
        Some(self.assign_to(place, value, span))
    }

    fn index_checked(&mut self, base: Expr, index: &ast::Expr, span: Span) -> Expr {
        let base = self.through_guard(base);
        let steps = self.deref_steps(base.ty, base.span);
        for (derefs, &step) in steps.iter().enumerate() {
            let element = match step.kind() {
                TyKind::Error => return Checker::error_expr(span),
                TyKind::Vec(element) | TyKind::View(element, _) | TyKind::Array(element, _) => {
                    *element
                }
                TyKind::String => Ty::int(crate::types::IntTy::U8),
                _ => continue,
            };
            let base = apply_derefs(base, &steps, derefs);
            return self.index_builtin(base, step, element, index, span);
        }
        let last = steps.last().copied().unwrap_or_else(Ty::error);
        let place = apply_derefs(base, &steps, steps.len().saturating_sub(1));
        self.index_by_trait(place, last, index, span)
    }
}

fn slice(
    base: Expr,
    base_ty: Ty,
    element: Ty,
    from: Option<Expr>,
    to: Option<Expr>,
    inclusive: bool,
    span: Span,
) -> Expr {
    let ty = match base_ty.kind() {
        TyKind::String => Ty::string(),
        TyKind::View(_, mutability) => Ty::view(element, *mutability),
        _ => Ty::view(element, Mutability::Not),
    };
    // The bytes of an array that is no place have to live somewhere.
    let base = match base_ty.kind() {
        TyKind::Array(..) if !super::place::is_place(&base) => {
            let taken = reference(base, Mutability::Not);
            coercion(Coercion::View, taken, Ty::view(element, Mutability::Not))
        }
        _ => base,
    };
    let kind = ExprKind::Slice {
        base: Box::new(base),
        from: from.map(Box::new),
        to: to.map(Box::new),
        inclusive,
    };
    expr(ty, span, kind)
}
