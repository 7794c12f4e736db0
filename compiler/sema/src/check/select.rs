//! `select`

use super::build::{self, expr, reference};
use super::flow::{Branch, Merge};
use super::message::Why;
use super::{Checker, Expect};
use crate::hir::{BindingMode, Expr, ExprKind, Pat, SelectArm, SelectOp};
use crate::types::{Mutability, Ty, TyKind};
use gos_diag::{Diagnostic, Span, codes};
use gos_syntax::ast::{self, SelectArmKind};

impl Checker<'_> {
    pub(super) fn check_select(
        &mut self,
        arms: &[ast::SelectArm],
        span: Span,
        expect: Expect,
    ) -> Expr {
        let mut merge = Merge::new(expect);
        let mut checked: Vec<SelectArm> = Vec::new();
        let mut default: Option<Expr> = None;
        for arm in arms {
            match &arm.kind {
                SelectArmKind::Default => {
                    if default.is_some() {
                        self.report(Diagnostic::error(
                            codes::SELECT_OPERATION,
                            arm.span,
                            "a `select` has one `default` at most",
                        ));
                    }
                    default = Some(self.check_branch(&mut merge, Branch::Expr(&arm.body)));
                }
                SelectArmKind::Operation { pat, operation } => {
                    let found = self.scoped(|this| {
                        let op = this.select_op(pat.as_ref(), operation, arm.span);
                        let body = this.check_branch(&mut merge, Branch::Expr(&arm.body));
                        op.map(|op| SelectArm {
                            span: arm.span,
                            op,
                            body,
                        })
                    });
                    checked.extend(found);
                }
            }
        }
        let never = checked.iter().map(|arm| &arm.body).chain(&default);
        let never =
            never.clone().count() > 0 && never.clone().all(|body| self.shallow(body.ty).is_never());
        let ty = self.merged_ty(&merge, never);
        let arms = checked
            .into_iter()
            .map(|arm| SelectArm {
                body: self.settle_branch(arm.body, ty),
                ..arm
            })
            .collect();
        let default = default.map(|body| Box::new(self.settle_branch(body, ty)));
        expr(ty, span, ExprKind::Select { arms, default })
    }

    fn select_op(
        &mut self,
        pat: Option<&ast::Pat>,
        operation: &ast::Expr,
        span: Span,
    ) -> Option<SelectOp> {
        if let ast::ExprKind::MethodCall {
            receiver,
            method,
            args,
            ..
        } = &operation.kind
        {
            match (method.name.as_str(), args.as_slice()) {
                ("send", [value]) => {
                    let channel = self.check_value(receiver);
                    if let Some((channel, element)) = self.channel_of(channel, "sender") {
                        let value = self.check_coerce(value, element, Why::Here);
                        self.bind_sent(pat, span);
                        return Some(SelectOp::Send { channel, value });
                    }
                    self.not_selectable(receiver.span);
                    return None;
                }
                ("recv" | "wait", []) => {
                    let channel = self.check_value(receiver);
                    return self.receive(pat, channel, span);
                }
                _ => {}
            }
        }
        let channel = self.check_value(operation);
        self.receive(pat, channel, span)
    }

    fn bind_sent(&mut self, pat: Option<&ast::Pat>, span: Span) {
        if let Some(pat) = pat {
            self.check_pat(pat, Ty::unit(), BindingMode::Value);
        }
        let _ = span;
    }

    fn receive(&mut self, pat: Option<&ast::Pat>, channel: Expr, span: Span) -> Option<SelectOp> {
        let at = channel.span;
        let ty = self.must_know(channel.ty, at);
        if ty.is_error() {
            if let Some(pat) = pat {
                self.check_pat(pat, Ty::error(), BindingMode::Value);
            }
            return None;
        }
        let found = match self.channel_of(channel.clone(), "receiver") {
            Some(found) => Some(found),
            None => self.receiver_of(channel),
        };
        let Some((channel, element)) = found else {
            self.not_selectable(at);
            if let Some(pat) = pat {
                self.check_pat(pat, Ty::error(), BindingMode::Value);
            }
            return None;
        };
        let value_ty = self.option_of(element);
        let pat: Pat = match pat {
            Some(pat) => self.check_pat(pat, value_ty, BindingMode::Value),
            None => build::wild(value_ty, span),
        };
        Some(SelectOp::Receive {
            pat,
            channel,
            element,
        })
    }

    /// The value as an end of a channel, with the type of what goes through it.
    fn channel_of(&mut self, value: Expr, end: &str) -> Option<(Expr, Ty)> {
        let value = self.read(value);
        let ty = self.known(value.ty);
        match ty.kind() {
            TyKind::Adt(adt, args) if self.program.lang.find_adt(end) == Some(*adt) => {
                Some((value, *args.first()?))
            }
            _ => None,
        }
    }

    /// A library type that notifies through a channel: `receiver(&self) -> Receiver<T>`.
    fn receiver_of(&mut self, value: Expr) -> Option<(Expr, Ty)> {
        let value = self.read(value);
        let ty = self.known(value.ty);
        let span = value.span;
        let index = self.index;
        for &(impl_, fn_) in index.inherent_fns(Checker::symbol("receiver")) {
            let Some(args) = self.match_impl(impl_, ty) else {
                continue;
            };
            let result = self.fn_sig(fn_, args, span).result;
            let receiver = reference(value, Mutability::Not);
            let call = build::call(fn_, args, vec![receiver], result, span);
            return self.channel_of(call, "receiver");
        }
        None
    }

    fn not_selectable(&mut self, span: Span) {
        self.report(
            Diagnostic::error(
                codes::SELECT_OPERATION,
                span,
                "`select` cannot wait for this",
            )
            .help(
                "an arm is `pat = rx.recv()`, `tx.send(value)`, `_ = time::after(d)` or `default`",
            ),
        );
    }
}
