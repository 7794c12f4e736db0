//! Assignments that take a value apart: `(a, _) = e`, `[x, ..] = e`, `P { x, y: v[0] } = e`. The
//! left side is read as a pattern of which each leaf binds a temporary; the temporaries are then
//! assigned from left to right.

use super::build::{self, let_local, unit};
use super::message::Why;
use super::{Checker, Expect};
use crate::hir::{BindingMode, Expr, Stmt};
use crate::types::{Ty, TyKind};
use gos_diag::{Span, Symbol};
use gos_syntax::ast::{self, ExprKind, PatKind};

/// The left side, read as a pattern.
struct Assignee<'a> {
    /// What each temporary is called, and what it is assigned to.
    leaves: Vec<(Symbol, &'a ast::Expr)>,
}

/// Whether an assignment to this takes the value apart.
pub(super) fn takes_apart(lhs: &ast::Expr) -> bool {
    matches!(
        lhs.kind,
        ExprKind::Tuple(_) | ExprKind::Array(_) | ExprKind::Struct(_) | ExprKind::Call { .. }
    )
}

/// Whether this is `_`.
pub(super) fn is_underscore(e: &ast::Expr) -> bool {
    match &e.kind {
        ExprKind::Path(path) => path.as_ident().is_some_and(|ident| ident.name == "_"),
        _ => false,
    }
}

impl<'a> Assignee<'a> {
    fn pat(&mut self, e: &'a ast::Expr) -> ast::Pat {
        let kind = match &e.kind {
            _ if is_underscore(e) => PatKind::Wild,
            ExprKind::Range {
                start: None,
                end: None,
                ..
            } => PatKind::Rest,
            ExprKind::Tuple(items) => PatKind::Tuple(self.pats(items)),
            ExprKind::Array(items) => PatKind::Slice(self.pats(items)),
            ExprKind::Call { callee, args } => match &callee.kind {
                ExprKind::Path(path) => PatKind::TupleStruct {
                    path: path.clone(),
                    elems: self.pats(args),
                },
                _ => self.leaf(e),
            },
            ExprKind::Struct(lit) => PatKind::Struct {
                path: lit.path.clone(),
                fields: lit.fields.iter().map(|init| self.field(init)).collect(),
                rest: lit.base.is_some(),
            },
            _ => self.leaf(e),
        };
        ast::Pat {
            id: e.id,
            span: e.span,
            kind,
        }
    }

    fn pats(&mut self, items: &'a [ast::Expr]) -> Vec<ast::Pat> {
        items.iter().map(|item| self.pat(item)).collect()
    }

    fn field(&mut self, init: &'a ast::FieldInit) -> ast::FieldPat {
        ast::FieldPat {
            span: init.span,
            name: init.name,
            pat: self.pat(&init.value),
            shorthand: false,
        }
    }

    fn leaf(&mut self, e: &'a ast::Expr) -> PatKind {
        // A blank keeps the name apart from all that can be written.
        let name = Symbol::intern(&format!("_ {}", self.leaves.len()));
        self.leaves.push((name, e));
        PatKind::Ident {
            by_ref: false,
            mutable: false,
            name: ast::Ident { name, span: e.span },
            sub: None,
        }
    }
}

impl Checker<'_> {
    /// `(a, b) = e` and the like.
    pub(super) fn assign_apart(&mut self, lhs: &ast::Expr, rhs: &ast::Expr, span: Span) -> Expr {
        let mut assignee = Assignee { leaves: Vec::new() };
        let pat = assignee.pat(lhs);
        let places: Vec<Expr> = assignee
            .leaves
            .iter()
            .map(|(_, leaf)| {
                let place = self.check_expr(leaf, Expect::Any);
                self.make_mutable(place)
            })
            .collect();
        let wanted = self.assignee_ty(lhs, &mut places.iter());
        let value = self.check_expr(rhs, Expect::Ty(wanted));
        self.scoped(|this| {
            let temp = this.temp(value.ty, span);
            let whole = build::local(temp, value.ty, rhs.span);
            let ty = this.must_know(value.ty, rhs.span);
            let pat = this.check_pat(&pat, ty, BindingMode::Value);
            let mut stmts = vec![
                let_local(temp, value),
                Stmt::Let {
                    pat,
                    init: Some(whole),
                    otherwise: None,
                },
            ];
            for ((name, leaf), place) in assignee.leaves.iter().zip(places) {
                let Some((_, local)) = this.lookup(*name) else {
                    continue;
                };
                let part = build::local(local, this.local_ty(local), leaf.span);
                let why = Why::Assigned(leaf.span, this.declared_by(&place));
                let part = this.coerce(part, place.ty, why);
                let stored = this.store(place, part, leaf.span);
                stmts.push(Stmt::Expr(stored));
            }
            build::block(stmts, unit(span))
        })
    }

    /// What the left side says about the type of the right one.
    fn assignee_ty<'e>(
        &mut self,
        lhs: &ast::Expr,
        places: &mut impl Iterator<Item = &'e Expr>,
    ) -> Ty {
        match &lhs.kind {
            _ if is_underscore(lhs) => self.infer.fresh(),
            ExprKind::Tuple(items) => {
                let types: Vec<Ty> = items
                    .iter()
                    .map(|item| self.assignee_ty(item, places))
                    .collect();
                Ty::tuple(&types)
            }
            ExprKind::Array(items) => {
                let element = self.infer.fresh();
                for item in items {
                    let ty = self.assignee_ty(item, places);
                    let _ = self.infer.try_unify(element, ty);
                }
                let length = self.infer.fresh();
                Ty::new(TyKind::Array(element, length))
            }
            ExprKind::Call { args, .. } => {
                for arg in args {
                    self.assignee_ty(arg, places);
                }
                self.infer.fresh()
            }
            ExprKind::Struct(lit) => {
                for init in &lit.fields {
                    self.assignee_ty(&init.value, places);
                }
                self.infer.fresh()
            }
            ExprKind::Range { .. } => self.infer.fresh(),
            _ => match places.next() {
                Some(place) => place.ty,
                None => self.infer.fresh(),
            },
        }
    }
}
