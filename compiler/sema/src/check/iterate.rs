//! `for`, and what it can walk.

use super::build::{self, coercion, expr, reference};
use super::scope::LoopKind;
use super::{Checker, Expect};
use crate::hir::{BindingMode, Coercion, Expr, ExprKind, PatKind};
use crate::program::FnId;
use crate::types::{InferVar, Mutability, TraitRef, Ty, TyKind, TyList};
use gos_diag::{Diagnostic, Span, codes};
use gos_syntax::ast;

impl Checker<'_> {
    pub(super) fn check_for(&mut self, for_: &ast::ForExpr, span: Span) -> Expr {
        let iterable = self.check_value(&for_.iter);
        let found = self.iterate(iterable);
        let item = match &found {
            Some((_, item, _)) => *item,
            None => Ty::error(),
        };
        let label = for_.label.map(|label| label.name);
        let unit = Ty::unit();
        let ((id, pat, body), _) = self.in_loop(label, LoopKind::Conditional, unit, |this, id| {
            this.scoped(|this| {
                let pat = this.check_pat(&for_.pat, item, BindingMode::Value);
                this.mark_element_copies(&pat);
                (id, pat, this.check_block(&for_.body, Expect::Drop))
            })
        });
        let Some((iterator, _, next)) = found else {
            return Expr {
                ty: Ty::unit(),
                ..Checker::error_expr(span)
            };
        };
        let kind = ExprKind::For {
            id,
            pat: Box::new(pat),
            iterator: Box::new(iterator),
            next,
            body: Box::new(body),
        };
        expr(Ty::unit(), span, kind)
    }

    fn mark_element_copies(&mut self, pat: &crate::hir::Pat) {
        match &pat.kind {
            PatKind::Binding { local, .. } => {
                if let Some(facts) = self.frame().facts.get_mut(local.index()) {
                    facts.element_copy = true;
                }
            }
            PatKind::Tuple(parts) => {
                for part in parts {
                    self.mark_element_copies(part);
                }
            }
            _ => {}
        }
    }

    /// What `for` walks: the iterator, the type of what it yields, and its `next`.
    pub(super) fn iterate(&mut self, iterable: Expr) -> Option<(Expr, Ty, (FnId, TyList))> {
        let span = iterable.span;
        let iterable = self.through_guard(iterable);
        let into = self.program.lang.find_trait("into_iterator");
        let iterator = self.program.lang.find_trait("iterator");
        let (Some(into), Some(iterator)) = (into, iterator) else {
            self.missing_lang("iterator", span);
            return None;
        };
        let steps = self.deref_steps(iterable.ty, span);
        let last = *steps.last()?;
        if last.is_error() {
            return None;
        }
        for references in [false, true] {
            for (derefs, &step) in steps.iter().enumerate() {
                if matches!(step.kind(), TyKind::Ref(..)) != references {
                    continue;
                }
                let place = super::method::apply_derefs(iterable.clone(), &steps, derefs);
                if let Some(range) = self.iterate_range(&place, step, iterator) {
                    return Some(range);
                }
                let by_mut = derefs > 0
                    && matches!(steps[derefs - 1].kind(), TyKind::Ref(_, Mutability::Mut));
                for source in self.iterable_forms(place, step, by_mut) {
                    let args = Checker::one(source.ty);
                    if !self.holds(TraitRef { trait_: into, args }, span) {
                        continue;
                    }
                    return self.iterator_of(source, into, iterator);
                }
            }
        }
        let shown = self.show(last);
        let mut error = Diagnostic::error(
            codes::NOT_ITERABLE,
            span,
            format!("`{shown}` cannot be walked with `for`"),
        );
        error = match last.kind() {
            TyKind::Int(_) | TyKind::Infer(InferVar::Int(_)) => {
                error.help("to count, write a range: `0..n`")
            }
            TyKind::String => error.help("walk its characters with `.chars()`, or `.bytes()`"),
            _ => error.help("implement `Iterator` or `IntoIterator` for it"),
        };
        self.report(error);
        None
    }

    /// The forms in which a value may be walked: itself, or a view of it.
    fn iterable_forms(&mut self, place: Expr, ty: Ty, by_mut: bool) -> Vec<Expr> {
        let view = |mutability| match ty.kind() {
            TyKind::Vec(element) => {
                let source = match mutability {
                    Mutability::Mut => reference(place.clone(), mutability),
                    Mutability::Not => place.clone(),
                };
                Some(coercion(
                    Coercion::View,
                    source,
                    Ty::view(*element, mutability),
                ))
            }
            TyKind::Array(element, _) => {
                let source = reference(place.clone(), mutability);
                Some(coercion(
                    Coercion::View,
                    source,
                    Ty::view(*element, mutability),
                ))
            }
            _ => None,
        };
        let mut forms = Vec::new();
        if by_mut {
            forms.extend(view(Mutability::Mut));
        }
        forms.push(Expr {
            ty,
            ..place.clone()
        });
        forms.extend(view(Mutability::Not));
        forms
    }

    /// A range is its own iterator, also while its integer type is open.
    fn iterate_range(
        &mut self,
        place: &Expr,
        ty: Ty,
        iterator: crate::program::TraitId,
    ) -> Option<(Expr, Ty, (FnId, TyList))> {
        let TyKind::Adt(adt, args) = ty.kind() else {
            return None;
        };
        let ranges = ["range", "range_inclusive", "range_from"];
        let mut known = ranges.iter().map(|name| self.program.lang.find_adt(name));
        if !known.any(|range| range == Some(*adt)) {
            return None;
        }
        let item = *args.first()?;
        let next = self.method_of(iterator, "next")?;
        let trait_ref = TraitRef {
            trait_: iterator,
            args: Checker::one(ty),
        };
        self.require_trait(trait_ref, place.span, super::obligation::Cause::Plain);
        Some((place.clone(), item, (next, trait_ref.args)))
    }

    fn iterator_of(
        &mut self,
        source: Expr,
        into: crate::program::TraitId,
        iterator: crate::program::TraitId,
    ) -> Option<(Expr, Ty, (FnId, TyList))> {
        let span = source.span;
        let args = Checker::one(source.ty);
        let trait_ref = TraitRef { trait_: into, args };
        self.require_trait(trait_ref, span, super::obligation::Cause::Plain);
        let name = Checker::symbol("IntoIter");
        let iter_ty = self.normalize_projection(trait_ref, name, span);
        let iter_ty = self.known(iter_ty);
        let next_args = Checker::one(iter_ty);
        let of_iter = TraitRef {
            trait_: iterator,
            args: next_args,
        };
        let item = self.normalize_projection(of_iter, Checker::symbol("Item"), span);
        let into_iter = self.method_of(into, "into_iter")?;
        let next = self.method_of(iterator, "next")?;
        let iterator = build::call(into_iter, args, vec![source], iter_ty, span);
        Some((iterator, item, (next, next_args)))
    }
}
