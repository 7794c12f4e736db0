//! The end of a body: defaults, leftover obligations, final types in every node.

use super::Checker;
use super::operator::is_primitive;
use super::visit::{Visitor, walk_expr, walk_pat};
use crate::hir::{Body, Expr, ExprKind, Pat, SelectOp};
use crate::infer::has_vars;
use crate::program::Predicate;
use crate::types::{Fold, InferVar, Ty, TyKind};
use gos_diag::{Diagnostic, Span, codes, has_errors};

impl Checker<'_> {
    /// Decides what is still open, and reports what cannot be decided.
    pub(super) fn settle(&mut self) {
        self.select();
        // Each default may decide further types.
        while self.infer.apply_defaults() || self.default_collection(|_| true) {
            self.select();
        }
        self.settle_diverging_casts();
        for ty in std::mem::take(&mut self.diverging) {
            if matches!(self.shallow(ty).kind(), TyKind::Infer(_)) {
                let _ = self.infer.try_unify(ty, Ty::unit());
            }
        }
        self.select();
        self.check_int_ranges();
        self.check_casts();
    }

    /// What `collect()`, `partition` and `unzip` make is a sequence, where nothing says which collection it
    /// is. True when that decided one that `wanted` picks.
    pub(super) fn default_collection(&mut self, wanted: impl Fn(Ty) -> bool) -> bool {
        let filled = ["from_iterator", "extend"].map(|name| self.program.lang.find_trait(name));
        let mut pending = self.obligations.iter();
        let open = pending.find_map(|obligation| match &obligation.predicate {
            Predicate::Trait(goal, _) if filled.contains(&Some(goal.trait_)) => {
                let made = self.shallow(*goal.args.first()?);
                let is_open = matches!(made.kind(), TyKind::Infer(InferVar::Ty(_)));
                (is_open && wanted(made)).then_some((made, *goal.args.get(1)?))
            }
            _ => None,
        });
        open.is_some_and(|(made, item)| self.infer.try_unify(made, Ty::vec(item)).is_ok())
    }

    /// Obligations that nothing decided.
    pub(super) fn report_leftovers(&mut self) {
        self.select();
        let leftovers = std::mem::take(&mut self.obligations);
        if let Some(first) = leftovers.first()
            && !has_errors(&self.diagnostics)
        {
            self.report_open(first.span);
        }
    }

    fn report_open(&mut self, span: Span) {
        self.report(
            Diagnostic::error(codes::CANNOT_INFER, span, "the type of this is not known")
                .help("write it: `let x: T = …`, or `f::<T>(…)`"),
        );
    }

    /// Looks again at operators, and at errors that `?` hands on, that were checked before the types
    /// of their operands were known.
    pub(super) fn finish_operators(&mut self, body: &mut Body) {
        struct Operators<'c, 'a>(&'c mut Checker<'a>);
        impl Visitor for Operators<'_, '_> {
            fn expr(&mut self, e: &mut Expr) {
                walk_expr(self, e);
                if matches!(e.kind, ExprKind::Call { .. }) {
                    self.0.reconsider_conversion(e);
                }
                let ExprKind::Binary(op, left, _) = &e.kind else {
                    return;
                };
                let ty = self.0.shallow(left.ty);
                if is_primitive(ty) || ty.is_error() || matches!(ty.kind(), TyKind::Infer(_)) {
                    return;
                }
                let op = *op;
                let node = std::mem::replace(e, Checker::error_expr(e.span));
                *e = self.0.reconsider_binary(op, node);
            }
        }
        Operators(self).expr(&mut body.value);
    }

    /// Puts final types into every node of a body.
    pub(super) fn finish_types(&mut self, body: &mut Body) {
        for (_, local) in body.locals.iter_mut() {
            local.ty = self.final_ty(local.ty, local.span);
        }
        let mut types = Types(self);
        for param in &mut body.params {
            types.pat(param);
        }
        types.expr(&mut body.value);
    }

    /// The type without variables. What is still open is reported once per body.
    pub(super) fn final_ty(&mut self, ty: Ty, span: Span) -> Ty {
        let ty = self.infer.resolve(ty);
        if !has_vars(ty) {
            self.mentions.note_type(self.program, ty);
            return ty;
        }
        if !has_errors(&self.diagnostics) {
            self.report_open(span);
        }
        ty.fold(&mut |part| match part.kind() {
            TyKind::Infer(_) => Ty::error(),
            _ => part,
        })
    }
}

struct Types<'c, 'a>(&'c mut Checker<'a>);

impl Types<'_, '_> {
    fn list<T: Fold>(&mut self, list: T, span: Span) -> T {
        let list = self.0.infer.resolve(list);
        list.fold(&mut |part| match part.kind() {
            TyKind::Infer(_) => self.0.final_ty(part, span),
            _ => part,
        })
    }
}

impl Visitor for Types<'_, '_> {
    fn expr(&mut self, e: &mut Expr) {
        let span = e.span;
        e.ty = self.0.final_ty(e.ty, span);
        match e.kind {
            ExprKind::Const(id, _) | ExprKind::Static(id) => self.0.mentions.note_const(id),
            ExprKind::Fn(id, _) => self.0.mentions.note_fn(self.0.program, id),
            _ => {}
        }
        match &mut e.kind {
            ExprKind::Int(value) => {
                if let TyKind::Int(int) = e.ty.kind()
                    && int.bits() < 128
                {
                    *value &= (1 << int.bits()) - 1;
                }
            }
            ExprKind::Const(_, args)
            | ExprKind::Fn(_, args)
            | ExprKind::Call { args_ty: args, .. }
            | ExprKind::For {
                next: (_, args), ..
            } => *args = self.list(*args, span),
            ExprKind::Repeat { clone, value, .. } => {
                let element = self.0.infer.resolve(value.ty);
                *clone = match clone {
                    Some((fn_, args)) if !copies_by_bits(element) => {
                        Some((*fn_, self.list(*args, span)))
                    }
                    _ => None,
                };
            }
            ExprKind::ConstParam(ty) => *ty = self.0.final_ty(*ty, span),
            ExprKind::Select { arms, .. } => {
                for arm in arms {
                    if let SelectOp::Receive { element, .. } = &mut arm.op {
                        *element = self.0.final_ty(*element, span);
                    }
                }
            }
            _ => {}
        }
        walk_expr(self, e);
    }

    fn pat(&mut self, pat: &mut Pat) {
        pat.ty = self.0.final_ty(pat.ty, pat.span);
        walk_pat(self, pat);
    }
}

/// Types whose clone is their bits.
fn copies_by_bits(ty: Ty) -> bool {
    match ty.kind() {
        TyKind::Bool
        | TyKind::Char
        | TyKind::Int(_)
        | TyKind::Float(_)
        | TyKind::String
        | TyKind::Ref(..)
        | TyKind::View(..)
        | TyKind::Ptr
        | TyKind::FnPtr(_)
        | TyKind::FnObj(_)
        | TyKind::FnDef(..)
        | TyKind::Closure(..)
        | TyKind::Dyn { .. }
        | TyKind::Never
        | TyKind::Error => true,
        TyKind::Tuple(items) => items.iter().all(|&item| copies_by_bits(item)),
        TyKind::Array(element, _) => copies_by_bits(*element),
        _ => false,
    }
}
