//! Operators: built in on primitives, traits on everything else. There is no implicit conversion
//! between numbers.

use super::build::{self, deref, expr, reference};
use super::message::{Why, is_number};
use super::obligation::Cause;
use super::operator_name::{from_hir, hir_op, op_names, trait_title};
use super::{Checker, Expect};
use crate::hir::{BinaryOp, Expr, ExprKind, UnaryOp};
use crate::program::TraitId;
use crate::types::{InferVar, Mutability, TraitRef, Ty, TyKind, TyList};
use gos_diag::{Diagnostic, Span, codes};
use gos_syntax::ast::{self, BinOp, LitKind, UnOp};

impl Checker<'_> {
    pub(super) fn check_unary(
        &mut self,
        op: UnOp,
        operand: &ast::Expr,
        span: Span,
        expect: Expect,
    ) -> Expr {
        if op == UnOp::Deref {
            return self.check_deref(operand, span);
        }
        if op == UnOp::Neg
            && let ast::ExprKind::Lit(lit) = &operand.kind
        {
            match &lit.kind {
                LitKind::Int { value, suffix } => {
                    return self.check_int_literal(*value, *suffix, true, span, expect);
                }
                LitKind::Float { text, suffix } => {
                    return self.check_float_literal(text.as_str(), *suffix, true, span, expect);
                }
                _ => {}
            }
        }
        let value = self.check_expr(operand, self.number_hint(expect));
        let value = self.read(value);
        let ty = self.must_know(value.ty, value.span);
        let (hir_op, trait_name, method) = match op {
            UnOp::Neg => (UnaryOp::Neg, "neg", "neg"),
            UnOp::Not | UnOp::Deref => (UnaryOp::Not, "not", "not"),
        };
        let builtin = match (op, ty.kind()) {
            (_, TyKind::Error) => return Checker::error_expr(span),
            (UnOp::Neg, TyKind::Int(int)) if !int.is_signed() => {
                let shown = self.show(ty);
                self.report(
                    Diagnostic::error(
                        codes::OPERATOR_TYPES,
                        span,
                        format!("`-` on a `{shown}`, which has no negative values"),
                    )
                    .help("convert it first: `-(… as i64)`"),
                );
                return Checker::error_expr(span);
            }
            (UnOp::Neg, _) => is_number(ty),
            (_, TyKind::Bool | TyKind::Int(_) | TyKind::Infer(InferVar::Int(_))) => true,
            _ => false,
        };
        if builtin {
            let kind = ExprKind::Unary(hir_op, Box::new(value));
            return expr(ty, span, kind);
        }
        let Some(trait_) = self.program.lang.find_trait(trait_name) else {
            self.missing_lang(trait_name, span);
            return Checker::error_expr(span);
        };
        let (trait_ref, value) = match self.operands(trait_, vec![value], span) {
            Ok((args, mut operands)) => match operands.pop() {
                Some(operand) => (TraitRef { trait_, args }, operand),
                None => return Checker::error_expr(span),
            },
            Err(_) => {
                let shown = self.show(ty);
                let sign = op.as_str();
                self.report(Diagnostic::error(
                    codes::OPERATOR_TYPES,
                    span,
                    format!("`{sign}` does not work on `{shown}`"),
                ));
                return Checker::error_expr(span);
            }
        };
        self.require_trait(trait_ref, span, Cause::Plain);
        let output = self.normalize_projection(trait_ref, Checker::symbol("Output"), span);
        let Some(fn_) = self.method_of(trait_, method) else {
            return Checker::error_expr(span);
        };
        build::call(fn_, trait_ref.args, vec![value], output, span)
    }

    /// The expectation for an operand: only a number's type flows inward.
    fn number_hint(&self, expect: Expect) -> Expect {
        match self.expected(expect).map(|ty| self.through_references(ty)) {
            Some(ty) if is_number(ty) => Expect::Ty(ty),
            _ => Expect::Any,
        }
    }

    /// The value behind references: operators look through them.
    pub(super) fn read(&mut self, mut value: Expr) -> Expr {
        loop {
            match self.known(value.ty).kind() {
                TyKind::Ref(inner, _) | TyKind::Box(inner, _) => value = deref(value, *inner),
                TyKind::Adt(..) if self.program.is_guard(self.shallow(value.ty)) => {
                    let ty = self.shallow(value.ty);
                    match self.deref_guard(&value, ty, value.span) {
                        Some(inner) => value = inner,
                        None => return value,
                    }
                }
                _ => return value,
            }
        }
    }

    pub(super) fn check_binary(
        &mut self,
        op: BinOp,
        op_span: Span,
        lhs: &ast::Expr,
        rhs: &ast::Expr,
        expect: Expect,
    ) -> Expr {
        let span = lhs.span.to(rhs.span);
        if op.is_lazy() {
            let lhs = self.check_coerce(lhs, Ty::bool(), Why::Condition);
            let rhs = self.check_coerce(rhs, Ty::bool(), Why::Condition);
            let (lhs, rhs) = (Box::new(lhs), Box::new(rhs));
            let kind = match op {
                BinOp::And => ExprKind::And(lhs, rhs),
                _ => ExprKind::Or(lhs, rhs),
            };
            return expr(Ty::bool(), span, kind);
        }
        let hint = match op.is_comparison() {
            true => Expect::Any,
            false => self.number_hint(expect),
        };
        let left = self.check_expr(lhs, hint);
        let left = self.read(left);
        let right_hint = match op {
            BinOp::Shl | BinOp::Shr => Expect::Any,
            _ => Expect::Ty(left.ty),
        };
        let right = self.check_expr(rhs, right_hint);
        let right = self.read(right);
        self.binary(op, op_span, left, right, span)
    }

    /// An operator between two values.
    pub(super) fn binary(
        &mut self,
        op: BinOp,
        op_span: Span,
        left: Expr,
        right: Expr,
        span: Span,
    ) -> Expr {
        let (lt, rt) = (self.known(left.ty), self.known(right.ty));
        if self.has_error(lt) || self.has_error(rt) {
            let mut failed = Checker::error_expr(span);
            if op.is_comparison() {
                failed.ty = Ty::bool();
            }
            return failed;
        }
        if lt.is_never() || rt.is_never() {
            let result = if op.is_comparison() { Ty::bool() } else { lt };
            let kind = ExprKind::Tuple(vec![left, right]);
            let both = expr(Ty::never(), span, kind);
            return build::coercion(crate::hir::Coercion::Never, both, result);
        }
        let (unknown_left, unknown_right) = (is_unknown(lt), is_unknown(rt));
        if unknown_left || unknown_right {
            // A variable takes the other side's type; if both are open, so does the result, and
            // the operator is looked at again when the types are known.
            let shift = matches!(op, BinOp::Shl | BinOp::Shr);
            let primitive = is_primitive(lt) || is_primitive(rt) || (unknown_left && unknown_right);
            if !shift && primitive {
                let _ = self.infer.try_unify(lt, rt);
                return builtin(op, left, right, self.shallow(lt), span);
            }
            if unknown_left {
                let _ = self.infer.try_unify(lt, rt);
                let left = Expr { ty: rt, ..left };
                return self.binary_by_trait(op, op_span, left, right, span);
            }
        }
        if is_primitive(lt) {
            if matches!(op, BinOp::Shl | BinOp::Shr) && is_integer(lt) && is_integer(rt) {
                return builtin(op, left, right, lt, span);
            }
            if self.infer.try_unify(lt, rt).is_ok() {
                let ty = self.shallow(lt);
                if works_on(op, ty) {
                    return builtin(op, left, right, ty, span);
                }
                self.report_operator(op, op_span, ty, rt, &left, &right);
                return Checker::error_expr(span);
            }
            if is_primitive(rt) {
                self.report_operator(op, op_span, lt, rt, &left, &right);
                let mut failed = Checker::error_expr(span);
                if op.is_comparison() {
                    failed.ty = Ty::bool();
                }
                return failed;
            }
        }
        self.binary_by_trait(op, op_span, left, right, span)
    }

    fn binary_by_trait(
        &mut self,
        op: BinOp,
        op_span: Span,
        left: Expr,
        right: Expr,
        span: Span,
    ) -> Expr {
        let (lt, rt) = (self.shallow(left.ty), self.shallow(right.ty));
        let (trait_name, method) = op_names(op);
        let Some(trait_) = self.program.lang.find_trait(trait_name) else {
            self.missing_lang(trait_name, span);
            return Checker::error_expr(span);
        };
        let mut args = TyList::new(&[lt, rt]);
        let mut operands = vec![left, right];
        if !self.may_hold(TraitRef { trait_, args }, span) {
            let same = TyList::new(&[lt, lt]);
            let fits = lt != rt && self.may_hold(TraitRef { trait_, args: same }, span);
            let converted = fits.then(|| self.try_coerce(operands[1].clone(), lt));
            let referring = match converted.flatten() {
                Some(converted) => {
                    operands[1] = converted;
                    Ok((same, operands))
                }
                None if op.is_comparison() => self.as_views(trait_, operands, span),
                None => self.operands(trait_, operands, span),
            };
            match referring {
                Ok(found) => (args, operands) = found,
                Err(operands) => {
                    self.report_operator(op, op_span, lt, rt, &operands[0], &operands[1]);
                    let mut failed = Checker::error_expr(span);
                    if op.is_comparison() {
                        failed.ty = Ty::bool();
                    }
                    return failed;
                }
            }
        }
        let trait_ref = TraitRef { trait_, args };
        self.require_trait(trait_ref, op_span, Cause::Plain);
        let Some(fn_) = self.method_of(trait_, method) else {
            self.missing_lang(method, span);
            return Checker::error_expr(span);
        };
        if op.is_comparison() {
            let values = operands.into_iter();
            let values = values.map(|operand| reference(operand, Mutability::Not));
            return build::call(fn_, args, values.collect(), Ty::bool(), span);
        }
        let output = self.normalize_projection(trait_ref, Checker::symbol("Output"), op_span);
        build::call(fn_, args, operands, output, span)
    }

    /// Two sequences of different kinds, `[u8]` and `&[u8]` or `[u8; 3]`, as views of both. Given
    /// back where they are no such.
    fn as_views(
        &mut self,
        trait_: TraitId,
        operands: Vec<Expr>,
        span: Span,
    ) -> Result<(TyList, Vec<Expr>), Vec<Expr>> {
        let element = |operand: &Expr| match self.shallow(operand.ty).kind() {
            TyKind::Vec(of) | TyKind::Array(of, _) | TyKind::View(of, _) => Some(*of),
            _ => None,
        };
        let elements: Vec<Ty> = operands.iter().filter_map(element).collect();
        let &[first, second] = elements.as_slice() else {
            return Err(operands);
        };
        if self.infer.try_unify(first, second).is_err() {
            return Err(operands);
        }
        let view = Ty::view(first, Mutability::Not);
        let args = TyList::new(&[view, view]);
        let shown = operands.iter().cloned();
        let views: Option<Vec<Expr>> = shown.map(|it| self.try_coerce(it, view)).collect();
        match views {
            Some(views) if self.may_hold(TraitRef { trait_, args }, span) => Ok((args, views)),
            _ => Err(operands),
        }
    }

    /// The operands as an impl of the operator's trait takes them: operators look through
    /// references, and so an impl for references, `impl Add<&V> for &V`, serves values too. Given
    /// back where there is none.
    pub(super) fn operands(
        &mut self,
        trait_: TraitId,
        operands: Vec<Expr>,
        span: Span,
    ) -> Result<(TyList, Vec<Expr>), Vec<Expr>> {
        // By two bits: which operands are referred to.
        for which in 0..1usize << operands.len() {
            let referred = |at: usize| which >> (operands.len() - 1 - at) & 1 == 1;
            let types: Vec<Ty> = operands
                .iter()
                .enumerate()
                .map(|(at, operand)| match referred(at) {
                    true => Ty::reference(self.shallow(operand.ty), Mutability::Not),
                    false => self.shallow(operand.ty),
                })
                .collect();
            let args = TyList::new(&types);
            if self.may_hold(TraitRef { trait_, args }, span) {
                let operands = operands.into_iter().enumerate();
                let operands = operands.map(|(at, operand)| match types[at].kind() {
                    TyKind::Ref(..) if operand.ty != types[at] => {
                        reference(operand, Mutability::Not)
                    }
                    _ => operand,
                });
                return Ok((args, operands.collect()));
            }
        }
        Err(operands)
    }

    fn report_operator(
        &mut self,
        op: BinOp,
        op_span: Span,
        lt: Ty,
        rt: Ty,
        left: &Expr,
        right: &Expr,
    ) {
        if self.is_damaged(left.span) || self.is_damaged(right.span) {
            return;
        }
        let sign = op.as_str();
        let (lt, rt) = (self.resolve(lt), self.resolve(rt));
        let (l, r) = (self.show(lt), self.show(rt));
        let mut error = Diagnostic::error(
            codes::OPERATOR_TYPES,
            op_span,
            match lt == rt {
                true => format!("`{sign}` does not work on `{l}`"),
                false => format!("`{sign}` does not join `{l}` and `{r}`"),
            },
        )
        .label(left.span, format!("this is `{l}`"))
        .label(right.span, format!("this is `{r}`"));
        error = self.caused_by(error, &[left, right]);
        error = match (lt.kind(), rt.kind()) {
            (TyKind::String, _) | (_, TyKind::String) if op == BinOp::Add && lt != rt => {
                error.help("put values into a text with `format!(\"{}{}\", a, b)`")
            }
            (TyKind::Int(_), TyKind::Char) if op.is_comparison() => self.as_byte(error, right),
            (TyKind::Char, TyKind::Int(_)) if op.is_comparison() => self.as_byte(error, left),
            _ if is_number(lt) && is_number(rt) && lt != rt => {
                let is_float = |ty: Ty| {
                    matches!(
                        ty.kind(),
                        TyKind::Float(_) | TyKind::Infer(InferVar::Float(_))
                    )
                };
                // An integer becomes a float rather than the other way round.
                let to_left = match (is_float(lt), is_float(rt)) {
                    (true, false) => true,
                    (false, true) => false,
                    _ => is_unknown_number(rt),
                };
                let (wide, narrow) = if to_left { (lt, right) } else { (rt, left) };
                let wider = match wide.kind() {
                    TyKind::Infer(InferVar::Float(_)) => "f64".to_string(),
                    TyKind::Infer(_) => "i64".to_string(),
                    _ => self.show(wide),
                };
                let error = error.note("numbers are never converted by themselves");
                self.with_cast(error, narrow.span, &wider)
            }
            (TyKind::Adt(adt, _), _) if lt == rt => {
                let name = self.program.adts[*adt].name;
                if let Some(wanted) = trait_title(op).split('<').next() {
                    error = error.cause(&format!("{wanted} of {}", self.head_of(lt)));
                }
                match op {
                    BinOp::Eq | BinOp::Ne => {
                        error.help(format!("write `#[derive(PartialEq)]` above `{name}`"))
                    }
                    _ if op.is_comparison() => error.help(format!(
                        "write `#[derive(PartialEq, PartialOrd)]` above `{name}`"
                    )),
                    _ => error.help(format!("implement the operator's trait for `{name}`")),
                }
            }
            (TyKind::Param { name, .. }, _) => {
                let bound = trait_title(op);
                error.help(format!("add the bound: `{name}: {bound}`"))
            }
            _ if is_number(rt) && self.number_on_the_right(op, lt).is_some() => {
                let wanted = self.number_on_the_right(op, lt);
                let wanted = wanted.map(|ty| self.show(ty)).unwrap_or_default();
                let error = error.note("numbers are never converted by themselves");
                self.with_cast(error, right.span, &wanted)
            }
            _ => {
                if self.as_option(lt).is_some() || self.as_result(lt).is_some() {
                    error.help("take the value out first: with `?`, `match` or `.unwrap()`")
                } else {
                    error
                }
            }
        };
        self.report(error);
    }

    /// The only number that the operator takes on the right of this type: `span / count`.
    fn number_on_the_right(&self, op: BinOp, left: Ty) -> Option<Ty> {
        let trait_ = self.program.lang.find_trait(op_names(op).0)?;
        let impls = self.program.impls_of_trait.get(&trait_)?;
        let mut numbers = impls.iter().filter_map(|&id| {
            let impl_ = &self.program.impls[id];
            let right = *impl_.trait_ref.as_ref()?.args.get(1)?;
            (impl_.self_ty == left && is_number(right)).then_some(right)
        });
        let only = numbers.next()?;
        numbers.next().is_none().then_some(only)
    }

    /// An operator whose operand types were open when it was checked, and turned out to be no
    /// primitives.
    pub(super) fn reconsider_binary(&mut self, op: BinaryOp, node: Expr) -> Expr {
        let span = node.span;
        let ExprKind::Binary(_, left, right) = node.kind else {
            return node;
        };
        let rebuilt = self.binary_by_trait(from_hir(op), span, *left, *right, span);
        let _ = self.infer.try_unify(rebuilt.ty, node.ty);
        rebuilt
    }
}

fn builtin(op: BinOp, left: Expr, right: Expr, ty: Ty, span: Span) -> Expr {
    let result = if op.is_comparison() { Ty::bool() } else { ty };
    let kind = ExprKind::Binary(hir_op(op), Box::new(left), Box::new(right));
    expr(result, span, kind)
}

pub(super) fn is_unknown(ty: Ty) -> bool {
    matches!(ty.kind(), TyKind::Infer(InferVar::Ty(_)))
}

fn is_unknown_number(ty: Ty) -> bool {
    matches!(
        ty.kind(),
        TyKind::Infer(InferVar::Int(_) | InferVar::Float(_))
    )
}

/// Types whose operators are built in.
pub(super) fn is_primitive(ty: Ty) -> bool {
    is_number(ty) || matches!(ty.kind(), TyKind::Bool | TyKind::Char)
}

fn is_integer(ty: Ty) -> bool {
    matches!(ty.kind(), TyKind::Int(_) | TyKind::Infer(InferVar::Int(_)))
}

pub(super) fn works_on(op: BinOp, ty: Ty) -> bool {
    match op {
        BinOp::Eq | BinOp::Ne | BinOp::Lt | BinOp::Le | BinOp::Gt | BinOp::Ge => true,
        BinOp::Add | BinOp::Sub | BinOp::Mul | BinOp::Div | BinOp::Rem => is_number(ty),
        BinOp::BitAnd | BinOp::BitOr | BinOp::BitXor => {
            is_integer(ty) || matches!(ty.kind(), TyKind::Bool)
        }
        BinOp::Shl | BinOp::Shr => is_integer(ty),
        BinOp::And | BinOp::Or => matches!(ty.kind(), TyKind::Bool),
    }
}
