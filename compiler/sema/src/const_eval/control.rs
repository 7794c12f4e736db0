//! Branches and loops.

use super::arith;
use super::machine::{Eval, Frame, Machine, Stop, not_const};
use super::value::{Pointer, Value};
use crate::hir::{BinaryOp, Expr, ExprKind, LoopId, Pat};
use crate::program::{FnId, VariantIdx};
use crate::types::{Ty, TyKind, TyList};
use gos_diag::Span;

/// What a loop does after one turn of its body.
enum Turn {
    Next,
    Leave(Value),
}

impl Machine<'_> {
    pub(super) fn control(&mut self, frame: &mut Frame, expr: &Expr) -> Eval {
        let span = expr.span;
        match &expr.kind {
            ExprKind::And(left, right) => match self.condition(frame, left)? {
                true => Ok(Value::Bool(self.condition(frame, right)?)),
                false => Ok(Value::Bool(false)),
            },
            ExprKind::Or(left, right) => match self.condition(frame, left)? {
                true => Ok(Value::Bool(true)),
                false => Ok(Value::Bool(self.condition(frame, right)?)),
            },
            ExprKind::Let(pat, value) => {
                let at = self.place(frame, value)?;
                Ok(Value::Bool(self.matches(frame, pat, &at)?))
            }
            ExprKind::If {
                condition,
                then,
                otherwise,
            } => match (self.condition(frame, condition)?, otherwise) {
                (true, _) => self.eval(frame, then),
                (false, Some(otherwise)) => self.eval(frame, otherwise),
                (false, None) => Ok(Value::unit()),
            },
            ExprKind::Match { scrutinee, arms } => {
                let at = self.place(frame, scrutinee)?;
                for arm in arms {
                    if !self.matches(frame, &arm.pat, &at)? {
                        continue;
                    }
                    let taken = match &arm.guard {
                        Some(guard) => self.condition(frame, guard)?,
                        None => true,
                    };
                    if taken {
                        return self.eval(frame, &arm.body);
                    }
                }
                not_const(span, "a `match` without a fitting arm")
            }
            ExprKind::Loop(id, body) => loop {
                if let Turn::Leave(value) = self.turn(frame, *id, body)? {
                    return Ok(value);
                }
            },
            ExprKind::While {
                id,
                condition,
                body,
            } => {
                while self.condition(frame, condition)? {
                    if let Turn::Leave(_) = self.turn(frame, *id, body)? {
                        break;
                    }
                }
                Ok(Value::unit())
            }
            ExprKind::For {
                id,
                pat,
                iterator,
                next,
                body,
            } => self.for_loop(frame, (*id, pat, body), iterator, *next),
            ExprKind::Labeled(id, body) => match self.eval(frame, body) {
                Err(Stop::Break(to, value)) if to == *id => Ok(value),
                other => other,
            },
            ExprKind::Break(id, value) => {
                let value = match value {
                    Some(value) => self.eval(frame, value)?,
                    None => Value::unit(),
                };
                Err(Stop::Break(*id, value))
            }
            ExprKind::Continue(id) => Err(Stop::Continue(*id)),
            ExprKind::Return(value) => {
                let value = match value {
                    Some(value) => self.eval(frame, value)?,
                    None => Value::unit(),
                };
                Err(Stop::Return(value))
            }
            _ => not_const(span, "this needs a running program"),
        }
    }

    fn condition(&mut self, frame: &mut Frame, expr: &Expr) -> Eval<bool> {
        match self.eval(frame, expr)? {
            Value::Bool(bool) => Ok(bool),
            _ => not_const(expr.span, "a condition that is no `bool`"),
        }
    }

    fn turn(&mut self, frame: &mut Frame, id: LoopId, body: &Expr) -> Eval<Turn> {
        self.burn(body.span)?;
        match self.eval(frame, body) {
            Ok(_) => Ok(Turn::Next),
            Err(Stop::Continue(to)) if to == id => Ok(Turn::Next),
            Err(Stop::Break(to, value)) if to == id => Ok(Turn::Leave(value)),
            Err(stop) => Err(stop),
        }
    }

    /// Runs the body for one value. True: the loop goes on.
    fn for_turn(
        &mut self,
        frame: &mut Frame,
        (id, pat, body): (LoopId, &Pat, &Expr),
        value: Value,
    ) -> Eval<bool> {
        let at = Pointer::to(self.alloc(value, pat.span)?);
        if !self.matches(frame, pat, &at)? {
            return not_const(pat.span, "a pattern that does not match");
        }
        Ok(matches!(self.turn(frame, id, body)?, Turn::Next))
    }

    fn for_loop(
        &mut self,
        frame: &mut Frame,
        parts: (LoopId, &Pat, &Expr),
        iterator: &Expr,
        next: (FnId, TyList),
    ) -> Eval {
        if let Some(items) = self.sequence_walked(frame, iterator)? {
            for item in items {
                if !self.for_turn(frame, parts, item)? {
                    break;
                }
            }
            return Ok(Value::unit());
        }
        let ty = self.ty(frame, iterator.ty);
        let value = self.eval(frame, iterator)?;
        if let Some(range) = self.int_range(ty, &value) {
            return self.for_range(frame, parts, range);
        }
        let state = self.alloc(value, iterator.span)?;
        let types = self.types(frame, next.1);
        loop {
            self.burn(iterator.span)?;
            let args = vec![Value::Pointer(Pointer::to(state))];
            match self.call(next.0, types, args, iterator.span)? {
                Value::Variant(variant, mut fields) if self.is_some(variant) => {
                    let item = fields.pop().unwrap_or_else(Value::unit);
                    if !self.for_turn(frame, parts, item)? {
                        return Ok(Value::unit());
                    }
                }
                _ => return Ok(Value::unit()),
            }
        }
    }

    fn is_some(&self, variant: VariantIdx) -> bool {
        let option = self.program.lang.find_adt("option");
        let variants = option.map(|option| &self.program.adts[option].variants);
        let variant = variants.and_then(|variants| variants.get(variant.index()));
        variant.is_some_and(|variant| variant.name == "Some")
    }

    /// The elements, when the loop walks a sequence: its iterators work on raw memory.
    fn sequence_walked(&mut self, frame: &mut Frame, iterator: &Expr) -> Eval<Option<Vec<Value>>> {
        let ExprKind::Call { fn_, args, .. } = &iterator.kind else {
            return Ok(None);
        };
        let name = self.program.fns[*fn_].name.as_str();
        let [only] = args.as_slice() else {
            return Ok(None);
        };
        if name != "iter" && name != "into_iter" {
            return Ok(None);
        }
        let mut ty = self.ty(frame, only.ty);
        while let TyKind::Ref(to, _) = ty.kind() {
            ty = *to;
        }
        if !matches!(
            ty.kind(),
            TyKind::Vec(_) | TyKind::View(..) | TyKind::Array(..)
        ) {
            return Ok(None);
        }
        let value = self.eval(frame, only)?;
        self.elements(&value, only.span).map(Some)
    }

    /// Type of the numbers, first, end, and whether the end belongs to a range.
    fn int_range(&self, ty: Ty, value: &Value) -> Option<(Ty, u128, u128, bool)> {
        let TyKind::Adt(adt, args) = ty.kind() else {
            return None;
        };
        let lang = &self.program.lang;
        let inclusive = lang.find_adt("range_inclusive") == Some(*adt);
        if !inclusive && lang.find_adt("range") != Some(*adt) {
            return None;
        }
        let number = *args.first()?;
        match (number.kind(), value) {
            (TyKind::Int(_), Value::Fields(fields)) => match fields.as_slice() {
                [Value::Int(from), Value::Int(to), ..] => Some((number, *from, *to, inclusive)),
                _ => None,
            },
            _ => None,
        }
    }

    fn for_range(
        &mut self,
        frame: &mut Frame,
        parts: (LoopId, &Pat, &Expr),
        (ty, from, to, inclusive): (Ty, u128, u128, bool),
    ) -> Eval {
        let span: Span = parts.1.span;
        let (mut at, end) = (Value::Int(from), Value::Int(to));
        let one = Value::Int(1);
        let op = if inclusive {
            BinaryOp::Le
        } else {
            BinaryOp::Lt
        };
        while arith::binary(op, (ty, ty), (&at, &end), span)? == Value::Bool(true) {
            if !self.for_turn(frame, parts, at.clone())? || at == end {
                break;
            }
            at = arith::binary(BinaryOp::Add, (ty, ty), (&at, &one), span)?;
        }
        Ok(Value::unit())
    }
}
