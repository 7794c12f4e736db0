//! The dispatch over expressions; every area has its own file.

use super::build::{expr, unit};
use super::{Checker, Expect};
use crate::hir::{Expr, ExprKind};
use crate::types::{InferVar, Ty, TyKind};
use gos_diag::{Diagnostic, Span, codes};
use gos_syntax::ast;

/// Deeper trees than the parser lets through are not followed.
const DEPTH_MAX: u32 = 1000;

impl Checker<'_> {
    /// Checks an expression; the result need not have the expected type yet.
    pub(super) fn check_expr(&mut self, e: &ast::Expr, expect: Expect) -> Expr {
        if self.depth >= DEPTH_MAX {
            let message = "this is nested deeper than the compiler follows";
            self.report(Diagnostic::error(codes::NESTING_TOO_DEEP, e.span, message));
            return Checker::error_expr(e.span);
        }
        self.depth += 1;
        let checked = self.check_kind(e, expect);
        self.depth -= 1;
        self.note_given_up(e.span);
        checked
    }

    fn check_kind(&mut self, e: &ast::Expr, expect: Expect) -> Expr {
        let span = e.span;
        match &e.kind {
            ast::ExprKind::Lit(lit) => self.check_literal(lit, expect),
            ast::ExprKind::Path(path) => self.check_path(path, span, expect),
            ast::ExprKind::Unary { op, operand } => self.check_unary(*op, operand, span, expect),
            ast::ExprKind::Binary {
                op,
                op_span,
                lhs,
                rhs,
            } => self.check_binary(*op, *op_span, lhs, rhs, expect),
            ast::ExprKind::Assign { lhs, rhs } => self.check_assign(lhs, rhs, span),
            ast::ExprKind::AssignOp {
                op,
                op_span,
                lhs,
                rhs,
            } => self.check_assign_op(*op, *op_span, lhs, rhs, span),
            ast::ExprKind::Ref { mutable, operand } => {
                self.check_ref(*mutable, operand, span, expect)
            }
            ast::ExprKind::Cast { operand, ty } => self.check_cast(operand, ty, span),
            ast::ExprKind::Call { callee, args } => self.check_call(callee, args, span, expect),
            ast::ExprKind::MethodCall {
                receiver,
                method,
                generics,
                args,
            } => {
                let call = super::method::MethodSyntax {
                    method: *method,
                    generics: generics.as_ref(),
                    args,
                    span,
                };
                self.check_method_call(receiver, &call, expect)
            }
            ast::ExprKind::Field { base, name } => self.check_field(base, *name, span),
            ast::ExprKind::TupleField {
                base,
                index,
                index_span,
            } => self.check_tuple_field(base, *index, *index_span, span),
            ast::ExprKind::Index { base, index } => self.check_index(base, index, span),
            ast::ExprKind::Range {
                start,
                end,
                inclusive,
            } => self.check_range(start.as_deref(), end.as_deref(), *inclusive, span, expect),
            ast::ExprKind::Try(operand) => self.check_try(operand, span, expect),
            ast::ExprKind::Tuple(items) => self.check_tuple(items, span, expect),
            ast::ExprKind::Array(items) => self.check_array(items, span, expect),
            ast::ExprKind::Repeat { value, len } => self.check_repeat(value, len, span, expect),
            ast::ExprKind::Struct(lit) => self.check_struct(lit, span, expect),
            ast::ExprKind::Block { label, block } => {
                self.check_labeled_block(*label, block, span, expect)
            }
            ast::ExprKind::Unsafe(block) => self.check_block(block, expect),
            ast::ExprKind::If(if_) => self.check_if(if_, span, expect),
            ast::ExprKind::Let { .. } => self.check_condition_part(e),
            ast::ExprKind::Match { scrutinee, arms } => {
                self.check_match(scrutinee, arms, span, expect)
            }
            ast::ExprKind::Loop { label, body } => self.check_loop(*label, body, span, expect),
            ast::ExprKind::While { label, cond, body } => {
                self.check_while(*label, cond, body, span)
            }
            ast::ExprKind::For(for_) => self.check_for(for_, span),
            ast::ExprKind::Break { label, value } => {
                self.check_break(*label, value.as_deref(), span)
            }
            ast::ExprKind::Continue { label } => self.check_continue(*label, span),
            ast::ExprKind::Return(value) => self.check_return(value.as_deref(), span),
            ast::ExprKind::Closure(closure) => self.check_closure(closure, span, expect),
            ast::ExprKind::Macro(call) => self.check_macro(call, span, expect),
            ast::ExprKind::Pipe { lhs, rhs, .. } => self.check_pipe(lhs, rhs, span, expect),
            ast::ExprKind::Go(operand) => self.check_go(operand, span),
            ast::ExprKind::Defer(operand) => self.check_defer(operand, span),
            ast::ExprKind::Select(arms) => self.check_select(arms, span, expect),
            ast::ExprKind::Error => Checker::error_expr(span),
        }
    }

    fn check_tuple(&mut self, items: &[ast::Expr], span: Span, expect: Expect) -> Expr {
        if items.is_empty() {
            return unit(span);
        }
        let wanted = match self.expected(expect).map(|ty| ty.kind()) {
            Some(TyKind::Tuple(types)) if types.len() == items.len() => types.to_vec(),
            _ => Vec::new(),
        };
        let mut values = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let value = match wanted.get(index) {
                Some(&ty) => self.check_member(item, ty),
                None => self.check_value(item),
            };
            values.push(value);
        }
        let types: Vec<Ty> = values.iter().map(|value| value.ty).collect();
        expr(Ty::tuple(&types), span, ExprKind::Tuple(values))
    }

    /// A part of a literal whose type is expected to be `ty`: converted where that works, so that
    /// the whole can be compared afterwards.
    pub(super) fn check_member(&mut self, item: &ast::Expr, ty: Ty) -> Expr {
        self.check_coerce(item, ty, super::message::Why::Here)
    }

    /// An expression of which nothing is expected, and which is a value of its own.
    pub(super) fn check_value(&mut self, item: &ast::Expr) -> Expr {
        self.check_expr(item, Expect::Any)
    }

    /// The expected type as far as it is known.
    pub(super) fn expected(&self, expect: Expect) -> Option<Ty> {
        match expect {
            Expect::Ty(ty) => Some(self.shallow(ty)),
            Expect::Any | Expect::Drop => None,
        }
    }

    /// The expected type, if it is more than a variable.
    pub(super) fn expected_known(&self, expect: Expect) -> Option<Ty> {
        let ty = self.expected(expect)?;
        (!matches!(ty.kind(), TyKind::Infer(InferVar::Ty(_)))).then_some(ty)
    }

    /// What the type is at its outside, after solving what can be solved by now.
    pub(super) fn known(&mut self, ty: Ty) -> Ty {
        let ty = self.shallow(ty);
        if !matches!(ty.kind(), TyKind::Infer(InferVar::Ty(_))) {
            return ty;
        }
        self.select();
        self.shallow(ty)
    }

    /// As [`Checker::known`], and reports a type that is still unknown.
    pub(super) fn must_know(&mut self, ty: Ty, span: Span) -> Ty {
        let ty = self.known(ty);
        if let TyKind::Infer(InferVar::Ty(_)) = ty.kind() {
            if self.default_collection(|collected| collected == ty) {
                return self.known(ty);
            }
            self.report_unknown_type(span);
            let _ = self.infer.unify(ty, Ty::error());
            return Ty::error();
        }
        ty
    }

    pub(super) fn report_unknown_type(&mut self, span: Span) {
        self.report(
            Diagnostic::error(
                codes::CANNOT_INFER,
                span,
                "the type of this is not known at this point",
            )
            .help("write the type where the value is made: `let x: T = …`"),
        );
    }
}
