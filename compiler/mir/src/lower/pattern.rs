//! Patterns: tests, then bindings.
//!
//! A pattern is tested from the outside in and from left to right; what it binds is bound when the
//! whole matches. Only the variables of an or-pattern are bound on the way, as afterwards nobody
//! knows which alternative it was.

use super::{Constant, Lower, Operand, Rvalue};
use crate::ir::{BlockId, GenericCallee, Place, Projection, Target, TerminatorKind};
use gos_sema::hir::{BinaryOp, BindingMode, Expr, Pat, PatKind};
use gos_sema::program::{AdtId, LocalId, VariantIdx};
use gos_sema::types::{IntTy, Mutability, Ty, TyKind, TyList};

/// A variable and what it gets.
pub(super) struct Binding {
    local: LocalId,
    mode: BindingMode,
    place: Place,
}

/// Patterns of the first elements, of what is between, of the last ones.
type SliceParts<'p> = (&'p [Pat], &'p Option<Option<Box<Pat>>>, &'p [Pat]);

impl Lower<'_> {
    /// Goes on behind when the place matches, with the variables bound, else to `failed`.
    pub(super) fn match_pattern(&mut self, pat: &Pat, place: &Place, failed: BlockId) {
        let mut bindings = Vec::new();
        self.test(pat, place, failed, &mut bindings);
        self.bind(bindings);
    }

    /// Binds a pattern that always matches.
    pub(super) fn bind_irrefutable(&mut self, pat: &Pat, place: &Place) {
        let never = self.b.block();
        self.match_pattern(pat, place, never);
    }

    /// Brings the pattern's variables to life without values.
    pub(super) fn declare_all(&mut self, pat: &Pat) {
        match &pat.kind {
            PatKind::Binding { local, sub, .. } => {
                self.declare(*local);
                if let Some(sub) = sub {
                    self.declare_all(sub);
                }
            }
            PatKind::Tuple(items) => items.iter().for_each(|item| self.declare_all(item)),
            PatKind::Variant { fields, .. } => {
                fields.iter().for_each(|(_, field)| self.declare_all(field));
            }
            PatKind::Deref(inner) => self.declare_all(inner),
            _ => {}
        }
    }

    pub(super) fn bind(&mut self, bindings: Vec<Binding>) {
        for Binding { local, mode, place } in bindings {
            let variable = self.declare(local);
            let value = match mode {
                BindingMode::Value => Rvalue::Use(Operand::Copy(place)),
                BindingMode::RefMut => Rvalue::Ref(Mutability::Mut, place),
            };
            self.b.assign(variable, value);
        }
    }

    /// Tests the place, and lists what is to be bound.
    pub(super) fn test(
        &mut self,
        pat: &Pat,
        place: &Place,
        failed: BlockId,
        bindings: &mut Vec<Binding>,
    ) {
        match &pat.kind {
            PatKind::Wild | PatKind::Error => {}
            PatKind::Binding { local, mode, sub } => {
                if let Some(sub) = sub {
                    self.test(sub, place, failed, bindings);
                }
                bindings.push(Binding {
                    local: *local,
                    mode: *mode,
                    place: place.clone(),
                });
            }
            PatKind::Literal(value) => self.test_literal(value, pat.ty, place, failed),
            PatKind::Range {
                from,
                to,
                inclusive,
            } => self.test_range((from.as_deref(), to.as_deref(), *inclusive), place, failed),
            PatKind::Tuple(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.test(item, &place.field(index), failed, bindings);
                }
            }
            PatKind::Variant {
                adt,
                variant,
                fields,
            } => {
                let inner = self.test_variant(*adt, *variant, place, failed);
                for (field, pat) in fields {
                    let place = inner.then(Projection::Field(*field));
                    self.test(pat, &place, failed, bindings);
                }
            }
            PatKind::Slice {
                before,
                rest,
                after,
            } => self.test_slice((before, rest, after), pat.ty, place, failed, bindings),
            PatKind::Deref(inner) => self.test(inner, &place.deref(), failed, bindings),
            PatKind::Or(alternatives) => self.test_or(alternatives, place, failed, bindings),
        }
    }

    /// The variables are bound by whichever alternative matches first.
    fn test_or(
        &mut self,
        alternatives: &[Pat],
        place: &Place,
        failed: BlockId,
        bindings: &mut Vec<Binding>,
    ) {
        if let [only] = alternatives {
            return self.test(only, place, failed, bindings);
        }
        let matched = self.b.block();
        for (index, alternative) in alternatives.iter().enumerate() {
            let last = index + 1 == alternatives.len();
            let next = if last { failed } else { self.b.block() };
            self.match_pattern(alternative, place, next);
            self.b.goto(matched);
            if !last {
                self.b.switch_to(next);
            }
        }
        self.b.switch_to(matched);
    }

    /// The place seen as the variant.
    fn test_variant(
        &mut self,
        adt: AdtId,
        variant: VariantIdx,
        place: &Place,
        failed: BlockId,
    ) -> Place {
        let adt = &self.program.adts[adt];
        if !adt.is_enum {
            return place.clone();
        }
        if adt.variants.len() > 1 {
            let index = self.variant_index(place);
            self.switch(index, vec![u128::from(variant.0)], failed);
        }
        place.then(Projection::Variant(variant))
    }

    pub(super) fn variant_index(&mut self, place: &Place) -> Operand {
        let index = Rvalue::Variant(place.clone());
        Operand::copy(self.b.compute(Ty::int(IntTy::U32), index))
    }

    /// Goes on when the value is one of these.
    fn switch(&mut self, value: Operand, values: Vec<u128>, failed: BlockId) {
        let matched = self.b.block();
        self.b.terminate(TerminatorKind::Switch {
            value,
            targets: values.into_iter().map(|value| (value, matched)).collect(),
            otherwise: failed,
        });
        self.b.switch_to(matched);
    }

    fn test_literal(&mut self, literal: &Expr, ty: Ty, place: &Place, failed: BlockId) {
        let value = Operand::Copy(place.clone());
        match ty.kind() {
            TyKind::Int(_) | TyKind::Bool | TyKind::Char => {
                if let Some(number) = self.switch_value(literal) {
                    return self.switch(value, vec![number], failed);
                }
                let literal = self.operand(literal);
                self.compare_or_fail(BinaryOp::Eq, (value, literal), failed);
            }
            TyKind::Float(_) => {
                let literal = self.operand(literal);
                self.compare_or_fail(BinaryOp::Eq, (value, literal), failed);
            }
            TyKind::String => {
                let literal = self.operand(literal);
                if let Some(callee) = self.lang_fn("string_eq", TyList::empty()) {
                    self.call_test(callee, vec![value, literal], failed);
                }
            }
            _ if ty.is_unit() => {}
            _ => self.test_equal(literal, ty, place, failed),
        }
    }

    /// Compares by `PartialEq`: constants of other types.
    fn test_equal(&mut self, literal: &Expr, ty: Ty, place: &Place, failed: BlockId) {
        let other = self.place(literal);
        let program = self.program;
        let methods = program
            .lang
            .find_trait("eq")
            .map(|trait_| &program.traits[trait_].methods);
        let eq = methods.and_then(|methods| {
            let mut methods = methods.iter().copied();
            methods.find(|method| program.fns[*method].name == "eq")
        });
        let Some(fn_) = eq else {
            return;
        };
        let reference = Ty::reference(ty, Mutability::Not);
        let [left, right] = [place.clone(), other].map(|place| {
            let pointer = Rvalue::Ref(Mutability::Not, place);
            Operand::copy(self.b.compute(reference, pointer))
        });
        let args = TyList::new(&[ty, literal.ty]);
        self.call_test(GenericCallee::Fn { fn_, args }, vec![left, right], failed);
    }

    fn call_test(&mut self, callee: GenericCallee, args: Vec<Operand>, failed: BlockId) {
        let equal = self.b.temp(Ty::bool());
        self.b.call(Target::Direct(callee), args, equal.into());
        let matched = self.b.block();
        self.b.branch(Operand::copy(equal), matched, failed);
        self.b.switch_to(matched);
    }

    fn compare_or_fail(&mut self, op: BinaryOp, values: (Operand, Operand), failed: BlockId) {
        let matched = self.b.block();
        self.compare(op, values, (matched, failed));
        self.b.switch_to(matched);
    }

    fn test_range(
        &mut self,
        (from, to, inclusive): (Option<&Expr>, Option<&Expr>, bool),
        place: &Place,
        failed: BlockId,
    ) {
        let upper = if inclusive {
            BinaryOp::Le
        } else {
            BinaryOp::Lt
        };
        for (op, end) in [(BinaryOp::Ge, from), (upper, to)] {
            let Some(end) = end else { continue };
            let end = self.operand(end);
            self.compare_or_fail(op, (Operand::Copy(place.clone()), end), failed);
        }
    }

    fn test_slice(
        &mut self,
        (before, rest, after): SliceParts<'_>,
        ty: Ty,
        place: &Place,
        failed: BlockId,
        bindings: &mut Vec<Binding>,
    ) {
        let count = before.len() + after.len();
        let length = self.b.compute(Ty::usize(), Rvalue::Length(place.clone()));
        let length = Operand::copy(length);
        if !matches!(ty.kind(), TyKind::Array(..)) {
            let op = if rest.is_some() {
                BinaryOp::Ge
            } else {
                BinaryOp::Eq
            };
            let least = Operand::usize(count);
            self.compare_or_fail(op, (length.clone(), least), failed);
        }
        for (index, pat) in before.iter().enumerate() {
            let place = place.then(Projection::ConstIndex(index as u64));
            self.test(pat, &place, failed, bindings);
        }
        if let Some(Some(pat)) = rest {
            let end = self.counted_from_end(&length, after.len());
            let view = self.b.temp(pat.ty);
            let from = (!before.is_empty()).then(|| Operand::usize(before.len()));
            self.slice_unchecked(&view.into(), pat.ty, place.clone(), (from, end));
            self.test(pat, &view.into(), failed, bindings);
        }
        for (index, pat) in after.iter().enumerate() {
            let position = self.counted_from_end(&length, after.len() - index);
            let position = self.b.compute(Ty::usize(), Rvalue::Use(position));
            let place = place.then(Projection::Index(position));
            self.test(pat, &place, failed, bindings);
        }
    }

    fn counted_from_end(&mut self, length: &Operand, distance: usize) -> Operand {
        if distance == 0 {
            return length.clone();
        }
        let difference = Rvalue::Binary {
            op: BinaryOp::Sub,
            left: length.clone(),
            right: Operand::Constant(Constant::Int(distance as u128, Ty::usize())),
            overflow_checked: false,
        };
        Operand::copy(self.b.compute(Ty::usize(), difference))
    }
}
