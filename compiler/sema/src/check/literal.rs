//! Literals, arrays and ranges.

use super::build::expr;
use super::message::Why;
use super::obligation::Cause;
use super::{Checker, Expect};
use crate::hir::{Expr, ExprKind};
use crate::program::{AdtId, FieldIdx, Impl, Predicate, TraitId, VariantIdx};
use crate::types::{
    FloatTy, InferVar, IntTy, Mutability, TraitRef, Ty, TyKind, TyList, substitute,
};
use gos_diag::{Diagnostic, Span, codes};
use gos_syntax::ast::{self, FloatSuffix, IntSuffix, LitKind};

/// An integer literal whose range is checked at the end.
#[derive(Debug)]
pub(super) struct IntLiteral {
    pub ty: Ty,
    pub value: u128,
    pub negative: bool,
    pub span: Span,
}

impl Checker<'_> {
    pub(super) fn check_literal(&mut self, lit: &ast::Lit, expect: Expect) -> Expr {
        let span = lit.span;
        match &lit.kind {
            LitKind::Int { value, suffix } => {
                self.check_int_literal(*value, *suffix, false, span, expect)
            }
            LitKind::Float { text, suffix } => {
                self.check_float_literal(text.as_str(), *suffix, false, span, expect)
            }
            LitKind::Bool(value) => expr(Ty::bool(), span, ExprKind::Bool(*value)),
            LitKind::Char(value) => expr(Ty::char(), span, ExprKind::Char(*value)),
            LitKind::Str(text) => super::build::str_lit(text.as_str(), span),
            LitKind::Byte(value) => {
                expr(Ty::int(IntTy::U8), span, ExprKind::Int(u128::from(*value)))
            }
            LitKind::ByteStr(bytes) => {
                let ty = Ty::vec(Ty::int(IntTy::U8));
                expr(ty, span, ExprKind::Bytes(bytes.clone()))
            }
        }
    }

    pub(super) fn check_int_literal(
        &mut self,
        value: u128,
        suffix: Option<IntSuffix>,
        negative: bool,
        span: Span,
        expect: Expect,
    ) -> Expr {
        let expected = self.expected(expect).map(|ty| self.through_references(ty));
        let ty = match (suffix, expected.map(Ty::kind)) {
            (Some(suffix), _) => Ty::int(int_ty(suffix)),
            (None, Some(TyKind::Int(int))) => Ty::int(*int),
            (None, Some(TyKind::Infer(crate::types::InferVar::Int(_)))) => {
                expected.unwrap_or_else(Ty::error)
            }
            (None, Some(TyKind::Float(_))) => {
                let found = self.infer.fresh_int();
                let wanted = expected.unwrap_or_else(Ty::error);
                let shown = self.show(wanted);
                self.report(
                    Diagnostic::error(
                        codes::TYPE_MISMATCH,
                        span,
                        format!("expected `{shown}`, found an integer"),
                    )
                    .suggest(span.at_end(), ".0", "write it as a float"),
                );
                let _ = self.infer.unify(found, Ty::int(IntTy::I64));
                return expr(wanted, span, ExprKind::Error);
            }
            (None, Some(TyKind::Error)) => Ty::error(),
            _ => self.infer.fresh_int(),
        };
        self.int_literals.push(IntLiteral {
            ty,
            value,
            negative,
            span,
        });
        let bits = if negative {
            value.wrapping_neg()
        } else {
            value
        };
        expr(ty, span, ExprKind::Int(bits))
    }

    pub(super) fn check_float_literal(
        &mut self,
        text: &str,
        suffix: Option<FloatSuffix>,
        negative: bool,
        span: Span,
        expect: Expect,
    ) -> Expr {
        let expected = self.expected(expect).map(|ty| self.through_references(ty));
        let ty = match (suffix, expected.map(Ty::kind)) {
            (Some(FloatSuffix::F32), _) => Ty::float(FloatTy::F32),
            (Some(FloatSuffix::F64), _) => Ty::float(FloatTy::F64),
            (None, Some(TyKind::Float(float))) => Ty::float(*float),
            _ => self.infer.fresh_float(),
        };
        let value: f64 = text.parse().unwrap_or(0.0);
        let value = if negative { -value } else { value };
        expr(ty, span, ExprKind::Float(value))
    }

    pub(super) fn through_references(&self, mut ty: Ty) -> Ty {
        while let TyKind::Ref(inner, _) | TyKind::Box(inner, _) = ty.kind() {
            ty = self.shallow(*inner);
        }
        ty
    }

    /// Reports the literals that do not fit their type.
    pub(super) fn check_int_ranges(&mut self) {
        for literal in std::mem::take(&mut self.int_literals) {
            let ty = self.resolve(literal.ty);
            let TyKind::Int(int) = ty.kind() else {
                continue;
            };
            let max = int_max(*int);
            let limit = match (literal.negative, int.is_signed()) {
                (true, true) => max + 1,
                (true, false) => 0,
                (false, _) => max,
            };
            if literal.value <= limit {
                continue;
            }
            let sign = if literal.negative { "-" } else { "" };
            let low = if int.is_signed() {
                format!("-{}", max + 1)
            } else {
                "0".into()
            };
            let message = format!(
                "`{sign}{}` does not fit into `{}`",
                literal.value,
                int.name()
            );
            self.report(
                Diagnostic::error(codes::LITERAL_OUT_OF_RANGE, literal.span, message)
                    .note(format!("`{}` holds {low} to {max}", int.name())),
            );
        }
    }

    /// `[a, b]`
    pub(super) fn check_array(&mut self, items: &[ast::Expr], span: Span, expect: Expect) -> Expr {
        let (element, fixed) = self.array_element(expect);
        let is_open = matches!(self.shallow(element).kind(), TyKind::Infer(_));
        let mut do_differ = false;
        let mut values: Vec<Expr> = Vec::new();
        for item in items {
            let why = match values.first() {
                Some(first) => Why::Other(first.span),
                None => Why::Here,
            };
            let value = self.check_expr(item, Expect::Ty(element));
            let value = match items.len() {
                1 => value,
                _ => self.as_shared_callable(value),
            };
            let was_error = matches!(value.kind, ExprKind::Error);
            let value = self.coerce(value, element, why);
            do_differ |= !was_error && matches!(value.kind, ExprKind::Error);
            values.push(value);
        }
        // Which of them is the wrong one nobody knows: what is done with the elements is no further mistake.
        let element = if is_open && do_differ {
            Ty::error()
        } else {
            element
        };
        let ty = match fixed {
            false => Ty::vec(element),
            true => {
                let length = Ty::new(TyKind::ConstInt(values.len() as i128));
                Ty::new(TyKind::Array(element, length))
            }
        };
        expr(ty, span, ExprKind::Array(values))
    }

    /// The expected element type of an array literal, and whether its length is fixed.
    fn array_element(&mut self, expect: Expect) -> (Ty, bool) {
        match self.expected_sequence(expect).map(Ty::kind) {
            Some(TyKind::Array(element, _)) => (*element, true),
            Some(TyKind::View(element, Mutability::Not)) => (*element, true),
            Some(TyKind::Vec(element) | TyKind::View(element, Mutability::Mut)) => {
                (*element, false)
            }
            _ => (self.infer.fresh(), false),
        }
    }

    /// What a literal is expected to be. Of an argument whose type is still open, an impl that is
    /// asked for may say so: `impl From<[T; 3]> for V` makes `V::from([1, 2, 3])` a fixed array.
    fn expected_sequence(&mut self, expect: Expect) -> Option<Ty> {
        let ty = self.expected(expect)?;
        let ty = self.through_references(ty);
        match ty.kind() {
            TyKind::Infer(InferVar::Ty(_)) => self.demanded_array(ty).or(Some(ty)),
            _ => Some(ty),
        }
    }

    /// What a literal whose `into()` is to give `wanted` is expected to be.
    pub(super) fn literal_into(&mut self, wanted: Ty) -> Option<Ty> {
        match wanted.kind() {
            TyKind::Array(..) => Some(wanted),
            TyKind::Adt(adt, _) => {
                let from = self.program.lang.find_trait("from")?;
                self.array_taken(from, *adt, 1)
            }
            _ => None,
        }
    }

    /// The fixed array that the type's only impl of a trait takes, where that trait must hold.
    fn demanded_array(&mut self, open: Ty) -> Option<Ty> {
        let (goal, at) = self.obligations.iter().find_map(|obligation| {
            let Predicate::Trait(goal, _) = &obligation.predicate else {
                return None;
            };
            let mut args = goal.args.iter().skip(1);
            let at = args.position(|arg| self.shallow(*arg) == open)?;
            Some((*goal, at + 1))
        })?;
        let TyKind::Adt(adt, _) = self.shallow(goal.args[0]).kind() else {
            return None;
        };
        self.array_taken(goal.trait_, *adt, at)
    }

    /// The fixed array that stands as argument `at` of the trait in the only impl for the type that
    /// has a sequence there.
    fn array_taken(&mut self, trait_: TraitId, adt: AdtId, at: usize) -> Option<Ty> {
        let program = &*self.program;
        let impls = program.impls_of_trait.get(&trait_)?.iter();
        let impls = impls.map(|id| &program.impls[*id]);
        let takes = |impl_: &&Impl| {
            let taken = impl_.trait_ref.and_then(|it| it.args.get(at).copied());
            let sequence = taken.is_some_and(|ty| {
                use TyKind::{Array, Param, Ref, Vec, View};
                matches!(
                    ty.kind(),
                    Array(..) | Vec(_) | View(..) | Param { .. } | Ref(..)
                )
            });
            sequence && matches!(impl_.self_ty.kind(), TyKind::Adt(own, _) if *own == adt)
        };
        let mut impls = impls.filter(takes);
        let only = impls.next()?;
        let wanted = *only.trait_ref?.args.get(at)?;
        if impls.next().is_some() || !matches!(wanted.kind(), TyKind::Array(..)) {
            return None;
        }
        let count = only.generics.params.len();
        let fresh: TyList = (0..count).map(|_| self.infer.fresh()).collect();
        Some(substitute(wanted, fresh))
    }

    /// `[v; n]`
    pub(super) fn check_repeat(
        &mut self,
        value: &ast::Expr,
        len: &ast::Expr,
        span: Span,
        expect: Expect,
    ) -> Expr {
        let expected = self.expected_sequence(expect);
        let (element, ty) = match expected.map(Ty::kind) {
            Some(TyKind::Array(element, _)) => (*element, expected),
            Some(TyKind::Vec(element) | TyKind::View(element, _)) => (*element, None),
            _ => (self.infer.fresh(), None),
        };
        let value = self.check_coerce(value, element, Why::Here);
        let count = self.check_coerce(len, Ty::usize(), Why::Here);
        if let Some(ty) = ty {
            self.unify_length(ty, &count);
        }
        let clone = self.clone_of(element, span);
        let kind = ExprKind::Repeat {
            value: Box::new(value),
            count: Box::new(count),
            clone,
        };
        expr(ty.unwrap_or_else(|| Ty::vec(element)), span, kind)
    }

    fn unify_length(&mut self, array: Ty, count: &Expr) {
        let (TyKind::Array(_, length), ExprKind::Int(written)) = (array.kind(), &count.kind) else {
            return;
        };
        let written = Ty::new(TyKind::ConstInt(*written as i128));
        if self.infer.try_unify(*length, written).is_err() {
            let (wanted, found) = (self.show(*length), self.show(written));
            self.report(Diagnostic::error(
                codes::TYPE_MISMATCH,
                count.span,
                format!("expected an array of length {wanted}, found {found}"),
            ));
        }
    }

    /// The function that clones a value of this type; dropped at the end where bits suffice.
    fn clone_of(&mut self, ty: Ty, span: Span) -> Option<(crate::program::FnId, TyList)> {
        let trait_ = self.program.lang.find_trait("clone")?;
        let methods = &self.program.traits[trait_].methods;
        let fn_ = *methods
            .iter()
            .find(|&&fn_| self.program.fns[fn_].name == "clone")?;
        let args = TyList::new(&[ty]);
        self.require_trait(TraitRef { trait_, args }, span, Cause::Plain);
        Some((fn_, args))
    }

    /// `a..b` as a value.
    pub(super) fn check_range(
        &mut self,
        start: Option<&ast::Expr>,
        end: Option<&ast::Expr>,
        inclusive: bool,
        span: Span,
        expect: Expect,
    ) -> Expr {
        let name = match (start, end, inclusive) {
            (Some(_), Some(_), false) => "range",
            (Some(_), Some(_), true) => "range_inclusive",
            (Some(_), None, _) => "range_from",
            (None, Some(_), false) => "range_to",
            (None, Some(_), true) => "range_to_inclusive",
            (None, None, _) => "range_full",
        };
        let Some(adt) = self.program.lang.find_adt(name) else {
            self.missing_lang(name, span);
            return Checker::error_expr(span);
        };
        let element = match self.expected(expect).map(Ty::kind) {
            Some(TyKind::Adt(known, args)) if *known == adt && args.len() == 1 => args[0],
            _ => self.infer.fresh(),
        };
        let mut values = Vec::new();
        let mut first = None;
        for bound in [start, end].into_iter().flatten() {
            let why = first.map_or(Why::Here, Why::Other);
            let value = self.check_range_end(bound, element, why);
            first = Some(value.span);
            values.push(value);
        }
        self.range_value(adt, element, values, inclusive && start.is_some(), span)
    }

    /// One end of a range: the second may decide an integer type that the first left open.
    fn check_range_end(&mut self, bound: &ast::Expr, element: Ty, why: Why) -> Expr {
        self.check_coerce(bound, element, why)
    }

    fn range_value(
        &mut self,
        adt: crate::program::AdtId,
        element: Ty,
        values: Vec<Expr>,
        with_flag: bool,
        span: Span,
    ) -> Expr {
        let declared = &self.program.adts[adt].variants;
        let field_count = declared.first().map_or(0, |variant| variant.fields.len());
        let mut fields: Vec<(FieldIdx, Expr)> = values
            .into_iter()
            .enumerate()
            .map(|(index, value)| (FieldIdx::from(index), value))
            .collect();
        // `RangeInclusive` remembers whether it yielded its last value.
        if with_flag && field_count > fields.len() {
            let done = expr(Ty::bool(), span, ExprKind::Bool(false));
            fields.push((FieldIdx::from(fields.len()), done));
        }
        let args = match self.program.adts[adt].generics.params.len() {
            0 => TyList::empty(),
            _ => TyList::new(&[element]),
        };
        let kind = ExprKind::Struct {
            adt,
            variant: VariantIdx(0),
            fields,
            base: None,
        };
        expr(Ty::new(TyKind::Adt(adt, args)), span, kind)
    }
}

pub(super) fn int_ty(suffix: IntSuffix) -> IntTy {
    match suffix {
        IntSuffix::I8 => IntTy::I8,
        IntSuffix::I16 => IntTy::I16,
        IntSuffix::I32 => IntTy::I32,
        IntSuffix::I64 => IntTy::I64,
        IntSuffix::I128 => IntTy::I128,
        IntSuffix::Isize => IntTy::Isize,
        IntSuffix::U8 => IntTy::U8,
        IntSuffix::U16 => IntTy::U16,
        IntSuffix::U32 => IntTy::U32,
        IntSuffix::U64 => IntTy::U64,
        IntSuffix::U128 => IntTy::U128,
        IntSuffix::Usize => IntTy::Usize,
    }
}

/// The largest value of the type.
pub(super) fn int_max(int: IntTy) -> u128 {
    let bits = int.bits() - u32::from(int.is_signed());
    u128::MAX >> (128 - bits)
}
